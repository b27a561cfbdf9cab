"""Sealing by the clock's jobs, and `threefold audit verify` as an operator runs it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.incidents.web.conftest import GOVERNANCE
from tests.support.commands import Done, typed
from tests.support.database import NOW, Database
from threefold.doors.worker import jobs, planning
from threefold.doors.worker.main import FUNCTIONS
from threefold.doors.worker.schedule import FIRST, SEAL_SECONDS
from threefold.walls.audit.anchors import Anchors
from threefold.walls.audit.sealing import has_unsealed, sealed_until
from threefold.walls.post import Post


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> jobs.Bench:
    anchors = Anchors(tmp_path / "anchors")
    return jobs.Bench(database.walls, GOVERNANCE, Post(database.walls, {}), lambda *_: None, "http://localhost", anchors)


def note(database: Database, body: UUID, seconds: int) -> None:
    with database.unit(body, NOW + timedelta(seconds=seconds)) as unit:
        unit.audit("case read", "case:x", kind="detail")


def perform_due(bench: jobs.Bench, seconds: int) -> int:
    """What a worker finds on the list at that time, done."""
    due: list[UUID] = []
    planning.sweep(bench, due.append, NOW + timedelta(seconds=seconds))
    assert {jobs.perform(bench, one, NOW + timedelta(seconds=seconds)) for one in due} <= {"done"}
    return len(due)


def run(database: Database, folder: Path, *arguments: str) -> Done:
    for name, key in (("secret", b"s"), ("master", b"m")):
        (folder / f"{name}.key").write_text((key * 32).hex())
    environment = {**os.environ, "DATABASE_URL": database.app_url, "REDIS_URL": "redis://127.0.0.1:1/0", "THREEFOLD_MODE": "test",
                   "THREEFOLD_SECRET_KEY_FILE": str(folder / "secret.key"), "THREEFOLD_MASTER_KEY_FILE": str(folder / "master.key"),
                   "THREEFOLD_VAR": str(folder)}  # fmt: skip
    return typed("audit", "verify", *arguments, env=environment)


def test_by_the_clock_every_entry_is_sealed_within_a_minute(database: Database, bench: jobs.Bench) -> None:
    here, there = database.body("here"), database.body("there")
    assert SEAL_SECONDS <= 30 and FIRST in FUNCTIONS and FIRST.endswith(".plan_sealing")  # it waits behind nothing
    assert planning.seal_all(bench, NOW) == 2 and perform_due(bench, 0) == 2
    assert planning.seal_all(bench, NOW + timedelta(seconds=30)) == 0  # nothing to seal: no job
    note(database, here, 31)
    assert planning.seal_all(bench, NOW + timedelta(seconds=60)) == 1 and perform_due(bench, 60) == 1
    for body in (here, there):
        with database.unit(body) as unit:
            assert not has_unsealed(unit)
            head, last = sealed_until(unit), bench.anchors.last("here" if body == here else "there")
            assert head is not None and last is not None and (head.no, head.mac) == (last.no, last.mac)


def test_what_was_not_anchored_in_its_minute_is_anchored_in_the_next(database: Database, bench: jobs.Bench) -> None:
    body = database.body("here")
    for seconds in (0, 30):
        note(database, body, seconds)
        assert planning.seal_all(bench, NOW + timedelta(seconds=seconds)) == 1 and perform_due(bench, seconds) == 1
    last = bench.anchors.last("here")
    assert last is not None and last.no == 2  # the second sealing was within the minute
    assert planning.seal_all(bench, NOW + timedelta(seconds=60)) == 1 and perform_due(bench, 60) == 1
    assert [anchor.no for _, anchor in bench.anchors.all("here") if anchor] == [2, 3]


def test_the_daily_check_is_noted_for_the_body(database: Database, bench: jobs.Bench) -> None:
    body = database.body("here")
    planning.seal_all(bench, NOW)
    perform_due(bench, 0)
    assert planning.check_all(bench, NOW) == 1 and perform_due(bench, 0) == 1
    with psycopg.connect(database.admin) as connection:
        told = connection.execute("select detail, tenant_id from body.audit_entry where action = 'audit checked'").fetchall()
    assert told == [({"links": 1, "unsealed": 0, "faults": 0}, body)]


def test_an_operator_is_told_in_words_and_by_the_exit_code(database: Database, bench: jobs.Bench, tmp_path: Path) -> None:
    body = database.body("here")
    note(database, body, 0)
    planning.seal_all(bench, NOW)
    perform_due(bench, 0)
    note(database, body, 40)
    done = run(database, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "here: 3 entries.",
        "    Sealed until 30 March 2026 at 11am, by 2 links; last sealed 30 March 2026 at 11am.",
        "    Not sealed yet: 1 entry, since 30 March 2026 at 11am. A change of these would not be found.",
        "    Held against 1 anchor, the newest of 30 March 2026 at 11am.",
        "    No fault was found.",
    ]
    with psycopg.connect(database.admin) as connection:
        connection.execute(
            "update body.audit_entry set action = 'x' where id = (select entry_id from body.audit_link where no = 2)"
        )
    done = run(database, tmp_path, "--body", "here", "--anchors", str(tmp_path / "nothing"))
    assert done.returncode == 1 and "FAULT (edited): The entry that link 2 seals was changed" in done.stdout
    assert "There is no anchor in" in done.stdout
    done = run(database, tmp_path, "--body", "nowhere")
    assert done.returncode == 2 and "There is no body 'nowhere'" in done.stderr
