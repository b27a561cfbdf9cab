"""Every installed rule meets the bar that anyone's rule must meet; the bar itself is seen to catch what it should."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from marshmallow import fields

from tests.contract import toys
from threefold.governance.catalogue import Catalogue, forbidden_in
from threefold.plugin_api import AgencyAsk, Criterion, Days, Facts, Meeting, Provided, Quorate, Rule, Step, answers
from threefold.testing.proof import prove

INSTALLED = Catalogue.installed()


def test_no_installed_rule_is_refused() -> None:
    assert INSTALLED.refused == {}
    assert len(INSTALLED.rules) >= 5


@pytest.mark.parametrize("rule", list(INSTALLED.rules.values()), ids=lambda r: r.card.name)
def test_the_rule_is_sound(rule: type[Rule], prove_rule: Callable[[type[Rule]], Any]) -> None:
    assert prove_rule(rule).examples >= 1


def test_the_bar_sees_a_forbidden_import() -> None:
    assert any("imports sys" in what for what in forbidden_in(toys.Exiting))


class Undeclared(Rule):
    """Looks at a fact its card does not declare, and says something else the second time."""

    card = toys.card("undeclared", "incident.near_miss")
    asked = 0

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        type(self).asked += 1
        facts.incident.urgent.value  # noqa: B018
        yield Criterion(f"k{self.asked}", "t", "met", "s", toys.LOCAL, ())


def test_the_bar_sees_undeclared_reads_and_moods(monkeypatch: pytest.MonkeyPatch) -> None:
    from threefold.testing import proof

    example = proof.Example("one", {}, proof.read_facts({}), "criteria", {}, [], None)
    monkeypatch.setattr(proof, "examples_of", lambda rule: [example])
    faults = "\n".join(prove(Undeclared).faults)
    assert "reads 'incident.urgent', which its card does not declare" in faults
    assert "declares that it reads 'incident.near_miss', and never does" in faults
    assert "says different things on the same facts" in faults


class Lawgiver(Rule):
    """A local rule that says its date is a statutory one."""

    card = toys.card("lawgiver")

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        yield Step("talk", "Talk", "notify-panel", "Talk by then.", toys.LOCAL, (), True, "aware")


def test_the_bar_sees_a_local_rule_that_claims_what_is_the_law_s(monkeypatch: pytest.MonkeyPatch) -> None:
    from threefold.testing import proof

    example = proof.Example("one", {}, proof.read_facts({}), "steps", {}, [], None)
    monkeypatch.setattr(proof, "examples_of", lambda rule: [example])
    faults = "\n".join(prove(Lawgiver).faults)
    assert "'steps' gives 'talk' with a statutory date: that is the law's alone, and is taken from it on every case" in faults


class Moody(Rule):
    """Brings something else each time it is asked, and less of its settings."""

    card = toys.card("moody")
    asked = 0

    class Config(toys.Config):
        names = fields.List(fields.String(), load_default=lambda: ["a", "b", "c"], metadata={"label": "Names"})

    def provides(self) -> Iterable[Provided]:
        type(self).asked += 1
        self.settings["names"].pop()
        yield Provided("step", "talk", "Talk", f"Asked {self.asked} times.", toys.LOCAL)


def test_the_bar_sees_a_rule_that_brings_something_else_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from threefold.testing import proof

    example = proof.Example("one", {}, proof.read_facts({}), "provides", {}, [], 1)
    monkeypatch.setattr(proof, "examples_of", lambda rule: [example])
    faults = "\n".join(prove(Moody).faults)
    assert (
        "brings something else each time it is asked in 'provides'" in faults and "changes its settings in 'provides'" in faults
    )


class Sorting(Moody):
    """Puts its settings in another order where they lie, the first time it is asked: whoever looks later sees no change."""

    card = toys.card("sorting")

    def provides(self) -> Iterable[Provided]:
        yield Provided("step", "talk", "Talk", ", ".join(self.settings["names"]), toys.LOCAL)

    @answers
    def agencies(self, facts: Facts) -> Iterable[AgencyAsk]:
        self.settings["names"].sort(reverse=True)
        return ()


def test_the_bar_sees_a_change_of_settings_that_is_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from threefold.testing import proof

    example = proof.Example("one", {}, proof.read_facts({}), "agencies", {}, [], 0)
    monkeypatch.setattr(proof, "examples_of", lambda rule: [example])
    assert "changes the facts or its settings" in prove(Sorting).faults


class ByHeads(Rule):
    """States a quorum, and answers differently each time it is asked of a group it provides."""

    card = toys.card("by-heads")
    asked = 0

    def provides(self) -> Iterable[Provided]:
        yield Provided("quorum", "board", "Quorum", "Three heads.", toys.LOCAL)

    @answers
    def quorum(self, meeting: Meeting) -> Iterable[Quorate]:
        if meeting.group == "board":
            type(self).asked += 1
            yield Quorate(
                "board", "met", f"Asked {self.asked} times." if self.asked < 9 else "", toys.LOCAL, counts=("council",)
            )


def test_the_bar_asks_whether_each_group_could_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    from threefold.testing import proof

    given = {"meeting": {"group": "board", "present": ["council"], "stood_in": [["health", "trust"]]}}
    example = proof.Example("one", {}, proof.read_facts({}), "quorum", given, [{"state": "not_met"}], 1)
    monkeypatch.setattr(proof, "examples_of", lambda rule: [example])
    faults = "\n".join(prove(ByHeads).faults)
    assert "says different things on the same facts in 'quorum'" in faults
    assert "'quorum' gives 'board' without a sentence" in faults
    assert "expected {'state': 'not_met'}, found [{'state': 'met'}]" in faults
