"""What goes when the records of a case are destroyed, besides every table that refers to the case: each capability says it.

Where a value tells of several cases (the record of a meeting), the capability gives it as it stands without this one; what
it may remove of itself (a run over past cases), it removes here, in the transaction of the destruction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from threefold.walls.destroying import Replaced
from threefold.walls.session import Unit

GoesWith = Callable[[Unit, UUID], Iterable[Replaced]]
_STORIES: list[GoesWith] = []


def goes_with_case(story: GoesWith) -> GoesWith:
    """Register what a capability takes out when a case is destroyed."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def take_out(unit: Unit, case_id: UUID) -> list[Replaced]:
    """What every capability takes out of what other cases have a part in."""
    return [one for story in _STORIES for one in story(unit, case_id)]
