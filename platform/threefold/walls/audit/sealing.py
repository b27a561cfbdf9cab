"""Sealing: committed entries that have no link yet get one, some at a time, by one process at a time for each body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import DateTime, Table, exists, func, select

from threefold.walls.audit.chain import Entry, Link, extend, open_since
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry, AuditLink

BATCH = 1000  # entries a transaction: some hundred kilobytes

# A time that no calendar has, such as infinity, is read as the nearest that one has: what somebody put there is told, and stops nothing.
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def readable(moment: Any) -> Any:
    """A column of times, as times that can be read."""
    return func.least(func.greatest(moment, _FIRST), _LAST, type_=DateTime(timezone=True))


ENTRY = (
    AuditEntry.id, readable(AuditEntry.at).label("at"), AuditEntry.actor, AuditEntry.purpose, AuditEntry.action, AuditEntry.subject, AuditEntry.detail,
    AuditEntry.kind, AuditEntry.source, AuditEntry.outcome,
)  # fmt: skip
LINK = (
    AuditLink.no, AuditLink.entry_id, AuditLink.entry_mac, readable(AuditLink.until).label("until"),
    readable(AuditLink.sealed_at).label("sealed_at"), AuditLink.mac,
)  # fmt: skip
UNLINKED = ~exists(select(AuditLink.no).where(AuditLink.tenant_id == AuditEntry.tenant_id, AuditLink.entry_id == AuditEntry.id))
_INSERT = cast(Table, AuditLink.__table__).insert()


@dataclass(frozen=True, slots=True)
class Sealed:
    """How far a body's audit is sealed: by how many links, until which time of an entry, and when that was done."""

    no: int
    until: datetime
    sealed_at: datetime
    mac: bytes


def sealed_until(unit: Unit) -> Sealed | None:
    """The newest link; None before the first. One statement."""
    head = _head(unit)
    return Sealed(head.no, head.until, head.sealed_at, head.mac) if head else None


def has_unsealed(unit: Unit) -> bool:
    """Whether any entry waits to be sealed. Two statements."""
    return unit.session.execute(_waiting(_head(unit), unit.at).limit(1)).first() is not None


def seal_some(unit: Unit, most: int = BATCH) -> int:
    """Seal up to `most` entries, the earliest first, and say how many were. Five statements.

    The lock is the body's own and ends with the transaction: two workers take turns, and the second goes on from where
    the first committed. A process killed before its commit has sealed nothing.
    """
    unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit {unit.scope.body_id}", 0))))
    head = _head(unit)
    rows = unit.session.execute(_waiting(head, unit.at).order_by(AuditEntry.at, AuditEntry.id).limit(most)).all()
    if not rows:
        return 0
    key = unit.walls.audit_key(unit)
    links = extend(key, head, (Entry(*row) for row in rows), unit.at)
    unit.session.connection().execute(_INSERT, [
        {"tenant_id": unit.scope.body_id, "no": k.no, "entry_id": k.entry_id, "entry_mac": k.entry_mac, "until": k.until,
         "sealed_at": k.sealed_at, "mac": k.mac} for k in links
    ])  # fmt: skip
    return len(rows)


def _head(unit: Unit) -> Link | None:
    row = unit.session.execute(select(*LINK).order_by(AuditLink.no.desc()).limit(1)).first()
    return Link(*row) if row else None


def _waiting(head: Link | None, now: datetime) -> Any:
    """Entries without a link, from a day before the latest that was sealed: only these few are looked through each minute."""
    waiting = select(*ENTRY).where(UNLINKED)
    return waiting.where(AuditEntry.at >= open_since(head.until, now)) if head else waiting
