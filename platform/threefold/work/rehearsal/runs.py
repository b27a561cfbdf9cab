"""The run of a draft over the body's past verdicts: asked for, watched and stopped by people, done by the worker."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from threefold.governance.pack import Arrangement
from threefold.governance.replay import PastVerdict, ReplayResult
from threefold.walls.destroying import Replaced, in_turn
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import PREPARING, SEEING_CASES, Draft, load_draft
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.tables import ArrangementDraft
from threefold.work.incidents.gone import goes_with_case
from threefold.work.incidents.tables import OPEN, Case, CaseRecord
from threefold.work.people.access import needs
from threefold.work.people.case_access import asked, has_no_bar
from threefold.work.rehearsal.tables import RehearsalRun

# What comes of a run is read by all who see drafts: it leaves out each case that is not open to every one of them.
_FOR_ALL = (Case.restricted.is_(False), Case.destroyed_at.is_(None), has_no_bar(Case.id))
GOING = ("waiting", "running", "stopping")  # asked for, and not ended


@dataclass(frozen=True, slots=True)
class Run:
    """One run over the body's past verdicts, as it stands. `result`: `ReplayResult.stored()`, with case references."""

    id: UUID
    state: str
    done: int
    total: int
    asked_at: datetime
    of_this_content: bool
    result: dict[str, Any] | None

    @property
    def going(self) -> bool:
        return self.state in GOING


@needs("try a draft over past cases", PREPARING)
def ask_run(unit: Unit, draft: Draft) -> UUID:
    """Ask for a run over the newest verdict of each case. One at a time: where one is going, it is that one."""
    # Whoever asks for the same draft meanwhile waits here, and then sees this run.
    unit.session.execute(select(ArrangementDraft.id).where(ArrangementDraft.id == draft.id).with_for_update())
    asked_for = select(RehearsalRun.id).where(RehearsalRun.draft_id == draft.id, RehearsalRun.state.in_(GOING))
    going = unit.session.scalars(asked_for).first()
    if going is not None:
        return going
    total = _cases_of_all(unit)
    run = RehearsalRun(id=uuid4(), draft_id=draft.id, signed_hash=draft.signed_hash, state="waiting", done=0, total=total, asked_at=unit.at,
                       by=unit.actor.person_id, result=None)  # fmt: skip
    unit.session.add(run)
    unit.session.flush()
    unit.later("rehearse", run.id)
    unit.audit("draft tried over past cases", f"draft:{draft.id}", {"run": str(run.id)})
    return run.id


def _cases_of_all(unit: Unit) -> int:
    """How many cases are open to every one who sees drafts."""
    return unit.session.execute(select(func.count()).select_from(Case).where(*_FOR_ALL)).scalar_one()


@needs("try a draft over past cases", PREPARING)
def stop_run(unit: Unit, draft_id: UUID) -> None:
    """Ask the worker to stop; what it has done by then is kept and marked as a part. One that ends meanwhile has ended."""
    to_stop = select(RehearsalRun).where(RehearsalRun.draft_id == draft_id, RehearsalRun.state.in_(("waiting", "running")))
    for run in unit.session.scalars(to_stop.with_for_update()):
        run.state = "stopping"
    unit.audit("run over past cases stopped", f"draft:{draft_id}")


