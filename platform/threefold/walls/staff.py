"""The narrow functions of platform staff, typed. Part of `Directory`; what is about one body is asked in that body's unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from threefold.walls.accounts import Accounts


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody of the platform's staff who is signed in, and when they last showed who they are."""

    person_id: UUID
    display_name: str
    fresh_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnStaffSession:
    """A session of one's own in a body. `open` is the database's word: it looked at its own clock."""

    id: UUID
    body_id: UUID
    slug: str
    body_name: str
    begins: datetime
    ends: datetime
    ended_at: datetime | None
    ended_by: UUID | None
    open: bool


class PlatformStaff(Accounts):
    """Who runs the service, before a body is known."""

    def staff_member(self, token_hash: bytes, at: datetime, idle: timedelta) -> StaffMember | None:
        """Who of the platform's staff holds this token. None: nobody of them."""
        row = self._one("directory.staff_member", token_hash, at, int(idle.total_seconds()))
        return StaffMember(*row) if row else None

    def staff_sessions_of(self, person_id: UUID, most: int = 20) -> list[OwnStaffSession]:
        """A person's sessions, the newest first."""
        return [OwnStaffSession(*row) for row in self._all("directory.staff_sessions_of", person_id, most)]
