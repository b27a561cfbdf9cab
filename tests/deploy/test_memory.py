"""Each process that opens keys makes no core file, lets no neighbour look into it, and overwrites what it let go of."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import create_environ

from tests.deploy.left_in_memory import BROWSER, settings
from tests.incidents.web.conftest import AWARE, DEAD, GOVERNANCE
from tests.support.database import Database
from tests.web.site import make_site
from threefold.domain.errors import ThreefoldError
from threefold.doors.cli import doctor, up
from threefold.doors.memory import WIPING
from threefold.doors.web.forgetful import WHOLE_AFTER, Forgetful
from threefold.work.incidents import stories
from threefold.work.people.access import BUSINESS_MANAGER

# Without a setting each of them stops at once, after what it does first.
ASKED = """
import ctypes, resource
from {module} import {function}
try:
    {function}()
except BaseException:
    pass
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.parametrize(
    ("module", "function"),
    [("threefold.app", "serve"), ("threefold.doors.worker.main", "main"), ("threefold.doors.cli.main", "main")],
)
def test_what_it_holds_in_memory_is_neither_written_down_nor_read_by_others(module: str, function: str, project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED.format(module=module, function=function)], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": f"{project / 'platform'}:{project}", "PATH": ""},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "(0, 0) 0"


@pytest.mark.parametrize("unit", ["web", "worker", "clock"])
def test_the_units_forbid_both_swap_and_core_files(unit: str, project: Path) -> None:
    lines = (project / "deploy" / "systemd" / f"threefold-{unit}.service").read_text(encoding="utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0"} <= set(lines)


# What is typed of children and those around them: short, long, and in each of the widths in which Python keeps a text.
NAMES = ("Zvqxkj", "Xo\u00ebqvkwzr", "W\u0142qxvkjzr")
STREET, FAMILY = "Jqxvzkw Street", "Kvxqwzj"  # said many times

Left = Callable[[dict[str, str]], bytes]


@pytest.fixture
def left(database: Database, tmp_path: Path, project: Path) -> Left:
    """All the memory of a process of the service that has shown the pages of a case, under some environment."""
    (tmp_path / "site").mkdir()
    site = make_site(database, tmp_path / "site", tenants=project / "tenants")
    database.body("nation", "national")
    body = database.body("vale", national="nation")
    site.person("manager@vale.example", body, BUSINESS_MANAGER)
    with database.unit(body) as unit:
        facts = {"incident": {"happened_on": "2026-03-28", "children": [DEAD]}, "review": {"events": [AWARE]}}
        case = stories.record_incident(unit, GOVERNANCE, facts, uuid4()).id
        for name in (*NAMES, *(f"{FAMILY} {number}" for number in range(40))):
            stories.add_person(
                unit, case, "child", {"name": name, "addresses": [f"{number} {STREET}" for number in range(100)]}, "child-1"
            )
    site.at = datetime.now(UTC)  # the process goes by the clock
    site.client.environ_base["HTTP_USER_AGENT"] = BROWSER
    token = site.enter("manager@vale.example")
    site.app.extensions["threefold"].walls.engine.dispose()

    def shown(environment: dict[str, str]) -> bytes:
        addresses = ["/b/vale/cases", f"/b/vale/cases/{case}", f"/b/vale/cases/{case}/record/people"]
        file = tmp_path / f"memory-{len(list(tmp_path.iterdir()))}"
        done = subprocess.run(
            [sys.executable, "-m", "tests.deploy.left_in_memory", token, str(file), *addresses], capture_output=True, text=True, cwd=project,
            env=settings(database.app_url, tmp_path / "site", project) | environment,
        )  # fmt: skip
        assert [line[:3] for line in done.stdout.splitlines()[-3:]] == ["200"] * 3, done.stdout + done.stderr
        assert ("memory_not_wiped" in done.stderr) == (not environment)
        return file.read_bytes()

    return shown


def found(memory: bytes) -> list[str]:
    """What of all that was typed stands in it, in whatever width; of a name its last letters are enough."""
    sought = [*(name[-5:] for name in NAMES), STREET, FAMILY]
    return [one for one in sought if any(one.encode(kind) in memory for kind in ("utf-8", "utf-16-le", "utf-32-le"))]


def test_nothing_that_a_page_showed_is_left_in_the_memory_of_the_process(left: Left, project: Path) -> None:
    lines = (project / "deploy" / "systemd" / "threefold-web.service").read_text(encoding="utf-8").splitlines()
    of_the_unit = dict(line.removeprefix("Environment=").split("=", 1) for line in lines if line.startswith("Environment="))
    assert found(left({})), "without it, it stays: else nothing is shown here"
    assert found(left(of_the_unit)) == []


@pytest.mark.parametrize("unit", ["web", "worker", "clock"])
def test_every_process_overwrites_what_it_lets_go_of(
    unit: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (project / "deploy" / "systemd" / f"threefold-{unit}.service").read_text(encoding="utf-8").splitlines()
    told = [f"Environment={name}={value}" for name, value in WIPING.items()]
    assert set(told) <= set(lines)
    assert lines.index("EnvironmentFile=/etc/threefold.env") > max(map(lines.index, told)), (
        "or else an operator cannot change it"
    )
    for name in WIPING:
        monkeypatch.delenv(name, raising=False)
    assert WIPING.items() <= up._settings(tmp_path, tmp_path).items()
    monkeypatch.setenv("PYTHONMALLOC", "")
    assert up._settings(tmp_path, tmp_path)["PYTHONMALLOC"] == ""


def test_doctor_tries_whether_the_machine_overwrites(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._memory().startswith("overwritten")
    for without in WIPING:
        with monkeypatch.context() as changed:
            changed.setitem(WIPING, without, "")
            with pytest.raises(ThreefoldError, match="does not overwrite"):
                doctor._memory()


class Held:
    """Something that holds itself, as an error with its frames does."""

    def __init__(self) -> None:
        self.itself = self


def test_what_only_holds_itself_is_let_go_with_the_answer_and_what_outlasted_one_in_a_while() -> None:
    gone: list[int] = []
    kept = [Held()]
    weakref.finalize(kept[0], gone.append, 0)

    def app(environ: Any, _start: Any) -> list[bytes]:
        environ["werkzeug.request"] = Held()
        weakref.finalize(environ["werkzeug.request"], gone.append, len(asked))
        weakref.finalize(Held(), gone.append, len(asked))
        return [b"answer"]

    forgetful, asked = Forgetful(app), []
    gc.disable()
    try:
        for number in range(1, WHOLE_AFTER + 1):
            asked.append(create_environ())  # a server holds it longer than the answer
            answer: Any = forgetful(asked[-1], print)
            assert list(answer) == [b"answer"] and number not in gone
            answer.close()
            assert gone.count(number) == 2
            kept.clear()
    finally:
        gc.enable()
    assert 0 in gone
