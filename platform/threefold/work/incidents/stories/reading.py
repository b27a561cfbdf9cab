"""Reading cases: the list, one case, what was recorded when, and the decisions made."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    null,
    select,
    union_all,
)

from threefold.plugin_api.facts import Facts, read_facts
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.session import Unit
from threefold.work.incidents.records import CaseState, NotFound, load, today
from threefold.work.incidents.tables import OPEN, Case, CaseRecord, Decision, closed_cases, still_open
from threefold.work.people.access import CASE_ROLES, needs
from threefold.work.people.case_access import asked


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a body's case list."""

    id: UUID
    reference: str
    status: str
    next_due_on: date | None
    next_step: str
    next_who: str
    next_statutory: bool
    late: bool
    opened_at: datetime
    restricted: bool = False
    destroyed: bool = False
    closed_on: date | None = None
    notified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a case's timeline: what was recorded when, by which seat, under which version and edition. `no` 0: it changed no facts."""

    no: int
    at: datetime
    what: str
    by: UUID | None
    by_seat: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one matter at one time, and by whom: something else stands now."""

    at: datetime
    by: UUID | None
    words: Any


_SHOWN = (
    Case.id, Case.reference, Case.status, Case.next_due_on, Case.next_step, Case.next_who, Case.next_statutory, Case.opened_at,
    Case.restricted, Case.destroyed_at, Case.notified_on,
)  # fmt: skip
_SOONEST_FIRST = (Case.next_due_on.asc().nulls_last(), Case.id)


@cache  # made once: the list is the page that is opened most
def _page(most: int, *, first: bool) -> Select[*tuple[Any, ...]]:
    """The list, so many rows of it: the open cases, what is due soonest first, and after them the closed ones, the last closed first.

    Those that are closed are looked for only where the open ones do not fill the page: a body's open cases stand in the order of an
    index, of which a page reads as many as it shows.

    How many, and that it is the first page, stand in the statement and are no values of it: a plan whose rows PostgreSQL must
    guess looks dear to it, so it plans anew each time, which took longer than the list does.
    """
    rows: ColumnElement[int] = literal_column(str(int(most)), Integer())
    upto = rows if first else rows + bindparam("skip", type_=Integer())
    still = select(*_SHOWN, cast(null(), Date).label("closed_on")).where(OPEN, still_open())
    worked_on = still.order_by(*_SOONEST_FIRST).limit(upto).cte("worked_on").prefix_with("MATERIALIZED")
    enough = select(func.count()).select_from(worked_on).scalar_subquery() >= upto
    closed = closed_cases()
    ended = select(*_SHOWN, closed.c.closed_on).join(closed, closed.c.case_id == Case.id).where(OPEN, not_(enough))
    last_closed = ended.order_by(closed.c.closed_on.desc(), Case.id).limit(upto)
    both = union_all(select(worked_on), select(last_closed.subquery())).subquery("both")
    listed = select(both).order_by(both.c.closed_on.desc().nulls_first(), both.c.next_due_on.asc().nulls_last(), both.c.id)
    return listed.limit(rows) if first else listed.limit(rows).offset(bindparam("skip"))


@needs("see cases", CASE_ROLES)
def list_cases(unit: Unit, *, page: int = 1, size: int = 25) -> tuple[list[CaseLine], bool]:
    """A page of the body's cases that are open to the actor, what is due soonest first and closed ones last, and whether there are more.

    Nothing is due in a case that is closed. One statement and the audit.
    """
    on = today(unit)
    skip = {"skip": (page - 1) * size} if page > 1 else {}
    rows = unit.session.rows(_page(size + 1, first=not skip), asked(unit) | skip)
    unit.audit("cases listed", "cases", {"page": page}, kind=LIST)
    return [_line(row, on) for row in rows[:size]], len(rows) > size


def _line(row: Any, on: date) -> CaseLine:
    closed, due = row.closed_on, None if row.closed_on else row.next_due_on
    return CaseLine(
        row.id, row.reference, row.status, due, "" if closed else row.next_step, "" if closed else row.next_who,
        row.next_statutory and not closed, due is not None and due < on, row.opened_at, row.restricted, row.destroyed_at is not None, closed, row.notified_on,
    )  # fmt: skip


@needs("see cases", CASE_ROLES)
def reference_of(unit: Unit, case_id: UUID) -> str:
    """The reference of a case, and nothing else of it. Raises `NotFound`."""
    found = unit.session.execute(select(Case.reference).where(Case.id == case_id, OPEN), asked(unit)).scalar()
    if found is None:
        raise NotFound
    return str(found)


def closed_of(unit: Unit, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of some cases are not open to the actor. One statement, none where none is asked about."""
    wanted = frozenset(case_ids)
    found = unit.session.scalars(select(Case.id).where(Case.id.in_(wanted), OPEN), asked(unit)) if wanted else ()
    return wanted - frozenset(found)


