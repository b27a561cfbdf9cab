"""Whether somebody on record may be the person who asks, held against each other by the same words, sounds and numbers as the index of
people: whoever is found by it is compared as they were found.

Nothing here decides: whoever goes through what was gathered decides on each thing, and what they never see, nobody decides on. So
what is doubtful is gathered under a title that says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from threefold.domain.nhs_number import digits_of
from threefold.work.incidents.names import Word, sounds, words_of
from threefold.work.incidents.person_index import Value, values_of

_BETWEEN = re.compile("[,;]")  # names, or the two parts of one


class Likeness(StrEnum):
    """How surely an entry is of the person, as the title of what is gathered says it."""

    THEIRS = "What is recorded of the person"
    NEAR = "What is recorded of somebody of that name or first name, with another date of birth or NHS number"


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
    every word is there and day or number is another, either may have been mistyped; one word is a whole name only where no more of it is on
    record. Where the day and a first name are the same and the number is another, it may be an adopted child, who is given another number
    and another family's name.

    One word with the day is enough: names change and are spelled in several ways. A twin is gathered so too, unless the numbers tell
    them apart, and a brother or a mother is not.
    """
    known = frozenset(values_of(told))
    words = _words(asked.name)
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
    of_whole = whole and (len(words) > 1 or len(_words(told.get("name") or "")) <= 1)
    near = of_whole or (of_day and _shares_a_first_name(asked.name, told, known))
    return Likeness.NEAR if near else None


def _shares_a_first_name(name: str, told: Mapping[str, Any], known: frozenset[Value]) -> bool:
    """Whether the first name of either stands anywhere in the names of the other: people write the family's name first too, or another
    first name before it."""
    names = f"{told.get('name') or ''};{told.get('aliases') or ''}"
    asked = frozenset(values_of({"name": name}))
    return any(_heard_in_part(word, known) for word in _first(name)) or any(
        _heard_in_part(word, asked) for word in _first(names)
    )


def _words(name: str) -> list[Word]:
    return words_of(_BETWEEN.sub(" ", name))


def _first(names: str) -> list[Word]:
    """The first word of each of some names, on either side of a comma: which of two is the first name, it does not tell."""
    return [word for one in _BETWEEN.split(names) for word in words_of(one)[:1]]


def _agree(known: frozenset[Value], field: str, value: str) -> bool | None:
    """Whether both tell the same; None where one of them does not tell."""
    return (field, value) in known if value and any(name == field for name, _ in known) else None


def _heard(word: Word, known: frozenset[Value]) -> bool:
    """Whether a word is there in its spelling or its sound; one with hyphens as one word, or all of its parts; or it is one word there with the
    one beside it."""
    if any(("name", as_one) in known for as_one in word.beside):
        return True
    return _is_there(word.text, known) or (bool(word.parts) and all(_is_there(part, known) for part in word.parts))


def _heard_in_part(word: Word, known: frozenset[Value]) -> bool:
    return any(_is_there(text, known) for text in (word.text, *word.parts)) or any(
        ("name", as_one) in known for as_one in word.beside
    )


def _is_there(text: str, known: frozenset[Value]) -> bool:
    return ("name", text) in known or any(("name_sound", code) in known for code in sounds(text))
