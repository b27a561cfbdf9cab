"""In which groups of its arrangement the people of a body sit: the arrangement says which seats belong to a group, and on which days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from threefold.walls.session import Unit
from threefold.work.people.members import Member


@dataclass(frozen=True, slots=True)
class SeatInGroup:
    """That a seat belongs to a group on some days, both included; `last` None: no end is known. `part`: decides, advises, writes, attends."""

    group: str
    part: str
    seat: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """That a person sits in a group: on the days on which they hold the seat, and the seat belongs to the group."""

    group: str
    part: str
    member: Member
    first: date
    last: date | None


GroupsStory = Callable[[Unit, date], list[SeatInGroup]]
_STORIES: list[GroupsStory] = []


def tells_groups(story: GroupsStory) -> GroupsStory:
    """Register a story that says which seats belong to which groups of the unit's body on a day and after it. Few statements."""
    if story not in _STORIES:
        _STORIES.append(story)
    return story


def sittings(unit: Unit, everybody: Iterable[Member], day: date) -> list[Sitting]:
    """Who sits in which group on a day or after it, by group, and there by the day it begins."""
    seats = [one for story in _STORIES for one in story(unit, day)]
    found = [
        Sitting(one.group, one.part, member, max(one.first, member.begins), _sooner(one.last, member.ends))
        for member in everybody
        if not member.is_over(day)
        for one in seats
        if one.seat == member.seat
    ]
    there = [one for one in found if one.last is None or one.last >= max(one.first, day)]
    return sorted(there, key=lambda one: (one.group.casefold(), one.first, one.part, one.member.name.casefold()))


def _sooner(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
