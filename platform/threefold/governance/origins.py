"""Where each line of a draft comes from: the shared pack or version that first had it so, an earlier version of the area's
own, or this draft.

A rule use remembers the layers its settings came from, lowest first. A line belongs to the lowest layer from which on it
stood as it stands now; so what a pack says and an area repeats is the pack's, and what an area changed is the area's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from threefold.governance.drafts import Content, NoSuchPlace, Place, node_at
from threefold.governance.pack import Library, RuleUse

CHANGED = "changed in this draft"
MADE = "made in this draft"
EARLIER = "this area’s own, from an earlier version"


def origin(library: Library, content: Content, first: Content, place: Place) -> str:
    """The layer's file of the line at a place of a rule, or one of the words above. `first`: the draft as it was begun."""
    now = node_at(content, place)
    before = _at(first, place)
    if before is None:
        return MADE
    if before != now:
        return CHANGED
    use = next(u for u in content["uses"] if u["use"] == place[1])
    found = ""
    for layer in reversed(use["layers"]):
        told = _use(library, layer, place[1])
        if told is None or _within(told.settings, place[2:]) != now:
            break
        found = layer
    return found or EARLIER


def _at(content: Content, place: Place) -> Any:
    try:
        return node_at(content, place)
    except NoSuchPlace:
        return None


def _within(settings: Mapping[str, Any], place: Place) -> Any:
    """What stands at a place of a rule's settings, in the form a draft stores."""
    return _at({"uses": [{"use": "it", "settings": RuleUse("it", "", 1, settings).plain}]}, ("rules", "it", *place))


def _use(library: Library, layer: str, use: str) -> RuleUse | None:
    """A rule use as a layer leaves it: of a shared pack, or of a body's version."""
    name = layer.removesuffix(".toml")
    pack = library.packs.get(name)
    body, _, version = name.partition("/arrangements/")
    uses = pack.uses if pack else next(
        (v.uses for v in (library.bodies[body].versions if body in library.bodies else ()) if v.version == version), ()
    )  # fmt: skip
    return next((u for u in uses if u.use == use), None)
