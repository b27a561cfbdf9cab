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
from threefold.governance.drafts import AGREED
from threefold.plugin_api import AGREED_HERE, Days, Rule
from threefold.plugin_api.facts import read_facts
from threefold.plugin_api.rule import UnknownSetting, settings_not_taken

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
        (Timetable, {"steps": [{"key": "a", "title": "A", "dya": 3}]}, "steps.a.dya"),
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


@pytest.mark.parametrize(
    ("rule", "settings", "where"),
    [
        (Timetable, {"start_is_day": 1, "steps": [{"key": "a", "title": "A", "day": 0}]}, "rules.x.steps.a.day"),
        (DecisionMaking, {"groups": [{"key": "a", "title": "A", "quorum": {"count": 2}}]}, "rules.x.groups.a.quorum.among"),
        (DecisionMaking, {"groups": [{"key": "a", "title": "A", "quorum": {"count": 2, "among": ["b", "b"]}}]}, "rules.x.groups.a.quorum.count"),
        (ReviewTypes, {"types": [{"key": "a", "title": "A", "timescale": "Soon.", "clock": {"amount": 2, "unit": "weeks"}}]}, "rules.x.types.a.timescale"),
        (ReviewTypes, {"types": [{"key": "a", "title": "\u200b"}]}, "rules.x.types.a.title"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_draft_and_read_where_it_is_on_record(
    rule: type[Rule], settings: dict[str, object], where: str
) -> None:
    assert [e.field for e in settings_not_taken(rule, settings, "rules.x")] == [where]
    assert list(rule(settings).provides())  # a version that was in force with it says what it said


def test_a_setting_there_is_not_is_named_with_its_place_before_all_other_mistakes() -> None:
    steps = [{"key": "huddle", "title": "", "day": 1}, {"key": "panel", "title": "Panel", "dya": 14}]
    with pytest.raises(UnknownSetting) as caught:
        Timetable({"steps": steps}, use="plan")
    assert caught.value.field == "rules.plan.steps.panel.dya"
    assert caught.value.sentence == "There is no setting “dya” in steps.panel; check its spelling."
    with pytest.raises(UnknownSetting, match="There is no setting “stepps” here"):
        Timetable({"stepps": []})


@pytest.mark.parametrize(("given", "told"), [
    ({"title": "Report", "published": "yes", "limit": "publish.available_months", "amount": 6},
     "Report. It is published. It stays available for 6 months."),
    ({"title": "Copy to the Panel", "limit": "publish.advance_copy_working_days", "amount": 3}, "Copy to the Panel. The Panel gets a copy 3 working days ahead."),
    ({"title": "Report", "text": "It stays for a month.", "published": "yes", "limit": "publish.available_months", "amount": 1, "after": "on request."},
     "It stays for a month. It is published. It stays available for 1 month. Then: on request."),
    ({"title": "Report", "text": "It is not published as a rule; 12 copies are kept.", "published": "usually", "limit": "publish.available_months", "amount": 12},
     "It is not published as a rule; 12 copies are kept. It is usually published. It stays available for 12 months."),
    ({"title": "Full reports stay for 12 months", "limit": "publish.available_months", "amount": 12},
     "Full reports stay for 12 months. It stays available for 12 months."),
    ({"title": "Other reviews are usually not published", "published": "usually_not"},
     "Other reviews are usually not published. It is usually not published."),
    ({"title": "Report", "published": "no", "when": {"is": {"fact": "review.law_change_issue", "value": "yes"}}},
     "Report. It is not published. Only when "),
])  # fmt: skip
def test_what_is_published_is_told_from_its_settings_where_nobody_wrote_it(given: dict[str, object], told: str) -> None:
    (text,) = PublicationAndRetention({"texts": [{"key": "a", **given}]}).provides()
    assert text.sentence.startswith(told)
    assert "when" in given or text.sentence == told


def test_a_step_the_partners_agreed_themselves_has_no_unit_inferred_from_a_page() -> None:
    assert AGREED["ref"] == AGREED_HERE
    plan = {"unit": "working_days", "unit_from": "inferred"}
    page, own = ({"key": "a", "title": "A", "day": 3, "source": {"ref": ref}} for ref in ("A page", AGREED_HERE))
    told = [next(iter(Timetable({**plan, "steps": [step]}).provides())).sentence for step in (page, own)]
    assert ["unit inferred" in sentence for sentence in told] == [True, False]


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


def test_what_comes_only_after_a_step_that_a_case_does_not_have_is_not_waited_for() -> None:
    def after(key: str, *events: str) -> dict[str, object]:
        return {"key": key, "title": key.title(), "start_events": list(events), "span": {"amount": 2, "unit": "working_days"}}

    urgent = {"is": {"fact": "incident.urgent", "value": "yes"}}
    steps = [
        after("third", "done:plan.second"), after("second", "done:plan.first"), {**after("first", "briefing_received"), "when": urgent},
        after("either", "done:plan.first", "notification_sent"),
    ]  # fmt: skip
    rule = Timetable({**PLAN, "steps": steps}, use="plan")  # type: ignore[misc]

    def keys(urgent: str, *done: str) -> list[str]:
        events = [{"name": name, "at": "2026-03-30"} for name in ("briefing_received", *done)]
        return [s.key for s in rule.steps(read_facts({"incident": {"urgent": urgent}, "review": {"events": events}}), DAYS)]

    assert keys("yes") == keys("unclear") == ["third", "second", "first", "either"]
    assert keys("no") == ["either"], "something else may start it"
    assert keys("no", "done:plan.first") == ["third", "second", "either"], "what has begun goes on, whatever is answered later"


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


@pytest.mark.parametrize(("given", "told"), [
    ({"amount": 25, "starts": "birth"}, "Every closed case: kept for 25 years from the birth of the youngest child in the case."),
    ({"amount": 1, "unit": "years", "cases": "published"}, "Cases whose report was published: kept for 1 year from the day the case was closed."),
    ({"amount": 6, "unit": "months", "text": "As agreed."}, "As agreed. Every closed case: kept for 6 months from the day the case was closed."),
    ({"amount": 2, "cases": "requests", "starts": "answered"},
     "Requests for one’s own records: kept for 2 years from the day the request was answered or refused."),
    ({"amount": 1, "cases": "received", "starts": "notified"}, "Cases received from areas: kept for 1 year from the day the notification was sent."),
])  # fmt: skip
def test_how_long_records_are_kept_is_told_from_its_settings_and_has_no_default(given: dict[str, object], told: str) -> None:
    (kept,) = PublicationAndRetention({"kept": [{"key": "a", "title": "A", **given}]}).provides()
    assert (kept.kind, kept.sentence) == ("retention", told)
    assert list(PublicationAndRetention({}).provides()) == []


@pytest.mark.parametrize(("given", "field", "told"), [
    ({"cases": "requests"}, "starts", "counted from the day they were answered"),
    ({"cases": "requests", "starts": "birth"}, "starts", "counted from the day they were answered"),
    ({"starts": "answered"}, "starts", "Only requests"),
    ({"cases": "published", "starts": "answered"}, "starts", "Only requests"),
    ({"cases": "requests", "starts": "answered", "confirms": "a-seat"}, "confirms", "go by themselves"),
])  # fmt: skip
def test_requests_are_counted_from_their_answer_and_nobody_confirms_it(given: dict[str, object], field: str, told: str) -> None:
    with pytest.raises(PackError) as error:
        PublicationAndRetention({"kept": [{"key": "a", "title": "A", "amount": 2, **given}]})
    assert error.value.field.endswith(field) and told in error.value.sentence


@pytest.mark.parametrize("starts", ["birth", "death", "published"])
def test_received_cases_are_counted_from_what_is_known_of_them(starts: str) -> None:
    with pytest.raises(PackError) as error:
        PublicationAndRetention({"kept": [{"key": "a", "title": "A", "amount": 2, "cases": "received", "starts": starts}]})
    assert error.value.field.endswith("starts") and "closed here, or the notification was sent" in error.value.sentence


def test_who_decides_is_told_as_it_is_set_whatever_was_written_of_it_once() -> None:
    way = {
        "question": "sign_rapid_review",
        "text": "All three partners sign every rapid review.",
        "signs": ["council-lead"],
        "how": "group_decides",
    }
    (told,) = DecisionMaking({"ways": [way]}).provides()
    assert told.sentence == "All three partners sign every rapid review. Signed by council lead. The group decides."


@pytest.mark.parametrize(
    ("about", "says"), [("notify", True), ("rapid-review", False), ("local-review", False), ("local-type", False)]
)
def test_a_criterion_that_narrows_says_so_of_the_national_test_only_where_it_is_about_that(about: str, says: bool) -> None:
    (told,) = LocalCriteria({"criteria": [{"key": "a", "title": "A", "effect": "narrows", "about": about}]}).provides()
    assert ("narrows the national test" in told.sentence) is says
    assert ("With it, fewer cases count for what it is about than without it." in told.sentence) is not says
