"""What somebody had typed and could not send: shown to them alone, for two weeks, and gone then, whoever does what or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.incidents.web.conftest import GOVERNANCE
from tests.support.database import NOW, Database
from threefold.doors.worker import jobs, planning
from threefold.walls.audit.anchors import Anchors
from threefold.walls.post import Post
from threefold.walls.rotation import destroy_keys
from threefold.work.people.half_written import half_written, keep_form, kept_form

PERSON, OTHER = uuid4(), uuid4()
LAST = NOW + timedelta(days=14, seconds=-1)
OVER = NOW + timedelta(days=14)


@pytest.fixture
def vale(database: Database) -> UUID:
    return database.body("vale")


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> jobs.Bench:
    return jobs.Bench(database.walls, GOVERNANCE, Post(database.walls, {}), lambda *_: None, "", Anchors(tmp_path))


def kept(database: Database, body: UUID, at: datetime = NOW, person: UUID = PERSON) -> UUID:
    with database.unit(body, at, person=person) as unit:
        return keep_form(unit, "cases/new", [("name", "Planted Name")])


def stored(database: Database) -> set[UUID]:
    with psycopg.connect(database.admin) as connection:
        return {row[0] for row in connection.execute("select id from body.form_draft")}


def worked(database: Database, bench: jobs.Bench, at: datetime) -> list[str]:
    """What the clock asks for, and what came of it."""
    planning.end_forms_all(bench, at)
    due: list[UUID] = []
    planning.sweep(bench, due.append, at)
    return [jobs.perform(bench, one, at) for one in due]


def test_it_is_shown_for_two_weeks_and_not_longer_though_the_worker_stands(database: Database, vale: UUID) -> None:
    form = kept(database, vale)
    with database.unit(vale, LAST, person=PERSON) as unit:
        assert kept_form(unit, form) and half_written(unit)
    with database.unit(vale, OVER, person=PERSON) as unit:
        assert kept_form(unit, form) is None and half_written(unit) == []


def test_the_clock_ends_what_is_two_weeks_old_in_each_body_that_has_any(
    database: Database, vale: UUID, bench: jobs.Bench
) -> None:
    dale = database.body("dale")
    kept(database, vale)
    young = {kept(database, vale, LAST, OTHER), kept(database, dale, LAST)}
    assert worked(database, bench, LAST) == [] and len(stored(database)) == 3
    assert worked(database, bench, OVER) == ["done"] and stored(database) == young
    assert worked(database, bench, OVER) == []


def test_it_goes_with_the_keys_of_its_body(database: Database, vale: UUID) -> None:
    dale = database.body("dale")
    kept(database, vale)
    there = kept(database, dale)
    with database.unit(vale) as unit:
        destroy_keys(unit)
    assert stored(database) == {there}


def test_it_ends_by_the_clock_in_a_body_whose_keys_were_destroyed_by_an_earlier_version(
    database: Database, vale: UUID, bench: jobs.Bench
) -> None:
    kept(database, vale)
    with psycopg.connect(database.admin) as connection:
        connection.execute("update body.body_key set wrapped = ''")
    database.walls.forget_keys()
    assert worked(database, bench, OVER) == ["done"] and stored(database) == set()
