"""A body leaves this service: everything was taken out, its digest is confirmed by two people, and then its keys are destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, func, select

from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL
from threefold.walls.leaving import alone, leave, left_on
from threefold.walls.rotation import destroy_keys
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn, OutboxLetter, PostedLetter
from threefold.work.incidents.records import first_time
from threefold.work.incidents.stories import told
from threefold.work.people.access import NotHere, needs
from threefold.work.records.parts import drop_parts
from threefold.work.records.stories.closing import as_staff
from threefold.work.records.stories.exporting import AGREEING, ASKING, changes_so_far
from threefold.work.records.tables import BodyExport, BodyLeaving, LegalHold


@dataclass(frozen=True, slots=True)
class Leaving:
    """What was proposed, and what came of it."""

    id: UUID
    sha256: str
    why: str
    state: str
    proposed_at: datetime
    proposed_by: UUID | None
    proposed_name: str
    proposed_as: str


@needs("see whether the body leaves", ASKING | AGREEING)
def see_leaving(unit: Unit) -> tuple[Leaving | None, str]:
    """What is proposed now, if anything; and why the body cannot leave yet, in words (nothing where it can)."""
    unit.audit("leaving read", "body", kind=DETAIL)
    row = unit.session.scalars(select(BodyLeaving).where(BodyLeaving.state == "proposed")).first()
    export = _taken(unit)
    reason = "Everything must be taken out first, and fetched." if export is None else _in_the_way(unit, export)
    return (_leaving(unit, row) if row else None), reason


@needs("propose that the body leaves", ASKING)
def propose_leaving(unit: Unit, digest: str, why: str, token: UUID) -> UUID | None:
    """Propose that the body leaves, for the export that was fetched last. `digest`: its SHA-256, as whoever holds the file worked it out.

    Nothing happens until another person confirms. Sent twice, it is proposed once (None).
    """
    told(why, "Give the reason.", "why")
    _one_at_a_time(unit)
    if first_time(unit, token, "propose_leaving") is not None:
        return None
    if unit.session.scalars(select(BodyLeaving.id).where(BodyLeaving.state == "proposed")).first():
        raise ThreefoldError("It is proposed already.", field="why")
    export = _ready(unit, digest)
    name, role = as_staff(unit.actor)
    row = BodyLeaving(
        id=uuid4(), export_id=export.id, sha256=export.sha256, why=unit.seal_json(why), state="proposed", proposed_at=unit.at,
        proposed_by=unit.actor.person_id, proposed_name=name, proposed_as=role, confirmed_at=None, confirmed_by=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.audit("leaving proposed", "body", {"leaving": str(row.id), "export": str(export.id)})
    return row.id


@needs("take back that the body leaves", ASKING)
def take_back_leaving(unit: Unit, leaving_id: UUID) -> None:
    """Take back what was proposed, before anybody confirmed it. Sent twice, it is taken back once."""
    _one_at_a_time(unit)
    row = unit.session.get(BodyLeaving, (unit.scope.body_id, leaving_id), with_for_update=True)
    if row is None:
        raise NotHere
    if row.state == "taken_back":
        return
    if row.state != "proposed":
        raise ThreefoldError("That was answered already.")
    row.state = "taken_back"
    unit.session.flush()
    unit.audit("leaving taken back", "body", {"leaving": str(leaving_id)})


@needs("confirm that the body leaves", AGREEING)
def answer_leaving(unit: Unit, leaving_id: UUID, confirmed: bool, digest: str) -> None:
    """Confirm that the body leaves: its keys are destroyed and its people's roles end, here and now. Or decline it.

    Whoever writes in the body is waited for, so that what was changed since the export is seen.
    """
    if confirmed:
        alone(unit)
    else:
        _one_at_a_time(unit)
    row = unit.session.get(BodyLeaving, (unit.scope.body_id, leaving_id), with_for_update=True)
    if row is None:
        raise NotHere
    if row.state != "proposed":
        raise ThreefoldError("That was answered already.")
    if not confirmed:
        row.state = "declined"
        unit.audit("leaving declined", "body", {"leaving": str(leaving_id)})
        return
    if unit.actor.person_id is None or row.proposed_by == unit.actor.person_id:
        raise ThreefoldError("You proposed this yourself. Another person confirms it.", field="answer")
    export = _ready(unit, digest)
    if export.id != row.export_id:
        raise ThreefoldError(
            "Another export was fetched since this was proposed. Decline it, and propose it again.", field="digest"
        )
    row.confirmed_name, row.confirmed_as = as_staff(unit.actor)
    row.state, row.confirmed_at, row.confirmed_by = "confirmed", unit.at, unit.actor.person_id
    drop_parts(unit)
    unit.session.flush()
    keys = destroy_keys(unit)
    unit.audit(
        "body left", "body", {"leaving": str(leaving_id), "export": str(export.id), "sha256": export.sha256, "keys": keys}
    )
    leave(unit, leaving_id)


def _one_at_a_time(unit: Unit) -> None:
    unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"records of {unit.scope.body_id}", 0))))


def _taken(unit: Unit) -> BodyExport | None:
    """The export that was fetched last."""
    return unit.session.scalars(
        select(BodyExport)
        .where(BodyExport.taken_at.is_not(None), BodyExport.sha256 != "")
        .order_by(BodyExport.made_at.desc())
        .limit(1)
    ).first()


def _ready(unit: Unit, digest: str) -> BodyExport:
    """The export that the body leaves with. Raises where there is none, its digest is another, or something stands in the way."""
    export = _taken(unit)
    if export is None:
        raise ThreefoldError("Everything must be taken out first, and fetched.", field="digest")
    if digest.strip().lower() != export.sha256:
        raise ThreefoldError(
            "That is not the SHA-256 of the file that was fetched last. Work it out from the file you hold.", field="digest"
        )
    if reason := _in_the_way(unit, export):
        raise ThreefoldError(reason, field="digest")
    return export


def _in_the_way(unit: Unit, export: BodyExport) -> str:
    if unit.session.scalars(select(LegalHold.id).where(LegalHold.lifted_at.is_(None)).limit(1)).first():
        return "A legal hold stands. Nothing is destroyed until it is lifted."
    # What was written to a body that left meanwhile is delivered by nobody: that is known, and waiting would not help.
    undelivered = OutboxLetter.delivered_at.is_(None), left_on(unit, OutboxLetter.receiver_id).is_(None)
    if unit.session.scalars(select(OutboxLetter.id).where(*undelivered).limit(1)).first():
        return "A letter has not been delivered yet. Wait until it was."
    taken_in = exists().where(LetterIn.id == PostedLetter.id)
    waiting = select(PostedLetter.id).where(PostedLetter.receiver_id == unit.scope.body_id, ~taken_in)
    if unit.session.scalars(waiting.limit(1)).first():
        return "A letter came and has not been taken in yet. Wait until it was, then take everything out again."
    if changes_so_far(unit) != export.changes:
        return "Something was changed after everything was taken out. Take it out again, so that nothing is lost."
    return ""


def _leaving(unit: Unit, r: BodyLeaving) -> Leaving:
    return Leaving(
        r.id, r.sha256, str(unit.open_json(r.why)), r.state, r.proposed_at, r.proposed_by, r.proposed_name, r.proposed_as
    )
