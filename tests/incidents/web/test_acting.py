"""Deciding, notifying, leaving, and why: what each page does once, refuses plainly, and shows afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tests.governance.test_decide import arrangement
from tests.incidents.web.conftest import AWARE, DEAD, GOVERNANCE, PARTNERS, POLICE, SEATS, Area
from threefold.governance.pack import RuleUse
from threefold.walls.tables import OutboxLetter
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.web import beside as besides
from threefold.work.incidents.web.beside import Beside
from threefold.work.incidents.web.events import names_offered

UNCLEAR = {"incident": {"children": [{**DEAD, "abuse_or_neglect": "unclear"}]}, "review": {"events": [AWARE]}}
FORM = {"sent_at-day": "30", "sent_at-month": "3", "sent_at-year": "2026", "sent_at-time": "10:30", "sent_by": "duty manager",
        "reference": "FORM-7"}  # fmt: skip


def letters(area: Area) -> int:
    with area.site.database.unit(area.id) as unit:
        return int(unit.session.execute(select(func.count()).select_from(OutboxLetter)).scalar_one())


def test_deciding_against_the_act_is_refused_with_the_paragraph_and_what_is_open(area: Area) -> None:
    base = area.address(area.opened())
    shown = area.site.post(f"{base}/notify/decide", {"outcome": "no", "reason": "We think not."}, 422)
    assert "Children Act 2004, section 16C(1)" in shown.text
    assert "What is open instead" in shown.text
    assert any(e.get("href") == f"{base}/notify" for e in shown.page.all("a"))
    assert any(e.get("href") == "#outcome" for e in shown.page.all("a"))
    assert "We think not." in shown.text
    assert "<h" not in shown.text
    at_once = area.site.post(f"{base}/notify/decide", {"outcome": "no", "reason": ""}, 422)
    assert "Children Act 2004, section 16C(1)" in at_once.text, "no reason is asked for what cannot be"
    assert "Say why the incident is not notified" not in at_once.text


def test_not_notifying_needs_a_reason_and_keeps_the_dissent(area: Area) -> None:
    case_id = area.opened(**UNCLEAR)
    base = area.address(case_id)
    police = area.as_person(POLICE)
    hidden = police.get(f"{base}/notify/view").page.hidden() | {"view": "yes", "reason": "It is notifiable, we think."}
    for _ in range(2):
        police.send(f"{base}/notify/view", hidden)
    assert "Lead of Vale Police: Yes" in area.site.get(f"{base}/notify/decide").text
    needed = area.site.post(f"{base}/notify/decide", {"outcome": "no"}, 422)
    assert any(e.get("href") == "#reason" for e in needed.page.all("a"))
    first = area.site.get(f"{base}/notify/decide").page.hidden() | {"outcome": "no", "reason": "Abuse is not suspected."}
    for _ in range(2):
        area.site.send(f"{base}/notify/decide", first)
    shown = area.site.get(f"{base}?done=decided").text
    assert shown.count("Abuse is not suspected.") == 1
    assert "Of another view: police lead" in shown
    again = area.site.get(f"{base}/notify/decide")
    assert again.page.heading == "Consider again whether to notify"
    area.site.post(f"{base}/notify/decide", {"outcome": "yes"})
    assert area.state(case_id).facts.review.event("notification_decided").how == "yes"


def test_who_holds_no_seat_can_give_no_view(area: Area) -> None:
    base = area.address(area.opened())
    assert "You hold no seat" in area.site.get(f"{base}/notify/view").text
    hidden = area.site.get(f"{base}/notify/decide").page.hidden()
    refused = area.site.send(f"{base}/notify/view", hidden | {"view": "yes"}, 422)
    assert "there is no view for you to give" in refused.text


def test_a_letter_is_sent_once_whatever_is_clicked(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    assert area.site.post(f"{base}/notify", {"way": "letter"}).location == f"{base}/notify/letter"
    hidden = area.site.get(f"{base}/notify/letter").page.hidden()
    for _ in range(2):
        area.site.send(f"{base}/notify/letter", hidden)
    assert letters(area) == 1
    assert "Notified on 30 March 2026" in area.site.get(f"{base}?done=notified").text
    for page in ("", "/letter", "/form", "/decide"):
        assert "was notified on 30 March 2026" in area.site.get(f"{base}/notify{page}").text
    other_tab = area.site.get(f"{base}/events/add").page.hidden()
    assert "Nothing was sent again" in area.site.send(f"{base}/notify/letter", other_tab, 422).text
    assert letters(area) == 1


def test_the_official_form_is_recorded_with_when_by_whom_and_reference(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    answers = area.site.get(f"{base}/notify/answers").text
    assert "Child 1" in answers
    ahead = area.site.post(f"{base}/notify/form", FORM | {"sent_at-time": "23:30"}, 422)
    assert any(e.get("href") == "#sent_at-day" for e in ahead.page.all("a"))
    assert "Enter the reference" in area.site.post(f"{base}/notify/form", FORM | {"reference": ""}, 422).text
    before = area.site.post(f"{base}/notify/form", FORM | {"sent_at-day": "27"}, 422)
    assert "Correct one of the two dates" in before.text
    area.site.post(f"{base}/notify/form", FORM)
    event: Any = area.state(case_id).facts.review.event("notification_sent")
    assert (event.day, event.how, event.reference, event.given_by) == (
        date(2026, 3, 30),
        "official form",
        "FORM-7",
        "duty manager",
    )


def test_leaving_needs_a_notification_and_a_reason(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    assert "There is no notification to take back" in area.site.get(f"{base}/leave").text
    area.site.post(f"{base}/notify/letter")
    assert "Enter the reason" in area.site.post(f"{base}/leave", {"way_out": "criteria_not_met"}, 422).text
    hidden = area.site.get(f"{base}/leave").page.hidden() | {"way_out": "criteria_not_met", "reason": "The post-mortem."}
    for _ in range(2):
        area.site.send(f"{base}/leave", hidden)
    assert letters(area) == 2
    shown = area.site.get(f"{base}?done=left").text
    assert "Criteria found not met" in shown
    assert "as: death" in shown


def test_a_date_is_added_once_and_not_for_what_has_a_page_of_its_own(area: Area) -> None:
    case_id = area.opened()
    base = area.address(case_id)
    page = area.site.get(f"{base}/events/add").page
    offered = {e.get("value") for e in page.all("option")}
    assert "briefing_received" in offered
    assert "notification_sent" not in offered
    given = page.hidden() | {"name": "briefing_received", "at-day": "30", "at-month": "3", "at-year": "2026", "time": "9.15"}
    for _ in range(2):
        area.site.send(f"{base}/events/add", given)
    events = [e for e in area.state(case_id).facts.review.events if e.name == "briefing_received"]
    assert [e.at.isoformat() for e in events] == ["2026-03-30T09:15:00+01:00"]
    ahead = area.site.post(f"{base}/events/add", given | {"form_token": "", "time": "23:00"}, 422)
    assert "must be now or in the past" in ahead.text
    # What is planned lies ahead: the advance copy of the report goes out before that day, and is not late.
    plan = {"name": "publication_planned", "at-day": "1", "at-month": "7", "at-year": "2026", "time": ""}
    area.site.post(f"{base}/events/add", plan)
    assert "Monday 22 June 2026" in area.site.get(base).text
    (event,) = (e for e in area.state(case_id).facts.review.events if e.name == "publication_planned")
    correct = f"{base}/events/correct?name=publication_planned&at={event.at.isoformat()}"
    later = area.site.post(correct, {"at-day": "8", "at-month": "7", "at-year": "2026", "time": "", "reason": "Put off."}, 200)
    assert "must be now or in the past" not in later.text


LADDER = {"stages": [{"key": "meeting", "title": "A meeting is called", "stage": 2, "start_events": ["done:ladder.not-agreed"],
                      "span": {"amount": 5, "unit": "working_days"}}]}  # fmt: skip


def test_a_moment_that_starts_a_clock_and_ends_no_step_is_noted_by_hand(area: Area) -> None:
    version = replace(
        arrangement("two", date(2026, 3, 1), RuleUse("ladder", "escalation-ladder", 1, LADDER)),
        organisations=PARTNERS,
        seats=SEATS,
    )
    with area.site.database.unit(area.id) as unit:
        enter_version(unit, GOVERNANCE, version)
    case_id = area.opened()
    base = area.address(case_id)
    page = area.site.get(f"{base}/events/add").page
    offered = {e.get("value") for e in page.all("option")}
    assert "rapid_review_started" in offered and "incident" not in offered, "the day it happened is an answer of the form"
    words = {e.get("value"): e.text for e in page.all("option")}
    assert words["done:ladder.not-agreed"].strip() == "Not agreed (starts: a meeting is called)"
    area.site.send(f"{base}/events/add", page.hidden() | {
        "name": "done:ladder.not-agreed", "at-day": "30", "at-month": "3", "at-year": "2026"})  # fmt: skip
    assert "A meeting is called" in area.site.get(f"{base}/verdict").text
    offered = {e.get("value") for e in area.site.get(f"{base}/events/add").page.all("option")}
    assert "done:ladder.meeting" in offered, "now that it has begun, its end can be noted"
    state = area.state(case_id)
    line = {
        "id": "steps:ladder:meeting",
        "key": "meeting",
        "title": "A meeting is called",
        "sentence": "",
        "ends_with": "done:ladder.meeting",
    }
    unknown = {
        **state.verdict,
        "steps": [],
        "pins": [{"version": "unknown"}],
        "possible": [{"version": "two", "lines": [line]}],
    }
    with area.site.app.app_context():
        may_apply = names_offered(replace(state, verdict=unknown), [version])
    assert {"done:ladder.not-agreed", "done:ladder.meeting"} <= may_apply.keys(), "of each version that may apply"


def test_the_verdict_says_why_for_each_line(area: Area) -> None:
    base = area.address(area.opened())
    shown = area.site.get(f"{base}/verdict")
    for words in ("What the law requires", "Notify the national Panel", "Children Act 2004, section 16C(1)", "Act of Parliament",
                  "Local version", "Edition of the law", "Child 1: Has the child died?", "Could not be worked out", "source to confirm",
                  "Near miss", "Who decides"):  # fmt: skip
        assert words in shown.text, words
    assert len(shown.page.all("details")) == len({e.get("href") for e in shown.page.all("a") if "/verdict/" in e.get("href")})


def test_a_line_says_which_single_change_would_alter_it(area: Area) -> None:
    base = area.address(area.opened())
    links = [e.get("href") for e in area.site.get(f"{base}/verdict").page.all("a") if "/verdict/" in e.get("href")]
    for link in links:
        area.site.get(link)
    duty = next(link for link in links if link.endswith("notify-panel") and "duties" in link)
    shown = area.site.get(duty).text
    assert (
        "If 'child-1: Is abuse or neglect of the child known or suspected?' were 'no' (it is 'yes'), this would be: no."
        in shown
    )
    assert "have changed since this was recorded" not in shown


def test_an_old_record_shows_the_verdict_as_it_was_stored(area: Area) -> None:
    case_id = area.opened(**UNCLEAR)
    base = area.address(case_id)
    area.answer(f"{base}/record/children/child-1/abuse", {"abuse_or_neglect": "yes"})
    assert "Not clear yet" in area.site.get(f"{base}/records/1").text
    assert "Not clear yet" not in area.site.get(f"{base}/records/2").text
    line = area.site.get(f"{base}/timeline").text
    assert "Incident recorded" in line
    assert "Facts changed" in line
    assert "Version one" in line


def test_what_another_capability_shows_stands_on_the_case(area: Area) -> None:
    base = area.address(area.opened())

    def failed(*_: Any) -> list[Beside]:
        return [Beside("An email could not be sent. Telephone instead.", warning=True), Beside("Rapid review", "review")]

    besides.beside_case(failed)
    try:
        shown = area.site.get(base)
    finally:
        besides._STORIES.remove(failed)
    assert "An email could not be sent" in shown.text
    assert any(e.get("href") == f"{base}/review" for e in shown.page.all("a"))


def test_a_closed_day_of_the_area_is_named_where_it_moved_a_date_and_nowhere_else(area: Area) -> None:
    """Counted by hand, the date would be another: the page says which day was left out."""
    steps = [
        {"key": "huddle", "title": "Huddle", "day": 3},
        {"key": "call", "title": "Call", "day": 1},
        {"key": "letter", "title": "Letter", "span": {"amount": 9, "unit": "calendar_days"}},
    ]
    plan = {"unit": "working_days", "start_events": ["aware"], "steps": steps}
    closed = frozenset({date(2026, 4, 1), date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 9)})  # one of them counts
    version = arrangement("two", date(2026, 1, 1), RuleUse("plan", "timetable", 1, plan))
    with area.site.database.unit(area.id) as unit:
        enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS, closures=closed))
    case_id = area.opened()
    base, said = area.address(case_id), "1 April 2026 was not counted: the area is closed on that day."
    verdict = area.state(case_id).verdict
    told = {line["key"]: line["closed"] for served in verdict["steps"] for line in served["local"]}
    assert told == {"huddle": ["2026-04-01"], "call": [], "letter": []}
    assert all(line["closed"] == [] for served in verdict["steps"] if (line := served["statutory"])), "never a date of the law"
    shown = area.site.get(base)
    assert "Tuesday 7 April 2026" in shown.text and shown.text.count(said) == 1
    assert f"7 April 2026{said}" not in re.sub(r"<(?!br)[^>]*>", "", shown.response.get_data(as_text=True)), (
        "on a line of its own"
    )
    why = area.site.get(f"{base}/verdict")
    assert any(e.text.endswith(said) for e in why.page.all("p")), "beside why it is due then"
    assert said in area.site.get(f"{base}/verdict/steps:plan:huddle").text
    assert said not in area.site.get(f"{base}/verdict/steps:plan:call").text


def test_several_closed_days_stand_in_one_sentence(area: Area) -> None:
    plan = {
        "unit": "working_days",
        "start_events": ["aware"],
        "start_is_day": 1,
        "steps": [{"key": "a", "title": "A", "day": 2}],
    }
    closed = frozenset({date(2026, 3, 30), date(2026, 4, 1)})
    version = arrangement("two", date(2026, 1, 1), RuleUse("plan", "timetable", 1, plan))
    with area.site.database.unit(area.id) as unit:
        enter_version(unit, GOVERNANCE, replace(version, organisations=PARTNERS, seats=SEATS, closures=closed))
    shown = area.site.get(area.address(area.opened())).text
    assert "30 March 2026 and 1 April 2026 were not counted: the area is closed on those days." in shown
    assert "Thursday 2 April 2026" in shown, "the day of the event counts itself, were it not closed"


def test_a_question_of_the_areas_own_that_nobody_was_asked_yet_is_told_so_where_what_follows_is_read(area: Area) -> None:
    base = area.address(area.opened())
    for path in (f"{base}/verdict", f"{base}/verdict/criteria:questions:huddle"):
        shown = area.site.get(path).page
        tags = [" ".join(e.text.split()) for e in shown.elements if "govuk-tag" in e.get("class").split()]
        assert "Not asked yet" in tags, (path, tags)
