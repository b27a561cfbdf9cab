"""A condition put together part by part: what a person does on screen, on any condition there can be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.governance import wording
from threefold.governance.wording import NoSuchPart
from threefold.plugin_api.conditions import ConditionError, read_condition

URGENT = wording.comparison("incident.urgent", "is", "yes")
MEDIA = wording.comparison("incident.media_interest", "is", "yes")
DIED = wording.comparison("incident.children[].died", "is", "yes")
AGE = wording.comparison("incident.children[].age_years", "at_least", 25)
LEAVER = wording.comparison("incident.children[].care_leaver", "is", "yes")


def test_a_real_area_s_condition_is_worded_part_by_part() -> None:
    """A care leaver's death under 25, where learning is likely: three levels, with a turn."""
    learning = wording.comparison("incident.learning_likely", "is", "yes")
    tree = wording.added(None, (), learning)
    tree = wording.added(tree, (), DIED, "any_child")
    tree = wording.added(tree, (1,), LEAVER)
    assert tree == {"all": [learning, {"any_child": {"all": [DIED, LEAVER]}}]}
    assert [p.words for p in wording.parts(tree)][3:5] == ["All of these hold", "'Has the child died?' is yes"]
    tree = wording.added(tree, (1, 0), AGE)
    tree = wording.turned(tree, (1, 0, 2), "not")
    assert tree == {"all": [learning, {"any_child": {"all": [DIED, LEAVER, {"not": AGE}]}}]}
    shown = [(p.way, p.group, p.words) for p in wording.parts(tree)]
    assert shown[0] == ((), "all", "All of these hold")
    assert shown[2] == ((1,), "any_child", "For at least one child")
    assert shown[-1] == ((1, 0, 2, 0), "", "'Age in completed years when it happened' is at least 25")
    assert wording.without(tree, (1, 0, 2, 0)) == {"all": [learning, {"any_child": {"all": [DIED, LEAVER]}}]}
    assert wording.without(wording.without(tree, (1,)) or {}, (0,)) is None


def test_a_comparison_about_a_child_is_put_in_a_group_just_where_it_is_in_none() -> None:
    alone = wording.added(None, (), DIED)
    assert alone == {"any_child": DIED}
    assert wording.compared(alone) == ("incident.children[].died", "is", "yes")
    both = wording.added(alone, (), URGENT)
    assert both == {"all": [{"any_child": DIED}, URGENT]}
    assert wording.changed(both, (1,), AGE) == {"all": [{"any_child": DIED}, {"any_child": AGE}]}
    within = wording.turned(both, (), "any_child")
    assert within == {"any_child": {"all": [DIED, URGENT]}}
    assert wording.turned(within, (), "out") == both
    # One child of whom both hold is not the same as two children of whom one holds each.
    assert wording.added(within, (), LEAVER) == {"any_child": {"all": [DIED, URGENT, LEAVER]}}


def test_groups_turn_and_are_taken_away() -> None:
    tree = wording.added(wording.added(None, (), URGENT), (), MEDIA)
    assert wording.turned(tree, (), "any") == {"any": [URGENT, MEDIA]}
    assert wording.turned(wording.turned(tree, (), "not"), (), "out") == tree
    denied = wording.turned(tree, (0,), "not")
    assert denied == {"all": [{"not": URGENT}, MEDIA]}
    assert wording.turned(denied, (0, 0), "not") == tree, "the opposite of the opposite"
    nested = wording.added(tree, (), LEAVER, "any")
    assert nested["all"][2] == {"any": [{"any_child": LEAVER}]}
    assert wording.turned(nested, (2,), "out")["all"][2] == {"any_child": LEAVER}


def test_what_is_not_there_or_too_deep_is_refused() -> None:
    with pytest.raises(NoSuchPart):
        wording.part_at(URGENT, (0,))
    with pytest.raises(NoSuchPart):
        wording.turned(URGENT, (), "sideways")
    deep: dict[str, Any] = URGENT
    for _ in range(7):
        deep = wording.turned(deep, (), "not")
    with pytest.raises(ConditionError, match="8 levels deep"):
        wording.turned(deep, (), "not")
    with pytest.raises(ConditionError, match="not an answer"):
        wording.added(None, (), wording.comparison("incident.urgent", "is", "perhaps"))


LEAVES = st.sampled_from((URGENT, MEDIA, DIED, AGE, LEAVER))
ACTS = st.tuples(
    st.sampled_from(("add", "group", "change", "remove", "all", "any", "not", "any_child", "out")),
    st.integers(0, 30),
    LEAVES,
    st.sampled_from(("all", "any", "not", "any_child")),
)


@given(st.lists(ACTS, max_size=25))
def test_whatever_a_person_does_the_condition_can_be_read(acts: list[tuple[str, int, Any, Any]]) -> None:
    tree: dict[str, Any] | None = None
    for do, where, leaf, group in acts:
        shown = wording.parts(tree)
        way = shown[where % len(shown)].way if shown else ()
        try:
            if tree is None or do in ("add", "group"):
                tree = wording.added(tree, way, leaf, group if do == "group" else "")
            elif do == "change":
                tree = wording.changed(tree, way, leaf)
            elif do == "remove":
                tree = wording.without(tree, way)
            else:
                tree = wording.turned(tree, way, do)
        except (ConditionError, NoSuchPart):
            continue  # refused with a sentence; the condition is as it was
        if tree is not None:
            assert read_condition(tree).sentence
            assert all(part.words for part in wording.parts(tree))
            assert [wording.part_at(tree, p.way) for p in wording.parts(tree)]
