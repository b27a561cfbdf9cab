"""A version's own rules are tried before anybody signs it: one that raises, sometimes or always, or never answers, is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tests.contract.toys import Endless, Raising, card
from tests.support.tenants import read_tenants, rules_of_tenants
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.governance.remark import Remark
from threefold.governance.tried import remarks_of_failures
from threefold.plugin_api import Facts, Rule, answers

_, GOVERNANCE = rules_of_tenants()
(VALE,) = read_tenants("example-vale").bodies["example-vale"].versions


class Sometimes(Rule):
    """Raises for whoever died."""

    card = card("sometimes", "incident.children[].died")

    @answers
    def outcomes(self, facts: Facts) -> Iterable[Any]:
        if any(c.died.value == "yes" for c in facts.incident.children):
            raise ValueError("no answer")
        return ()


def told(rule: type[Rule]) -> list[Remark]:
    governance = Governance(GOVERNANCE.editions, Catalogue({**GOVERNANCE.catalogue.rules, (rule.card.id, 1): rule}))
    return remarks_of_failures(governance, replace(VALE, uses=(*VALE.uses, RuleUse("u", rule.card.id, 1, {}))))


@pytest.mark.parametrize(
    ("rule", "effect", "says"),
    [
        (Raising, "mend", "on any of the"),
        (Sometimes, "warned", " of the "),
        (Endless, "mend", "it took too long"),
    ],
)
def test_a_rule_that_cannot_be_worked_out_is_told_with_its_place(rule: type[Rule], effect: str, says: str) -> None:
    (remark,) = told(rule)
    assert (remark.effect, remark.field) == (effect, "rules.u") and says in remark.sentence


def test_every_version_of_every_body_can_be_worked_out_on_every_example() -> None:
    for body in read_tenants().bodies.values():
        for version in body.versions:
            assert not remarks_of_failures(GOVERNANCE, version), f"{body.id}/{version.version}"
