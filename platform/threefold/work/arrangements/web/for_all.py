"""A line of a list beside the others: what its rule has set for all of them (a step's day means little without what starts the plan),
and one more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from threefold.governance.drafts import Content, Place
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.shown import one_of, rule_at, schema_of, use_at


def set_for_all(content: Content, place: Place) -> list[tuple[str, str, str]]:
    """The questions of a rule that hold for every line of its lists, each with its answer, and what is to be said of that answer
    (`beware` in a field's metadata). `place`: such a list, or a line of one.

    Which they are, the rule says (`for_all` in a field's metadata).
    """
    rule = rule_at(content, place)
    if rule is None or len(place) not in (3, 4):
        return []
    asked = lines.form_of(rule.Config, content)
    given = lines.initial_of(rule.Config, use_at(content, place[1])["settings"], content)
    shared = [name for name, field in lines.named(rule.Config).items() if field.metadata.get("for_all")]
    fields_of = lines.named(rule.Config)
    return [
        (
            asked[name].metadata["label"],
            _words(asked[name].metadata, given.get(name)),
            fields_of[name].metadata.get("beware", {}).get(str(given.get(name) or ""), ""),
        )
        for name in shared
    ]


def another(content: Content, place: Place) -> tuple[str, str] | None:
    """Of a line of a list: the list's place in an address, and what one more of its lines is called."""
    if len(place) == 1 or (place[0] == "rules" and len(place) == 2) or not schema_of(content, place[:-1])[1]:
        return None
    return "/".join(place[:-1]), another_of(content, place)


def another_of(content: Content, place: Place) -> str:
    """What a line of a list is called, without its article: "step"."""
    return one_of(place[:-1], content).partition(" ")[2] if len(place) > 1 else ""


def order_of(content: Content, place: Place) -> str:
    """The setting by which the lines of a list are in order, where its rule says so; "" where they are as they were added."""
    rule = rule_at(content, place)
    if rule is None or len(place) < 3:
        return ""
    return str(lines.named(lines.schema_at(place[:-1], rule)[0])[place[-1]].metadata.get("in_order_of", ""))


def has_no_lines(schema: Any, node: Mapping[str, Any]) -> bool:
    """Whether a rule has lists, and no line in any of them yet."""
    lists = [part.name for part in lines.parts_of(schema) if part.kind == "list"]
    return bool(lists) and not any(node.get(name) for name in lists)


def _words(meta: Mapping[str, Any], value: Any) -> str:
    chosen = [one for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
    return "; ".join(str(meta["items"].get(one, one)) for one in chosen) or "Not said yet"
