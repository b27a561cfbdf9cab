"""How what is kept as a key is read by a person."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import MARCH, REAL, SAID, arrangement
from threefold.governance.pack import RuleUse
from threefold.governance.verdict import verdict_to_json
from threefold.plugin_api.facts import Facts, read_facts
from threefold.plugin_api.facts.incident import Incident
from threefold.plugin_api.facts.values import Fact
from threefold.work.incidents.web.shown import dues, read_fact
from threefold.work.incidents.web.words import STATES, state_of

OWN = "incident.local.gp-told"


@pytest.mark.parametrize(("line", "read"), [
    ({"state": "not_met", "reads": [OWN], "effect": ""}, "No"),  # a question of the area's own: it was answered, and tests nothing
    ({"state": "met", "reads": [OWN]}, "Yes"),
    ({"state": "unclear", "reads": [OWN]}, "Unclear"),
    ({"state": "not_met", "reads": [OWN], "effect": "hint"}, "Not met"),  # a criterion that rests on it
    ({"state": "met", "reads": [OWN, "incident.urgent"]}, "Met"),
    ({"state": "to_be_considered", "reads": []}, "To be considered"),
    ({"arises": "no", "reads": ["incident.urgent"]}, "No"),
])  # fmt: skip
def test_a_question_of_the_areas_own_is_told_by_its_answer(line: dict[str, object], read: str) -> None:
    assert STATES[state_of(line)] == read
    assert state_of({}) == ""


def test_a_question_that_nobody_was_asked_yet_is_not_told_as_unclear() -> None:
    own = {"state": "unclear", "reads": [OWN]}
    for fact, words in (
        (Fact(), "Not asked yet"), (Fact("unclear"), "Unclear"), (Fact(None, given_by="gp"), "Unclear"),
    ):  # fmt: skip
        facts = Facts(incident=Incident(local={"gp-told": fact}))
        assert STATES[state_of(own, read_fact(facts, OWN))] == words
    assert STATES[state_of(own, read_fact(Facts(), OWN))] == "Not asked yet"
    assert STATES[state_of(own | {"effect": "hint"}, read_fact(Facts(), OWN))] == "Unclear", "a criterion that rests on it"


def test_what_has_no_date_yet_stands_in_the_order_of_the_plan() -> None:
    on = date(2027, 3, 10)
    told = dues(verdict_to_json(GOVERNANCE.decide("", (NOW_IN_FORCE,), Facts(), on)), on)
    assert [one.title for one in told if not one.statutory and one.due_on is None] == [
        "The review starts and templates go out", "Notify, by the local text", "Three-partner threshold meeting", "Agency summaries",
        "Panel reading", "Progress meeting", "Executive huddle",
    ]  # fmt: skip


@pytest.mark.parametrize(("near_miss", "said"), [("yes", False), ("unclear", True), ("not_asked", True)])
def test_a_date_that_depends_on_what_is_not_clear_says_so_and_is_not_late(near_miss: str, said: bool) -> None:
    steps = [{"key": "call", "title": "Call", "day": 5, "start_events": ["notification_sent"], "source": SAID,
              "when": {"is": {"fact": "incident.near_miss", "value": "yes"}}}]  # fmt: skip
    version = arrangement("a", MARCH, RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": steps, "source": SAID}))
    asked = {} if near_miss == "not_asked" else {"near_miss": near_miss}
    facts = read_facts({"incident": {**asked, "children": [{"key": "child-1", "died": "yes"}]},
                        "review": {"events": [{"name": "notification_sent", "at": "2027-03-08"}]}})  # fmt: skip
    verdict = verdict_to_json(REAL.decide("area", (version,), facts, date(2027, 5, 4)))
    (call,) = [due for due in dues(verdict, date(2027, 5, 4)) if due.title == "Call"]
    assert ("only if a condition holds that is not clear yet" in call.notes) == said
    assert call.late == (not said)


@pytest.mark.parametrize(("done", "now", "late"), [
    (None, "18:00", True), (None, "10:00", False), (None, "11:00", False), ("2027-03-08T17:00:00+00:00", "18:00", True),
    ("2027-03-08T10:30:00+00:00", "18:00", False), ("2027-03-08", "18:00", False),  # nothing is called late by a guess
])  # fmt: skip
def test_what_is_due_at_an_hour_is_late_after_it(done: str | None, now: str, late: bool) -> None:
    step = {
        "key": "call",
        "title": "Call",
        "span": {"amount": 2, "unit": "hours"},
        "start_events": ["notification_sent"],
        "source": SAID,
    }
    version = arrangement(
        "a", MARCH, RuleUse("plan", "timetable", 1, {"unit": "working_days", "steps": [step], "source": SAID})
    )
    events = [{"name": "notification_sent", "at": "2027-03-08T09:00:00+00:00"}]
    events += [{"name": "done:plan.call", "at": done}] if done else []
    facts = read_facts({"review": {"events": events}})
    verdict = verdict_to_json(REAL.decide("area", (version,), facts, date(2027, 3, 8)))
    at = datetime.fromisoformat(f"2027-03-08T{now}:00+00:00")
    (call,) = [due for due in dues(verdict, at, facts=facts) if due.title == "Call"]
    assert call.late == late
