"""What awaits an officer of the national body: rapid reviews that have no reply, what another proposed, letters that came too late."""

from __future__ import annotations

from datetime import timedelta

from threefold.walls.session import Unit
from threefold.work.national import keeping, stories
from threefold.work.people.access import NATIONAL_OFFICER
from threefold.work.people.awaiting import Awaiting, awaits

TOLD_FOR = timedelta(days=28)


@awaits
def to_reply(unit: Unit) -> list[Awaiting]:
    if NATIONAL_OFFICER not in unit.actor.roles:
        return []
    return [
        Awaiting(f"Reply to {line.sender_name}", f"desk/{line.sender_id}/{line.case_ref}", reference=line.reference)
        for line in stories.without_reply(unit)
    ]


@awaits
def to_confirm(unit: Unit) -> list[Awaiting]:
    """What another officer proposed for a received case that is still closed. One statement."""
    if NATIONAL_OFFICER not in unit.actor.roles:
        return []
    words = {"destroy": "Confirm destroying records", "keep": "Confirm keeping records longer"}
    return [
        Awaiting(words[one.outcome], f"desk/{one.sender_id}/{one.case_ref}/records/reviews/{one.id}", reference=one.reference)
        for one in keeping.proposed_by_others(unit)
    ]


@awaits
def came_afterwards(unit: Unit) -> list[Awaiting]:
    """Letters of a case that was destroyed, for four weeks: nobody can read them here. One statement."""
    if NATIONAL_OFFICER not in unit.actor.roles:
        return []
    return [
        Awaiting(
            f"Ask {row.sender_name}: a letter came after the records were destroyed",
            f"desk/{row.sender_id}/{row.case_ref}",
            reference=row.reference,
        )
        for row, *_ in keeping.came_afterwards(unit, unit.today - TOLD_FOR)
    ]
