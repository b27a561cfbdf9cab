"""How times are said: in sentences that a member of the public can read aloud."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.report_year import ReportYear
from plugins.review_types import ReviewTypes
from plugins.scrutiny import Scrutiny
from plugins.timetable import Timetable
from threefold.domain.errors import ThreefoldError
from threefold.governance.plain import text_of
from threefold.plugin_api import EVENTS
from threefold.plugin_api.rule import written_now

SOURCE = {"ref": "A page", "force": "LOCAL", "sure": "V"}


@pytest.mark.parametrize(("wait", "time", "told"), [
    ({}, {"start_is_day": 1}, "Not before 3 working days (the day after the start being day 1) and within 10 working days, {0}. That day itself is counted as day 1."),
    ({"start_is_day": 1}, {}, "Not before 3 working days (the day of the start being day 1) and within 10 working days, {0}."),
    ({"start_is_day": 1}, {"start_is_day": 1}, "Not before 3 and within 10 working days, {0}. That day itself is counted as day 1."),
    ({}, {}, "Not before 3 and within 10 working days, {0}."),
])  # fmt: skip
def test_a_window_of_two_first_days_says_each(wait: dict[str, Any], time: dict[str, Any], told: str) -> None:
    step = {"key": "meet", "title": "Meet", "start_events": ["notification_sent"], "source": SOURCE,
            "span": {"amount": 10, "unit": "working_days", **time}, "from_span": {"amount": 3, "unit": "working_days", **wait}}  # fmt: skip
    (thing,) = Timetable({"steps": [step]}).provides()
    assert text_of(thing, {}) == told.format(f"counted from the day when {EVENTS['notification_sent']}")


@pytest.mark.parametrize(("number", "told"), [(1, "One person carries it out."), (2, "2 people carry it out.")])
def test_how_many_people_a_form_of_scrutiny_is(number: int, told: str) -> None:
    form = {"key": "team", "title": "A team", "text": "It looks at cases.", "number": number, "source": SOURCE}
    (thing,) = Scrutiny({"forms": [form]}).provides()
    assert thing.sentence == f"It looks at cases. {told}"


@pytest.mark.parametrize(("months", "told"), [
    (1, "Which year it covers is not stated; it covers 1 month. "), (18, "Which year it covers is not stated; it covers 18 months. "),
    (12, "Which year it covers is not stated. "),
])  # fmt: skip
def test_a_report_year_that_is_not_stated_says_how_long_it_is(months: int, told: str) -> None:
    (thing,) = ReportYear({"months": months, "source": SOURCE}).provides()
    assert text_of(thing, {}).startswith(told)


def test_a_report_year_of_one_month_is_one_month() -> None:
    days = {"begins": {"day": 1, "month": 4}, "ends": {"day": 30, "month": 4}}
    (thing,) = ReportYear({"months": 1, "source": SOURCE, **days}).provides()
    assert text_of(thing, {}).startswith("From 1 April to 30 April, 1 month. ")


@pytest.mark.parametrize(("settings", "told"), [
    ({"clock": {"amount": 2, "unit": "working_days", "unit_from": "inferred"}, "clock_starts": ["aware"]},
     "To be done within 2 working days, counted from {0}. The source gives a number of days only and does not say that they are working days; "
     "they are read as working days."),
    ({"clock": {"amount": 1, "unit": "weeks", "unit_from": "inferred"}}, "To be done within 1 week. The source does not say the unit; it is read as weeks."),
    ({"clock": {"amount": 2, "unit": "weeks", "start_is_day": 1}, "clock_starts": ["aware"]},
     "To be done within 2 weeks, counted from {0}. That day itself is counted as day 1."),
    ({"clock": {"amount": 2, "unit": "weeks"}}, "To be done within 2 weeks."),
    ({"clock_starts": ["aware"]}, "No time is set for it; one would be counted from {0}."),
    ({"clock_starts": ["aware"], "timescale": "About three months."}, "About three months. Its time is counted from {0}."),
])  # fmt: skip
def test_the_time_of_a_kind_of_review_is_told_in_whole_sentences(settings: dict[str, Any], told: str) -> None:
    (thing,) = ReviewTypes(
        {"types": [{"key": "local", "title": "Local", "national": True, "text": "By phone.", "source": SOURCE, **settings}]}
    ).provides()
    sent = "It is sent to the national Panel. "
    assert sent in f"{text_of(thing, {})} "
    assert f"{text_of(thing, {})} ".replace(sent, "").strip() == f"By phone. {told.format('the day when ' + EVENTS['aware'])}"


@pytest.mark.parametrize(("begins", "ends", "months", "told"), [
    ((1, 4), (31, 3), 12, ""), ((1, 10), (30, 9), 12, ""), ((1, 4), (30, 6), 3, ""), ((1, 4), (30, 6), 15, ""), ((1, 3), (28, 2), 12, ""),
    ((1, 4), (30, 6), 12, "From 1 April to 30 June are not 12 months."), ((1, 4), (1, 4), 12, "From 1 April to 1 April are not 12 months."),
    ((1, 4), (30, 6), 1, r"From 1 April to 30 June are not 1 month\."),
])  # fmt: skip
def test_a_report_year_has_as_many_months_as_its_days_say(
    begins: tuple[int, int], ends: tuple[int, int], months: int, told: str
) -> None:
    first, last = ({"day": day, "month": month} for day, month in (begins, ends))
    settings = {"begins": first, "ends": last, "months": months, "source": SOURCE}
    ReportYear(settings)  # what is on record is read as it is
    with written_now():
        if not told:
            ReportYear(settings)
            return
        with pytest.raises(ThreefoldError, match=told):
            ReportYear(settings)
