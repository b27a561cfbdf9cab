"""Who may open a case: one condition, which every page, list, count and story of a case stands behind.

A person is kept out of a case for which a conflict of interest is declared or upheld, whatever their role. A restricted
case is opened by its team, the reviewers named for it and the named deputies. Whoever is only a reviewer here opens exactly
the cases they are named for, until the day that was set. Platform staff open no restricted case at all. What may not be opened is answered as if it were not there.

Roles count as they are on the day that is asked about: whoever works here no more, or in a role that sees no cases, is of no
team, whatever was said of them once; and a deputy acts while they handle cases here. Who was away from the body is let in, or
acts, by nothing that was said before.

The door asks `standing` for each address that names a case; lists add `OPEN` to what they select. Both ask the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Exists,
    Select,
    TableValuedAlias,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import InstrumentedAttribute

from threefold.domain.calendar import LONDON
from threefold.walls.database import BodyRow
from threefold.walls.session import SYSTEM, Actor, Unit
from threefold.work.people.access import BUSINESS_MANAGER, CASE_ROLES, EVERY_CASE, PARTNER_LEAD, REVIEWER, NotHere
from threefold.work.people.tables import CaseBar, CaseMember

STANDING = ("declared", "upheld")
# Whoever is only a reviewer here is of no team: they are let in as the reviewer of a case, and that has a last day.
TEAM_ROLES = CASE_ROLES - {REVIEWER}


def _words(values: Iterable[str]) -> list[BindParameter[str]]:
    """Words of the program as words of the statement: values that are always the same need not be sent, nor planned for, each time."""
    return [bindparam(None, value, type_=Text(), unique=True, literal_execute=True) for value in sorted(values)]


_STANDS = CaseBar.state.in_(_words(STANDING))
_TEAM = CaseMember.part.in_(_words(["team"]))


class CaseTable(Protocol):
    """What is asked of the table of cases. It stands in incidents, above this, and says here that it is the one."""

    id: InstrumentedAttribute[UUID]
    restricted: InstrumentedAttribute[bool]
    destroyed_at: InstrumentedAttribute[datetime | None]


_ASKER, _DAY = bindparam("asker", type_=Uuid()), bindparam("asker_day", type_=Date())
_PLATFORM = bindparam("asker_is_platform", type_=Boolean())
_OUTSIDE = bindparam("asker_is_outside", type_=Boolean())
_STAFF = bindparam("asker_is_staff", type_=Boolean())
_MANAGES, _LEADS = bindparam("asker_manages", type_=Boolean()), bindparam("asker_leads", type_=Boolean())
_HANDLES = bindparam("asker_handles", type_=Boolean())
_TABLE: list[CaseTable] = []
ClosedOn = Callable[[], ColumnElement[date | None]]
_CLOSED: list[ClosedOn] = []


def cases_are(table: Any) -> ColumnElement[bool]:
    """Say which table holds the cases, and get the condition under which a case is open to `asked(unit)`."""
    _TABLE[:] = [cast(CaseTable, table)]
    return _open(table)


def closed_is(column: ClosedOn) -> ClosedOn:
    """Mark what a statement over cases asks to learn the day since which each is closed. It stands beside the table of cases."""
    _CLOSED[:] = [column]
    return column


def asked(unit: Unit) -> dict[str, Any]:
    """The values of the condition for whoever acts in this unit. A list that forgets them fails, and shows nothing."""
    actor = unit.actor
    return {
        "asker": actor.person_id, "asker_day": unit.today, "asker_is_platform": actor == SYSTEM, "asker_is_outside": is_outside(actor),
        "asker_manages": BUSINESS_MANAGER in actor.roles, "asker_leads": PARTNER_LEAD in actor.roles, "asker_is_staff": actor.staff is not None,
        "asker_handles": bool(actor.roles & EVERY_CASE),
    }  # fmt: skip


def is_outside(actor: Actor) -> bool:
    """Whether the person is nothing here but a reviewer (or signs the arrangement): then only what they are named for is open to them."""
    return actor.staff is None and not actor.roles & TEAM_ROLES


def is_in_one_stay(person: Any, since: Any, day: Any) -> Exists:
    """Whether somebody works for the body without a break from a moment to a day: what was said of them at that moment holds so long.

    Worked out from what is on record of their roles, so that it is the same in whatever order that came there.
    """
    stay = stays()
    return exists().where(stay.c.person_id == person, of_stay(stay, since), or_(stay.c.ends.is_(None), stay.c.ends >= day))


def stays() -> TableValuedAlias:
    """How long people work for the body without a break, whatever as. Days are inclusive."""
    return func.directory.stays().table_valued("person_id", column("begins", Date()), column("ends", Date()))


def of_stay(stay: TableValuedAlias, since: Any) -> ColumnElement[bool]:
    """Whether a moment is in a stay."""
    day = cast_to(func.timezone(*_words([LONDON.key]), since), Date())
    return and_(stay.c.begins <= day, or_(stay.c.ends.is_(None), stay.c.ends >= day))


def counts(day: Any) -> ColumnElement[bool]:
    """Whether a membership of a case counts on a day."""
    until = and_(
        CaseMember.begins <= day, or_(CaseMember.ends.is_(None), CaseMember.ends >= day), CaseMember.ended_at.is_(None)
    )
    return and_(until, is_in_one_stay(CaseMember.person_id, CaseMember.at, day))


def _working(day: Any) -> TableValuedAlias:
    """Everybody who works for the body on a day, a row for each role and seat."""
    return func.directory.staff(day).table_valued("person_id", "email", "person_name", "role", "seat")


def _works_as(person: Any, roles: Iterable[str], day: Any) -> ColumnElement[bool]:
    """Whether somebody works for the body on a day in one of the roles. Asked once in a statement, not once a row."""
    here = _working(day)
    return cast(ColumnElement[bool], person.in_(select(here.c.person_id).where(here.c.role.in_(_words(roles)))))


def is_barred(case_id: Any, person: Any) -> Exists:
    """Whether a conflict of interest of a person stands in a case."""
    return exists().where(CaseBar.case_id == case_id, CaseBar.person_id == person, _STANDS)


def is_kept_out_of_any(unit: Unit) -> bool:
    """Whether a conflict of interest of whoever acts stands in any case at all, of whatever kind: every table of such is asked.

    A table says that it is one (`__keeps_out__`), so that a later kind joins by itself. One statement for each.
    """
    kinds: list[Any] = [m.class_ for m in BodyRow.registry.mappers if getattr(m.class_, "__keeps_out__", False)]
    return any(
        unit.session.execute(
            select(kind.id).where(kind.person_id == unit.actor.person_id, kind.state.in_(STANDING)).limit(1)
        ).first()
        for kind in kinds
    )


def has_no_bar(case_id: Any) -> ColumnElement[bool]:
    """Whether nobody is kept out of a case: for what is worked out once and read by several."""
    return not_(exists().where(CaseBar.case_id == case_id, _STANDS))


def barred_subjects() -> Select[Any]:
    """What the audit calls the cases that the asker is kept out of."""
    return select(func.concat("case:", CaseBar.case_id)).where(CaseBar.person_id == _ASKER, _STANDS)


def _acts(handles: ColumnElement[bool], day: Any) -> ColumnElement[bool]:
    """Whether the deputy who is named acts on a day, in a case of which somebody is kept out; `handles`: whether they handle cases then."""
    return and_(_STANDS, handles, CaseBar.deputy_ended_at.is_(None), is_in_one_stay(CaseBar.deputy_id, CaseBar.deputy_at, day))


_ASKER_ACTS = and_(CaseBar.deputy_id == _ASKER, _acts(_HANDLES, _DAY))


def is_let_in(case_id: Any) -> ColumnElement[bool]:
    """Whether the asker is of the case's team, its reviewer, or the deputy of somebody who is kept out."""
    return or_(
        exists().where(
            CaseMember.case_id == case_id, CaseMember.person_id == _ASKER, counts(_DAY), or_(not_(_OUTSIDE), not_(_TEAM))
        ),
        exists().where(CaseBar.case_id == case_id, _ASKER_ACTS),
    )


