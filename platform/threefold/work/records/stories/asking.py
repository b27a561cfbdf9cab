"""Subject access: somebody asks what is held of them. The request has its own record and its day; what is found is gone through thing
by thing, and what is withheld has its ground.

One calendar month from the day of receipt, and two more where it is complex or there are many, told with the reasons within the first
month: UK GDPR article 12(3). What may be withheld: Data Protection Act 2018, Schedules 2 and 3.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.calendar import add_months
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL, EXPORT, LIST
from threefold.walls.session import Unit
from threefold.work.incidents.records import came_of_it, first_time
from threefold.work.incidents.stories import Found, Sought, find_people, told
from threefold.work.incidents.tables import OPEN, Case, CasePerson, Counter
from threefold.work.people.access import NotHere, needs
from threefold.work.people.case_access import asked, may_open
from threefold.work.records.held import held_of, in_words
from threefold.work.records.stories.closing import MANAGING
from threefold.work.records.tables import SubjectItem, SubjectRequest

LAW = "UK GDPR article 12(3)"
GROUNDS: Mapping[str, str] = {
    "others": "It is about somebody else who has not agreed (Data Protection Act 2018, Schedule 2, paragraph 16)",
    "privilege": "Legal professional privilege (Schedule 2, paragraph 19)",
    "serious_harm": "It would be likely to cause serious harm to somebody (Schedule 3, health, social work and education data)",
    "child_abuse": "Child abuse data whose disclosure would not be in the person’s best interests (Schedule 3, Part 5)",
    "not_theirs": "It is not about the person who asks",
}  # fmt: skip
DECISIONS = ("given", "part", "withheld")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands. `who` asks, of whom `name`, `born_on` (ISO) and `nhs_number` say; `due_on` counts any extension."""

    id: UUID
    reference: str
    state: str
    who: str
    name: str
    born_on: str
    nhs_number: str
    received_on: date
    first_due_on: date
    extended_to: date | None
    extended_on: date | None
    extended_why: str
    answered_on: date | None
    answer: str

    @property
    def due_on(self) -> date:
        return self.extended_to or self.first_due_on


@dataclass(frozen=True, slots=True)
class Item:
    """One thing held. `text` is what it tells now; `told` what is given of it where only a part is. `gone`: it is not there any more."""

    no: int
    case_id: UUID
    reference: str
    title: str
    text: str
    decision: str
    ground: str
    why: str
    told: str
    gone: bool

    @property
    def given(self) -> str:
        """What the person gets of it."""
        return {"given": self.text, "part": self.told}.get(self.decision, "")


@needs("answer a subject access request", MANAGING)
def list_requests(unit: Unit) -> list[Request]:
    """Every request, what is open and due soonest first."""
    unit.audit("subject requests listed", "subject-requests", kind=LIST)
    rows = unit.session.scalars(select(SubjectRequest).order_by(SubjectRequest.due_on, SubjectRequest.reference))
    return sorted((_request(unit, row) for row in rows), key=lambda r: (r.state != "open", r.due_on, r.reference))


@needs("answer a subject access request", MANAGING)
def open_request(unit: Unit, about: Mapping[str, str], received_on: date, token: UUID) -> UUID:
    """Put a request on record. Sent twice, it is one. `about`: who, name, born_on (ISO or empty), nhs_number."""
    before = first_time(unit, token, "subject_request")
    if before is not None:
        return UUID(before)
    told(about.get("who", ""), "Say who asks.", "who")
    if not (about.get("name") or about.get("nhs_number")):
        raise ThreefoldError("Enter a name or an NHS number, so that the person can be found.", field="name")
    if received_on > unit.today:
        raise ThreefoldError("Give a day that is not in the future.", field="received_on")
    row = SubjectRequest(
        id=uuid4(), reference=_reference(unit), about=unit.seal_json(dict(about)), state="open", received_on=received_on, due_on=add_months(received_on, 1),
        extended_to=None, extended_on=None, extended_why=None, opened_at=unit.at, opened_by=unit.actor.person_id, answered_on=None, answer=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    came_of_it(unit, token, str(row.id))
    unit.audit("subject request opened", f"subject-request:{row.id}")
    return row.id


def _reference(unit: Unit) -> str:
    year = unit.today.year
    statement = insert(Counter).values(tenant_id=unit.scope.body_id, series=f"subject-request-{year}", value=1)
    number = unit.session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "series"], set_={"value": Counter.value + 1}).returning(
            Counter.value
        )
    ).scalar_one()
    return f"SAR-{year}-{number:04d}"


