"""What awaits an officer of the national body: rapid reviews that arrived and have no reply."""

from __future__ import annotations

from threefold.walls.session import Unit
from threefold.work.national import stories
from threefold.work.people.access import NATIONAL_OFFICER
from threefold.work.people.awaiting import Awaiting, awaits


@awaits
def to_reply(unit: Unit) -> list[Awaiting]:
    if NATIONAL_OFFICER not in unit.actor.roles:
        return []
    return [
        Awaiting(f"Reply to {line.sender_name}", f"desk/{line.sender_id}/{line.case_ref}", reference=line.reference)
        for line in stories.without_reply(unit)
    ]
