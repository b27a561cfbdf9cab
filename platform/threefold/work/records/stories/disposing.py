"""Deciding what becomes of the records of a body's own closed case. What is decided, and how, stands in `reviewing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select

from threefold.governance.decide import Governance
from threefold.walls.destroying import Destroyed, destroy_case
from threefold.walls.session import Actor, Unit
from threefold.walls.tables import OutboxLetter
from threefold.work.incidents.gone import take_out
from threefold.work.incidents.records import load
from threefold.work.people.access import PARTNER_LEAD, needs
from threefold.work.people.case_access import is_barred
from threefold.work.records.matters import Line
from threefold.work.records.stories.asking import asked_about
from threefold.work.records.stories.closing import MANAGING, SEEING, kept_of
from threefold.work.records.stories.reviewing import (
    OUTCOMES,
    NotTheirsToConfirm,
    Proposed,
    confirm_for,
    decline_for,
    proposals_of,
    propose_for,
)


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case of the body's own, as a matter."""

    case_id: UUID
    destroyed_as: str = "case destroyed"

    @property
    def subject(self) -> str:
        return f"case:{self.case_id}"

    @property
    def columns(self) -> Mapping[str, UUID]:
        return {"case_id": self.case_id}

    def find(self, unit: Unit, *, lock: bool = False) -> None:
        load(unit, self.case_id, lock=lock)

    def line(self, unit: Unit, governance: Governance) -> Line | None:
        return kept_of(unit, governance, self.case_id)

    def keeps_out(self, unit: Unit, person: UUID) -> bool:
        return bool(unit.session.execute(select(is_barred(self.case_id, person))).scalar())

    def may_confirm(self, actor: Actor, seat: str) -> bool:
        return may_confirm(actor, seat)

    def who_confirms(self, seat: str) -> str:
        return (
            f"The seat that the arrangement names confirms this ({seat.replace('-', ' ')})."
            if seat
            else "A lead of a partner confirms this."
        )

    def asked_about(self, unit: Unit) -> str:
        return asked_about(unit, self.case_id)

    def letters(self) -> ColumnElement[bool]:
        return OutboxLetter.case_ref == self.case_id

    def end_in_plain(self, line: Line) -> date | None:
        return None  # it may be counted from a child's birthday

    def destroy(self, unit: Unit, disposal_id: UUID, certificate_id: UUID) -> Destroyed:
        return destroy_case(unit, self.case_id, disposal_id, certificate_id, take_out(unit, self.case_id))


@needs("review the records of a case", MANAGING)
def propose(
    unit: Unit, governance: Governance, case_id: UUID, outcome: str, reason: str, keep_until: date | None, token: UUID
) -> UUID | None:
    """Propose to destroy the records of a case, or to keep them longer. Nothing happens until another person confirms.

    Sent twice, it is proposed once (None).
    """
    return propose_for(unit, governance, OwnCase(case_id), outcome, reason, keep_until, token)


@needs("decide what becomes of records", SEEING)
def decline(unit: Unit, case_id: UUID, disposal_id: UUID, reason: str) -> None:
    """Say no to what was proposed (or take it back, if one proposed it oneself). The records stay as they are."""
    decline_for(unit, OwnCase(case_id), disposal_id, reason)


@needs("decide what becomes of records", SEEING)
def confirm(unit: Unit, governance: Governance, case_id: UUID, disposal_id: UUID, answer: str = "") -> UUID | None:
    """Confirm what another person proposed. To keep them: they are kept. To destroy them: they are destroyed here and now.

    Returns the certificate's id where they were destroyed. What the law, a rule or a hold says now is asked again.
    """
    return confirm_for(unit, governance, OwnCase(case_id), disposal_id, answer)


def may_confirm(actor: Actor, seat: str) -> bool:
    """Whether somebody confirms: whoever holds the seat that the rule names, else a lead."""
    return seat in actor.seats if seat else PARTNER_LEAD in actor.roles


def disposals(unit: Unit, case_id: UUID) -> list[Proposed]:
    """Everything ever proposed for the records of a case that is not destroyed, the newest first."""
    return proposals_of(unit, OwnCase(case_id))


__all__ = ["OUTCOMES", "NotTheirsToConfirm", "OwnCase", "Proposed", "confirm", "decline", "disposals", "may_confirm", "propose"]
