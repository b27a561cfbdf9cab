"""The stored arrangement versions of a body. Append-only: a version never changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow


class ArrangementVersion(BodyRow):
    """One version of the body's arrangement. `content` is `Arrangement.stored()`: settings and sources, nothing personal."""

    __tablename__ = "arrangement_version"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(Text)
    entered: Mapped[str] = mapped_column(Text)
    begins: Mapped[date | None]
    recorded_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("tenant_id", "version"),
        UniqueConstraint("tenant_id", "begins"),
        CheckConstraint("entered in ('adopted', 'signed')", name="entered_is_told"),
    )
