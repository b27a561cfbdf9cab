"""The directory: bodies, people, memberships and sign-ins, before a body is known. Narrow functions only.

The running role may not read the directory's tables; it calls the functions below, each of which answers one question.
Times are arguments: the database's clock decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from threefold.walls.staff import PlatformStaff


@dataclass(frozen=True, slots=True)
class BodyRef:
    """A body as the directory knows it."""

    id: UUID
    slug: str
    name: str
    kind: str
    on_platform: bool
    synthetic: bool
    national_body: str
    area_codes: tuple[str, ...]
    front_door: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """Who is signed in, and what they are in one body. `body` None: no business there, or there is no such body.

    `staff`: the session in which one of the platform's staff may read here; until when it holds, and how many seconds are left.
    `elsewhere`: in this sign-in nobody has shown who they are from this browser and network.
    """

    person_id: UUID
    display_name: str
    email: str
    body: BodyRef | None
    roles: frozenset[str]
    seats: frozenset[str]
    fresh_at: datetime | None = None
    staff: UUID | None = None
    staff_ends: datetime | None = None
    staff_left: int = 0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who works for a body, for reminders and for showing who acted."""

    person_id: UUID
    email: str
    display_name: str
    role: str
    seat: str


@dataclass(frozen=True, slots=True)
class ClaimedWork:
    """A piece of work, claimed: for which body, of what kind, about which row, and which attempt this is."""

    body_id: UUID
    kind: str
    subject: UUID
    attempts: int


# Named, so that they are not worked out from each answer: every page asks this.
_SEEN = (
    *("person_id", "person_name", "person_email", "roles", "seats", "fresh_at", "staff_session", "staff_ends", "staff_left"),
    *("elsewhere", "id", "slug", "name", "kind", "on_platform", "synthetic", "national_body", "area_codes", "front_door"),
)


class Directory(PlatformStaff):
    """The narrow functions, typed."""

    def body_by_slug(self, slug: str) -> BodyRef | None:
        row = self._one("directory.body_by_slug", slug)
        return _body(row) if row else None

    def body_by_id(self, body_id: UUID) -> BodyRef | None:
        row = self._one("directory.body_by_id", body_id)
        return _body(row) if row else None

    def left_on(self, body_id: UUID) -> date | None:
        """The day on which a body left this service; nothing where it did not."""
        day: date | None = self._value("directory.left_on", body_id)
        return day

    def bodies(self) -> list[BodyRef]:
        """Every body on the platform: public knowledge."""
        return [_body(row) for row in self._all("directory.bodies")]

    def visit(self, token_hash: bytes, slug: str | None, at: datetime, idle: timedelta, here: str) -> list[VisitRow]:
        """Who is signed in with this token, and what they are in the body `slug` (None: in each of their bodies).

        One statement. Empty: not signed in. One row without body: signed in, and no such body or no business there.
        `here`: from which browser and network, in words.
        """
        rows = self._all("directory.visit", token_hash, slug, at, int(idle.total_seconds()), here, columns=_SEEN)
        return [
            VisitRow(
                r[0],
                r[1],
                r[2],
                _body(r[10:]) if r[10] else None,
                frozenset(r[3] or ()),
                frozenset(s for s in r[4] or () if s),
                r[5],
                r[6],
                r[7],
                r[8] or 0,
                r[9],
            )
            for r in rows
        ]

    def due_work(self, at: datetime, limit: int = 100) -> list[UUID]:
        """Ids of work that is due and not claimed, or was claimed by a process that died."""
        return [r[0] for r in self._all("post.due_work", at, limit)]

    def claim_work(self, work_id: UUID, at: datetime) -> ClaimedWork | None:
        """Claim a piece of work; None when somebody else has it, or it is done or not due."""
        row = self._one("post.claim_work", work_id, at)
        return ClaimedWork(*row) if row else None

    def finish_work(self, work_id: UUID, outcome: str, error: str = "", again_at: datetime | None = None) -> None:
        """Mark work `done`, `failed`, or `waiting` until `again_at`."""
        self._do("post.finish_work", work_id, outcome, error[:500], again_at)


def _body(row: Any) -> BodyRef:
    return BodyRef(row[0], row[1], row[2], row[3], row[4], row[5], row[6], tuple(row[7] or ()), row[8])
