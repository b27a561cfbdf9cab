"""Files that are given out, kept sealed part by part until they expire: written from front to back, and read so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select

from threefold.walls.session import Unit
from threefold.work.records.tables import ExportPart

PART = 1024 * 1024


class Parts(io.RawIOBase):
    """What a file is written to. `digest` and `size` are of the whole, once it was closed."""

    def __init__(self, unit: Unit, export_id: UUID) -> None:
        super().__init__()
        self._unit, self._export, self._kept, self._no = unit, export_id, bytearray(), 0
        self._sha, self.size = sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, content: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._sha.update(content)
        self._kept += content
        self.size += len(content)
        while len(self._kept) >= PART:
            self._put(bytes(self._kept[:PART]))
            del self._kept[:PART]
        return len(content)

    @property
    def digest(self) -> str:
        return self._sha.hexdigest()

    def close(self) -> None:
        if not self.closed and self._kept:
            self._put(bytes(self._kept))
            self._kept.clear()
        super().close()

    def _put(self, content: bytes) -> None:
        self._no += 1
        self._unit.session.add(ExportPart(export_id=self._export, no=self._no, content=self._unit.seal(content)))
        self._unit.session.flush()
        self._unit.session.expunge_all()  # a large export is not held in memory


def read_part(unit: Unit, export_id: UUID, no: int) -> bytes | None:
    """One part, from 1 on; None after the last."""
    sealed = unit.session.scalars(
        select(ExportPart.content).where(ExportPart.export_id == export_id, ExportPart.no == no)
    ).first()
    return unit.open_sealed(sealed) if sealed is not None else None


def drop_parts(unit: Unit, export_id: UUID | None = None) -> None:
    """Take the parts of a file away, or of all files of the body (no id)."""
    gone = delete(ExportPart)
    unit.session.execute(gone.where(ExportPart.export_id == export_id) if export_id else gone)


def all_parts(unit: Unit, export_id: UUID) -> Iterator[bytes]:
    no = 1
    while (part := read_part(unit, export_id, no)) is not None:
        yield part
        no += 1
