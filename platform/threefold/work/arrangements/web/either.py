"""Settings of a line of which only one kind is meant: which one is asked first, and what belongs to another is not kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

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
        for option in one.options:
            if option.name != chosen:
                form.answers |= {box: shown.get(box) if chosen == first else None for box in _boxes(schema, option)}


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
