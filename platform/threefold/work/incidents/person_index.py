"""The blind index: by which keyed tokens a person on a case is found, and who is not in it yet.

Tokens are written in the transaction that adds, corrects or takes off the person. Each person also has one row `made`,
whose token says with which key and in which manner the others were made: whoever lacks it is indexed by a job, so that
people on record before there was an index, a changed manner and a replaced master key are all the same case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import LargeBinary, Select, Table, delete, exists, select, type_coerce

from threefold.domain.nhs_number import digits_of
from threefold.walls.session import Unit
from threefold.work.incidents.names import sounds, spellings
from threefold.work.incidents.tables import CasePerson, PersonIndex

MANNER = "1"  # to be raised when words or sounds are made differently: everybody is indexed again
BATCH = 200  # people a transaction
Value = tuple[str, str]  # the name of a field, and a plain value in it
_INSERT = cast(Table, PersonIndex.__table__).insert()


def token(unit: Unit, field: str, value: str) -> bytes:
    """What stands in the index for a value of a field, in this body."""
    return unit.blind(f"person {field}", value)


def tokens(unit: Unit, field: str, value: str) -> list[bytes]:
    """What may stand there, while a master key is replaced."""
    return unit.blinds(f"person {field}", value)


def index_person(unit: Unit, case_id: UUID, person_id: UUID, details: Mapping[str, Any]) -> None:
    """Put a person's tokens in the place of those before. No details: nobody finds this person any more. Two statements."""
    unit.session.execute(delete(PersonIndex).where(PersonIndex.case_id == case_id, PersonIndex.person_id == person_id))
    rows = {(field, token(unit, field, value)) for field, value in values_of(details)} | {("made", token(unit, "made", MANNER))}
    unit.session.connection().execute(_INSERT, [
        {"tenant_id": unit.scope.body_id, "case_id": case_id, "person_id": person_id, "field": field, "token": made}
        for field, made in sorted(rows)
    ])  # fmt: skip


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
        details = dict(unit.open_json(row.details))
        index_person(unit, row.case_id, row.id, {} if "removed" in details else details)
    return len(rows)


def _waiting(unit: Unit) -> Select[Any]:
    made = exists().where(
        PersonIndex.tenant_id == CasePerson.tenant_id, PersonIndex.case_id == CasePerson.case_id,
        PersonIndex.person_id == CasePerson.id, PersonIndex.field == "made", PersonIndex.token == token(unit, "made", MANNER),
    )  # fmt: skip
    # Of somebody whose case was destroyed nothing is left to be found by.
    return select(CasePerson.id).where(~made, type_coerce(CasePerson.details, LargeBinary) != b"")


def values_of(details: Mapping[str, Any]) -> Iterable[Value]:
    """What a person can be found by: field and plain value."""
    if number := digits_of(details.get("nhs_number") or ""):
        yield "nhs_number", number
    if born := details.get("born_on"):
        yield "date_of_birth", str(born)
    for written in (details.get("name") or "", details.get("aliases") or ""):
        for word in spellings(written.replace(",", " ").replace(";", " ")):
            yield "name", word
            yield from (("name_sound", code) for code in sounds(word))
