"""Working days, months and moments: the hand-checked dates, and properties against a naive day loop."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.domain.calendar import LONDON, Span, add_months, completed_years, due, end_of_day, england_and_wales, london_day
from threefold.domain.errors import CalendarEnds, ThreefoldError

CALENDAR = england_and_wales()
DAYS = st.dates(date(2013, 1, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2025, 4, 17), 5, date(2025, 4, 28)),  # aware on the Thursday before Easter
        (date(2024, 12, 20), 15, date(2025, 1, 15)),
        (date(2025, 4, 4), 15, date(2025, 4, 29)),
        (date(2025, 12, 13), 5, date(2025, 12, 19)),  # aware on a Saturday
        (date(2026, 1, 7), -7, date(2025, 12, 24)),
        (date(2026, 3, 30), 5, date(2026, 4, 8)),
        (date(2026, 4, 8), 15, date(2026, 4, 29)),
        (date(2026, 5, 1), 15, date(2026, 5, 26)),
        (date(2026, 1, 20), 15, date(2026, 2, 10)),
    ],
)
def test_hand_checked_working_days(start: date, days: int, expected: date) -> None:
    assert CALENDAR.add(start, days) == expected


def test_a_plan_whose_own_day_is_day_one() -> None:
    assert CALENDAR.numbered(date(2026, 3, 30), 10) == date(2026, 4, 14)
    assert CALENDAR.numbered(date(2026, 3, 30), 14) == date(2026, 4, 20)
    assert CALENDAR.numbered(date(2027, 3, 15), 14) == date(2027, 4, 5)
    assert CALENDAR.numbered(date(2027, 3, 15), 12) == date(2027, 4, 1)


def naive_add(start: date, days: int) -> date:
    step = timedelta(days=1 if days > 0 else -1)
    day, left = start, abs(days)
    while left:
        day += step
        if CALENDAR.is_working(day):
            left -= 1
    return day


@given(DAYS, st.integers(-200, 200))
def test_adding_equals_a_naive_day_loop(start: date, days: int) -> None:
    assert CALENDAR.add(start, days) == naive_add(start, days)


@given(DAYS, st.integers(1, 200))
def test_what_lies_between_is_what_was_added(start: date, days: int) -> None:
    assert CALENDAR.between(start, CALENDAR.add(start, days)) == days


@given(DAYS, st.integers(1, 60), st.sets(DAYS, max_size=30))
def test_closures_only_ever_move_a_date_later(start: date, days: int, closures: set[date]) -> None:
    assert CALENDAR.without(closures).add(start, days) >= CALENDAR.add(start, days)


@given(DAYS, st.integers(-240, 240))
def test_months_clamp_and_keep_the_day(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


def test_six_months_from_the_end_of_august() -> None:
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)


def test_beyond_the_known_bank_holidays_is_refused() -> None:
    with pytest.raises(CalendarEnds, match="Bank holidays are known here from"):
        CALENDAR.add(date(2028, 12, 27), 5)
    with pytest.raises(CalendarEnds):
        CALENDAR.add(date(2011, 12, 1), 1)


def test_half_past_midnight_in_summer_time_counts_as_that_day() -> None:
    assert london_day(datetime(2026, 3, 30, 23, 30, tzinfo=UTC)) == date(2026, 3, 31)
    with pytest.raises(ThreefoldError, match="offset"):
        london_day(datetime(2026, 3, 30, 23, 30))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 3, 29), date(2026, 7, 1), date(2026, 10, 25)])
def test_a_day_ends_at_midnight_in_london(day: date) -> None:
    last = end_of_day(day)
    assert london_day(last) == day
    assert (last + timedelta(microseconds=1)).astimezone(LONDON) == datetime.combine(day + timedelta(days=1), time(), LONDON)


def test_hours_are_real_hours_across_the_change_of_clocks() -> None:
    start = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    moment = due(start, Span(24, "hours"), CALENDAR).on
    assert isinstance(moment, datetime)
    assert moment - start == timedelta(hours=24)


def test_a_unit_that_is_not_stated_gives_no_date_but_both_readings() -> None:
    found = due(date(2026, 1, 12), Span(15, "not_stated"), CALENDAR)
    assert found.on is None
    assert dict(found.readings) == {"if calendar days": date(2026, 1, 27), "if working days": date(2026, 2, 2)}


def test_completed_years_around_a_birthday() -> None:
    assert completed_years(date(2000, 5, 10), date(2025, 5, 9)) == 24
    assert completed_years(date(2000, 5, 10), date(2025, 5, 10)) == 25
    assert completed_years(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert completed_years(date(2004, 2, 29), date(2022, 3, 1)) == 18


@pytest.mark.parametrize(("start", "amount", "unit", "ends"), [
    (date(2027, 3, 15), 1, "calendar_months", date(2027, 4, 14)),
    (date(2027, 1, 31), 1, "calendar_months", date(2027, 2, 28)),
    (date(2027, 3, 15), 1, "years", date(2028, 3, 14)),
])  # fmt: skip
def test_a_month_counted_from_its_own_day_ends_the_day_before(start: date, amount: int, unit: Any, ends: date) -> None:
    assert due(start, Span(amount, unit, start_is_day=1), CALENDAR).on == ends
    assert due(start, Span(amount, unit), CALENDAR).on == add_months(
        start, amount if unit == "calendar_months" else 12 * amount
    )
