"""What a draft would change in cases, before anybody signs it: each open case with its dates as they are and as they would be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.domain.calendar import london_day
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.verdict import Verdict, step_of
from threefold.plugin_api.facts import Facts, read_facts
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import Draft
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import today
from threefold.work.incidents.tables import Case, CaseRecord
from threefold.work.people.access import EVERYONE, needs

ENDED = ("not_notified", "withdrawn", "criteria_not_met", "no_local_review", "published")
PAGE = 25


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


@dataclass(frozen=True, slots=True)
class CaseDates:
    """One open case, with the steps whose date is not the same in every way."""

    id: UUID
    reference: str
    begun_on: date
    steps: tuple[StepDates, ...]


@needs("see what a draft would change", EVERYONE)
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
        .where(Case.status.not_in(ENDED), Case.restricted.is_(False))
        .order_by(Case.opened_at, Case.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    known, arrangement = versions(unit), draft.arrangement
    as_of = max(arrangement.begins or today(unit), today(unit))
    unit.audit("draft tried on open cases", f"draft:{draft.id}", {"page": page, "cases": min(len(rows), PAGE)})
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
    now = _dates(governance.decide(body, known, facts, as_of))
    crossing = _dates(governance.decide(body, (*known, beginning), facts, as_of))
    under = _dates(governance.decide(body, (replace(draft, begins=date.min, until=None),), facts, as_of))
    steps = tuple(
        StepDates(title, statutory, *(told.get(key, (title, statutory, "not there"))[2] for told in (now, crossing, under)))
        for key, (title, statutory, _) in (now | crossing | under).items()
    )
    begun = min((e.day for e in facts.review.events), default=as_of)
    return CaseDates(case_id, reference, begun, tuple(s for s in steps if len({s.now, s.crossing, s.begun_under}) > 1))


def _dates(verdict: Verdict) -> dict[str, tuple[str, bool, str]]:
    """Title, whether it is the law's, and when it is due, by line; a step that is done keeps no date to move."""
    found: dict[str, tuple[str, bool, str]] = {}
    for line in verdict.of("steps"):
        step = step_of(line)
        if step.done_on is None:
            found[line.id] = step.title, step.statutory, _said(step.due_on, step.readings)
    return found


def _said(due: Any, readings: tuple[tuple[str, date], ...]) -> str:
    if isinstance(due, date | datetime):
        day = london_day(due)
        return f"{day:%A} {day.day} {day:%B %Y}"
    return "; ".join(f"{day.day} {day:%B %Y} {words}" for words, day in readings) or "no date yet"
