"""Settings of a line of which only one kind is meant: which one is asked first, and what belongs to another is not kept beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields

from threefold.domain.calendar import UNIT_WORDS, length
from threefold.governance.drafts import Content
from threefold.plugin_api import Either, Option, SourceField
from threefold.plugin_api.settings import SpanSchema, eithers_of
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.offers import offered, said_in_words
from threefold.work.people.web import Filled, choice

NOTHING = "No answer"


def with_choices(schema: type[Schema], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The questions of a line, and before those of each kind the question which kind it is."""
    before = {_boxes(schema, one.options[0])[0]: one for one in eithers_of(schema)}
    made: dict[str, Any] = {}
    for name, question in asked.items():
        if one := before.get(name):
            made[one.name] = choice(one.label, {option.name: option.label for option in one.options}, required=False,
                                    hints={option.name: option.hint for option in one.options if option.hint})  # fmt: skip
        made[name] = question
    return made


def shown_with(schema: type[Schema], names: list[str]) -> dict[str, list[tuple[Option, list[str]]]]:
    """Of the questions on a page those that belong to a kind, by the question which kind it is."""
    return {
        one.name: [(option, [n for n in _boxes(schema, option) if n in names]) for option in one.options]
        for one in eithers_of(schema)
    }


def settle(form: Filled, schema: type[Schema], shown: Mapping[str, Any]) -> None:
    """What was answered of a kind that was not chosen is left out; refused where both were filled in, so that nothing typed is lost.

    `shown`: what the form showed at first. What was not chosen and is as it was stays so: a page saved untouched changes nothing.
    """
    for one in eithers_of(schema):
        chosen, first = str(form.values.get(one.name) or ""), str(shown.get(one.name) or "")
        options = {option.name: option for option in one.options}
        if chosen not in options:
            continue
        typed = [w for w in one.options if w.name != chosen and _told(form, schema, w, shown)]
        if len(typed) == 1 and chosen == first and not _told(form, schema, options[chosen], {}):
            chosen = typed[0].name  # the one was emptied and the other filled in: that says which is meant
        elif typed:
            form.errors[one.name] = (
                f"You chose “{options[chosen].label}”, and filled in “{typed[0].label}” too. Choose the one that you mean, and empty the other"
            )
            continue
        name, told = options[chosen].needs
        if name and (chosen != first or shown.get(name)) and not form.values.get(name):
            form.errors.setdefault(name, told)
        for option in one.options:
            if option.name != chosen:
                left = {box: shown.get(box) if chosen == first else None for box in _boxes(schema, option)}
                form.answers |= left
                form.values |= {box: _as_sent(value) for box, value in left.items()}


