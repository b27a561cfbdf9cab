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


def test_a_group_is_put_into_one_of_the_other_kind_so_that_more_is_asked_beside_the_whole_of_it() -> None:
    either = {"any": [URGENT, MEDIA]}
    within = wording.turned(either, (), "within")
    assert [(part.way, part.group, part.single) for part in wording.parts(within)][:2] == [
        ((), "all", True),
        ((0,), "any", False),
    ]
    beside = wording.turned(wording.added(within, (), wording.comparison("incident.near_miss", "is", "yes")), (1,), "not")
    assert beside == {"all": [either, {"not": wording.comparison("incident.near_miss", "is", "yes")}]}
    assert wording.turned(within, (), "out") == either
    assert wording.turned({"all": [URGENT, MEDIA]}, (), "within") == {"any": [{"all": [URGENT, MEDIA]}]}
    with pytest.raises(NoSuchPart):
        wording.turned(URGENT, (), "within")


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


HARMED = wording.comparison("incident.children[].seriously_harmed", "is", "yes")
BABY = wording.comparison("incident.children[].age_years", "less_than", 1)
ONE_CHILD = {"any_child": {"all": [HARMED, BABY]}}


@pytest.mark.parametrize(("tree", "way", "beside", "made"), [
    ({"any_child": HARMED}, (), [()], ONE_CHILD),
    ({"all": [URGENT, {"any_child": HARMED}]}, (), [(1,)], {"all": [URGENT, ONE_CHILD]}),
    ({"all": [{"any_child": DIED}, URGENT, {"any_child": HARMED}]}, (), [(0,), (2,)], {"all": [{"any_child": DIED}, URGENT, ONE_CHILD]}),
    ({"all": [{"any_child": {"any": [DIED, HARMED]}}]}, (), [(0,)], {"all": [{"any_child": {"all": [{"any": [DIED, HARMED]}, BABY]}}]}),
    ({"all": [{"any_child": {"all": [DIED, HARMED]}}]}, (), [(0,)], {"all": [{"any_child": {"all": [DIED, HARMED, BABY]}}]}),
    ({"not": {"any_child": HARMED}}, (), [(0,)], {"not": ONE_CHILD}),
    ({"not": {"all": [URGENT, {"any_child": HARMED}]}}, (), [(0, 1)], {"not": {"all": [URGENT, ONE_CHILD]}}),
    ({"all": [URGENT, {"not": {"any_child": HARMED}}]}, (1,), [(1, 0)], {"all": [URGENT, {"not": ONE_CHILD}]}),
    ({"any": [URGENT, {"any_child": HARMED}]}, (), [], None),  # one is enough, of whichever child
    ({"any_child": {"all": [HARMED]}}, (), [], None),  # it is about that child anyway
    ({"any_child": {"all": [HARMED]}}, (0,), [], None),
    ({"any_child": {"not": HARMED}}, (), [], None),
    ({"all": [URGENT, {"not": {"any_child": HARMED}}]}, (), [], None),  # of no child
    (URGENT, (), [], None),
    (None, (), [], None),
    (URGENT, (3,), [], None),
])  # fmt: skip
def test_what_is_added_may_be_about_the_child_of_a_part_beside_which_it_must_hold(
    tree: Any, way: wording.Way, beside: list[wording.Way], made: Any
) -> None:
    assert list(wording.children_beside(tree, way)) == beside
    if beside:
        assert wording.added_of_same_child(tree, beside[-1], BABY) == made
        for group, of_it in (("all", BABY), ("any_child", BABY), ("any", {"any": [BABY]})):
            grouped = wording.added_of_same_child(tree, beside[-1], BABY, group)  # type: ignore[arg-type]
            assert str(of_it) in str(grouped) and str(grouped).count("any_child") == str(made).count("any_child")
    else:
        with pytest.raises(NoSuchPart):
            wording.added_of_same_child({"all": [URGENT]}, (0,), BABY)


@pytest.mark.parametrize(("tree", "two", "turned"), [
    ({"all": [{"any_child": HARMED}, {"any_child": BABY}]}, True, ONE_CHILD),
    ({"all": [{"any_child": HARMED}, URGENT, {"any_child": BABY}]}, True, {"all": [ONE_CHILD, URGENT]}),
    ({"all": [{"any_child": HARMED}, {"all": [URGENT, {"any_child": BABY}]}]}, True, None),
    ({"all": [{"any_child": HARMED}, {"any": [URGENT, {"any_child": BABY}]}]}, True, None),
    ({"any": [URGENT, {"all": [{"any_child": HARMED}, {"any_child": BABY}]}]}, True, None),
    ({"all": [{"any_child": HARMED}, {"not": {"any_child": BABY}}]}, False, None),
    ({"any": [{"any_child": HARMED}, {"any_child": BABY}]}, False, None),
    ({"all": [{"any_child": HARMED}, URGENT]}, False, None),
    (ONE_CHILD, False, None),
])  # fmt: skip
def test_a_condition_that_two_children_may_meet_is_known_and_turned_to_one_child(tree: Any, two: bool, turned: Any) -> None:
    assert wording.may_be_two_children(tree) is two
    assert wording.parts(tree)[0].apart is (turned is not None)
    if turned:
        assert wording.turned(tree, (), "same_child") == turned
        assert not wording.may_be_two_children(turned)
    else:
        with pytest.raises(NoSuchPart):
            wording.turned(tree, (), "same_child")


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
    st.sampled_from(("add", "group", "change", "remove", "all", "any", "not", "any_child", "same_child", "out", "within")),
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
