"""People are found by keyed tokens: in their own body, however they are spelt, and never across the wall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from tests.incidents.web.conftest import GOVERNANCE
from tests.support.database import NOW, Database
from tests.support.statements import counting
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker import jobs, planning
from threefold.walls.audit.anchors import Anchors
from threefold.walls.post import Post
from threefold.walls.sealed import MasterKey
from threefold.walls.session import Actor, Scope
from threefold.walls.tables import AuditEntry
from threefold.work.incidents import stories
from threefold.work.incidents.person_index import has_unindexed, index_some
from threefold.work.incidents.stories import Sought
from threefold.work.incidents.tables import Case, PersonIndex
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR
from threefold.work.people.tables import CaseMember

CHILD = {
    "name": "Siobhán Planted-O'Neil", "aliases": "Shiv Testcase", "born_on": "2019-07-17", "nhs_number": "9434765919", "addresses": [],
}  # fmt: skip


def opened(database: Database, body: UUID) -> UUID:
    with database.unit(body) as unit:
        return stories.record_incident(unit, GOVERNANCE, {"incident": {"happened_on": "2026-03-28"}, "review": {}}, uuid4()).id


def added(database: Database, body: UUID, case_id: UUID, **details: Any) -> UUID:
    with database.unit(body) as unit:
        return stories.add_person(unit, case_id, "child", CHILD | details)


def ways(database: Database, body: UUID, **sought: Any) -> list[str]:
    with database.unit(body) as unit:
        return [found.way for found in stories.find_people(unit, Sought(**sought))[0]]


def stored(database: Database, body: UUID) -> set[tuple[str, bytes]]:
    with database.unit(body) as unit:
        return {(row.field, row.token) for row in unit.session.execute(select(PersonIndex.field, PersonIndex.token))}


@pytest.fixture
def vale(database: Database) -> UUID:
    database.body("nation", "national")
    return database.body("vale", national="nation")


@pytest.mark.parametrize(("sought", "way"), [
    ({"nhs_number": "943 476 5919"}, "number"),
    ({"name": "oneil planted siobhan", "born_on": date(2019, 7, 17)}, "name_and_birth"),
    ({"name": "PLANTED"}, "name"), ({"name": "Plantedoneil"}, "name"), ({"name": "Siobhan Planted-ONeil"}, "name"),
    ({"name": "testcase"}, "name"), ({"name": "Shivawn Oneill", "born_on": date(2019, 7, 17)}, "sound_and_birth"),
    ({"name": "Shivawn"}, "sound"), ({"born_on": date(2019, 7, 17)}, "birth"), ({"name": "Nobody", "born_on": date(2019, 7, 17)}, "birth"),
])  # fmt: skip
def test_somebody_is_found_by_each_of_what_is_known(
    database: Database, vale: UUID, sought: Mapping[str, Any], way: str
) -> None:
    added(database, vale, opened(database, vale))
    assert ways(database, vale, **sought) == [way]


APART = [
    ("Quill O’Tested", "Quill O Tested"), ("Annemadeup Tested", "Anne Madeup Tested"), ("Quill McTested", "Quill Mc Tested"),
    ("Quill Al-Tested", "Quill Al Tested"), ("Quill Tested-Madeup", "Quill Tested Madeup"), ("Quill Vandermadeup", "Quill van der Madeup"),
    ("Tested,Quill", "Quill Tested"), ("Q.Tested", "Tested Q"), ("Tested(Madeup)", "Madeup, Tested"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [*APART, *((other, one) for one, other in APART)])
def test_a_name_that_is_one_word_here_and_two_there_is_found(database: Database, vale: UUID, one: str, other: str) -> None:
    added(database, vale, opened(database, vale), name=one, aliases="", nhs_number="", born_on=None)
    assert ways(database, vale, name=other) == ["name"]
    assert ways(database, vale, name=f"{other} Besides") == [], "every word is there"


def test_a_name_with_a_word_that_is_none_by_itself_is_found_by_its_sound(database: Database, vale: UUID) -> None:
    added(database, vale, opened(database, vale), name="Quill O Neil", aliases="", nhs_number="", born_on=None)
    assert ways(database, vale, name="Oneill") == ways(database, vale, name="O’Neill") == ["sound"]
    added(database, vale, opened(database, vale), name="Quill Tested", aliases="", nhs_number="", born_on=None)
    assert ways(database, vale, name="Quilltesdet") == [], "two whole names sound like too many others as one"


def test_whoever_is_somebody_else_is_not_found(database: Database, vale: UUID) -> None:
    added(database, vale, opened(database, vale))
    assert ways(database, vale, name="Siobhan Quite-Different") == [] and ways(database, vale, nhs_number="9434765918") == []
    with pytest.raises(ThreefoldError, match="Enter a name"):
        ways(database, vale, name="not known")


def test_the_surest_stand_first_and_there_are_not_too_many(database: Database, vale: UUID) -> None:
    case_id = opened(database, vale)
    added(database, vale, case_id, name="Shivawn", nhs_number="", born_on=None)
    added(database, vale, case_id, name="Siobhan", nhs_number="", born_on=None)
    added(database, vale, case_id)
    found = ways(database, vale, name="Siobhan", nhs_number="9434765919")
    assert found == ["number", "name", "sound"]
    with database.unit(vale) as unit:
        for _ in range(50):
            stories.add_person(unit, case_id, "other", {"name": "Shivawn"})
        lines, more = stories.find_people(unit, Sought(name="Siobhan"))
        assert len(lines) == 50 and more and lines[0].way == "name"


def test_a_correction_and_taking_off_change_who_is_found(database: Database, vale: UUID) -> None:
    case_id = opened(database, vale)
    person = added(database, vale, case_id)
    with database.unit(vale) as unit:
        stories.correct_person(
            unit, case_id, person, "parent", CHILD | {"name": "Tabitha Madeup", "aliases": "", "nhs_number": ""}
        )
    assert ways(database, vale, name="Planted") == [] and ways(database, vale, nhs_number="9434765919") == []
    assert ways(database, vale, name="Tabita") == ["sound"]
    with database.unit(vale) as unit:
        stories.remove_person(unit, case_id, person, "Put on the wrong case.")
    assert ways(database, vale, name="Tabitha") == [] and {field for field, _ in stored(database, vale)} == {"made"}


def test_only_those_are_opened_one_by_one_of_whom_something_is_held_by_which_no_search_finds_them(
    database: Database, vale: UUID
) -> None:
    """A number that was added or an address that was mended hides nobody: whoever is still found by all they told is not looked at."""
    case_id = opened(database, vale)
    added_to, renamed, gone = (
        added(database, vale, case_id, name=name, nhs_number="")
        for name in ("Added Planted", "Renamed Planted", "Gone Planted")
    )
    added(database, vale, case_id)
    with database.unit(vale) as unit:
        stories.correct_person(unit, case_id, added_to, "child", CHILD | {"name": "Added Planted", "addresses": ["1 New Lane"]})
        stories.correct_person(unit, case_id, renamed, "child", CHILD | {"name": "Somebody Else", "nhs_number": ""})
        stories.remove_person(unit, case_id, gone, "Put on the wrong case.")

    def seen() -> list[str]:
        looked_at: list[str] = []
        with database.unit(vale) as unit, counting(database.engine) as statements:
            stories.find_held(unit, lambda details: bool(looked_at.append(details["name"])))
        assert len(statements.shapes) == 1
        return sorted(looked_at)

    assert seen() == ["Gone Planted", "Somebody Else"]
    with psycopg.connect(database.admin) as connection:
        connection.execute("delete from body.person_index")
    assert seen() == ["Gone Planted", "Somebody Else"], "whoever is not indexed yet is not passed over"
    with database.unit(vale) as unit:
        assert index_some(unit) == 4
    assert seen() == ["Gone Planted", "Somebody Else"]


def test_two_bodies_have_no_token_of_the_same_child_in_common(database: Database, vale: UUID) -> None:
    dale = database.body("dale", national="nation")
    for body in (vale, dale):
        added(database, body, opened(database, body))
    ours, theirs = stored(database, vale), stored(database, dale)
    assert len(ours) == len(theirs) > 8 and not {t for _, t in ours} & {t for _, t in theirs}
    assert len(ways(database, vale, nhs_number="9434765919")) == 1


def test_no_key_in_the_database_makes_a_token(database: Database, vale: UUID) -> None:
    """The same body and value under another master key is another token, and no field shares a key with another."""
    one, other = MasterKey(b"m" * 32), MasterKey(b"n" * 32)
    assert one.index_key(vale, "name") != other.index_key(vale, "name")
    assert one.index_key(vale, "name") != one.index_key(vale, "name_sound")
    added(database, vale, opened(database, vale))
    with psycopg.connect(database.admin) as connection:
        rows = connection.execute("select wrapped, sign_key, open_key from body.body_key").fetchall()
    assert one.index_key(vale, "person name") not in {bytes(part) for row in rows for part in row}


def test_restricted_cases_are_not_found_and_other_peoples_only_by_those_who_handle_every_case(
    database: Database, vale: UUID
) -> None:
    hidden, theirs = opened(database, vale), opened(database, vale)
    for case_id in (hidden, theirs):
        added(database, vale, case_id)
    member, manager, helper = (
        database.provision.put_person(f"{who}@vale.example", who, "") for who in ("member", "manager", "helper")
    )
    database.provision.put_membership(member, vale, BUSINESS_MANAGER, "", date(2020, 1, 1), None)
    with database.unit(vale) as unit:
        unit.session.get_one(Case, (vale, hidden)).restricted = True
        unit.session.add(CaseMember(
            id=uuid4(), case_id=hidden, person_id=member, part="team", begins=unit.today, at=unit.at))  # fmt: skip
    for person, cases in ((manager, 1), (member, 2)):
        runs_them = Actor(person, "Somebody", frozenset({BUSINESS_MANAGER}))
        with database.walls.open(Scope(vale), actor=runs_them, purpose="test", at=NOW) as unit:
            assert len(stories.find_people(unit, Sought(nhs_number="9434765919"))[0]) == cases
    actor = Actor(helper, "Helper", frozenset({CONTRIBUTOR}))

    def found() -> int:
        with database.walls.open(Scope(vale), actor=actor, purpose="test", at=NOW) as unit:
            return len(stories.find_people(unit, Sought(name="Siobhan"), "sign-in")[0])

    assert found() == 0
    with database.walls.open(Scope(vale), actor=actor, purpose="test", at=NOW) as unit:
        unit.audit("view given", f"case:{theirs}")
    assert found() == 1


def test_finding_and_not_finding_are_the_same_statements_and_leave_no_word(database: Database, vale: UUID) -> None:
    added(database, vale, opened(database, vale))
    told = []
    for name in ("Siobhan Planted", "Tabitha Nowhere"):
        with database.unit(vale) as unit, counting(database.engine) as seen:
            stories.find_people(unit, Sought(name, date(2019, 7, 17), "9434765919"))
        told.append(seen.shapes)
    assert len(told[0]) == len(told[1]) == 2 and told[0] == told[1]
    assert "siobhan" not in str(told).lower() and "9434765919" not in str(told)
    with database.unit(vale) as unit:
        entry = unit.session.scalars(select(AuditEntry).where(AuditEntry.kind == "search")).first()
    assert entry is not None and entry.detail == {"by": ["name", "date_of_birth", "nhs_number"]}


def test_people_on_record_already_are_indexed_and_doing_so_again_changes_nothing(database: Database, vale: UUID) -> None:
    case_id = opened(database, vale)
    gone = added(database, vale, case_id)
    added(database, vale, case_id, name="not known", aliases="", born_on=None, nhs_number="")
    added(database, vale, case_id)
    with database.unit(vale) as unit:
        stories.remove_person(unit, case_id, gone, "Put on the wrong case.")
    before = stored(database, vale)
    with psycopg.connect(database.admin) as connection:
        connection.execute("delete from body.person_index")
    assert ways(database, vale, nhs_number="9434765919") == []
    with database.unit(vale) as unit:
        assert has_unindexed(unit) and index_some(unit, 2) == 2 and index_some(unit, 2) == 1 and index_some(unit, 2) == 0
        assert not has_unindexed(unit)
    assert stored(database, vale) == before and ways(database, vale, nhs_number="9434765919") == ["number"]


def test_a_job_for_each_body_that_has_somebody_to_index(database: Database, vale: UUID, tmp_path: Path) -> None:
    bench = jobs.Bench(database.walls, GOVERNANCE, Post(database.walls, {}), lambda *_: None, "", Anchors(tmp_path))
    added(database, vale, opened(database, vale))
    database.body("dale", national="nation")
    assert planning.index_all(bench, NOW) == 0
    with psycopg.connect(database.admin) as connection:
        connection.execute("delete from body.person_index")
    due: list[UUID] = []
    assert planning.index_all(bench, NOW) == 1 and planning.sweep(bench, due.append, NOW) == 1
    assert jobs.perform(bench, due[0], NOW) == "done" and planning.index_all(bench, NOW) == 0
    assert ways(database, vale, name="Shivawn") == ["sound"]
