"""What the clock asks for: which bodies have work due, one piece of it on the list for each. There is no scope for all bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from threefold.doors.worker.jobs import Bench
from threefold.walls.audit.sealing import has_unsealed, sealed_until
from threefold.walls.directory import BodyRef
from threefold.walls.session import SYSTEM, Scope, Unit
from threefold.work.incidents import person_index
from threefold.work.people import half_written
from threefold.work.records.stories import ending


def sweep(bench: Bench, enqueue: Callable[[UUID], None], at: datetime | None = None) -> int:
    """Put everything due on the queue again: what a crash, a lost queue or a retry left. Doing so twice is harmless."""
    now = at or datetime.now(UTC)
    with bench.walls.directory() as directory:
        due = directory.due_work(now)
    for work_id in due:
        enqueue(work_id)
    return len(due)


def remind_all(bench: Bench, at: datetime | None = None) -> int:
    """One job a body: there is no scope for all bodies."""
    return _plan(bench, "remind", "plan reminders", at, lambda unit, body: True)


def seal_all(bench: Bench, at: datetime | None = None) -> int:
    """One job for each body whose audit has entries that are not sealed, or whose newest links are not anchored or not written down."""

    def due(unit: Unit, body: BodyRef) -> bool:
        if has_unsealed(unit):
            return True
        head = sealed_until(unit)
        return head is not None and (bench.anchors.behind(body.slug, head.no, unit.at) or _unwritten(bench, body.slug, head.no))

    return _plan(bench, "seal_audit", "seal the audit", at, due)


def _unwritten(bench: Bench, slug: str, no: int) -> bool:
    try:
        return bench.audit_lines is not None and bench.audit_lines.last(slug) < no
    except (OSError, ValueError):
        return True  # the job tells what is wrong


def check_all(bench: Bench, at: datetime | None = None) -> int:
    """One job a body: its whole chain is verified."""
    return _plan(bench, "check_audit", "verify the audit", at, lambda unit, body: True)


def index_all(bench: Bench, at: datetime | None = None) -> int:
    """One job for each body that has people who are not in the index, or in one made with another key or in another manner."""
    return _plan(bench, "index_people", "index people", at, lambda unit, body: person_index.has_unindexed(unit))


def end_all(bench: Bench, at: datetime | None = None) -> int:
    """One job for each body that has requests for one's own records whose time has ended."""
    return _plan(
        bench, "end_requests", "see whose time has ended", at, lambda unit, body: bool(ending.ended(unit, bench.governance))
    )


def end_forms_all(bench: Bench, at: datetime | None = None) -> int:
    """One job for each body in which the time of somebody's half-written form has ended."""
    return _plan(bench, "end_forms", "see which forms are over", at, lambda unit, body: half_written.has_over(unit))


def _plan(bench: Bench, kind: str, purpose: str, at: datetime | None, due: Callable[[Unit, BodyRef], bool]) -> int:
    """Put one piece of work on the list for each body that has it due; how many."""
    now, planned = at or datetime.now(UTC), 0
    with bench.walls.directory() as directory:
        bodies = directory.bodies()
    for body in bodies:
        with bench.walls.open(Scope(body.id), actor=SYSTEM, purpose=purpose, at=now) as unit:
            if due(unit, body):
                unit.later(kind, body.id)
                planned += 1
    return planned
