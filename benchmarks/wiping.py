"""What it costs that a process of the service overwrites freed memory and lets each request go, against one that does neither.

Each is a process of its own, on the same database. Told is its processor time for a page: of a case with its people, and the case list.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from benchmarks.measure import Result, at_most, cost, on_one_processor
from tests.deploy.left_in_memory import BROWSER, answered, settings
from tests.incidents.web.conftest import AWARE, DEAD, GOVERNANCE
from tests.support.database import Database, cloned, prepare_template
from tests.support.postgres import started
from tests.web.site import make_site
from threefold.app import serve
from threefold.doors.memory import WIPING
from threefold.work.incidents import stories
from threefold.work.people.access import BUSINESS_MANAGER

ROUNDS, REQUESTS, PROJECT = 25, 20, Path(__file__).parents[1]
Took = Callable[[str], float]


def _filled(database: Database, folder: Path) -> tuple[str, dict[str, str]]:
    """A token, and the addresses of the pages."""
    site = make_site(database, folder, tenants=PROJECT / "tenants")
    database.body("nation", "national")
    body = database.body("vale", national="nation")
    site.person("manager@bench.example", body, BUSINESS_MANAGER)
    facts = {"incident": {"happened_on": "2026-03-28", "children": [DEAD]}, "review": {"events": [AWARE]}}
    with database.unit(body) as unit:
        cases = [stories.record_incident(unit, GOVERNANCE, facts, uuid4()).id for _ in range(25)]
        for number in range(20):
            stories.add_person(unit, cases[0], "other", {"name": f"Person {number}"})
    site.at = datetime.now(UTC)
    site.client.environ_base["HTTP_USER_AGENT"] = BROWSER
    pages = {
        "a case": f"/b/vale/cases/{cases[0]}",
        "its people": f"/b/vale/cases/{cases[0]}/record/people",
        "the case list": "/b/vale/cases",
    }
    return site.enter("manager@bench.example"), pages


@contextmanager
def _process(token: str, environment: dict[str, str], how: str) -> Iterator[Took]:
    """A process that answers `REQUESTS` times for an address and says what that took it."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.wiping", token, how], env=environment, cwd=PROJECT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        asked, told = process.stdin, process.stdout
        assert asked and told

        def took(address: str) -> float:
            print(address, file=asked, flush=True)
            return float(told.readline())

        yield took
        asked.close()


def run() -> list[Result]:
    on_one_processor()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="threefold-bench-")))
        cluster = stack.enter_context(started(folder))
        prepare_template(cluster)
        database = stack.enter_context(cloned(cluster))
        (folder / "site").mkdir()
        token, pages = _filled(database, folder / "site")
        plain = settings(database.app_url, folder / "site", PROJECT)
        ours = stack.enter_context(_process(token, plain | WIPING, "with"))
        theirs = stack.enter_context(_process(token, plain, "without"))
        results = []
        for name, address in pages.items():
            ours(address), theirs(address)
            found = [(ours(address), theirs(address)) for _ in range(ROUNDS)]
            results.append(at_most(f"freed memory overwritten ({name}): processor time", cost(found), 1.5, ROUNDS))
        return results


def main(token: str, how: str) -> None:
    app = serve()
    if how == "without":
        app.wsgi_app = app.wsgi_app._app  # type: ignore[method-assign,attr-defined]
    for line in sys.stdin:
        began = time.process_time()
        for _ in range(REQUESTS):
            told = answered(app, line.strip(), token)
            assert told.startswith("200"), told
        print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
