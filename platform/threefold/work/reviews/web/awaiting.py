"""What of rapid reviews awaits a person: a reply of the Panel that nobody who may act on it has read."""

from __future__ import annotations

from threefold.walls.session import Unit
from threefold.work.people.awaiting import Awaiting, awaits
from threefold.work.reviews import stories


@awaits
def replies(unit: Unit) -> list[Awaiting]:
    """Replies that came by letter, of the cases that are open to the actor. One statement, for those who may act on a reply."""
    if not unit.actor.roles & stories.ACTING:
        return []
    return [
        Awaiting("Read what the Panel replied to the rapid review", f"cases/{case_id}/review/replies", reference=reference)
        for case_id, reference in stories.unread_replies(unit)
    ]
