"""A replay of steps that come one after the other: what stays the same in words may not stay the same in a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.arrangements.vale import GOVERNANCE
from tests.governance.test_replay import AWARE, VALE, past, small_case
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.replay import replay


def plan(name: str, *steps: dict[str, Any]) -> Arrangement:
    settings = {"start_events": ["aware"], "unit": "working_days", "steps": list(steps)}
    return replace(VALE, version=name, uses=(RuleUse("plan", "timetable", 1, settings),))


def words(before: Arrangement, draft: Arrangement) -> set[str | None]:
    facts = small_case({"urgent": "no"})
    verdict = GOVERNANCE.decide("area", (before,), facts, AWARE)
    return {ln.after for case in replay(GOVERNANCE, before, draft, [past(verdict, facts)]).differing for ln in case.lines}


def test_a_step_that_comes_after_one_which_the_case_does_not_have_is_told_to_go() -> None:
    first = {"key": "a", "title": "Alpha", "day": 2, "when": {"is": {"fact": "incident.urgent", "value": "yes"}}}
    alone, after = (
        {"key": "b", "title": "Beta", "day": 5},
        {"key": "b", "title": "Beta", "start_events": ["done:plan.a"], "span": {"amount": 3, "unit": "working_days"}},
    )
    assert words(plan("before", first, alone), plan("draft", first, after)) == {None}, "it is not there, and not without a date"
    without = {key: value for key, value in first.items() if key != "when"}
    assert words(plan("before", without, after), plan("draft", first, after)) == {None}, "neither is there"
