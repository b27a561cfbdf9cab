"""What a draft would change in cases, before anybody signs it: each open case with its dates as they are and as they would be."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from threefold.domain.calendar import london_day
from threefold.governance.asked import asked_in_case
from threefold.governance.case_days import begun_on
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.replay import PastVerdict, ReplayResult
from threefold.governance.verdict import Verdict, step_of
from threefold.governance.worked import replay_worked
from threefold.plugin_api import EVENTS, Step, happens
from threefold.plugin_api.facts import Facts, read_facts
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.destroying import Replaced, in_turn
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import PREPARING, SEEING_CASES, Draft
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.gone import goes_with_case
from threefold.work.incidents.records import today
from threefold.work.incidents.tables import OPEN, Case, CaseRecord, still_open
from threefold.work.incidents.web.words import plainly
from threefold.work.people.access import needs
from threefold.work.people.case_access import asked, has_no_bar
from threefold.work.rehearsal.tables import RehearsalRun

# What comes of a run is read by all who see drafts: it leaves out each case that is not open to every one of them.
_FOR_ALL = (Case.restricted.is_(False), Case.destroyed_at.is_(None), has_no_bar(Case.id))
PAGE = 25
NO_DATE, NO_STEP = "No date yet", "No such step"


@dataclass(frozen=True, slots=True)
class StepDates:
    """One step of one case: its date as it is, as the draft says open cases cross over, and had the case begun under it."""

    title: str
    statutory: bool
    now: str
    crossing: str
    begun_under: str

    @property
    def moves(self) -> bool:
        return self.now != self.crossing

    @property
    def dated(self) -> bool:
        """Whether it has a date as it is: only of a date is it said that it stays the same."""
        return self.now not in (NO_DATE, NO_STEP)


@dataclass(frozen=True, slots=True)
class StepTimes:
    """One step of one case that has no date yet: the time it is given as it is, and had the case begun under the draft."""

    title: str
    now: str
    begun_under: str


@dataclass(frozen=True, slots=True)
class CaseDates:
    """One open case, with the steps whose date is not the same in every way, and the titles of the draft's rules that could
    not be worked out for it: what they would say is not known. `undated`: how many steps have no date yet as it is. `by_law`: the
    law's own steps that are to be done, whose date is the same in every way."""

    id: UUID
    reference: str
    begun_on: date | None
    steps: tuple[StepDates, ...]
    failed: tuple[str, ...] = ()
    undated: int = 0
    by_law: tuple[StepDates, ...] = ()
    stays: bool = False  # it began before the draft does, which lets such cases finish under the version before
    times: tuple[StepTimes, ...] = ()  # of the steps without a date those whose time is another under the draft
    asked: tuple[str, ...] = ()  # the area's own questions that it would be asked beside those that it is asked now


@needs("see what a draft would change", SEEING_CASES)
def open_cases(unit: Unit, governance: Governance, draft: Draft, page: int = 1) -> tuple[list[CaseDates], bool]:
    """A page of the body's open cases against a draft, oldest first, and whether there are more.

    The law's dates are worked out beside the area's, so that anyone can see that they stay.
    """
    rows = unit.session.execute(
        select(Case.id, Case.reference, CaseRecord.facts)
        .join(
            CaseRecord,
            (CaseRecord.tenant_id == Case.tenant_id) & (CaseRecord.case_id == Case.id) & (CaseRecord.no == Case.head_no),
        )
        .where(Case.restricted.is_(False), Case.destroyed_at.is_(None), OPEN, still_open())
        .order_by(Case.opened_at, Case.reference)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1),
        asked(unit),
    ).all()
    known, arrangement = versions(unit), draft.arrangement
    as_of = max(arrangement.begins or today(unit), today(unit))
    unit.audit("draft tried on open cases", f"draft:{draft.id}", {"page": page, "cases": min(len(rows), PAGE)}, kind=LIST)
    found = [
        _case(
            governance,
            row.id,
            row.reference,
            read_facts(unit.open_json(row.facts)),
            known,
            arrangement,
            as_of,
            str(unit.scope.body_id),
        )
        for row in rows[:PAGE]
    ]
    return found, len(rows) > PAGE


def _case(
    governance: Governance, case_id: UUID, reference: str, facts: Facts, known: tuple[Arrangement, ...], draft: Arrangement, as_of: date, body: str
) -> CaseDates:  # fmt: skip
    beginning = replace(draft, begins=draft.begins or as_of)
    verdicts = (
        governance.decide(body, known, facts, as_of),
        governance.decide(body, (*known, beginning), facts, as_of),
        governance.decide(body, (replace(draft, begins=date.min, until=None),), facts, as_of),
    )
    now, crossing, under = (_dates(verdict) for verdict in verdicts)
    own = {use.use for use in draft.uses}
    failed = {f.rule.title or f.rule.use for verdict in verdicts[1:] for f in verdict.failures if f.rule.use in own}
    steps = tuple(
        StepDates(title, statutory, *(told.get(key, (title, statutory, NO_STEP))[2] for told in (now, crossing, under)))
        for key, (title, statutory, _) in {**under, **crossing, **now}.items()  # called as it is called now
    )
    begun = begun_on(facts)
    is_asked = {q.key for q in asked_in_case(governance, body, known, facts, as_of, verdicts[0])}
    then_asked = asked_in_case(governance, body, (*known, beginning), facts, as_of, verdicts[1])
    same = [s for s in steps if s.now == s.crossing == s.begun_under]
    return CaseDates(case_id, reference, begun, tuple(s for s in steps if s not in same), tuple(sorted(failed)),
                     sum(1 for _, _, due in now.values() if due == NO_DATE),
                     tuple(s for s in same if s.statutory and s.now != NO_DATE),
                     stays=draft.open_cases == "finish_under_old" and not draft.corrects and begun is not None and begun < (draft.begins or as_of),
                     times=_other_times(verdicts[0], verdicts[2]),
                     asked=tuple(q.title for q in then_asked if q.key not in is_asked))  # fmt: skip


