"""Settings of a shape that no page could show: a rule that was upgraded since may ask for another one than a draft holds.

Such a rule is told where the draft is checked, and its page says what is wrong and lets it be removed. No page shows a part
of it. A value that is wrong, and of the right shape, is no such thing: its box shows it, to be mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields

from threefold.governance import drafts
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.plugin_api import ConditionField, Rule, SourceField
from threefold.plugin_api.settings import KeyField
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.shown import rule_at, schema_of, use_at
from threefold.work.people.access import NotHere


def misshapen_at(content: Content, place: Place) -> list[str]:
    """Of the rule that a place belongs to: what of its settings no page could show. Raises `NoSuchPlace`."""
    rule = rule_at(content, place)
    return list(misshapen(rule, use_at(content, place[1])["settings"])) if rule else []


def misshapen(rule: type[Rule], settings: Mapping[str, Any]) -> Iterator[str]:
    """What of a rule's settings no page could show, each in a sentence that names its place."""
    yield from _misshapen(rule.Config, settings, "")


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


def _misshapen(schema: type[Schema], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"“{path}” is not a group of settings."
        return
    for name, field in lines.named(schema).items():
        own = f"{path}.{name}".lstrip(".")
        if name in value:
            yield from _misshapen_value(field, value[name], own)
        elif isinstance(field, KeyField) and field.required and name == "key":
            yield f"“{path}” has no key."


def _misshapen_value(field: fields.Field[Any], value: Any, path: str) -> Iterator[str]:
    match field:
        case fields.List():
            if not isinstance(value, list):
                if value is not None or isinstance(field.inner, fields.Nested):
                    yield f"“{path}” is not a list."
                return
            for index, entry in enumerate(value):
                yield from _misshapen_value(field.inner, entry, f"{path}.{drafts.name_of(entry, index)}")
        case _ if value is None or isinstance(field, SourceField):
            return  # emptied on a form; a source may be a name or a citation, and its boxes take either
        case fields.Nested():
            yield from _misshapen(type(field.schema), value, path)
        case fields.Dict() | ConditionField():
            if not isinstance(value, Mapping):
                yield f"“{path}” is not a group of settings."
        case _:
            if isinstance(value, list) or (isinstance(value, Mapping) and set(value) != {"$date"}):
                yield f"“{path}” is a {'list' if isinstance(value, list) else 'group of settings'}, and one value is asked for."
