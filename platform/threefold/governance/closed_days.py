"""Which of an area's closed days moved a date of its own: a date that no reader could count to is told with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from threefold.domain.calendar import due
from threefold.domain.findings import Step
from threefold.governance.ask import Said
from threefold.governance.rule_set import RuleSet


def closed_days(rules: RuleSet, said: Said[Any]) -> tuple[date, ...]:
    """The working days that were left out of a local date because the area is closed on them, in order; empty where the date would
    be the same without them, or its rule counts in another way."""
    step, arrangement = said.finding, rules.arrangement
    if arrangement is None or not arrangement.closures or said.rule.layer == "law" or not isinstance(step, Step):
        return ()
    start, span, on = step.starts_on, step.span, step.due_on
    if start is None or span is None or on is None or isinstance(on, datetime) or span.unit != "working_days":
        return ()
    if due(start, span, rules.days.local).on != on or due(start, span, rules.days.law).on == on:
        return ()
    return tuple(
        day
        for day in sorted(arrangement.closures)
        if (start < day or (start == day and span.start_is_day == 1)) and day <= on and rules.days.law.is_working(day)
    )
