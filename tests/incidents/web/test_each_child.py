"""A step of one child names the child wherever it is told: two who died in one incident have the same steps, each with its own end."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.incidents.web.conftest import AWARE, GOVERNANCE, Area
from threefold.work.reminders.stories import make_reminders

CHILD = {"died": "yes", "died_on": "2026-03-28", "age_years": 5, "abuse_or_neglect": "yes", "looked_after": "yes"}
DIED_TOGETHER = [{"key": "child-1", **CHILD}, {"key": "child-2", **CHILD}]
OFFICE, PANEL_TWO = "Tell the child death panel's office", "Review at the child death overview panel (a guide) (Child 2)"
OFFICE_TOLD = "done:child-death.tell-office.child-2"


@pytest.fixture
def case_id(area: Area) -> UUID:
    return area.opened(
        incident={"happened_on": "2026-03-28", "children": DIED_TOGETHER},
        review={"events": [AWARE, {"name": "child_death_meeting", "at": "2026-03-29"}]},
    )


def said(area: Area, path: str) -> str:
    return " ".join(area.site.get(path).text.replace("’", "'").split())


def test_the_rows_of_a_case_what_follows_and_the_lists_say_of_which_child(area: Area, case_id: UUID) -> None:
    base = area.address(case_id)
    for path in (base, f"{base}/verdict"):
        shown = said(area, path)
        for title in (
            OFFICE,
            "Hold the child death review meeting (a guide)",
            "Notify the death to the Secretary of State and Ofsted",
        ):
            assert f"{title} (Child 1)" in shown and f"{title} (Child 2)" in shown, (path, title)
            assert shown.count(title) == shown.count(f"{title} (Child") + shown.count(f"{title}: within"), (path, title)
    assert PANEL_TWO in said(area, f"{base}/verdict/steps:child-death:panel/child-2")
    assert f"{OFFICE} (Child 1)" in said(area, area.cases) and f"{OFFICE} (Child 1)" in said(area, "/b/vale/")


def test_the_end_of_a_step_is_put_on_record_told_and_corrected_of_its_child(area: Area, case_id: UUID) -> None:
    base = area.address(case_id)
    offered = {e.get("value"): e.text.strip() for e in area.site.get(f"{base}/events/add").page.all("option")}
    assert offered[OFFICE_TOLD] == f"Done: {OFFICE} (Child 2)"
    assert [words for words in offered.values() if words.startswith("Done: ") and "(Child " not in words] == []
    area.answer(f"{base}/events/add", {"name": OFFICE_TOLD, "at-day": "29", "at-month": "3", "at-year": "2026"})
    when = f"When “{OFFICE} (Child 2)” was done"
    for path in (f"{base}/events/add", f"{base}/timeline", f"{base}/verdict/steps:child-death:tell-office/child-2"):
        assert when in said(area, path), path
    assert f"Event: “{OFFICE} (Child 2)” was done" in said(area, f"{base}/timeline")
    correct = f"{base}/events/correct?name={OFFICE_TOLD}&at=2026-03-29"
    assert when in said(area, correct)
    asked = area.answer(correct, {"at-day": "28", "at-month": "3", "at-year": "2026", "reason": "A slip."}, 200)
    assert "Nothing is recorded yet" in asked.text
    area.site.send(correct, asked.page.hidden())
    assert f"Date corrected: when “{OFFICE} (Child 2)” was done" in said(area, base)


def test_a_step_that_the_case_has_no_more_is_told_in_words(area: Area, case_id: UUID) -> None:
    base = area.address(case_id)
    area.answer(f"{base}/events/add", {"name": OFFICE_TOLD, "at-day": "29", "at-month": "3", "at-year": "2026"})
    area.answer(f"{base}/record/children/child-2/remove", {})
    timeline = said(area, f"{base}/timeline")
    assert "When the step “tell office, child 2” was done" in timeline
    assert "Event: the step “tell office, child 2” was done" in timeline


def test_the_list_of_reminders_says_of_which_child(area: Area, case_id: UUID) -> None:
    with area.site.database.unit(area.id, area.site.at) as unit:
        make_reminders(unit, GOVERNANCE)
    shown = said(area, f"{area.address(case_id)}/reminders")
    assert f"{OFFICE} (Child 1)" in shown and f"{OFFICE} (Child 2)" in shown


def test_a_review_meeting_before_a_death_is_not_the_one_of_that_child(area: Area) -> None:
    """One child died weeks after another, whose meeting was held by then: the meeting ends and starts nothing of the second."""
    first, second = ({**child, "died_on": on} for child, on in zip(DIED_TOGETHER, ("2026-03-02", "2026-03-28"), strict=True))
    case_id = area.opened(
        incident={"happened_on": "2026-03-01", "children": [first, second]},
        review={"events": [{"name": "aware", "at": "2026-03-02"}, {"name": "child_death_meeting", "at": "2026-03-20"}]},
    )
    due = {row["id"]: row for served in area.state(case_id).verdict["steps"] if (row := served["statutory"])}
    assert due["steps:child-death:review-meeting/child-1"]["done_on"] == "2026-03-20"
    assert due["steps:child-death:review-meeting/child-2"]["done_on"] is None
    shown = said(area, f"{area.address(case_id)}/verdict")
    assert "Review at the child death overview panel (a guide) (Child 1)" in shown and PANEL_TWO not in shown
    assert "A child death review meeting was held on 20 March 2026, before this death: it is not counted here." in shown
