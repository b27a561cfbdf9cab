"""A card that the service could not show, sort or compare: told by the kit, and left out by the catalogue with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pytest
from marshmallow import Schema, fields

from tests.contract import toys
from threefold.domain.errors import RuleError
from threefold.domain.sources import Source
from threefold.governance.catalogue import GROUP, Catalogue
from threefold.plugin_api import ConditionField, Config, Rule, SourceField
from threefold.testing.proof import prove

WRONG: list[tuple[str, Any, str]] = [
    ("review_by", "2027", "gives 'review_by' as a str. Give a day: date(2027, 11, 1)."),
    ("review_by", datetime(2027, 11, 1, tzinfo=UTC), "gives 'review_by' as a datetime. Give a day"),
    ("review_by", None, "gives 'review_by' as nothing."),
    ("source", Source("A page", "WHAT", "V"), "has a source whose 'force' is 'WHAT'. It is one of ACT, REG"),  # type: ignore[arg-type]
    ("source", Source("A page", "LOCAL", "zzz"), "has a source whose 'sure' is 'zzz'. It is one of V, V2"),  # type: ignore[arg-type]
    ("source", Source("\u200b", "LOCAL", "V"), "does not name its source."),
    ("source", "A page", "gives 'source' as a str. Give it as Source(...)."),
    ("major", "1", "gives 'major' as '1'. Versions are whole numbers from 1."),
    ("major", 0, "gives 'major' as 0."),
    ("major", True, "gives 'major' as True."),
    ("id", "My Rule", "has an id that is none. Use lower-case letters, digits and hyphens"),
    ("id", "my_rule", "has an id that is none."),
    ("id", "a" * 61, "has an id that is none."),
    ("id", 5, "gives 'id' as a int. Give it as text."),
    ("title", "", "leaves 'title' empty."),
    ("summary", " \u200b\u00a0", "leaves 'summary' empty."),
    ("owner", None, "gives 'owner' as nothing."),
    ("reads", "incident.near_miss", "gives 'reads' as something else than paths of facts."),
    ("api", 1, "gives 'api' as something else than two versions"),
    ("layer", "area", "gives a layer that there is not."),
    ("deprecated", "soon", "gives 'deprecated' as something else than a Deprecation"),
]


class Carded(Rule):
    """Its card is what a test makes of it."""

    card = toys.card("carded")


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_card_that_pages_could_not_show_is_refused_by_the_kit_and_left_out_of_the_catalogue(
    name: str, value: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Carded, "card", replace(toys.card("carded"), **{name: value}))
    (fault,) = prove(Carded).faults
    assert fault.startswith(f"{name}: The card of Carded") and said in fault, fault
    found = Catalogue.at_entries(
        [EntryPoint("carded-1", f"{__name__}:Carded", GROUP), EntryPoint("odd-1", "tests.contract.toys:Odd", GROUP)]
    )
    assert (list(found.rules), found.refused) == ([("odd", 1)], {"carded-1": fault})
    with pytest.raises(RuleError, match=r"There is no rule 'carded' installed here\. .*The card of Carded"):
        found.get("carded", 1)


def test_a_card_whose_reading_raises_is_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Raising(Config):
        @classmethod
        def described(cls) -> dict[str, Any]:
            raise AttributeError("not there")

    for config, told in (
        (5, "The Config of carded@1 is not of the contract."),
        (type("Plain", (), {}), "and `class Config(Settings):`."),
        (Raising, "cannot be read: AttributeError"),
    ):
        monkeypatch.setattr(Carded, "Config", config)
        found = Catalogue.at_entries([EntryPoint("carded-1", f"{__name__}:Carded", GROUP)])
        assert found.rules == {} and told in found.refused["carded-1"]


class Within(Schema):
    day = fields.Date(metadata={"label": "Day"})
    again = fields.List(fields.Nested(lambda: Within()), metadata={"label": "Once more"})


@pytest.mark.parametrize(("setting", "told"), [
    (fields.Date(), "'one' of carded@1 is a Date,"),
    (fields.Float(), "'one' of carded@1 is a Float,"),
    (fields.Raw(), "'one' of carded@1 is a Raw,"),
    (fields.Tuple((fields.Integer(),)), "'one' of carded@1 is a Tuple,"),
    (fields.Dict(), "'one' of carded@1 is a Dict,"),
    (fields.List(fields.Float()), "'one' of carded@1 is a List of Float,"),
    (fields.Nested(Within), "'one.day' of carded@1 is a Date,"),
    (fields.Nested(Within, many=True), "'one' of carded@1 is a Nested,"),
    (fields.List(fields.Nested(Within)), "'one.day' of carded@1 is a Date,"),
    (fields.Email(), ""),
    (fields.List(fields.Integer()), ""),
    (SourceField(), ""),
    (ConditionField(), ""),
])  # fmt: skip
def test_a_setting_that_no_form_can_ask_for_is_told(
    setting: fields.Field[Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting.metadata["label"] = "One"
    monkeypatch.setattr(Carded, "Config", type("Own", (Config,), {"one": setting}))
    found = Catalogue.at_entries([EntryPoint("carded-1", f"{__name__}:Carded", GROUP)]).refused
    assert (f"{told} which no form asks for." in found["carded-1"]) if told else not found


def test_a_whole_card_is_taken() -> None:
    assert Catalogue.at_entries([EntryPoint("carded-1", f"{__name__}:Carded", GROUP)]).refused == {}
    assert Carded.card.review_by == date(2027, 11, 1)


def test_what_is_installed_beside_a_rule_of_the_platform_never_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    own = next(entry for entry in entry_points(group=GROUP) if entry.name == "timetable-1")
    monkeypatch.setattr(Carded, "card", replace(toys.card("carded"), id="timetable", major=1))
    newcomer = EntryPoint("aaa", f"{__name__}:Carded", GROUP)
    for entries in ((newcomer, own), (own, newcomer)):
        found = Catalogue.at_entries(entries)
        assert found.rules == {("timetable", 1): own.load()}
        assert found.refused == {"aaa": "Two installed rules call themselves timetable@1. Remove one of them."}


def test_what_a_rule_brings_is_held_to_the_kinds_of_its_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    from threefold.testing import proof

    for wrong, said in (
        ("sure", "a force or a sureness that there is not"),
        ("title", "the title of what it brings is no text"),
    ):
        example = proof.Example("one", {"wrong": wrong}, proof.read_facts({}), "criteria", {}, [], None)
        monkeypatch.setattr(proof, "examples_of", lambda rule, example=example: [example])
        assert any(fault.startswith("'provides': ") and said in fault for fault in prove(toys.Odd).faults)
