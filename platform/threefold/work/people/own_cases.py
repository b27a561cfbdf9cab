"""Whose cases are one's own, and the reason that is asked before any other is opened.

A case is one's own when one's role handles every case of the body, or when one has acted on it: then nothing is asked.
Anybody else says why once, from a list (free text would carry names into the audit), and that holds for this sign-in and
this case until the end of the day in London.

Who has acted is read from the audit itself. A case is also the own one of its team, of the reviewer named for it, and of
whoever acts there as a deputy. Whether somebody may open a case at all is another question, asked first (`case_access`).
"""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select, true

from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import CHANGE, DETAIL, DONE
from threefold.walls.session import Actor, Unit
from threefold.walls.tables import AuditEntry
from threefold.work.people.access import EVERY_CASE
from threefold.work.people.case_access import asked, is_let_in

REASONS = {
    "asked_to_help": "I was asked to help with this case",
    "covering": "I am covering for a colleague",
    "linked": "It may be linked to a case of mine",
    "quality": "I am checking quality, or scrutinising",
    "request": "A complaint, an inspection, or somebody asks for their records",
    "other": "Another reason, which my manager knows of",
}
GIVEN = "reason given"


class NotOwnCase(ThreefoldError):
    """The case is not one's own, and no reason was given for opening it today. Told whether or not there is such a case."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__("Say first why you need to see this case: it is not one of yours.", field="reason")
        self.case_id = case_id


def has_every_case(actor: Actor) -> bool:
    """Whether the person's role handles every case of the body."""
    return bool(actor.roles & EVERY_CASE)


def opens(unit: Unit, case_id: UUID, sign_in: str) -> bool:
    """Whether the actor is let in by name, acted on the case, or said today, in this sign-in, why. One statement at most."""
    if has_every_case(unit.actor):
        return True
    acted = select(AuditEntry.id).where(AuditEntry.subject == f"case:{case_id}", *_own(unit, sign_in)).exists()
    return bool(unit.session.execute(select(or_(is_let_in(case_id), acted)), asked(unit)).scalar())


def are_own(unit: Unit, sign_in: str, case_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """As `opens`, for the rows of a statement with the values of `asked(unit)`: which cases are opened without being asked why."""
    if has_every_case(unit.actor):
        return true()
    found = select(AuditEntry.id).where(
        AuditEntry.tenant_id == unit.scope.body_id, AuditEntry.subject == func.concat("case:", case_id), *_own(unit, sign_in)
    )
    return or_(is_let_in(case_id), found.exists())


def _own(unit: Unit, sign_in: str) -> tuple[ColumnElement[bool], ...]:
    """Of the entries about a case, those that make it the actor's own."""
    begins = datetime.combine(unit.at.astimezone(LONDON).date(), time(), LONDON)
    said = and_(AuditEntry.action == GIVEN, AuditEntry.at >= begins, AuditEntry.detail["sign_in"].astext == sign_in)
    return AuditEntry.actor == unit.actor.person_id, AuditEntry.outcome == DONE, or_(AuditEntry.kind == CHANGE, said)


def give_reason(unit: Unit, case_id: UUID, reason: str, sign_in: str) -> None:
    """Note why the actor opens a case that is not their own."""
    if reason not in REASONS:
        raise ThreefoldError("Select why you need to see this case.", field="reason")
    unit.audit(GIVEN, f"case:{case_id}", {"reason": reason, "sign_in": sign_in}, kind=DETAIL)
