"""What is said of clocks that can never start: steps and stages that wait for each other, or for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from threefold.governance.circles import circle_through, reached
from threefold.governance.configured import brought
from threefold.governance.decide import Governance
from threefold.governance.moments import OWN
from threefold.governance.pack import Arrangement
from threefold.governance.remark import Remark
from threefold.plugin_api.saying import happens

LISTS = {"step": "steps", "ladder_stage": "stages"}  # the list of settings in which a thing of each kind stands
WAITING = LISTS | {"outcome": "types", "telling": "tells"}


@dataclass(frozen=True, slots=True)
class Clock:
    """One step or stage: the place that mends it, its title, the events that start it (any of them) and the one that ends it.

    `own`: the event that is called by its title, with which it ends where its settings name no other.
    """

    field: str
    title: str
    starts: tuple[str, ...]
    ends: str
    own: str


def circles(governance: Governance, arrangement: Arrangement) -> Iterator[Remark]:
    """One remark on each clock that starts only when it has ended itself, in one step or over others.

    An event of the core happens by itself, and a moment that no step ends with is put on record by hand: what either starts
    is no circle. Rules that cannot read their settings are told elsewhere and count for nothing here.
    """
    clocks = list(_clocks(governance, arrangement))
    stuck = never_start(clocks)

    def waits_for(clock: Clock) -> list[Clock]:
        return [c for c in stuck if c.ends in clock.starts]

    for clock in stuck:
        if not circle_through(clock, waits_for):
            continue  # it waits for a circle and stands in none: mended with that
        before = [c for c in waits_for(clock) if c is not clock and clock in reached(c, waits_for)]
        others = [f"“{title}”" for title in _named({c.ends for c in before}, clock, before, stuck)]
        said = (
            f"“{clock.title}” starts when {_either(others)} is done, and {'that waits' if len(others) == 1 else 'each of them waits'} "
            "for it in turn, so none of them ever starts"
            if others
            else f"“{clock.title}” starts when it is done itself, so it never starts"
        )
        yield Remark("mend", f"{said}. Choose what else starts it.", field=clock.field, key=f"circle-{clock.field}")


def waits_for_no_end(governance: Governance, arrangement: Arrangement) -> Iterator[Remark]:
    """One remark on whatever waits for the end of a step by the step's own name, where that step is done with an event of the case: nothing
    by that name ever happens. What waits is a step, a stage, the time of a kind of review or who is told; or a step that is done with it."""
    clocks = list(_clocks(governance, arrangement))
    others = {clock.own: clock for clock in clocks if clock.ends != clock.own}
    for field, title, event, waits in _waits(governance, arrangement):
        if (other := others.get(event)) is not None:
            ends = happens(other.ends) if not other.ends.startswith(OWN) else "another step is done"
            yield Remark("mend", f"“{title}” {waits} “{other.title}” is done, and that is done when {ends}. Choose that instead: nothing else is put on record.",
                         field=field, key=f"no-end-{field}-{event}")  # fmt: skip


def _waits(governance: Governance, arrangement: Arrangement) -> Iterator[tuple[str, str, str, str]]:
    """Whatever waits for an event: its place, its title, the event, and in words how it waits."""
    for use, thing in brought(governance.catalogue, arrangement.uses):
        if thing.kind not in WAITING:
            continue
        field, own = f"rules.{use.use}.{WAITING[thing.kind]}.{thing.key}", f"{OWN}{use.use}.{thing.key}"
        for name in ("start_events", "clock_starts"):
            starts = thing.get(name)
            for event in starts if isinstance(starts, tuple) else ():
                yield field, thing.title, str(event), "starts when"
        if thing.kind == "telling":
            yield field, thing.title, str(thing.get("event")), "is told when"
        elif (end := str(thing.get("ends_with") or "")) and end != own:
            yield field, thing.title, end, "is done when"


def _named(events: set[str], clock: Clock, before: Sequence[Clock], among: Sequence[Clock]) -> list[str]:
    """What the events that start a clock are called where they are chosen: by the step or stage whose own end each is, though
    another ends with it too; where there is none, by all that end with it."""
    found: dict[str, None] = {}
    for event in clock.starts:
        if event in events:
            own = [c.title for c in among if c.own == event]
            found |= dict.fromkeys(own or [c.title for c in before if c.ends == event])
    return list(found)


def _either(words: Sequence[str]) -> str:
    """The earliest of its starts starts a clock: one, two or three."""
    return " or ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def never_start(clocks: Sequence[Clock]) -> list[Clock]:
    """The clocks whose every start is the end of a clock that never starts; in their order."""
    ends = {clock.ends for clock in clocks}
    happens = {event for clock in clocks for event in clock.starts if not event.startswith(OWN) or event not in ends}
    waiting = list(clocks)
    while started := [c for c in waiting if not c.starts or not happens.isdisjoint(c.starts)]:
        happens |= {c.ends for c in started}
        waiting = [c for c in waiting if c not in started]
    return waiting


def _clocks(governance: Governance, arrangement: Arrangement) -> Iterator[Clock]:
    for use, thing in brought(governance.catalogue, arrangement.uses):
        starts = thing.get("start_events")
        if thing.kind in LISTS and isinstance(starts, tuple):
            own = f"{OWN}{use.use}.{thing.key}"
            field = f"rules.{use.use}.{LISTS[thing.kind]}.{thing.key}"
            yield Clock(field, thing.title, tuple(map(str, starts)), str(thing.get("ends_with") or own), own)
