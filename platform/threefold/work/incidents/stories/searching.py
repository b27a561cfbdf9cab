"""Finding the cases that somebody is on, by name, date of birth or NHS number, without opening one sealed value.

What is looked for is turned into keyed tokens of this body and compared with those in the index. So only this body's own
cases can be found; that is meant, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select

from threefold.domain.errors import ThreefoldError
from threefold.domain.nhs_number import digits_of
from threefold.walls.audit import SEARCH
from threefold.walls.session import Unit
from threefold.work.incidents.names import Word, heard_as_one, sounds, words_of
from threefold.work.incidents.person_index import is_found_by_less, may_be_found_by_less, tokens
from threefold.work.incidents.tables import OPEN, Case, CasePerson, PersonIndex
from threefold.work.people.access import CASE_ROLES, needs
from threefold.work.people.case_access import asked
from threefold.work.people.own_cases import are_own

MOST = 50
MOST_WORDS = 8
# How somebody was found, the surest first.
WAYS = ("number", "name_and_birth", "name", "sound_and_birth", "sound", "birth")
# By no search: what was known stays, and is shown no more.
TAKEN_OFF, CORRECTED = "taken_off", "corrected"


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is looked for; left out, it does not count. `nhs_number` may be written with spaces."""

    name: str = ""
    born_on: date | None = None
    nhs_number: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A case somebody like that is on: in which part, and how it matched (one of `WAYS`); or was on, and was `TAKEN_OFF`; or
    was, until the entry was `CORRECTED`."""

    case_id: UUID
    reference: str
    part: str
    way: str


@needs("search for a person", CASE_ROLES)
def find_people(unit: Unit, sought: Sought, sign_in: str = "") -> tuple[list[Found], bool]:
    """The cases of this body that somebody like that is on, the surest first, and whether there are more than are shown.

    Cases that are not open to whoever asks are left out; whoever does not handle every case finds only those that are their own. The same two
    statements whatever is found; what was typed stands in no statement, and in the audit only which boxes were filled.
    """
    words = words_of(sought.name)[:MOST_WORDS]
    number = digits_of(sought.nhs_number)
    if not (words or sought.born_on or number):
        raise ThreefoldError("Enter a name, a date of birth or an NHS number.", field="name")
    rows = unit.session.execute(_found(unit, words, sought.born_on, number, sign_in), asked(unit)).all()
    given = {"name": bool(words), "date_of_birth": sought.born_on is not None, "nhs_number": bool(number)}
    unit.audit("people searched", "cases", {"by": [name for name, told in given.items() if told]}, kind=SEARCH)
    return [Found(row.case_id, row.reference, row.part, WAYS[row.way]) for row in rows[:MOST]], len(rows) > MOST


def find_held(unit: Unit, is_like: Callable[[Mapping[str, Any]], bool]) -> list[Found]:
    """The cases open to the actor that somebody like that was taken off, or where their entry was corrected. One statement; of whom
    something is held by which no search finds them is looked at one by one, which is few."""
    rows = unit.session.execute(
        select(CasePerson.case_id, Case.reference, CasePerson.part, CasePerson.details)
        .join(Case, and_(Case.tenant_id == CasePerson.tenant_id, Case.id == CasePerson.case_id))
        .where(OPEN, Case.destroyed_at.is_(None), may_be_found_by_less(unit))
        .order_by(Case.opened_at.desc(), Case.id, CasePerson.part),
        asked(unit),
    )
    told = ((row, dict(unit.open_json(row.details))) for row in rows)
    return [
        Found(row.case_id, row.reference, row.part, TAKEN_OFF if "removed" in details else CORRECTED)
        for row, details in told
        if is_found_by_less(details) and is_like(details)
    ]


def _found(unit: Unit, words: list[Word], born_on: date | None, number: str, sign_in: str) -> Any:
    looked_for: list[ColumnElement[bool]] = []

    def has(field: str, *values: str) -> ColumnElement[bool]:
        """Whether one of a person's rows is one of these."""
        same = and_(
            PersonIndex.field == field, PersonIndex.token.in_([t for value in values for t in tokens(unit, field, value)])
        )
        looked_for.append(same)
        return func.bool_or(same)

    def spelt(word: str) -> ColumnElement[bool]:
        return has("name", word)

    def heard(word: str) -> ColumnElement[bool]:
        codes = sounds(word)
        return or_(has("name", word), has("name_sound", *codes)) if codes else has("name", word)

    by_sound = heard_as_one(" ".join(word.text for word in words))

    def as_one(word: str) -> ColumnElement[bool]:
        return heard(word) if word in by_sound else spelt(word)

    same = and_(*(_whole(word, spelt, spelt) for word in words)) if words else false()
    like = and_(*(_whole(word, heard, as_one) for word in words)) if words else false()
    born = has("date_of_birth", born_on.isoformat()) if born_on else false()
    numbered = has("nhs_number", number) if number else false()
    way = case((numbered, 0), (and_(same, born), 1), (same, 2), (and_(like, born), 3), (like, 4), (born, 5))
    matched = (
        select(PersonIndex.case_id, PersonIndex.person_id, way.label("way"))
        .where(PersonIndex.tenant_id == unit.scope.body_id, or_(*looked_for))
        .group_by(PersonIndex.case_id, PersonIndex.person_id)
        .having(way.is_not(None))
        .subquery()
    )
    return (
        select(Case.id.label("case_id"), Case.reference, CasePerson.part, matched.c.way)
        .join(matched, matched.c.case_id == Case.id)
        .join(CasePerson, and_(CasePerson.tenant_id == Case.tenant_id, CasePerson.id == matched.c.person_id))
        .where(OPEN, are_own(unit, sign_in, Case.id))
        .order_by(matched.c.way, Case.opened_at.desc(), Case.id, CasePerson.part)
        .limit(MOST + 1)
    )


def _whole(word: Word, one: Any, as_one: Any) -> ColumnElement[bool]:
    """A word is there as it is, with hyphens as all of its parts, or as one word with the one before it or after it."""
    whole: ColumnElement[bool] = one(word.text)
    apart = [and_(*(one(part) for part in word.parts))] if word.parts else []
    return or_(whole, *apart, *(as_one(other) for other in word.beside))
