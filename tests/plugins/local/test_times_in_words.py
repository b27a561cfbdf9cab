"""How times are said: in sentences that a member of the public can read aloud."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from plugins.report_year import ReportYear
from plugins.review_types import ReviewTypes
from plugins.scrutiny import Scrutiny
from plugins.timetable import Timetable
from tests.plugins.statutory.editions import DAYS
from threefold.domain.errors import ThreefoldError
from threefold.governance.plain import text_of
from threefold.plugin_api import EVENTS
from threefold.plugin_api.facts import read_facts
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


def of_a_step(span: dict[str, Any], wait: dict[str, Any] | None = None) -> Timetable:
    step = {"key": "meet", "title": "Meet", "start_events": ["aware"], "source": SOURCE, "span": span}
    return Timetable({"steps": [step | ({"from_span": wait} if wait else {})]}, use="plan")


def test_a_time_of_none_of_which_the_day_itself_is_day_1_is_refused_in_drafts() -> None:
    none = {"amount": 0, "unit": "calendar_days", "start_is_day": 1}
    of_a_step(none)  # what was signed is read as it was
    with written_now():
        for given in ((none,), ({"amount": 3, "unit": "calendar_days"}, none)):
            with pytest.raises(ThreefoldError, match="own day is counted as day 1"):
                of_a_step(*given)
        of_a_step({**none, "amount": 1})
        of_a_step({**none, "start_is_day": 0})


@pytest.mark.parametrize(("wait", "time", "fits"), [
    ((5, "working_days", 0), (6, "calendar_days", 0), False), ((5, "working_days", 0), (7, "calendar_days", 0), True),
    ((5, "working_days", 1), (4, "working_days", 0), True), ((4, "working_days", 0), (4, "working_days", 1), False),
    ((4, "working_days", 0), (4, "calendar_days", 0), True), ((1, "weeks", 0), (7, "calendar_days", 1), False),
    ((2, "weeks", 1), (1, "weeks", 0), False), ((1, "weeks", 1), (6, "calendar_days", 0), True),
    ((24, "hours", 0), (1, "calendar_days", 0), True), ((10, "working_days", 0), (2, "weeks", 0), True),
    ((10, "working_days", 0), (2, "weeks", 1), False), ((3, "not_stated", 0), (2, "working_days", 0), True),
])  # fmt: skip
def test_a_step_that_from_no_working_day_can_begin_within_its_time_is_refused_in_drafts(
    wait: tuple[int, str, int], time: tuple[int, str, int], fits: bool
) -> None:
    first, last = (dict(zip(("amount", "unit", "start_is_day"), one, strict=True)) for one in (wait, time))
    of_a_step(last, first)
    with written_now(), nullcontext() if fits else pytest.raises(ThreefoldError, match="cannot begin after its own time"):
        of_a_step(last, first)


@pytest.mark.parametrize(("wait", "time", "told"), [
    ({"amount": 2, "unit": "working_days"}, {"amount": 5, "unit": "working_days"},
     "Local target: between 10 March 2027 and 15 March 2027 (5 working days, {0})."),
    ({"amount": 24, "unit": "hours"}, {"amount": 5, "unit": "working_days"},
     "Local target: between 09:00 on 9 March 2027 and 15 March 2027 (5 working days, {0})."),
    ({"amount": 2, "unit": "hours"}, {"amount": 6, "unit": "hours"},
     "Local target: between 11:00 on 8 March 2027 and 15:00 on 8 March 2027 (6 hours, {0})."),
    ({"amount": 3, "unit": "not_stated"}, {"amount": 5, "unit": "working_days"},
     "Local target: by 15 March 2027 (5 working days, {0}). Not before 3 days (unit not stated)."),
    ({"amount": 3, "unit": "not_stated"}, {"amount": 5, "unit": "not_stated"},
     "Local target: 5 days (unit not stated), {0}. The source does not state the unit: it would be 13 March 2027 if calendar days; "
     "15 March 2027 if working days. Not before 3 days (unit not stated)."),
    ({"amount": 2, "unit": "working_days"}, {"amount": 5, "unit": "not_stated"},
     "Local target: 5 days (unit not stated), {0}. The source does not state the unit: it would be 13 March 2027 if calendar days; "
     "15 March 2027 if working days. Not before 10 March 2027."),
])  # fmt: skip
def test_a_case_says_before_when_a_step_is_not_to_begin(wait: dict[str, Any], time: dict[str, Any], told: str) -> None:
    aware = {"name": "aware", "at": "2027-03-08T09:00:00+00:00"}
    (step,) = of_a_step(time, wait).steps(read_facts({"review": {"events": [aware]}}), DAYS)
    assert step.sentence == told.format(f"from 8 March 2027, the day {EVENTS['aware']}")
