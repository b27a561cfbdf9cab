"""By when a request for one's own records is answered: a month from the latest of three days, less the time for which the clock stands.

The law, as general knowledge of it has it (source to confirm on the page): UK GDPR article 12A, which the Data (Use and Access) Act 2025
inserted. The month runs from the latest of: the request came; who asks showed who they are, where they were asked to; a fee was paid, where
one was asked. It stands still while the body waits for what it reasonably needs to know which records are asked for. Two more months are
possible where requests are complex or many, told with the reasons within the first one. Before that article was in force the
Information Commissioner's guidance on article 12(3) said the same.

What no source settles for us is counted so that nobody is late by any reading: the day on which an answer came counts again, so that asking
and being answered on one day stops nothing. The last day is the corresponding one of the month, or its last; where that is a day off, the
next working day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from threefold.domain.calendar import WorkingDays, add_months
from threefold.domain.errors import CalendarEnds
from threefold.domain.sources import Source
from threefold.governance.keeping import said

Kind = Literal["identity", "fee", "clarification"]
KINDS: tuple[Kind, ...] = ("identity", "fee", "clarification")
BEFORE: tuple[Kind, ...] = ("identity", "fee")  # the month does not begin before these came
ASKED: dict[Kind, str] = {
    "identity": "to show who they are", "fee": "to pay a fee", "clarification": "what they are looking for",
}  # fmt: skip
CAME: dict[Kind, str] = {"identity": "showed it", "fee": "paid", "clarification": "answered"}
FIRST, EXTENDED = 1, 3  # calendar months

_SINCE = date(2026, 2, 5)
_LAW = Source(
    "UK GDPR articles 12(3) and 12A, inserted by the Data (Use and Access) Act 2025, section 76",
    "ACT", "K", "legislation.gov.uk/eur/2016/679/article/12A",
)  # fmt: skip
_GUIDANCE = Source(
    "UK GDPR article 12(3), read with the Information Commissioner’s guidance on time limits", "PG", "K", "ico.org.uk"
)


@dataclass(frozen=True, slots=True)
class Wait:
    """That the person was asked for something on a day, and on which day it came; None: not yet."""

    kind: Kind
    asked_on: date
    came_on: date | None


@dataclass(frozen=True, slots=True)
class Period:
    """How the time of a request runs. Days are inclusive: it is late from the day after.

    `begins_on`: None until what has to come before came. `first_ends_on`: by when an extension is told; `ends_on`: by when it is answered;
    both None while the clock does not run. `waits_for`: what did not come yet. `told`: how it was worked out, in sentences.
    """

    begins_on: date | None
    first_ends_on: date | None
    ends_on: date | None
    waits_for: tuple[Kind, ...]
    told: tuple[str, ...]


def source_on(received_on: date) -> Source:
    """What says so, for a request that came on a day."""
    return _LAW if received_on >= _SINCE else _GUIDANCE


def period(received_on: date, waits: Iterable[Wait], calendar: WorkingDays, *, extended: bool = False) -> Period:
    """The time of a request that came on a day. Whatever was asked for after it had ended changes nothing."""
    counted: list[Wait] = []
    for one in sorted(waits, key=lambda w: (w.asked_on, w.came_on or date.max, w.kind)):
        ends_on = _period(received_on, counted, calendar, extended).ends_on
        if ends_on is None or one.asked_on <= ends_on:
            counted.append(one)
    return _period(received_on, counted, calendar, extended)


def _period(received_on: date, waits: Sequence[Wait], calendar: WorkingDays, extended: bool) -> Period:
    waits_for = tuple(kind for kind in KINDS if any(one.kind == kind and one.came_on is None for one in waits))
    told = [f"It was received on {said(received_on)}."]
    first = [one for one in waits if one.kind in BEFORE]
    told += [_told(one) for one in first]
    if any(one.came_on is None for one in first):
        told.append("The time begins when that came.")
        return Period(None, None, None, waits_for, tuple(told))
    begins_on = max([received_on, *(one.came_on for one in first if one.came_on)])
    if first:
        told.append(f"The time runs from the latest of these days: {said(begins_on)}.")
    stops = stopped(begins_on, waits)
    if "clarification" in waits_for:
        since = min(one.asked_on for one in waits if one.kind == "clarification" and one.came_on is None)
        told += [_told(Wait("clarification", *stop)) for stop in stops]
        told.append(
            f"The clock has stood since {said(since)}: the person was asked {ASKED['clarification']}, and has not answered yet."
        )
        return Period(begins_on, None, None, waits_for, tuple(told))
    month = _last_day(begins_on, FIRST, stops, calendar)
    last = _last_day(begins_on, EXTENDED, stops, calendar) if extended else month
    return Period(begins_on, month.rolled, last.rolled, waits_for, (*told, *last.told))


def stopped(begins_on: date, waits: Iterable[Wait]) -> list[tuple[date, date]]:
    """The times for which the clock stood, from a day to the day before the second, without what overlaps or was before it began."""
    found: list[tuple[date, date]] = []
    for one in sorted((w for w in waits if w.kind == "clarification" and w.came_on), key=lambda w: w.asked_on):
        assert one.came_on is not None
        begin, end = max(one.asked_on, begins_on), one.came_on
        if found and begin <= found[-1][1]:
            begin, end = found[-1][0], max(end, found[-1][1])
            found.pop()
        if end > begin:
            found.append((begin, end))
    return found


@dataclass(frozen=True, slots=True)
class _Last:
    rolled: date
    told: tuple[str, ...]


def _last_day(begins_on: date, months: int, stops: Iterable[tuple[date, date]], calendar: WorkingDays) -> _Last:
    day = add_months(begins_on, months)
    words = "One calendar month" if months == 1 else "Three calendar months, as the time was extended,"
    told = [f"{words} from {said(begins_on)} {'ends' if months == 1 else 'end'} on {said(day)}."]
    for begin, end in stops:
        if begin > (working := next_working(day, calendar)):
            break  # of the first month: the clock stood only afterwards, in the time by which it was extended
        if begin > day:
            day = working  # asked on a day off, or on the working day after it
        count = (end - begin).days
        day += timedelta(days=count)
        days = "1 day" if count == 1 else f"{count} days"
        told.append(
            f"The clock stood for {days}, from {said(begin)} until {said(end)}, while the person was asked {ASKED['clarification']}: that makes it {said(day)}."
        )
    rolled = next_working(day, calendar)
    if rolled != day:
        told.append(f"{said(day)} is not a working day. The next one is {said(rolled)}.")
    return _Last(rolled, tuple(told))


def next_working(day: date, calendar: WorkingDays) -> date:
    """The day itself, or the next one that is no day off. Where bank holidays are not known any more, weekends alone are days off: a
    day that is too early is late for nobody."""
    while True:
        try:
            works = calendar.is_working(day)
        except CalendarEnds:
            works = day.weekday() < 5
        if works:
            return day
        day += timedelta(days=1)


def _told(one: Wait) -> str:
    came = f", and {CAME[one.kind]} on {said(one.came_on)}" if one.came_on else ", and has not yet"
    return f"On {said(one.asked_on)} the person was asked {ASKED[one.kind]}{came}."
