"""Rows L-1 to L-15: factors as matters considered, the clocks, publication, and the partners' own decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugins.statutory_practice_review import StatutoryPracticeReview
from tests.plugins.statutory.editions import DEAD, LAW, case, duty, judged, rule, step
from threefold.domain.sources import effect_of
from threefold.governance.verdict import effect, step_of
from threefold.plugin_api import ArrangementView, Provided, RuleProvides, Source

LR = StatutoryPracticeReview
FACTORS = {"improvements_needed", "recurrent_themes", "working_together", "panel_suggests_local"}


def test_the_factors_of_regulation_11_are_considered_and_never_met() -> None:
    review = {
        "considered": [
            {"factor": "working_together", "view": "does_not_apply", "reason": "One agency only.", "by": "police-lead"}
        ]
    }
    found = {c.key: c for c in rule(LR).criteria(case(DEAD, review=review)) if c.source.force == "REG"}
    assert set(found) == FACTORS
    assert all(c.judgement for c in found.values())
    told = found["working_together"]
    assert (told.state, told.view, told.reason) == ("considered", "does_not_apply", "One agency only.")
    assert {c.state for k, c in found.items() if k != "working_together"} == {"to_be_considered"}


@pytest.mark.parametrize("answer", ["yes", "no", "unclear"])
def test_a_circumstance_on_record_is_a_hint_and_stays_a_judgement(answer: str) -> None:
    facts = case(DEAD, single_agency_concern=answer)
    found = {c.key: c for c in rule(LR).criteria(facts)}["circumstance-single_agency_concern"]
    assert (found.state, found.judgement) == ("to_be_considered", True)
    assert found.sentence.endswith(f"On record: {answer}.")


def test_a_hint_the_partners_considered_shows_their_view() -> None:
    review = {"considered": [{"factor": "institutional_setting", "view": "applies"}]}
    found = {c.key: c for c in rule(LR).criteria(case(DEAD, review=review))}["circumstance-institutional_setting"]
    assert (found.state, found.view) == ("considered", "applies")


# Clocks


@pytest.mark.parametrize(
    ("decided", "expected"),
    [("2025-08-31", date(2026, 2, 28)), ("2023-08-31", date(2024, 2, 29)), ("2026-01-05", date(2026, 7, 5))],
)
def test_six_months_from_the_decision(decided: str, expected: date) -> None:
    found = step(case(DEAD, events=[("local_review_decided", decided)]), "local-review", LR)
    assert found is not None
    assert found.due_on == expected


def test_seven_working_days_before_publication() -> None:
    found = step(case(DEAD, events=[("publication_planned", "2026-01-07")]), "advance-copy", LR)
    assert found is not None
    assert found.due_on == date(2025, 12, 24)


def test_the_advance_copy_is_due_while_publication_still_lies_ahead() -> None:
    verdict = judged(
        case(DEAD, events=[("local_review_decided", "2026-01-05"), ("publication_planned", "2026-06-24")]), date(2026, 6, 1)
    )
    found = [step_of(ln) for ln in verdict.of("steps") if ln.finding.key == "advance-copy"]
    assert [s.due_on for s in found] == [date(2026, 6, 15)]


def test_a_plan_put_on_record_later_is_not_looked_at_before() -> None:
    review = {"events": [{"name": "publication_planned", "at": "2026-06-24", "given_on": "2026-05-20"}]}
    for as_of, known in ((date(2026, 5, 19), False), (date(2026, 5, 20), True)):
        steps = judged(case(DEAD, review=review), as_of).of("steps")
        assert any(ln.finding.key == "advance-copy" for ln in steps) == known


def test_a_day_planned_anew_replaces_the_one_before_and_publication_itself_replaces_both() -> None:
    planned = [("publication_planned", "2026-03-04"), ("publication_planned", "2026-03-25")]
    again = step(case(DEAD, events=planned), "advance-copy", LR)
    assert again is not None
    assert (again.starts_on, again.due_on) == (date(2026, 3, 25), date(2026, 3, 16))
    out = step(case(DEAD, events=[*planned, ("published", "2026-04-01")]), "advance-copy", LR)
    assert out is not None
    assert (out.start_event, out.due_on) == ("published", date(2026, 3, 23))


def test_a_published_report_stays_available_for_a_year() -> None:
    found = step(case(DEAD, events=[("published", "2025-02-03")]), "available", LR)
    assert found is not None
    assert found.due_on == date(2026, 2, 3)


def test_the_limits_of_publication() -> None:
    assert {lim.key: lim.value for lim in rule(LR).limits()} == {
        "publish.available_months": 12, "publish.advance_copy_working_days": 7}  # fmt: skip


def test_other_proceedings_are_told_and_lengthen_nothing() -> None:
    events = [("local_review_decided", "2026-01-05")]
    plain = step(case(DEAD, events=events), "local-review", LR)
    delayed = case(DEAD, events=events, review={"proceedings_delay": "yes"})
    told = duty(delayed, "tell-of-delay", LR)
    assert told is not None
    assert told.arises == "yes"
    assert step(delayed, "local-review", LR) == plain
    unclear = duty(case(DEAD, events=events, review={"proceedings_delay": "unclear"}), "tell-of-delay", LR)
    assert unclear is not None
    assert unclear.arises == "unclear"


def test_nothing_runs_without_a_decision_or_after_one_not_to_review() -> None:
    assert step(case(DEAD), "local-review", LR) is None
    declined = [("local_review_decided", "2026-01-05"), ("local_review_declined", "2026-02-02")]
    assert step(case(DEAD, events=declined), "local-review", LR) is None
    assert duty(case(DEAD, events=declined), "publish", LR) is None
    again = step(case(DEAD, events=[*declined, ("local_review_decided", "2026-03-02")]), "local-review", LR)
    assert again is not None
    assert again.due_on == date(2026, 9, 2)


# The Panel disagrees (case 8)

DECLINED = [("notification_sent", "2026-05-01"), ("local_review_declined", "2026-05-20"), ("panel_replied", "2026-05-28")]


def test_case_8_the_partners_decide_again_and_the_decision_stays_theirs() -> None:
    found = duty(case(DEAD, events=DECLINED, review={"panel_view": "disagree"}), "decide-again", LR)
    assert found is not None
    assert (found.arises, found.who, found.starts_on) == ("yes", "The safeguarding partners", date(2026, 5, 28))
    way = rule(LR).decision("local_review")
    assert (way.decides, way.acts) == (("safeguarding partners",), "safeguarding partners")


@pytest.mark.parametrize("again", [("local_review_declined", "2026-06-05"), ("local_review_decided", "2026-05-28")])
def test_case_8_either_decision_settles_it(again: tuple[str, str]) -> None:
    found = duty(case(DEAD, events=[*DECLINED, again], review={"panel_view": "disagree"}), "decide-again", LR)
    assert found is not None
    assert found.arises == "no"


@pytest.mark.parametrize("view", ["agree", "query"])
def test_case_8_only_when_the_panel_disagrees(view: str) -> None:
    assert duty(case(DEAD, events=DECLINED, review={"panel_view": view}), "decide-again", LR) is None


# Publication (case 12)


def test_case_12_improvements_only_with_the_reason_and_the_clocks_still_run() -> None:
    events = [("local_review_decided", "2026-01-05"), ("publication_planned", "2026-05-20"), ("published", "2026-05-20")]
    review = {"publication_appropriate": "no", "publication_reason": "A sibling would be known.", "sibling_identifiable": "yes"}
    facts = case(DEAD, events=events, review=review)
    publish = duty(facts, "publish", LR)
    assert publish is not None
    assert publish.sentence.startswith("Publish at least the improvements")
    assert "identify a surviving brother or sister" in publish.sentence
    found = {s.key: s.due_on for s in rule(LR).steps(facts, LAW.rule_set(None, LAW.editions[0]).days)}
    assert found == {"local-review": date(2026, 7, 5), "advance-copy": date(2026, 5, 11), "available": date(2027, 5, 20)}
    assert list(rule(LR).objections(facts, "publish")) == []


@pytest.mark.parametrize(
    ("review", "objected"),
    [
        ({"publication_appropriate": "no"}, True),
        ({"publication_appropriate": "no", "publication_reason": "  "}, True),
        ({"publication_appropriate": "yes"}, False),
        ({"publication_appropriate": "unclear"}, False),
        ({}, False),
    ],
)
def test_not_publishing_in_full_needs_a_reason(review: dict[str, Any], objected: bool) -> None:
    lines, _ = LAW.objections((), case(DEAD, review=review), date(2026, 6, 1), "publish")
    assert [effect(ln) for ln in lines] == (["refused"] if objected else [])


@pytest.mark.parametrize(("amount", "expected"), [(12, set()), (36, set()), (6, {"needs_reason", "refused"})])
def test_a_local_limit_looser_than_the_law_s_is_told(amount: int, expected: set[str]) -> None:
    """L-13: a published report stays available for at least a year."""
    page = Source("A page", "LOCAL", "V")
    kept = Provided(
        "publication", "report", "The report", "Kept.", page, (("limit", "publish.available_months"), ("amount", amount))
    )
    for entered in ("signed", "adopted"):
        view = ArrangementView(
            "example", "next", entered, None, (), (), (), (RuleProvides("kept", "publication-and-retention@1", (kept,)),)
        )
        found = list(rule(LR).floor(view))
        assert bool(found) == bool(expected)
        assert all(o.field == "rules.kept.texts.report.amount" and o.warns == (entered == "adopted") for o in found)
        assert {effect_of(o.force) for o in found} <= expected
