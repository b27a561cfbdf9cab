"""Days, spans and due dates.

The convention, shown on screen and in the docs because the law does not settle it:

- the day after the start event is day 1 (a local plan may say that the event's own day is day 1);
- a working day is Monday to Friday less the bank holidays of England and Wales (GOV.UK list);
- months and years are calendar ones and clamp to the end of the month;
- a clock time is read in Europe/London before its date is taken;
- an area's own closures move local steps and never a statutory date.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays

from threefold.domain.errors import CalendarEnds, ThreefoldError

LONDON = ZoneInfo("Europe/London")

Unit = Literal["working_days", "calendar_days", "hours", "weeks", "calendar_months", "years", "not_stated"]
UNITS: tuple[Unit, ...] = ("working_days", "calendar_days", "hours", "weeks", "calendar_months", "years", "not_stated")
UNIT_WORDS: dict[Unit, str] = {
    "working_days": "working days",
    "calendar_days": "calendar days",
    "hours": "hours",
    "weeks": "weeks",
    "calendar_months": "months",
    "years": "years",
    "not_stated": "days (unit not stated)",
}
# About how many days of the calendar a unit is, to put times in order; days of no stated unit as those of the law are, working days.
ABOUT_DAYS: Mapping[str, float] = {
    "working_days": 7 / 5, "not_stated": 7 / 5, "calendar_days": 1, "hours": 1 / 24, "weeks": 7, "calendar_months": 30, "years": 365,
}  # fmt: skip


def london_day(moment: date | datetime) -> date:
    """The date of a moment in Europe/London; a plain date stays as it is. A datetime must carry its offset."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ThreefoldError("Give the time with its offset, for example 2026-03-31T00:30:00+01:00.")
        return moment.astimezone(LONDON).date()
    return moment


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Europe/London: when what lasts "until" that day ends."""
    return datetime.combine(day, time.max, LONDON).astimezone(UTC)


def is_on_a_clock(moment: datetime) -> bool:
    """Whether a clock in Europe/London ever showed this time of the day: none does in the hour that is left out in March."""
    return moment.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == moment.astimezone(LONDON).replace(tzinfo=None)


def add_months(day: date, months: int) -> date:
    """`day` moved by calendar months, clamped to the end of the month: 31 August plus six months is 28 February."""
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    first_of_next = date(year + 1, 1, 1) if month == 11 else date(year, month + 2, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def completed_years(born: date, on: date) -> int:
    """Whole years of age on a day. A person born on 29 February comes of age on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class WorkingDays:
    """Working-day arithmetic by look-up: every answer is two array reads, however long the span.

    `known_from` and `known_to` bound the days whose bank holidays are known; outside them `CalendarEnds` is raised,
    because a guessed bank holiday would be a guessed duty.
    """

    __slots__ = ("_base", "_count", "_days", "_known_from", "_known_to", "_non_working", "_rank", "_size")

    def __init__(self, non_working: Iterable[date], known_from: date, known_to: date) -> None:
        self._non_working = frozenset(non_working)
        self._known_from, self._known_to = known_from, known_to
        days: list[date] = []
        rank: list[int] = []  # rank[i]: how many working days there are up to and including day i
        day = known_from
        while day <= known_to:
            if day.weekday() < 5 and day not in self._non_working:
                days.append(day)
            rank.append(len(days))
            day += timedelta(days=1)
        self._days, self._rank = days, rank
        self._base, self._size, self._count = known_from.toordinal(), len(rank), len(days)

    @property
    def known_to(self) -> date:
        return self._known_to

    def without(self, closures: Iterable[date]) -> WorkingDays:
        """The same calendar with more days off: an area's own closures, for its local steps only."""
        return WorkingDays(self._non_working | frozenset(closures), self._known_from, self._known_to)

    def is_working(self, day: date) -> bool:
        index = self._index(day)
        return self._rank[index] > (self._rank[index - 1] if index else 0)

    def add(self, start: date, days: int) -> date:
        """The day that is working day number `days` after `start` (the next working day is 1); before it if negative."""
        at = start.toordinal() - self._base
        if days > 0 and 0 <= at < self._size and (place := self._rank[at] + days - 1) < self._count:
            return self._days[place]  # nearly every question: two array reads
        rank = self._rank[self._index(start)]
        if days > 0:
            position = rank + days - 1
        elif days < 0:
            # On a working day the day itself is not counted; on a day off the last working day before it is -1.
            position = rank + days - (1 if self.is_working(start) else 0)
        else:
            return start
        if not 0 <= position < len(self._days):
            raise self._ends(start)
        return self._days[position]

    def numbered(self, start: date, number: int) -> date:
        """Working day `number` of a plan whose day 1 is `start` itself, or the first working day after it."""
        first = start if self.is_working(start) else self.add(start, 1)
        return first if number <= 1 else self.add(first, number - 1)

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and including `end`; negative if `end` comes first."""
        return self._rank[self._index(end)] - self._rank[self._index(start)]

    def _index(self, day: date) -> int:
        index = (day - self._known_from).days
        if not 0 <= index < len(self._rank):
            raise self._ends(day)
        return index

    @property
    def ends(self) -> str:
        """That no day is known beyond the last year whose bank holidays are, as a sentence."""
        return f"No day can be worked out yet: bank holidays are known here to {self._known_to:%-d %B %Y} only."

    def _ends(self, day: date) -> CalendarEnds:
        return CalendarEnds(
            f"Bank holidays are known here from {self._known_from:%-d %B %Y} to {self._known_to:%-d %B %Y}; "
            f"a working day was asked for around {day:%-d %B %Y}. Ask the platform's operator to add the later list."
        )


@lru_cache(maxsize=4)
def england_and_wales(extra: frozenset[date] = frozenset()) -> WorkingDays:
    """Working days of England and Wales from the GOV.UK list bundled with govuk-bank-holidays, plus an operator's days."""
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    days = sorted(entry["date"] for entry in listed)
    return WorkingDays({*days, *extra}, date(days[0].year, 1, 1), date(days[-1].year, 12, 31))