@needs("see cases", CASE_ROLES)
def see_case(unit: Unit, case_id: UUID) -> CaseState:
    """A case as it stands, and the note that it was read."""
    state = load(unit, case_id)
    unit.audit("case read", f"case:{case_id}", kind=DETAIL)
    return state


TellsHappenings = Callable[[Unit, UUID], list[Happening]]
_HAPPENINGS: list[TellsHappenings] = []


def in_timeline(story: TellsHappenings) -> TellsHappenings:
    """Register what a capability knows to have happened to a case besides its records. One statement at most."""
    if story not in _HAPPENINGS:
        _HAPPENINGS.append(story)
    return story


def timeline(unit: Unit, case_id: UUID) -> list[Happening]:
    """Everything recorded of the case, newest first, with what other capabilities tell of it."""
    rows = unit.session.execute(
        select(CaseRecord.no, CaseRecord.at, CaseRecord.what, CaseRecord.by, CaseRecord.by_seat, CaseRecord.fingerprint)
        .where(CaseRecord.case_id == case_id)
        .order_by(CaseRecord.no.desc())
    ).all()
    others = [one for story in _HAPPENINGS for one in story(unit, case_id)]
    return sorted([Happening(*row) for row in rows] + others, key=lambda one: (one.at, one.no == 0), reverse=True)


def said_before(unit: Unit, case_id: UUID, what: str, read: Callable[[Facts], Any]) -> list[Said]:
    """What was said of one matter before what stands now; nothing where it was said once. See `said_ever`."""
    return said_ever(unit, case_id, what, read)[1:]


def said_ever(unit: Unit, case_id: UUID, what: str, read: Callable[[Facts], Any]) -> list[Said]:
    """What was said of one matter, newest first: what stands now, and what was said before. One statement.

    `what`: of the records in which it is said; `read`: what the facts of one of them say of it, None for nothing.
    """
    rows = unit.session.execute(
        select(CaseRecord.at, CaseRecord.by, CaseRecord.facts)
        .where(CaseRecord.case_id == case_id, CaseRecord.what == what)
        .order_by(CaseRecord.no)
    ).all()
    found: list[Said] = []
    for row in rows:
        words = read(read_facts(unit.open_json(row.facts)))
        if words is not None and (not found or found[-1].words != words):  # a record may leave it as it was
            found.append(Said(row.at, row.by, words))
    return found[::-1]


def record_at(unit: Unit, case_id: UUID, no: int) -> tuple[Facts, dict[str, Any], datetime]:
    """The facts and the stored verdict of one record: an old decision is explained from what was stored with it."""
    row = unit.session.execute(
        select(CaseRecord.facts, CaseRecord.verdict, CaseRecord.at).where(CaseRecord.case_id == case_id, CaseRecord.no == no)
    ).first()
    if row is None:
        raise NotFound
    return read_facts(unit.open_json(row.facts)), dict(unit.open_json(row.verdict)), row.at


def decisions(unit: Unit, case_id: UUID) -> list[dict[str, Any]]:
    """The decisions of a case, newest first, with reasons, views and dissent as they stood."""
    rows = unit.session.scalars(
        select(Decision).where(Decision.case_id == case_id).order_by(Decision.at.desc(), Decision.record_no.desc(), Decision.id)
    )
    return [
        {"id": row.id, "question": row.question, "outcome": row.outcome, "at": row.at, "by": row.by, "by_seat": row.by_seat,
         "record_no": row.record_no, **unit.open_json(row.reasons)}
        for row in rows
    ]  # fmt: skip
