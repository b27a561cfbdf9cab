"""What of a body's cases awaits a person: whatever is due next in each, soonest first."""

from __future__ import annotations

from threefold.walls.session import Unit
from threefold.work.incidents import stories
from threefold.work.people.access import EVERY_CASE
from threefold.work.people.awaiting import Awaiting, awaits

MOST = 50


@awaits
def cases_due(unit: Unit) -> list[Awaiting]:
    """The nearest open date of each case. For those who handle every case; others have no dates of their own."""
    if not unit.actor.roles & EVERY_CASE:
        return []
    lines, _ = stories.list_cases(unit, size=MOST)
    return [
        Awaiting(line.next_step, f"cases/{line.id}", line.next_due_on, line.late, line.reference)
        for line in lines
        if line.next_due_on is not None
    ]
