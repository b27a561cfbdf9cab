"""What of records awaits a person: what somebody else proposed and they may confirm. And what stands on a case's page."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from threefold.walls.session import Unit
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.incidents.web.beside import Beside, beside_case, beside_destroyed
from threefold.work.people.awaiting import Awaiting, awaits
from threefold.work.people.case_access import asked
from threefold.work.people.web.render import day
from threefold.work.records.stories import SEEING, certificate_of, held_of, may_confirm
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