@needs("answer a subject access request", MANAGING)
def see_request(unit: Unit, request_id: UUID) -> tuple[Request, list[Item], int]:
    """A request, what was gathered for it in cases that are open to the actor, and how many things stand in cases that are not."""
    request = _request(unit, _row(unit, request_id))
    items, closed = _items(unit, request_id)
    unit.audit("subject request read", f"subject-request:{request_id}", {"items": len(items)}, kind=DETAIL)
    return request, items, closed


@needs("answer a subject access request", MANAGING)
def request_of(unit: Unit, request_id: UUID) -> Request:
    """A request without what was gathered for it. Raises `NotHere`."""
    return _request(unit, _row(unit, request_id))


@needs("answer a subject access request", MANAGING)
def look_for(unit: Unit, request_id: UUID) -> tuple[list[Found], bool]:
    """The cases that somebody like that is on, among those open to the actor; whether there are more than are shown."""
    request = _request(unit, _row(unit, request_id))
    born = date.fromisoformat(request.born_on) if request.born_on else None
    return find_people(unit, Sought(request.name, born, request.nhs_number))


@needs("answer a subject access request", MANAGING)
def gather(unit: Unit, request_id: UUID, case_ids: Collection[UUID]) -> int:
    """Gather what is held of the person in some cases that were found. What was gathered before stays with its decision. How much is new."""
    _open_row(unit, request_id)
    found = {one.case_id for one in look_for(unit, request_id)[0]}
    if not case_ids or not set(case_ids) <= found:
        raise ThreefoldError("Select the cases that the person is on.", field="cases")
    known = {(row.case_id, row.place) for row in unit.session.execute(
        select(SubjectItem.case_id, SubjectItem.place).where(SubjectItem.request_id == request_id))}  # fmt: skip
    no = unit.session.execute(select(func.max(SubjectItem.no)).where(SubjectItem.request_id == request_id)).scalar() or 0
    new = 0
    for case_id in sorted(case_ids):
        for held in held_of(unit, case_id, _people_like(unit, request_id, case_id)):
            if (case_id, held.place) in known:
                continue
            no, new = no + 1, new + 1
            unit.session.add(SubjectItem(
                request_id=request_id, no=no, case_id=case_id, place=held.place, title=held.title, decision="undecided", why=None, told=None,
                decided_at=None, decided_by=None))  # fmt: skip
    unit.session.flush()
    unit.audit("subject request gathered", f"subject-request:{request_id}", {"cases": len(case_ids), "new": new})
    return new


def _people_like(unit: Unit, request_id: UUID, case_id: UUID) -> frozenset[UUID]:
    """The people of a case who are the person that is asked about: by NHS number where both have one, else by name and day of birth."""
    request = _request(unit, _row(unit, request_id))
    rows = unit.session.execute(select(CasePerson.id, CasePerson.details).where(CasePerson.case_id == case_id))
    return frozenset(row.id for row in rows if _alike(request, dict(unit.open_json(row.details))))


def _alike(request: Request, details: Mapping[str, Any]) -> bool:
    if "removed" in details:
        return False
    number = "".join(c for c in str(details.get("nhs_number") or "") if c.isdigit())
    wanted = "".join(c for c in request.nhs_number if c.isdigit())
    if number and wanted:
        return number == wanted
    if request.born_on and details.get("born_on"):
        return str(details["born_on"]) == request.born_on
    words = set(request.name.casefold().split())
    return bool(words & set(f"{details.get('name') or ''} {details.get('aliases') or ''}".casefold().replace(",", " ").split()))


@needs("answer a subject access request", MANAGING)
def decide_item(unit: Unit, request_id: UUID, no: int, decision: str, ground: str, why: str, part: str) -> None:
    """Decide on one thing: it is given, given in part, or withheld; with the ground and why, where not all of it is given."""
    _open_row(unit, request_id)
    if decision not in DECISIONS:
        raise ThreefoldError("Select whether it is given.", field="decision")
    row = unit.session.get(SubjectItem, (unit.scope.body_id, request_id, no), with_for_update=True)
    if row is None or not may_open(unit, row.case_id):
        raise NotHere
    if decision != "given":
        if ground not in GROUNDS:
            raise ThreefoldError("Select the ground on which it is withheld.", field="ground")
        told(why, "Say why this ground applies here.", "why")
    if decision == "part":
        told(part, "Enter what is given of it.", "part")
    row.decision, row.ground = decision, ground if decision != "given" else ""
    row.why = unit.seal_json(why) if decision != "given" else None
    row.told = unit.seal_json(part) if decision == "part" else None
    row.decided_at, row.decided_by = unit.at, unit.actor.person_id
    unit.session.flush()
    unit.audit(
        "subject request decided on", f"subject-request:{request_id}", {"no": no, "decision": decision, "ground": row.ground}
    )


