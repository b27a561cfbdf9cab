"""One disagreement after another in a case: what a settlement ends, and what the next one starts anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from plugins.escalation_ladder import EscalationLadder
from threefold.domain.calendar import england_and_wales
from threefold.plugin_api import Days, Facts
from threefold.plugin_api.facts import read_facts

LAW = england_and_wales()
DAYS = Days(LAW, LAW)


def stage(key: str, starts: str, days: int = 2, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": key.title(), "stage": 1, "start_events": [starts], "span": {"amount": days, "unit": "working_days"}, **more}  # fmt: skip


LADDER = [stage("talk", "dispute_raised"), stage("second", "done:ladder.talk", 5), stage("heads", "dispute_stage_3")]
RAISED, SETTLED = ("dispute_raised", "2027-07-01"), ("dispute_settled", "2027-07-05")
AGAIN = ("dispute_raised", "2027-07-19")


def facts(*events: tuple[str, str]) -> Facts:
    return read_facts({"review": {"events": [{"name": name, "at": at} for name, at in events]}})


def told(events: tuple[tuple[str, str], ...], *stages: dict[str, Any]) -> dict[str, tuple[date | datetime | None, date | None]]:
    rule = EscalationLadder({"stages": list(stages or LADDER)}, use="ladder")
    return {step.key: (step.due_on, step.done_on) for step in rule.steps(facts(*events), DAYS)}


def test_a_settlement_ends_what_is_still_open_and_what_was_done_stays_told() -> None:
    talked = ("done:ladder.talk", "2027-07-02")
    assert told((RAISED, talked)) == {"talk": (date(2027, 7, 5), date(2027, 7, 2)), "second": (date(2027, 7, 9), None)}
    assert told((RAISED, talked, SETTLED)) == {"talk": (date(2027, 7, 5), date(2027, 7, 2))}
    assert told((RAISED, SETTLED)) == {}
    assert told((RAISED, SETTLED, ("done:ladder.talk", "2027-07-06"))) == {"talk": (date(2027, 7, 5), date(2027, 7, 6))}, (
        "what is said to be done after the settlement is of what was settled, and starts nothing"
    )


def test_a_disagreement_after_the_settlement_starts_the_stages_anew() -> None:
    before = (RAISED, ("done:ladder.talk", "2027-07-02"), SETTLED, ("done:ladder.second", "2027-07-06"))
    due = date(2027, 7, 21)
    assert told((*before, AGAIN)) == {"talk": (due, None)}
    assert told((*before, AGAIN, ("dispute_raised", "2027-07-21"))) == {"talk": (due, None)}, "the earliest since then counts"
    done = ("done:ladder.talk", "2027-07-20")
    assert told((*before, AGAIN, done)) == {"talk": (due, date(2027, 7, 20)), "second": (date(2027, 7, 27), None)}
    assert told((*before, AGAIN, done, ("dispute_settled", "2027-07-22"))) == {"talk": (due, date(2027, 7, 20))}


def test_without_a_settlement_between_the_earliest_counts() -> None:
    assert told((RAISED, AGAIN)) == {"talk": (date(2027, 7, 5), None)}


@pytest.mark.parametrize(
    ("ends", "left"),
    [("done:letter.sent", True), ("report_sent", True), ("dispute_stage_2", False), ("dispute_settled", False)],
)
def test_what_the_area_says_completes_a_stage_is_waited_for_unless_it_is_of_the_disagreement(ends: str, left: bool) -> None:
    letter = stage("letter", "dispute_raised", ends_with=ends)
    open_ = [key for key, (_, done) in told((RAISED, SETTLED), letter).items() if done is None]
    assert open_ == (["letter"] if left else [])
    meeting = stage("letter", "dispute_meeting", ends_with=ends)
    later = told((RAISED, ("dispute_meeting", "2027-07-02"), SETTLED, AGAIN), meeting)
    assert ("letter" in later) is left, "another disagreement does not take it away before it starts it anew"


def test_what_starts_with_the_settlement_is_not_ended_by_it() -> None:
    note = [*LADDER, stage("note", "dispute_settled", 10), stage("send", "done:ladder.note")]
    assert told((RAISED, SETTLED), *note) == {"note": (date(2027, 7, 19), None)}
    noted = (RAISED, SETTLED, ("done:ladder.note", "2027-07-08"), AGAIN)
    assert told(noted, *note) == {
        "talk": (date(2027, 7, 21), None), "note": (date(2027, 7, 19), date(2027, 7, 8)), "send": (date(2027, 7, 12), None),
    }  # fmt: skip


def test_of_one_day_the_later_counts_by_its_hour_or_as_it_was_put_on_record() -> None:
    day = "2027-07-05"
    assert told((RAISED, SETTLED, ("dispute_raised", day))) == {"talk": (date(2027, 7, 7), None)}
    assert told((("dispute_raised", day), SETTLED)) == {}
    hours = (("dispute_settled", f"{day}T15:00:00+01:00"), ("dispute_raised", f"{day}T09:00:00+01:00"))
    assert told(hours) == {}, "it was settled in the afternoon, though that was put on record first"


def test_a_disagreement_that_is_not_said_to_be_raised_begins_with_its_first_day() -> None:
    assert told((RAISED, SETTLED, ("dispute_stage_3", "2027-07-19"))) == {"heads": (date(2027, 7, 21), None)}


def test_who_is_told_of_it_is_told_of_the_last_disagreement() -> None:
    rule = EscalationLadder({"tells": [{"key": "lead", "title": "Tell", "event": "dispute_raised", "whom": "The lead"}]})
    days = [next(iter(rule.to_tell(facts(*events), "dispute_raised"))).starts_on for events in ((RAISED,), (RAISED, SETTLED), (RAISED, SETTLED, AGAIN))]  # fmt: skip
    assert days == [date(2027, 7, 1), date(2027, 7, 1), date(2027, 7, 19)]


def test_what_is_published_of_a_stage_says_that_a_settlement_ends_it() -> None:
    stages = [stage("talk", "dispute_raised"), stage("letter", "dispute_raised", ends_with="report_sent"), stage("note", "dispute_settled")]  # fmt: skip
    said = {p.key: "It is over once the disagreement is settled; another one starts it anew." in p.sentence
            for p in EscalationLadder({"stages": stages}).provides()}  # fmt: skip
    assert said == {"talk": True, "letter": False, "note": False}
