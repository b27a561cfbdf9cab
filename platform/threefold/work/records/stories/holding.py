"""Legal holds: nothing is destroyed of a case, or of the whole body, while one stands. Putting one needs no second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Unit
from threefold.work.incidents.records import first_time
from threefold.work.incidents.stories import told
from threefold.work.people.access import NotHere, needs
from threefold.work.people.case_access import is_kept_out_of_any
from threefold.work.records.matters import Matter, of, of_body
from threefold.work.records.stories.closing import MANAGING, as_staff
from threefold.work.records.stories.disposing import OwnCase
from threefold.work.records.tables import LegalHold


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold, of one case or of the whole body. `lifted_at` None: it stands."""

    id: UUID
    of_body: bool
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
    return put_on(unit, OwnCase(case_id) if case_id else None, why, token)


@needs("put or lift a legal hold", MANAGING)
def lift_hold(unit: Unit, hold_id: UUID, case_id: UUID | None, why: str) -> None:
    """Lift a hold, with the reason. Raises `NotHere` where there is none of that case (or of the body)."""
    lift_from(unit, OwnCase(case_id) if case_id else None, hold_id, why)


def holds(unit: Unit, case_id: UUID | None, *, of_body_too: bool = False) -> list[Hold]:
    """The holds of a case, or of the body (no case); those of the body beside a case's where wanted. The newest first."""
    return holds_on(unit, OwnCase(case_id) if case_id else None, of_body_too=of_body_too)


def put_on(unit: Unit, matter: Matter | None, why: str, token: UUID) -> UUID | None:
    """Put a hold on a matter, or on everything the body keeps (none). Sent twice, it is put once (None)."""
    told(why, "Give the reason for the hold.", "why")
    if matter is not None:
        matter.find(unit)
    if first_time(unit, token, "put_hold") is not None:
        return None
    name, role = as_staff(unit.actor)
    row = LegalHold(
        id=uuid4(), **(matter.columns if matter else {}), why=unit.seal_json(why), put_at=unit.at, put_by=unit.actor.person_id, put_name=name,
        put_as=role, lifted_at=None, lifted_by=None, lifted_why=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()  # waits for its turn: the case may be destroyed meanwhile, and then it is refused
    unit.audit("legal hold put", _subject(matter), {"hold": str(row.id)})
    return row.id


def lift_from(unit: Unit, matter: Matter | None, hold_id: UUID, why: str) -> None:
    """Lift a hold of a matter, or of the body (none). Raises `NotHere` where there is no such hold there."""
    told(why, "Give the reason for lifting it.", "why")
    if matter is not None:
        matter.find(unit)
    row = unit.session.scalars(
        select(LegalHold)
        .where(LegalHold.id == hold_id, of(matter, LegalHold) if matter else of_body(LegalHold))
        .with_for_update()
    ).first()
    if row is None:
        raise NotHere
    if row.lifted_at is not None:
        raise ThreefoldError("This hold was lifted already.", field="why")
    if matter is None and unit.actor.person_id is not None and is_kept_out_of_any(unit):
        raise ThreefoldError(
            "You are kept out of a case by a conflict of interest, and this hold protects every case. Somebody else lifts it.",
            field="why",
        )
    row.lifted_name, row.lifted_as = as_staff(unit.actor)
    row.lifted_at, row.lifted_by, row.lifted_why = unit.at, unit.actor.person_id, unit.seal_json(why)
    unit.session.flush()
    unit.audit("legal hold lifted", _subject(matter), {"hold": str(hold_id)})


def holds_on(unit: Unit, matter: Matter | None, *, of_body_too: bool = False) -> list[Hold]:
    """The holds of a matter, or of the body (none); those of the body beside a matter's where wanted. The newest first."""
    mine = of(matter, LegalHold) if matter else of_body(LegalHold)
    wanted = or_(mine, of_body(LegalHold)) if of_body_too else mine
    rows = unit.session.scalars(select(LegalHold).where(wanted).order_by(LegalHold.put_at.desc(), LegalHold.id))
    return [
        Hold(r.id, r.case_id is None and r.sender_id is None, str(unit.open_json(r.why)), r.put_at, r.put_name, r.put_as, r.lifted_at,
             r.lifted_name, r.lifted_as, str(unit.open_json(r.lifted_why)) if r.lifted_why else "")
        for r in rows
    ]  # fmt: skip


def _subject(matter: Matter | None) -> str:
    return matter.subject if matter else "body"
