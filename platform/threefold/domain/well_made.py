"""Whether what a local rule says is made as its kind of finding is: each field of its type, down to its source and its span.

Pages sort, count, store and show findings. One with a day that is no day would break the page of a case, and everything the law
says with it: so it is told as a rule that could not be worked out, as one that raises is.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime, timezone
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

Holds = Callable[[Any], bool]
_ONE_OF = "one of "
LARGEST = 2**53  # beyond it a number is not the same everywhere
FIRST_YEAR, LAST_YEAR = 1000, 9900
_WORDS = {
    str: "text", int: "a whole number", bool: "True or False", date: "a day, without a time",
    datetime: "a moment with its time zone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kind:
    """The fields of one kind of finding, what each has to be, and whether it is. `all_of` reads them at once."""

    names: tuple[str, ...]
    expected: tuple[str, ...]
    holds: tuple[Holds, ...]
    all_of: Callable[[Any], tuple[Any, ...]]


_KNOWN: dict[type, _Kind] = {}


def wrong_in(finding: Any) -> str:
    """What is wrong with a finding, as its rule's author reads it; empty where each field is of its type.

    Asked of every finding of every local rule, thousands of times in a replay: so what is right is found right quickly.
    """
    kind = _KNOWN.get(type(finding)) or _kind(type(finding))
    try:
        values = kind.all_of(finding)
    except AttributeError:  # made without its own `__init__`
        values = tuple(getattr(finding, name, None) for name in kind.names)
    for number, (holds, value) in enumerate(zip(kind.holds, values, strict=True)):
        if not holds(value):
            is_one = type(value) is str and kind.expected[number].startswith(_ONE_OF)
            told = f"'{value[:40]}'" if is_one else f"a {type(value).__name__}"
            return f"{type(finding).__name__}.{kind.names[number]} is {told}. It has to be {kind.expected[number]}."
    return ""


def _kind(kind: type) -> _Kind:
    hints = get_type_hints(kind)
    read = attrgetter(*hints)
    all_of = read if len(hints) > 1 else lambda finding: (read(finding),)  # of one name alone it gives no tuple
    _KNOWN[kind] = _Kind(tuple(hints), tuple(map(_in_words, hints.values())), tuple(map(_holds, hints.values())), all_of)
    return _KNOWN[kind]


def _holds(hint: Any) -> Holds:
    origin, parts = get_origin(hint), get_args(hint)
    if hint is str:
        return is_text
    if hint is int:
        return lambda value: type(value) is int and abs(value) <= LARGEST  # True is no number
    if hint is date:
        return lambda value: type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR  # a moment is no day
    if hint is datetime:
        return _is_moment
    if origin is Literal:
        return _is_one_of(parts)
    if origin in (Union, types.UnionType):
        return _is_either(tuple(_holds(one) for one in parts if one is not types.NoneType), types.NoneType in parts)
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        each = _holds(parts[0])
        return lambda value: type(value) is tuple and (not value or all(each(one) for one in value))
    if origin is tuple:
        all_of = tuple(_holds(one) for one in parts)
        return lambda value: (
            type(value) is tuple
            and len(value) == len(all_of)
            and all(holds(one) for holds, one in zip(all_of, value, strict=True))
        )
    if is_dataclass(hint):
        kind = hint if isinstance(hint, type) else type(hint)
        return lambda value: type(value) is kind and not wrong_in(value)
    return lambda value: type(value) is hint


def _is_one_of(allowed: tuple[Any, ...]) -> Holds:
    if all(type(one) is str for one in allowed):
        words = frozenset(allowed)
        return lambda value: type(value) is str and value in words
    return lambda value: any(type(value) is type(one) and value == one for one in allowed)


def _is_either(either: tuple[Holds, ...], or_none: bool) -> Holds:
    if or_none and len(either) == 1:
        (holds,) = either
        return lambda value: value is None or holds(value)
    return lambda value: (or_none and value is None) or any(holds(value) for holds in either)


def _is_moment(value: Any) -> bool:
    """A moment with a time zone that can be trusted to answer, and with days before and after it to count."""
    return type(value) is datetime and isinstance(value.tzinfo, timezone | ZoneInfo) and FIRST_YEAR <= value.year <= LAST_YEAR


def is_text(value: Any) -> bool:
    """Text that can be stored and shown: half a character cannot."""
    if type(value) is not str or "\x00" in value:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in_words(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return f"{_ONE_OF}{', '.join(str(one) for one in parts)}"
    if origin in (Union, types.UnionType):
        return " or ".join(_in_words(one) for one in parts)
    if origin is tuple:
        return "a tuple" if parts[-1] is not Ellipsis else f"a tuple, each {_in_words(parts[0])}"
    if hint is type(None):
        return "None"
    return _WORDS.get(hint) or f"a {getattr(hint, '__name__', hint)}, well made"


__all__ = ["wrong_in"]
