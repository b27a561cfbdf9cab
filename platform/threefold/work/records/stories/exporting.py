"""Taking out everything of a body: one person asks, another agrees, the worker makes it, and the two of them may fetch it for some days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import CHANGE, DONE, EXPORT, LIST
from threefold.walls.destroying import Replaced, in_turn
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry
from threefold.work.incidents.gone import goes_with_case
from threefold.work.incidents.records import first_time
from threefold.work.incidents.stories import told
from threefold.work.people.access import BUSINESS_MANAGER, NATIONAL_OFFICER, PARTNER_LEAD, NotHere, needs
from threefold.work.people.case_access import is_kept_out_of_any
from threefold.work.records.bundle import make_bundle
from threefold.work.records.parts import Parts, drop_parts, read_part
from threefold.work.records.stories.closing import as_staff
from threefold.work.records.tables import BodyExport, Destruction

ASKING = frozenset({BUSINESS_MANAGER, NATIONAL_OFFICER})
AGREEING = frozenset({PARTNER_LEAD, NATIONAL_OFFICER})
KEPT_FOR = timedelta(days=3)
# What may be noted as a change after everything was taken out, because it changes nothing of what was taken out.
NO_CHANGE = (
    "export asked for", "export agreed to", "export declined", "export expired", "export given up", "leaving proposed", "leaving declined", "leaving taken back", "half-written form kept",
    "letter delivered", "reminder failed",
)  # fmt: skip
GOING = ("asked", "waiting", "running", "failed")


@dataclass(frozen=True, slots=True)
class Export:
    """One export as it stands."""

    id: UUID
    why: str
    state: str
    asked_at: datetime
    asked_by: UUID | None
    asked_name: str
    asked_as: str
    agreed_by: UUID | None
    agreed_name: str
    agreed_as: str
    made_at: datetime | None
    expires_at: datetime | None
    taken_at: datetime | None
    bytes: int
    sha256: str


@needs("see what was taken out of the body", ASKING | AGREEING)
def list_exports(unit: Unit) -> list[Export]:
    """Every export that was ever asked for, the newest first. One statement and the audit."""
    unit.audit("exports listed", "body", kind=LIST)
    return [
        _export(unit, row)
        for row in unit.session.scalars(select(BodyExport).order_by(BodyExport.asked_at.desc(), BodyExport.id))
    ]


def export_of(unit: Unit, export_id: UUID) -> Export:
    """One export. Raises `NotHere`."""
    return _export(unit, _row(unit, export_id, lock=False))


@needs("take everything out of the body", ASKING)
def ask_export(unit: Unit, why: str, token: UUID) -> UUID | None:
    """Ask for an export of everything. Nothing is made until another person agrees. Sent twice, it is asked once (None)."""
    told(why, "Say what it is for.", "why")
    _refuse_kept_out(unit)
    in_turn(unit)  # two who ask at once: the second sees what the first asked for
    if first_time(unit, token, "ask_export") is not None:
        return None
    if unit.session.scalars(select(BodyExport.id).where(BodyExport.state.in_(GOING))).first():
        raise ThreefoldError("An export is asked for or being made already.", field="why")
    name, role = as_staff(unit.actor)
    row = BodyExport(
        id=uuid4(), why=unit.seal_json(why), state="asked", asked_at=unit.at, asked_by=unit.actor.person_id, asked_name=name, asked_as=role,
        agreed_at=None, agreed_by=None, made_at=None, expires_at=None, taken_at=None, rows=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.audit("export asked for", "body", {"export": str(row.id)})
    return row.id


@needs("agree to take everything out", AGREEING)
def answer_export(unit: Unit, export_id: UUID, agreed: bool) -> None:
    """Agree to an export that another person asked for, so that it is made; or decline it."""
    row = _row(unit, export_id)
    if row.state != "asked":
        raise ThreefoldError("That was answered already.")
    if unit.actor.person_id is None or (agreed and row.asked_by == unit.actor.person_id):
        raise ThreefoldError("You asked for this yourself. Another person agrees to it.")
    _refuse_kept_out(unit)
    if agreed:
        row.agreed_name, row.agreed_as = as_staff(unit.actor)
        row.agreed_at, row.agreed_by = unit.at, unit.actor.person_id
        unit.later("make_export", row.id)
    row.state = "waiting" if agreed else "declined"
    unit.session.flush()
    unit.audit("export agreed to" if agreed else "export declined", "body", {"export": str(export_id)})


@needs("take back that everything goes out", ASKING | AGREEING)
def take_back(unit: Unit, export_id: UUID) -> None:
    """Say that an export that was asked for is not to be made, or not tried any more: whoever asked for it, or may agree to it."""
    row = _row(unit, export_id, lock=False)
    if row.asked_by != unit.actor.person_id and not unit.actor.roles & AGREEING:
        raise NotHere
    # Whoever makes it holds the row for as long as that takes.
    held = select(BodyExport).where(BodyExport.id == export_id).with_for_update(skip_locked=True)
    free = unit.session.scalars(held.execution_options(populate_existing=True)).first()
    if free is None:
        raise ThreefoldError("It is being made at this moment. Try again in a while.")
    if free.state not in GOING:
        raise ThreefoldError("It is not being made any more.")
    free.state = "declined"
    drop_parts(unit, export_id)
    unit.session.flush()
    unit.audit("export declined", "body", {"export": str(export_id)})


@needs("fetch what was taken out", ASKING | AGREEING)
def fetch_export(unit: Unit, export_id: UUID) -> Export:
    """Note that one of the two fetches the file. Its parts are read with `some_of`."""
    row = _row(unit, export_id)
    if unit.actor.person_id is None or unit.actor.person_id not in (row.asked_by, row.agreed_by):
        raise NotHere
    _refuse_kept_out(unit)
    if row.state != "ready" or row.expires_at is None or row.expires_at <= unit.at:
        raise ThreefoldError("This export is not there any more, or not yet. Ask for another one.")
    row.taken_at = unit.at
    unit.audit("everything taken out", "body", {"export": str(export_id), "sha256": row.sha256}, kind=EXPORT)
    return _export(unit, row)


def some_of(unit: Unit, export_id: UUID, no: int) -> bytes | None:
    """A part of an export's file, from 1 on; None after the last."""
    return read_part(unit, export_id, no)


