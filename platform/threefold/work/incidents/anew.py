"""Open cases are worked out anew on the day on which another version of the arrangement begins, or one that was for a time has ended.

What a case's page, the list and the reminders show is the verdict stored with its newest record. On such a day it is no longer what the
arrangement says; what it says then is stored with a record of its own, so that what stood before can still be read.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from threefold.domain.calendar import LONDON
from threefold.governance.decide import Governance
from threefold.governance.verdict import verdict_to_json
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import recorded_at, versions
from threefold.work.incidents.records import decided_now, load, record_anew
from threefold.work.incidents.tables import Case, still_open

WHAT = "worked out anew, as a version of the arrangement began or ended"


def to_work_out(unit: Unit) -> list[UUID]:
    """The open cases that were last worked out before what governs changed, the oldest first. Three statements at most."""
    changed = _last_change(unit)
    if changed is None:
        return []
    due = select(Case.id).where(Case.updated_at < changed, Case.destroyed_at.is_(None), still_open()).order_by(Case.opened_at)
    return list(unit.session.scalars(due))


def work_out_anew(unit: Unit, governance: Governance, case_id: UUID) -> bool:
    """Work one case out as the arrangement says now. Where that is something else than was stored, it is stored with a record of its own.

    Returns whether it was. Safe to repeat. Raises `CaseDestroyed`.
    """
    state, changed = load(unit, case_id, lock=True), _last_change(unit)
    row = select(Case.updated_at).where(Case.id == case_id)
    if changed is None or state.closed_on is not None or unit.session.execute(row).scalar_one() >= changed:
        return False
    now = json.loads(json.dumps(verdict_to_json(decided_now(unit, governance, state.facts))))
    if _compared(now) == _compared(state.verdict):
        unit.session.execute(update(Case).where(Case.id == case_id).values(updated_at=unit.at))
        return False
    record_anew(unit, governance, state, WHAT)
    unit.audit("case worked out anew", f"case:{case_id}", {"record": state.no + 1})
    return True


def _last_change(unit: Unit) -> datetime | None:
    """The last moment at which what governs changed by itself: a version began, or one with a last day had ended. A version that sets
    right one of an earlier day changes no case before something more is put on record of it."""
    found: list[datetime] = []
    at = recorded_at(unit)
    for version in versions(unit):
        recorded = at[version.version]
        days = (version.begins, version.until + timedelta(days=1) if version.until else None)
        mornings = [_morning(day) for day in days if day is not None]
        found += [max(one, recorded) for one in mornings if one >= recorded or not version.corrects]
    return max((moment for moment in found if moment <= unit.at), default=None)


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def _compared(verdict: dict[str, Any]) -> dict[str, Any]:
    """What is told of a case, without the day on which it was worked out, and what was found before, which stays."""
    return {name: value for name, value in verdict.items() if name not in ("as_of", "fingerprints", "found")}
