"""Quorum: organisations are counted; substitutes and the chair's discretion are recorded; unknown attendance is unclear."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.decision_making import DecisionMaking, Quorum, quorum_met
from threefold.governance.pack import load_library

THREE = Quorum(needed=("council", "health", "police"))
QUALITY = Quorum(needed=("council", "health", "police"), substitutes=(("health", "trust"),), may_vary=True)
SIX = tuple(f"district-{n}" for n in range(1, 7))
DISTRICTS = Quorum(count=4, among=SIX, may_vary=True)


def test_all_three_there() -> None:
    assert quorum_met(THREE, ["police", "council", "health", "fire"]).met == "yes"


def test_two_of_three_is_no_quorum_and_says_who_is_missing() -> None:
    answer = quorum_met(THREE, ["council", "police"])
    assert (answer.met, answer.missing) == ("no", ("health",))
    assert "Missing: health." in answer.sentence


def test_a_substitute_counts_and_is_named() -> None:
    answer = quorum_met(QUALITY, ["council", "police", "trust"])
    assert (answer.met, answer.stood_in) == ("yes", (("health", "trust"),))
    assert "trust stood in for health." in answer.sentence


def test_a_substitute_does_not_count_where_none_is_allowed() -> None:
    assert quorum_met(THREE, ["council", "police", "trust"]).met == "no"


@pytest.mark.parametrize(("there", "met"), [(3, "no"), (4, "yes"), (6, "yes")])
def test_four_of_six(there: int, met: str) -> None:
    assert quorum_met(DISTRICTS, SIX[:there]).met == met


def test_unknown_attendance_is_unclear_and_never_no() -> None:
    assert quorum_met(THREE, ["council", "police"], not_known=["health"]).met == "unclear"
    assert quorum_met(DISTRICTS, SIX[:3], not_known=SIX[3:4]).met == "unclear"
    assert quorum_met(DISTRICTS, SIX[:2], not_known=SIX[3:4]).met == "no"


def test_the_chair_s_discretion_is_per_item_with_a_reason() -> None:
    answer = quorum_met(
        QUALITY, ["council", "police"], ["audit", "reviews"], discretion={"audit": "Nothing in it is about health."}
    )
    assert answer.met == "no"
    assert answer.items == (
        ("audit", "yes", "The chair let it go ahead: Nothing in it is about health."),
        ("reviews", "no", "There was no quorum, and no reason of the chair is recorded."),
    )


def test_where_the_terms_give_no_discretion_a_reason_changes_nothing() -> None:
    answer = quorum_met(THREE, ["council", "police"], ["audit"], discretion={"audit": "It is short."})
    assert answer.items == (("audit", "no", "The terms of this group give its chair no discretion over the quorum."),)


def test_published_terms_of_reference_as_they_stand() -> None:
    library = load_library(Path(__file__).parents[3] / "tenants")
    (version,) = library.bodies["gloucestershire"].versions
    (use,) = [u for u in version.uses if u.rule == "decision-making"]
    rule = DecisionMaking(use.settings)

    def met(group: str, *present: str) -> str:
        answer = rule.quorum_of(group, present)
        assert answer is not None
        return answer.met

    assert met("executive", "council", "health", "police") == "yes"
    assert met("executive", "council", "health-trust", "police") == "no"
    assert met("quality", "council", "health-trust", "police") == "yes"
    assert met("districts", "district-1", "district-2", "district-3", "district-6") == "yes"
    assert met("districts", "district-1", "district-2", "district-3") == "no"
    assert rule.quorum_of("mash", ["council"]) is None


def test_a_quorum_whose_terms_do_not_say_what_it_is_is_unclear_whoever_was_there() -> None:
    for there in ([], SIX):
        answer = quorum_met(Quorum(), there)
        assert answer.met == "unclear"
        assert "do not say" in answer.sentence
