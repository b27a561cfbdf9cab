"""A step's own time that could not end before it begins: what the settings refuse is so, whenever it starts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.timetable import Timetable
from plugins.timetable.settings import _longer
from threefold.domain.calendar import Span, due, england_and_wales
from threefold.plugin_api import ended
from threefold.plugin_api.facts import read_facts
from threefold.plugin_api.rule import Days

DAYS = st.dates(date(2013, 1, 1), date(2026, 6, 30)) | st.dates(date(2020, 12, 20), date(2020, 12, 31))
UNITS = st.sampled_from(("working_days", "calendar_days", "weeks"))
TIMES = st.builds(Span, st.integers(1, 60), UNITS)


@given(DAYS, TIMES, TIMES)
def test_a_time_is_called_longer_only_where_it_ends_later_from_any_day(start: date, one: Span, other: Span) -> None:
    if _longer(one, other):
        calendar = england_and_wales()
        assert due(start, one, calendar).on > due(start, other, calendar).on


def test_the_shortest_that_never_fits_is_refused() -> None:
    for one, other, longer in (
        (Span(9, "working_days"), Span(10, "calendar_days"), True),
        (Span(8, "working_days"), Span(10, "calendar_days"), False),
        (Span(1, "calendar_months"), Span(4, "weeks"), True),
        (Span(2, "weeks"), Span(10, "working_days"), False),
        (Span(3, "weeks"), Span(5, "working_days"), True),
        (Span(19, "calendar_days"), Span(10, "working_days"), False),  # over Christmas, from Thursday 24 December 2026
    ):
        assert _longer(one, other) is longer, (one, other)


def test_a_step_beyond_the_known_bank_holidays_takes_nothing_else_of_its_plan_away() -> None:
    source = {"ref": "A page", "force": "LOCAL", "sure": "V"}
    steps = [{"key": key, "title": key.title(), "day": day, "source": source} for key, day in (("near", 5), ("far", 3000))]
    plan = Timetable({"start_events": ["notification_sent"], "unit": "working_days", "steps": steps, "source": source})
    facts = read_facts(
        {"incident": {"children": []}, "review": {"events": [{"name": "notification_sent", "at": "2027-03-15"}]}}
    )
    calendar = england_and_wales()
    near, far = plan.steps(facts, Days(calendar, calendar))
    assert near.due_on == date(2027, 3, 22)
    assert far.due_on is None and far.starts_on == date(2027, 3, 15)
    assert far.sentence.endswith("No day can be worked out yet: " + calendar.ends.partition(": ")[2])


@pytest.mark.parametrize(("text", "told"), [
    ("They meet", "They meet."), ("They meet. ", "They meet."), ("Do they meet?", "Do they meet?"), ("“They meet.”", "“They meet.”"), ("", ""),
])  # fmt: skip
def test_words_of_people_s_own_end_as_a_sentence(text: str, told: str) -> None:
    assert ended(text) == told
