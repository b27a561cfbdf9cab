"""Legal holds: nothing is destroyed of a case, or of the whole body, while one stands. Putting one needs no second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Unit
from threefold.work.incidents.records import first_time, load
from threefold.work.incidents.stories import told
from threefold.work.people.access import NotHere, needs
from threefold.work.people.case_access import STANDING
from threefold.work.people.tables import CaseBar
from threefold.work.records.stories.closing import MANAGING, as_staff
from threefold.work.records.tables import LegalHold


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `case_id` None: on the whole body. `lifted_at` None: it stands."""

    id: UUID
    case_id: UUID | None
    why: str
    put_at: datetime
    put_name: str
    put_as: str
    lifted_at: datetime | None
    lifted_name: str
    lifted_as: str
    lifted_why: str


@needs("put or lift a legal hold", MANAGING)
def put_hold(unit: Unit, case_id: UUID | None, why: str, token: UUID) -> UUID | None:
    """Put a hold on a case, or on everything the body keeps (no case). Sent twice, it is put once (None)."""
    told(why, "Give the reason for the hold.", "why")
    if case_id is not None:
        load(unit, case_id)
    if first_time(unit, token, "put_hold") is not None:
        return None
    name, role = as_staff(unit.actor)
    row = LegalHold(
        id=uuid4(), case_id=case_id, why=unit.seal_json(why), put_at=unit.at, put_by=unit.actor.person_id, put_name=name, put_as=role,
        lifted_at=None, lifted_by=None, lifted_why=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()  # waits for its turn: the case may be destroyed meanwhile, and then it is refused
    unit.audit("legal hold put", _subject(case_id), {"hold": str(row.id)})
    return row.id


@needs("put or lift a legal hold", MANAGING)
def lift_hold(unit: Unit, hold_id: UUID, case_id: UUID | None, why: str) -> None:
    """Lift a hold, with the reason. Raises `NotHere` where there is none of that case (or of the body)."""
    told(why, "Give the reason for lifting it.", "why")
    if case_id is not None:
        load(unit, case_id)
    row = unit.session.get(LegalHold, (unit.scope.body_id, hold_id), with_for_update=True)
    if row is None or row.case_id != case_id:
        raise NotHere
    if row.lifted_at is not None:
        raise ThreefoldError("This hold was lifted already.", field="why")
    if case_id is None and _is_kept_out(unit):
        raise ThreefoldError(
            "You are kept out of a case by a conflict of interest, and this hold protects every case. Somebody else lifts it.",
            field="why",
        )
    row.lifted_name, row.lifted_as = as_staff(unit.actor)
    row.lifted_at, row.lifted_by, row.lifted_why = unit.at, unit.actor.person_id, unit.seal_json(why)
    unit.session.flush()
    unit.audit("legal hold lifted", _subject(case_id), {"hold": str(hold_id)})


def holds(unit: Unit, case_id: UUID | None, *, of_body_too: bool = False) -> list[Hold]:
    """The holds of a case, or of the body (no case); those of the body beside a case's where wanted. The newest first."""
    mine = LegalHold.case_id == case_id if case_id else LegalHold.case_id.is_(None)
    wanted = or_(mine, LegalHold.case_id.is_(None)) if of_body_too else mine
    rows = unit.session.scalars(select(LegalHold).where(wanted).order_by(LegalHold.put_at.desc(), LegalHold.id))
    return [
        Hold(r.id, r.case_id, str(unit.open_json(r.why)), r.put_at, r.put_name, r.put_as, r.lifted_at, r.lifted_name, r.lifted_as,
             str(unit.open_json(r.lifted_why)) if r.lifted_why else "")
        for r in rows
    ]  # fmt: skip


def _is_kept_out(unit: Unit) -> bool:
    """Whether a conflict of interest of the actor stands in any case."""
    barred = select(CaseBar.id).where(CaseBar.person_id == unit.actor.person_id, CaseBar.state.in_(STANDING)).limit(1)
    return unit.actor.person_id is not None and unit.session.execute(barred).first() is not None


def _subject(case_id: UUID | None) -> str:
    return f"case:{case_id}" if case_id else "body"
