"""What a case waits for no more: after it was decided not to notify, and after the notification was taken back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.governance.test_decide import arrangement
from tests.incidents.web.conftest import AWARE, GOVERNANCE, MANAGER, PARTNERS, SEATS, Area
from tests.incidents.web.test_acting import FORM
from threefold.governance.pack import RuleUse
from threefold.plugin_api.facts import read_facts
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories
from threefold.work.incidents.waiting import not_waited_for
from threefold.work.reviews.stories import decide_local_review

SAID = {"ref": "A made-up arrangement for tests", "force": "LOCAL", "sure": "V"}
UNHARMED = {"key": "child-1", "died": "no", "seriously_harmed": "no", "abuse_or_neglect": "no"}
LOCAL: dict[str, Any] = {"start_events": ["rapid_review_sent"], "span": {"amount": 2, "unit": "working_days"}, "source": SAID}
PLAN = RuleUse("plan", "timetable", 1, {"start_events": ["aware"], "unit": "working_days", "source": SAID, "steps": [
    {"key": "tell", "title": "Notify, by the local text", "day": 3, "serves": "notify-panel", "source": SAID},
    {"key": "meet", "title": "Three-partner meeting", "day": 4, "serves": "threshold-meeting", "source": SAID},
    {"key": "plan", "title": "Plan the local review", "serves": "local-review", **LOCAL},
    {"key": "copy", "title": "Draft the copy for the Panel", "serves": "advance-copy", **LOCAL},
]})  # fmt: skip


@pytest.fixture
def planned(area: Area) -> Area:
    with area.site.database.unit(area.id, area.site.at) as unit:
        version = replace(arrangement("two", date(2025, 6, 1), PLAN), organisations=PARTNERS, seats=SEATS)
        enter_version(unit, GOVERNANCE, version)
    return area


def on(area: Area, day: date) -> None:
    area.site.at = datetime(day.year, day.month, day.day, 9, tzinfo=area.site.at.tzinfo)
    area.site.enter(MANAGER)


def unharmed(area: Area) -> UUID:
    return area.opened(incident={"happened_on": "2026-03-28", "children": [UNHARMED]}, review={"events": [AWARE]})


def decided(area: Area, case_id: UUID, outcome: str = "no") -> None:
    with area.site.database.unit(area.id, area.site.at) as unit:
        stories.decide_notify(unit, GOVERNANCE, case_id, outcome, "As the views say.", uuid4())


def local_review(area: Area, case_id: UUID, outcome: str) -> None:
    with area.site.database.unit(area.id, area.site.at) as unit:
        decide_local_review(unit, GOVERNANCE, case_id, outcome, "We learn in another way.", None, uuid4())


def late(area: Area, path: str) -> int:
    """How many dates a page calls late."""
    return len(re.findall(r"\bLate\b", area.site.get(path).text))


def next_of(area: Area, case_id: UUID) -> Any:
    with area.site.database.unit(area.id, area.site.at) as unit:
        return next(line for line in stories.list_cases(unit)[0] if line.id == case_id)


def test_after_the_decision_not_to_notify_no_page_of_the_case_says_late(planned: Area) -> None:
    case_id = unharmed(planned)
    base = planned.address(case_id)
    on(planned, date(2026, 4, 20))
    assert late(planned, base) == 2
    decided(planned, case_id)
    for page in (base, f"{base}/verdict", f"{base}/review"):
        assert late(planned, page) == 0, page
    assert planned.site.get(base).text.count("Not waited for any more.") >= 2
    decided(planned, case_id, "yes")
    assert late(planned, base) == 2, "considered again, it is waited for again"


def test_after_the_decision_against_a_local_review_nothing_that_serves_one_is_late(planned: Area) -> None:
    sent = [{"name": name, "at": at} for name, at in (("notification_sent", "2026-04-01"), ("rapid_review_sent", "2026-04-02"))]
    case_id = planned.opened(incident={"happened_on": "2026-03-28", "children": [UNHARMED]}, review={"events": [AWARE, *sent]})
    on(planned, date(2026, 4, 20))
    base = planned.address(case_id)
    local_review(planned, case_id, "yes")
    before = late(planned, base)
    local_review(planned, case_id, "no")
    assert late(planned, base) == before - 2
    assert planned.site.get(base).text.count("Not waited for any more.") == 2
    assert next_of(planned, case_id).next_step not in ("Plan the local review", "Draft the copy for the Panel")
    local_review(planned, case_id, "yes")
    assert late(planned, base) == before, "decided anew, it is waited for again"


def test_a_publication_that_is_planned_asks_for_its_copies_whatever_was_decided_of_a_local_review() -> None:
    declined = {"name": "local_review_declined", "at": "2026-04-20"}
    planned = {"name": "publication_planned", "at": "2026-06-01"}
    assert not_waited_for(read_facts({"review": {"events": [declined]}})) == {"local-review", "advance-copy"}
    assert not_waited_for(read_facts({"review": {"events": [declined, planned]}})) == {"local-review"}


def test_after_the_notification_was_taken_back_no_page_of_the_case_says_late(planned: Area) -> None:
    case_id = planned.opened()
    base = planned.address(case_id)
    planned.site.post(f"{base}/notify/form", FORM)
    on(planned, date(2026, 4, 29))
    assert late(planned, base)
    planned.site.post(f"{base}/leave", {"way_out": "notification_withdrawn", "reason": "It was about another child."})
    for page in (base, f"{base}/verdict", f"{base}/review"):
        assert late(planned, page) == 0, page
    assert "Not waited for any more." in planned.site.get(base).text


@pytest.mark.parametrize("outcome", ["no", "yes"])
@pytest.mark.parametrize("first", ["notify", "local review"])
def test_a_decision_on_a_local_review_brings_nothing_back_that_the_decision_not_to_notify_ended(
    planned: Area, outcome: str, first: str
) -> None:
    case_id = unharmed(planned)
    on(planned, date(2026, 4, 20))
    if first == "notify":
        decided(planned, case_id)
        local_review(planned, case_id, outcome)
    else:
        local_review(planned, case_id, outcome)
        decided(planned, case_id)
    assert next_of(planned, case_id).next_step not in ("Notify, by the local text", "Three-partner meeting")
    assert late(planned, planned.address(case_id)) == late(planned, planned.cases) == 0
    said = "Decided not to notify" if outcome == "no" else "Not notified"
    for page in (planned.cases, planned.address(case_id)):
        assert said in planned.site.get(page).text, page
    decided(planned, case_id, "yes")
    assert next_of(planned, case_id).next_step == "Notify, by the local text"
