"""The days on which each version governs, as the record stands now and as it stood before each version was put on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from threefold.governance.decide import governing
from threefold.governance.pack import Arrangement

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A version, and the day on which it was put on record here (in Europe/London)."""

    version: Arrangement
    recorded: date


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which one version governs, both included; `last` None: no end is known."""

    version: Arrangement
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Taken:
    """That a version stood on record as governing past days until another was put on record that governs them instead."""

    one: OnRecord
    by: OnRecord
    first: date  # of the days that it lost
    last: date | None = None  # of them as the record stood until then; None: no end was known


def periods(known: Sequence[Arrangement]) -> list[Period]:
    """The days on which each dated version governs, in order. A version may govern more than once: around a variation."""
    dated = [v for v in known if v.begins is not None]
    turns = sorted({v.begins for v in dated if v.begins} | {v.until + DAY for v in dated if v.until})
    found: list[Period] = []
    for first, following in pairwise([*turns, None]):
        governs = governing(dated, first) if first else None
        if governs is None or first is None:
            continue
        last = following - DAY if following else None
        if found and found[-1].version is governs and found[-1].last == first - DAY:
            found[-1] = Period(governs, found[-1].first, last)
        else:
            found.append(Period(governs, first, last))
    return found


def taken_over(record: Sequence[OnRecord]) -> list[Taken]:
    """Each version that lost past days to one put on record later, as the record grew; what it lost first, of each."""
    found: list[Taken] = []
    entered = sorted(record, key=lambda one: one.recorded)
    before: list[Period] = []
    for place, latest in enumerate(entered, start=1):
        known = entered[:place]
        now = periods([one.version for one in record if one in known])
        for period in before:
            first = next((p.first for p in now if p.version is latest.version and _share(p, period)), None)
            first = max(first, period.first) if first else None
            if first and first < latest.recorded:
                one = next(one for one in record if one.version is period.version)
                found.append(Taken(one, latest, first, period.last))
        before = now
    return found


def _share(one: Period, other: Period) -> bool:
    """Whether two periods have a day in common."""
    return (other.last is None or one.first <= other.last) and (one.last is None or other.first <= one.last)
