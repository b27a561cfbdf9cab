"""The time that local rules have (docs/decisions/0007): an alarm that ends whatever is at work when it is used up."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any

MOST_SECONDS = 1.0  # of the processor's time, for all local rules of one asking
BUSY = 10  # so many times as long by the clock, at the most: a machine with much to do takes longer, and is no reason to refuse a rule
SOON = 0.005  # until an alarm that could not be heard rings again
PATIENCE = 100  # rings that wait for what is tidying up; one that never ends is ended
TOO_LONG = "it took too long"


class TimeUp(BaseException):
    """The time for local rules is used up."""


_late: ContextVar[set[object] | None] = ContextVar("late", default=None)


@contextmanager
def asked_together(late: Iterable[object] = ()) -> Iterator[None]:
    """What did not answer in its time in one asking is not waited for in another of these: else a page of many askings waits for each.
    `late`: what did not answer already. Within others that are asked together, it is one of them."""
    if (known := _late.get()) is not None:
        known.update(late)
        yield
        return
    token = _late.set(set(late))
    try:
        yield
    finally:
        _late.reset(token)


def is_late(rule: object) -> bool:
    """Whether a rule did not answer in its time in this asking, or another that goes with it."""
    return rule in (_late.get() or ())


def note_late(rule: object) -> None:
    """Note that a rule did not answer in its time."""
    if (late := _late.get()) is not None:
        late.add(rule)


@contextmanager
def bounded(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Raise `TimeUp` in this thread when the time is used up: so many seconds of the processor's time, so that what a rule says does not
    hang on what else the machine does; and of the clock's `BUSY` times as many, should a rule wait for something. Only the main thread has alarms: web workers and job
    workers run there; elsewhere the time is not bounded. An alarm somebody else had set is put back.

    Where Python tidies up (a destructor, what is called around a collection or when an object goes) nothing can be raised: it
    would be reported and lost. So there the alarm rings again a moment later, and what was tidying up is left to end where that
    can be seen. Of one that was lost all the same nothing is reported, because it comes again."""
    with asked_together(), _alarmed(seconds):
        yield


@contextmanager
def _alarmed(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    patience = PATIENCE
    at_work, by_the_clock = time.thread_time() + seconds, time.monotonic() + BUSY * seconds

    def ring(_signal: int, frame: FrameType | None) -> None:
        nonlocal patience
        if (more := min(at_work - time.thread_time(), by_the_clock - time.monotonic())) > 0:
            signal.setitimer(signal.ITIMER_REAL, max(more, SOON), seconds)
            return
        if patience and _tidying(frame):
            patience -= 1
            signal.setitimer(signal.ITIMER_REAL, SOON, seconds)
            return
        raise TimeUp

    def report(lost: Any) -> None:
        if isinstance(lost.exc_value, TimeUp):
            signal.setitimer(signal.ITIMER_REAL, SOON, seconds)
        else:
            report_before(lost)

    report_before = sys.unraisablehook
    before = signal.signal(signal.SIGALRM, ring)
    sys.unraisablehook = report
    left, every = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    began = time.monotonic()
    try:
        yield
    finally:  # an alarm that another had set rings when it was to ring
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), SOON) if left else 0, every)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = report_before


def _tidying(frame: FrameType | None) -> bool:
    """Whether what runs in this frame was called by a destructor, or by a collection."""
    around = {getattr(called, "__code__", None) for called in gc.callbacks}
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code in around:
            return True
        frame = frame.f_back
    return False
