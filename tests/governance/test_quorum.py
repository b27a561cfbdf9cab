"""Asking whether a meeting could decide: many rules, rules that fail, no rule, and versions whose beginning is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.contract.toys import Crashing, ToyLaw
from tests.governance.test_decide import arrangement
from tests.governance.test_decide import governance as made
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.governance.quorum import CouldDecide, could_decide, groups_on
from threefold.plugin_api import Meeting

DAY = date(2026, 3, 3)


def governance() -> Governance:
    installed = Catalogue.installed().rules[("decision-making", 1)]
    return made(catalogue=Catalogue.of([ToyLaw, Crashing, installed]))


def groups(use: str, *needed: str, **quorum: Any) -> RuleUse:
    group: dict[str, Any] = {"key": "board", "title": "Board"}
    if needed or quorum:
        group["quorum"] = {"needed": list(needed), **quorum}
    return RuleUse(use, "decision-making", 1, {"groups": [group]})


IN_FORCE = arrangement("one", date(2025, 1, 1), groups("board", "council", "police", chair_may_vary=True))
BOTH = Meeting("board", ("council", "police"), agenda=("item-1",))


def test_the_version_of_the_day_answers_with_its_rule_and_source() -> None:
    later = arrangement("two", date(2026, 3, 1), groups("board", "council", "police", "health"))
    before = could_decide(governance(), (IN_FORCE, later), BOTH, date(2026, 2, 1))
    after = could_decide(governance(), (IN_FORCE, later), BOTH, DAY)
    assert [(c.state, c.pin.version, c.lines[0].rule.use) for c in (before, after)] == [
        ("met", "one", "board"),
        ("not_met", "two", "board"),
    ]
    assert before.item("item-1") == ("yes", "There was a quorum.")


def test_of_two_rules_the_miss_counts() -> None:
    version = arrangement("one", date(2025, 1, 1), groups("board", "council"), groups("more", "council", "health"))
    told = could_decide(governance(), (version,), BOTH, DAY)
    assert (told.state, len(told.lines), told.item("item-1")[0]) == ("not_met", 2, "no")


def told_by(*uses: RuleUse, meeting: Meeting = BOTH) -> CouldDecide:
    return could_decide(governance(), (arrangement("one", date(2025, 1, 1), *uses),), meeting, DAY)


def test_of_two_rules_on_one_quorum_each_says_its_own() -> None:
    told = told_by(groups("board", "council"), groups("more", "council", "health"))
    assert told.sentence == (
        "Each of these rules has to be met. “Groups and decisions: board”: There was a quorum. "
        "“Groups and decisions: more”: There was no quorum. Missing: health."
    )
    alike = told_by(groups("board", "council"), groups("more", "police"))
    assert (alike.state, alike.sentence) == ("met", "There was a quorum.")


def test_the_chair_has_the_discretion_that_each_rule_that_is_not_met_gives() -> None:
    ahead = replace(BOTH, let_ahead=("item-1",))
    gives, none = groups("board", "health", chair_may_vary=True), groups("more", "fire")
    told = told_by(gives, none, meeting=ahead)
    assert (told.chair_may, told.item("item-1")[0]) == (frozenset(), "no")
    assert told.sentence.endswith("Not each of these rules gives the chair a discretion, so there is none.")
    met = told_by(gives, groups("more", "council"), meeting=ahead)
    assert (met.state, met.chair_may) == ("not_met", {"vary"})
    assert met.item("item-1") == ("yes", "The chair let it go ahead; the reason is recorded.")
    assert "so there is none" not in met.sentence
    both = told_by(gives, groups("more", "fire", chair_may_choose_items=True), meeting=ahead)
    assert (both.chair_may, both.item("item-1")[0]) == ({"vary", "choose_items"}, "yes")
    assert told_by(groups("board", "council", chair_may_vary=True), groups("more", "police")).chair_may == {"vary"}


def test_of_two_versions_of_unknown_beginning_each_says_its_own() -> None:
    versions = (arrangement("one", None, groups("board", "council")), arrangement("two", None, groups("board", "health")))
    told = could_decide(governance(), versions, BOTH, DAY)
    assert told.sentence == (
        "If “Version one” applied on that day, which no source gives: There was a quorum. "
        "If “Version two” applied on that day, which no source gives: There was no quorum. Missing: health."
    )
    assert told.item("item-1") == (
        "unclear",
        "If “Version one” applied on that day, which no source gives: There was a quorum. "
        "If “Version two” applied on that day, which no source gives: There was no quorum, and no reason of the chair is recorded.",
    )
    same = could_decide(governance(), (versions[0], replace(versions[0], version="two", title="Version two")), BOTH, DAY)
    assert same.sentence == "If “Version one”, “Version two” applied on that day, which no source gives: There was a quorum."


def test_a_rule_that_fails_leaves_it_unclear_and_is_named() -> None:
    version = arrangement("one", date(2025, 1, 1), groups("board", "council"), RuleUse("broken", "crashing", 1, {}))
    told = could_decide(governance(), (version,), BOTH, DAY)
    assert (told.state, told.item("item-1")[0]) == ("unclear", "unclear")
    assert "The rule “crashing: broken” could not be worked out" in told.sentence


def test_no_stated_quorum_is_unclear_and_says_so() -> None:
    version = arrangement("one", date(2025, 1, 1), groups("board"))
    told = could_decide(governance(), (version,), BOTH, DAY)
    assert (told.state, told.sentence) == ("unclear", "The arrangement does not say what the quorum of this group is.")
    (group,) = groups_on(governance(), (version,), DAY)
    assert (group.thing.title, group.states_quorum, group.certain) == ("Board", False, True)


def test_a_version_of_unknown_beginning_settles_nothing_and_is_told_apart() -> None:
    version = arrangement("one", None, groups("board", "council"))
    told = could_decide(governance(), (version,), BOTH, DAY)
    assert (told.state, told.certain, told.item("item-1")[0]) == ("unclear", False, "unclear")
    assert told.sentence.startswith("If “Version one” applied on that day")
    (group,) = groups_on(governance(), (version,), DAY)
    assert not group.certain
