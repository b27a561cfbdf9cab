"""The time of local rules ends them wherever the alarm finds them, and is not lost where Python tidies up."""

from __future__ import annotations

import gc
import signal
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from threefold.governance.time_limit import SOON, TimeUp, bounded

SECONDS = 0.05
IN_VAIN = 20.0  # an alarm that rings only then has been lost


class Spins:
    """Spins until the alarm has rung in it, or for ever, when it goes."""

    def __init__(self, ended: list[str], until: float) -> None:
        self.ended, self.until = ended, until

    def __del__(self) -> None:
        while time.monotonic() < self.until:
            pass
        self.ended.append("whole")


@contextmanager
def heard() -> Iterator[list[Any]]:
    """What was reported as lost meanwhile."""
    lost: list[Any] = []
    before = sys.unraisablehook
    sys.unraisablehook = lambda args: lost.append(args.exc_type)
    try:
        yield lost
    finally:
        assert sys.unraisablehook is not before
        sys.unraisablehook = before


def for_ever() -> None:
    until = time.monotonic() + IN_VAIN
    while time.monotonic() < until:
        pass


def test_a_collection_is_not_broken_into_and_the_time_is_up_after_it() -> None:
    ended: list[str] = []

    def around(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            until = time.monotonic() + 2 * SECONDS
            while time.monotonic() < until:
                pass
            ended.append("whole")

    gc.callbacks.append(around)
    try:
        with heard() as lost, pytest.raises(TimeUp), bounded(SECONDS):
            gc.collect()
            for_ever()
    finally:
        gc.callbacks.remove(around)
    assert (set(ended), lost) == ({"whole"}, [])


def test_a_destructor_ends_and_the_time_is_up_after_it() -> None:
    ended: list[str] = []
    with heard() as lost, pytest.raises(TimeUp), bounded(SECONDS):
        Spins(ended, time.monotonic() + 2 * SECONDS)
        for_ever()
    assert (ended, lost) == (["whole"], [])


def test_a_destructor_that_never_ends_is_ended() -> None:
    ended: list[str] = []
    with heard() as lost, pytest.raises(TimeUp), bounded(SECONDS):
        Spins(ended, time.monotonic() + IN_VAIN)
        for_ever()
    assert (ended, lost) == ([], [])


def test_an_alarm_that_was_lost_rings_again_at_once_and_is_not_reported() -> None:
    class Goes:
        pass

    def spin(_gone: Any) -> None:
        for_ever()

    left = [0.0]
    goes = Goes()
    watched = weakref.ref(goes, spin)
    with heard() as lost, pytest.raises(TimeUp), bounded(SECONDS):
        del goes
        while True:
            left.append(signal.getitimer(signal.ITIMER_REAL)[0])
    assert watched() is None and lost == [] and max(left) <= SOON


def test_what_else_is_lost_is_reported_as_ever() -> None:
    class Breaks:
        def __del__(self) -> None:
            raise ValueError

    with heard() as lost:
        mine = sys.unraisablehook
        with bounded(SECONDS):
            Breaks()
        assert sys.unraisablehook is mine
    assert lost == [ValueError]


def test_who_waits_for_the_processor_has_not_used_up_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes on and this thread does nothing: the alarm rings, and is set anew."""
    worked, clock, rang = [0.0], [0.0], []
    monkeypatch.setattr("threefold.governance.time_limit.time.thread_time", lambda: worked[0])
    monkeypatch.setattr("threefold.governance.time_limit.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(
        "threefold.governance.time_limit.signal.setitimer", lambda *given: (rang.append(given[1]), (0.0, 0.0))[1]
    )
    with bounded(1.0):
        ring = signal.getsignal(signal.SIGALRM)
        assert callable(ring)
        worked[0], clock[0] = 0.25, 9.0
        ring(signal.SIGALRM, None)
        worked[0], clock[0] = 0.5, 9.75
        ring(signal.SIGALRM, None)
        assert rang == [1.0, 0.75, 0.25]
        for worked[0], clock[0] in ((1.0, 9.8), (0.6, 10.0)):
            with pytest.raises(TimeUp):
                ring(signal.SIGALRM, None)


def test_an_alarm_of_another_goes_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rang = [0.0], []
    monkeypatch.setattr("threefold.governance.time_limit.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(
        "threefold.governance.time_limit.signal.setitimer", lambda *given: (rang.append(given[1]), (5.0, 0.0))[1]
    )
    with bounded(1.0):
        clock[0] = 2.0
    with bounded(1.0):
        clock[0] = 12.0
    assert rang == [1.0, 3.0, 1.0, SOON]
