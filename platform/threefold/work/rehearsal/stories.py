"""What a draft would change in cases, before anybody signs it: each open case with its dates as they are and as they would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.governance.asked import asked_in_case
from threefold.governance.case_days import begun_on
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.time_limit import asked_together
from threefold.governance.verdict import Verdict, step_of
from threefold.governance.worked import replay_worked
from threefold.plugin_api import Step
from threefold.plugin_api.facts import Facts, read_facts
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import SEEING_CASES, Draft
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import today
from threefold.work.incidents.tables import OPEN, Case, CaseRecord, still_open
from threefold.work.people.access import needs
from threefold.work.people.case_access import asked
from threefold.work.people.web.render import due as due_words
from threefold.work.rehearsal.times import stages, time_of

PAGE, DAY = 25, timedelta(days=1)
NO_DATE, NO_STEP, DONE = "No date yet", "No such step", "Done"


@dataclass(frozen=True, slots=True)
class StepDates:
    """One step of one case: its date as it is, as the draft says open cases cross over, and had the case begun under it. `after`: once a
    draft that is for a time has ended, where nothing more has begun in the case by then."""

    title: str
    statutory: bool
    now: str
    crossing: str
    begun_under: str
    after: str = ""

    @property
    def moves(self) -> bool:
        return self.now != self.crossing

    @property
    def dated(self) -> bool:
        """Whether it has a date as it is: only of a date is it said that it stays the same."""
        return self.now not in (NO_DATE, NO_STEP, DONE)

    @property
    def open(self) -> bool:
        """Whether it is to be done in any of the ways."""
        return not {self.now, self.crossing, self.begun_under, self.after or DONE} <= {NO_STEP, DONE}

    @property
    def same(self) -> bool:
        """Whether it is as it is now in every way."""
        return {self.now, self.crossing, self.begun_under, self.after or self.now} == {self.now}


@dataclass(frozen=True, slots=True)
class StepTimes:
    """One step of one case that has no date yet in one of the ways: its time in each of them, or its date where it has one."""

    title: str
    now: str
    crossing: str
    begun_under: str
    after: str = ""

    @property
    def moves(self) -> bool:
        return self.now != self.crossing


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
    times: tuple[StepTimes, ...] = ()  # of the steps without a date those whose time is not the same in every way
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
    known = versions(unit)
    arrangement = with_a_day(draft.arrangement, known, today(unit))
    as_of = max(arrangement.begins or today(unit), today(unit))
    unit.audit("draft tried on open cases", f"draft:{draft.id}", {"page": page, "cases": min(len(rows), PAGE)}, kind=LIST)
    body = str(unit.scope.body_id)
    with asked_together():  # a rule that does not answer is not waited for with each case of the page
        found = [
            _case(governance, row.id, row.reference, read_facts(unit.open_json(row.facts)), known, arrangement, as_of, body)
            for row in rows[:PAGE]
        ]
    return found, len(rows) > PAGE


def with_a_day(draft: Arrangement, known: Iterable[Arrangement], today: date) -> Arrangement:
    """A draft as it is tried where it says no day yet: from the day of what it corrects, which is its own then too; otherwise from today."""
    if draft.begins:
        return draft
    corrected = next((v for v in known if draft.corrects and v.version == draft.corrects), None)
    if corrected is None:
        return replace(draft, begins=today)
    return replace(draft, begins=corrected.begins or today, until=draft.until or corrected.until)


def _case(
    governance: Governance, case_id: UUID, reference: str, facts: Facts, known: tuple[Arrangement, ...], draft: Arrangement, as_of: date, body: str
) -> CaseDates:  # fmt: skip
    ways: list[tuple[Arrangement, ...]] = [known, (*known, draft), (replace(draft, begins=date.min, until=None),)]
    verdicts = [governance.decide(body, way, facts, as_of) for way in ways]
    if draft.until is not None and draft.until >= as_of:
        ways.append((*known, draft))
        verdicts.append(governance.decide(body, ways[-1], facts, draft.until + DAY))
    told = [_dates(verdict) for verdict in verdicts]
    now, crossing, under, *after = told
    own = {use.use for use in draft.uses}
    failed = {f.rule.title or f.rule.use for verdict in verdicts[1:] for f in verdict.failures if f.rule.use in own}
    told_of = tuple(
        StepDates(title, statutory, *(way.get(key, (title, statutory, NO_STEP))[2] for way in told))
        for key, (title, statutory, _) in {
            **(after[0] if after else {}),
            **under,
            **crossing,
            **now,
        }.items()  # called as it is called now
    )
    steps = tuple(step for step in told_of if step.open)
    begun, undated = begun_on(facts), sum(1 for _, _, due in now.values() if due == NO_DATE)
    is_asked = {q.key for q in asked_in_case(governance, body, known, facts, as_of, verdicts[0])}
    then_asked = asked_in_case(governance, body, (*known, draft), facts, as_of, verdicts[1])
    same = [s for s in steps if s.same]
    times = [_times(verdict) for verdict in verdicts]
    ladders = [stages(governance, way, as_of, begun) for way in ways]
    if any(due != DONE for way in told for line, (_, _, due) in way.items() if any(line in ladder for ladder in ladders)):
        _with_those_to_come(told, times, ladders)
    return CaseDates(case_id, reference, begun, tuple(s for s in steps if s not in same), tuple(sorted(failed)), undated,
                     tuple(s for s in same if s.statutory and s.now != NO_DATE),
                     stays=draft.open_cases == "finish_under_old" and not draft.corrects and begun is not None and begun < (draft.begins or as_of),
                     times=_other_times(told, times),
                     asked=tuple(q.title for q in then_asked if q.key not in is_asked))  # fmt: skip


def _other_times(
    told: Sequence[Mapping[str, tuple[str, bool, str]]], times: Sequence[Mapping[str, str]]
) -> tuple[StepTimes, ...]:
    """The steps that have no date yet in one of the ways, and not the same time in each."""
    found = []
    for key, title in {key: title for way in reversed(told) for key, (title, _, due) in way.items() if due == NO_DATE}.items():
        said = [time.get(key) or way.get(key, (title, False, NO_STEP))[2] for way, time in zip(told, times, strict=True)]
        if len(set(said)) > 1:
            found.append(StepTimes(title, *said))
    return tuple(found)


def _with_those_to_come(
    told: Sequence[dict[str, tuple[str, bool, str]]],
    times: Sequence[dict[str, str]],
    ladders: Sequence[Mapping[str, tuple[str, str]]],
) -> None:
    """Add to each way the stages of a disagreement that has begun which have not: a verdict tells none of them before."""
    for way, time, ladder in zip(told, times, ladders, strict=True):
        for line, (title, words) in ladder.items():
            if line not in way:
                way[line], time[line] = (title, False, NO_DATE), words


@needs("see what a draft would change", SEEING_CASES)
def other_stages(unit: Unit, governance: Governance, draft: Draft) -> bool:
    """Whether a draft has other stages of a disagreement, or gives them other times, than what governs today."""
    on, alone = today(unit), (replace(draft.arrangement, begins=date.min, until=None),)
    now, then = (stages(governance, known, on, None) for known in (versions(unit), alone))
    return {line: words for line, (_, words) in now.items()} != {line: words for line, (_, words) in then.items()}


def _times(verdict: Verdict) -> dict[str, str]:
    """The time of each step that has no date yet, by line."""
    return {line.id: time_of(step) for line in verdict.of("steps") if _due(step := step_of(line)) == NO_DATE}


def _dates(verdict: Verdict) -> dict[str, tuple[str, bool, str]]:
    """Title, whether it is the law's, and when it is due or that it is done, by line."""
    found: dict[str, tuple[str, bool, str]] = {}
    for line in verdict.of("steps"):
        step = step_of(line)
        told = _due(step)
        if step.applies == "unclear" and told not in (NO_DATE, DONE):
            told = f"{told}, if a condition holds that is not clear yet"
        found[line.id] = (step.title, step.statutory, told)
    return found


def _due(step: Step) -> str:
    return DONE if step.done_on else _said(step.due_on, step.readings)


def _said(due: Any, readings: tuple[tuple[str, date], ...]) -> str:
    if due is not None:
        return due_words(due)
    return "; ".join(f"{day.day} {day:%B %Y} {words}" for words, day in readings) or NO_DATE


@needs("see what a draft would change", SEEING_CASES)
def over_examples(unit: Unit, governance: Governance, draft: Draft) -> dict[str, Any]:
    """A draft over the worked examples beside the rules, at once, as `ReplayResult.stored()`. Raises `ThreefoldError`."""
    _, governs, _ = governance.pin(versions(unit), today(unit))
    unit.audit("draft tried over worked examples", f"draft:{draft.id}", kind=DETAIL)
    return replay_worked(governance, governs, draft.arrangement, today(unit)).stored()
