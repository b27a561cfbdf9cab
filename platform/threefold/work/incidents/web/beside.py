"""What other capabilities show on a case's page: a link to their own page of it, or a warning such as a failed e-mail.

A capability that stands on incidents registers a story here; incidents knows none of them. Each runs within the case
page's own transaction and may make one statement at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from threefold.walls.session import Unit


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence to stand on the case's page. `path` is below the case's own address, without a leading slash."""

    text: str
    path: str = ""
    warning: bool = False


BesideStory = Callable[[Unit, UUID], list[Beside]]
_STORIES: list[BesideStory] = []


def beside_case(story: BesideStory) -> BesideStory:
    """Register what a capability shows on a case."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def beside(unit: Unit, case_id: UUID) -> tuple[list[Beside], list[Beside]]:
    """(links, warnings) of every capability for one case."""
    found = [item for story in _STORIES for item in story(unit, case_id)]
    return [b for b in found if not b.warning], [b for b in found if b.warning]
