"""Whatever an area changes in a rule's settings shows in what the rule provides: or comparing, publishing and the floor
would not know of it. Every setting of every local rule, one at a time, in every version of every encoded body."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import fields, validate

from tests.governance.inside import inside_of
from tests.support.tenants import read_tenants
from threefold.domain.errors import ThreefoldError
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import compare
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.publishing import document
from threefold.plugin_api import ConditionField, SourceField
from threefold.work.arrangements.web.lines import named

LIBRARY = read_tenants()
CATALOGUE = Catalogue.installed()
GOVERNANCE = Governance(tuple(LIBRARY.editions), CATALOGUE)
RULES = sorted(card for card, rule in CATALOGUE.rules.items() if rule.card.layer == "local")
MOST = 2  # places a setting is changed in, for each rule: enough to find one where it may be changed at all
# Settings of a whole plan, which show through the steps that have none of their own: where there are such steps.
OF_THE_WHOLE = {"start_events", "unit", "unit_from", "start_is_day", "source"}
OTHER_CONDITION = {"is": {"fact": "incident.good_practice", "value": "unclear"}}


def others(field: fields.Field[Any], value: Any) -> Iterator[Any]:
    """Other values that a field may have: the first that its rule accepts is tried."""
    one_of = next((c for c in getattr(field, "validators", ()) if isinstance(c, validate.OneOf)), None)
    match field:
        case SourceField():
            yield {"ref": "Another page", "force": "LOCAL", "sure": "V", "where": "https://example.org/other"}
        case ConditionField():
            yield OTHER_CONDITION
        case fields.Boolean():
            yield not value
        case fields.Integer():
            yield from (v for v in (one_of.choices if one_of else ((value or 0) + 1, max((value or 0) - 1, 0))) if v != value)
        case fields.String() if one_of:
            yield from (v for v in one_of.choices if v != value)
        case fields.Dict():
            yield {**(value or {}), "council-lead": "another name"}
        case fields.List() if isinstance(field.inner, fields.Nested):
            if value:
                yield value[:-1]
        case fields.List():
            if "aware" not in (value or []):  # the same once more is no difference
                yield [*(value or []), "aware"]
            yield [*(value or []), 5]
            yield [*(value or []), "something-else"]
            yield (value or [])[:-1]
            yield from ([*(value or []), c] for c in (_choices(field.inner)))
        case fields.Nested():
            yield {"amount": 3, "unit": "working_days"}
            if value:
                yield None
        case _:
            yield "incident" if value == "aware" else "aware"
            yield f"{value or ''} and more"


def _choices(field: Any) -> list[Any]:
    return [c for check in field.validators if isinstance(check, validate.OneOf) for c in check.choices]


def places(schema: Any, node: dict[str, Any], at: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...], Any, Any]]:
    """(name of the setting, place, its field, its value) of each setting of a rule as it is set."""
    for name, field in named(schema).items():
        if name == "key":
            continue
        value = node.get(name, field.load_default() if callable(field.load_default) else field.load_default)
        value = None if not isinstance(value, str | int | bool | list | dict) else value
        yield name, (*at, name), field, value
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            for index, entry in enumerate(value or ()):
                yield from (
                    (f"{name}.{n}", p, f, v) for n, p, f, v in places(type(field.inner.schema), entry, (*at, name, index))
                )
        elif isinstance(field, fields.Nested) and isinstance(value, dict):
            yield from ((f"{name}.{n}", p, f, v) for n, p, f, v in places(type(field.schema), value, (*at, name)))


def with_value(settings: Any, place: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(settings)
    node = made
    for part in place[:-1]:
        node = node[part] if not isinstance(node, dict) else node.setdefault(part, {})
    node[place[-1]] = value
    return made


def versions_with(card: tuple[str, int]) -> Iterator[tuple[Arrangement, int]]:
    for body in LIBRARY.bodies.values():
        for version in body.versions:
            for index, use in enumerate(version.uses):
                if (use.rule, use.major) == card:
                    yield version, index


@pytest.mark.parametrize("card", RULES, ids=[name for name, _ in RULES])
def test_every_change_of_a_setting_is_told_in_words(card: tuple[str, int]) -> None:
    tried: dict[str, int] = {}
    silent: dict[str, str] = {}
    heard: set[str] = set()
    for version, index in versions_with(card):
        use = version.uses[index]
        plain = copy.deepcopy(dict(use.settings))
        for name, place, field, value in places(CATALOGUE.rules[card].Config, plain):
            if name in heard if name in OF_THE_WHOLE else tried.get(name, 0) >= MOST:
                continue
            for other in (o for o in others(field, value) if o != value):
                changed = replace(use, settings=with_value(plain, place, other))
                after = replace(version, uses=(*version.uses[:index], changed, *version.uses[index + 1 :]))
                try:
                    told = compare(CATALOGUE, version, after)
                except ThreefoldError:
                    continue  # this rule does not take that value here
                tried[name] = tried.get(name, 0) + 1
                raw = [d.sentence for d in told if inside_of(d.sentence)]
                assert not raw, f"{name}: {raw}"
                if told:
                    heard.add(name)
                else:
                    silent[name] = f"{version.body}/{version.version} {use.use}: {value!r} -> {other!r}"
                break
    silent = {n: where for n, where in silent.items() if n not in OF_THE_WHOLE or n not in heard}
    assert not silent, "\n".join(f"{name}: {where}" for name, where in sorted(silent.items()))
    assert tried, "no encoded body uses this rule"


# What the page of an arrangement leaves out: which requirement of guidance a statement answers, which is no part of what is told,
# and the source of a whole plan, which stands with each of its steps.
NOT_ON_THE_PAGE = {"statements.answers", "source"}
# What means something beside another setting only: how often of no times, how long of nobody who is invited, another name of a seat that is not there.
WITH_ANOTHER = {
    "groups.meets.at_least", "groups.meets.per", "groups.meets.times", "ways.invited_days", "ways.titles",
}  # fmt: skip


@pytest.mark.parametrize("card", RULES, ids=[name for name, _ in RULES])
def test_whatever_is_set_is_told_on_the_page_that_partners_sign_and_publish(card: tuple[str, int]) -> None:
    """In its own words, whatever is written beside it: what somebody wrote once may say another thing than what is set since."""
    tried: dict[str, int] = {}
    silent: dict[str, str] = {}
    heard: set[str] = set()
    for version, index in versions_with(card):
        use = version.uses[index]
        for plain in (copy.deepcopy(dict(use.settings)), with_other_words(copy.deepcopy(dict(use.settings)))):

            def page(settings: Any, version: Arrangement = version, index: int = index) -> Any:
                changed = replace(version.uses[index], settings=settings)
                after = replace(version, uses=(*version.uses[:index], changed, *version.uses[index + 1 :]))
                return document(GOVERNANCE, after, "An area")["sections"]

            before: Any = None  # worked out where something is left to be tried here
            for name, place, field, value in places(CATALOGUE.rules[card].Config, plain):
                if name in heard if name in OF_THE_WHOLE | WITH_ANOTHER else tried.get(name, 0) >= 2 * MOST:
                    continue
                for other in (o for o in others(field, value) if o != value):
                    try:
                        told = page(with_value(plain, place, other))
                    except ThreefoldError:
                        continue
                    tried[name] = tried.get(name, 0) + 1
                    before = before or page(plain)
                    if told != before:
                        heard.add(name)
                    else:
                        silent[name] = f"{version.body}/{version.version} {use.use} {place}: {value!r} -> {other!r}"
                    break
    wrong = {
        n: where
        for n, where in silent.items()
        if n not in NOT_ON_THE_PAGE and (n not in (OF_THE_WHOLE | WITH_ANOTHER) or n not in heard)
    }
    assert not wrong, "\n".join(f"{name}: {where}" for name, where in sorted(wrong.items()))


# What people may write of anything. It names what could be set, and is true of none of it.
OTHER_WORDS = (
    "It is published, never published; usually published for 1 month, 12 months or 24 months, 5 working days or 10. Days are not counted from "
    "a holiday. It reports to nobody. The council lead, the police lead, the business manager and the chair may object. The unit is inferred."
)


def with_other_words(node: Any) -> Any:
    """The same settings with other words wherever something is told in people's own."""
    if isinstance(node, list):
        return [with_other_words(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: OTHER_WORDS if key == "text" and value else with_other_words(value) for key, value in node.items()}


@pytest.mark.parametrize("card", RULES, ids=[name for name, _ in RULES])
def test_every_choice_of_a_setting_has_its_words(card: tuple[str, int]) -> None:
    """What a form offers and a comparison tells is never the word that the files have for it."""

    def check(schema: Any, at: str = "") -> Iterator[str]:
        for name, field in named(schema).items():
            inner = field.inner if isinstance(field, fields.List) else field
            if isinstance(inner, fields.Nested):
                yield from check(type(inner.schema), f"{at}{name}.")
                continue
            words = field.metadata.get("words", {})
            yield from (f"{at}{name}: {choice!r}" for choice in _choices(inner) if choice != "" and not words.get(choice))

    assert not list(check(CATALOGUE.rules[card].Config))


@pytest.mark.parametrize("card", RULES, ids=[name for name, _ in RULES])
def test_every_part_of_a_source_is_told_and_the_order_of_names_is_not(card: tuple[str, int]) -> None:
    tried: dict[str, int] = {}
    for version, index in versions_with(card):
        use = version.uses[index]
        plain = copy.deepcopy(dict(use.settings))
        for name, place, field, value in places(CATALOGUE.rules[card].Config, plain):
            is_list = isinstance(field, fields.List) and isinstance(value, list) and not isinstance(field.inner, fields.Nested)
            if (
                name in OF_THE_WHOLE - {"start_events"}
                or tried.get(name, 0) >= MOST
                or not (isinstance(field, SourceField) or is_list)
            ):
                continue
            tried[name] = tried.get(name, 0) + 1
            node = plain
            for part in place[:-1]:
                node = node[part]
            source = node.get(place[-1]) or {}
            parts = {"ref": "Another page", "force": "PG", "sure": "inferred", "where": "https://example.org/other"}
            changes = [value[::-1]] if is_list else [{"ref": "A page", **source, part: new} for part, new in parts.items()]
            for change in changes:
                changed = replace(use, settings=with_value(plain, place, change))
                after = replace(version, uses=(*version.uses[:index], changed, *version.uses[index + 1 :]))
                told = compare(CATALOGUE, version, after)
                assert bool(told) is not is_list, f"{version.body} {use.use} {place}: {change!r} {[d.sentence for d in told]}"
