"""What of the JSON that somebody sends cannot be read: nested without end, numbers without end, half a character, one key with two values. Refused before anything
reads it."""

from __future__ import annotations

import re
from collections import Counter
from json import dumps, loads

MOST_DEEP = 64  # what the JSON door asks for has a handful of levels
MOST_DIGITS = 400  # of one number; the largest that is asked for has seven
# What stands in quotes, to its end or to that of the text; nothing is tried twice, whatever is sent.
_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{\]}]")
_DIGITS = re.compile(rb"(?<![0-9])[0-9]{%d}" % (MOST_DIGITS + 1))
_MAY_BE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # one of a pair, which may have its other


def unreadable(json: bytes) -> str:
    """Why JSON cannot be read, as a sentence; empty where it may be."""
    plain = _QUOTED.sub(b'""', json)
    if _DIGITS.search(plain):
        return f"This JSON has a number of more than {MOST_DIGITS} digits. Nothing that is asked for is so large."
    deep = 0
    for bracket in _BRACKETS.findall(plain):
        deep += 1 if bracket in b"[{" else -1
        if deep > MOST_DEEP:
            return f"This JSON is nested more than {MOST_DEEP} levels deep. Nothing that is asked for is."
    if _MAY_BE_HALF.search(json) and _has_half_a_character(json):
        return "A text in this JSON has half a character. Send the character whole, or leave it out."
    return _said_twice(json)


def _said_twice(json: bytes) -> str:
    """Of two values under one key the last alone would be read, and the other be lost without a word."""
    twice: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        read = dict(pairs)
        if len(read) < len(pairs):
            twice.extend(key for key, many in Counter(key for key, _ in pairs).items() if many > 1)
        return read

    try:
        loads(json, object_pairs_hook=note)
    except ValueError:  # no JSON: the door tells that
        return ""
    return f"A key stands twice in this JSON: “{twice[0][:80]}”. Send it once." if twice else ""


def _has_half_a_character(json: bytes) -> bool:
    try:
        dumps(loads(json), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except ValueError:  # no JSON: the door tells that
        return False
    return False
