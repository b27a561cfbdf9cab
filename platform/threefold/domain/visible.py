"""Whether a text has anything that a person can see, and a text without what nobody sees at its ends.

A title of one zero-width space has a length and no name on any page; a number with such a character behind it, as a paste brings
along, is still that number. Within a text such characters stay: scripts are written with the joiners of words.
"""

from __future__ import annotations

import re
import unicodedata

# Letters and signs that are drawn as nothing, and marks that only change what stands before them.
_VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | _VARIANTS
_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"})

# Control characters and marks of direction that a paste brings along: nobody sees them, and no file could hold them.
_NEVER_KEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def as_taken(typed: str) -> str:
    """What a form takes of what was typed into a box. Whatever counts what is typed counts this, or one text passes for many."""
    return trimmed(_NEVER_KEPT.sub("", typed.replace("\r\n", "\n")))


def trimmed(text: str) -> str:
    """The text without spaces and what else cannot be seen at its two ends: empty where nothing can be seen at all."""
    first, last = 0, len(text)
    while last and not _is_seen(text[last - 1]):
        last -= 1
    while first < last and not _is_seen(text[first]):
        first += 1
    while first < last < len(text) and text[last] in _VARIANTS:  # it belongs to what stands before it: a sign in colour
        last += 1
    return text[first:last]


def read_as(text: str) -> str:
    """A text as its reader sees it, to tell whether two look the same: an accent is one however it was typed, and capitals and more than one
    space say nothing."""
    return " ".join(unicodedata.normalize("NFC", trimmed(text)).casefold().split())


def is_visible(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(map(_is_seen, text))


def _is_seen(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character) not in _UNSEEN_KINDS
