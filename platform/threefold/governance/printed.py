"""Texts as they are published: without what nobody sees, and with what a word processor means by characters of its own.

What is stored and signed stays as it was written; only what is made from it for readers is cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Characters that Word writes for the bullets and ticks of its Symbol and Wingdings fonts: they mean nothing elsewhere.
_OF_WORD = dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF076, 0xF0A8, 0xF06E, 0xF071, 0xF02D, 0xF06C), "•") | {
    0xF0FC: "✓",
    0xF0FE: "☑",
}
# Controls, soft hyphens, marks of direction, zero-width spaces, variation selectors, tags and halves of characters. The two
# joiners of words stay: scripts are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e01ef]"
)


def printed(value: Any) -> Any:
    """A document of plain values with every text in it as it is published."""
    if isinstance(value, str):
        return _UNSEEN.sub("", value.translate(_OF_WORD))
    if isinstance(value, Mapping):
        return {key: printed(inner) for key, inner in value.items()}
    return [printed(inner) for inner in value] if isinstance(value, list | tuple) else value
