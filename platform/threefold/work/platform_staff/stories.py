"""Platform staff in a body: for a time, with a reason that the body reads, ended by either side at once.

Whether a session is open is the database's word, by its own clock; what is here brings one about and shows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.directory import BodyRef
from threefold.walls.session import Actor, Scope, Unit, Walls
from threefold.walls.staff import OwnStaffSession, StaffMember
from threefold.work.audit.stories import Line, Wanted, some_lines
from threefold.work.people import notices
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, NATIONAL_OFFICER, PARTNER_LEAD, NotHere, needs
from threefold.work.people.sign_in import FRESH, IDLE, token_hash
from threefold.work.people.staff_sessions import StaffSession, staff_sessions
from threefold.work.platform_staff.tables import StaffAccess

# Whoever answers for the body.
SEEING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, AREA_LEAD, NATIONAL_OFFICER})
MINUTES = {"30": "30 minutes", "60": "1 hour", "120": "2 hours", "240": "4 hours"}
DEFAULT = "60"
SHORTEST, LONGEST = 15, 300
MOST_LINES = 500
# What looks like somebody: an e-mail address, a number as long as a telephone's or the NHS's, a day of birth.
_SOMEBODY = re.compile(r"\S@\S|(?:\d[ \-]?){7,}|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")


@dataclass(frozen=True, slots=True)
class Access:
    """One session in this body with its reason; and who could not be told of it by e-mail."""

    session: StaffSession
    why: str
    asked_at: datetime | None
    minutes: int
    untold: tuple[UUID, ...] = ()


# the platform's side


def who_of_staff(walls: Walls, token: str, at: datetime) -> StaffMember:
    """Who of the platform's staff is signed in with this token. Raises `NotHere`: to anybody else there is no such page."""
    with walls.directory() as directory:
        found = directory.staff_member(token_hash(token), at, IDLE)
    if found is None:
        raise NotHere
    return found


def own_sessions(walls: Walls, member: StaffMember) -> list[OwnStaffSession]:
    """One's own sessions, the newest first."""
    with walls.directory() as directory:
        return directory.staff_sessions_of(member.person_id)


def begin(
    walls: Walls, token: str, member: StaffMember, body: BodyRef, why: str, minutes: int, at: datetime, source: str
) -> UUID:
    """Begin a session: on record in the body with its reason, and its business manager is told by e-mail.

    The database decides: from a fresh sign-in of somebody with the role of the platform who works for no body, at most four
    hours, one at a time.
    """
    why = plain(why)
    number = uuid4()
    with _as_themselves(walls, member, body.id, at, "begin to look into a body as platform staff", source) as unit:
        begun = func.directory.begin_staff_session(
            number, token_hash(token), at, int(IDLE.total_seconds()), int(FRESH.total_seconds()), minutes
        )
        if unit.session.execute(select(begun)).scalar() is None:
            raise ThreefoldError(
                "This could not begin. End the session you have open first; and whoever works for a body is not platform staff. A body that left is looked into no more.",
                field="body",
            )
        unit.session.add(
            StaffAccess(id=number, person_id=member.person_id, at=at, minutes=minutes, why=unit.seal_json({"why": why}))
        )
        unit.session.flush()
        notices.tell(unit, notices.PLATFORM_STAFF, number, notices.managers(unit))
        unit.audit("platform staff access begun", f"staff:{number}", {"minutes": minutes})
    return number


def plain(why: str) -> str:
    """The reason, in a sentence that names nobody."""
    why = " ".join(why.split())
    if len(why) < SHORTEST:
        raise ThreefoldError("Say why in a sentence, so that the body understands it.", field="why")
    if len(why) > LONGEST:
        raise ThreefoldError(f"Say why in {LONGEST} characters or fewer.", field="why")
    if _SOMEBODY.search(why):
        raise ThreefoldError(
            "Say why without an email address, a date or a long number: the reason must name nobody.", field="why"
        )
    return why


def leave(walls: Walls, member: StaffMember, session_id: UUID, at: datetime, source: str) -> None:
    """End a session of one's own before its time. One that is not one's own is not there."""
    mine = next((one for one in own_sessions(walls, member) if one.id == session_id), None)
    if mine is None:
        raise NotHere
    with _as_themselves(walls, member, mine.body_id, at, "leave a body as platform staff", source) as unit:
        if unit.session.execute(select(func.directory.end_staff_session(session_id, member.person_id))).scalar():
            unit.audit("platform staff access ended", f"staff:{session_id}")


def _as_themselves(
    walls: Walls, member: StaffMember, body_id: UUID, at: datetime, purpose: str, source: str
) -> AbstractContextManager[Unit]:
    return walls.open(Scope(body_id), actor=Actor(member.person_id, member.display_name), purpose=purpose, at=at, source=source)


# the body's side


@needs("see platform staff access", SEEING)
def see_access(unit: Unit) -> list[Access]:
    """Every session there was here, the newest first. Four statements."""
    found = _accesses(unit, staff_sessions(unit))
    unit.audit("platform staff access listed", "staff", kind=LIST)
    return found


@needs("see platform staff access", SEEING)
def see_one(unit: Unit, access_id: UUID) -> tuple[Access, list[Line], bool]:
    """One session with what was opened in it, the newest first, and whether there was more than is shown."""
    one = _one(unit, access_id)
    unit.audit("platform staff access read", f"staff:{access_id}", kind=DETAIL)
    began = one.asked_at or one.session.begins
    wanted = Wanted(
        since=began.astimezone(LONDON).date(), until=(began + timedelta(days=1)).astimezone(LONDON).date(), staff=access_id
    )
    lines = some_lines(unit, wanted, None, MOST_LINES + 1)
    return one, lines[:MOST_LINES], len(lines) > MOST_LINES


@needs("end platform staff access", SEEING)
def end_access(unit: Unit, access_id: UUID) -> None:
    """End a session at once: their next page is not there."""
    one = _one(unit, access_id)
    if not unit.session.execute(select(func.directory.end_staff_session(one.session.id, unit.actor.person_id))).scalar():
        raise ThreefoldError("That has ended already.")
    unit.audit("platform staff access ended", f"staff:{access_id}")


def _one(unit: Unit, access_id: UUID) -> Access:
    session = next((one for one in staff_sessions(unit) if one.id == access_id), None)
    if session is None:
        raise NotHere
    return _accesses(unit, [session])[0]


def _accesses(unit: Unit, sessions: Sequence[StaffSession]) -> list[Access]:
    ids = [one.id for one in sessions]
    rows = {row.id: row for row in unit.session.scalars(select(StaffAccess).where(StaffAccess.id.in_(ids)))}
    untold: dict[UUID, list[UUID]] = {}
    for failed in notices.failed_notices(unit, notices.PLATFORM_STAFF, ids):
        untold.setdefault(failed.about, []).append(failed.person_id)
    found = []
    for one in sessions:
        row = rows.get(one.id)
        why = unit.open_json(row.why)["why"] if row else ""
        found.append(Access(one, why, row.at if row else None, row.minutes if row else 0, tuple(untold.get(one.id, ()))))
    return found
