"""What somebody else did with a date while a person was writing: who recorded it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from threefold.walls.session import Unit
from threefold.work.incidents import stories
from threefold.work.incidents.web.cases import staff_names

Event = Mapping[str, Any]


def who_recorded(unit: Unit, case_id: UUID, name: str) -> str:
    """Who recorded or corrected the date of an event last, by name: "You" for whoever reads it."""
    whats = {f"event: {name}", f"date corrected: {name}"}
    by = next((one.by for one in stories.timeline(unit, case_id) if one.what in whats), None)
    if by is not None and by == unit.actor.person_id:
        return "You"
    return staff_names(unit).get(by, "Somebody")


def now_of(events: Iterable[Event], decided: Iterable[Event], name: str, at: str) -> Event | None:
    """The event that a date was corrected to, from correction to correction; None where it was not corrected to one on record."""
    to = {one["was"]: one["is"] for one in decided if one["question"] == "correct_date" and one["outcome"] == name}
    on_record, seen = {e["raw"]: e for e in events if e["name"] == name}, set[str]()
    while at in to and at not in on_record and at not in seen:
        seen.add(at)
        at = to[at]
    return on_record.get(at)
