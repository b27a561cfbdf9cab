"""How long a local time can be, beside a time of the law that is told in months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from threefold.domain.calendar import add_months
from threefold.domain.findings import Provided

# Calendar days in one of each unit; a working week has five days of seven. Days of which no unit is stated are read as working days.
_DAYS = {"calendar_days": 1.0, "weeks": 7.0, "hours": 1 / 24, "working_days": 1.4, "not_stated": 1.4}
_MONTHS = {"calendar_months": 1, "years": 12}
_LONGEST_MONTH = 31
_EVERY_DAY = [date(2001, 1, 1) + timedelta(days=n) for n in range(365)]


def may_outlast(step: Provided, months: int, before: Iterable[Provided] = (), start: tuple[int, int] | None = None) -> bool:
    """Whether a step's time can end later than so many calendar months from the same start, bank holidays left aside. `before`: the
    steps that are done one after another before its own time begins; `start`: the month and day of the start, where it is always the same.

    Months differ: six of them are 181 days from 31 August and 184 from 31 March, so that 183 days can be longer. False where it has no time.
    """
    if not longest_days(step):
        return False
    told, days = 0, 0.0
    for one in (*before, step):
        if own := _in_months(one):
            told += own
        else:
            days += longest_days(one)
    starts = [date(year, *start) for year in (2000, 2001)] if start else _EVERY_DAY
    return any((add_months(day, told) - day).days + days > (add_months(day, months) - day).days for day in starts)


def _in_months(step: Provided) -> int:
    """A step's time in calendar months, where it is told in them; else 0."""
    amount, unit = step.get("span_amount"), step.get("span_unit")
    return amount * _MONTHS[unit] if type(amount) is int and isinstance(unit, str) and unit in _MONTHS else 0


def longest_days(step: Provided) -> float:
    """The most calendar days that a step's time can take, bank holidays left aside; 0 where it has none."""
    amount, unit, first = step.get("span_amount"), step.get("span_unit"), step.get("span_start_is_day")
    if type(amount) is not int or not isinstance(unit, str):
        return 0
    if unit in _MONTHS:
        return amount * _MONTHS[unit] * _LONGEST_MONTH
    one = _DAYS.get(unit, 0)
    own_day = (
        first * min(max(one, 1.0), _DAYS["working_days"]) if type(first) is int else 0
    )  # counted as day 1: a day less is left
    return max(amount * one - own_day, 0)