# what the worker does


def begin_export(unit: Unit, export_id: UUID) -> bool:
    """Whether an export is to be made now; what an earlier try left of it is gone. Not while the records of a case are destroyed."""
    in_turn(unit)
    row = unit.session.get(BodyExport, (unit.scope.body_id, export_id), with_for_update=True)
    if row is None or row.state not in ("waiting", "running", "failed"):
        return False
    row.state = "running"
    drop_parts(unit, export_id)
    return True


def at_one_moment(unit: Unit) -> None:
    """Have everything this unit reads be of one moment. The first thing that is done in it."""
    unit.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def make_export(unit: Unit, export_id: UUID, slug: str, name: str, anchors: Path | None) -> int | None:
    """Make the file of an export, in a unit `at_one_moment`; `export_ready` gives it out. Somebody else making it: nothing is done (None).

    Returns how many cases had been destroyed at that moment. The row stays locked meanwhile: whoever destroys waits, and takes the file.
    """
    held = (
        select(BodyExport.id).where(BodyExport.id == export_id, BodyExport.state == "running").with_for_update(skip_locked=True)
    )
    if unit.session.execute(held).first() is None:
        return None
    destroyed = _destroyed(unit)
    with Parts(unit, export_id) as parts:
        rows = make_bundle(unit, slug, name, anchors, parts)
    unit.session.execute(
        update(BodyExport)
        .where(BodyExport.id == export_id)
        .values(bytes=parts.size, sha256=parts.digest, rows=rows, changes=changes_so_far(unit))
    )
    return destroyed


