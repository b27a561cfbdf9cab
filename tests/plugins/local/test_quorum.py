"""Quorum: organisations are counted; substitutes and the chair's discretion are recorded; unknown attendance is unclear."""

from __future__ import annotations

import pytest

from plugins.decision_making import DecisionMaking, Terms, quorate
from tests.support.tenants import read_tenants
from threefold.plugin_api import Meeting, Quorate

THREE = Terms(needed=("council", "health", "police"))
QUALITY = Terms(needed=("council", "health", "police"), substitutes=(("health", "trust"),), may_vary=True)
SIX = tuple(f"district-{n}" for n in range(1, 7))
DISTRICTS = Terms(count=4, among=SIX, may_vary=True)
FOR_HEALTH = (("health", "trust"),)


def asked(terms: Terms, *present: str, **more: tuple[object, ...]) -> Quorate:
    return quorate(terms, Meeting("group", present, **more))  # type: ignore[arg-type]


def test_all_three_there() -> None:
    assert asked(THREE, "police", "council", "health", "fire").state == "met"


def test_two_of_three_is_no_quorum_and_says_who_is_missing_by_name() -> None:
    answer = asked(THREE, "council", "police", names=(("health", "Vale Health"),))
    assert (answer.state, answer.missing) == ("not_met", ("health",))
    assert "Missing: Vale Health." in answer.sentence


def test_a_substitute_counts_and_is_named() -> None:
    answer = asked(QUALITY, "council", "police", stood_in=FOR_HEALTH)
    assert (answer.state, answer.stood_in) == ("met", FOR_HEALTH)
    assert "trust stood in for health." in answer.sentence


def test_a_substitute_that_came_and_did_not_stand_in_counts_for_nobody() -> None:
    assert asked(QUALITY, "council", "police", "trust").state == "not_met"


def test_a_substitute_does_not_count_where_none_is_allowed() -> None:
    assert asked(THREE, "council", "police", stood_in=FOR_HEALTH).state == "not_met"


def test_an_organisation_in_the_room_is_counted_once_whomever_else_it_stands_in_for() -> None:
    two = Terms(
        count=2,
        among=("council", "police", "health"),
        substitutes=(("health", "police"), ("council", "police"), ("health", "trust")),
    )
    assert asked(two, "police", stood_in=(("health", "police"),)).state == "not_met"
    assert asked(two, stood_in=(("health", "police"), ("council", "police"))).state == "not_met"
    assert asked(two, "police", stood_in=(("health", "trust"),)).state == "met"
    assert asked(two, "police", stood_in=(("health", "police"),), not_known=("council",)).state == "unclear"


@pytest.mark.parametrize(("there", "state"), [(3, "not_met"), (4, "met"), (6, "met")])
def test_four_of_six(there: int, state: str) -> None:
    assert asked(DISTRICTS, *SIX[:there]).state == state


def test_how_many_more_were_needed_is_said_of_one_and_of_several() -> None:
    assert asked(DISTRICTS, *SIX[:3]).sentence.startswith("There was no quorum. 1 more of district-1, ")
    assert " was needed." in asked(DISTRICTS, *SIX[:3]).sentence
    assert "2 more of " in asked(DISTRICTS, *SIX[:2]).sentence and " were needed." in asked(DISTRICTS, *SIX[:2]).sentence


def test_unknown_attendance_is_unclear_and_never_no() -> None:
    unclear = asked(THREE, "council", "police", not_known=("health",))
    assert (unclear.state, unclear.missing) == ("unclear", ())
    assert "Not recorded: health." in unclear.sentence
    assert asked(DISTRICTS, *SIX[:3], not_known=SIX[3:4]).state == "unclear"
    assert asked(DISTRICTS, *SIX[:2], not_known=SIX[3:4]).state == "not_met"


def test_the_chair_s_discretion_is_per_item() -> None:
    answer = asked(QUALITY, "council", "police", agenda=("audit", "reviews"), let_ahead=("audit",))
    assert (answer.state, answer.chair_may) == ("not_met", ("vary",))
    assert answer.items == (
        ("audit", "yes", "The chair let it go ahead; the reason is recorded."),
        ("reviews", "no", "There was no quorum, and no reason of the chair is recorded."),
    )


def test_where_the_terms_give_no_discretion_a_reason_changes_nothing() -> None:
    answer = asked(THREE, "council", "police", agenda=("audit",), let_ahead=("audit",))
    assert answer.items == (("audit", "no", "The terms of this group give its chair no discretion over the quorum."),)
    assert answer.chair_may == ()


def test_published_terms_of_reference_as_they_stand() -> None:
    library = read_tenants()
    (version,) = library.bodies["gloucestershire"].versions
    (use,) = [u for u in version.uses if u.rule == "decision-making"]
    rule = DecisionMaking(use.settings)

    def state(group: str, *present: str, **more: tuple[object, ...]) -> str:
        (answer,) = rule.quorum(Meeting(group, present, **more))  # type: ignore[arg-type]
        assert answer.source.where.startswith("https://")
        return answer.state

    assert state("executive", "council", "health", "police") == "met"
    assert state("executive", "council", "police", stood_in=(("health", "health-trust"),)) == "not_met"
    assert state("quality", "council", "police", stood_in=(("health", "health-trust"),)) == "met"
    assert state("districts", "district-1", "district-2", "district-3", "district-6") == "met"
    assert state("districts", "district-1", "district-2", "district-3") == "not_met"
    assert list(rule.quorum(Meeting("mash", ("council",)))) == []


def test_a_quorum_whose_terms_do_not_say_what_it_is_is_unclear_whoever_was_there() -> None:
    for there in ((), SIX):
        answer = asked(Terms(), *there)
        assert answer.state == "unclear"
        assert "do not say" in answer.sentence
