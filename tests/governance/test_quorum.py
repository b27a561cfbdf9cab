"""Asking whether a meeting could decide: many rules, rules that fail, no rule, and versions whose beginning is unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.contract.toys import Crashing, ToyLaw
from tests.governance.test_decide import arrangement
from tests.governance.test_decide import governance as made
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.governance.quorum import could_decide, groups_on
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
