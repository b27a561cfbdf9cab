"""The newest day that anything on record of a case tells of: found by the metadata, so that a new table joins by itself."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Table, func, select

from threefold.domain.calendar import LONDON
from threefold.plugin_api.facts import Facts
from threefold.walls.destroying import guarded_tables
from threefold.walls.policies import walled_tables
from threefold.walls.session import Unit
from threefold.work.incidents.anew import WHAT
from threefold.work.incidents.tables import Case, CaseRecord

# What is decided about the records themselves, or about who may open them: no part of what happened in the case.
ABOUT_RECORDS = frozenset({"case_bar", "case_restriction", "legal_hold", "disposal", "subject_item"})
# Days that lie ahead when they are written: until when something may be done.
AHEAD = frozenset({"agency_request.expires_at", "agency_request.closed_until", "agency_request.code_until"})


def newest_day(unit: Unit, case_id: UUID, facts: Facts) -> date:
    """No case was closed before it: the day it was opened here, of what happened, and of the last thing on record. A statement a table.

    That the service worked it out anew is nothing that was done in it.
    """
    opened = unit.session.execute(select(Case.opened_at).where(Case.id == case_id)).scalar_one()
    found = [_day(opened), *(event.day for event in facts.review.events)]
    if facts.incident.happened_on.value is not None:
        found.append(facts.incident.happened_on.value)
    tables: dict[str, Table] = {table.name: table for table in walled_tables()}
    for name in guarded_tables():
        table = tables[name]
        columns = [c for c in table.columns if isinstance(c.type, Date | DateTime) and f"{name}.{c.name}" not in AHEAD]
        if name in ABOUT_RECORDS or not columns:
            continue
        row = (
            unit.session.connection()
            .execute(
                select(*(func.max(c) for c in columns)).where(
                    table.c.tenant_id == unit.scope.body_id, table.c.case_id == case_id, *_done_by_somebody(table)
                )
            )
            .one()
        )
        found += [_day(value) for value in row if value is not None]
    return max(found)


def _done_by_somebody(table: Table) -> list[ColumnElement[bool]]:
    return [table.c.what != WHAT] if table.name == CaseRecord.__tablename__ else []


def _day(value: date | datetime) -> date:
    return value.astimezone(LONDON).date() if isinstance(value, datetime) else value
