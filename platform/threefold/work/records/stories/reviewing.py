"""Deciding what becomes of records: one person proposes, another confirms; then they are kept or destroyed. Of any matter.

Who may do so is declared by the stories that call these: for a body's own cases `disposing`, for those it received the national desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import SealedLetter
from threefold.governance.decide import Governance
from threefold.governance.keeping import said
from threefold.walls.destroying import in_turn
from threefold.walls.session import Unit
from threefold.walls.tables import OutboxLetter
from threefold.work.incidents.records import NotFound, first_time
from threefold.work.incidents.stories import told
from threefold.work.records.matters import Line, Matter, of
from threefold.work.records.stories.closing import as_staff
from threefold.work.records.tables import Disposal

OUTCOMES = ("destroy", "keep")


class NotTheirsToConfirm(ThreefoldError):
    """Somebody tried to confirm what they proposed themselves, or what somebody else confirms."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was proposed for the records of a case, and what came of it. `basis`: the rule's words and day at that time."""

    id: UUID
    outcome: str
    keep_until: date | None
    reason: str
    basis: Mapping[str, Any]
    confirms: str
    state: str
    proposed_at: datetime
    proposed_by: UUID | None
    proposed_name: str
    proposed_as: str
    confirmed_at: datetime | None
    confirmed_name: str
    confirmed_as: str
    answer: str


