"""Every local rule meets the bar, and keeps what the contract asks of local rules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.decision_making import DecisionMaking
from plugins.escalation_ladder import EscalationLadder
from plugins.local_criteria import LocalCriteria
from plugins.narrative import Narrative
from plugins.publication_and_retention import PublicationAndRetention
from plugins.referral_routes import ReferralRoutes
from plugins.relevant_agencies import RelevantAgencies
from plugins.report_year import ReportYear
from plugins.resourcing import Resourcing
from plugins.review_types import ReviewTypes
from plugins.scrutiny import Scrutiny
from plugins.timetable import Timetable
from threefold.domain.calendar import england_and_wales
from threefold.domain.errors import PackError
from threefold.plugin_api import Days, Rule
from threefold.plugin_api.facts import read_facts

RULES: tuple[type[Rule], ...] = (
    DecisionMaking, EscalationLadder, LocalCriteria, Narrative, PublicationAndRetention, ReferralRoutes, RelevantAgencies, ReportYear,
    Resourcing, ReviewTypes, Scrutiny, Timetable,
)  # fmt: skip
LAW = england_and_wales()
DAYS = Days(LAW, LAW)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.card.id)
def test_the_rule_is_sound(rule: type[Rule], prove_rule: Callable[[type[Rule]], object]) -> None:
    prove_rule(rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.card.id)
def test_a_local_rule_is_local_and_told_in_plain_words(rule: type[Rule]) -> None:
    assert rule.card.layer == "local"
    assert "In plain words:" in (sys.modules[rule.__module__].__doc__ or "")
    assert "Source:" in (rule.__doc__ or "")


@pytest.mark.parametrize("rule", [r for r in RULES if r is not ReportYear], ids=lambda r: r.card.id)
def test_a_rule_without_settings_brings_nothing(rule: type[Rule]) -> None:
    assert list(rule({}).provides()) == []


@pytest.mark.parametrize(
    ("rule", "settings", "where"),
    [
        (Timetable, {"stepps": []}, "rules.timetable.stepps"),
        (Timetable, {"steps": [{"key": "a", "title": "A", "dya": 3}]}, "steps.0.dya"),
        (Timetable, {"steps": [{"key": "a", "title": "A", "start_events": ["brefing"]}]}, "start_events"),
        (Timetable, {"steps": [{"key": "a", "title": "A", "day": 1}, {"key": "a", "title": "B", "day": 2}]}, "steps"),
        (Timetable, {"steps": [{"key": "a", "title": "A", "from_day": 4, "day": 2}]}, "from_day"),
        (Timetable, {"steps": [{"key": "a", "title": "A", "day": 1, "span": {"amount": 2, "unit": "hours"}}]}, "span"),
        (DecisionMaking, {"ways": [{"question": "lunch"}]}, "question"),
        (DecisionMaking, {"ways": [{"question": "notify"}, {"question": "notify"}]}, "ways"),
        (DecisionMaking, {"ways": [{"question": "notify", "group": "none"}]}, "ways"),
        (LocalCriteria, {"criteria": [{"key": "a", "title": "A", "effect": "forbids"}]}, "effect"),
        (
            LocalCriteria,
            {"criteria": [{"key": "a", "title": "A", "when": {"is": {"fact": "incident.moon", "value": "yes"}}}]},
            "when",
        ),
        (PublicationAndRetention, {"texts": [{"key": "a", "title": "A", "limit": "publish.available_months"}]}, "amount"),
        (ReportYear, {"begins": {"day": 31, "month": 2}, "ends": {"day": 1, "month": 3}}, "begins"),
    ],
)
def test_a_mistake_in_the_settings_is_refused_by_name(rule: type[Rule], settings: dict[str, object], where: str) -> None:
    with pytest.raises(PackError) as caught:
        rule(settings)
    assert where in (caught.value.field or "")


PLAN = {
    "start_events": ["notification_copied", "briefing_received"], "unit": "working_days", "start_is_day": 1,
    "steps": [{"key": "huddle", "title": "Huddle", "day": 14}],
}  # fmt: skip
SOME_DAY = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@given(SOME_DAY, st.integers(0, 60))
def test_a_later_copy_never_restarts_a_plan(first: date, later: int) -> None:
    rule = Timetable(PLAN)
    one = read_facts({"review": {"events": [{"name": "briefing_received", "at": first.isoformat()}]}})
    two = read_facts({"review": {"events": [
        {"name": "notification_copied", "at": (first + timedelta(days=later)).isoformat()}, {"name": "briefing_received", "at": first.isoformat()}]}})  # fmt: skip
    (a,), (b,) = list(rule.steps(one, DAYS)), list(rule.steps(two, DAYS))
    assert (a.due_on, a.starts_on) == (b.due_on, b.starts_on)


@given(SOME_DAY, st.lists(st.integers(1, 25), max_size=5))
def test_an_area_s_closures_move_its_own_steps_later_only(first: date, closed: list[int]) -> None:
    rule = Timetable(PLAN)
    facts = read_facts({"review": {"events": [{"name": "briefing_received", "at": first.isoformat()}]}})
    local = LAW.without(first + timedelta(days=d) for d in closed)
    (plain,), (moved,) = list(rule.steps(facts, DAYS)), list(rule.steps(facts, Days(LAW, local)))
    assert plain.due_on is not None
    assert moved.due_on is not None
    assert moved.due_on >= plain.due_on
    assert moved.statutory is False


def test_a_step_done_is_done() -> None:
    rule = Timetable(PLAN, use="plan")
    facts = read_facts(
        {
            "review": {
                "events": [{"name": "briefing_received", "at": "2026-03-30"}, {"name": "done:plan.huddle", "at": "2026-04-17"}]
            }
        }
    )
    (step,) = rule.steps(facts, DAYS)
    assert (step.ends_with, step.done_on) == ("done:plan.huddle", date(2026, 4, 17))


def test_a_chained_step_starts_when_the_one_before_is_done() -> None:
    chained = {
        "key": "next",
        "title": "Next",
        "start_events": ["done:plan.huddle"],
        "span": {"amount": 2, "unit": "working_days"},
    }
    rule = Timetable({**PLAN, "steps": [*PLAN["steps"], chained]}, use="plan")  # type: ignore[misc]
    facts = read_facts(
        {
            "review": {
                "events": [{"name": "briefing_received", "at": "2026-03-30"}, {"name": "done:plan.huddle", "at": "2026-04-17"}]
            }
        }
    )
    assert [s.due_on for s in rule.steps(facts, DAYS)] == [date(2026, 4, 20), date(2026, 4, 21)]
