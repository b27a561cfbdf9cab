"""The people of a body: who works for it, in which role and seat, from when until when. The body itself says so.

Nothing is overwritten: a change of role ends one membership and begins another, and what has ended stays on record. Nobody
gives themselves a role, and somebody always remains who manages people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from threefold.domain.calendar import LONDON
from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import LIST
from threefold.walls.session import Unit
from threefold.work.people.access import AGENCY, AREA_LEAD, BUSINESS_MANAGER, NATIONAL_OFFICER, ROLES, NotHere, needs
from threefold.work.people.case_access import end_in_all_cases

MANAGING = frozenset({BUSINESS_MANAGER, AREA_LEAD})
MANAGE = "manage the people of this body"
_COLUMNS = ("id", "person_id", "email", "person_name", "role", "seat", "begins", "ends", "ended_at")


class NotYours(ThreefoldError):
    """Somebody tried to give themselves a role."""


@dataclass(frozen=True, slots=True)
class Member:
    """That a person works for the body. Days are inclusive; `ended_at`: ended at once, in the middle of a day."""

    id: UUID
    person_id: UUID
    email: str
    name: str
    role: str
    seat: str
    begins: date
    ends: date | None
    ended_at: datetime | None

    def counts_on(self, day: date) -> bool:
        return self.ended_at is None and self.begins <= day and (self.ends is None or self.ends >= day)

    def is_over(self, day: date) -> bool:
        return self.ended_at is not None or (self.ends is not None and self.ends < day)

    def is_the_same(self, role: str, seat: str, begins: date, ends: date | None) -> bool:
        """Whether they are what is named on some of the days already, or will be."""
        there = self.ended_at is None and overlap(self.begins, self.ends, begins, ends)
        return there and (self.role, self.seat) == (role, seat)


def overlap(begins: date, ends: date | None, other_begins: date, other_ends: date | None) -> bool:
    """Whether two times have a day in common. Days are inclusive; None: no end is known."""
    return (ends is None or ends >= other_begins) and (other_ends is None or other_ends >= begins)


def roles_of(kind: str) -> dict[str, str]:
    """The roles that a body of that kind may give: what belongs to the national body only where it is one, and it asks no agency."""
    return {
        role: words for role, words in ROLES.items() if (role != AGENCY if kind == "national" else role != NATIONAL_OFFICER)
    }


@needs(MANAGE, MANAGING)
def see_people(unit: Unit) -> list[Member]:
    """Everybody who works for the body, will or did; by name, what began last first."""
    unit.audit("people read", "people", kind=LIST)
    return members(unit)


def members(unit: Unit) -> list[Member]:
    found = func.directory.members().table_valued(*_COLUMNS)
    rows = [Member(*row) for row in unit.session.execute(select(*(found.c[name] for name in _COLUMNS)))]
    return sorted(sorted(rows, key=lambda m: m.begins, reverse=True), key=lambda m: (m.name.casefold(), str(m.person_id)))


@needs(MANAGE, MANAGING)
def change_member(
    unit: Unit, member_id: UUID, kind: str, seats: dict[str, str], role: str, seat: str, begins: date, ends: date | None,
    *, seen_end: int | None = None,
) -> UUID:  # fmt: skip
    """Somebody moves: what they are ends the day before, or on its last day if that is earlier, and another role or seat begins.

    `seen_end`: see `end_member`.
    """
    refuse_wrong_place(kind, seats, role, seat)
    refuse_wrong_days(begins, ends, _today(unit))
    member = _locked(unit, member_id)
    _refuse_unseen_end(member, seen_end)
    _refuse_oneself(unit, member, "role")
    if (member.role, member.seat) == (role, seat):
        raise ThreefoldError(
            "They have that role and seat already. To change when it ends, give another last day.", field="role"
        )
    if any(m.is_the_same(role, seat, begins, ends) for m in members(unit) if m.person_id == member.person_id):
        raise ThreefoldError("They have that role and seat already on one of these days, by another line.", field="role")
    last = begins - timedelta(days=1)
    if member.ends is None or last < member.ends:  # moving somebody later lengthens nothing
        _end(unit, member, last)
    made = uuid4()
    if not unit.session.execute(select(func.directory.put_member(made, member.person_id, role, seat, begins, ends))).scalar():
        raise ThreefoldError("They have that role and seat from that day already.", field="role")
    _refuse_unmanaged(unit, [member])
    unit.audit("person moved", f"person:{member.person_id}", {"from": [member.role, member.seat], "to": [role, seat],
                                                               "begins": begins.isoformat(), "ends": ends.isoformat() if ends else None})  # fmt: skip
    return made


@needs(MANAGE, MANAGING)
def end_member(
    unit: Unit, member_id: UUID, last: date | None, *, everything: bool = False, seen_end: int | None = None
) -> None:
    """Somebody leaves: after a day, or at once (no day). Where nothing is left of them here then, invitations that they have not
    answered are taken back: an older one would let them in again.

    `everything`: all they are here, not this membership alone; such invitations are taken back in any case.
    `seen_end`: what the person saw of when it ends (`end_as_number`). Raises `SaidMeanwhile` where somebody gave another last day since:
    the earlier of two that exclude a person is never lengthened by a page that did not show it.
    """
    if last is not None and last < _today(unit):
        raise ThreefoldError("Give a last day that is today or later; or end it at once.", field="last")
    chosen = _locked(unit, member_id)
    _refuse_unseen_end(chosen, seen_end)
    today = _today(unit)
    ending = [chosen]
    if everything:
        _take_back_invitations(unit, chosen.email)  # before looking: one that is answered at this moment is among what ends
        ending += [
            m for m in members(unit) if m.person_id == chosen.person_id and m.id != chosen.id and not m.is_over(last or today)
        ]
    for member in ending:
        if member.ends is not None and last is not None and last > member.ends:
            _refuse_oneself(unit, member, "last")
            if everything and _again(unit, member, last):
                continue  # another line of the same goes on from it, and ends then
            _refuse_twice(unit, member, last, "last")
        _end(unit, member, last)
        unit.audit("person leaves", f"person:{member.person_id}", {
            "role": member.role, "seat": member.seat, "last": last.isoformat() if last else "at once"})  # fmt: skip
    _refuse_unmanaged(unit, ending)
    after = last + timedelta(days=1) if last else today
    lengthens = last is not None and chosen.ends is not None and last > chosen.ends
    if not lengthens and not any(m.person_id == chosen.person_id and not m.is_over(after) for m in members(unit)):
        _take_back_invitations(unit, chosen.email, last)
    if last is None and not any(m.person_id == chosen.person_id and m.counts_on(today) for m in members(unit)):
        end_in_all_cases(unit, chosen.person_id)


@needs(MANAGE, MANAGING)
def take_end_away(unit: Unit, member_id: UUID, *, seen_end: int | None = None) -> None:
    """Somebody stays after all: no end is known any more of what they are. `seen_end`: see `end_member`."""
    member = _locked(unit, member_id)
    _refuse_unseen_end(member, seen_end)
    _refuse_oneself(unit, member, "when")
    _refuse_twice(unit, member, None, "when")
    unit.session.execute(select(func.directory.end_member(member.id, None, None)))
    unit.audit("person stays", f"person:{member.person_id}", {"role": member.role, "seat": member.seat})


def _refuse_oneself(unit: Unit, member: Member, field: str) -> None:
    """Raise where somebody would give themselves a role, or one they have for longer."""
    if member.person_id == unit.actor.person_id:
        raise NotYours("You cannot give yourself a role. Ask another person who manages people.", field=field)


def _again(unit: Unit, member: Member, ends: date | None) -> list[Member]:
    """The other lines by which somebody is the same on one of the days from when this begins until `ends`."""
    others = (m for m in members(unit) if m.person_id == member.person_id and m.id != member.id)
    return [m for m in others if m.is_the_same(member.role, member.seat, member.begins, ends)]


def _refuse_twice(unit: Unit, member: Member, ends: date | None, field: str) -> None:
    """Raise where somebody would be the same twice on a day: by another line that begins after this one was to end."""
    if again := _again(unit, member, ends):
        first = min(m.begins for m in again)
        raise ThreefoldError(
            f"They are that again from {first.day} {first:%B %Y} by another line. End that line first, or leave this one as it is.",
            field=field,
        )


def end_as_number(member: Member) -> int:
    """When a membership ends, as the number of its day; 0 where no end is known."""
    return member.ends.toordinal() if member.ends else 0


def _refuse_unseen_end(member: Member, seen: int | None) -> None:
    if seen not in (None, end_as_number(member)):
        raise SaidMeanwhile("changed when this ends")


def _end(unit: Unit, member: Member, last: date | None) -> None:
    """End one membership after `last`; at once where there is no day, or it would not have begun by then."""
    at_once = last is None or last < member.begins
    ends = max(member.begins, _today(unit)) if at_once else last
    unit.session.execute(select(func.directory.end_member(member.id, ends, unit.at if at_once else None)))


def _take_back_invitations(unit: Unit, email: str, last: date | None = None) -> None:
    """Those that somebody has not answered; where they leave after a day, not those to what begins after it, which are of a mover."""
    found = func.directory.invitations().table_valued("id", "email", "state", "begins")
    theirs = select(found.c.id, found.c.begins).where(found.c.email == email.lower(), found.c.state == "open")
    for number, begins in unit.session.execute(theirs).all():
        if last is not None and begins > last:
            continue
        if unit.session.execute(select(func.directory.revoke_invitation(number, unit.at))).scalar():
            unit.audit("invitation revoked", f"invitation:{number}")


def _refuse_unmanaged(unit: Unit, before: Iterable[Member]) -> None:
    """Raise where a day comes on which one of these, as they stood before, would have managed people, and now nobody does."""
    now = sorted((m for m in members(unit) if m.role in MANAGING and m.ended_at is None), key=lambda m: m.begins)
    for was in before:
        day: date | None = max(was.begins, _today(unit)) if was.role in MANAGING else None
        for m in now:
            if day is not None and m.begins <= day:
                day = None if m.ends is None else max(day, m.ends + timedelta(days=1))
        if day is not None and (was.ends is None or day <= was.ends):
            raise ThreefoldError(
                f"Nobody would be left who manages the people of this body from {day:%-d %B %Y} on. First give that role to somebody else.",
                field="last",
            )


def _locked(unit: Unit, member_id: UUID) -> Member:
    """A membership that is not over; until the unit ends nobody else changes the people of this body."""
    unit.session.execute(select(func.directory.lock_people()))
    found = next((m for m in members(unit) if m.id == member_id), None)
    if found is None:
        raise NotHere
    if found.is_over(_today(unit)):
        raise ThreefoldError("That has ended already. Invite the person again if they come back.")
    return found


def refuse_wrong_place(kind: str, seats: dict[str, str], role: str, seat: str) -> None:
    """Raise unless a body of that kind gives the role, and its arrangement has the seat."""
    if role not in roles_of(kind):
        raise ThreefoldError("Select a role that this body gives.", field="role")
    if seat and role == AGENCY:
        raise ThreefoldError(
            "Whoever answers for an agency holds no seat of the arrangement. Leave the seat empty, or give another role.",
            field="seat",
        )
    if seat and seat not in seats:
        raise ThreefoldError("Select a seat of the arrangement, or none.", field="seat")


def refuse_wrong_days(begins: date, ends: date | None, today: date) -> None:
    if begins < today:
        raise ThreefoldError("Give a first day that is today or later.", field="begins")
    if ends is not None and ends < begins:
        raise ThreefoldError("Give a last day that is not before the first.", field="ends")


def _today(unit: Unit) -> date:
    return unit.at.astimezone(LONDON).date()