@needs("answer a subject access request", MANAGING)
def extend(unit: Unit, request_id: UUID, why: str) -> None:
    """Take two more months, for a reason that the person is told within the first one."""
    row = _open_row(unit, request_id)
    told(why, "Give the reason; the person is told of it.", "why")
    if row.extended_to is not None:
        raise ThreefoldError("The time was extended already. It can be extended once.", field="why")
    if unit.today > row.due_on:
        raise ThreefoldError(f"The first month has ended. The person had to be told of a delay by then ({LAW}).", field="why")
    row.extended_to, row.extended_on, row.extended_why = add_months(row.received_on, 3), unit.today, unit.seal_json(why)
    unit.session.flush()
    unit.audit("subject request extended", f"subject-request:{request_id}")


@needs("answer a subject access request", MANAGING)
def close_request(unit: Unit, request_id: UUID, state: str, on: date, how: str) -> None:
    """Put on record that it was answered (or refused), on which day and how. Raises while something is undecided."""
    row = _open_row(unit, request_id)
    if state not in ("answered", "refused"):
        raise ThreefoldError("Select what became of it.", field="state")
    told(how, "Say how the person was told.", "how")
    if not row.received_on <= on <= unit.today:
        raise ThreefoldError("Give a day between the day it was received and today.", field="on")
    if state == "answered":
        _refuse_undecided(unit, request_id)
    row.state, row.answered_on, row.answer = state, on, unit.seal_json(how)
    unit.session.flush()
    unit.audit("subject request closed", f"subject-request:{request_id}", {"state": state})


@needs("answer a subject access request", MANAGING)
def answer_of(unit: Unit, request_id: UUID) -> tuple[Request, list[Item]]:
    """What is given to the person, once everything was decided on; and the note that it was taken out."""
    request = _request(unit, _row(unit, request_id))
    _refuse_undecided(unit, request_id)
    items, closed = _items(unit, request_id)
    if closed:
        raise ThreefoldError(
            "Some of what was gathered stands in cases that are not open to you. Somebody else takes the answer out."
        )
    unit.audit("answer to a subject request taken out", f"subject-request:{request_id}", {"items": len(items)}, kind=EXPORT)
    return request, items


def _refuse_undecided(unit: Unit, request_id: UUID) -> None:
    left = (
        select(func.count())
        .select_from(SubjectItem)
        .where(SubjectItem.request_id == request_id, SubjectItem.decision == "undecided")
    )
    if count := unit.session.execute(left).scalar_one():
        raise ThreefoldError(f"{count} of what was gathered is not decided on yet. Go through it first.")


def _items(unit: Unit, request_id: UUID) -> tuple[list[Item], int]:
    """What was gathered, as it stands now; and how much of it is in cases that are not open to the actor."""
    rows = unit.session.execute(
        select(SubjectItem, Case.reference, Case.destroyed_at)
        .join(Case, (Case.tenant_id == SubjectItem.tenant_id) & (Case.id == SubjectItem.case_id))
        .where(SubjectItem.request_id == request_id, OPEN)
        .order_by(SubjectItem.no),
        asked(unit),
    ).all()
    all_of = unit.session.execute(
        select(func.count()).select_from(SubjectItem).where(SubjectItem.request_id == request_id)
    ).scalar_one()
    texts: dict[tuple[UUID, str], str] = {}
    for case_id in {item.case_id for item, _, destroyed in rows if destroyed is None}:
        for held in held_of(unit, case_id, _people_like(unit, request_id, case_id)):
            texts[case_id, held.place] = in_words(held.content)
    found = []
    for item, reference, destroyed in rows:
        text = texts.get((item.case_id, item.place))
        why, part = ("", "") if destroyed else (_told(unit, item.why), _told(unit, item.told))
        found.append(
            Item(item.no, item.case_id, reference, item.title, text or "", item.decision, item.ground, why, part, text is None)
        )
    return found, int(all_of) - len(rows)


def _told(unit: Unit, value: Any) -> str:
    return str(unit.open_json(value)) if value is not None else ""


def _row(unit: Unit, request_id: UUID) -> SubjectRequest:
    row = unit.session.get(SubjectRequest, (unit.scope.body_id, request_id))
    if row is None:
        raise NotHere
    return row


def _open_row(unit: Unit, request_id: UUID) -> SubjectRequest:
    row = unit.session.get(SubjectRequest, (unit.scope.body_id, request_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotHere
    if row.state != "open":
        raise ThreefoldError("This request was closed already.")
    return row


def _request(unit: Unit, r: SubjectRequest) -> Request:
    about = dict(unit.open_json(r.about))
    return Request(r.id, r.reference, r.state, about.get("who", ""), about.get("name", ""), about.get("born_on", ""), about.get("nhs_number", ""),
                   r.received_on, r.due_on, r.extended_to, r.extended_on, _told(unit, r.extended_why), r.answered_on, _told(unit, r.answer))  # fmt: skip
