"""Which seats a body has: its arrangement says so, and the capability of arrangements tells it here."""

from __future__ import annotations

from collections.abc import Callable

from threefold.walls.session import Unit

SeatsStory = Callable[[Unit], dict[str, str]]
_STORIES: list[SeatsStory] = []


def tells_seats(story: SeatsStory) -> SeatsStory:
    """Register a story that says which seats the unit's body has: their keys and titles."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def seats_of(unit: Unit) -> dict[str, str]:
    """The seats somebody may be given in the unit's body, by title."""
    found: dict[str, str] = {}
    for story in _STORIES:  # a seat that two of them tell is called as the first calls it
        found = story(unit) | found
    return dict(sorted(found.items(), key=lambda item: item[1]))
