"""What people have half written, kept until it is sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn
from threefold.walls.sealed import SealedValue


class FormDraft(BodyRow):
    """A half-written form of one person, kept until it is sent."""

    __tablename__ = "form_draft"
    __removable__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    form: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID | None]
    content: Mapped[SealedValue] = mapped_column(SealedColumn)
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_form_draft_person", "tenant_id", "person_id", "updated_at"),)
