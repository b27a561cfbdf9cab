"""Whether somebody on record may be the person who asks, held against each other by the same words, sounds and numbers as the index of
people: whoever is found by it is compared as they were found.

Nothing here decides: whoever goes through what was gathered decides on each thing, and what they never see, nobody decides on. So
what is doubtful is gathered under a title that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from threefold.domain.nhs_number import digits_of
from threefold.work.incidents.names import Word, sounds, words_of
from threefold.work.incidents.person_index import Value, values_of


class Likeness(StrEnum):
    """How surely an entry is of the person, as the title of what is gathered says it."""

    THEIRS = "What is recorded of the person"
    NEAR = "What is recorded of somebody of that name, with another date of birth or NHS number"


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """Who is asked about; `born_on` as ISO. What is not known is empty."""

    name: str
    born_on: str
    nhs_number: str


def likeness_of(asked: AskedAbout, details: Mapping[str, Any]) -> Likeness | None:
    """How like the person an entry is, by whatever it tells or told before it was corrected, the surest; None: they are not the same."""
    found = {_likeness(asked, told) for told in (details, *details.get("earlier", ()))}
    return next((one for one in Likeness if one in found), None)


def _likeness(asked: AskedAbout, told: Mapping[str, Any]) -> Likeness | None:
    """By what both tell: the NHS number decides; else the day of birth with one word of the name; else every word of the name. Where
    every word is there and day or number is another, either may have been mistyped.

    One word with the day is enough: names change and are spelled in several ways. A twin is gathered so too, and a brother or a
    mother is not.
    """
    known = frozenset(values_of(told))
    words = words_of(asked.name.replace(",", " ").replace(";", " "))
    number, born = digits_of(asked.nhs_number), asked.born_on
    of_number, of_day = _agree(known, "nhs_number", number), _agree(known, "date_of_birth", born)
    whole = bool(words) and all(_heard(word, known) for word in words)
    if of_number is not None:
        sure = of_number
    elif of_day is not None:
        sure = of_day and (not words or any(_heard_in_part(word, known) for word in words))
    else:
        sure = whole
    if sure:
        return Likeness.THEIRS
    return Likeness.NEAR if whole and (len(words) > 1 or of_day) else None


def _agree(known: frozenset[Value], field: str, value: str) -> bool | None:
    """Whether both tell the same; None where one of them does not tell."""
    return (field, value) in known if value and any(name == field for name, _ in known) else None


def _heard(word: Word, known: frozenset[Value]) -> bool:
    """Whether a word is there in its spelling or its sound; one with hyphens as one word, or all of its parts."""
    return _is_there(word.text, known) or (bool(word.parts) and all(_is_there(part, known) for part in word.parts))


def _heard_in_part(word: Word, known: frozenset[Value]) -> bool:
    return any(_is_there(text, known) for text in (word.text, *word.parts))


def _is_there(text: str, known: frozenset[Value]) -> bool:
    return ("name", text) in known or any(("name_sound", code) in known for code in sounds(text))
