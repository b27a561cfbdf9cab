"""Why platform staff looked into a body: kept by the body itself, sealed under its own keys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn
from threefold.walls.sealed import SealedValue


class StaffAccess(BodyRow):
    """The reason of one session of platform staff. Its id is the session's in the directory, which says who and until when."""

    __tablename__ = "staff_access"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    at: Mapped[datetime]
    minutes: Mapped[int]
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
