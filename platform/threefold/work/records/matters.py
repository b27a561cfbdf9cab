"""What is kept and reviewed: a case of the body's own, or one that it received of another body. Each says what is its own of that.

The stories that propose, confirm, hold and certify take it as an argument (`stories.reviewing`, `stories.holding`,
`stories.certifying`), so that both are reviewed in one way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_

from threefold.governance.decide import Governance
from threefold.governance.keeping import Kept
from threefold.walls.destroying import Destroyed
from threefold.walls.session import Actor, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One closed case in the list: until when its records are kept and why, whether a hold stands, whether something is proposed."""

    id: UUID
    reference: str
    status: str
    closed_on: date
    closing_no: int
    kept: Kept
    held: bool
    proposed: str
    sender: UUID | None = None  # who sent it, where it was received
    sender_name: str = ""


class Matter(Protocol):
    """What a kind of matter says of itself. A statement or two each."""

    @property
    def subject(self) -> str:
        """How the audit calls it."""

    @property
    def destroyed_as(self) -> str:
        """What the audit calls its destruction."""

    @property
    def columns(self) -> Mapping[str, UUID]:
        """By which columns a hold, a proposal and a certificate name it."""

    def find(self, unit: Unit, *, lock: bool = False) -> None:
        """Raises `NotFound` where it is not there for whoever acts, `CaseDestroyed` where its records were destroyed."""

    def line(self, unit: Unit, governance: Governance) -> Line | None:
        """Until when it is kept; None where it is not closed."""

    def keeps_out(self, unit: Unit, person: UUID) -> bool:
        """Whether a conflict of interest of somebody stands in it."""

    def may_confirm(self, actor: Actor, seat: str) -> bool:
        """Whether somebody confirms what another person proposed; `seat`: whom the rule names, if anybody."""

    def who_confirms(self, seat: str) -> str:
        """The same in words."""

    def asked_about(self, unit: Unit) -> str:
        """The reference of an open request for one's own records that stands in the way; empty: of none."""

    def letters(self) -> ColumnElement[bool]:
        """Which letters of the outbox are of it."""

    def end_in_plain(self, line: Line) -> date | None:
        """The day on which its time ends, where that may stand in plain beside what is proposed."""

    def destroy(self, unit: Unit, disposal_id: UUID, certificate_id: UUID) -> Destroyed:
        """Destroy it, for what two people decided. Raises `CannotBeDestroyed`."""


def of(matter: Matter, table: Any) -> ColumnElement[bool]:
    """Which rows of a table of holds, proposals or certificates are of a matter."""
    return and_(*(getattr(table, name) == value for name, value in matter.columns.items()))


def of_body(table: Any) -> ColumnElement[bool]:
    """Which holds are on the whole body: those that name nothing."""
    return and_(table.case_id.is_(None), table.sender_id.is_(None))