def propose_for(
    unit: Unit, governance: Governance, matter: Matter, outcome: str, reason: str, keep_until: date | None, token: UUID
) -> UUID | None:
    """Propose to destroy the records of a matter, or to keep them longer. Sent twice, it is proposed once (None)."""
    if outcome not in OUTCOMES:
        raise ThreefoldError("Select what is proposed.", field="outcome")
    matter.find(unit, lock=True)
    if first_time(unit, token, "propose_disposal") is not None:
        return None
    told(reason, "Give the reason.")
    line = _closed(unit, governance, matter)
    if line.proposed:
        raise ThreefoldError("Something is proposed for these records already. Decide on that first.", field="outcome")
    if outcome == "keep":
        _refuse_past(line, keep_until, unit.today)
    if outcome == "destroy":
        _refuse_before_time(unit, matter, line)
    rule = line.kept.governing.rule if line.kept.governing else None
    name, role = as_staff(unit.actor)
    row = Disposal(
        id=uuid4(), **matter.columns, ends_on=matter.end_in_plain(line), closing_no=line.closing_no, outcome=outcome,
        keep_until=keep_until if outcome == "keep" else None, reason=unit.seal_json(reason),
        basis=unit.seal_json({"ends_on": line.kept.ends_on, "sentence": line.kept.sentence}), version=rule.version if rule else "",
        rule=rule.id if rule else "", rule_said=rule.sentence if rule else "", confirms=rule.confirms if rule else "", state="proposed",
        proposed_at=unit.at, proposed_by=unit.actor.person_id, proposed_name=name, proposed_as=role, confirmed_at=None, confirmed_by=None,
        answer=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.audit("records reviewed", matter.subject, {"disposal": str(row.id), "outcome": outcome})
    return row.id


def decline_for(unit: Unit, matter: Matter, disposal_id: UUID, reason: str) -> None:
    """Say no to what was proposed (or take it back, if one proposed it oneself). The records stay as they are."""
    told(reason, "Give the reason.")
    row = _open_row(unit, matter, disposal_id)
    if row.proposed_by != unit.actor.person_id and not matter.may_confirm(unit.actor, row.confirms):
        raise NotTheirsToConfirm(matter.who_confirms(row.confirms))
    _decided(unit, matter, row, "declined", reason)


def confirm_for(unit: Unit, governance: Governance, matter: Matter, disposal_id: UUID, answer: str = "") -> UUID | None:
    """Confirm what another person proposed. Returns the certificate's id where records were destroyed."""
    row = _open_row(unit, matter, disposal_id)
    if unit.actor.person_id is None or row.proposed_by == unit.actor.person_id:
        raise NotTheirsToConfirm("You proposed this yourself. Another person confirms it.")
    if not matter.may_confirm(unit.actor, row.confirms):
        raise NotTheirsToConfirm(matter.who_confirms(row.confirms))
    if row.proposed_by is not None and matter.keeps_out(unit, row.proposed_by):
        raise ThreefoldError(
            "Whoever proposed this is kept out of the case by a conflict of interest. Decline it; somebody else begins again."
        )
    line = _closed(unit, governance, matter)
    if row.closing_no != line.closing_no:
        raise ThreefoldError("The case was opened and closed again since this was proposed. Decline it, and begin again.")
    if row.outcome == "keep":
        _refuse_past(line, row.keep_until, unit.today)
        _decided(unit, matter, row, "confirmed", answer)
        return None
    _refuse_before_time(unit, matter, line)
    if line.kept.governing is None or (line.kept.governing.rule.version, line.kept.governing.rule.id) != (
        row.version,
        row.rule,
    ):
        raise ThreefoldError("Another rule keeps these records now than when this was proposed. Decline it, and begin again.")
    _decided(unit, matter, row, "confirmed", answer)
    _keep_hashes(unit, matter)
    certificate = uuid4()
    came = matter.destroy(unit, disposal_id, certificate)
    unit.audit(matter.destroyed_as, matter.subject, {
        "certificate": str(certificate), "disposal": str(disposal_id), "digest": came.digest, "counts": dict(came.counts)})  # fmt: skip
    return certificate


def proposals_of(unit: Unit, matter: Matter) -> list[Proposed]:
    """Everything ever proposed for the records of a matter that is not destroyed, the newest first."""
    rows = unit.session.scalars(select(Disposal).where(of(matter, Disposal)).order_by(Disposal.proposed_at.desc(), Disposal.id))
    return [
        Proposed(r.id, r.outcome, r.keep_until, str(unit.open_json(r.reason)), unit.open_json(r.basis), r.confirms, r.state,
                 r.proposed_at, r.proposed_by, r.proposed_name, r.proposed_as, r.confirmed_at, r.confirmed_name, r.confirmed_as,
                 str(unit.open_json(r.answer)) if r.answer else "")
        for r in rows
    ]  # fmt: skip


def _closed(unit: Unit, governance: Governance, matter: Matter) -> Line:
    line = matter.line(unit, governance)
    if line is None:
        raise ThreefoldError("The case is not closed, or was changed after it was closed. Close it first.")
    return line


def _refuse_past(line: Line, until: date | None, today: date) -> None:
    """Keeping records longer means: longer than they are kept already."""
    if until is None or until <= max(today, line.kept.ends_on or date.min):
        raise ThreefoldError(
            "The day must be later than today, and than the day until which they are kept already.", field="keep_until"
        )


def _refuse_before_time(unit: Unit, matter: Matter, line: Line) -> None:
    """Nothing is destroyed without a set rule whose time has ended, nor while a hold stands or somebody asks for what is held of them."""
    today = unit.today
    if line.held:
        raise ThreefoldError("A legal hold stands. Nothing is destroyed until it is lifted.", field="outcome")
    if line.kept.ends_on is None:
        raise ThreefoldError(line.kept.sentence, field="outcome")
    if line.kept.ends_on > today:
        raise ThreefoldError(
            f"The time for keeping these records has not ended: it ends on {said(line.kept.ends_on)}.", field="outcome"
        )
    if reference := matter.asked_about(unit):
        raise ThreefoldError(
            f"Somebody asked for their own records ({reference}), and may be on this case. Answer that request first.",
            field="outcome",
        )


def _open_row(unit: Unit, matter: Matter, disposal_id: UUID) -> Disposal:
    """What waits for a decision, locked. The case first, as whoever destroys it takes it."""
    in_turn(unit)
    matter.find(unit, lock=True)
    row = unit.session.get(Disposal, (unit.scope.body_id, disposal_id), with_for_update=True, populate_existing=True)
    if row is None or any(getattr(row, name) != value for name, value in matter.columns.items()):
        raise NotFound
    if row.state != "proposed":
        raise ThreefoldError("That was decided already.")
    return row


def _decided(unit: Unit, matter: Matter, row: Disposal, state: str, answer: str) -> None:
    row.confirmed_name, row.confirmed_as = as_staff(unit.actor)
    row.state, row.confirmed_at, row.confirmed_by = state, unit.at, unit.actor.person_id
    row.answer = unit.seal_json(answer) if answer else None
    unit.session.flush()
    unit.audit(f"review of records {state}", matter.subject, {"disposal": str(row.id), "outcome": row.outcome})


def _keep_hashes(unit: Unit, matter: Matter) -> None:
    """The hash of each letter beside it, where it was written before that was kept: it stays when the letter goes."""
    rows = unit.session.scalars(select(OutboxLetter).where(matter.letters(), OutboxLetter.sha256 == "").with_for_update())
    for row in rows:
        row.sha256 = SealedLetter.from_bytes(bytes(row.letter)).envelope.sha256
    unit.session.flush()
