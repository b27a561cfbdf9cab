"""Who is on a case: the children, and the people around them. Names stand only here, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.governance.drafts import merge
from threefold.walls.session import Unit
from threefold.work.incidents.person_index import index_person
from threefold.work.incidents.records import Clash, NotFound, StaleSave, load, note_change
from threefold.work.incidents.stories.deciding import ACTING, told
from threefold.work.incidents.tables import CasePerson
from threefold.work.people.access import declare, needs, permission

# Whoever opens a case needs to know whom it is about. What tells a person apart from others of that name is for those who
# record, search records and notify; a scrutineer, a reviewer or an area lead does their work without it (UK GDPR article 5(1)(c)).
SEEN_WITH_THE_CASE = frozenset({"name"})
WHO = "part"  # who somebody is, and near to which child: changed as one
TELL_APART = declare("see the other names, dates of birth, NHS numbers and addresses of people on a case", ACTING).act


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on a case. `details`: name, aliases, born_on (ISO or None), nhs_number (digits), addresses; from the sealed row.

    Of these only what the reader's role covers: a field that is not theirs is not in it.
    """

    id: UUID
    part: str
    child_key: str
    details: dict[str, Any]

    @property
    def no(self) -> int:
        """How often it was corrected: what a page says that it showed."""
        return len(self.details.get("earlier", ()))

    def before(self, no: int) -> Person:
        """As it stood when it had been corrected so many times."""
        earlier = self.details.get("earlier", ())
        if not 0 <= no < len(earlier):
            return self
        then = dict(earlier[no])
        return Person(self.id, then.pop("part"), then.pop("child_key"), then)


@needs("record an incident", ACTING)
def add_person(unit: Unit, case_id: UUID, part: str, details: Mapping[str, Any], child_key: str = "") -> UUID:
    """Put someone on the case: a child, or someone around the child. Who they are is sealed."""
    state = load(unit, case_id, lock=True)
    if child_key and child_key not in {child.key for child in state.facts.incident.children}:
        raise ThreefoldError("This child is not on the incident any more. Choose another child, or none.", field="child_key")
    note_change(unit, case_id)
    person = CasePerson(
        id=uuid4(), case_id=case_id, part=part, child_key=child_key, details=unit.seal_json(dict(details)), added_at=unit.at
    )
    unit.session.add(person)
    unit.session.flush()
    index_person(unit, case_id, person.id, details)
    unit.audit("person added", f"case:{case_id}", {"part": part})
    return person.id


@needs("record an incident", ACTING)
def correct_person(
    unit: Unit, case_id: UUID, person_id: UUID, part: str, details: Mapping[str, Any], child_key: str = "",
    *, seen_no: int | None = None, keep: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Correct what is known of a person. What stood before is kept, sealed, with when it was corrected.

    `seen_no`: how often it had been corrected when the person saw it (else what stands now). What others changed since stays, where this
    person left it as it was. Where both changed the same, `StaleSave` is raised with both, unless `keep` says which.
    """
    row = _row(unit, case_id, person_id)
    stands = dict(unit.open_json(row.details))
    now = Person(row.id, row.part, row.child_key, stands)
    theirs = _told(now)
    merged, clashes = merge(
        _told(now if seen_no is None else now.before(seen_no)), {WHO: [part, child_key], **details}, theirs, keep or {}
    )
    if clashes:
        mine = {WHO: [part, child_key], **details}
        raise StaleSave(tuple(Clash(name, theirs.get(name), mine.get(name)) for name in clashes), now.no)
    if merged == theirs:
        return
    (part, child_key), details = merged.pop(WHO), merged
    before = {name: value for name, value in stands.items() if name != "earlier"}
    earlier = [
        *stands.get("earlier", []),
        {**before, "part": row.part, "child_key": row.child_key, "until": unit.at.isoformat()},
    ]
    details = {**details, "earlier": earlier}
    row.part, row.child_key, row.details = part, child_key, unit.seal_json(details)
    unit.session.flush()
    index_person(unit, case_id, person_id, details)
    unit.audit("person corrected", f"case:{case_id}", {"part": part})


def _told(person: Person) -> dict[str, Any]:
    """What is told of a person, to be held against what others told. Who it is and which child's go together."""
    details = {name: value for name, value in person.details.items() if name not in ("earlier", "until")}
    return {WHO: [person.part, person.child_key], **details}


@needs("record an incident", ACTING)
def remove_person(unit: Unit, case_id: UUID, person_id: UUID, reason: str, *, seen_no: int | None = None) -> None:
    """Take a person off the case, with the reason. What was known stays, sealed, and is shown no more.

    Raises `SaidMeanwhile` where somebody corrected it since it had been corrected `seen_no` times, which is what the person saw.
    """
    told(reason, "Say why this person is taken off the case.")
    row = _row(unit, case_id, person_id)
    details = dict(unit.open_json(row.details))
    if seen_no is not None and len(details.get("earlier", ())) > seen_no:
        raise SaidMeanwhile("corrected what is known of this person")
    gone = {"at": unit.at.isoformat(), "reason": reason, "by": str(unit.actor.person_id)}
    details["removed"] = gone
    row.details = unit.seal_json(details)
    unit.session.flush()
    index_person(unit, case_id, person_id, details)
    unit.audit("person taken off", f"case:{case_id}", {"part": row.part})


def people(unit: Unit, case_id: UUID) -> list[Person]:
    """Everyone on the case, in the order they were put on it, each with the fields that the reader's role covers."""
    whole = permission(TELL_APART).covers(unit.actor)
    return [
        person if whole else replace(person, details={n: v for n, v in person.details.items() if n in SEEN_WITH_THE_CASE})
        for person in _ever_on(unit, case_id)
        if "removed" not in person.details
    ]


def of_child(unit: Unit, case_id: UUID, key: str) -> list[Person]:
    """Whoever is on the case as one child, or near to it."""
    return [person for person in people(unit, case_id) if person.child_key == key]


@needs("record an incident", ACTING)
def taken_off(unit: Unit, case_id: UUID) -> list[Person]:
    """That somebody was taken off the case: `details["removed"]` says when, by whom and why. Who it was stays sealed: they may have
    nothing to do with the case."""
    gone = [person for person in _ever_on(unit, case_id) if "removed" in person.details]
    return [replace(person, details={"removed": person.details["removed"]}) for person in gone]


def _ever_on(unit: Unit, case_id: UUID) -> list[Person]:
    rows = unit.session.scalars(
        select(CasePerson).where(CasePerson.case_id == case_id).order_by(CasePerson.added_at, CasePerson.id)
    )
    return [Person(row.id, row.part, row.child_key, dict(unit.open_json(row.details))) for row in rows]


def _row(unit: Unit, case_id: UUID, person_id: UUID) -> CasePerson:
    load(unit, case_id, lock=True)
    note_change(unit, case_id)
    row = unit.session.get(CasePerson, (unit.scope.body_id, person_id))
    if row is None or row.case_id != case_id or "removed" in unit.open_json(row.details):
        raise NotFound
    return row
