"""Lines that rest on what a rule sets for all of them, or that are cited for others: where those are no longer as the page says, they
are not either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema

from threefold.governance import drafts
from threefold.governance.cited import says
from threefold.governance.drafts import AGREED, Content, NoSuchPlace, Place
from threefold.plugin_api.settings import rests_on
from threefold.work.arrangements.web import answered, lines
from threefold.work.arrangements.web.shown import rule_at


def changed_for_all(schema: type[Schema], before: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """The settings that hold for all lines of a rule (`for_all` in their metadata) and are others now."""
    return {
        name
        for name, field in lines.named(schema).items()
        if field.metadata.get("for_all") and says(field, before.get(name)) != says(field, now.get(name))
    }


def with_their_sources(
    content: Content, first: Content, place: Place, schema: type[Schema], before: Mapping[str, Any]
) -> Content:
    """The draft with each line citing who says what it says now, after the settings of its rule were others `before`.

    A line that rests on one of them that is not as the draft began with it is what the partners agree; one that is as it was again
    cites its page again. `first`: the draft as it was begun; `place`: the rule.
    """
    rule, began = drafts.node_at(content, place), _at(first, place)
    if not isinstance(began, Mapping):
        return content
    touched = changed_for_all(schema, before, rule)
    for name, inner, line in _lines(schema, rule):
        at = (*place, name, str(line.get("key")))
        was = _at(first, at)
        if not isinstance(was, Mapping) or "source" not in was or not rests_on(inner, line, touched):
            continue
        if rests_on(inner, line, changed_for_all(schema, began, rule)):
            if line.get("source") == was["source"]:
                content = drafts.put(content, (*at, "source"), dict(AGREED))
        elif line.get("source") == AGREED and answered.same_but_source(inner, line, was):
            content = drafts.put(content, (*at, "source"), was["source"])
    return content


def began_with(
    content: Content, first: Content, place: Place, schema: type[Schema], line: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """A line as the draft began with it. None where it was made in the draft, or rests on something that its rule has set anew since:
    then it does not say again what its page says, whatever is set back in it."""
    found, rule = _at(first, place), rule_at(content, place)
    if not isinstance(found, Mapping) or rule is None or len(place) < 4:
        return found if isinstance(found, Mapping) else None
    before, now = _at(first, place[:2]), _at(content, place[:2])
    if isinstance(before, Mapping) and rests_on(schema, line, changed_for_all(rule.Config, before, now)):
        return None
    return found


def cited_with(before: Content, made: Content, first: Content, place: Place) -> Content:
    """The draft with the line that is cited for what was changed at `place`, where that cites no page of its own: a group for its members.

    Another member, and the group is what the partners agree; as the draft began with it again, and it cites its page again.
    """
    rule = rule_at(made, place) if len(place) > 3 else None  # what has nothing above it but its rule is cited for itself
    if rule is None:
        return made
    schema, is_list = lines.schema_at(place, rule)
    if "source" in lines.named(schema):
        return made
    while is_list or "source" not in lines.named(schema):
        place = place[:-1]
        if len(place) < 3:
            return made
        schema, is_list = lines.schema_at(place, rule)
    was, now = _at(before, place), _at(made, place)
    if not isinstance(was, Mapping) or not isinstance(now, Mapping) or answered.same_but_source(schema, now, was):
        return made
    source = now.get("source")
    if isinstance(source, Mapping) and source != AGREED:
        return drafts.put(made, (*place, "source"), dict(AGREED))
    began = began_with(made, first, place, schema, now)
    if source == AGREED and began is not None and "source" in began and answered.same_but_source(schema, now, began):
        return drafts.put(made, (*place, "source"), began["source"])
    return made


def _lines(schema: type[Schema], rule: Mapping[str, Any]) -> Iterator[tuple[str, type[Schema], Mapping[str, Any]]]:
    for part in lines.parts_of(schema):
        if part.kind == "list" and part.schema is not None:
            for line in rule.get(part.name) or ():
                if isinstance(line, Mapping):
                    yield part.name, part.schema, line


def _at(content: Content, place: Place) -> Any:
    try:
        return drafts.node_at(content, place)
    except NoSuchPlace:
        return None