@needs("see what a draft would change", SEEING_CASES)
def newest_run(unit: Unit, draft: Draft) -> Run | None:
    """The newest run of a draft, and whether it was of the content as it stands."""
    row = unit.session.scalars(
        select(RehearsalRun)
        .where(RehearsalRun.draft_id == draft.id)
        .order_by(RehearsalRun.asked_at.desc(), RehearsalRun.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    result = dict(unit.open_json(row.result)) if row.result is not None else None
    return Run(row.id, row.state, row.done, row.total, row.asked_at, row.signed_hash == draft.signed_hash, result)


@needs("see what a draft would change", SEEING_CASES)
def open_by_reference(unit: Unit, references: Collection[str]) -> dict[str, UUID]:
    """Which of some cases, told by reference, are there and open to whoever asks, each with its id. One statement, none for none."""
    if not references:
        return {}
    rows = unit.session.execute(
        select(Case.reference, Case.id).where(Case.reference.in_(references), Case.destroyed_at.is_(None), OPEN), asked(unit)
    )
    return {row.reference: row.id for row in rows}


def begin_run(unit: Unit, run_id: UUID) -> tuple[Arrangement, tuple[Arrangement, ...]] | None:
    """The draft of a run that is to be done, and the body's versions; None where it is done or was stopped before it began.

    The draft is tried as it is now, which is not what it was when the run was asked for where somebody changed it meanwhile: the run is
    told as one of this content, over the cases that there are now.
    """
    row = unit.session.get(RehearsalRun, (unit.scope.body_id, run_id), with_for_update=True)
    if row is None or row.state not in GOING:
        return None
    draft = load_draft(unit, row.draft_id)
    row.state, row.done = ("stopping" if row.state == "stopping" else "running"), 0
    row.signed_hash, row.total = draft.signed_hash, _cases_of_all(unit)
    return draft.arrangement, versions(unit)


def some_past(unit: Unit, after: UUID | None, most: int) -> tuple[list[PastVerdict], UUID | None]:
    """The newest verdict of some cases, in order of their ids after `after`, and where to go on; None at the end."""
    asked = (
        select(Case.id, Case.reference, CaseRecord.facts, CaseRecord.verdict, CaseRecord.fingerprint)
        .join(
            CaseRecord,
            (CaseRecord.tenant_id == Case.tenant_id) & (CaseRecord.case_id == Case.id) & (CaseRecord.no == Case.head_no),
        )
        .where(*_FOR_ALL)
        .order_by(Case.id)
        .limit(most)
    )
    rows = unit.session.execute(asked.where(Case.id > after) if after else asked).all()
    found = []
    for row in rows:
        verdict = unit.open_sealed(row.verdict)
        day = date.fromisoformat(json.loads(verdict)["as_of"])
        found.append(PastVerdict(row.reference, day, unit.open_sealed(row.facts), verdict, tuple(row.fingerprint.split(","))))
    return found, rows[-1].id if len(rows) == most else None


def note_progress(unit: Unit, run_id: UUID, done: int) -> bool:
    """Note how far a run is. Whether it is to stop."""
    row = unit.session.get_one(RehearsalRun, (unit.scope.body_id, run_id), with_for_update=True)
    row.done = done
    return row.state == "stopping"


def end_run(unit: Unit, run_id: UUID, result: ReplayResult | None) -> None:
    """Keep what came of a run; None: it could not be done. Of a run that a case was in which is destroyed by now nothing is kept."""
    in_turn(unit)
    row = unit.session.get_one(RehearsalRun, (unit.scope.body_id, run_id), with_for_update=True)
    if result is None:
        row.state = "failed"
        return
    told = json.dumps(result.stored())
    gone = unit.session.scalars(select(Case.reference).where(Case.destroyed_at.is_not(None)))
    kept = None if any(json.dumps(reference) in told for reference in gone) else unit.seal_json(result.stored())
    row.state, row.done, row.result = ("stopped" if result.stopped else "done"), result.done, kept
    unit.audit("draft tried over past cases: done", f"draft:{row.draft_id}", {"cases": result.done})


@goes_with_case
def runs_without(unit: Unit, case_id: UUID) -> Iterable[Replaced]:
    """What came of runs tells of each case by its reference: it goes when a case of it is destroyed. A run can be asked for again."""
    reference = unit.session.execute(select(Case.reference).where(Case.id == case_id)).scalar_one()
    for run in unit.session.scalars(select(RehearsalRun).where(RehearsalRun.result.is_not(None)).with_for_update()):
        if run.result is not None and json.dumps(reference).encode() in unit.open_sealed(run.result):
            run.result = None
    unit.session.flush()
    return ()
