"""Which version each of an area's own steps follows, in a case that is open while versions change.

A step that had begun when a later version took over, or was done, keeps the version it began under. One that had not begun follows the later
version, from whatever start that gives it: so a step whose start is changed is neither lost nor there twice. A step that the version before
did not have follows a later one only where it starts within that one's time.

Chains go on: what comes after a step that the case still has, from whichever version before, and that the later version took out, goes on
after it under the last version that says so; and where a later version lets a step come after one that is too new for the case to get, it does not wait for that one: it follows the
version before, or, where that has none of it to follow, the case does not get it either.

What of the law a case follows is no matter of this: each line of it is of the edition of its own start's day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from threefold.governance.ask import Said
from threefold.governance.pack import Arrangement
from threefold.governance.rule_set import RuleSet
from threefold.governance.verdict import Line, Pin, is_silent

if TYPE_CHECKING:
    from threefold.domain.findings import Step

StepId = tuple[str, str]  # the use of its rule, and its key


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which one version governs a case: from a day to the day before `until`."""

    first: date
    until: date
    pin: Pin


def periods(versions: Sequence[Arrangement], earliest: date, as_of: date, pinned: Callable[[date], Pin]) -> tuple[Period, ...]:
    """The times of a case from the earliest day of it up to a day, one after the other. The first has no beginning, the last no end."""
    changes = {v.begins for v in versions if v.begins} | {v.until + timedelta(days=1) for v in versions if v.until}
    found: list[Period] = []
    for day in (earliest, *sorted(d for d in changes if earliest < d <= as_of)):
        pin = pinned(day)
        if found and found[-1].pin.version == pin.version:
            continue
        found = [*found[:-1], Period(found[-1].first, day, found[-1].pin)] if found else []
        found.append(Period(day if found else date.min, date.max, pin))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Followed:
    """What a step of a case follows. `time`: the time whose version says it; None: the case does not have it. `missed`: the times whose
    version has it and in which the case does not get it, because it came new when it was too late, or comes after such steps only."""

    time: Period | None
    missed: frozenset[Period] = frozenset()


def followed(
    times: Sequence[Period],
    starts: Mapping[str | None, date | None],
    having: AbstractSet[str | None],
    held: Callable[[Period, Period], bool] = lambda _one, _next: False,
    in_vain: Callable[[Period], bool] = lambda _one: False,
) -> Followed:
    """Which time's version a step follows.

    `starts`: when it started, by version that says it; None: not yet. `having`: the versions that have such a step, said or not.
    `held`: whether in a time it comes after a step that the case has from there and that the next time's version does not: then it
    goes on after it. `in_vain`: whether in a time it comes after steps only that the case does not get: it does not wait for them.
    """
    waiting: list[Period] = []  # the times one after the other in which the case has it, and it has not begun
    missed: set[Period] = set()
    for one, following in zip_longest(times, times[1:]):
        start, vain = starts.get(one.pin.version), in_vain(one)
        if start is not None and start < one.until and (waiting or start >= one.first):
            began = (_begun_before(waiting, starts, start) or one) if vain else one
            return Followed(began, frozenset(missed))
        has = one.pin.version in having
        if has and not waiting and (vain or (start is not None and start < one.first)):
            missed.add(one)
        waiting = [*waiting, one] if has and one not in missed else []
        if waiting and following is not None and held(one, following):
            return Followed(one, frozenset(missed))
    last = times[-1].pin.version
    if last not in starts or starts[last] is not None:
        return Followed(None, frozenset(missed))
    found = (one for one in reversed(waiting) if one.pin.version in starts and not in_vain(one))
    return Followed(next(found, None), frozenset(missed))


def _begun_before(times: Sequence[Period], starts: Mapping[str | None, date | None], start: date) -> Period | None:
    """The earlier time whose version had a step begin before a day, after its own end."""
    began = [(day, no) for no, one in enumerate(times) if (day := starts.get(one.pin.version)) and one.until <= day < start]
    return times[min(began)[1]] if began else None


