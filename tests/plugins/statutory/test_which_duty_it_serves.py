"""Which duty of the law something serves: the floor goes by what is said of it, and asks where nobody said."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.publication_and_retention import PublicationAndRetention
from plugins.review_types import ReviewTypes
from plugins.statutory_arrangements import StatutoryArrangements
from plugins.statutory_practice_review import StatutoryPracticeReview
from tests.plugins.statutory.editions import rule
from tests.plugins.statutory.test_arrangements import THREE, leads, view
from tests.plugins.statutory.test_later_than_the_law import days, plan
from threefold.domain.findings import Provided
from threefold.domain.sources import effect_of
from threefold.plugin_api import Objection
from threefold.plugin_api.arrangement import ArrangementView, Seat

SOURCE = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
SEVEN_MONTHS = {"span": {"amount": 7, "unit": "calendar_months"}}
DECIDED = {"start_events": ["local_review_decided"]}


def objections(made: ArrangementView) -> list[Objection]:
    found = [*rule(StatutoryArrangements).floor(made, made.begins), *rule(StatutoryPracticeReview).floor(made)]
    return [o for o in found if not o.key.startswith("content/")]


def found(*provided: Provided, **told: Any) -> dict[str, str]:
    seats = (*leads(*THREE), Seat("scrutineer", "Scrutineer", "scrutineer"))
    made = view(*THREE, seats=seats, provided=provided, **told)
    return {o.key: "refused" if o.bars else "warned" if o.warns else effect_of(o.force) for o in objections(made)}


def of_step(**told: Any) -> dict[str, str]:
    return found(*plan({"key": "s", "title": "Closing talk", **told}))


def of_kind(**told: Any) -> dict[str, str]:
    return found(*ReviewTypes({"types": [{"key": "k", "title": "Booklet", "source": SOURCE, **told}]}).provides())


def of_text(**told: Any) -> dict[str, str]:
    return found(*PublicationAndRetention({"texts": [{"key": "t", "source": SOURCE, **told}]}).provides())


@pytest.mark.parametrize(("told", "expected"), [
    ({"serves": "rapid-review", "start_events": ["notification_sent"], **days(20)}, {"longer/plan/s": "refused"}),
    ({"serves": "rapid-review", "start_events": ["notification_sent"], **days(15)}, {}),
    ({"serves": "notify-panel", "start_events": ["aware"], **days(6)}, {"longer/plan/s": "refused"}),
    ({"serves": "tell-partners", "start_events": ["aware"], **days(6)}, {"longer/plan/s": "refused"}),
    ({"serves": "local-review", **DECIDED, **SEVEN_MONTHS}, {"later-review/plan/s": "needs_reason"}),
    ({"serves": "local-review", **DECIDED, **days(120)}, {}),
    ({"serves": "yearly-report", "start_events": ["yearly_report_period_ended"], **days(400)}, {"yearly-report-step/plan/s": "refused"}),
    ({"serves": "yearly-report-copy", "start_events": ["yearly_report_published"], **days(30)}, {"yearly-report-copy/plan/s": "needs_reason"}),
    ({"serves": "advance-copy", "start_events": ["published"], **days(1)}, {"sent-too-late/plan/s": "needs_reason"}),
])  # fmt: skip
def test_a_step_of_any_name_is_held_to_the_duty_that_it_is_said_to_serve(
    told: dict[str, Any], expected: dict[str, str]
) -> None:
    assert of_step(**told) == expected


LATE: list[tuple[dict[str, Any], str]] = [
    ({"start_events": ["notification_sent"], **days(20)}, "unsaid/plan"),
    ({"start_events": ["aware"], **days(6)}, "unsaid/plan"),
    ({**DECIDED, **SEVEN_MONTHS}, "unsaid-review/plan/s"),
    ({"start_events": ["yearly_report_period_ended"], **days(400)}, "unsaid/plan"),
    ({"start_events": ["yearly_report_published"], **days(30)}, "unsaid/plan"),
]


@pytest.mark.parametrize(("told", "asked"), LATE)
def test_of_what_would_be_too_late_it_is_asked_which_duty_it_serves_until_somebody_says_none(
    told: dict[str, Any], asked: str
) -> None:
    assert of_step(**told) == {asked: "warned"}
    assert of_step(**told, serves="none") == of_step(**told, serves="the family") == {}
    assert found(*plan({"key": "s", "title": "Closing talk", **told}), entered="adopted") == {}, "a page was never asked"


@pytest.mark.parametrize("told", [
    {"start_events": ["notification_sent"], **days(15)}, {"start_events": ["briefing_received"], **days(60)}, {"start_events": ["aware"]},
    {"start_events": ["rapid_review_sent"], **days(60)}, {**DECIDED, **days(100)}, {"start_events": ["aware"], **days(20), "ends_with": "rapid_review_started"},
])  # fmt: skip
def test_of_what_is_in_time_or_no_duty_s_nothing_is_asked(told: dict[str, Any]) -> None:
    assert of_step(**told) == {}


def test_one_message_names_every_step_of_a_plan_that_is_asked_about_and_leads_to_the_first() -> None:
    late = {"start_events": ["notification_sent"], **days(20)}
    steps = plan({"key": "a", "title": "One", **late}, {"key": "b", "title": "Two", **late, **days(30)})
    (asked,) = objections(view(*THREE, seats=(*leads(*THREE), Seat("s", "Scrutineer", "scrutineer")), provided=steps))
    assert asked.sentence == (
        "Nobody has said which duty of the law these serve: “One” (20 working days; as the rapid review too late) and “Two” (30 working "
        "days; as the rapid review too late). Answer “Which duty of the law does it serve?” of each, with “None of these” where it "
        "serves none."
    )
    assert asked.field == "rules.plan.steps.a"


def test_of_what_follows_a_step_that_serves_the_duty_nothing_is_asked() -> None:
    first = {"key": "a", "title": "Sent", "start_events": ["notification_sent"], **days(15)}
    then = {"key": "b", "title": "Plan of action", "start_events": ["done:timetable.a"], **days(20)}
    assert found(*plan({**first, "serves": "rapid-review"}, then)) == {}
    assert found(*plan({**first, "serves": "none"}, then)) == {"unsaid/plan": "warned"}


def test_what_is_called_the_rapid_review_and_too_late_is_refused_whatever_it_is_said_to_serve() -> None:
    late = {"start_events": ["notification_sent"], **days(20)}
    assert of_step(**late, title="Rapid review completed", serves="none") == {"named/plan/s": "refused"}
    assert of_step(**late, title="Rapid review notes are filed", serves="none") == {}, "its name is not asked about again"
    assert of_step(**late, title="Rapid review notes are filed") == {"named/plan/s": "warned"}


def test_a_chain_of_steps_is_held_to_the_time_of_a_local_review_as_a_whole() -> None:
    def chained(first: int, then: int) -> dict[str, str]:
        months = [{"span": {"amount": n, "unit": "calendar_months"}} for n in (first, then)]
        return found(*plan(
            {"key": "a", "title": "Draft", "serves": "none", **DECIDED, **months[0]},
            {"key": "b", "title": "Book", "serves": "local-review", "start_events": ["done:timetable.a"], **months[1]},
        ))  # fmt: skip

    assert chained(3, 3) == {}
    assert chained(4, 3) == {"later-review/plan/b": "needs_reason"}


def test_a_kind_of_review_is_held_to_the_review_that_it_is_said_to_be() -> None:
    clock = {"clock": SEVEN_MONTHS["span"], "clock_starts": ["local_review_decided"]}
    assert of_kind(**clock, serves="local-review") == {"later-review/plan/k": "needs_reason"}
    assert of_kind(**clock) == {"unsaid-review/plan/k": "warned"}
    assert of_kind(**clock, serves="none") == {}
    rapid = {"clock": {"amount": 20, "unit": "working_days"}, "clock_starts": ["notification_sent"]}
    assert of_kind(**rapid, serves="rapid-review") == {"longer/plan/k": "refused"}
    assert of_kind(**rapid) == {"unsaid/plan": "warned"}


def test_a_kind_of_text_is_held_to_the_report_that_it_is_said_to_be() -> None:
    assert of_text(title="Learning booklet", serves="local-review", published="no") == {"unpublished/plan/t": "refused"}
    assert of_text(title="Learning booklet", serves="local-review", published="usually_not") == {"unpublished/plan/t": "warned"}
    assert of_text(title="LCSPR report", serves="none", published="no") == {}
    assert of_text(title="A year in numbers", serves="yearly-report", published="no") == {
        "yearly-report-unpublished/plan/t": "refused"
    }
    assert of_text(title="Annual report", serves="none", published="no") == {}
    briefly = {"limit": "publish.available_months", "amount": 2, "published": "yes"}
    assert of_text(title="Newsletter", serves="local-review", **briefly) == {"looser/plan/t": "needs_reason"}
    assert of_text(title="Booklet", serves="none", **briefly) == {}


def test_the_notification_is_the_authority_s_under_any_name() -> None:
    told = {"start_events": ["aware"], **days(3), "who": "force-lead"}
    assert of_step(**told, serves="notify-panel") == {"who-notifies/plan/s": "refused"}
    assert of_step(**told, serves="none", title="Notify the Panel") == {}