def export_ready(unit: Unit, export_id: UUID, destroyed: int) -> None:
    """Give out a file that was made, unless a case was destroyed since the moment it is of (`destroyed`: how many were, then)."""
    in_turn(unit)
    row = unit.session.get(BodyExport, (unit.scope.body_id, export_id), with_for_update=True)
    if row is None or row.state != "running":
        return
    if _destroyed(unit) != destroyed:
        row.state, row.sha256 = "expired", ""
        drop_parts(unit, export_id)
        unit.audit("export expired", "body", {"export": str(export_id)})
        return
    expires = unit.at + KEPT_FOR
    row.state, row.made_at, row.expires_at = "ready", unit.at, expires
    unit.later("expire_export", export_id, expires)
    unit.audit("export made", "body", {"export": str(export_id), "sha256": row.sha256, "bytes": row.bytes}, kind=EXPORT)


def _destroyed(unit: Unit) -> int:
    """By their number and not by time: clocks differ."""
    return int(unit.session.execute(select(func.count()).select_from(Destruction)).scalar_one())


def changes_so_far(unit: Unit) -> int:
    """How many changes of the body's records its audit tells of. By their number and not by time: clocks differ."""
    told_of = select(func.count()).select_from(AuditEntry).where(
        AuditEntry.kind == CHANGE, AuditEntry.outcome == DONE, AuditEntry.action.not_in(NO_CHANGE))  # fmt: skip
    return int(unit.session.execute(told_of).scalar_one())


def export_failed(unit: Unit, export_id: UUID, *, for_good: bool) -> None:
    """It could not be made, and is tried again; or (`for_good`) is not, so that another one can be asked for."""
    state = "given_up" if for_good else "failed"
    unit.session.execute(
        update(BodyExport).where(BodyExport.id == export_id, BodyExport.state == "running").values(state=state)
    )
    if for_good:
        drop_parts(unit, export_id)
        unit.audit("export given up", "body", {"export": str(export_id)})


def expire_export(unit: Unit, export_id: UUID) -> None:
    """Take the file of an export away. That it was, with its digest, stays."""
    drop_parts(unit, export_id)
    unit.session.execute(
        update(BodyExport).where(BodyExport.id == export_id, BodyExport.state == "ready").values(state="expired")
    )
    unit.audit("export expired", "body", {"export": str(export_id)})


@goes_with_case
def exports_go(unit: Unit, case_id: UUID) -> Iterable[Replaced]:
    """A file made before the destruction holds the case: every file that is still here, or in the making, goes with it.

    First the rows, so that what is in the making is waited for; then the parts, its own among them. What nobody began to make stays:
    it is of a moment after this.
    """
    made = select(BodyExport).where(BodyExport.state.in_(("waiting", "running", "failed", "ready"))).with_for_update()
    for row in unit.session.scalars(made.execution_options(populate_existing=True)):
        if row.state in ("running", "ready"):
            row.state = "expired"
    unit.session.flush()
    drop_parts(unit)
    return ()


def _row(unit: Unit, export_id: UUID, *, lock: bool = True) -> BodyExport:
    row = unit.session.get(BodyExport, (unit.scope.body_id, export_id), with_for_update=True if lock else None)
    if row is None:
        raise NotHere
    return row


def _export(unit: Unit, r: BodyExport) -> Export:
    return Export(r.id, str(unit.open_json(r.why)), r.state, r.asked_at, r.asked_by, r.asked_name, r.asked_as, r.agreed_by, r.agreed_name, r.agreed_as,
                  r.made_at, r.expires_at, r.taken_at, r.bytes or 0, r.sha256 or "")  # fmt: skip


def _refuse_kept_out(unit: Unit) -> None:
    """Everything includes every case: whoever is kept out of one neither asks for it, nor agrees, nor fetches it."""
    if unit.actor.person_id is not None and is_kept_out_of_any(unit):
        raise ThreefoldError(
            "You are kept out of a case by a conflict of interest, and this holds every case. Somebody else does it.",
            field="why",
        )
