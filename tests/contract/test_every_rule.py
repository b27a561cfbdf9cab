"""Every installed rule meets the bar that anyone's rule must meet; the bar itself is seen to catch what it should."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.contract import toys
from threefold.governance.catalogue import Catalogue, forbidden_in
from threefold.plugin_api import Criterion, Facts, Rule, answers
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
