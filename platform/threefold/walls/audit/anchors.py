"""Anchors: the end of each body's chain, written down outside the database, so that a chain cut short or made anew is seen.

One text file a body, `<slug>.txt`; a line is the time, the number of the last link and its digest. A line tells nothing of
what the entries say and can be sent anywhere: see docs/operators.md. Lines are only ever added.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

EVERY = timedelta(minutes=1)
_LONGEST = 200  # bytes of a line, and more


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a chain ended at some time."""

    at: datetime
    no: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat(timespec='seconds')} {self.no} {self.mac.hex()}"

    @classmethod
    def read(cls, line: str) -> Anchor:
        """Raises `ValueError` where the line is no anchor."""
        at, no, mac = line.split()
        made = cls(datetime.fromisoformat(at), int(no), bytes.fromhex(mac))
        if made.at.tzinfo is None or made.no < 1 or len(made.mac) != 32:
            raise ValueError("not an anchor")
        return made


class Anchors:
    """The folder of anchors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def last(self, slug: str) -> Anchor | None:
        """The newest anchor of a body here; None when there is none, or its last line was cut off."""
        path = self._path(slug)
        if not path.exists():
            return None
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LONGEST))
            lines = file.read().decode("ascii", "replace").split("\n")
        try:
            return Anchor.read(lines[-2]) if len(lines) > 1 and not lines[-1] else None
        except ValueError:
            return None

    def behind(self, slug: str, no: int, at: datetime) -> bool:
        """Whether a chain that ends at `no` should be anchored now: it grew, and the last anchor is a minute old."""
        last = self.last(slug)
        return last is None or (last.no < no and at - last.at >= EVERY)

    def add(self, slug: str, anchor: Anchor) -> None:
        """Write an anchor down, on the disk and not only on its way there."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(slug)
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(file).st_size
            # A line that a crash cut off is ended first: it is told as unreadable, and does not spoil the next.
            cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            os.write(file, ("\n" if cut else "").encode() + f"{anchor}\n".encode("ascii"))
            os.fsync(file)
        finally:
            os.close(file)

    def all(self, slug: str) -> Iterator[tuple[str, Anchor | None]]:
        """Every anchor of a body in this folder and below it, with its place; None for a line that cannot be read."""
        for path in sorted(self.folder.rglob(f"{slug}.txt")) if self.folder.is_dir() else ():
            with path.open(encoding="ascii", errors="replace") as lines:
                for number, line in enumerate(lines, 1):
                    place = f"{path.relative_to(self.folder)}, line {number}"
                    try:
                        yield place, Anchor.read(line)
                    except ValueError:
                        yield place, None

    def slugs(self) -> set[str]:
        """The bodies of which there are anchors in this folder and below it. Another text is none of theirs."""
        named = {path.stem for path in self.folder.rglob("*.txt")} if self.folder.is_dir() else set()
        return {slug for slug in named if any(anchor for _, anchor in self.all(slug))}

    def _path(self, slug: str) -> Path:
        return self.folder / f"{slug}.txt"
