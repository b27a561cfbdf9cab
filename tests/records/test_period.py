"""By when a request for one's own records is answered: hand-checked days, and properties against a naive count of days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.domain.calendar import add_months, england_and_wales
from threefold.work.records.period import BEFORE, KINDS, Wait, next_working, period, source_on

CALENDAR = england_and_wales()
RECEIVED = st.dates(date(2019, 1, 1), date(2027, 6, 30))
ONE = timedelta(days=1)


def days_after(most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(0, most).map(lambda n: timedelta(days=n))


@st.composite
def clarified(draw: st.DrawFn, most: int = 4) -> tuple[date, list[Wait]]:
    """A request, and what was asked within its first four weeks and answered: while nothing else stops the clock that is in its time."""
    received = draw(RECEIVED)
    waits = []
    for _ in range(draw(st.integers(0, most))):
        asked = received + draw(days_after(27))
        waits.append(Wait("clarification", asked, asked + draw(days_after(60))))
    return received, waits


@st.composite
def anything(draw: st.DrawFn) -> tuple[date, list[Wait]]:
    received, waits = draw(clarified())
    for _ in range(draw(st.integers(0, 3))):
        asked = received + draw(days_after(27))
        came = draw(st.none() | st.just(asked + draw(days_after(90))))
        waits.append(Wait(draw(st.sampled_from(KINDS)), asked, came))
    return received, waits


def ends(received: date, *waits: Wait, extended: bool = False) -> date | None:
    return period(received, waits, CALENDAR, extended=extended).ends_on


@pytest.mark.parametrize(("received", "due", "extended"), [
    (date(2026, 9, 3), date(2026, 10, 5), date(2026, 12, 3)),  # 3 October is a Saturday
    (date(2027, 1, 15), date(2027, 2, 15), date(2027, 4, 15)),
    (date(2027, 1, 31), date(2027, 3, 1), date(2027, 4, 30)),  # 28 February is a Sunday
    (date(2028, 1, 31), date(2028, 2, 29), date(2028, 5, 2)),  # 30 April is a Sunday, 1 May a bank holiday
    (date(2026, 11, 25), date(2026, 12, 29), date(2027, 2, 25)),  # Christmas on a Friday, Boxing Day taken on the Monday
])  # fmt: skip
def test_hand_checked_days(received: date, due: date, extended: date) -> None:
    assert ends(received) == due
    assert ends(received, extended=True) == extended


def test_the_month_runs_from_the_latest_of_receipt_identity_and_fee() -> None:
    received = date(2026, 9, 1)
    identity, fee = Wait("identity", date(2026, 9, 2), date(2026, 9, 14)), Wait("fee", date(2026, 9, 3), date(2026, 9, 10))
    found = period(received, [identity, fee], CALENDAR)
    assert (found.begins_on, found.ends_on) == (date(2026, 9, 14), date(2026, 10, 14))
    assert "The time runs from the latest of these days: 14 September 2026." in found.told
    waiting = period(received, [identity, Wait("fee", date(2026, 9, 3), None)], CALENDAR)
    assert (waiting.begins_on, waiting.ends_on, waiting.waits_for) == (None, None, ("fee",))


def test_while_the_body_waits_to_know_what_is_asked_for_the_clock_stands() -> None:
    received, asked = date(2026, 9, 24), date(2026, 9, 25)
    assert period(received, [Wait("clarification", asked, None)], CALENDAR).ends_on is None
    found = period(received, [Wait("clarification", asked, date(2026, 9, 28))], CALENDAR)
    assert found.ends_on == date(2026, 10, 27)
    assert "The clock stood for 3 days, from 25 September 2026 until 28 September 2026" in " ".join(found.told)


def test_what_was_asked_after_the_time_had_ended_changes_nothing() -> None:
    received = date(2026, 9, 1)
    for kind in KINDS:
        assert ends(received, Wait(kind, date(2026, 10, 2), None)) == date(2026, 10, 1)
        assert ends(received, Wait(kind, date(2026, 10, 1), None)) is None  # its last day is part of it


def test_an_extension_is_told_by_the_end_of_the_first_month_however_long_the_clock_stood_later() -> None:
    later = Wait("clarification", date(2026, 11, 2), date(2026, 11, 12))
    found = period(date(2026, 9, 1), [later], CALENDAR, extended=True)
    assert (found.first_ends_on, found.ends_on) == (date(2026, 10, 1), date(2026, 12, 11))


@given(RECEIVED, st.booleans())
def test_without_anything_asked_it_is_the_corresponding_day_or_the_first_working_day_after(
    received: date, extended: bool
) -> None:
    found, corresponding = ends(received, extended=extended), add_months(received, 3 if extended else 1)
    assert found is not None and found >= corresponding and CALENDAR.is_working(found)
    assert not any(CALENDAR.is_working(corresponding + n * ONE) for n in range((found - corresponding).days))


@given(clarified(), st.booleans())
def test_as_many_days_count_as_the_months_have_and_none_on_which_the_clock_stood(
    told: tuple[date, list[Wait]], extended: bool
) -> None:
    """A naive count: day by day from the first, leaving out each day on which an answer was waited for."""
    received, waits = told
    to_count = (add_months(received, 3 if extended else 1) - received).days
    day, standing = received, {w.asked_on + n * ONE for w in waits if w.came_on for n in range((w.came_on - w.asked_on).days)}
    while to_count:
        if day not in standing:
            to_count -= 1
        day += ONE
    while day in standing:  # the last day itself is one that counts
        day += ONE
    assert ends(received, *waits, extended=extended) == next_working(day, CALENDAR)


@given(anything(), st.booleans(), st.randoms())
def test_the_order_in_which_it_was_written_down_is_nothing(
    told: tuple[date, list[Wait]], extended: bool, chance: st.DataObject
) -> None:
    received, waits = told
    mixed = list(waits)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert period(received, mixed, CALENDAR, extended=extended) == period(received, waits, CALENDAR, extended=extended)


@given(anything(), st.booleans())
def test_nothing_that_was_asked_brings_the_day_nearer(told: tuple[date, list[Wait]], extended: bool) -> None:
    received, waits = told
    found, plain = period(received, waits, CALENDAR, extended=extended), ends(received, extended=extended)
    assert plain is not None
    if found.ends_on is None:
        assert found.waits_for and found.first_ends_on is None
    else:
        assert found.ends_on >= plain and CALENDAR.is_working(found.ends_on)
        assert found.begins_on is not None and found.first_ends_on is not None
        assert received <= found.begins_on < found.first_ends_on <= found.ends_on


@given(RECEIVED, days_after(40), days_after(40))
def test_it_is_never_due_before_the_answer_came(received: date, after: timedelta, takes: timedelta) -> None:
    """Asked on a day off after the month's last day too, while the next working day is not over."""
    one = Wait("clarification", received + after, received + after + takes)
    found, plain = ends(received, one), ends(received)
    assert found is not None and plain is not None
    assert found == plain if one.asked_on > plain else found >= received + after + takes