def length(amount: int, unit: Unit) -> str:
    """`1 working day`, `2 weeks`, `1 day (unit not stated)`."""
    words = UNIT_WORDS[unit]
    return f"{amount} {words.replace('days (', 'day (').removesuffix('s') if amount == 1 else words}"


UNIT_INFERRED = ", unit inferred"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as a source states it: 15 working days, 24 hours, 15 days with no unit stated."""

    amount: int
    unit: Unit
    unit_from: Literal["stated", "inferred"] = "stated"
    start_is_day: Literal[0, 1] = 0

    def __str__(self) -> str:
        inferred = UNIT_INFERRED if self.unit_from == "inferred" else ""
        own_day = "; the event's own day is day 1" if self.start_is_day == 1 else ""
        return f"{length(self.amount, self.unit)}{inferred}{own_day}"


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due. `on` is None where the unit is not stated: `readings` then holds what each unit would give; and where no day
    can be known yet: `unknown` then says why."""

    on: date | datetime | None
    readings: tuple[tuple[str, date], ...] = ()
    unknown: str = ""


def due(start: date | datetime, span: Span, calendar: WorkingDays) -> Due:
    """The due date of a span that begins with the event at `start`."""
    if span.unit == "hours":
        if not isinstance(start, datetime):
            # Only the date is known. Counting from its last moment, nothing is called late by a guess.
            end_of_day = datetime(start.year, start.month, start.day, 23, 59, tzinfo=LONDON)
            return Due(_hours_after(end_of_day, span.amount))
        return Due(_hours_after(start, span.amount))
    day = london_day(start)
    if span.unit == "not_stated":
        return Due(None, (
            ("if calendar days", _in_unit(day, span, "calendar_days", calendar)),
            ("if working days", _in_unit(day, span, "working_days", calendar)),
        ))  # fmt: skip
    return Due(_in_unit(day, span, span.unit, calendar))


def _hours_after(start: datetime, hours: int) -> datetime:
    # Through UTC: an hour is an hour on the night the clocks change.
    return (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(LONDON)


def _in_unit(day: date, span: Span, unit: Unit, calendar: WorkingDays) -> date:
    amount = span.amount
    if unit == "working_days":
        return calendar.numbered(day, amount) if span.start_is_day == 1 else calendar.add(day, amount)
    if unit in ("calendar_months", "years"):
        end = add_months(day, amount if unit == "calendar_months" else 12 * amount)
        # Counted from the day itself, a month ends the day before the day of the same number; where there is none, with its month.
        return end - timedelta(days=1) if span.start_is_day == 1 and end.day == day.day else end
    days = amount * 7 if unit == "weeks" else amount
    return day + timedelta(days=days - (1 if span.start_is_day == 1 else 0))


def in_force(begins: list[date], day: date) -> int | None:
    """Index of the last entry of the sorted `begins` that is not after `day`; None when all begin later."""
    index = bisect_right(begins, day) - 1
    return index if index >= 0 else None


__all__ = [
    "ABOUT_DAYS", "LONDON", "UNITS", "UNIT_WORDS", "Due", "Span", "Unit", "WorkingDays", "add_months",
    "completed_years", "due", "england_and_wales", "in_force", "length", "london_day",
]  # fmt: skip
