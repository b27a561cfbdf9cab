"""Reminders: one for each due date, lead time and person, and what became of the e-mail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, belongs_to
from threefold.work.incidents.tables import Case


class Reminder(BodyRow):
    """That one person was (or is to be) reminded of one step of one case, so many days ahead."""

    __tablename__ = "reminder"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    lead_days: Mapped[int]
    person_id: Mapped[UUID]
    as_deputy: Mapped[bool]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        belongs_to(Case, "case_id"),
        UniqueConstraint("tenant_id", "case_id", "step", "due_on", "lead_days", "person_id"),
        Index("ix_reminder_case", "tenant_id", "case_id"),
        CheckConstraint("state in ('waiting', 'sent', 'failed')", name="state_is_known"),
    )
