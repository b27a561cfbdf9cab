"""What ends and what is missing, as `tenants check` and `doctor` tell it: warned of, or named with the bodies that need it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.contract import toys
from tests.contract.majors import in_one_package, install
from tests.governance.test_decide import NEW_LAW, arrangement, local
from tests.support.database import Database
from threefold.config import read_settings
from threefold.doors.cli.doctor import _on_record
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.notices import needed
from threefold.work.arrangements.stories import enter_version

ROOT = Path(__file__).parents[2]
ENDS = 'deprecated=Deprecation("2.0", "2.9", "Use version 2."),'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rule of two majors, installed; the first one ends."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    (package,) = in_one_package("ask-ending", source / "ask-ending")
    rule = package / "src" / "ask_ending" / "major_1" / "__init__.py"
    text = rule.read_text(encoding="utf-8").replace("Card, Condition", "Card, Deprecation, Condition")
    rule.write_text(text.replace("        major=1,", f"        major=1,\n        {ENDS}"), encoding="utf-8")
    install([package], site)
    return site


@pytest.fixture
def tenants(tmp_path: Path) -> Path:
    """Two bodies that use major 1, and one that needs a major that was never there."""
    shutil.copytree(ROOT / "tenants" / "_shared" / "law", tmp_path / "_shared" / "law")
    for body, major in (("first-area", 1), ("second-area", 1), ("third-area", 3)):
        (tmp_path / body / "arrangements").mkdir(parents=True)
        (tmp_path / body / "body.toml").write_text(
            f'format = 1\nid = "{body}"\nname = "An area"\nkind = "partnership"\n', encoding="utf-8"
        )
        (tmp_path / body / "arrangements" / "one.toml").write_text(
            f'format = 1\nkind = "arrangement"\nid = "one"\ntitle = "One"\nbody = "{body}"\nentered = "adopted"\nbegins = 2026-01-01\n'
            '[adopted]\nfrom = ["page"]\nread = "2026-11"\n[sources.page]\nref = "A page"\n'
            f'[[rules]]\nuse = "ask"\nrule = "ask-ending"\nmajor = {major}\n', encoding="utf-8")  # fmt: skip
    return tmp_path


def run(site: Path | None, tenants: Path, *words: str) -> tuple[int, str]:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"THREEFOLD_TENANTS": str(tenants)}
    done = subprocess.run(
        [sys.executable, "-m", "threefold.doors.cli.main", *words], cwd=ROOT, capture_output=True, text=True, check=False,
        env=environment | ({"PYTHONPATH": os.pathsep.join(filter(None, (str(site), environment.get("PYTHONPATH"))))} if site else {}),
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_rule_that_ends_is_a_warning_and_no_error(site: Path, tenants: Path) -> None:
    code, said = run(site, tenants, "tenants", "check", "first-area")
    assert code == 0
    assert re.search(r"first-area/one: holds, 1 rule, \d+ remarks\n", said)
    assert "warned: rules.ask: “Ask ending” (version 1) ends: release 2.9 of its package is the last" in said
    code, said = run(site, tenants, "rules", "list")
    assert code == 0 and said.count("warning: “Ask ending” (version 1) ends") == 1
    assert "told to end, see `threefold rules list`: ask-ending@1" in run(site, tenants, "doctor")[1]


def test_a_major_that_is_needed_and_missing_is_named_with_every_body_that_needs_it(site: Path, tenants: Path) -> None:
    code, said = run(site, tenants, "tenants", "check")
    assert code == 1
    assert (
        "third-area/one: needs ask-ending@3, which is not installed here (third-area/arrangements/one.toml: rules.ask)" in said
    )
    assert "first-area/one: holds" in said and "second-area/one: holds" in said, "the others are checked all the same"
    assert "problem  rules in use: ask-ending@3 is needed by third-area/one. Install it" in run(site, tenants, "doctor")[1]
    told = run(None, tenants, "doctor")[1]
    assert "ask-ending@1 is needed by first-area/one, second-area/one; ask-ending@3 is needed by third-area/one" in told


def test_versions_on_record_are_looked_at_too_each_in_its_bodys_scope(database: Database, tmp_path: Path) -> None:
    governance = Governance((NEW_LAW,), Catalogue.of([toys.ToyLaw, toys.ToyLocal]))
    for slug in ("north-area", "south-area"):
        with database.unit(database.body(slug)) as unit:
            enter_version(unit, governance, arrangement(slug, date(2026, 1, 1), local(3)))
    for name in ("secret", "master"):
        (tmp_path / name).write_text((b"m" * 32).hex(), encoding="ascii")
    settings = read_settings({
        "DATABASE_URL": database.app_url, "REDIS_URL": "redis://nowhere", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "secret"),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "master"), "THREEFOLD_MODE": "test",
    })  # fmt: skip
    missing = needed(Catalogue.installed(), _on_record(settings))
    assert sorted((n.rule, n.version) for n in missing) == [("toy-local@1", "north-area"), ("toy-local@1", "south-area")]
