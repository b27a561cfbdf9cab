"""The stored arrangement versions of a body, and the drafts of new ones. A version never changes; a draft's revision neither."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue


class ArrangementVersion(BodyRow):
    """One version of the body's arrangement. `content` is `Arrangement.stored()`: settings and sources, nothing personal."""

    __tablename__ = "arrangement_version"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(Text)
    entered: Mapped[str] = mapped_column(Text)
    begins: Mapped[date | None]
    corrects: Mapped[str] = mapped_column(Text, default="", server_default="")
    recorded_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("tenant_id", "version"),
        Index("uq_arrangement_version_begins", "tenant_id", "begins", unique=True, postgresql_where=column("corrects") == ""),
        CheckConstraint("entered in ('adopted', 'signed')", name="entered_is_told"),
    )


class ArrangementDraft(BodyRow):
    """A version in the making. `head_no` is its newest revision; the content stands there."""

    __tablename__ = "arrangement_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    head_no: Mapped[int]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("state in ('open', 'signing', 'entered', 'given_up')", name="state_is_known"),
        Index("ix_arrangement_draft_updated", "tenant_id", "updated_at"),
    )


class DraftRevision(BodyRow):
    """One state of a draft: who changed what. `signed_hash` is what a seat signs of it."""

    __tablename__ = "draft_revision"
    __append_only__ = True

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    what: Mapped[str] = mapped_column(Text)
    signed_hash: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (belongs_to(ArrangementDraft, "draft_id"),)


class DraftSignature(BodyRow):
    """One act about signing exact content: signed, refused, recorded from minutes, or such a record checked or denied by another."""

    __tablename__ = "draft_signature"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID]
    signed_hash: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text)
    concerns: Mapped[UUID | None]
    day: Mapped[date]
    said: Mapped[SealedValue] = mapped_column(SealedColumn)
    document: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    at: Mapped[datetime]
    by: Mapped[UUID | None]

    __table_args__ = (
        belongs_to(ArrangementDraft, "draft_id"),
        CheckConstraint("act in ('signed', 'refused', 'minutes', 'checked', 'denied')", name="act_is_known"),
        Index("ix_draft_signature_draft", "tenant_id", "draft_id", "at"),
    )
