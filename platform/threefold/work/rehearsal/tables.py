"""Runs of a draft over past cases: asked for by a person, done by the worker, stopped by anyone who prepares the draft."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue
from threefold.work.arrangements.tables import ArrangementDraft


class RehearsalRun(BodyRow):
    """One run over the body's own past verdicts. `signed_hash` says of which content; the result is sealed."""

    __tablename__ = "rehearsal_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID]
    signed_hash: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    done: Mapped[int]
    total: Mapped[int]
    asked_at: Mapped[datetime]
    by: Mapped[UUID | None]
    result: Mapped[SealedValue | None] = mapped_column(SealedColumn)

    __table_args__ = (
        belongs_to(ArrangementDraft, "draft_id"),
        CheckConstraint("state in ('waiting', 'running', 'stopping', 'stopped', 'done', 'failed')", name="state_is_known"),
        Index("ix_rehearsal_run_draft", "tenant_id", "draft_id", "asked_at"),
    )
