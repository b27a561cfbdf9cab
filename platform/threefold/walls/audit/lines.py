"""Sealed entries as lines of JSON outside the database, for whatever collects logs and sends them to a separate system.

Two files a body in a folder that the operator names: `<slug>.jsonl`, to which lines are added and nothing else is ever done, and
`<slug>.no`, the number of the last entry that is in it, so that the collector may take the first away. An entry is in it once; only
a machine that stops between the two leaves some twice, which their numbers show.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from threefold.walls.audit.sealing import BATCH
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry, AuditLink

_ASKED = (
    AuditLink.no, AuditLink.sealed_at, AuditLink.mac, AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.purpose, AuditEntry.action,
    AuditEntry.subject, AuditEntry.detail, AuditEntry.kind, AuditEntry.source, AuditEntry.outcome,
)  # fmt: skip


class AuditLines:
    """The folder of lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def last(self, slug: str) -> int:
        """The number of the last entry of a body that was written down; 0 where none was. Raises `OSError`, `ValueError`."""
        path = self._path(slug, "no")
        return int(path.read_text(encoding="ascii")) if path.exists() else 0

    def write(self, slug: str, opens: Callable[[], AbstractContextManager[Unit]], most: int = BATCH) -> int:
        """Write down what was sealed since, `most` entries a transaction. How many were. One process at a time for each body.

        Raises `OSError` where the folder cannot be written, and `ValueError` where the number in it is none.
        """
        written = 0
        with self._alone(slug) as file:
            while True:
                with opens() as unit:
                    rows = _since(unit, self.last(slug), most)
                if rows:
                    _append(file, "".join(f"{_line(slug, row)}\n" for row in rows).encode())
                    self._note(slug, rows[-1].no)
                    written += len(rows)
                if len(rows) < most:
                    return written

    @contextmanager
    def _alone(self, slug: str) -> Iterator[int]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._path(slug, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # not of the lines themselves: a collector may put another file in their place
            file = os.open(self._path(slug, "jsonl"), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                yield file
            finally:
                os.close(file)
        finally:
            os.close(lock)

    def _note(self, slug: str, no: int) -> None:
        path, new = self._path(slug, "no"), self._path(slug, "no.new")
        with new.open("w", encoding="ascii") as file:
            file.write(str(no))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    def _path(self, slug: str, ending: str) -> Path:
        return self.folder / f"{slug}.{ending}"


def _append(file: int, lines: bytes) -> None:
    size = os.fstat(file).st_size
    # A line that a crash cut off is ended first, so that it does not spoil the next.
    left = memoryview((b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b"") + lines)
    while left:
        left = left[os.write(file, left) :]
    os.fsync(file)


def _since(unit: Unit, no: int, most: int) -> list[Any]:
    joined = select(*_ASKED).join(
        AuditEntry, (AuditEntry.tenant_id == AuditLink.tenant_id) & (AuditEntry.id == AuditLink.entry_id)
    )
    return list(unit.session.execute(joined.where(AuditLink.no > no).order_by(AuditLink.no).limit(most)))


def _line(slug: str, row: Any) -> str:
    told = {
        "body": slug, "no": row.no, "sealed_at": _utc(row.sealed_at), "mac": row.mac.hex(), "id": str(row.id), "at": _utc(row.at),
        "actor": str(row.actor) if row.actor else None, "purpose": row.purpose, "action": row.action, "subject": row.subject,
        "detail": row.detail, "kind": row.kind, "source": row.source, "outcome": row.outcome,
    }  # fmt: skip
    return json.dumps(told, separators=(",", ":"))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