def kinds(schema: type[Schema]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The settings of each kind, by the question which kind it is."""
    return {one.name: tuple(option.settings for option in one.options) for one in eithers_of(schema)}


def by_key(schema: type[Schema]) -> list[str]:
    """The settings that hold one answer for each of several keys."""
    return [name for name, field in lines.named(schema).items() if isinstance(field, fields.Dict)]


def of_kind(schema: type[Schema], name: str) -> list[str]:
    """The question which kind something is, and all the settings of its kinds; of any other name that alone."""
    return [name, *(n for settings in kinds(schema).get(name, ()) for n in settings)]


def labels(schema: type[Schema]) -> dict[str, str]:
    """What each setting is called, in the order of the form: the question which kind it is stands before the settings of its kinds."""
    before = {one.options[0].settings[0]: one for one in eithers_of(schema)}
    found: dict[str, str] = {}
    for name, field in lines.named(schema).items():
        if one := before.get(name):
            found[one.name] = one.label
        found[name] = str(field.metadata.get("label", name))
    return found


def as_a_whole(
    schema: type[Schema], seen: Mapping[str, Any], now: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """A line as it would be saved, with what belongs together as whoever answered it saw it: somebody may have changed its kind since."""
    whole = {**now, **values}
    for each in kinds(schema).values():
        names = [n for settings in each for n in settings]
        if not values.keys().isdisjoint(names):
            whole |= {n: values.get(n, seen.get(n)) for n in names}
    return {n: v for n, v in whole.items() if v is not None or n in values}


def worded(schema: type[Schema], clashes: Iterable[Any], content: Content) -> tuple[Any, ...]:
    """Answers that two people changed, as the form says them: a person never chooses between settings as a file holds them."""
    asked = {one.name: one for one in eithers_of(schema)}

    def words(path: str, value: Any, other: Any) -> str:
        if path in asked:
            return _in_words(schema, asked[path], value or {}, content)
        return _answer(schema, path, value, content, other)

    return tuple(replace(c, words=(words(c.path, c.theirs, c.yours), words(c.path, c.yours, c.theirs))) for c in clashes)


def _in_words(schema: type[Schema], one: Either, given: Mapping[str, Any], content: Content) -> str:
    option = next((o for o in one.options if any(n in given for n in o.settings)), None)
    if option is None:
        return "Not said"
    asked = lines.form_of(schema, content)
    told = []
    for name in (n for n in option.settings if n in given):
        said = _answer(schema, name, given[name], content, None, between=", ")
        told.append(said if name not in asked else f"{asked[name].metadata['label'].rstrip('?')}: {said}")
    return f"{option.label.partition(',')[0]}. {'; '.join(told)}"


def _answer(schema: type[Schema], name: str, value: Any, content: Content, other: Any, between: str = "; ") -> str:
    """One setting as the form's own questions and choices say it. `other`: what it is told beside; where the two differ is always said."""
    field, empty = lines.named(schema)[name], value in (None, "", [], {})
    if isinstance(field, SourceField):
        return " ".join(str(value[part]) for part in ("ref", "where") if value.get(part)) if value else NOTHING
    if isinstance(field, fields.Dict):
        called = offered(str(field.metadata.get("offers")), content)
        return between.join(f"{called.get(key, key)}: {words}" for key, words in (value or {}).items()) or NOTHING
    if lines.inline_names(field):
        return NOTHING if empty else _small(field, value, content, other if isinstance(other, Mapping) else value)
    asked = {n: q for n, q in lines.form_of(schema, content).items() if n in (name, f"{name}__other")}
    shown = lines.initial_of(schema, {} if value is None else {name: value}, content)
    if isinstance(value, str) and "\n" in value.strip():  # in paragraphs, as they were written
        return value.strip()
    told = [_said(question, shown.get(box), between) for box, question in asked.items() if shown.get(box) not in (None, "", [])]
    if not told and name in asked and not asked.get(f"{name}__other"):
        told = [str((asked[name].metadata.get("items") or {}).get("", ""))]
    return between.join(one for one in told if one) or NOTHING


def _small(field: Any, value: Mapping[str, Any], content: Content, other: Mapping[str, Any]) -> str:
    """A small part, such as a time: what it must say as one, then what else is not as usual or differs between the two."""
    inner = type(field.schema)
    asked, each = lines.form_of(inner, content), lines.named(inner)
    said = {n: _answer(inner, n, value.get(n, lines.default_of(one)), content, None) for n, one in each.items()}
    needed = [n for n, one in each.items() if one.required]
    if issubclass(inner, SpanSchema) and isinstance(value.get("amount"), int) and value.get("unit") in UNIT_WORDS:
        said |= {"amount": length(value["amount"], value["unit"]), "unit": ""}
    usual = {n: lines.default_of(one) for n, one in each.items()}
    more = [
        f"{asked[n].metadata['label'].rstrip('?')}: {said[n]}" if n in asked else said[n]
        for n in each
        if n not in needed
        and value.get(n, usual[n]) not in (None, "")
        and (value.get(n, usual[n]) != other.get(n, usual[n]) or (value.get(n, usual[n]) != usual[n]))
    ]
    return "; ".join([" ".join(said[n] for n in needed if said[n]), *more] if needed else more) or NOTHING


def _said(question: Any, value: Any, between: str) -> str:
    items = question.metadata.get("items") or {}
    each = value if isinstance(value, list) else between.join(str(value).splitlines()).split("\0")
    return between.join(str(items.get(str(v)) or (said_in_words(v) if items else v)) for v in each)


def _told(form: Filled, schema: type[Schema], option: Option, shown: Mapping[str, Any]) -> bool:
    """Whether something of a kind was filled in that was not `shown` before. A unit alone, which a form proposes, is nothing."""
    return any(
        value and value != _as_sent(shown.get(box))
        for box in _boxes(schema, option, telling=True)
        if (value := form.values.get(box))
    )


def _as_sent(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _boxes(schema: type[Schema], option: Option, *, telling: bool = False) -> list[str]:
    """The names in the form of a kind's settings."""
    found: list[str] = []
    for name in option.settings:
        field = lines.named(schema)[name]
        inner = lines.inline_names(field)
        if inner and telling:
            inner = lines.telling(field)  # type: ignore[arg-type]  # one that has inner names is nested
        found += [f"{name}__{k}" for k in inner] if inner else [name]
    return found
