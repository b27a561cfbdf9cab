"""Which seats belong to which groups, version by version: what the page of a body's people shows of those who hold them."""

from __future__ import annotations

from datetime import date

from threefold.domain.findings import Provided
from threefold.governance.periods import DAY, Period, periods
from threefold.governance.quorum import groups_on
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.people.groups import SeatInGroup, tells_groups
from threefold.work.people.web import services

# What the part of a member is called, by the word that a rule tells it with.
PARTS = {
    "member": "Member",
    "decides": "Decides",
    "advises": "Advises",
    "authors": "Writes",
    "attends": "Attends",
    "chair": "Chairs",
    "vice_chair": "Vice-chair",
}


@tells_groups
def seats_in_groups(unit: Unit, day: date) -> list[SeatInGroup]:
    """Of each version that governs from a day on: the seats in its groups, and for how long one after the other says the same. One statement.

    A version whose first day is not known governs no day that could be told.
    """
    known = versions(unit)
    found: dict[tuple[str, str, str, str], SeatInGroup] = {}
    ended: list[SeatInGroup] = []
    for period in (p for p in periods(known) if p.last is None or p.last >= day):
        for group in groups_on(services().governance, known, period.first):
            for seat, part in _seats(group.thing, {s.key for s in group.arrangement.seats}):
                key = (group.thing.key, group.thing.title, part, seat)
                before = found.get(key)
                follows = before is not None and before.last is not None and before.last + DAY == period.first
                if before is not None and not follows:
                    ended.append(before)
                found[key] = _from(before.first if before is not None and follows else period.first, key, period)
    return [*ended, *found.values()]


def _from(first: date, key: tuple[str, str, str, str], period: Period) -> SeatInGroup:
    _, group, part, seat = key
    return SeatInGroup(group, PARTS.get(part, part.replace("_", " ").capitalize()), seat, first, period.last)


def _seats(group: Provided, seats: set[str]) -> list[tuple[str, str]]:
    """The seats that a group names as members, its chair or its vice-chair, each once with its part: a rule tells a member as "who: part"."""
    members = group.get("members")
    told = [str(one).rpartition(": ") for one in members] if isinstance(members, tuple) else []
    found = [(who, part) for who, _, part in told] + [(str(group.get(part) or ""), part) for part in ("chair", "vice_chair")]
    return [one for one in dict.fromkeys(found) if one[0] in seats]
