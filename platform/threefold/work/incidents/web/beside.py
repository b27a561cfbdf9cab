"""What other capabilities show on a case's page: a link to their own page of it, a warning such as a failed e-mail, or
what they know of a single decision.

A capability that stands on incidents registers a story here; incidents knows none of them. Each runs within the case
page's own transaction and may make one statement at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from threefold.walls.session import Unit
from threefold.work.incidents.records import CaseState


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence to stand on the case's page. `path` is below the case's own address, without a leading slash."""

    text: str
    path: str = ""
    warning: bool = False


BesideStory = Callable[[Unit, UUID], list[Beside]]
DecisionStory = Callable[[Unit, CaseState, Sequence[Mapping[str, Any]]], dict[UUID, list[Beside]]]
_STORIES: list[BesideStory] = []
_OF_DESTROYED: list[BesideStory] = []
_OF_DECISIONS: list[DecisionStory] = []


def beside_case(story: BesideStory) -> BesideStory:
    """Register what a capability shows on a case."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def beside(unit: Unit, case_id: UUID) -> tuple[list[Beside], list[Beside]]:
    """(links, warnings) of every capability for one case."""
    found = [item for story in _STORIES for item in story(unit, case_id)]
    return [b for b in found if not b.warning], [b for b in found if b.warning]


def beside_destroyed(story: BesideStory) -> BesideStory:
    """Register what a capability shows on a case whose records were destroyed: there is no other page of it."""
    if story not in _OF_DESTROYED:
        _OF_DESTROYED.append(story)
    return story


def of_destroyed(unit: Unit, case_id: UUID) -> list[Beside]:
    """What every capability shows on such a case."""
    return [item for story in _OF_DESTROYED for item in story(unit, case_id)]


def beside_decisions(story: DecisionStory) -> DecisionStory:
    """Register what a capability shows with the decisions of a case, by the decision's id."""
    if story not in _OF_DECISIONS:
        _OF_DECISIONS.append(story)
    return story


def of_decisions(unit: Unit, state: CaseState, decided: Sequence[Mapping[str, Any]]) -> dict[UUID, list[Beside]]:
    """What every capability shows with each decision, where there is any."""
    found: dict[UUID, list[Beside]] = {}
    for story in _OF_DECISIONS if decided else ():
        for decision, items in story(unit, state, decided).items():
            found.setdefault(decision, []).extend(items)
    return found