@given(anything())
def test_two_more_months_are_never_less(told: tuple[date, list[Wait]]) -> None:
    received, waits = told
    short, longer = period(received, waits, CALENDAR), period(received, waits, CALENDAR, extended=True)
    if short.ends_on and longer.ends_on:
        assert short.ends_on < longer.ends_on and longer.first_ends_on == short.ends_on


@given(RECEIVED, days_after(27), st.lists(days_after(40), min_size=2, max_size=4))
def test_the_longer_an_answer_takes_the_later_it_is_due(received: date, after: timedelta, takes: list[timedelta]) -> None:
    asked = received + after
    for kind in KINDS:
        found = [ends(received, Wait(kind, asked, asked + one)) for one in sorted(takes)]
        assert all(a is not None and b is not None and a <= b for a, b in pairwise(found)), kind
        if kind in BEFORE:
            assert found[0] == ends(asked + min(takes))


def test_where_bank_holidays_are_not_known_weekends_alone_are_days_off() -> None:
    received = date(CALENDAR.known_to.year, 12, 1) + timedelta(days=365 * 2)
    found = ends(received)
    assert found is not None and found.weekday() < 5 and 0 <= (found - add_months(received, 1)).days <= 2


def test_what_says_so_is_of_its_day_and_to_be_confirmed() -> None:
    assert "12A" in str(source_on(date(2026, 2, 5))) and "source to confirm" in str(source_on(date(2026, 2, 5)))
    assert "guidance" in str(source_on(date(2026, 2, 4))) and "12A" not in str(source_on(date(2026, 2, 4)))
