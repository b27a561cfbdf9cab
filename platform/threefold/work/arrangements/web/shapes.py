"""Settings that no page could show: of another shape, unknown to the rule, or a thing of a list without a key of its own.

A rule that was upgraded since may take others than a draft holds, and a file may bring them. They are told where the draft is
checked, and the rule's page leads to one that takes them out; a thing of a list is given a key and stays. A value that is
wrong, and of the right shape, is no such thing: its box shows it, to be mended.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields

from threefold.governance import drafts
from threefold.governance.drafts import Content, NoSuchPlace, Place, free_key
from threefold.governance.traced import name_in_list
from threefold.plugin_api import ConditionField, Rule, SourceField
from threefold.plugin_api.settings import KEY, KeyField
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.shown import rule_at, schema_of, use_at
from threefold.work.people.access import NotHere


@dataclass(frozen=True, slots=True)
class Strange:
    """A setting that no page could show. `path`: names and numbers, from the rule's settings to it; `name`: as remarks name it.

    `hides`: the pages of the whole rule cannot be drawn while it is there. `keyed`: it is given a key of its own, and stays.
    """

    path: tuple[str | int, ...]
    name: str
    sentence: str
    hides: bool = True
    keyed: bool = False


def misshapen_at(content: Content, place: Place) -> list[str]:
    """Of the rule that a place belongs to: what of its settings no page could show. Raises `NoSuchPlace`."""
    return [one.sentence for one in strange_at(content, place) if one.hides]


def strange_at(content: Content, place: Place) -> list[Strange]:
    """Everything strange of the rule that a place belongs to, in the order of its settings. Raises `NoSuchPlace`."""
    rule = rule_at(content, place)
    return list(_strange(rule.Config, use_at(content, place[1])["settings"], (), "")) if rule else []


def misshapen(rule: type[Rule], settings: Mapping[str, Any]) -> Iterator[str]:
    """What of a rule's settings no page could show, each in a sentence that names its place."""
    yield from (one.sentence for one in _strange(rule.Config, settings, (), "") if one.hides)


def without(settings: Mapping[str, Any], strange: list[Strange]) -> dict[str, Any]:
    """The settings with nothing strange in them. Later things of a list first, so that numbers still hold."""
    made: dict[str, Any] = json.loads(json.dumps(settings))
    for one in reversed(strange):
        holder: Any = made
        for part in one.path[:-1]:
            holder = holder[part]
        if one.keyed:
            entry, taken = holder[one.path[-1]], [str(other.get("key")) for other in holder if isinstance(other, Mapping)]
            entry["key"] = free_key(str(entry.get("title") or entry.get("name") or "entry"), taken)
        else:
            del holder[one.path[-1]]
    return made


def line_at(content: Content, place: Place) -> dict[str, Any]:
    """The line at a place. Raises `NotHere` where no page can show it, and `NoSuchPlace` where it is not there."""
    if misshapen_at(content, place):
        raise NotHere
    node = drafts.node_at(content, place)
    if not isinstance(node, Mapping):
        raise NotHere
    return dict(node)


def addable(content: Content, place: Place, *, is_list: bool) -> None:
    """Raise `NotHere` unless a place is a list, or a larger part of a line."""
    if misshapen_at(content, place) or not (is_list or _is_part(content, place)):
        raise NotHere


def removable(content: Content, place: Place) -> None:
    """Raise `NotHere` unless a place is a line of a list, a whole rule, or a larger part of a line that is set."""
    if len(place) < 2:
        raise NotHere
    if place[0] == "rules" and len(place) == 2:
        use_at(content, place[1])
        return
    if misshapen_at(content, place):
        raise NotHere
    holder = drafts.node_at(content, place[:-1])
    if isinstance(holder, list):
        drafts.node_at(content, place)
        return
    if not _is_part(content, place):
        raise NotHere
    if not isinstance(holder, Mapping) or place[-1] not in holder:
        raise NoSuchPlace


