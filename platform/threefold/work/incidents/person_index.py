"""The blind index: by which keyed tokens a person on a case is found, and who is not in it yet.

Tokens are written in the transaction that adds, corrects or takes off the person. Each person also has one row `made`,
whose token says with which key and in which manner the others were made: whoever lacks it is indexed by a job, so that
people on record before there was an index, a changed manner and a replaced master key are all the same case.

No search finds anybody by what was corrected, or once they were taken off. It is held all the same: a second row `made` says so of
whoever it is true of, so that they can be looked at one by one where that is asked, and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Select, Table, delete, exists, or_, select, type_coerce

from threefold.domain.nhs_number import digits_of
from threefold.walls.session import Unit
from threefold.work.incidents.names import heard_as_one, run_together, sounds, spellings
from threefold.work.incidents.tables import CasePerson, PersonIndex

MANNER = "3"  # to be raised when any row is made differently: everybody is indexed again
HELD = "held"  # beside the manner: something is held of the person by which they are not found
BATCH = 200  # people a transaction
_BETWEEN = re.compile("[,;]")  # names
Value = tuple[str, str]  # the name of a field, and a plain value in it
_INSERT = cast(Table, PersonIndex.__table__).insert()


def token(unit: Unit, field: str, value: str) -> bytes:
    """What stands in the index for a value of a field, in this body."""
    return unit.blind(f"person {field}", value)


def tokens(unit: Unit, field: str, value: str) -> list[bytes]:
    """What may stand there, while a master key is replaced."""
    return unit.blinds(f"person {field}", value)


def index_person(unit: Unit, case_id: UUID, person_id: UUID, details: Mapping[str, Any]) -> None:
    """Put a person's tokens in the place of those before. `details` as they are sealed. Two statements."""
    unit.session.execute(delete(PersonIndex).where(PersonIndex.case_id == case_id, PersonIndex.person_id == person_id))
    made = {MANNER, HELD} if is_found_by_less(details) else {MANNER}
    values = {*_found_by(details), *(("made", how) for how in made)}
    unit.session.connection().execute(_INSERT, [
        {"tenant_id": unit.scope.body_id, "case_id": case_id, "person_id": person_id, "field": field, "token": token(unit, field, value)}
        for field, value in sorted(values)
    ])  # fmt: skip


def is_found_by_less(details: Mapping[str, Any]) -> bool:
    """Whether something is held of a person by which no search finds them: it was corrected, or they were taken off the case."""
    return not _found_by(details) >= {value for told in (details, *details.get("earlier", ())) for value in values_of(told)}


def may_be_found_by_less(unit: Unit) -> ColumnElement[bool]:
    """Of a statement over people: of whom the index says so, and whoever is not indexed yet."""
    return or_(_is_made(tokens(unit, "made", HELD)), ~_is_made(tokens(unit, "made", MANNER)))


def has_unindexed(unit: Unit) -> bool:
    """Whether anybody on record is not indexed as it is done today. One statement."""
    return unit.session.execute(_waiting(unit).limit(1)).first() is not None


def index_some(unit: Unit, most: int = BATCH) -> int:
    """Index up to `most` people who are not, and say how many were. Each row is held, so that a correction waits its turn."""
    ids = _waiting(unit).order_by(CasePerson.id).limit(most).with_for_update(of=CasePerson)
    rows = unit.session.scalars(
        select(CasePerson).where(CasePerson.id.in_(unit.session.scalars(ids).all())).execution_options(populate_existing=True)
    ).all()
    for row in rows:
        index_person(unit, row.case_id, row.id, dict(unit.open_json(row.details)))
    return len(rows)


def _waiting(unit: Unit) -> Select[Any]:
    made = _is_made([token(unit, "made", MANNER)])
    # Of somebody whose case was destroyed nothing is left to be found by.
    return select(CasePerson.id).where(~made, type_coerce(CasePerson.details, LargeBinary) != b"")


def _is_made(how: Iterable[bytes]) -> ColumnElement[bool]:
    return exists().where(
        PersonIndex.tenant_id == CasePerson.tenant_id, PersonIndex.case_id == CasePerson.case_id,
        PersonIndex.person_id == CasePerson.id, PersonIndex.field == "made", PersonIndex.token.in_(list(how)),
    ).correlate(CasePerson)  # fmt: skip


def _found_by(details: Mapping[str, Any]) -> set[Value]:
    return set() if "removed" in details else set(values_of(details))


def values_of(details: Mapping[str, Any]) -> Iterable[Value]:
    """What a person can be found by: field and plain value."""
    if number := digits_of(details.get("nhs_number") or ""):
        yield "nhs_number", number
    if born := details.get("born_on"):
        yield "date_of_birth", str(born)
    for written in (details.get("name") or "", details.get("aliases") or ""):
        for word in spellings(_BETWEEN.sub(" ", written)):
            yield "name", word
            yield from (("name_sound", code) for code in sounds(word))
        for one in _BETWEEN.split(written):
            yield from (("name", as_one) for as_one in run_together(one))
            yield from (("name_sound", code) for as_one in heard_as_one(one) for code in sounds(as_one))
