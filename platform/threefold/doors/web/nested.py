"""How deep the JSON is that somebody sends: what is nested without end is refused before anything reads it."""

from __future__ import annotations

import re

MOST_DEEP = 64  # what the JSON door asks for has a handful of levels
# What stands in quotes, to its end or to that of the text; nothing is tried twice, whatever is sent.
_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{\]}]")


def nested_too_deeply(json: bytes) -> bool:
    """Whether lists and objects stand more than `MOST_DEEP` levels within each other."""
    deep = 0
    for bracket in _BRACKETS.findall(_QUOTED.sub(b"", json)):
        deep += 1 if bracket in b"[{" else -1
        if deep > MOST_DEEP:
            return True
    return False
