"""Forms that were sent: what a form led to is done once, and a second click is told what came of the first."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Unit
from threefold.work.people.tables import FormToken


def first_time(unit: Unit, token: UUID, story: str, about: UUID | None = None) -> str | None:
    """None when this form is sent for the first time; else what came of the first sending.

    `about`: the case or the draft that the form is of. Raises `ThreefoldError` where the token was sent for another one, or another story:
    what is sent now would else be taken for a second click, and lost.
    """
    story = f"{story} {about}" if about else story
    statement = insert(FormToken).values(tenant_id=unit.scope.body_id, token=token, story=story, result="", at=unit.at)
    if unit.session.execute(statement.on_conflict_do_nothing().returning(FormToken.token)).scalar() is not None:
        return None
    before = unit.session.execute(select(FormToken.story, FormToken.result).where(FormToken.token == token)).one()
    if before.story != story:
        raise ThreefoldError(
            "This form was sent already, for something else. Load the page again and send it from there.", field="token"
        )
    return str(before.result)


def came_of_it(unit: Unit, token: UUID, result: str) -> None:
    """Note what a form led to, for the second click."""
    unit.session.execute(update(FormToken).where(FormToken.token == token).values(result=result))
