"""How long records are kept: every closed case of the body, what is due for review first, and by which rules; and of one case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.domain.calendar import add_months
from threefold.work.incidents.stories import reference_of
from threefold.work.incidents.web.cases import case_address
from threefold.work.incidents.web.words import STATUSES
from threefold.work.people.web import Visit, page, render, services
from threefold.work.records import stories
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import CLOSE, HOLD, REVIEW, SEE, SEE_EXPORTS

DONE = {
    "closed": "The case is closed. The time for keeping its records runs.", "opened": "The case is open again. No time runs.",
    "held": "The hold stands from now on. Nothing is destroyed while it does.", "lifted": "The hold is lifted.",
    "proposed": "It is proposed. Nothing happens until another person confirms it.", "declined": "It is declined. The records stay as they are.",
    "kept": "The records are kept until that day.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Cases of the list under one heading."""

    title: str
    said: str
    lines: tuple[stories.Line, ...]


@blueprint.get("/b/<slug>/records")
@page(needs=SEE)
def kept(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see how long records are kept") as unit:
        lines = stories.list_kept(unit, services().governance)
        rules, holds = stories.rules_today(unit, services().governance), stories.holds(unit, None)
    return render(
        "records/list.html", title="Records", parts=_parts(visit, lines), rules=rules, holds=holds, statuses=STATUSES, may_hold=visit.may(HOLD),
        may_export=visit.may(SEE_EXPORTS), done=DONE, today=visit.today,
    )  # fmt: skip


def _parts(visit: Visit, lines: list[stories.Line]) -> list[Part]:
    soon = add_months(visit.today, stories.SOON_MONTHS)
    due = tuple(n for n in lines if n.kept.is_due(visit.today))
    near = tuple(n for n in lines if n.kept.ends_on and visit.today < n.kept.ends_on <= soon)
    later = tuple(n for n in lines if n.kept.ends_on and n.kept.ends_on > soon)
    never = tuple(n for n in lines if n.kept.ends_on is None)
    return [part for part in (
        Part("Due for review now", "The time has ended. Nothing is destroyed by itself: review each case.", due),
        Part("Due for review within six months", "", near),
        Part("Kept for longer", "", later),
        Part("No end is set or known", "These are kept until the arrangement sets a time, or until the missing fact is on record.", never),
    ) if part.lines]  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/records")
@page(needs=SEE)
def of_case(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("see how long the records of a case are kept") as unit:
        line = stories.see_kept(unit, services().governance, case_id)
        reference = reference_of(unit, case_id)
        holds, past = stories.holds(unit, case_id, of_body_too=True), stories.disposals(unit, case_id)
    standing = [hold for hold in holds if hold.lifted_at is None]
    return render(
        "records/case.html", title=f"Records of case {reference}", back=case_address(visit, case_id), base=f"{case_address(visit, case_id)}/records",
        line=line, standing=standing, lifted=[hold for hold in holds if hold.lifted_at], past=past, done=DONE, may_close=visit.may(CLOSE), may_hold=visit.may(HOLD),
        may_review=visit.may(REVIEW), waiting=next((p for p in past if p.state == "proposed"), None), due=line is not None and line.kept.is_due(visit.today),
    )  # fmt: skip
