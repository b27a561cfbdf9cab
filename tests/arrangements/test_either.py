"""When a step is due: by a day of the plan, or after something of its own. Which one is asked first, and what is not meant is not kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.arrangements.test_a_new_step import folded_apart, html
from tests.arrangements.test_first_try import PLAN, added
from tests.arrangements.test_screens import HUDDLE, LEAD, Area, area, day
from tests.arrangements.vale import APRIL
from threefold.governance import drafts
from threefold.work.arrangements.web.offers import MANY

__all__ = ["area"]
AFTER = {"due_by": "own", "start_events": ["rapid_review_sent"], "span__amount": "10", "span__unit": "working_days"}


def step(area: Area, draft: str) -> dict[str, Any]:
    return dict(drafts.node_at(area.content(draft), (*PLAN, "steps", "huddle")))


def test_what_is_chosen_counts_and_the_other_goes(area: Area) -> None:
    draft = area.begun()
    before = step(area, draft)
    assert before["day"] == 14 and area.filled(f"{draft}/{HUDDLE}", {})["due_by"] == ["plan"]
    area.answer(f"{draft}/{HUDDLE}", AFTER | {"day": None})  # hidden, so it is not sent
    changed = step(area, draft)
    assert (changed.get("day"), changed["start_events"], changed["span"]["amount"]) == (None, ["rapid_review_sent"], 10)
    assert area.filled(f"{draft}/{HUDDLE}", {})["due_by"] == ["own"]
    hidden = dict.fromkeys(("start_events", "span__amount", "span__unit"))
    area.answer(f"{draft}/{HUDDLE}", {"due_by": "plan", "day": "14", **hidden})
    assert step(area, draft) == before, "not even what starts it stays behind: its day would be counted from there"


def test_a_page_saved_as_it_was_changes_nothing_with_and_without_scripts(area: Area) -> None:
    draft = area.begun()
    for answers in ({}, AFTER):
        area.answer(f"{draft}/{HUDDLE}", answers if not answers else {**answers, "day": ""})
        saved = step(area, draft)
        own = "day" not in saved
        for hidden in ({}, dict.fromkeys(("day",) if own else ("start_events", "span__amount", "span__unit"))):
            area.answer(f"{draft}/{HUDDLE}", hidden)
            assert step(area, draft) == saved


def test_both_filled_in_is_asked_about_and_nothing_typed_is_lost(area: Area) -> None:
    draft = area.begun()
    refused = area.answer(f"{draft}/{HUDDLE}", {"span__amount": "3"}, 422)
    assert "You chose “By a day of the plan, such as day 12”, and filled in" in refused.text
    assert {e.get("value") for e in refused.page.all("input")} >= {"14", "3"}
    area.answer(f"{draft}/{HUDDLE}", {"day": "", "span__amount": "3"})  # the one emptied, the other filled in
    assert step(area, draft)["span"]["amount"] == 3 and "day" not in step(area, draft)


@pytest.mark.parametrize(("answers", "told"), [
    ({"due_by": "plan", "day": "2"}, "Within 2 working days"),
    ({"day": "2"}, "Within 2 working days"),  # nothing chosen: what was filled in says it
    (AFTER, "Within 10 working days, counted from the day when the rapid review was sent to the Panel"),
    ({"due_by": "own", "start_events": ["rapid_review_sent"]}, "no time is stated"),
    ({}, "no time is stated"),  # as the plan begins
])  # fmt: skip
def test_a_new_step_is_due_as_it_was_answered(area: Area, answers: dict[str, Any], told: str) -> None:
    draft = area.begun()
    listed = f"{draft}/{HUDDLE.rpartition('/')[0].replace('line/', 'add/')}"
    line = area.answer(listed, {"title": "Tell the chair", "who__other": "Business manager", **answers}).location.split("?")[0]
    assert told in area.by(LEAD).get(line).text
    for page in (line, draft, f"{draft}/compare"):
        assert "Done by: Business manager." in area.by(LEAD).get(page).text, "who does it is told wherever the step is"


def test_a_step_that_is_added_stands_where_its_day_is(area: Area) -> None:
    draft = area.begun()
    add = f"{draft}/{HUDDLE.rpartition('/')[0].replace('line/', 'add/')}"
    before = [s["key"] for s in drafts.node_at(area.content(draft), (*PLAN, "steps"))]
    days = [s.get("day") for s in drafts.node_at(area.content(draft), (*PLAN, "steps"))]
    for title, answers in (("Early", {"due_by": "plan", "day": "1"}), ("After", AFTER)):
        made = area.answer(add, {"title": title, **answers}).location
        assert made.startswith(f"{draft}/line/rules/rapid-review-plan/steps/{title.lower()}")
    keys = [s["key"] for s in drafts.node_at(area.content(draft), (*PLAN, "steps"))]
    first = next(n for n, on in enumerate(days) if on is not None and on > 1)
    assert keys == [*before[:first], "early", *before[first:], "after"]


def test_what_can_come_before_is_offered_with_the_steps_of_the_draft(area: Area) -> None:
    draft = area.begun()
    page = added(area, draft, "timetable")
    steps = f"{page.replace('/line/', '/add/')}/steps"
    area.answer(steps, {"title": "Rapid review signed off"})
    seen, folded = folded_apart(html(area, steps))
    signed_off = 'value="done:timetable.rapid-review-signed-off"'
    assert signed_off in seen and 'value="inquest_ended"' in folded
    for no in range(MANY - html(area, steps).count('value="done:')):
        area.answer(steps, {"title": f"Step {no}"})
    seen, folded = folded_apart(html(area, steps))
    assert signed_off in folded, "of many none stands first"


def test_what_the_plan_counts_stands_beside_its_day_and_the_check_leads_there(area: Area) -> None:
    draft = area.begun()
    seen, _ = folded_apart(html(area, f"{draft}/{HUDDLE}"))
    beside = seen.partition('data-shown-with="due_by:plan"')[2].partition('data-shown-with="due_by:own"')[0]
    assert "In what is the plan counted?" in beside and 'name="day"' in beside
    page = added(area, draft, "timetable")
    area.answer(page, {"unit": "not_stated", "start_events": ["notification_sent"]})
    steps = f"{page.replace('/line/', '/add/')}/steps"
    assert "No date is worked out from it" in html(area, steps)
    area.answer(steps, {"title": "Tell the chair", "due_by": "plan", "day": "2"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    checked = area.by(LEAD).get(f"{draft}/check")
    assert "“Tell the chair” does not say which days are meant" in checked.text and "holds for all its steps" in checked.text
    assert page in [e.get("href") for e in checked.page.all("a")]
