"""Names as they are compared: word for word in one spelling, and by how each word sounds.

Two codes stand for the sound, because each misses what the other finds: Soundex keeps Siobhan and Shivawn together and
parts Catherine from Kathryn; Metaphone does the opposite. A word that has no Latin letters is compared by spelling only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import pairwise

import jellyfish

# Letters that do not come apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_APOSTROPHES = frozenset("'`´ʼ‘’ʹ′ʻ")
_HYPHENS = frozenset("-‐‑‒–—−_/")
_NOBODY = frozenset({"not known", "unknown", "name not known"})
_BEFORE_A_NAME = frozenset(
    [
        "o",
        "mc",
        "mac",
        "fitz",
        "de",
        "del",
        "della",
        "di",
        "da",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "st",
        "saint",
        "al",
        "el",
        "abu",
        "bin",
        "ibn",
        "ap",
        "ni",
        "nic",
    ]
)
_BETWEEN = re.compile(r"[\s,;:.()&+]+")  # words: "Smith,John" are two, as "J.Smith" are
_SHORTEST = 2  # letters: an initial sounds like half the alphabet


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name in its plain spelling. `parts`: those of a word with hyphens, which may stand apart elsewhere; `beside`: it and
    those before or after it, written as one."""

    text: str
    parts: tuple[str, ...] = ()
    beside: tuple[str, ...] = field(default=(), compare=False)


def words_of(name: str) -> list[Word]:
    """The words of a name, in order, each once. None where it says that the name is not known."""
    if " ".join(name.casefold().split()) in _NOBODY:
        return []
    found = []
    for written in _BETWEEN.split(name):
        parts = tuple(part for part in _plain(written).split("-") if part)
        if parts:
            found.append(Word("".join(parts), parts if len(parts) > 1 else ()))
    spans = [(at, at + 2) for at in range(len(found) - 1)]
    spans += [(at, at + 3) for at in range(len(found) - 2) if found[at].text in _BEFORE_A_NAME]  # van der Berg
    as_one = [(first, end, "".join(word.text for word in found[first:end])) for first, end in spans]
    return list(
        dict.fromkeys(
            replace(word, beside=tuple(text for first, end, text in as_one if first <= at < end))
            for at, word in enumerate(found)
        )
    )


def spellings(name: str) -> set[str]:
    """Every word a name can be found by: its words, and the parts of those with hyphens."""
    return {text for word in words_of(name) for text in (word.text, *word.parts)}


def run_together(name: str) -> set[str]:
    """Each two words of a name that stand beside each other, as the one word they may be elsewhere: Anne Marie, O Neil."""
    return {as_one for word in words_of(name) for as_one in word.beside}


def heard_as_one(name: str) -> set[str]:
    """Those of two words of which the first is no name by itself, as one: O Neil, Mc Donald, Al Hassan. Others would sound like too many."""
    return {one + other for one, other in pairwise(word.text for word in words_of(name)) if one in _BEFORE_A_NAME}


def sounds(word: str) -> set[str]:
    """How a plain word sounds: a code of each kind, or nothing for an initial or a word of other letters."""
    if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return set()
    codes = {"soundex": jellyfish.soundex(word), "metaphone": jellyfish.metaphone(word)}
    return {f"{kind}:{code}" for kind, code in codes.items() if code}


def _plain(written: str) -> str:
    """Letters and digits in one spelling: no accents, no capitals, no apostrophes; hyphens stay, all of one kind."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", written).casefold()).translate(_LETTERS)
    return "".join("-" if c in _HYPHENS else c for c in apart if c in _HYPHENS or (c.isalnum() and c not in _APOSTROPHES))
