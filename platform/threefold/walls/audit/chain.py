"""The chain itself, without a database: how a link is made, and what is wrong when links and entries do not fit.

A link holds two digests, both keyed (HMAC-SHA256) with a key that is derived from the master key and is never in the
database: one of the entry, one of the link before it with its own number and times. The first shows an edited entry, the
second a removed or reordered link. Whoever can write to the database, but has no master key, can make neither.

The order of the chain is the order of sealing: an entry that was committed late stands where it was seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from threefold.walls.sealed import canonical

# How long after its own time an entry may be committed and still be sealed. A page's transaction takes seconds; an entry
# that turns up later than this was put behind the others, and is told instead of sealed.
LATE = timedelta(days=1)

EDITED, REMOVED, REORDERED = "edited", "removed", "reordered"
BEHIND, CUT_SHORT, REWRITTEN, UNREADABLE = "inserted behind", "cut short", "rewritten", "anchor unreadable"


@dataclass(frozen=True, slots=True)
class Entry:
    """An audit entry, as it stands in the database. Every column but the body, which the key stands for."""

    id: UUID
    at: datetime
    actor: UUID | None
    purpose: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    kind: str
    source: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link. `until` is the latest time of any entry sealed so far, that of its sealing where its own lies ahead of it; `sealed_at` when
    this one was sealed."""

    no: int
    entry_id: UUID
    entry_mac: bytes
    until: datetime
    sealed_at: datetime
    mac: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was done to the audit: of what kind, said in plain words."""

    kind: str
    sentence: str


def entry_mac(key: bytes, entry: Entry) -> bytes:
    """The keyed digest of an entry. A column that is added one day joins it only where it is not empty, so that old ones hold.

    Its detail counts as it stands: pairs in a list are no group of names, whatever can be made of them.
    """
    detail = dict(entry.detail) if isinstance(entry.detail, Mapping) else entry.detail
    told = {
        "id": str(entry.id), "at": _utc(entry.at), "actor": str(entry.actor) if entry.actor else None, "purpose": entry.purpose,
        "action": entry.action, "subject": entry.subject, "detail": detail, "kind": entry.kind, "source": entry.source,
        "outcome": entry.outcome,
    }  # fmt: skip
    return hmac.new(key, b"entry 1\n" + canonical(told), sha256).digest()


def link_mac(key: bytes, before: bytes, no: int, digest: bytes, until: datetime, sealed_at: datetime) -> bytes:
    """The keyed digest of a link. `before` is the mac of the link before it, empty for the first; `digest` the entry's."""
    head = f"link 1\n{no}\n{_utc(until)}\n{_utc(sealed_at)}\n".encode()
    return hmac.new(key, head + digest + before, sha256).digest()


def extend(key: bytes, head: Link | None, entries: Iterable[Entry], sealed_at: datetime) -> Iterator[Link]:
    """The links that seal `entries`, in their order, after `head` (None: they begin the chain)."""
    for entry in entries:
        at = min(entry.at, sealed_at)
        no, until = (head.no + 1, max(head.until, at)) if head else (1, at)
        digest = entry_mac(key, entry)
        mac = link_mac(key, head.mac if head else b"", no, digest, until, sealed_at)
        head = Link(no, entry.id, digest, until, sealed_at, mac)
        yield head


def open_since(until: datetime, now: datetime) -> datetime:
    """From which time on an entry without a link waits to be sealed; an earlier one was put behind. A clock that was ahead when something
    was sealed moves this on no further than to a day before now."""
    return min(until, now) - LATE


class Walk:
    """Going along a chain, link by link from the first. Keeps two values, however long the chain is."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._no, self._before = 0, b""

    def step(self, link: Link, entry: Entry | None) -> list[Fault]:
        """What is wrong at this link. `entry` is the row that it names, None where there is none."""
        found = []
        missing = range(self._no + 1, link.no)
        if missing:
            which = f"Link {missing[0]} is" if len(missing) == 1 else f"Links {missing[0]} to {missing[-1]} are"
            found.append(Fault(REMOVED, f"{which} missing from the chain."))
        if entry is None:
            found.append(Fault(REMOVED, f"The entry that link {link.no} seals is gone ({link.entry_id})."))
        elif entry.id != link.entry_id or not hmac.compare_digest(entry_mac(self._key, entry), link.entry_mac):
            found.append(
                Fault(EDITED, f"The entry that link {link.no} seals was changed after it was sealed ({link.entry_id}).")
            )
        # Behind a gap nothing can be said of the order: the gap itself is told.
        right = link_mac(self._key, self._before, link.no, link.entry_mac, link.until, link.sealed_at)
        if not missing and not hmac.compare_digest(right, link.mac):
            found.append(
                Fault(REORDERED, f"Link {link.no} does not follow from the one before it: links were reordered or changed.")
            )
        self._no, self._before = link.no, link.mac
        return found


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
