"""Forms that were sent when the sign-in had ended, or before somebody had shown again who they are or said why: kept, sealed, offered.

Only the person who wrote one sees it again: it is no record of the body's, and in no export of it. It is gone once it was sent, and after two
weeks in any case: it is shown no longer then, and the clock removes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select

from threefold.domain.calendar import LONDON
from threefold.walls.session import Unit
from threefold.work.people.awaiting import Awaiting, awaits
from threefold.work.people.tables import FormDraft

KEPT_FOR = timedelta(days=14)
MOST = 20
Boxes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HalfWritten:
    """A form that was not sent: the address of its page below the body's own, and what stood in its boxes."""

    id: UUID
    address: str
    boxes: Boxes


def keep_form(unit: Unit, address: str, boxes: Boxes) -> UUID:
    """Keep what the unit's actor had typed. The oldest of more than twenty go."""
    person = unit.actor.person_id
    mine = select(FormDraft.id).where(FormDraft.person_id == person).order_by(FormDraft.updated_at.desc()).offset(MOST - 1)
    old = list(unit.session.scalars(mine))
    unit.session.execute(delete(FormDraft).where(FormDraft.person_id == person, FormDraft.id.in_(old)))
    made = uuid4()
    content = unit.seal_json({"boxes": [list(box) for box in boxes]})
    unit.session.add(FormDraft(id=made, person_id=person, form=address, case_id=None, content=content, updated_at=unit.at))
    unit.audit("half-written form kept", f"form:{made}")
    unit.session.flush()
    return made


def kept_form(unit: Unit, form_id: UUID) -> HalfWritten | None:
    """A form of the unit's own actor; None where there is none, its time has ended, or it is somebody else's."""
    row = unit.session.scalars(
        select(FormDraft).where(FormDraft.id == form_id, FormDraft.person_id == unit.actor.person_id, ~_is_over(unit))
    ).first()
    if row is None:
        return None
    return HalfWritten(row.id, row.form, [(name, value) for name, value in unit.open_json(row.content)["boxes"]])


def drop_form(unit: Unit, form_id: UUID) -> None:
    """It was sent at last."""
    mine = delete(FormDraft).where(FormDraft.id == form_id, FormDraft.person_id == unit.actor.person_id)
    unit.session.execute(mine)


def throw_away(unit: Unit, form_id: UUID) -> None:
    """It is not wanted any more. Nothing where it is gone already."""
    drop_form(unit, form_id)
    unit.audit("half-written form thrown away", f"form:{form_id}")


def has_over(unit: Unit) -> bool:
    """Whether the time of anybody's half-written form in this body has ended. One statement."""
    return unit.session.execute(select(FormDraft.id).where(_is_over(unit)).limit(1)).first() is not None


def end_over(unit: Unit) -> None:
    """Remove whose time has ended, whoever wrote it. One statement; it opens nothing, and needs no key."""
    unit.session.execute(delete(FormDraft).where(_is_over(unit)))


def _is_over(unit: Unit) -> ColumnElement[bool]:
    return FormDraft.updated_at <= unit.at - KEPT_FOR


@awaits
def half_written(unit: Unit) -> list[Awaiting]:
    """The actor's half-written forms, among what awaits them. One statement."""
    rows = unit.session.execute(
        select(FormDraft.id, FormDraft.form, FormDraft.updated_at)
        .where(FormDraft.person_id == unit.actor.person_id, ~_is_over(unit))
        .order_by(FormDraft.updated_at)
    )
    return [
        Awaiting(
            f"Go on with a form that was not sent ({row.updated_at.astimezone(LONDON):%-d %B %Y, %H:%M})",
            with_held(row.form, row.id),
        )
        for row in rows
    ]


def with_held(address: str, form_id: UUID) -> str:
    """The address of a form's page that shows what was typed."""
    return f"{address}{'&' if '?' in address else '?'}held={form_id}"
