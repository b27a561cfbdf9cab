"""What awaits a person: each capability says what waits in one body; the list over all bodies is put together here.

There is no scope over all bodies, so the list is made of one unit per body, in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from threefold.walls.session import Unit


@dataclass(frozen=True, slots=True)
class Awaiting:
    """One thing to do in one body. `path` is the address below the body's own, without a leading slash."""

    title: str
    path: str
    due_on: date | None = None
    late: bool = False
    reference: str = ""


AwaitingStory = Callable[[Unit], list[Awaiting]]

_STORIES: list[AwaitingStory] = []


def awaits(story: AwaitingStory) -> AwaitingStory:
    """Register a story that says what awaits the unit's actor in the unit's body. Few statements: it runs for each body."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def awaiting(unit: Unit) -> list[Awaiting]:
    """Everything that awaits the actor in this body, what is due soonest first."""
    found = [item for story in _STORIES for item in story(unit)]
    return sorted(found, key=by_due_day)


def by_due_day(item: Awaiting) -> tuple[bool, date, str, str]:
    """What has a day comes first, the earliest first."""
    return item.due_on is None, item.due_on or date.max, item.reference, item.title