def _of_team(day: Any) -> ColumnElement[bool]:
    """Whether a membership is one by which somebody opens a restricted case on a day, as one of its team."""
    barred = is_barred(CaseMember.case_id, CaseMember.person_id)
    return and_(_TEAM, counts(day), _works_as(CaseMember.person_id, TEAM_ROLES, day), not_(barred))


def _open(case: Any) -> ColumnElement[bool]:
    team = exists().where(CaseMember.case_id == case.id, _of_team(_DAY))
    here = _working(_DAY)
    manager = exists().where(here.c.role.in_(_words([BUSINESS_MANAGER])), not_(is_barred(case.id, here.c.person_id)))
    return or_(
        _PLATFORM,
        and_(
            not_(is_barred(case.id, _ASKER)),
            or_(
                and_(not_(case.restricted), not_(_OUTSIDE)),
                # Platform staff are let in by no name they had here in another capacity.
                and_(not_(_STAFF), is_let_in(case.id)),
                # A duty of the law must not be lost because nobody of the team is left: then the business manager sees the
                # case, and where none is left either, a lead (see `Told.instead_of`).
                and_(case.restricted, or_(_MANAGES, and_(_LEADS, not_(manager))), not_(team)),
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What is asked of a case before its page: the seats that the actor acts for in place of others, and the day since which it is closed.

    `seats` are those that the others hold today: a seat that passed to somebody else, or with a role that sees no cases, is not theirs.
    """

    seats: frozenset[str] = frozenset()
    closed_on: date | None = None


def standing(unit: Unit, case_id: UUID) -> Standing:
    """How the actor and the case stand to each other. One statement.

    Raises `NotHere` when the case is missing, of another body, or not open to the actor: the same statement in each.
    """
    case = _TABLE[0]
    holds = _working(_DAY)
    seats = (
        select(func.string_agg(holds.c.seat, ","))
        .where(CaseBar.case_id == case_id, _ASKER_ACTS)
        .where(holds.c.person_id == CaseBar.person_id, holds.c.role.in_(_words(CASE_ROLES)))
        .scalar_subquery()
    )
    found = unit.session.execute(
        select(case.id, seats, _CLOSED[0]()).where(case.id == case_id, _open(case)), asked(unit)
    ).first()
    if found is None:
        raise NotHere
    return Standing(frozenset(seat for seat in (found[1] or "").split(",") if seat), found[2])


def may_open(unit: Unit, case_id: UUID) -> bool:
    """Whether the case is there for the actor. One statement."""
    try:
        standing(unit, case_id)
    except NotHere:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Told:
    """Who may be told of a case besides whoever its steps name: its team, and who is kept out with the deputy who acts, if any.

    `left`: who stands in where nobody is left, the business managers, else the leads.
    """

    restricted: bool
    team: frozenset[UUID] = frozenset()
    out: dict[UUID, UUID | None] = field(default_factory=dict)
    left: frozenset[UUID] = frozenset()

    def instead_of(self, people: Iterable[UUID]) -> frozenset[UUID]:
        """The people to tell: a deputy in place of whoever is kept out; of a restricted case its team alone. Nobody left: who stands in."""
        wanted = {self.out.get(person, person) for person in people}
        known = {person for person in wanted if person is not None and person not in self.out}
        if not self.restricted:
            return frozenset(known) or (self.left if wanted else frozenset())
        within = (self.team or self.left) | {d for d in self.out.values() if d is not None}
        return frozenset((known & within) or within) - frozenset(self.out)


def team_on(unit: Unit, case_ids: Collection[UUID], day: date, *, without: UUID | None = None) -> dict[UUID, frozenset[UUID]]:
    """Who opens each of some cases as one of its team on a day, a membership left out. One statement."""
    found: dict[UUID, set[UUID]] = {}
    rows = select(CaseMember.case_id, CaseMember.person_id, CaseMember.id).where(
        CaseMember.case_id.in_(case_ids), _of_team(day)
    )
    for row in unit.session.execute(rows):
        if row.id != without:
            found.setdefault(row.case_id, set()).add(row.person_id)
    return {case_id: frozenset(found.get(case_id, ())) for case_id in case_ids}


def to_tell(unit: Unit, case_ids: Collection[UUID], on: date) -> dict[UUID, Told]:
    """Who may be told of each of some cases. Four statements."""
    case = _TABLE[0]
    restricted = {
        row.id: row.restricted for row in unit.session.execute(select(case.id, case.restricted).where(case.id.in_(case_ids)))
    }
    team = team_on(unit, case_ids, on)
    out: dict[UUID, dict[UUID, UUID | None]] = {}
    acts = _acts(_works_as(CaseBar.deputy_id, EVERY_CASE, on), on)
    bars = select(CaseBar.case_id, CaseBar.person_id, CaseBar.deputy_id, acts).where(CaseBar.case_id.in_(case_ids), _STANDS)
    for case_id, person, deputy, does in unit.session.execute(bars):
        out.setdefault(case_id, {})[person] = deputy if does else None
    here = _working(on)
    stands_in: dict[str, set[UUID]] = {BUSINESS_MANAGER: set(), PARTNER_LEAD: set()}
    for person, role in unit.session.execute(select(here.c.person_id, here.c.role).where(here.c.role.in_(stands_in))):
        stands_in[role].add(person)
    managers, leads = stands_in.values()
    told = {}
    for case_id, kept in restricted.items():
        barred = out.get(case_id, {})
        told[case_id] = Told(kept, team[case_id], barred, frozenset((managers - barred.keys()) or (leads - barred.keys())))
    return told


def end_in_all_cases(unit: Unit, person_id: UUID) -> None:
    """All that somebody is for the body was ended at once: they are let into no case any more and act for nobody, should they return.

    The moment has to be written: they may be taken on again on the same day. What ends after a day is worked out (`is_in_one_stay`).
    """
    unit.session.execute(
        update(CaseMember)
        .where(CaseMember.person_id == person_id, CaseMember.ended_at.is_(None))
        .values(ended_at=unit.at, ended_by=unit.actor.person_id)
    )
    case = _TABLE[0]
    there = select(case.id).where(case.destroyed_at.is_(None))  # of a destroyed case nothing is written
    acting = update(CaseBar).where(
        CaseBar.deputy_id == person_id, CaseBar.deputy_ended_at.is_(None), CaseBar.case_id.in_(there)
    )
    unit.session.execute(acting.values(deputy_ended_at=unit.at))
