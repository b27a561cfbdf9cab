"""What of records awaits a person: what somebody else proposed and they may confirm. And what stands on a case's page."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from threefold.walls.session import Unit
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.incidents.web.beside import Beside, beside_case, beside_destroyed
from threefold.work.people.awaiting import Awaiting, awaits
from threefold.work.people.case_access import asked
from threefold.work.people.web.render import day
from threefold.work.records.stories import MANAGING, SEEING, certificate_of, held_of, may_confirm
from threefold.work.records.stories.closing import as_it_stood
from threefold.work.records.tables import CaseClosing, Disposal


@awaits
def to_confirm(unit: Unit) -> list[Awaiting]:
    """Proposals of others for cases that are still closed, and open to the actor. One statement, none for whoever confirms nothing."""
    if not unit.actor.roles & SEEING:
        return []
    rows = unit.session.execute(
        select(Disposal.id, Disposal.case_id, Disposal.confirms, Disposal.outcome, Case.reference)
        .join(Case, (Case.tenant_id == Disposal.tenant_id) & (Case.id == Disposal.case_id))
        .join(
            CaseClosing,
            (CaseClosing.tenant_id == Disposal.tenant_id)
            & (CaseClosing.case_id == Disposal.case_id)
            & (CaseClosing.no == Disposal.closing_no),
        )
        .where(Disposal.state == "proposed", Disposal.proposed_by != unit.actor.person_id, as_it_stood(), OPEN),
        asked(unit),
    )
    words = {"destroy": "Confirm destroying records", "keep": "Confirm keeping records longer"}
    return [
        Awaiting(words[row.outcome], f"cases/{row.case_id}/records/reviews/{row.id}", reference=row.reference)
        for row in rows
        if may_confirm(unit.actor, row.confirms)
    ]


@awaits
def open_again(unit: Unit) -> list[Awaiting]:
    """Cases that are open to the actor, were closed, and are not any more because something came after that, such as an agency's answer:
    to be looked at, and closed again. One statement, none for whoever closes no case."""
    if not unit.actor.roles & MANAGING:
        return []
    others = aliased(CaseClosing)
    newest = select(func.max(others.no)).where(others.case_id == Case.id)
    rows = unit.session.execute(
        select(Case.id, Case.reference)
        .join(CaseClosing, (CaseClosing.tenant_id == Case.tenant_id) & (CaseClosing.case_id == Case.id))
        .where(
            CaseClosing.no == newest.scalar_subquery(), CaseClosing.closed_on.is_not(None), ~as_it_stood(),
            Case.destroyed_at.is_(None), OPEN,
        ),
        asked(unit),
    )  # fmt: skip
    words = "Look at what came after it was closed"
    return [Awaiting(words, f"cases/{row.id}/records", reference=row.reference) for row in rows]


@beside_case
def records_of_case(unit: Unit, case_id: UUID) -> list[Beside]:
    found = [Beside("Records: closing the case, and how long they are kept", "records")] if unit.actor.roles & SEEING else []
    if held_of(unit, [case_id]):
        found.append(Beside("A legal hold stands: nothing of this case may be destroyed.", "records", warning=True))
    return found


@beside_destroyed
def destroyed_case(unit: Unit, case_id: UUID) -> list[Beside]:
    found = certificate_of(unit, case_id)
    if found is None:
        return []
    return [Beside(
        f"Destroyed on {day(found.at)} by this rule of version {found.version}: {found.rule_said} Proposed by {found.proposed_name} "
        f"({found.proposed_as}), confirmed by {found.confirmed_name} ({found.confirmed_as}).", "records/certificate")]  # fmt: skip
