"""Reminders: one for each due date, lead time and person, and what became of the e-mail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, belongs_to
from threefold.work.arrangements.tables import ArrangementDraft
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


class SignatureReminder(BodyRow):
    """That one person was (or is to be) reminded that a seat has not signed exact content. `occasion`: asked, again (and the revision), passed, refused, voided,
    signed_after (the refusal became a signature), denied (the minutes do not say so), left_out, acted_for, or how many days ahead of the day it begins; or, with no seat, complete: told that every seat has signed; overtaken: that
    it can be signed no more, because another version took its day; put_aside: that it was put aside while it was being signed."""

    __tablename__ = "signature_reminder"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID]
    signed_hash: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text)
    occasion: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        belongs_to(ArrangementDraft, "draft_id"),
        UniqueConstraint(
            "tenant_id",
            "draft_id",
            "signed_hash",
            "seat",
            "occasion",
            "person_id",
            name="uq_signature_reminder_content_seat_occasion",
        ),
        CheckConstraint("state in ('waiting', 'sent', 'failed')", name="state_is_known"),
    )
