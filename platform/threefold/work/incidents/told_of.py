"""What is kept of a case besides every table that refers to it: each capability says it, for whoever asks what is held of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from threefold.walls.session import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that is held of a case: `place` names it for good, `title` says what it is, `content` is what it tells."""

    place: str
    title: str
    content: Any


TellsOf = Callable[[Unit, UUID], Iterable[Held]]
_STORIES: list[TellsOf] = []


def tells_of_case(story: TellsOf) -> TellsOf:
    """Register what a capability keeps of a case in a table that does not refer to it."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def also_held(unit: Unit, case_id: UUID) -> list[Held]:
    return [one for story in _STORIES for one in story(unit, case_id)]
