"""What the two of a comparison are called, where they are not two versions of one body: by the names of the bodies themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from threefold.governance.pack import Arrangement, Pack

# What most partnerships have behind the name of their area, and what nobody says in every sentence.
_AS_MOST = re.compile(r"(.+?) (?:Children[’']s )?Safeguarding (?:[\w’'-]+ )*Partnership")
_IN_BRACKETS = re.compile(r" \([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Sides:
    """What each is called within a sentence: `this` the one that is told, `other` the one it is held beside."""

    this: str
    other: str


def are_two_bodies(before: Arrangement | Pack, after: Arrangement | Pack) -> bool:
    """Whether these are not two versions of one body: then nothing "now is" what it "was", and each cites its own pages."""
    return not (isinstance(before, Arrangement) and isinstance(after, Arrangement) and before.body == after.body)


def sides_of(before: Arrangement | Pack, after: Arrangement | Pack, bodies: Mapping[str, str] | None = None) -> Sides | None:
    """What two are called that are not of one body; None for two versions of one.

    `bodies`: the names of bodies by id; one that is not there is called by its id.
    """
    if not are_two_bodies(before, after):
        return None
    whole = [_whole(told, bodies or {}) for told in (after, before)]
    for this, other in ([in_short(name) for name in whole], whole):
        if this != other:
            return Sides(this, other)
    return Sides("this one", "the other")


def in_short(name: str) -> str:
    """A body by the name of its area, where its name is one like most; else by its name without what stands in brackets behind it."""
    like_most = _AS_MOST.fullmatch(name)
    return like_most[1] if like_most else _IN_BRACKETS.sub("", name)


def _whole(told: Arrangement | Pack, bodies: Mapping[str, str]) -> str:
    return f"“{told.title}”" if isinstance(told, Pack) else bodies.get(told.body, told.body)
