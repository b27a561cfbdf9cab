"""Things that lead to each other and, in the end, back to themselves: clocks that wait, groups that report, partners that act."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def reached(one: T, following: Callable[[T], Iterable[T]]) -> set[T]:
    """Everything that one thing leads to, in one step or over others."""
    found: set[T] = set()
    ahead = [one]
    while ahead:
        new = [after for after in following(ahead.pop()) if after not in found]
        found.update(new)
        ahead += new
    return found


def circle_through(one: T, following: Callable[[T], Iterable[T]]) -> tuple[T, ...]:
    """The shortest circle that one thing stands in, from itself on; empty where it stands in none. `following`: what each leads to."""
    ways: list[tuple[T, ...]] = [(one,)]
    seen: set[T] = set()
    while ways:
        way = ways.pop(0)
        for after in following(way[-1]):
            if after == one:
                return way
            if after not in seen:
                seen.add(after)
                ways.append((*way, after))
    return ()


def circles_among(things: Iterable[T], following: Callable[[T], Iterable[T]]) -> list[tuple[T, ...]]:
    """The shortest circle of each thing that stands in one, and each circle once, from the first of its things on."""
    found: dict[frozenset[T], tuple[T, ...]] = {}
    for one in things:
        if circle := circle_through(one, following):
            found.setdefault(frozenset(circle), circle)
    return list(found.values())
