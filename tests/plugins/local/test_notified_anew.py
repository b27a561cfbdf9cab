"""A notification that was taken back and sent anew: what was done before counts where its own clock did not begin anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from plugins.escalation_ladder import EscalationLadder
from plugins.review_types import ReviewTypes
from plugins.statutory_child_death import StatutoryChildDeath
from plugins.statutory_notification import StatutoryNotification
from plugins.timetable import Timetable
from tests.plugins.statutory.editions import DAYS, rule
from threefold.plugin_api import Facts, Rule
from threefold.plugin_api.facts import read_facts

DIED = {"key": "child-1", "died": "yes", "age_years": 3, "died_on": "2027-03-08", "looked_after": "yes"}
ANEW = (
    ("aware", "2027-03-08"), ("notification_sent", "2027-03-10"), ("notification_withdrawn", "2027-03-15"),
    ("notification_sent", "2027-03-17"),
)  # fmt: skip


def facts(*done: tuple[str, str], **review: Any) -> Facts:
    events = [{"name": name, "at": at} for name, at in (*ANEW, *done)]
    return read_facts({"incident": {"children": [DIED]}, "review": {"events": events, **review}})


def done(of: Rule, known: Facts) -> dict[str, date | None]:
    return {step.key: step.done_on for step in of.steps(known, DAYS)}


def plan(*steps: dict[str, Any]) -> Timetable:
    titled = [{"title": one["key"].title(), "span": {"amount": 5, "unit": "working_days"}, **one} for one in steps]
    return Timetable({"steps": titled}, use="plan")


def test_what_was_done_of_a_child_s_death_stays_done() -> None:
    law = rule(StatutoryChildDeath)
    before = facts((f"done:{law.use}.tell-office.child-1", "2027-03-09"))
    assert done(law, before)["tell-office/child-1"] == date(2027, 3, 9)
    of_none = facts((f"done:{law.use}.tell-office", "2027-03-12"))
    assert done(law, of_none)["tell-office/child-1"] == date(2027, 3, 12)


def test_that_the_state_was_told_of_a_looked_after_child_s_death_stays_so() -> None:
    law = rule(StatutoryNotification)
    told = facts((f"done:{law.use}.state-told.child-1", "2027-03-09"))
    assert done(law, told)["tell-state-looked-after/child-1"] == date(2027, 3, 9)


def test_a_local_step_stays_done_unless_its_clock_began_anew_or_it_is_of_the_review() -> None:
    steps = plan(
        {"key": "chair", "start_events": ["aware"]},
        {"key": "family", "start_events": ["done:plan.chair"]},
        {"key": "letter", "start_events": ["notification_sent"]},
        {"key": "answer", "start_events": ["done:plan.letter"]},
        {"key": "huddle", "start_events": ["aware"], "serves": "rapid-review"},
    )
    before = [(f"done:plan.{key}", "2027-03-12") for key in ("chair", "family", "letter", "answer", "huddle")]
    day = date(2027, 3, 12)
    assert done(steps, facts(*before)) == {"chair": day, "family": day, "letter": None, "answer": None, "huddle": None}
    starts = {step.key: step.starts_on for step in steps.steps(facts(*before), DAYS)}
    assert (starts["family"], starts["answer"]) == (day, None)
    since = [(f"done:plan.{key}", "2027-03-19") for key in ("letter", "answer", "huddle")]
    again = date(2027, 3, 19)
    assert done(steps, facts(*before, *since)) == {
        "chair": day,
        "family": day,
        "letter": again,
        "answer": again,
        "huddle": again,
    }


def test_steps_that_start_each_other_in_a_circle_start_never() -> None:
    steps = plan({"key": "one", "start_events": ["done:plan.two"]}, {"key": "two", "start_events": ["done:plan.one"]})
    assert done(steps, facts(("done:plan.one", "2027-03-12"))) == {"one": None, "two": None}


def test_what_was_done_in_a_disagreement_stays_done() -> None:
    stages = [
        {"key": "talk", "title": "Talk", "stage": 1, "start_events": ["dispute_raised"], "span": {"amount": 2, "unit": "working_days"}},
        {"key": "heads", "title": "Heads", "stage": 2, "start_events": ["done:ladder.talk"]},
        {"key": "panel", "title": "Panel", "stage": 3, "start_events": ["notification_sent"]},
    ]  # fmt: skip
    known = facts(
        ("dispute_raised", "2027-03-11"), *((f"done:ladder.{key}", "2027-03-12") for key in ("talk", "heads", "panel"))
    )
    ladder = EscalationLadder({"stages": stages}, use="ladder")
    assert done(ladder, known) == {"talk": date(2027, 3, 12), "heads": date(2027, 3, 12), "panel": None}


def test_the_kind_of_review_that_was_done_stays_done() -> None:
    kind = {"key": "meeting", "title": "Meeting", "clock": {"amount": 5, "unit": "working_days"}, "clock_starts": ["aware"]}
    types = ReviewTypes({"types": [kind]}, use="types")
    assert done(types, facts(("done:types.meeting", "2027-03-12"), local_type="meeting")) == {"meeting": date(2027, 3, 12)}


def test_the_review_of_the_earlier_notification_is_history_and_a_local_review_goes_on() -> None:
    steps = plan({"key": "call", "start_events": ["rapid_review_started"]})
    earlier = [("rapid_review_started", "2027-03-11"), ("local_review_declined", "2027-03-12")]
    assert [step.starts_on for step in steps.steps(facts(*earlier), DAYS)] == [None]
    assert facts(*earlier).review.event("local_review_declined") is None
    assert [step.starts_on for step in steps.steps(facts(*earlier, ("rapid_review_started", "2027-03-18")), DAYS)] == [
        date(2027, 3, 18)
    ]
    assert facts(("local_review_decided", "2027-03-12")).review.on("local_review_decided") == date(2027, 3, 12)
