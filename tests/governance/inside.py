"""What no sentence that a person reads may hold: the inside of a rule, or the key of a thing in place of its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.support.tenants import read_tenants
from threefold.governance.pack import Library

_MACHINE = re.compile(r"[a-z]_[a-z]|\b(?:None|True|False)\b|\('|\[\]|Fact\(|done:|\b[ENSWL]\d{8}\b|\S  \S|\.\.|,,| [,;.]")
_HYPHENED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_ADDRESS = re.compile(r"\S+\.\S+/\S*")


def inside_of(sentence: str) -> str:
    """The first part of a sentence that is no word of a person; empty where there is none. Web addresses are left alone."""
    said = _ADDRESS.sub("address", sentence)
    machine = _MACHINE.search(said)
    return machine.group() if machine else next((w for w in _HYPHENED.findall(said) if w in keys()), "")


@cache
def keys() -> frozenset[str]:
    """The keys with a hyphen of every encoded body that no page of theirs uses as a word ("near-miss" is one)."""
    library = read_tenants()
    words = set(_HYPHENED.findall("\n".join(_texts(library)).lower()))
    return frozenset(k for k in _keys(library) if "-" in k and k not in words)


def _settings(library: Library) -> Iterator[dict[str, Any]]:
    for body in library.bodies.values():
        for version in body.versions:
            yield from _lines([u.plain for u in version.uses])


def _lines(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _lines(inner)


def _keys(library: Library) -> Iterator[str]:
    for body in library.bodies.values():
        for version in body.versions:
            yield from (o.key for o in version.organisations)
            yield from (s.key for s in version.seats)
            yield from (u.use for u in version.uses)
    yield from (str(line["key"]) for line in _settings(library) if "key" in line)


def _texts(library: Library) -> Iterator[str]:
    for body in library.bodies.values():
        for version in body.versions:
            yield from (o.name for o in version.organisations)
            yield from (s.title for s in version.seats)
    # A word of the field is in a sentence or a title of a page; a lone key in a setting is not.
    yield from (v for line in _settings(library) for k, v in line.items() if isinstance(v, str) and (" " in v or k == "title"))
    yield from (
        v
        for line in _settings(library)
        for vs in line.values()
        if isinstance(vs, list)
        for v in vs
        if isinstance(v, str) and " " in v
    )
