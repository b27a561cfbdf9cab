"""What who asks for their records was asked for first, read from its table, and by when the request is answered for that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import select

from threefold.domain.calendar import england_and_wales
from threefold.walls.session import Unit
from threefold.work.records.period import Kind, Period, Wait, period
from threefold.work.records.subject_tables import SubjectQuestion


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked for, in which words, and when it came. One that was `taken_back` counts for nothing."""

    no: int
    kind: Kind
    asked_on: date
    asked: str
    came_on: date | None
    taken_back: bool


def questions_of(unit: Unit, request_id: UUID) -> tuple[Question, ...]:
    """What was asked for in a request that stands, in the order in which it was written down. One statement."""
    rows = unit.session.scalars(
        select(SubjectQuestion).where(SubjectQuestion.request_id == request_id).order_by(SubjectQuestion.no)
    )
    return tuple(
        Question(r.no, cast(Kind, r.kind), r.asked_on, str(unit.open_json(r.asked)), r.came_on, r.taken_back) for r in rows
    )


def waits_of(unit: Unit) -> dict[UUID, list[Wait]]:
    """What counts for each request, with nothing of what is sealed. One statement, however many there are."""
    found: dict[UUID, list[Wait]] = {}
    rows = unit.session.execute(
        select(SubjectQuestion.request_id, SubjectQuestion.kind, SubjectQuestion.asked_on, SubjectQuestion.came_on).where(
            SubjectQuestion.taken_back.is_(False)
        )
    )
    for row in rows:
        found.setdefault(row.request_id, []).append(Wait(cast(Kind, row.kind), row.asked_on, row.came_on))
    return found


def period_of(received_on: date, waits: Iterable[Wait], extended_on: date | None) -> Period:
    """By when a request is answered. Bank holidays are those of England and Wales; an area's own closures move no day of the law."""
    return period(received_on, waits, england_and_wales(), extended=extended_on is not None)


def if_it_came(received_on: date, waits: Iterable[Wait], extended_on: date | None, today: date) -> date | None:
    """By when a request would be answered if everything that is waited for came today."""
    come = [replace(one, came_on=max(one.asked_on, today)) if one.came_on is None else one for one in waits]
    return period_of(received_on, come, extended_on).ends_on


def counted(questions: Iterable[Question]) -> list[Wait]:
    """The questions that count, as `period` takes them."""
    return [Wait(one.kind, one.asked_on, one.came_on) for one in questions if not one.taken_back]
