"""Reading the audit: a page of it by what is asked for, newest first, and how far it is sealed and when it was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from threefold.domain.calendar import LONDON
from threefold.walls.audit import EXPORT, LIST, SEARCH
from threefold.walls.audit.sealing import Sealed, sealed_until
from threefold.walls.audit.verifying import CHECKED
from threefold.walls.session import STAFF, Unit
from threefold.walls.tables import AuditEntry
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.national import standing_aside
from threefold.work.national.tables import ReceivedCase
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, NATIONAL_OFFICER, declare, needs
from threefold.work.people.case_access import asked, barred_subjects

# Whoever answers for the body's records. The scrutineer looks at practice, not at single colleagues, and is not among them.
READERS = frozenset({BUSINESS_MANAGER, AREA_LEAD, NATIONAL_OFFICER})
READ = declare("read the audit", READERS).act
SIZE = 50
NOBODY = UUID(int=0)  # asks for what no person did: the platform itself, and agencies by their links


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; left out, everything. Days are those of London, both included; `reference` is a case's.

    `staff`: a session of platform staff, and what was read under it.
    """

    since: date | None = None
    until: date | None = None
    person: UUID | None = None
    kind: str = ""
    outcome: str = ""
    reference: str = ""
    staff: UUID | None = None

    @property
    def given(self) -> list[str]:
        """The names of what is asked for, and never what was typed."""
        return [f.name for f in fields(self) if getattr(self, f.name)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the entry of this time and id, going back in time."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `reference` is the case's own, where the entry is about a case of this body or on its desk."""

    id: UUID
    at: datetime
    person: UUID | None
    purpose: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    kind: str
    source: str
    outcome: str
    reference: str = ""

    @property
    def place(self) -> Place:
        return Place(self.at, self.id)


@dataclass(frozen=True, slots=True)
class State:
    """How far the audit is sealed; when it was last checked, and how many faults that found."""

    sealed: Sealed | None
    checked_at: datetime | None
    faults: int


@needs(READ, READERS)
def read_audit(unit: Unit, wanted: Wanted, after: Place | None = None) -> tuple[list[Line], bool]:
    """A page of the audit, newest first, and whether there is more. It is itself noted."""
    found = some_lines(unit, wanted, after, SIZE + 1)
    unit.audit("audit read", "audit", {"filters": wanted.given}, kind=SEARCH if wanted.given else LIST)
    return found[:SIZE], len(found) > SIZE


@needs(READ, READERS)
def begin_export(unit: Unit, wanted: Wanted) -> None:
    """Note that the audit is taken out, before the first line of it is."""
    unit.audit("audit exported", "audit", {"filters": wanted.given}, kind=EXPORT)


@needs(READ, READERS)
def audit_state(unit: Unit) -> State:
    """Two statements."""
    newest = (
        select(AuditEntry.at, AuditEntry.detail).where(AuditEntry.subject == CHECKED).order_by(AuditEntry.at.desc()).limit(1)
    )
    checked = unit.session.execute(newest).first()
    return State(sealed_until(unit), checked.at if checked else None, int(checked.detail.get("faults", 0)) if checked else 0)


def some_lines(unit: Unit, wanted: Wanted, after: Place | None, most: int) -> list[Line]:
    """Up to `most` entries after a place, but those about a case that the reader is kept out of. Three statements at most, and one more where a case is asked for."""
    entries = _wanted(select(AuditEntry), wanted).where(
        AuditEntry.subject.not_in(barred_subjects()), AuditEntry.subject.not_in(standing_aside.barred_subjects())
    )
    if wanted.reference:
        entries = entries.where(AuditEntry.subject.in_(_subjects(unit, wanted.reference)))
    if after is not None:
        entries = entries.where(
            AuditEntry.at <= after.at, or_(AuditEntry.at < after.at, and_(AuditEntry.at == after.at, AuditEntry.id < after.id))
        )
    rows = unit.session.scalars(entries.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most), asked(unit)).all()
    known = _references(unit, rows)
    return [
        Line(row.id, row.at, row.actor, row.purpose, row.action, row.subject, row.detail, row.kind, row.source, row.outcome,
             known.get(row.subject, ""))
        for row in rows
    ]  # fmt: skip


def _wanted(entries: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.since:
        entries = entries.where(AuditEntry.at >= datetime.combine(wanted.since, time(), LONDON))
    if wanted.until:
        entries = entries.where(AuditEntry.at < datetime.combine(wanted.until + timedelta(days=1), time(), LONDON))
    if wanted.person:
        entries = entries.where(AuditEntry.actor.is_(None) if wanted.person == NOBODY else AuditEntry.actor == wanted.person)
    if wanted.kind:
        entries = entries.where(AuditEntry.kind == wanted.kind)
    if wanted.staff:
        entries = entries.where(AuditEntry.detail[STAFF].astext == str(wanted.staff))
    return entries.where(AuditEntry.outcome == wanted.outcome) if wanted.outcome else entries


def _subjects(unit: Unit, reference: str) -> list[str]:
    """What the audit calls the cases of a reference: one of the body's own, or those on its desk."""
    own = unit.session.execute(select(Case.id).where(Case.reference == reference, OPEN), asked(unit)).scalars()
    desk = unit.session.execute(
        select(ReceivedCase.case_ref).where(ReceivedCase.reference == reference, standing_aside.OPEN), asked(unit)
    ).scalars()
    return [*(f"case:{found}" for found in own), *(f"received:{found}" for found in desk)]


def _references(unit: Unit, rows: Sequence[AuditEntry]) -> dict[str, str]:
    """The references of the cases that entries are about. A statement for each kind of case that there is one of."""
    found: dict[str, str] = {}
    for what, key, column, seen in (
        ("case", Case.id, Case.reference, OPEN), ("received", ReceivedCase.case_ref, ReceivedCase.reference, standing_aside.OPEN)
    ):  # fmt: skip
        ids = {UUID(row.subject.partition(":")[2]) for row in rows if row.subject.startswith(f"{what}:")}
        if ids:
            found |= {
                f"{what}:{row[0]}": row[1]
                for row in unit.session.execute(select(key, column).where(key.in_(ids), seen), asked(unit))
            }
    return found
