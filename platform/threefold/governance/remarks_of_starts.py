"""What is said of clocks that can never start: steps and stages that wait for each other, or for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from threefold.domain.errors import ThreefoldError
from threefold.governance.comparison_words import joined
from threefold.governance.configured import configured
from threefold.governance.decide import Governance
from threefold.governance.moments import OWN
from threefold.governance.pack import Arrangement
from threefold.governance.remark import Remark

LISTS = {"step": "steps", "ladder_stage": "stages"}  # the list of settings in which a thing of each kind stands


@dataclass(frozen=True, slots=True)
class Clock:
    """One step or stage: the place that mends it, its title, the events that start it (any of them) and the one that ends it."""

    field: str
    title: str
    starts: tuple[str, ...]
    ends: str


def circles(governance: Governance, arrangement: Arrangement) -> Iterator[Remark]:
    """One remark on each clock that starts only when it has ended itself, in one step or over others.

    An event of the core happens by itself, and a moment that no step ends with is put on record by hand: what either starts
    is no circle. Rules that cannot read their settings are told elsewhere and count for nothing here.
    """
    clocks = list(_clocks(governance, arrangement))
    stuck = never_start(clocks)
    for clock in stuck:
        others = [c.title for c in stuck if c is not clock and c.ends in clock.starts and clock in _waited_for(c, stuck)]
        if clock not in _waited_for(clock, stuck):
            continue  # it waits for a circle and stands in none: mended with that
        said = (
            f"“{clock.title}” starts when {joined([f'“{title}”' for title in others])} {'is' if len(others) == 1 else 'are'} done, and that "
            "waits for it in turn, so none of them ever starts"
            if others
            else f"“{clock.title}” starts when it is done itself, so it never starts"
        )
        yield Remark("mend", f"{said}. Choose what else starts it.", field=clock.field, key=f"circle-{clock.field}")


def never_start(clocks: Sequence[Clock]) -> list[Clock]:
    """The clocks whose every start is the end of a clock that never starts; in their order."""
    ends = {clock.ends for clock in clocks}
    happens = {event for clock in clocks for event in clock.starts if not event.startswith(OWN) or event not in ends}
    waiting = list(clocks)
    while started := [c for c in waiting if not c.starts or not happens.isdisjoint(c.starts)]:
        happens |= {c.ends for c in started}
        waiting = [c for c in waiting if c not in started]
    return waiting


def _waited_for(clock: Clock, among: Sequence[Clock]) -> list[Clock]:
    """Every clock that one waits for, in one step or over others."""
    found: list[Clock] = []
    ahead = [clock]
    while ahead:
        starts = ahead.pop().starts
        new = [c for c in among if c.ends in starts and c not in found]
        found += new
        ahead += new
    return found


def _clocks(governance: Governance, arrangement: Arrangement) -> Iterator[Clock]:
    for use in arrangement.uses:
        try:
            _, things = configured(governance.catalogue, replace(use, file=""))
        except ThreefoldError:
            continue
        for thing in things:
            starts = thing.get("start_events")
            if thing.kind in LISTS and isinstance(starts, tuple):
                ends = str(thing.get("ends_with") or f"{OWN}{use.use}.{thing.key}")
                yield Clock(f"rules.{use.use}.{LISTS[thing.kind]}.{thing.key}", thing.title, tuple(map(str, starts)), ends)
