"""Which of the disagreements of a case a stage counts from.

A case may see several, one after the other: each settlement ends one, and what is put on record after it begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from threefold.plugin_api import Event

SETTLED = "dispute_settled"
# What shows that there is a disagreement: the first of them after a settlement begins another one.
CLIMBS = frozenset({"dispute_raised", "dispute_stage_2", "dispute_meeting", "dispute_stage_3"})


def stays(ends_with: str) -> bool:
    """Whether a stage waits for what the area says completes it, also after the settlement: what is no part of the disagreement itself."""
    return bool(ends_with) and ends_with not in CLIMBS | {SETTLED}


def only_within(stages: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Of the stages, by the event of their being done, with what starts them: those that nothing but a disagreement starts, or such a stage."""
    found: set[str] = set()
    while more := {done for done, starts in stages.items() if done not in found and starts and CLIMBS | found >= set(starts)}:
        found |= more
    return frozenset(found)


class Rounds:
    """The events of a case by disagreement: how many settlements came before each of them.

    `within`: what is done of a disagreement only (`only_within`). Put on record after a settlement, it is of the one before, until
    another begins. `before`: what was done before a notification was taken back and sent anew. Of that, what is no part of a
    disagreement starts nothing any more, and ends only what had begun by then.
    """

    def __init__(self, events: Sequence[Event], within: frozenset[str] = frozenset(), before: Sequence[Event] = ()) -> None:
        self._gone = [event for event in before if event.name not in within]
        gone = {id(event) for event in self._gone}
        told = list(enumerate(event for event in events if id(event) not in gone))
        settled = [one for one in told if one[1].name == SETTLED]
        self.last = len(settled)
        self._told = [(sum(_after(one, other) for other in settled), one[1]) for one in told]
        self._told = [(self._of(place, event) if event.name in within else place, event) for place, event in self._told]

    def _of(self, place: int, done: Event) -> int:
        while place and not ((first := self._first(CLIMBS, place)) and first.day <= done.day):
            place -= 1
        return place

    def begun(self, starts: Iterable[str], ends: str, ends_with: str) -> tuple[Event, date | None] | None:
        """What began a stage, and the day it was done; None where it has not begun, or is over with the settlement.

        Of several starts within one disagreement the earliest counts. `ends_with`: what the area says completes it.
        """
        place, start = self._started(frozenset(starts))
        if start is None:
            return None
        done = self._done(place, start, ends)
        if place == self.last:
            return start, done
        if done is None:
            return (start, None) if stays(ends_with) else None
        return None if self._first(CLIMBS, self.last) else (start, done)  # of what is disagreed on now, it was not done

    def on(self, name: str) -> date | None:
        """The day of an event in the last disagreement in which it happened."""
        _, event = self._started(frozenset({name}))
        return event.day if event else None

    def _started(self, names: frozenset[str]) -> tuple[int, Event | None]:
        for place in range(self.last, -1, -1):
            # A settlement starts what comes after it, beside what it ends.
            opening = (e for n, e in self._told if n == place - 1 and e.name == SETTLED and e.name in names)
            found = _earliest([*opening, *(e for n, e in self._told if n == place and e.name in names)])
            if found:
                return place, found
        return 0, None

    def _done(self, place: int, start: Event, ends: str) -> date | None:
        """The day a stage was done. What was done before another disagreement began was done of the earlier one."""
        since = date.min
        if place:
            since = min(one.day for one in (start, self._first(CLIMBS, place)) if one)
        before = (e for e in self._gone if e.day >= start.day)
        done = _earliest([e for e in (*before, *(e for n, e in self._told if n >= place and e.day >= since)) if e.name == ends])
        return done.day if done else None

    def _first(self, names: frozenset[str], place: int) -> Event | None:
        return _earliest([e for n, e in self._told if n == place and e.name in names])


def _earliest(events: Iterable[Event]) -> Event | None:
    return min(events, key=lambda e: (e.day, str(e.at)), default=None)


def _after(one: tuple[int, Event], other: tuple[int, Event]) -> bool:
    """Whether one event came after another: by the moment where both have one, and within a day as they were put on record."""
    (no, event), (before, settled) = one, other
    if isinstance(event.at, datetime) and isinstance(settled.at, datetime) and event.at != settled.at:
        return event.at > settled.at
    return (event.day, no) > (settled.day, before)


__all__ = ["SETTLED", "Rounds", "only_within", "stays"]
