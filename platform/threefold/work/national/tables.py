"""What the national body knows: what areas sent it, when it came, and what it replied. Nothing else of any area."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue


class ReceivedCase(BodyRow):
    """One case as an area's letters tell it. `linked_to` marks a duplicate: another notification of the same incident,
    which does not count by itself while the first stands.

    `closed_on`: an officer said that nothing more is to be done, by closing `closing_no`; whatever comes later takes it away.
    `destroyed_at`: what is sealed was destroyed, by `walls.destroy_received` and by nothing else. The row stays, and counts with it.
    """

    __tablename__ = "received_case"

    sender_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_ref: Mapped[UUID] = mapped_column(primary_key=True)
    sender_name: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    route: Mapped[str] = mapped_column(Text)
    nature: Mapped[str] = mapped_column(Text)
    forms: Mapped[int]
    notified_on: Mapped[date]
    due_on: Mapped[date | None]
    due_source: Mapped[str] = mapped_column(Text, default="")
    arrived_on: Mapped[date | None]
    taken_back_on: Mapped[date | None]
    way_out: Mapped[str] = mapped_column(Text, default="")
    replied_on: Mapped[date | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    local_review: Mapped[str] = mapped_column(Text, default="")
    happened_on: Mapped[date | None]
    happened_in: Mapped[str] = mapped_column(Text, default="")
    linked_sender: Mapped[UUID | None]
    linked_to: Mapped[UUID | None]
    notification: Mapped[SealedValue] = mapped_column(SealedColumn)
    report: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    received_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    closing_no: Mapped[int] = mapped_column(default=0)
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_received_case_due", "tenant_id", "due_on"),
        Index("ix_received_case_notified", "tenant_id", "notified_on"),
        CheckConstraint("reply in ('', 'agree', 'disagree', 'query')", name="reply_is_known"),
        CheckConstraint("(destroyed_at is null) = (octet_length(notification) > 0)", name="emptied_as_a_whole"),
        CheckConstraint(
            "destroyed_at is null or (closed_on is not null and happened_on is null and happened_in = '' and coalesce(octet_length(report), 0) = 0)",
            name="nothing_left",
        ),
    )


def of_received() -> ForeignKeyConstraint:
    """A reference to a received case: so the catalogue finds what is of it, and it goes with the case."""
    return belongs_to(ReceivedCase, "sender_id", "case_ref")


class Reply(BodyRow):
    """One reply of the Panel. A later reply stands beside an earlier one."""

    __tablename__ = "panel_reply"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sender_id: Mapped[UUID]
    case_ref: Mapped[UUID]
    view: Mapped[str] = mapped_column(Text)
    national_review: Mapped[str] = mapped_column(Text)
    reason: Mapped[SealedValue] = mapped_column(SealedColumn)
    at: Mapped[datetime]
    by: Mapped[UUID | None]

    __table_args__ = (of_received(), Index("ix_panel_reply_case", "tenant_id", "sender_id", "case_ref", "at"))


class ReceivedBar(BodyRow):
    """A conflict of interest of an officer in a received case: who sees nothing of it, from the moment it is declared."""

    __tablename__ = "received_bar"
    __keeps_out__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sender_id: Mapped[UUID]
    case_ref: Mapped[UUID]
    person_id: Mapped[UUID]
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
    state: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[SealedValue | None] = mapped_column(SealedColumn)

    __table_args__ = (
        of_received(),
        Index("ix_received_bar_case", "tenant_id", "sender_id", "case_ref", "person_id"),
        CheckConstraint("state in ('declared', 'upheld', 'dismissed')", name="state_is_known"),
        CheckConstraint("(state = 'declared') = (decided_at is null)", name="decided_when_settled"),
    )
