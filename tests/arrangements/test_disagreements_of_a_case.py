"""Two disagreements in one case: the page and the reminders know that the first was settled, and count the second from its own day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from tests.arrangements.area import MANAGER, Area, area, day
from tests.arrangements.test_signature_reminders import here
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import SAID
from tests.reminders.test_reminders import Inbox, inbox
from tests.reviews.neighbours import Neighbours
from threefold.doors.worker import planning
from threefold.governance.pack import RuleUse
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident

__all__ = ["area", "here", "inbox"]
JULY = datetime(2027, 7, 1, 9, tzinfo=UTC)
TALK, AFTER = "Talk about it", "Talk again"


def begun(area: Area, here: Neighbours) -> UUID:
    """A case of July, in an area where one talks within two working days, and again within five."""
    stages = [
        {"key": key, "title": title, "stage": 1, "start_events": ["dispute_raised"], "span": {"amount": days, "unit": "working_days"}, "source": SAID}
        for key, title, days in (("talk", TALK, 2), ("again", AFTER, 5))
    ]  # fmt: skip
    uses = (*NOW_IN_FORCE.uses, RuleUse("ladder", "escalation-ladder", 1, {"stages": stages}))
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, version="next", title="Next", begins=APRIL, uses=uses))
    here.at = area.site.at = JULY
    facts = {"incident": {"children": [{"key": "child-1"}]}, "review": {"events": [{"name": "aware", "at": "2027-07-01"}]}}
    with area.site.database.unit(area.body, area.site.at) as unit:
        return record_incident(unit, GOVERNANCE, facts, uuid4()).id


def happened(area: Area, case: str, name: str, on: date) -> str:
    area.answer(f"{case}/events/add", {"name": name, **day("at", on)}, email=MANAGER)
    return said(area, case)


def said(area: Area, case: str) -> str:
    return " ".join(area.by(MANAGER).get(case).text.split())


def until(area: Area, here: Neighbours, last: date) -> None:
    """The days until then, each with what its morning reminds of; the people enter anew."""
    while here.at.date() < last:
        here.at = area.site.at = here.at + timedelta(days=1)
        planning.remind_all(here.bench, here.at)
        here.work()
    area.browsers.clear()


def test_what_was_settled_is_never_late_and_what_is_raised_after_it_has_its_own_clock(
    area: Area, here: Neighbours, inbox: Inbox
) -> None:
    case = f"/b/example-vale/cases/{begun(area, here)}"
    assert "Monday 5 July 2027" in happened(area, case, "dispute_raised", date(2027, 7, 1)) and AFTER in said(area, case)
    until(area, here, date(2027, 7, 5))
    inbox.mails.clear()
    settled = happened(area, case, "dispute_settled", date(2027, 7, 5))
    assert TALK not in settled and AFTER not in settled
    until(area, here, date(2027, 7, 19))
    assert TALK not in said(area, case)
    assert not [m for m in inbox.mails if "5 July 2027" in m["Subject"] or " 8 July 2027" in m["Subject"]], (
        "nobody is reminded of what was settled"
    )
    again = happened(area, case, "dispute_raised", date(2027, 7, 19))
    assert "Wednesday 21 July 2027" in again and "Monday 26 July 2027" in again
    until(area, here, date(2027, 7, 22))
    assert [m for m in inbox.mails if "21 July 2027" in m["Subject"]], "of what was raised after it they are"
