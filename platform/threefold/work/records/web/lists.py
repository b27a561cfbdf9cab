"""How long records are kept: every closed case of the body, what is due for review first, and by which rules; and of one case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from threefold.domain.calendar import add_months
from threefold.work.incidents.web.words import STATUSES
from threefold.work.people.web import Visit, page, render, services
from threefold.work.records import stories
from threefold.work.records.web import blueprint, place
from threefold.work.records.web.acts import CLOSE, HOLD, REVIEW, SEE, SEE_EXPORTS
from threefold.work.records.web.own import place_of

SIZE = 50  # cases a page


@dataclass(frozen=True, slots=True)
class Part:
    """Cases of the list under one heading: those of the page, and how many there are on all pages."""

    title: str
    said: str
    lines: tuple[stories.Line, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Paged:
    """One page of the list: its parts, its number and the last one's, from 1."""

    parts: tuple[Part, ...]
    number: int
    last: int


@blueprint.get("/b/<slug>/records")
@page(needs=SEE)
def kept(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see how long records are kept") as unit:
        lines = stories.list_kept(unit, services().governance)
        rules, holds = stories.rules_today(unit, services().governance), stories.holds(unit, None)
    return render(
        "records/list.html", title="Records", paged=paged(visit, lines), rules=rules, holds=holds, statuses=STATUSES, may_hold=visit.may(HOLD),
        may_export=visit.may(SEE_EXPORTS), done=place.DONE, today=visit.today,
    )  # fmt: skip


def paged(visit: Visit, lines: Sequence[stories.Line]) -> Paged:
    """The page that the address asks for, of a list by when a case is due for review, what is due first; no heading without a case.

    Of the last one where it asks for more than there are.
    """
    last = max(1, -(-len(lines) // SIZE))
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 8 else 1
    begin, parts = (number - 1) * SIZE, []
    for title, said, every in _parts(visit, lines):
        shown = every[max(begin, 0) : max(begin + SIZE, 0)]
        begin -= len(every)
        if shown:
            parts.append(Part(title, said, shown, len(every)))
    return Paged(tuple(parts), number, last)


def _parts(visit: Visit, lines: Sequence[stories.Line]) -> Iterator[tuple[str, str, tuple[stories.Line, ...]]]:
    soon = add_months(visit.today, stories.SOON_MONTHS)
    ended = "The time has ended. Nothing is destroyed by itself: review each case."
    yield "Due for review now", ended, tuple(n for n in lines if n.kept.is_due(visit.today))
    near = tuple(n for n in lines if n.kept.ends_on and visit.today < n.kept.ends_on <= soon)
    yield "Due for review within six months", "", near
    yield "Kept for longer", "", tuple(n for n in lines if n.kept.ends_on and n.kept.ends_on > soon)
    never = "These are kept until the arrangement sets a time, or until the missing fact is on record."
    yield "No end is set or known", never, tuple(n for n in lines if n.kept.ends_on is None)


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/records")
@page(needs=SEE)
def of_case(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    return place.show(
        visit, place_of(visit, case_id), may_close=visit.may(CLOSE), may_hold=visit.may(HOLD), may_review=visit.may(REVIEW)
    )