@dataclass(slots=True)
class Crossing:
    """The local steps of a case, as each version that governs it in its time says them."""

    times: Sequence[Period]
    case_day: date
    as_of: date
    said: dict[StepId, list[tuple[Pin, Said[Step], Any]]] = field(default_factory=dict)
    # The versions that bring a step; that say it; and that say of single children what is brought as one step.
    bringing: dict[StepId, set[str | None]] = field(default_factory=dict)
    saying: dict[StepId, set[str | None]] = field(default_factory=dict)
    saying_of_each: dict[StepId, set[str | None]] = field(default_factory=dict)
    # What a step of a version comes after; and what nothing else starts.
    after: dict[tuple[str | None, StepId], frozenset[StepId]] = field(default_factory=dict)
    only_after: set[tuple[str | None, StepId]] = field(default_factory=set)

    def note_all(self, pin: Pin, rules: RuleSet) -> None:
        """Note which steps a version has, said of this case or not."""
        for ref, thing in rules.provided:
            step = ref.use, thing.key
            self.bringing.setdefault(step, set()).add(pin.version)
            starts = thing.get("start_events")
            ends = (name.removeprefix("done:").rpartition(".") for name in (starts if isinstance(starts, tuple) else ()))
            self.after[pin.version, step] = frozenset((use, key) for use, _, key in ends if use)
            if isinstance(starts, tuple) and all(name.startswith("done:") for name in starts):
                self.only_after.add((pin.version, step))

    def note(self, pin: Pin, said: Said[Step], closed: Any) -> None:
        step = said.rule.use, said.finding.key
        self.said.setdefault(step, []).append((pin, said, closed))
        self.saying.setdefault(step, set()).add(pin.version)
        if step != _brought(step):
            self.saying_of_each.setdefault(_brought(step), set()).add(pin.version)

    def lines(self, pinned: Callable[[date], Pin]) -> list[Line]:
        """Each step once, as the version that it follows says it."""
        starts = {step: {pin.version: self._start(said.finding) for pin, said, _ in told} for step, told in self.said.items()}
        follows: dict[StepId, Followed] = {}
        for _ in range(len(starts) + 1):  # what comes after a step is known once that step is
            known = {
                step: followed(self.times, days, self._having(step), self._held(step, follows), self._in_vain(step, follows))
                for step, days in starts.items()
            }
            if known == follows:
                break
            follows = known
        found = []
        for step, one in follows.items():
            if (time := one.time) is None:
                continue
            of_it = [told for told in self.said[step] if told[0].version == time.pin.version]
            if not of_it:
                continue  # that version has it, and says nothing of it yet: its condition does not hold, or it is said once it begins
            day = starts[step][time.pin.version]
            own = pinned(day) if day else time.pin  # of its editions of the law, that of the step's own start
            pin, said, closed = next((told for told in of_it if told[0].governs == own.governs), of_it[0])
            if not is_silent(said.finding):
                found.append(Line("steps", said, pin, closed))
        return found

    def _having(self, step: StepId) -> AbstractSet[str | None]:
        """The versions that have a step: that say it, or bring it and say no other in its place. A rule may bring a step once and say it of
        each child, under "step/child": a version that says it of children has not the one for all, and the other way round."""
        nobody: set[str | None] = set()
        one, each = self.saying.get(_brought(step), nobody), self.saying_of_each.get(_brought(step), nobody)
        instead = each if step == _brought(step) else one - each
        brings = self.bringing.get(step, nobody) | self.bringing.get(_brought(step), nobody)
        return self.saying.get(step, nobody) | (brings - instead)

    def _after(self, one: Period, step: StepId) -> frozenset[StepId]:
        """What a step comes after, as the version of a time says it."""
        known = self.after.get((one.pin.version, step))
        return self.after.get((one.pin.version, _brought(step)), frozenset()) if known is None else known

    @staticmethod
    def _of(first: StepId, follows: Mapping[StepId, Followed]) -> list[tuple[StepId, Followed]]:
        """A step and what it follows; one that is said of each child for each."""
        return [(step, told) for step, told in follows.items() if first in (step, _brought(step))]

    def _held(self, step: StepId, follows: Mapping[StepId, Followed]) -> Callable[[Period, Period], bool]:
        """Whether a step comes, in a time, after one that the case has from that time or an earlier one, and that the next time's version
        took out."""

        def is_held(one: Period, following: Period) -> bool:
            return any(
                told.time is not None and told.time.first <= one.first
                for first in self._after(one, step)
                for each, told in self._of(first, follows)
                if following.pin.version not in self._having(each)
            )

        return is_held

    def _in_vain(self, step: StepId, follows: Mapping[StepId, Followed]) -> Callable[[Period], bool]:
        """Whether all that a step comes after in a time are steps that this case does not get in it."""

        def is_in_vain(one: Period) -> bool:
            alone = {(one.pin.version, step), (one.pin.version, _brought(step))} & self.only_after
            told = [self._of(first, follows) for first in self._after(one, step)] if alone else []
            return bool(told) and all(of and all(one in each.missed for _, each in of) for of in told)

        return is_in_vain

    def _start(self, step: Step) -> date | None:
        began = min(
            filter(None, (step.starts_on, step.done_on)), default=None
        )  # what is done has begun, whatever is known of its start
        if began is not None:
            return min(began, self.as_of)
        # Nothing starts it, and it is due all the same: it is of the case's own day. What has neither has not begun.
        return self.case_day if step.due_on is not None and not step.start_event else None


def _brought(step: StepId) -> StepId:
    """The step as its rule brings it: "talk" of "talk/child-1"."""
    return step[0], step[1].partition("/")[0]


__all__ = ["Crossing", "Followed", "Period", "followed", "periods"]
