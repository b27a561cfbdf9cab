"""What a rule of somebody else's brings is compared in its own words: a setting of its own means what its label says, whatever it is named."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from marshmallow import fields

from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.domain.errors import RuleError
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import compare
from threefold.governance.comparison_words import DETAILS, YES
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, RuleUse
from threefold.governance.publishing import document
from threefold.plugin_api import Card, Config, ListedSchema, Provided, Rule, Source, listed

SOURCE = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
DRIVE = {"short": "By bicycle", "long": "By train"}


class VisitSchema(ListedSchema):
    """A visit, its settings named as other rules name theirs."""

    by = fields.String(load_default="", metadata={"label": "By when?"})
    how = fields.String(load_default="short", metadata={"label": "How does one get there?", "words": DRIVE})
    pounds = fields.String(load_default="", metadata={"label": "How much, in pounds?"})
    optional = fields.Boolean(load_default=False, metadata={"label": "Agreed?"})
    lead_days = fields.List(fields.String(), load_default=list, metadata={"label": "What to take"})


class Visits(Rule):
    """Visits. Source: made up for a test."""

    card = Card("visits", 1, "Visits", "Visits to a school.", Source("A page", "LOCAL", "V"), "A test", date(2030, 1, 1))

    class Config(Config):
        visits = listed(VisitSchema, "Visits")

    def provides(self) -> Iterable[Provided]:
        for v in self.settings["visits"]:
            told = tuple(
                (name, tuple(v[name]) if isinstance(v[name], list) else v[name])
                for name in ("by", "how", "pounds", "optional", "lead_days")
            )
            yield Provided("telling", v["key"], v["title"], v["title"], v["source"], told)


INSTALLED = Catalogue.installed()
CATALOGUE = replace(INSTALLED, rules={**INSTALLED.rules, ("visits", 1): Visits}, of_others=frozenset({("visits", 1)}))


def version(vale: Arrangement, **set_to: Any) -> Arrangement:
    visit = {"key": "school", "title": "The school", "source": SOURCE, **set_to}
    return replace(vale, uses=(*vale.uses, RuleUse("visits", "visits", 1, {"visits": [visit]})))


@pytest.fixture
def vale() -> Arrangement:
    return NOW_IN_FORCE


@pytest.mark.parametrize(("before", "after", "told"), [
    ({"by": "3 working days"}, {"by": "5 working days"}, "“The school”: “By when?” is now 5 working days, was 3 working days."),
    ({"how": "short"}, {"how": "long"}, "“The school”: “How does one get there?” is now “by train”, was “by bicycle”."),
    ({"pounds": "up to 40"}, {"pounds": "12.50 each way"}, "“The school”: “How much, in pounds?” is now “12.50 each way”, was up to 40."),
    ({"optional": True}, {"optional": False}, "“The school”: “Agreed?” is now no, was yes."),
    ({"lead_days": ["a coat"]}, {"lead_days": ["a coat", "water"]}, "“The school”: “What to take” is now also water."),
])  # fmt: skip
def test_each_setting_is_called_by_its_own_label(
    vale: Arrangement, before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    assert [one.sentence for one in compare(CATALOGUE, version(vale, **before), version(vale, **after))] == [told]


VALUES: tuple[tuple[Any, Any], ...] = (
    ("about five", "six.5"), ("x", ("a", "b")), (("a",), ("b", "c")), (3, "three"), (True, "yes"), (None, 0), ("a: b: c", "for a for b"),
)  # fmt: skip


class Anything(Visits):
    """Brings a detail of any name and kind of value, one or the other as it is set."""

    says: tuple[str, str, tuple[Any, Any]]

    def provides(self) -> Iterable[Provided]:
        kind, name, values = self.says
        value = values[self.settings["visits"][0]["by"] == "b"]
        yield Provided(
            kind,
            "conflict_of_interest" if kind == "way" else "a",
            "The train",
            "A sentence.",
            Source(**SOURCE),
            ((name, value),),
        )


@pytest.mark.parametrize("of_others", [frozenset[tuple[str, int]](), frozenset({("visits", 1)})])
def test_whatever_a_rule_says_of_a_detail_is_compared_and_published_or_told_as_a_fault_of_the_rule(
    vale: Arrangement, of_others: frozenset[tuple[str, int]]
) -> None:
    catalogue = replace(INSTALLED, rules={**INSTALLED.rules, ("visits", 1): Anything}, of_others=of_others)
    governance = Governance(GOVERNANCE.editions, catalogue)
    before, after = (
        replace(version(vale, by=by), uses=version(vale, by=by).uses[-1:], seats=(), organisations=()) for by in ("a", "b")
    )
    names = (*DETAILS, *YES, "span", "text", "published", "independent", "start_events", "own")
    for kind, name, values in itertools.product(("step", "way", "telling", "fund", "quorum", "entry"), names, VALUES):
        Anything.says = (kind, name, values)
        try:
            told = compare(catalogue, before, after)
            document(governance, after, "A body")
        except RuleError as error:  # what the kit refuses too
            assert name in ("text", "span") and "of what it brings are no text" in str(error)
        else:
            assert all(one.sentence for one in told)
