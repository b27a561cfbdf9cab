"""On the day on which a version begins, open cases are what was shown beforehand: by themselves, and with what stood before kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.arrangements.area import HUDDLE, MANAGER, Area, area, day
from tests.arrangements.test_delegation_meanwhile import on
from tests.arrangements.test_signature_reminders import here
from tests.arrangements.vale import APRIL, GOVERNANCE, LEADS, NOW_IN_FORCE
from tests.governance.test_crossing import DEVON_CHANGE
from tests.reminders.test_reminders import inbox
from tests.reviews.neighbours import Neighbours
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident
from threefold.work.records.stories import close_case

__all__ = ["area", "here", "inbox"]
BEFORE = date(2027, 3, 16)


def notified(area: Area) -> UUID:
    """A case whose huddle waits for the copy of the notification."""
    area.site.at = datetime(BEFORE.year, BEFORE.month, BEFORE.day, 9, tzinfo=UTC)
    events = [{"name": "aware", "at": "2027-03-15"}, {"name": "notification_sent", "at": "2027-03-16"}]
    facts = {"incident": DEVON_CHANGE["incident"], "review": {"events": events}}
    with area.site.database.unit(area.body, area.site.at) as unit:
        return record_incident(unit, GOVERNANCE, facts, uuid4()).id


def signed(area: Area, changes: dict[str, object], about: dict[str, str]) -> None:
    draft = area.begun("Moved")
    area.answer(f"{draft}/{HUDDLE}", changes)
    area.answer(f"{draft}/about", day("begins", APRIL) | about)
    area.before_its_seats(draft)
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")


MOVED = {"due_by": "own", "day": None, "span__amount": "12", "start_events": ["notification_sent"]}


def page(area: Area, case_id: UUID, tail: str = "", email: str = MANAGER) -> str:
    return area.by(email).get(f"/b/example-vale/cases/{case_id}{tail}").text


def test_a_step_that_the_new_version_dates_is_dated_due_and_late_with_nothing_recorded(area: Area, here: Neighbours) -> None:
    case_id = notified(area)
    signed(area, MOVED, {"open_cases": "move_at_next_stage"})
    on(area, here, date(2027, 3, 31))
    assert (
        "Monday 5 April 2027" not in page(area, case_id) and "worked out anew" not in page(area, case_id, "/timeline").lower()
    )
    on(area, here, APRIL)
    assert "Executive huddle Monday 5 April 2027" in page(area, case_id)
    assert "Worked out anew, as a version of the arrangement began or ended" in page(area, case_id, "/timeline")
    assert "by the service itself" in page(area, case_id, "/timeline")
    assert "Monday 5 April 2027" not in page(area, case_id, "/records/1"), "what stood before can still be read"
    on(area, here, date(2027, 4, 6))
    assert "Late" in page(area, case_id) and page(area, case_id, "/timeline").count("Worked out anew") == 1
    assert "Executive huddle" in page(area, case_id, "/reminders")


def test_what_the_service_works_out_moves_no_day_since_which_a_case_can_be_closed(area: Area, here: Neighbours) -> None:
    case_id = notified(area)
    signed(area, MOVED, {"open_cases": "move_at_next_stage"})
    on(area, here, APRIL)
    assert "Worked out anew" in page(area, case_id, "/timeline")
    with area.site.database.unit(area.body, area.site.at) as unit:
        close_case(unit, case_id, BEFORE, uuid4())
    assert "Closed" in page(area, case_id) and "16 March 2027" in page(area, case_id)


def test_a_variation_that_has_ended_works_its_cases_out_anew(area: Area, here: Neighbours) -> None:
    case_id = notified(area)
    signed(area, MOVED, {"open_cases": "move_at_next_stage"} | day("until", date(2027, 4, 1)))
    on(area, here, APRIL)
    assert "Executive huddle Monday 5 April 2027" in page(area, case_id)
    on(area, here, date(2027, 4, 2))
    assert page(area, case_id, "/timeline").count("Worked out anew") == 2


@pytest.mark.parametrize("until", [date(2027, 4, 9), None])
def test_a_correction_of_earlier_days_waits_for_the_next_thing_on_record(
    area: Area, here: Neighbours, until: date | None
) -> None:
    case_id = notified(area)
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(
            unit,
            GOVERNANCE,
            replace(NOW_IN_FORCE, version="easter", title="Easter", begins=APRIL, until=until, open_cases="move_at_next_stage"),
        )
    on(area, here, date(2027, 4, 5))
    begun = {"name": "notification_copied"} | day("at", date(2027, 4, 5))  # its huddle begins under that version
    area.answer(f"/b/example-vale/cases/{case_id}/events/add", begun, email=MANAGER)
    on(area, here, date(2027, 4, 10))
    before = page(area, case_id, "/timeline").count("Worked out anew")
    on(area, here, date(2027, 4, 20))
    uses = tuple(use for use in NOW_IN_FORCE.uses if use.use != "rapid-review-plan")  # no step of it is on any case then
    right = replace(
        NOW_IN_FORCE,
        version="right",
        title="Right",
        begins=APRIL,
        until=until,
        corrects="easter",
        uses=uses,
        open_cases="move_at_next_stage",
    )
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, right)
    on(area, here, date(2027, 4, 21))
    assert page(area, case_id, "/timeline").count("Worked out anew") == before


def test_a_case_that_cannot_be_worked_out_keeps_nobody_from_being_reminded_of_the_others(area: Area, here: Neighbours) -> None:
    broken, whole = notified(area), notified(area)
    signed(area, MOVED, {"open_cases": "move_at_next_stage"})
    with psycopg.connect(area.site.database.admin, autocommit=True) as admin:
        admin.execute("update body.incident_case set head_no = 99 where id = %s", (broken,))
    on(area, here, APRIL)
    assert "Executive huddle Monday 5 April 2027" in page(area, whole)
    assert "Executive huddle" in page(area, whole, "/reminders")


def test_a_restricted_case_is_worked_out_anew_too(area: Area, here: Neighbours) -> None:
    case_id = notified(area)
    signed(area, MOVED, {"open_cases": "move_at_next_stage"})
    area.answer(f"/b/example-vale/cases/{case_id}/opening/restrict", {"why": "A family of a colleague."}, email=MANAGER)
    on(area, here, APRIL)
    assert "Executive huddle Monday 5 April 2027" in page(area, case_id)
    assert "Executive huddle" in page(area, case_id, "/reminders")


def test_a_case_of_which_nothing_changes_and_a_closed_one_get_no_record(area: Area, here: Neighbours) -> None:
    finishing, closed = notified(area), notified(area)
    signed(area, MOVED, {"open_cases": "finish_under_old"})
    with area.site.database.unit(area.body, area.site.at) as unit:
        close_case(unit, closed, BEFORE, uuid4())
    on(area, here, APRIL)
    for case_id in (finishing, closed):
        assert "Worked out anew" not in page(area, case_id, "/timeline")
    assert "Closed" in page(area, closed)
    on(area, here, date(2027, 4, 2))
    assert "Worked out anew" not in page(area, finishing, "/timeline")
