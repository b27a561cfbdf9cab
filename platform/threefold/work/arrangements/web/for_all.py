"""What a rule has set for all the lines of its lists, told beside one of them: a step's day means little without what starts the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from threefold.governance.drafts import Content, Place
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.shown import rule_at, use_at


def set_for_all(content: Content, place: Place) -> list[tuple[str, str]]:
    """The questions of a rule that hold for every line of its lists, each with its answer. `place`: such a list, or a line of one.

    Which they are, the rule says (`for_all` in a field's metadata).
    """
    rule = rule_at(content, place)
    if rule is None or len(place) not in (3, 4):
        return []
    asked = lines.form_of(rule.Config, content)
    given = lines.initial_of(rule.Config, use_at(content, place[1])["settings"], content)
    shared = [name for name, field in lines.named(rule.Config).items() if field.metadata.get("for_all")]
    return [(asked[name].metadata["label"], _words(asked[name].metadata, given.get(name))) for name in shared]


def _words(meta: Mapping[str, Any], value: Any) -> str:
    chosen = [one for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
    return "; ".join(str(meta["items"].get(one, one)) for one in chosen) or "Not said yet"
