"""Rows N-1 to N-3 and N-6 to N-8, and the definitions, a test a line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.statutory_notification import StatutoryNotification
from tests.plugins.statutory.editions import DAYS, DEAD, HARMED, case, duty, judged, rule, step
from threefold.plugin_api.rule import Days

PANEL = "notify-panel"


def arises(*children: dict[str, Any], **incident: Any) -> str:
    found = duty(case(*children, **incident), PANEL)
    assert found is not None
    return found.arises


# The test of section 16C


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (DEAD, "yes"),
        (HARMED, "yes"),
        ({**HARMED, "recovered": "yes"}, "yes"),
        ({"abuse_or_neglect": "no", "died": "yes"}, "no"),
        ({"abuse_or_neglect": "yes", "died": "no", "seriously_harmed": "no"}, "no"),
        ({"abuse_or_neglect": "unclear", "died": "yes"}, "unclear"),
        ({"died": "yes"}, "unclear"),
        ({"abuse_or_neglect": "yes", "died": "no"}, "unclear"),
        ({"abuse_or_neglect": "yes", "seriously_harmed": "no"}, "unclear"),
        ({"abuse_or_neglect": "yes", "died": "unclear", "seriously_harmed": "yes"}, "yes"),
        ({"abuse_or_neglect": "no", "died": "unclear"}, "no"),
        ({}, "unclear"),
    ],
)
def test_both_limbs_three_valued(child: dict[str, Any], expected: str) -> None:
    assert arises(child) == expected


def test_with_no_child_on_record_it_is_unclear() -> None:
    found = duty(case(), PANEL)
    assert found is not None
    assert (found.arises, found.sentence) == ("unclear", "No child is on record yet.")


def test_an_unclear_limb_is_named() -> None:
    found = duty(case({"died": "yes", "abuse_or_neglect": "unclear"}), PANEL)
    assert found is not None
    assert found.sentence == "Not clear yet: whether abuse or neglect of child-1 is known or suspected."
    assert found.forms is None
    assert found.starts_on is None


def test_one_child_is_enough_and_the_other_stays_open() -> None:
    found = duty(case(HARMED, {"died": "no", "abuse_or_neglect": "yes"}), PANEL)
    assert found is not None
    assert (found.arises, found.children) == ("yes", ("child-1",))
    assert "whether child-2 has died or been seriously harmed" in found.sentence


def test_a_death_in_a_regulated_setting_is_no_limb_of_the_national_test() -> None:
    assert arises({"died": "yes", "abuse_or_neglect": "no", "regulated_setting": "yes"}) == "no"


def test_suspected_suicide_alone_is_no_limb() -> None:
    assert arises({"died": "yes", "abuse_or_neglect": "no", "suspected_suicide": "yes"}) == "no"


# Who counts as a child


@pytest.mark.parametrize(("age", "expected"), [(0, "yes"), (17, "yes"), (18, "no"), (24, "no")])
def test_a_child_is_under_18(age: int, expected: str) -> None:
    found = duty(case({**DEAD, "age_years": age}), PANEL)
    assert found is not None
    assert found.arises == expected
    assert ("had reached 18" in found.sentence) == (expected == "no")


def test_a_care_leaver_of_unknown_age_leaves_it_unclear() -> None:
    assert arises({**DEAD, "care_leaver": "yes"}) == "unclear"
    assert arises({**DEAD, "care_leaver": "yes", "age_years": 17}) == "yes"


def test_an_unborn_child_alone_leaves_it_unclear_and_joins_the_notification_of_others() -> None:
    unborn = {**HARMED, "unborn": "yes"}
    alone = duty(case(unborn), PANEL)
    assert alone is not None
    assert alone.arises == "unclear"
    assert "a notification can include unborn children" in alone.sentence
    with_sibling = duty(case(HARMED, unborn), PANEL)
    assert with_sibling is not None
    assert (with_sibling.arises, with_sibling.children, with_sibling.forms) == ("yes", ("child-1", "child-2"), 1)


# Where: N-1 and N-2


@pytest.mark.parametrize(
    ("outside", "happened_in", "lives_in", "expected"),
    [
        (None, None, None, "yes"),  # recorded here: taken to be in England
        ("no", "E99000002", "E99000001", "yes"),
        ("no", None, "S99000001", "yes"),  # lives in Scotland, harmed in an English area
        ("yes", None, "E99000001", "yes"),
        ("yes", "W99000001", "E99000001", "yes"),
        (None, "W99000001", "E99000001", "yes"),
        ("yes", None, "S99000001", "no"),
        (None, "S99000001", "S99000001", "no"),
        ("yes", None, None, "unclear"),
        ("yes", None, "J99000001", "unclear"),
        ("unclear", None, None, "unclear"),
        ("unclear", None, "E99000001", "yes"),
        ("unclear", "E99000002", None, "yes"),
        ("no", "W99000001", None, "unclear"),  # the two answers disagree
    ],
)
def test_in_its_area_or_outside_england_for_a_resident(outside: Any, happened_in: Any, lives_in: Any, expected: str) -> None:
    assert arises({**HARMED, "lives_in": lives_in}, outside_england=outside, happened_in=happened_in) == expected


def test_case_3_the_authority_where_it_happened() -> None:
    found = duty(case({**HARMED, "lives_in": "E99000001"}, happened_in="E99000002"), PANEL)
    assert found is not None
    assert found.who == "The local authority where it happened (E99000002)"


@pytest.mark.parametrize("where", [{"outside_england": "yes"}, {"happened_in": "W99000001"}, {"happened_in": "S99000001"}])
def test_case_4_the_authority_of_residence(where: dict[str, str]) -> None:
    found = duty(case({**HARMED, "lives_in": "E99000001"}, **where), PANEL)
    assert found is not None
    assert found.who == "The local authority where the child normally lives (E99000001)"


# The clock


def test_the_clock_starts_when_both_limbs_are_known() -> None:
    baby = {"died": {"value": "yes", "known_on": "2026-03-02"}, "abuse_or_neglect": {"value": "yes", "known_on": "2026-04-20"}}
    found = step(case(baby, events=[("aware", "2026-03-02")]), PANEL)
    assert found is not None
    assert (found.starts_on, found.due_on) == (date(2026, 4, 20), date(2026, 4, 27))
    assert found.sentence == (
        "Notify the Panel by 27 April 2026: 5 working days from 20 April 2026, the day both limbs were known or suspected."
    )


def test_where_a_day_is_missing_awareness_stands_in() -> None:
    child = {"died": {"value": "yes", "known_on": "2026-03-02"}, "abuse_or_neglect": "yes"}
    found = step(case(child, events=[("aware", "2026-03-30")]), PANEL)
    assert found is not None
    assert (found.starts_on, found.due_on) == (date(2026, 3, 30), date(2026, 4, 8))


def test_harm_known_before_the_death_starts_it() -> None:
    child = {
        "abuse_or_neglect": {"value": "yes", "known_on": "2026-03-02"},
        "seriously_harmed": {"value": "yes", "known_on": "2026-03-03"},
        "died": {"value": "yes", "known_on": "2026-03-10"},
    }
    found = step(case(child), PANEL)
    assert found is not None
    assert found.starts_on == date(2026, 3, 3)


def test_the_earliest_child_starts_it() -> None:
    def known(day: str) -> dict[str, Any]:
        return {"died": {"value": "yes", "known_on": day}, "abuse_or_neglect": {"value": "yes", "known_on": day}}

    found = duty(case(known("2026-03-05"), known("2026-03-04")), PANEL)
    assert found is not None
    assert found.starts_on == date(2026, 3, 4)


def test_without_any_day_the_step_is_undated_and_says_so() -> None:
    found = step(case(DEAD), PANEL)
    assert found is not None
    assert (found.starts_on, found.due_on) == (None, None)
    assert "that day is not on record" in found.sentence


def test_no_step_where_there_is_no_duty() -> None:
    assert step(case({"died": "yes", "abuse_or_neglect": "no"}), PANEL) is None


def test_n3_the_partners_are_told_in_the_same_time() -> None:
    facts = case(DEAD, events=[("aware", "2026-03-30"), ("partners_told", "2026-03-31")])
    found, told = duty(facts, "tell-partners"), step(facts, "tell-partners")
    assert found is not None and told is not None
    assert (found.arises, found.source.force, found.source.sure) == ("yes", "SG", "V2")
    assert (told.due_on, told.ends_with, told.done_on) == (date(2026, 4, 8), "partners_told", date(2026, 3, 31))


# The hand-checked dates


@pytest.mark.parametrize(
    ("aware", "expected"),
    [("2025-04-17", date(2025, 4, 28)), ("2025-12-13", date(2025, 12, 19)), ("2026-03-30", date(2026, 4, 8))],
)
def test_five_working_days(aware: str, expected: date) -> None:
    found = step(case(DEAD, events=[("aware", aware)]), PANEL)
    assert found is not None
    assert found.due_on == expected


@given(st.dates(date(2018, 7, 2), date(2027, 6, 1)), st.sets(st.integers(0, 30), max_size=10))
def test_a_closure_of_the_area_never_moves_the_statutory_day(aware: date, closed: set[int]) -> None:
    facts = case(DEAD, events=[("aware", aware.isoformat())])
    shut = Days(DAYS.law, DAYS.law.without({aware + timedelta(days=n) for n in closed}))
    plain, closing = ([s.due_on for s in rule(StatutoryNotification).steps(facts, days)] for days in (DAYS, shut))
    assert plain == closing


# Criteria, telling, objections


def test_the_criteria_of_a_serious_case() -> None:
    found = {c.key: c.state for c in rule(StatutoryNotification).criteria(case({"died": "yes", "abuse_or_neglect": "unclear"}))}
    assert found == {
        "abuse-or-neglect/child-1": "unclear",
        "death-or-serious-harm/child-1": "met",
        "serious-child-safeguarding-case": "unclear",
    }


def test_a_serious_case_abroad_is_serious_though_nobody_here_must_notify() -> None:
    facts = case({**HARMED, "lives_in": "S99000001"}, outside_england="yes")
    found = {c.key: c.state for c in rule(StatutoryNotification).criteria(facts)}
    assert found["serious-child-safeguarding-case"] == "met"
    assert duty(facts, PANEL).arises == "no"  # type: ignore[union-attr]


def test_n6_n7_n8_are_told() -> None:
    law = rule(StatutoryNotification)
    assert {(e, t.key, t.source.ref[:3]) for e in ("incident", "aware", "notification_sent") for t in law.to_tell(e)} == {
        ("incident", "others", "N-7"),
        ("aware", "partners", "N-3"),
        ("aware", "agree-together", "N-8"),
        ("notification_sent", "ofsted", "N-6"),
    }


def test_deciding_against_a_clear_duty_goes_against_the_act_and_nothing_speaks_against_notifying() -> None:
    law = rule(StatutoryNotification)
    assert [o.source.force for o in law.objections(case(DEAD), "decide_not_to_notify")] == ["ACT"]
    assert list(law.objections(case({"died": "yes", "abuse_or_neglect": "unclear"}), "decide_not_to_notify")) == []
    assert list(law.objections(case({"died": "yes", "abuse_or_neglect": "no"}), "decide_not_to_notify")) == []
    assert list(law.objections(case(DEAD), "notify")) == []


# What must hold of any case

ANSWER = st.sampled_from(["yes", "no", "unclear", None])
CHILD = st.fixed_dictionaries({
    "abuse_or_neglect": ANSWER, "died": ANSWER, "seriously_harmed": ANSWER, "unborn": ANSWER, "care_leaver": ANSWER,
    "age_years": st.sampled_from([None, 0, 17, 18]), "lives_in": st.sampled_from([None, "E99000001", "S99000001", "J99000001"]),
    "family": st.sampled_from(["", "f"]),
})  # fmt: skip
PLACE = st.fixed_dictionaries({
    "outside_england": ANSWER, "happened_in": st.sampled_from([None, "E99000002", "W99000001"]), "large_exploitation": ANSWER,
})  # fmt: skip


@given(CHILD, PLACE)
def test_an_answer_given_later_never_contradicts_what_was_said_before(child: dict[str, Any], place: dict[str, Any]) -> None:
    """Yes and no are said only where no answer to an unclear question could turn them round."""
    state = arises(child, **place)
    for name in ("abuse_or_neglect", "died", "seriously_harmed"):
        if child[name] in ("unclear", None):
            reached = {arises({**child, name: then}, **place) for then in ("yes", "no")}
            assert state == "unclear" or reached == {state}


@given(st.lists(CHILD, min_size=1, max_size=4), PLACE, st.randoms())
def test_the_order_of_the_children_is_nothing(children: list[dict[str, Any]], place: dict[str, Any], chance: Any) -> None:
    keyed = [{"key": f"c{i}", **child} for i, child in enumerate(children)]
    shuffled = list(keyed)
    chance.shuffle(shuffled)
    one, other = duty(case(*keyed, **place), PANEL), duty(case(*shuffled, **place), PANEL)
    assert one is not None and other is not None
    assert (one.arises, one.forms, set(one.children), one.starts_on) == (
        other.arises,
        other.forms,
        set(other.children),
        other.starts_on,
    )


def test_recovery_changes_nothing_at_all() -> None:
    for told in ("yes", "no", "unclear"):
        assert judged(case({**HARMED, "recovered": told})).of("duties") == judged(case(HARMED)).of("duties")
