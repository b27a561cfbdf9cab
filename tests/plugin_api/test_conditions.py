"""Conditions are total, bounded, three-valued, and say in words what they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.plugin_api.conditions import ConditionError, read_condition
from threefold.plugin_api.facts import read_facts

LEAF = st.builds(
    lambda f, v: {"is": {"fact": f"incident.{f}", "value": v}},
    st.sampled_from(["near_miss", "good_practice", "urgent"]), st.sampled_from(["yes", "no", "unclear"]),
)  # fmt: skip
TREE: st.SearchStrategy[Any] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(lambda xs: {"all": xs}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda xs: {"any": xs}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda x: {"not": x}, inner),
    ),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries(
    {n: st.sampled_from(["yes", "no", "unclear", None]) for n in ("near_miss", "good_practice", "urgent")}
)


@given(TREE, ANSWERS)
def test_an_unknown_never_decides(tree: Any, answers: dict[str, str | None]) -> None:
    """Whatever an unasked fact turns out to be, a decided condition stays as it was decided."""
    try:
        condition = read_condition(tree)
    except ConditionError:
        return  # too deep: refused, which is tested below
    decided = condition.test(read_facts({"incident": answers}))
    if decided is None:
        return
    for name in (n for n, v in answers.items() if v is None):
        for value in ("yes", "no"):
            assert condition.test(read_facts({"incident": {**answers, name: value}})) in (decided, None) or _asks_unclear(tree)


def _asks_unclear(tree: Any) -> bool:
    return "unclear" in str(tree)


@given(TREE)
def test_reads_are_the_facts_named(tree: Any) -> None:
    try:
        condition = read_condition(tree)
    except ConditionError:
        return
    assert all(path in str(tree) for path in condition.reads)
    assert condition.sentence


def _is(fact: str) -> dict[str, Any]:
    return {"is": {"fact": f"incident.{fact}", "value": "yes"}}


def _small_trees() -> list[Any]:
    """Every way to join, deny and say of a child, twice over, of two facts of an incident and two of a child."""
    died, hurt = _is("children[].died"), _is("children[].seriously_harmed")
    of_a_child = [died, {"not": died}, *({kind: [died, hurt]} for kind in ("all", "any")), {"not": {"all": [died, hurt]}}]
    alone = [_is("urgent"), _is("near_miss"), *({"any_child": x} for x in of_a_child)]
    once = [
        *({"not": x} for x in alone),
        *({kind: [x, y]} for kind in ("all", "any") for x in alone for y in alone if x is not y),
    ]
    joined = ({kind: pair} for kind in ("all", "any") for x in once for y in alone for pair in ([x, y], [y, x]))
    return [*alone, *once, *({"not": x} for x in once), *joined]


def test_two_conditions_that_read_alike_are_alike() -> None:
    """Whoever signs reads the sentence: where a "not" or a "for at least one child" ends, it says."""
    yes_no = ("yes", "no")
    children = [{"died": d, "seriously_harmed": h} for d in yes_no for h in yes_no]
    cases = [
        read_facts({"incident": {"urgent": u, "near_miss": n, "children": [{"key": "a", **one}, {"key": "b", **other}]}})
        for u in yes_no for n in yes_no for one in children for other in children
    ]  # fmt: skip
    told: dict[str, tuple[Any, ...]] = {}
    for tree in _small_trees():
        condition = read_condition(tree)
        outcome = tuple(condition.test(facts) for facts in cases)
        assert told.setdefault(condition.sentence, outcome) == outcome, condition.sentence


def test_a_leaf_on_an_unclear_or_unasked_fact_is_unclear() -> None:
    condition = read_condition({"is": {"fact": "incident.near_miss", "value": "yes"}})
    assert condition.answer(read_facts({})) == "unclear"
    assert condition.answer(read_facts({"incident": {"near_miss": "unclear"}})) == "unclear"
    assert condition.answer(read_facts({"incident": {"near_miss": "no"}})) == "no"


def test_any_child_is_unclear_without_children() -> None:
    condition = read_condition({"any_child": {"is": {"fact": "incident.children[].died", "value": "yes"}}})
    assert condition.answer(read_facts({})) == "unclear"
    assert condition.answer(read_facts({"incident": {"children": [{"key": "a", "died": "no"}, {"key": "b"}]}})) == "unclear"
    assert (
        condition.answer(read_facts({"incident": {"children": [{"key": "a", "died": "no"}, {"key": "b", "died": "yes"}]}}))
        == "yes"
    )


def test_less_than_is_the_opposite_of_at_least_and_unclear_where_that_is() -> None:
    fact = "incident.children[].age_years"
    under = read_condition({"any_child": {"less_than": {"fact": fact, "number": 1}}})
    over = read_condition({"any_child": {"at_least": {"fact": fact, "number": 1}}})
    assert under.sentence == "for at least one child, 'Age in completed years when it happened' is less than 1"
    for age, answers in ((0, ("yes", "no")), (1, ("no", "yes")), (None, ("unclear", "unclear"))):
        facts = read_facts({"incident": {"children": [{"key": "a", **({"age_years": age} if age is not None else {})}]}})
        assert (under.answer(facts), over.answer(facts)) == answers, age


def test_at_least_and_local_questions() -> None:
    old = read_condition({"any_child": {"at_least": {"fact": "incident.children[].age_years", "number": 16}}})
    assert old.answer(read_facts({"incident": {"children": [{"key": "a", "age_years": 16}]}})) == "yes"
    local = read_condition({"is": {"fact": "incident.local.known-to-housing", "value": "yes"}})
    assert local.answer(read_facts({"incident": {"local": {"known-to-housing": "yes"}}})) == "yes"


def deep(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"is": {"fact": "incident.near_miss", "value": "yes"}}
    for _ in range(levels):
        tree = {"not": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (deep(9), "levels deep"),
        ({"any": [{"is": {"fact": "incident.near_miss", "value": "yes"}}] * 101}, "parts"),
        ({"is": {"fact": "incident.nothing", "value": "yes"}}, "No fact of a case is called .incident.nothing..$"),
        ({"is": {"fact": "incident.near_miss", "value": "often"}}, "not an answer"),
        ({"is": {"fact": "incident.children[].died", "value": "yes"}}, "any_child"),
        ({"at_least": {"fact": "incident.near_miss", "number": 3}}, "not one"),
        ({"at_least": {"fact": "incident.children[].dead", "number": 3}}, "No fact of a case is called .*Did you mean"),
        ({"less_than": {"fact": "incident.near_miss", "number": 3}}, "not one"),
        ({"any_child": {"less_than": {"fact": "incident.children[].age_years", "number": 0}}}, "is never less than 0"),
        ({"xor": []}, "no condition .*less_than"),
        ({"all": []}, "at least one"),
        ("yes", "Give one of"),
    ],
)
def test_what_cannot_be_a_condition_is_told(tree: Any, told: str) -> None:
    with pytest.raises(ConditionError, match=told):
        read_condition(tree)
