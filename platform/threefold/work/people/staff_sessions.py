"""The sessions of platform staff in this body, as the directory has them: who, from when until when, and whether one is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from threefold.walls.session import Unit

_COLUMNS = ("id", "person_id", "person_name", "begins", "ends", "ended_at", "ended_by", "open", "signed_out")


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A time in which one of the platform's staff may read here. `open` is the database's word, by its own clock.

    `signed_out`: it ended early with the sign-in it was begun from, and nobody ended it here.
    """

    id: UUID
    person_id: UUID
    name: str
    begins: datetime
    ends: datetime
    ended_at: datetime | None
    ended_by: UUID | None
    open: bool
    signed_out: bool


def staff_sessions(unit: Unit) -> list[StaffSession]:
    """Every session there was in this body, the newest first. One statement."""
    found = func.directory.staff_sessions().table_valued(*_COLUMNS)
    return [StaffSession(*row) for row in unit.session.execute(select(*(found.c[name] for name in _COLUMNS)))]
