"""Which fields of a person on a case each role of a body is given: a field that is not theirs never leaves the story."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.incidents.test_stories import GOV, Area, area, case
from tests.support.database import NOW
from threefold.walls.session import SYSTEM, Scope
from threefold.work.incidents import stories
from threefold.work.incidents.stories.deciding import ACTING
from threefold.work.incidents.stories.persons import TELL_APART
from threefold.work.people.access import ROLES, permission

__all__ = ["area"]
KNOWN = {
    "name": "Child One",
    "aliases": "C. One",
    "born_on": "2015-02-03",
    "nhs_number": "9990000018",
    "addresses": "1 Made-up Street",
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_tells_a_person_apart_is_given_to_who_records_and_notifies_alone(area: Area, role: str) -> None:
    with area.unit() as unit:
        case_id = stories.record_incident(unit, GOV, case(), uuid4()).id
        stories.add_person(unit, case_id, "child", KNOWN, "child-1")
        stories.correct_person(
            unit, case_id, stories.people(unit, case_id)[0].id, "child", {**KNOWN, "born_on": "2015-03-03"}, "child-1"
        )
    with area.unit(roles=(role,)) as unit:
        (person,) = stories.people(unit, case_id)
    assert role in permission(TELL_APART).roles or person.details == {"name": "Child One"}
    assert role not in ACTING or (person.details["nhs_number"], person.details["born_on"]) == ("9990000018", "2015-03-03")
    assert permission(TELL_APART).roles == ACTING


def test_what_the_platform_does_of_itself_reads_all_of_it(area: Area) -> None:
    with area.unit() as unit:
        case_id = stories.record_incident(unit, GOV, case(), uuid4()).id
        stories.add_person(unit, case_id, "child", KNOWN, "child-1")
    with area.database.walls.open(Scope(area.id), actor=SYSTEM, purpose="test", at=NOW) as unit:
        assert stories.people(unit, case_id)[0].details == KNOWN
