"""A rule whose own code raises when it is made, or asked what it brings: told by its use, and never in the way of mending."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.toys import Stray, ToyLaw, Unprepared, Unprovided, UnprovidedLaw
from tests.governance.test_decide import OLD_LAW, arrangement
from threefold.domain.errors import RuleError
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import compare
from threefold.governance.coverage import provided_by
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.governance.publishing import document
from threefold.governance.remarks import remarks
from threefold.governance.replay import replay
from threefold.plugin_api.rule import Rule

CATALOGUE = Catalogue.of([ToyLaw, Unprovided, Unprepared, Stray, UnprovidedLaw])
GOVERNANCE = Governance((OLD_LAW,), CATALOGUE)
BEFORE = arrangement("before", OLD_LAW.begins)


@pytest.mark.parametrize(("rule", "what"), [(Unprovided, "ValueError"), (Unprepared, "KeyError"), (Stray, "it brings a str")])
def test_a_local_rule_that_raises_is_told_by_its_title_wherever_it_is_made(rule: type[Rule], what: str) -> None:
    draft = replace(BEFORE, version="draft", uses=(RuleUse("mine", rule.card.id, 1, {}, file="copied.toml"),))
    said = f"The rule “{rule.card.title}: mine” could not be worked out: {what}. Remove it or ask its owner."
    for ask in (
        lambda: GOVERNANCE.floor(draft),
        lambda: compare(CATALOGUE, BEFORE, draft),
        lambda: provided_by(CATALOGUE, draft, "mine"),
        lambda: document(GOVERNANCE, draft, "Area"),
        lambda: replay(GOVERNANCE, BEFORE, draft, []),
    ):
        with pytest.raises(RuleError) as told:
            ask()
        assert told.value.sentence == said
    (remark,) = [r for r in remarks(GOVERNANCE, draft.stored()) if r.field == "rules.mine"]
    assert (remark.effect, remark.sentence) == ("mend", said)


def test_a_rule_of_the_law_that_raises_stays_loud() -> None:
    law = replace(OLD_LAW, uses=(RuleUse("law", "unprovided-law", 1, {}),))
    with pytest.raises(ValueError, match="a fault of the platform"):
        Governance((law,), CATALOGUE).floor(BEFORE)
