"""What is said of conditions that can never be met: told where it is so, and nowhere else."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.plugins.statutory.editions import case
from threefold.governance import drafts
from threefold.governance.remarks import remarks
from threefold.governance.remarks_of_conditions import never_met
from threefold.plugin_api.conditions import ConditionError, read_condition

URGENT, MEDIA = "incident.urgent", "incident.media_interest"
DIED, AGE, LIVES_IN = "incident.children[].died", "incident.children[].age_years", "incident.children[].lives_in"


def is_(fact: str, value: Any) -> dict[str, Any]:
    return {"is": {"fact": fact, "value": value}}


def at_least(number: int) -> dict[str, Any]:
    return {"at_least": {"fact": AGE, "number": number}}


def less_than(number: int) -> dict[str, Any]:
    return {"less_than": {"fact": AGE, "number": number}}


BOTH = [is_(URGENT, "yes"), is_(URGENT, "no")]


@pytest.mark.parametrize(("tree", "facts"), [
    ({"all": BOTH}, [URGENT]),
    ({"any": BOTH}, []),
    ({"all": [is_(URGENT, "yes"), is_(MEDIA, "no")]}, []),
    ({"all": [is_(URGENT, "yes"), {"all": [is_(MEDIA, "no"), is_(URGENT, "no")]}]}, [URGENT]),
    ({"all": [is_(URGENT, "yes"), {"any": [is_(MEDIA, "no"), is_(URGENT, "no")]}]}, []),  # by the media's part it may be
    ({"any": [is_(MEDIA, "yes"), {"all": BOTH}]}, [URGENT]),
    ({"not": {"all": BOTH}}, [URGENT]),
    ({"all": [is_(URGENT, "yes"), {"not": is_(URGENT, "yes")}]}, [URGENT]),
    ({"all": [{"not": is_(URGENT, "no")}, {"not": is_(URGENT, "yes")}]}, [URGENT]),  # "unclear" says neither
    ({"all": [is_(URGENT, "unclear"), {"not": is_(URGENT, "yes")}]}, [URGENT]),  # of an unclear answer nothing else holds
    ({"all": [is_(URGENT, "yes"), is_(URGENT, "yes")]}, []),
    ({"any_child": {"all": [is_(DIED, "yes"), is_(DIED, "no")]}}, [DIED]),
    ({"all": [{"any_child": is_(DIED, "yes")}, {"any_child": is_(DIED, "no")}]}, []),  # two children may differ
    ({"any_child": {"all": [is_(AGE, 2), at_least(5)]}}, [AGE]),
    ({"any_child": {"all": [is_(AGE, 5), at_least(5)]}}, []),
    ({"any_child": {"all": [at_least(5), {"not": at_least(6)}]}}, []),
    ({"any_child": {"all": [at_least(6), {"not": at_least(6)}]}}, [AGE]),
    ({"any_child": {"all": [at_least(6), less_than(6)]}}, [AGE]),
    ({"any_child": {"all": [at_least(5), less_than(6)]}}, []),
    ({"any_child": {"all": [{"not": less_than(5)}, {"not": at_least(5)}]}}, [AGE]),
    ({"any_child": {"all": [less_than(1), {"not": is_(AGE, 0)}]}}, [AGE]),  # nobody is younger than that
    ({"any_child": {"all": [at_least(25), {"not": is_(AGE, 25)}]}}, [AGE]),  # nor older, as the form asks it
    ({"any_child": {"all": [is_(LIVES_IN, "E06000001"), is_(LIVES_IN, "E06000002")]}}, [LIVES_IN]),
    ({"any_child": {"all": [{"not": is_(LIVES_IN, "E06000001")}, {"not": is_(LIVES_IN, "E06000002")}]}}, []),
    ({"all": [is_("incident.local.pets", "yes"), is_("incident.local.pets", "no")]}, ["incident.local.pets"]),
    ({"all": [is_("review.panel_view", "agree"), is_("review.panel_view", "query")]}, ["review.panel_view"]),
])  # fmt: skip
def test_what_no_answer_fulfils_is_found(tree: dict[str, Any], facts: list[str]) -> None:
    read_condition(tree)  # a condition that anybody could make
    assert list(dict.fromkeys(never_met(tree))) == facts


leaves = st.builds(is_, st.sampled_from([URGENT, MEDIA]), st.sampled_from(["yes", "no", "unclear"]))
parts = st.one_of(leaves, leaves.map(lambda leaf: {"not": leaf}))


@given(st.lists(parts, min_size=1, max_size=5))
def test_it_is_found_where_no_case_meets_the_condition_and_nowhere_else(held: list[dict[str, Any]]) -> None:
    condition = read_condition({"all": held})
    answers = product(("yes", "no", "unclear", None), repeat=2)
    met = any(condition.test(case(**{n: v for n, v in (("urgent", u), ("media_interest", m)) if v})) for u, m in answers)
    assert bool(list(never_met({"all": held}))) is not met


@pytest.mark.parametrize(("leaf", "told"), [
    (at_least(99), "99"), (is_(AGE, -1), "-1"), (is_(AGE, 40), "40"), (less_than(40), "40"), (is_(AGE, True), "yes"), (at_least(25), ""),
])  # fmt: skip
def test_a_number_that_a_count_never_is_is_to_be_mended_though_a_file_brought_it(leaf: dict[str, Any], told: str) -> None:
    place = ("rules", "rapid-review-plan", "steps", "huddle")
    when = {"any": [is_(URGENT, "yes"), {"any_child": {"not": leaf}}]}
    content = drafts.put(drafts.begin_from(NOW_IN_FORCE, "next", "Next"), (*place, "when"), when)
    said = [r for r in remarks(GOVERNANCE, content, APRIL) if r.key.startswith("beyond-")]
    assert [(r.effect, r.field) for r in said] == ([("mend", "rules.rapid-review-plan.steps.huddle")] if told else [])
    assert all(f"with {told}, and it is a whole number from 0 to 25." in r.sentence for r in said)


@pytest.mark.parametrize(("number", "told"), [("1", "“1”"), (1.0, "1.0"), (True, "true"), ([1], "what stands there")])
def test_what_is_no_whole_number_is_told_as_that(number: Any, told: str) -> None:
    with pytest.raises(ConditionError) as error:
        read_condition({"any_child": {"less_than": {"fact": AGE, "number": number}}})
    assert f"is compared with a whole number, such as 1, and {told} is none." in str(error.value)


def test_the_check_warns_of_it_where_it_is_set() -> None:
    place = ("rules", "rapid-review-plan", "steps", "huddle")
    content = drafts.put(drafts.begin_from(NOW_IN_FORCE, "next", "Next"), (*place, "when"), {"all": BOTH})
    (told,) = [r for r in remarks(GOVERNANCE, content, APRIL) if r.key.startswith("never-")]
    assert told.effect == "warned" and told.field == "rules.rapid-review-plan.steps.huddle"
    assert "The condition of “Executive huddle” asks of “Is it urgent?” what cannot be so at once" in told.sentence


@pytest.mark.parametrize(("when", "told"), [
    ({"all": [{"any_child": is_(DIED, "yes")}, {"any_child": less_than(1)}]}, True),
    ({"any_child": {"all": [is_(DIED, "yes"), less_than(1)]}}, False),
])  # fmt: skip
def test_the_check_notes_where_two_children_may_be_meant(when: dict[str, Any], told: bool) -> None:
    place = ("rules", "rapid-review-plan", "steps", "huddle")
    content = drafts.put(drafts.begin_from(NOW_IN_FORCE, "next", "Next"), (*place, "when"), when)
    said = [r for r in remarks(GOVERNANCE, content, APRIL) if r.key.startswith("two-children-")]
    assert [(r.effect, r.field) for r in said] == ([("noted", "rules.rapid-review-plan.steps.huddle")] if told else [])
    assert all("“Executive huddle” asks of at least one child more than once, and these may be two" in r.sentence for r in said)
