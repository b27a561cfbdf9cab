"""Measuring two ways of doing one thing against each other, in one run, turn by turn."""

from __future__ import annotations

import gc
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Result:
    """One ratio. `goal` says which way and how far; `rounds` how many pairs of turns it is the median of."""

    name: str
    ratio: float
    goal: str
    met: bool
    rounds: int


def on_one_processor() -> None:
    """Keep this process, and every server it starts from now on, on one processor.

    Where there are several, the scheduler puts a client and its server on one of them, or on two where each answer wakes a
    sleeping processor, and mostly leaves them there. On two a short transaction takes three times as long, whatever is in it: of
    two equal sides one was found three times as fast as the other. On one processor both have the quicker way.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def turns(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int, *, clock: Callable[[], float] = time.perf_counter
) -> list[tuple[float, float]]:
    """Times of the two sides, taken in turn so that a slow moment of the machine falls on both."""
    ours()
    theirs()
    gc.collect()
    found = []
    for number in range(rounds):
        order = (ours, theirs) if number % 2 else (theirs, ours)
        took = {}
        for side in order:
            start = clock()
            side()
            took[side] = clock() - start
        found.append((took[ours], took[theirs]))
    return found


def speed(found: list[tuple[float, float]]) -> float:
    """How fast ours is: 1 is as fast as theirs, 0.5 half as fast. The median of the turns."""
    return statistics.median(theirs / ours for ours, theirs in found)


def cost(found: list[tuple[float, float]]) -> float:
    """How dear ours is: 2 takes twice what theirs takes."""
    return statistics.median(ours / theirs for ours, theirs in found)


def at_least(name: str, ratio: float, goal: float, rounds: int) -> Result:
    return Result(name, round(ratio, 3), f">= {goal}", ratio >= goal, rounds)


def at_most(name: str, ratio: float, goal: float, rounds: int) -> Result:
    return Result(name, round(ratio, 3), f"<= {goal}", ratio <= goal, rounds)


def write(results: list[Result]) -> None:
    RESULTS.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", encoding="utf-8")
