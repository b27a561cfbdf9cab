"""How long records are kept: every closed case of the body, what is due for review first, and by which rules; and of one case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.domain.calendar import add_months
from threefold.work.incidents.web.words import STATUSES
from threefold.work.people.web import Visit, page, render, services
from threefold.work.records import stories
from threefold.work.records.web import blueprint, place
from threefold.work.records.web.acts import CLOSE, HOLD, REVIEW, SEE, SEE_EXPORTS
from threefold.work.records.web.own import place_of


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
        "records/list.html", title="Records", parts=parts(visit, lines), rules=rules, holds=holds, statuses=STATUSES, may_hold=visit.may(HOLD),
        may_export=visit.may(SEE_EXPORTS), done=place.DONE, today=visit.today,
    )  # fmt: skip


def parts(visit: Visit, lines: list[stories.Line]) -> list[Part]:
    """The list by when it is due for review, what is due first; no heading without a case."""
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
    return place.show(
        visit, place_of(visit, case_id), may_close=visit.may(CLOSE), may_hold=visit.may(HOLD), may_review=visit.may(REVIEW)
    )
