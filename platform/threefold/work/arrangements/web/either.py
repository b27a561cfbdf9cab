"""Settings of a line of which only one kind is meant: which one is asked first, and what belongs to another is not kept beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import Schema

from threefold.governance.drafts import Content
from threefold.plugin_api import Either, Option
from threefold.work.arrangements.web import lines
from threefold.work.people.web import Filled, choice


def eithers_of(schema: type[Schema]) -> tuple[Either, ...]:
    """What a schema asks in one of several ways (`eithers` of the schema)."""
    return tuple(getattr(schema, "eithers", ()))


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


def chosen_in(schema: type[Schema], line: Mapping[str, Any]) -> dict[str, str]:
    """Which kind a line has of each: the first of which something is set; "" where nothing is."""
    return {
        one.name: next(
            (option.name for option in one.options if any(line.get(n) not in (None, "", []) for n in option.settings)), ""
        )
        for one in eithers_of(schema)
    }


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


def of_kind(schema: type[Schema], name: str) -> list[str]:
    """The question which kind something is, and all the settings of its kinds; of any other name that alone."""
    return [name, *(n for settings in kinds(schema).get(name, ()) for n in settings)]


def labels(schema: type[Schema]) -> dict[str, str]:
    return {one.name: one.label for one in eithers_of(schema)}


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
    """Answers that two people changed, those of a kind, and sources, as a person reads them."""
    asked = {one.name: one for one in eithers_of(schema)}

    questions = lines.form_of(schema, content)

    def words(path: str, value: Any) -> str:
        if path in asked:
            return _in_words(schema, asked[path], value or {}, content)
        if isinstance(value, Mapping) and "ref" in value:
            return " ".join(str(value[part]) for part in ("ref", "where") if value.get(part))
        items = questions[path].metadata.get("items") or {} if path in questions else {}
        one = value if isinstance(value, str | int) and not isinstance(value, bool) else ""
        return str(items.get(str(one), "")) if one != "" else ""

    return tuple(replace(c, words=(words(c.path, c.theirs), words(c.path, c.yours))) for c in clashes)


def _in_words(schema: type[Schema], one: Either, given: Mapping[str, Any], content: Content) -> str:
    option = next((o for o in one.options if any(n in given for n in o.settings)), None)
    if option is None:
        return "Not said"
    shown, asked = lines.initial_of(schema, given, content), lines.form_of(schema, content)
    told = []
    for name in (n for n in option.settings if n in given):
        inner = lines.inline_names(lines.named(schema)[name])
        boxes = [f"{name}__{k}" for k in inner if k in given[name]] or [name]
        said = " ".join(_said(asked[box], shown.get(box)) for box in boxes if box in asked)
        told.append(said if inner else f"{asked[name].metadata['label'].rstrip('?')}: {said}")
    return f"{option.label.partition(',')[0]}. {'; '.join(told)}"


def _said(question: Any, value: Any) -> str:
    items = question.metadata.get("items") or {}
    return ", ".join(str(items.get(v, v)) for v in (value if isinstance(value, list) else [value]))


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
