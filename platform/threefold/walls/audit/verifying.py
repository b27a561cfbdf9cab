"""Verifying: the whole chain of one body against its entries and its anchors, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import and_, case, func, select

from threefold.walls.audit import DETAIL
from threefold.walls.audit.anchors import Anchor, Anchors
from threefold.walls.audit.chain import BEHIND, CUT_SHORT, REWRITTEN, UNREADABLE, Entry, Fault, Link, Walk, open_since
from threefold.walls.audit.sealing import ENTRY, LINK, UNLINKED, Sealed, readable, sealed_until
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry, AuditLink

BATCH = 1000
CHECKED = "audit-check"  # the subject of the entries that say that it was verified
MOST_TOLD = 100  # faults told one by one; the rest are counted
Opens = Callable[[], AbstractContextManager[Unit]]


@dataclass(slots=True)
class Report:
    """What verifying found. `unsealed` entries since `since` wait to be sealed; of `links` links, `anchors` are anchored."""

    sealed: Sealed | None = None
    entries: int = 0
    links: int = 0
    unsealed: int = 0
    since: datetime | None = None
    anchors: int = 0
    anchored: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0

    @property
    def count(self) -> int:
        return len(self.faults) + self.more_faults

    def add(self, fault: Fault) -> None:
        if len(self.faults) < MOST_TOLD:
            self.faults.append(fault)
        else:
            self.more_faults += 1


def verify(opens: Opens, key: bytes, slug: str, anchors: Anchors) -> Report:
    """Walk the chain of the body that `opens` opens a unit of, some links a transaction, and hold it against the anchors.

    The end of the chain is read first: what is sealed meanwhile is left for the next time.
    """
    report = Report()
    with opens() as unit:
        report.sealed = sealed_until(unit)
        _unlinked(unit, report)
    walk = Walk(key)
    for link, entry in _pairs(opens, report.sealed.no if report.sealed else 0):
        report.links += 1
        for fault in walk.step(link, entry):
            report.add(fault)
    _against(opens, report, anchors.all(slug))
    return report


def note_checked(unit: Unit, report: Report) -> None:
    """Leave an entry that the chain was verified, and how many faults were found: the body's screen shows it."""
    unit.audit(
        "audit checked", CHECKED, {"links": report.links, "unsealed": report.unsealed, "faults": report.count}, kind=DETAIL
    )


def _unlinked(unit: Unit, report: Report) -> None:
    """What has no link: it waits to be sealed, or was put behind what is sealed already."""
    behind = AuditEntry.at < open_since(report.sealed.until, unit.at) if report.sealed else AuditEntry.at.is_(None)
    at = readable(AuditEntry.at)
    row = unit.session.execute(
        select(
            func.count(), func.min(case((~behind, at))), func.count(case((behind, 1))), func.min(case((behind, at)))
        ).select_from(AuditEntry).where(UNLINKED)
    ).one()  # fmt: skip
    report.entries = unit.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
    report.unsealed, report.since = row[0] - row[2], row[1]
    if row[2]:
        told = "1 entry was" if row[2] == 1 else f"{row[2]} entries were"
        report.add(Fault(BEHIND, f"{told} put behind what was sealed already, the earliest for {row[3].isoformat()}."))


def _pairs(opens: Opens, last: int) -> Iterator[tuple[Link, Entry | None]]:
    """Each link in its order with the entry it names, if there is one. Some of them a transaction."""
    after = 0
    while True:
        with opens() as unit:
            rows = unit.session.execute(
                select(*LINK, *ENTRY)
                .join_from(
                    AuditLink, AuditEntry,
                    and_(AuditEntry.tenant_id == AuditLink.tenant_id, AuditEntry.id == AuditLink.entry_id), isouter=True,
                )
                .where(AuditLink.no > after, AuditLink.no <= last)
                .order_by(AuditLink.no)
                .limit(BATCH)
            ).all()  # fmt: skip
        for row in rows:
            yield Link(*row[:6]), Entry(*row[6:]) if row[6] is not None else None
        if len(rows) < BATCH:
            return
        after = rows[-1].no


def _against(opens: Opens, report: Report, anchors: Iterator[tuple[str, Anchor | None]]) -> None:
    """Hold the chain against every anchor there is. An anchor is written after its link, so its link must be there."""
    last = report.sealed.no if report.sealed else 0
    cut: tuple[str, Anchor] | None = None
    while some := list(islice(anchors, BATCH)):
        wanted = {anchor.no for _, anchor in some if anchor}
        with opens() as unit:
            found = {
                row.no: row.mac
                for row in unit.session.execute(select(AuditLink.no, AuditLink.mac).where(AuditLink.no.in_(wanted)))
            }
        for place, anchor in some:
            if anchor is None:
                report.add(Fault(UNREADABLE, f"An anchor cannot be read ({place})."))
                continue
            report.anchors += 1
            report.anchored = max(report.anchored or anchor.at, anchor.at)
            if anchor.no > last and anchor.no not in found:
                cut = max(cut or (place, anchor), (place, anchor), key=lambda one: one[1].no)
            elif anchor.no in found and found[anchor.no] != anchor.mac:
                report.add(
                    Fault(REWRITTEN, f"Link {anchor.no} is not the one that was anchored ({place}): the chain was made anew.")
                )
    if cut:
        place, anchor = cut
        told = f"Link {anchor.no} was anchored at {anchor.at.isoformat()} ({place}); the chain ends at link {last}."
        report.add(Fault(CUT_SHORT, f"The chain was cut short. {told}"))