def movable(content: Content, place: Place) -> None:
    """Raise `NotHere` unless a place is a line of a list, which can stand before or after the others."""
    if len(place) < 2 or (place[0] == "rules" and (len(place) < 4 or misshapen_at(content, place))):
        raise NotHere
    if not isinstance(drafts.node_at(content, place[:-1]), list):
        raise NotHere


def _is_part(content: Content, place: Place) -> bool:
    schema, in_list = schema_of(content, place[:-1])
    return not in_list and any(part.name == place[-1] and part.kind == "object" for part in lines.parts_of(schema))


def _strange(schema: type[Schema], value: Any, path: tuple[str | int, ...], said: str) -> Iterator[Strange]:
    if not isinstance(value, Mapping):
        yield Strange(path, said, f"“{said}” is not a group of settings.")
        return
    fields_of = lines.named(schema)
    if path and "key" in fields_of and _needs_key(fields_of["key"], value.get("key")):
        yield Strange(path, said, f"{_called(value, said)} has no key that it can be found by.", keyed=True)
    value = {name: inner for name, inner in value.items() if not (name == "key" and path and "key" in fields_of)}
    for name, inner in value.items():
        own = f"{said}.{name}".lstrip(".")
        if name in fields_of:
            yield from _strange_value(fields_of[name], inner, (*path, name), own)
        else:
            yield Strange((*path, name), own, f"“{own}” is no setting of this rule.", hides=False)


def _strange_value(field: fields.Field[Any], value: Any, path: tuple[str | int, ...], said: str) -> Iterator[Strange]:
    match field:
        case fields.List():
            if not isinstance(value, list):
                if value is not None or isinstance(field.inner, fields.Nested):
                    yield Strange(path, said, f"“{said}” is not a list.")
                return
            names = Counter[str]()
            for index, entry in enumerate(value):
                name = name_in_list(entry)
                names[name] += 1
                if name and names[name] > 1:
                    told = f"{_called(entry, f'{said}.{name}')} has the key of another one: the later cannot be reached."
                    yield Strange((*path, index), f"{said}.{name}", told, keyed="key" in entry)
                else:
                    yield from _strange_value(field.inner, entry, (*path, index), f"{said}.{drafts.name_of(entry, index)}")
        case _ if value is None:
            return  # emptied on a form
        case SourceField() | ConditionField():
            try:
                field.deserialize(value)
            except ValidationError as error:
                what = "source" if isinstance(field, SourceField) else "condition"
                yield Strange(path, said, f"“{said}” is a {what} that cannot be read: {lines.first_of(error.messages)}")
        case fields.Nested():
            yield from _strange(type(field.schema), value, path, said)
        case fields.Dict():
            if not isinstance(value, Mapping):
                yield Strange(path, said, f"“{said}” is not a group of settings.")
                return
            for name, inner in value.items():
                if not isinstance(inner, str):
                    yield Strange((*path, name), f"{said}.{name}", f"“{said}.{name}” is no text.")
        case _:
            if isinstance(value, list) or (isinstance(value, Mapping) and set(value) != {"$date"}):
                what = "list" if isinstance(value, list) else "group of settings"
                yield Strange(path, said, f"“{said}” is a {what}, and one value is asked for.")


def _needs_key(field: fields.Field[Any], key: Any) -> bool:
    if not isinstance(field, KeyField) or not field.required:
        return False
    try:
        KEY(key)
    except (ValidationError, TypeError):
        return True
    return False


def _called(entry: Mapping[str, Any], said: str) -> str:
    title = entry.get("title") or entry.get("name")
    return f"“{title}” ({said})" if isinstance(title, str) and title else f"“{said}”"


def sent_before(before: list[Any], now: list[Any], node: Mapping[str, Any]) -> str:
    """How the same line is addressed that was added since the page was opened, the form having been sent twice; "" where none was."""
    for no, entry in enumerate(now):
        if entry not in before and {**entry, "key": ""} == {**node, "key": ""}:
            return drafts.name_of(entry, no)
    return ""