def _other_times(now: Verdict, under: Verdict) -> tuple[StepTimes, ...]:
    """The steps without a date that the draft gives another time."""
    before, after = (
        {line.id: step for line in verdict.of("steps") if (step := step_of(line)).done_on is None and not step.due_on}
        for verdict in (now, under)
    )
    return tuple(
        StepTimes(step.title, _time(step), _time(after[line_id]))
        for line_id, step in before.items()
        if line_id in after and _time(step) != _time(after[line_id])
    )


def _time(step: Step) -> str:
    """The time of a step and what it is counted from. Whether a source states its unit or it is read into it makes no other time."""
    time = str(replace(step.span, unit_from="stated")) if step.span else "no time stated"
    named = (read.removeprefix("review.events.").replace("incident.happened_on", "incident") for read in step.reads)
    starts = [
        plainly(happens(name)) for name in named if name != step.ends_with and (name in EVENTS or name.startswith("done:"))
    ]
    return f"{time}, from when {' or '.join(dict.fromkeys(starts))}" if starts else time


def _dates(verdict: Verdict) -> dict[str, tuple[str, bool, str]]:
    """Title, whether it is the law's, and when it is due, by line; a step that is done keeps no date to move."""
    found: dict[str, tuple[str, bool, str]] = {}
    for line in verdict.of("steps"):
        step = step_of(line)
        if step.done_on is None:
            told = _said(step.due_on, step.readings)
            unclear = step.applies == "unclear" and told != NO_DATE
            found[line.id] = (
                step.title,
                step.statutory,
                f"{told}, if a condition holds that is not clear yet" if unclear else told,
            )
    return found


def _said(due: Any, readings: tuple[tuple[str, date], ...]) -> str:
    if isinstance(due, date | datetime):
        day = london_day(due)
        return f"{day:%A} {day.day} {day:%B %Y}"
    return "; ".join(f"{day.day} {day:%B %Y} {words}" for words, day in readings) or NO_DATE


@needs("see what a draft would change", SEEING_CASES)
def over_examples(unit: Unit, governance: Governance, draft: Draft) -> dict[str, Any]:
    """A draft over the worked examples beside the rules, at once, as `ReplayResult.stored()`. Raises `ThreefoldError`."""
    _, governs, _ = governance.pin(versions(unit), today(unit))
    unit.audit("draft tried over worked examples", f"draft:{draft.id}", kind=DETAIL)
    return replay_worked(governance, governs, draft.arrangement, today(unit)).stored()


# the run over past verdicts, done by the worker


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
        return self.state in ("waiting", "running", "stopping")


@needs("try a draft over past cases", PREPARING)
def ask_run(unit: Unit, draft: Draft) -> UUID:
    """Ask for a run over the newest verdict of each case. One at a time: where one is going, it is that one."""
    going = unit.session.scalars(
        select(RehearsalRun).where(
            RehearsalRun.draft_id == draft.id, RehearsalRun.state.in_(("waiting", "running", "stopping"))
        )
    ).first()
    if going is not None:
        return going.id
    total = unit.session.execute(select(func.count()).select_from(Case).where(*_FOR_ALL)).scalar_one()
    run = RehearsalRun(id=uuid4(), draft_id=draft.id, signed_hash=draft.signed_hash, state="waiting", done=0, total=total, asked_at=unit.at,
                       by=unit.actor.person_id, result=None)  # fmt: skip
    unit.session.add(run)
    unit.session.flush()
    unit.later("rehearse", run.id)
    unit.audit("draft tried over past cases", f"draft:{draft.id}", {"run": str(run.id)})
    return run.id


@needs("try a draft over past cases", PREPARING)
def stop_run(unit: Unit, draft_id: UUID) -> None:
    """Ask the worker to stop; what it has done by then is kept and marked as a part."""
    for run in unit.session.scalars(
        select(RehearsalRun).where(RehearsalRun.draft_id == draft_id, RehearsalRun.state.in_(("waiting", "running")))
    ):
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


def begin_run(unit: Unit, run_id: UUID) -> tuple[UUID, tuple[Arrangement, ...]] | None:
    """The draft of a run that is to be done, and the body's versions; None where it is done or was stopped before it began."""
    row = unit.session.get(RehearsalRun, (unit.scope.body_id, run_id), with_for_update=True)
    if row is None or row.state not in ("waiting", "running", "stopping"):
        return None
    row.state, row.done = ("stopping" if row.state == "stopping" else "running"), 0
    return row.draft_id, versions(unit)


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
