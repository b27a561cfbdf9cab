"""Rows RR-1 to RR-9: when a rapid review arises, its clock in each edition, its aims, and what bars sending it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.statutory_rapid_review import StatutoryRapidReview
from tests.plugins.statutory.editions import ASKED, DEAD, HARMED, LAW, case, duty, judged, rule, step
from threefold.domain.findings import Step
from threefold.governance.verdict import effect, step_of

RR = StatutoryRapidReview


def on_time(facts: Any, as_of: date = ASKED) -> tuple[str, Step]:
    """The one statutory step of the rapid review, and the edition it was judged under."""
    found = [ln for ln in judged(facts, as_of).of("steps") if ln.finding.key == "rapid-review"]
    assert len(found) == 1
    return found[0].pin.edition, step_of(found[0])


def sent(*days: str) -> list[tuple[str, str]]:
    return [("notification_sent", day) for day in days]


# The hand-checked dates and the walk-throughs


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-12-20", date(2025, 1, 15)),
        ("2025-04-04", date(2025, 4, 29)),
        ("2026-04-08", date(2026, 4, 29)),
        ("2026-05-01", date(2026, 5, 26)),
        ("2026-01-20", date(2026, 2, 10)),
    ],
)
def test_fifteen_working_days_from_sending(day: str, expected: date) -> None:
    _, found = on_time(case(DEAD, events=sent(day)))
    assert found.due_on == expected


def test_half_past_midnight_in_summer_counts_as_that_day() -> None:
    _, found = on_time(case(DEAD, events=sent("2026-03-31T00:30:00+01:00")))
    assert (found.starts_on, found.due_on) == (date(2026, 3, 31), date(2026, 4, 23))


def test_the_sentence_names_both_days() -> None:
    _, found = on_time(case(DEAD, events=sent("2026-04-08")))
    assert found.sentence == (
        "Send the rapid review to the Panel by 29 April 2026: 15 working days from 8 April 2026, "
        "the day the notification was sent to the Panel."
    )


def test_several_notifications_make_one_review_from_the_earliest() -> None:
    _, found = on_time(case(DEAD, events=sent("2026-05-08", "2026-05-01")))
    assert found.due_on == date(2026, 5, 26)


# What started the clock, edition by edition (section 12a)


@pytest.mark.parametrize(
    ("day", "edition", "start", "sure"),
    [
        ("2019-05-10", "wt-2018", "aware", "K"),
        ("2019-12-31", "wt-2018", "aware", "K"),
        ("2020-01-01", "wt-2018", "notification_sent", "K"),
        ("2021-04-06", "wt-2018", "notification_sent", "K"),
        ("2023-12-15", "wt-2023", "notification_sent", "K"),
        ("2025-05-30", "wt-2023", "notification_sent", "K"),
        ("2025-06-01", "wt-2023", "notification_sent", "V2"),
        ("2026-05-01", "wt-2023", "notification_sent", "V2"),
    ],
)
def test_what_starts_the_clock_is_dated_and_marked(day: str, edition: str, start: str, sure: str) -> None:
    aware = date.fromisoformat(day).replace(day=1).isoformat()
    under, found = on_time(case(DEAD, events=[("aware", aware), *sent(day)]))
    assert under == edition
    assert (found.start_event, found.source.sure) == (start, sure)
    assert found.starts_on == date.fromisoformat(aware if start == "aware" else day)


def test_where_awareness_started_it_and_is_not_on_record_there_is_no_date() -> None:
    found = step(case(DEAD, events=sent("2019-05-10")), "rapid-review", RR, "wt-2018")
    assert found is not None
    assert (found.start_event, found.starts_on, found.due_on) == ("aware", None, None)


def test_nothing_runs_before_the_notification() -> None:
    _, found = on_time(case(DEAD, events=[("aware", "2026-03-30")]))
    assert (found.starts_on, found.due_on) == (None, None)


@given(st.dates(date(2018, 7, 2), date(2026, 5, 1)))
def test_each_notification_has_one_clock_under_the_edition_of_its_own_start(day: date) -> None:
    edition, found = on_time(case(DEAD, events=[("aware", day.isoformat()), *sent(day.isoformat())]))
    assert edition == ("wt-2018" if day < date(2023, 12, 15) else "wt-2023")
    assert found.starts_on == day


def test_an_edition_of_unknown_beginning_is_named_and_not_applied() -> None:
    verdict = judged(case(DEAD, events=sent("2026-05-01")))
    assert {pin.edition for pin in verdict.pins} == {"wt-2023"}
    assert any("Working Together 2026" in note for note in verdict.notes)


# When it arises


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], "no"),
        (sent("2026-05-01"), "yes"),
        ([*sent("2026-05-01"), ("criteria_not_met", "2026-05-05")], "no"),
        ([*sent("2026-05-01"), ("notification_withdrawn", "2026-05-05")], "no"),
        ([*sent("2026-05-01"), ("notification_withdrawn", "2026-05-05"), *sent("2026-05-11")], "yes"),
        ([*sent("2026-05-01"), ("notification_withdrawn", "2026-05-05"), *sent("2026-05-05")], "yes"),
    ],
)
def test_it_arises_while_a_notification_stands(events: Any, expected: str) -> None:
    facts = case(DEAD, events=events)
    found, send = duty(facts, "rapid-review", RR), duty(facts, "send-to-panel", RR)
    assert found is not None and send is not None
    assert (found.arises, send.arises) == (expected, expected)


def test_the_way_out_is_named() -> None:
    found = duty(case(DEAD, events=[*sent("2026-05-01"), ("criteria_not_met", "2026-05-05")]), "rapid-review", RR)
    assert found is not None
    assert found.sentence == "The notification was found not to have met the criteria: no rapid review is needed."


def test_taken_back_there_is_no_clock_and_notified_again_there_is_a_new_one() -> None:
    back = [*sent("2026-05-01"), ("notification_withdrawn", "2026-05-05")]
    assert step(case(DEAD, events=back), "rapid-review", RR) is None
    _, again = on_time(case(DEAD, events=[*back, *sent("2026-05-11")]))
    assert (again.starts_on, again.due_on) == (date(2026, 5, 11), date(2026, 6, 2))


@pytest.mark.parametrize("status", ["looked_after", "care_leaver"])
def test_case_2_a_form_for_the_secretary_of_state_alone_makes_no_rapid_review_certain(status: str) -> None:
    child = {"died": "yes", "abuse_or_neglect": "no", status: "yes"}
    assert duty(case(child), "rapid-review", RR).arises == "no"  # type: ignore[union-attr]
    sent_anyway = case(child, events=sent("2026-05-01"))
    found, clock = duty(sent_anyway, "rapid-review", RR), step(sent_anyway, "rapid-review", RR)
    assert found is not None and clock is not None
    assert found.arises == "unclear"
    assert "criteria were not met" in found.sentence
    assert clock.due_on == date(2026, 5, 26)  # while it is unclear the date stands
    suspected = case({**child, "abuse_or_neglect": "unclear"}, events=sent("2026-05-01"))
    assert duty(suspected, "rapid-review", RR).arises == "yes"  # type: ignore[union-attr]


def test_case_3_the_notifying_area_leads_and_home_collaborates() -> None:
    facts = case({**HARMED, "lives_in": "E99000001"}, happened_in="E99000002", events=sent("2026-05-01"))
    found = duty(facts, "rapid-review", RR)
    assert found is not None
    assert found.who == "The partners of the area that notified (E99000002)"
    told = [t for t in rule(RR).to_tell(facts, "notification_sent") if t.key == "home-area"]
    assert [t.whom for t in told] == ["The area where the child normally lives (E99000001)"]
    at_home = case({**HARMED, "lives_in": "E99000002"}, happened_in="E99000002", events=sent("2026-05-01"))
    assert list(rule(RR).to_tell(at_home, "notification_sent")) == []


def test_case_4_abroad_the_area_that_notified_is_not_the_one_where_it_happened() -> None:
    facts = case({**HARMED, "lives_in": "E99000001"}, happened_in="W99000001", events=sent("2026-05-01"))
    found = duty(facts, "rapid-review", RR)
    assert found is not None
    assert found.who == "The partners of the area that notified"


# Aims, outcomes, agencies


@pytest.mark.parametrize(
    ("day", "edition", "aims"),
    [
        ("2022-05-03", "wt-2018", {"facts", "safety", "improvement", "next_steps"}),
        ("2025-05-31", "wt-2023", {"facts", "safety", "improvement", "next_steps"}),
        ("2025-06-01", "wt-2023", {"facts_in_detail", "safety", "improvement", "inequalities", "next_steps"}),
        ("2026-05-01", "wt-2026", {"facts_in_detail", "safety", "improvement", "inequalities", "next_steps"}),
    ],
)
def test_four_aims_and_since_june_2025_five(day: str, edition: str, aims: set[str]) -> None:
    found = list(rule(RR, edition).criteria(case(DEAD, events=sent(day))))
    assert {c.key for c in found} == {f"aim-{aim}" for aim in aims}
    assert {(c.state, c.judgement) for c in found} == {("to_be_considered", True)}


def test_the_newer_aim_is_marked_as_inferred() -> None:
    found = {c.key: c.source.sure for c in rule(RR).criteria(case(DEAD, events=sent("2026-05-01")))}
    assert found["aim-inequalities"] == "inferred"


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        ({"law_change_issue": "yes", "national_issues": "no"}, "yes"),
        ({"law_change_issue": "no", "national_issues": "yes"}, "yes"),
        ({"law_change_issue": "no", "national_issues": "no"}, "no"),
        ({"law_change_issue": "no"}, "unclear"),
        ({"law_change_issue": "unclear", "national_issues": "no"}, "unclear"),
        ({}, "unclear"),
    ],
)
def test_case_11_a_need_for_a_change_in_law_is_enough_for_the_national_way(review: dict[str, str], expected: str) -> None:
    found = {o.key: o.is_open for o in rule(RR).outcomes(case(review=review))}
    assert found["national-review-suggested"] == expected
    assert found["rapid-review"] == "no"


def test_a_local_review_stays_the_partners_own_judgement() -> None:
    found = {o.key: o.is_open for o in rule(RR).outcomes(case(DEAD, events=sent("2026-05-01")))}
    assert found == {
        "rapid-review": "yes",
        "local-review": "yes",
        "no-further-review": "yes",
        "national-review-suggested": "unclear",
    }


def test_education_is_asked_once_notified() -> None:
    assert [a.key for a in rule(RR).agencies(case(DEAD, events=sent("2026-05-01")))] == ["education"]
    assert list(rule(RR).agencies(case(DEAD))) == []


# Sending


@pytest.mark.parametrize(
    ("events", "key", "what"),
    [
        ([], "no-notification", "refused"),
        ([*sent("2026-05-01"), ("notification_withdrawn", "2026-05-05")], "notification-withdrawn", "refused"),
        ([*sent("2026-05-01"), ("criteria_not_met", "2026-05-05")], "criteria-not-met", "warned"),
    ],
)
def test_sending_without_a_notification_is_refused_and_without_need_is_warned(events: Any, key: str, what: str) -> None:
    lines, _ = LAW.objections((), case(DEAD, events=events), ASKED, "send_rapid_review")
    assert [(ln.finding.key, effect(ln), ln.finding.source.ref[:4]) for ln in lines] == [(key, what, "RR-1")]


def test_nothing_speaks_against_sending_once_notified_or_against_other_moves() -> None:
    for events in (sent("2026-05-01"), [*sent("2026-05-01"), ("notification_withdrawn", "2026-05-05"), *sent("2026-05-06")]):
        assert list(rule(RR).objections(case(DEAD, events=events), "send_rapid_review")) == []
    assert list(rule(RR).objections(case(DEAD), "start_rapid_review")) == []


def test_the_expected_content_is_told_with_its_source_to_confirm() -> None:
    told = [p for p in rule(RR).provides() if p.kind == "narrative"]
    assert len(told) == 11
    assert {(p.source.force, p.source.sure) for p in told} == {("PG", "K")}
