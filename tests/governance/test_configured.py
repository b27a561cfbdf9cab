"""A rule whose own code raises when it is made, or asked what it brings: told by its use, and never in the way of mending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.contract.toys import Looping, NeverMade, Odd, Stray, ToyLaw, Unprepared, Unprovided, UnprovidedLaw
from tests.governance.test_decide import OLD_LAW, arrangement
from threefold.domain.errors import RuleError
from threefold.governance import configured as configured_module
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import compare
from threefold.governance.configured import brought, configured
from threefold.governance.coverage import things_of
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.governance.publishing import document
from threefold.governance.remarks import remarks
from threefold.governance.replay import replay
from threefold.plugin_api import Provided
from threefold.plugin_api.rule import Rule

CATALOGUE = Catalogue.of([ToyLaw, Looping, NeverMade, Odd, Unprovided, Unprepared, Stray, UnprovidedLaw])
GOVERNANCE = Governance((OLD_LAW,), CATALOGUE)
BEFORE = arrangement("before", OLD_LAW.begins)


@pytest.mark.parametrize(("rule", "what"), [(Unprovided, "ValueError"), (Unprepared, "KeyError"), (Stray, "it brings a str")])
def test_a_local_rule_that_raises_is_told_by_its_title_wherever_it_is_made(rule: type[Rule], what: str) -> None:
    assert_told_everywhere(rule, what)


@pytest.mark.parametrize(("wrong", "what"), [
    ("title", "the title of what it brings is no text"),
    ("sentence", "the sentence of what it brings is no text"),
    ("key", "the key of what it brings is no text"),
    ("source", "the source of what it brings is no source"),
    ("force", "the source of what it brings has a force or a sureness that there is not"),
    ("sure", "the source of what it brings has a force or a sureness that there is not"),
    ("values", "the values of what it brings are no pairs of a name and a plain value"),
    ("half", "the sentence of what it brings is no text"),
    ("part", "the values of what it brings are no pairs of a name and a plain value"),
    ("many", "it brings more than 2000 things"),
])  # fmt: skip
def test_a_local_rule_that_brings_a_field_of_a_wrong_type_is_told_so_too(wrong: str, what: str) -> None:
    assert_told_everywhere(Odd, what, {"wrong": wrong})
    assert configured(CATALOGUE, RuleUse("mine", "odd", 1, {}))[1][0].title == "A title"


def test_a_local_rule_that_never_says_what_it_brings_is_ended_and_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured_module, "AGAIN_AFTER", 3600.0)  # however slow the machine is
    Looping.asked.clear()
    assert_told_everywhere(Looping, "it took too long", {"note": "once"})
    with pytest.raises(RuleError, match="it took too long"):
        configured(CATALOGUE, RuleUse("other", "looping", 1, {"note": "once"}))
    assert Looping.asked == ["once"]
    with pytest.raises(RuleError, match="it took too long"):
        configured(CATALOGUE, RuleUse("mine", "looping", 1, {"note": "as it is set now"}))
    assert Looping.asked == ["once", "as it is set now"]


def test_a_local_rule_that_is_never_ready_is_ended_too() -> None:
    assert_told_everywhere(NeverMade, "it took too long")


def assert_told_everywhere(rule: type[Rule], what: str, settings: dict[str, str] | None = None) -> None:
    draft = replace(BEFORE, version="draft", uses=(RuleUse("mine", rule.card.id, 1, settings or {}, file="copied.toml"),))
    said = f"The rule “{rule.card.title}: mine” could not be worked out: {what}. Remove it or ask its owner."
    for ask in (
        lambda: GOVERNANCE.floor(draft),
        lambda: compare(CATALOGUE, BEFORE, draft),
        lambda: things_of(CATALOGUE, draft, "mine"),
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


def test_what_a_rule_brings_is_worked_out_once_for_its_settings_and_anew_for_others() -> None:
    made: list[str] = []

    class Counted(Odd):
        def provides(self) -> Iterable[Provided]:
            made.append(self.use)
            return super().provides()

    catalogue = Catalogue({("odd", 1): Counted})
    one, other = RuleUse("one", "odd", 1, {}), RuleUse("other", "odd", 1, {"wrong": "title"})
    for _ in range(3):
        assert [thing.title for _, thing in brought(catalogue, [one])] == ["A title"]
        assert list(brought(catalogue, [other])) == [], "what it cannot bring is passed over"
    assert made == ["one", "other", "other", "other"], "and what went wrong is asked again"
