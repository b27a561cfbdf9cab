"""When a step is due: by a day of the plan, or after something of its own. Which one is asked first, and what is not meant is not kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area, boxes_of, chosen_on, day
from tests.arrangements.test_a_new_step import folded_apart, html
from tests.arrangements.test_first_try import PLAN, added
from tests.arrangements.vale import APRIL, LEADS
from threefold.governance import drafts
from threefold.governance.drafts import AGREED
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
    area.answer(
        f"{draft}/{HUDDLE}", {"day": "", "span__amount": "3", "start_events": ["aware"]}
    )  # the one emptied, the other filled in
    assert step(area, draft)["span"]["amount"] == 3 and "day" not in step(area, draft)


@pytest.mark.parametrize(("answers", "told"), [
    ({"due_by": "plan", "day": "2"}, "Within 2 working days"),
    ({"day": "2"}, "Within 2 working days"),  # nothing chosen: what was filled in says it
    (AFTER, "Within 10 working days, counted from the day when the rapid review was sent to the Panel"),
    ({"due_by": "own", "start_events": ["rapid_review_sent"]}, "no time is stated"),
    ({}, "no time is stated"),  # as the plan begins
    ({"due_by": "own"}, ""),
    ({"due_by": "own", "span__amount": "10"}, ""),
    ({"due_by": "plan"}, ""),
])  # fmt: skip
def test_a_new_step_is_due_as_it_was_answered(area: Area, answers: dict[str, Any], told: str) -> None:
    draft = area.begun()
    listed = f"{draft}/{HUDDLE.rpartition('/')[0].replace('line/', 'add/')}"
    sent = {"title": "Tell the chair", "who__other": "Business manager", **answers}
    if not told:  # a kind without what it means is asked for
        refused = area.answer(listed, sent, 422).text
        assert "Enter the day of the plan" in refused or "Select what it comes after" in refused
        return
    line = area.answer(listed, sent).location.split("?")[0]
    assert told in area.by(LEAD).get(line).text
    for page in (line, draft, f"{draft}/compare"):
        assert "Done by: Business manager." in area.by(LEAD).get(page).text, "who does it is told wherever the step is"


HIDDEN = dict.fromkeys(("start_events", "span__amount", "span__unit"))
THEIRS = {"due_by": "own", "day": None, "start_events": ["aware"], "span__amount": "6", "span__unit": "working_days"}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("kept", ["theirs", "yours"])
@pytest.mark.parametrize(("mine", "theirs", "told"), [
    ({"day": "12", **HIDDEN}, THEIRS,  # the one set another day, the other another kind
     ("After something of its own. After what: The local authority became aware; 6 working days", "By a day of the plan. By which day of the plan: 12")),
    ({**AFTER, "day": None}, {"day": "11", **HIDDEN},
     ("By a day of the plan. By which day of the plan: 11", "After something of its own. After what: The rapid review was sent to the Panel; 10 working days")),
    ({**AFTER, "day": None}, THEIRS, ("After something of its own. After what: The local authority became aware; 6 working days",
     "After something of its own. After what: The rapid review was sent to the Panel; 10 working days")),
])  # fmt: skip
def test_two_who_change_when_it_is_due_are_asked_for_the_whole_of_it(
    area: Area, mine: dict[str, Any], theirs: dict[str, Any], told: tuple[str, str], kept: str, scripts: bool
) -> None:
    draft = area.begun()
    stale = area.filled(f"{draft}/{HUDDLE}", {**mine, "title": "Meeting of executives"}, MANAGER)
    area.answer(f"{draft}/{HUDDLE}", theirs)
    by_them = step(area, draft)
    asked = area.by(MANAGER).send(f"{draft}/{HUDDLE}", stale, 409)
    assert f"Theirs: {told[0]}" in asked.text and f"Yours: {told[1]}" in asked.text
    assert "Choose which of two answers to keep: When is it due" in asked.text
    boxes = chosen_on(asked, {"due_by": kept})
    if scripts:  # what is hidden is not sent
        mine_is = boxes["due_by"][0]
        for name in [n for n in boxes if n.startswith(("span__", "start_events") if mine_is == "plan" else ("day",))]:
            del boxes[name]
    area.by(MANAGER).send(f"{draft}/{HUDDLE}", boxes)
    names = ("day", "from_day", "span", "from_span", "start_events")
    saved = step(area, draft)
    if kept == "theirs":
        assert saved == {**by_them, "title": "Meeting of executives"}
    else:
        own = {"day": 12} if mine.get("day") else {"start_events": ["rapid_review_sent"]}
        assert own.items() <= saved.items() and ("day" in saved) != ("span" in saved), {n: saved.get(n) for n in names}
    assert "one of the two" not in area.by(LEAD).get(f"{draft}/check").text


def test_what_a_hidden_part_did_not_send_is_seen_as_another_left_it(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    mine = {
        "source__ref": "Minutes of May",
        "source__where": "",
        "start_events": None,
        "span__amount": None,
        "span__unit": None,
    }
    stale = area.filled(path, mine, MANAGER)  # as a browser with scripts sends it
    area.answer(path, THEIRS | {"source__ref": "Minutes of June", "source__where": ""})
    asked = area.by(MANAGER).send(path, stale, 409)
    assert "Theirs: Minutes of June Yours: Minutes of May" in " ".join(asked.text.split())
    area.by(MANAGER).send(path, chosen_on(asked, {"source": "yours"}))
    saved = step(area, draft)
    assert saved["source"]["ref"] == "Minutes of May" and saved["span"]["amount"] == 6 and "day" not in saved


def test_who_does_it_that_two_said_in_two_ways_is_asked_and_the_chosen_one_kept(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    for kept, who in (("yours", "council-lead"), ("theirs", "The duty desk")):
        area.answer(path, {"who": "", "who__other": "Whoever chairs"})
        stale = area.filled(path, {"who": "council-lead"}, MANAGER)
        area.answer(path, {"who__other": "The duty desk"})
        asked = area.by(MANAGER).send(path, stale, 409)
        assert "Yours: Lead safeguarding partner, council" in asked.text, "by its name, not by its key"
        area.by(MANAGER).send(path, chosen_on(asked, {"who": kept}))
        assert step(area, draft)["who"] == who


def test_what_two_answered_that_does_not_fit_together_is_asked(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    area.answer(path, {"from_day": "2"})
    stale = area.filled(path, {"day": "5", "title": "Huddle of executives"}, MANAGER)
    area.answer(path, {"from_day": "8"})
    asked = area.by(MANAGER).send(path, stale, 409)
    told = "Theirs: By a day of the plan. By which day of the plan: 14; Not before which day of the plan: 8"
    assert (
        told in asked.text and "plan: 5; Not before which day of the plan: 2" in asked.text and step(area, draft)["day"] == 14
    )
    for side, kept in (("theirs", (14, 8)), ("yours", (5, 2))):
        area.by(MANAGER).send(path, chosen_on(asked, {"due_by": side}))
        saved = step(area, draft)
        assert (saved["day"], saved["from_day"], saved["title"]) == (*kept, "Huddle of executives"), (
            "the title is in no question"
        )
        area.answer(f"{path}", {"day": "14", "from_day": "8", "title": "Executive huddle"})


def test_a_choice_of_what_another_has_taken_back_since_is_asked_anew(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    stale = area.filled(path, {"day": "11"}, MANAGER)
    area.answer(path, {"day": "12"})
    asked = area.by(MANAGER).send(path, stale, 409)
    area.answer(path, {"day": "14"})
    again = area.by(MANAGER).send(path, chosen_on(asked, {"day": "theirs"}), 409)
    assert "Theirs: 14" in again.text and step(area, draft)["day"] == 14
    area.by(MANAGER).send(path, chosen_on(again, {"day": "theirs"}))
    assert step(area, draft)["day"] == 14


def test_another_kind_that_was_taken_back_is_asked_anew_too(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    stale = area.filled(path, {"day": "12", **HIDDEN}, MANAGER)
    area.answer(path, THEIRS)
    asked = area.by(MANAGER).send(path, stale, 409)
    area.answer(path, {"due_by": "plan", "day": "14", **HIDDEN})
    again = area.by(MANAGER).send(path, chosen_on(asked, {"due_by": "theirs"}), 409)
    assert "Theirs: By a day of the plan. By which day of the plan: 14" in again.text
    area.by(MANAGER).send(path, chosen_on(again, {"due_by": "theirs"}))
    assert step(area, draft)["day"] == 14


def test_one_question_where_an_answer_to_one_field_would_not_fit_the_other_s(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    area.answer(path, {"day": "10", "from_day": "2"})
    stale = area.filled(path, {"day": "5"}, MANAGER)
    area.answer(path, {"day": "12", "from_day": "8"})
    asked = area.by(MANAGER).send(path, stale, 409)
    area.by(MANAGER).send(path, chosen_on(asked, {"due_by": "yours"}))
    assert (step(area, draft)["day"], step(area, draft)["from_day"]) == (5, 2)


def test_what_is_saved_beside_another_s_source_is_not_what_that_page_says(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    cited = step(area, draft)["source"]["ref"]
    stale = area.filled(path, {"day": "12"}, MANAGER)
    area.answer(path, {"source__where": "https://www.example.org/plan"})
    assert step(area, draft)["source"]["ref"] == cited
    assert area.by(MANAGER).send(path, stale).location.endswith("done=own")
    assert step(area, draft)["source"] == AGREED, "as if they had been saved one after the other"


def test_more_is_asked_once_and_what_was_chosen_before_stays_chosen(area: Area) -> None:
    draft = area.begun()
    path = f"{draft}/{HUDDLE}"
    stale = area.filled(path, {"day": "5", "who__other": "Whoever chairs"}, MANAGER)
    area.answer(path, {"day": "6", "who__other": "The duty desk", "source__where": "https://www.example.org/plan"})
    asked = area.by(MANAGER).send(path, stale, 409)
    area.by(MANAGER).send(path, chosen_on(asked, {"day": "yours", "who": "theirs"}))
    saved = step(area, draft)
    assert (saved["day"], saved["who"], saved["source"]["ref"]) == (5, "The duty desk", AGREED["ref"]), (
        "nobody is asked of a source they never touched"
    )


def test_days_of_a_version_that_two_set_and_that_do_not_fit_together_are_asked_about(area: Area) -> None:
    draft = area.begun()
    about = f"{draft}/about"
    june, july, august, september = (date(2027, month, 1) for month in (6, 7, 8, 9))
    stale = area.filled(about, day("until", june), MANAGER)
    area.answer(about, day("begins", july))
    told = area.by(MANAGER).send(about, stale, 422)
    assert "must be on or after the day it begins. What somebody else changed meanwhile is shown here." in told.text
    boxes = boxes_of(told)
    assert (boxes["begins-month"], boxes["until-month"]) == (["7"], ["6"]), "the day that another set is seen there"
    area.by(MANAGER).send(about, boxes | day("until", july))
    assert (area.content(draft)["begins"], area.content(draft)["until"]) == ("2027-07-01", "2027-07-01")
    area.answer(about, {f"until-{part}": "" for part in ("day", "month", "year")})
    stale = area.filled(about, day("begins", september), MANAGER)
    area.answer(about, day("until", august) | {"note": "Agreed in April."})
    asked = area.by(MANAGER).send(about, stale, 409)
    assert "Theirs: From 1 July 2027, until 1 August 2027 Yours: From 1 September 2027" in " ".join(asked.text.split())
    area.by(MANAGER).send(about, chosen_on(asked, {"days": "theirs"}))
    now = area.content(draft)
    assert (now["begins"], now["until"], now["note"]) == ("2027-07-01", "2027-08-01", "Agreed in April.")
    area.answer(about, {f"until-{part}": "" for part in ("day", "month", "year")})
    late = area.filled(about, day("until", july), MANAGER)
    area.answer(about, {"note": "Agreed in May."})
    area.by(MANAGER).send(about, late)
    assert (area.content(draft)["note"], area.content(draft)["until"]) == ("Agreed in May.", "2027-07-01")
    early = area.filled(about, day("until", june), MANAGER)
    area.answer(about, {"note": "Agreed in June."})
    assert "must be on or after" in area.by(MANAGER).send(about, early, 422).text, "by itself: nobody is asked of the note"


def test_a_stale_page_on_which_nothing_of_it_was_changed_leaves_what_another_made_of_it(area: Area) -> None:
    draft = area.begun()
    for stale in ({"title": "Renamed"}, {"title": "Renamed too", "day": None}):
        sent = area.filled(f"{draft}/{HUDDLE}", stale, MANAGER)
        area.answer(f"{draft}/{HUDDLE}", THEIRS | {"span__amount": str(len(stale) + 3)})
        by_them = step(area, draft)
        area.by(MANAGER).send(f"{draft}/{HUDDLE}", sent)
        assert step(area, draft) == {**by_them, "title": stale["title"]}


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
    assert f"{page}#unit" in [e.get("href") for e in checked.page.all("a")], "to the question itself"
    assert 'id="unit"' in html(area, page)


def test_a_step_cannot_begin_after_its_own_time_has_ended(area: Area) -> None:
    draft = area.begun()
    for amount, unit, status in (
        ("8", "working_days", 422),
        ("11", "calendar_months", 422),
        ("13", "calendar_days", 422),
        ("2", "working_days", 303),
        ("1", "weeks", 303),
    ):
        wait = {"from_span__amount": amount, "from_span__unit": unit, "span__amount": "4"}
        shown = area.answer(f"{draft}/{HUDDLE}", {**AFTER, "day": "", **wait}, status)
        assert status == 303 or "It cannot begin after its own time has ended" in shown.text


def test_a_line_that_is_sent_twice_is_added_once_and_one_like_it_can_be_added_later(area: Area) -> None:
    draft = area.begun()
    add = f"{draft}/{HUDDLE.rpartition('/')[0].replace('line/', 'add/')}"
    sent = area.filled(add, {"title": "Tell the chair", "due_by": "plan", "day": "2"})
    first, second = (area.by(LEAD).send(add, sent).location for _ in range(2))
    assert first == second and first.endswith("/steps/tell-the-chair?done=added")
    assert [s["key"] for s in drafts.node_at(area.content(draft), (*PLAN, "steps"))].count("tell-the-chair") == 1
    area.answer(add, {"title": "Tell the chair", "due_by": "plan", "day": "2"})  # from a page opened since
    assert "tell-the-chair-2" in {s["key"] for s in drafts.node_at(area.content(draft), (*PLAN, "steps"))}


def test_who_does_it_is_said_in_one_way(area: Area) -> None:
    draft, path = area.begun(), HUDDLE
    told = area.answer(f"{draft}/{path}", {"who": "council-lead", "who__other": "The duty desk"}, 422).text
    assert "Choose one from the list, or say it in other words here, not both" in told
    area.answer(f"{draft}/{path}", {"who__other": "The duty desk"})
    area.answer(f"{draft}/{path}", {"who": "council-lead"})  # chosen over the words that stood there
    assert step(area, draft)["who"] == "council-lead"
    shown = area.by(LEAD).get(f"{draft}/compare").text
    assert "who does it is now Lead safeguarding partner, council, was not said" in shown
    assert "was due within" not in shown


def test_what_was_sent_is_sent_once_and_what_is_signed_is_sent_no_more(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    asked = area.filled(f"{draft}/ask", {})
    asked |= {name: "Agreed so." for name in asked if name.startswith("reason-")}
    for _ in range(2):
        assert area.by(LEAD).send(f"{draft}/ask", asked).location == f"{draft}/sign?done=asked"
    assert area.by(LEAD).get(f"{draft}/ask", 303).location == f"{draft}/sign"
    for seat in LEADS:
        area.answer(f"{draft}/sign", {"seat": seat, "answer": "sign"}, email=f"{seat}@vale.example")
    for page in ("ask", "minutes"):
        assert area.by(LEAD).get(f"{draft}/{page}", 303).location == f"{draft}/sign"


@pytest.mark.parametrize("answers", [{"day": ""}, {"due_by": "plan", "day": "", "title": "Another title"}])
def test_a_step_that_had_a_day_is_asked_for_it(area: Area, answers: dict[str, Any]) -> None:
    draft = area.begun()
    hidden = dict.fromkeys(("start_events", "span__amount", "span__unit"))
    refused = area.answer(f"{draft}/{HUDDLE}", {**answers, **hidden}, 422)
    assert "Enter the day of the plan" in refused.text and step(area, draft)["day"] == 14


@pytest.mark.parametrize(("answers", "box", "told"), [
    ({"day": "20"}, "day",
     "gives 20 working days, counting the event's own day as day 1, where the law gives 15 working days. A local plan cannot"),
    ({**AFTER, "day": "", "start_events": ["notification_sent"], "span__amount": "20"}, "span__amount",
     "20 working days where the law gives 15 working days. A local plan cannot lengthen a statutory clock. (RR-3: Working Together 2023"),
])  # fmt: skip
def test_a_longer_clock_leads_to_the_box_that_says_it(area: Area, answers: dict[str, Any], box: str, told: str) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"serves": "rapid-review", **answers})
    page = area.by(LEAD).get(f"{draft}/check")
    assert told in page.text
    (link,) = {a.get("href") for a in page.page.all("a") if (a.get("href") or "").endswith(f"/{HUDDLE}#{box}")}
    assert any(e.get("id") == box for e in area.by(LEAD).get(str(link).partition("#")[0]).page.all("input"))
