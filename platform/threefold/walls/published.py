"""What bodies have published: read by anyone, written only by the body itself, and joined with nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from threefold.walls.tables import Publication


@dataclass(frozen=True, slots=True)
class Published:
    """One thing a body published, as it stood when it was published."""

    id: UUID
    publisher_id: UUID
    title: str
    content: dict[str, Any]
    published_at: datetime


class PublicReading:
    """The published things, over one connection without a scope."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, publisher_id: UUID, kind: str) -> list[Published]:
        """What a body published of one kind, newest first. One statement."""
        asked = (
            select(Publication.id, Publication.publisher_id, Publication.title, Publication.content, Publication.published_at)
            .where(Publication.publisher_id == publisher_id, Publication.kind == kind)
            .order_by(Publication.published_at.desc(), Publication.id.desc())
        )
        return [Published(*row) for row in self._connection.execute(asked)]

    def ids(self, kind: str) -> list[UUID]:
        """What was ever published of one kind, by its id. One statement."""
        return list(self._connection.execute(select(Publication.id).where(Publication.kind == kind)).scalars())

    def some(self, ids: Collection[UUID]) -> list[Published]:
        """These published things, in no order. One statement."""
        asked = select(
            Publication.id, Publication.publisher_id, Publication.title, Publication.content, Publication.published_at
        ).where(Publication.id.in_(ids))
        return [Published(*row) for row in self._connection.execute(asked)]

    def publishers(self, kind: str) -> list[UUID]:
        """Who has published anything of one kind. One statement."""
        asked = select(Publication.publisher_id).where(Publication.kind == kind).distinct()
        return list(self._connection.execute(asked).scalars())
