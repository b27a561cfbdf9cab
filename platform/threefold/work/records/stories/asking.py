"""Subject access: somebody asks what is held of them. The request has its own record and its day; what is gathered for it, and what is
given of that, is in `answering`.

By when it is answered is worked out in `period`; what the person is asked for first, and extending the time, is in `clock`. What may be
withheld: Data Protection Act 2018, Schedules 2 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.calendar import london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.keeping import said
from threefold.walls.audit import LIST
from threefold.walls.session import Unit
from threefold.work.incidents.records import came_of_it, first_time
from threefold.work.incidents.stories import Found, Sought, find_held, find_people, told
from threefold.work.incidents.tables import OPEN, Case, CasePerson, Counter
from threefold.work.people.access import NotHere, needs
from threefold.work.people.case_access import asked, is_barred
from threefold.work.records.likeness import AskedAbout, Likeness, likeness_of
from threefold.work.records.period import Period
from threefold.work.records.questions import Question, counted, period_of, questions_of, waits_of
from threefold.work.records.stories.closing import MANAGING
from threefold.work.records.subject_tables import SubjectItem, SubjectRequest

LAW = "UK GDPR article 12(3)"
GROUNDS: Mapping[str, str] = {
    "others": "It is about somebody else who has not agreed (Data Protection Act 2018, Schedule 2, paragraph 16)",
    "privilege": "Legal professional privilege (Schedule 2, paragraph 19)",
    "serious_harm": "It would be likely to cause serious harm to somebody (Schedule 3, health, social work and education data)",
    "child_abuse": "Child abuse data whose disclosure would not be in the person’s best interests (Schedule 3, Part 5)",
    "not_theirs": "It is not about the person who asks",
}  # fmt: skip


class OfAnother(ThreefoldError):
    """Something of the request lies in a case that is not open to whoever acts: somebody else does it."""


class RequestDestroyed(ThreefoldError):
    """The time for keeping a request has ended, and what was in it was destroyed."""

    def __init__(self, row: SubjectRequest) -> None:
        day = f" on {said(london_day(row.destroyed_at))}" if row.destroyed_at else ""
        super().__init__(
            f"What was in request {row.reference} was destroyed{day}: the time for keeping it had ended. Nothing more can be done with it."
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in the list, with nothing of what is sealed. Once it went: by which rule (`rule_said`) of which version; `things`: how
    many were gathered for it."""

    id: UUID
    reference: str
    state: str
    received_on: date
    period: Period
    extended: bool
    destroyed_at: datetime | None
    version: str
    rule_said: str
    things: int

    @property
    def due_on(self) -> date | None:
        """By when it is answered; None while the clock does not run."""
        return self.period.ends_on


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands. Of whom it is, `name`, `born_on` (ISO) and `nhs_number` say.

    `asks` is told in the answer. `checked` is how it was seen that they may, and stays here; with it what older requests had in one box.
    """

    id: UUID
    reference: str
    state: str
    asks: str
    checked: str
    name: str
    born_on: str
    nhs_number: str
    received_on: date
    extended_on: date | None
    extended_why: str
    answered_on: date | None
    answer: str
    questions: tuple[Question, ...] = ()

    @property
    def period(self) -> Period:
        """How its time runs, and how that was worked out."""
        return period_of(self.received_on, counted(self.questions), self.extended_on)

    @property
    def due_on(self) -> date | None:
        """By when it is answered, any extension counted; None while the clock does not run."""
        return self.period.ends_on


@needs("answer a subject access request", MANAGING)
def list_requests(unit: Unit) -> list[Listed]:
    """Every request: what is open first, by the day it is due on; after those what has no such day, since its clock stands. Two
    statements and the audit."""
    unit.audit("subject requests listed", "subject-requests", kind=LIST)
    things = (
        select(func.count())
        .select_from(SubjectItem)
        .where(SubjectItem.request_id == SubjectRequest.id)
        .correlate(SubjectRequest)
        .scalar_subquery()
        .label("things")
    )
    rows = unit.session.execute(select(
        SubjectRequest.id, SubjectRequest.reference, SubjectRequest.state, SubjectRequest.received_on, SubjectRequest.extended_on,
        SubjectRequest.destroyed_at, SubjectRequest.version, SubjectRequest.rule_said, things)).all()  # fmt: skip
    waits = waits_of(unit) if rows else {}
    found = [
        Listed(
            row.id, row.reference, row.state, row.received_on, period_of(row.received_on, waits.get(row.id, ()), row.extended_on),
            row.extended_on is not None, row.destroyed_at, row.version, row.rule_said, row.things,
        ) for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda r: (r.state != "open", r.due_on or date.max, r.reference))


@needs("answer a subject access request", MANAGING)
def open_request(unit: Unit, about: Mapping[str, str], received_on: date, token: UUID) -> UUID:
    """Put a request on record. Sent twice, it is one. `about`: asks, checked, name, born_on (ISO or empty), nhs_number."""
    before = first_time(unit, token, "subject_request")
    if before is not None:
        return UUID(before)
    told(about.get("asks", ""), "Say who asks.", "asks")
    if not (about.get("name") or about.get("nhs_number")):
        raise ThreefoldError("Enter a name or an NHS number, so that the person can be found.", field="name")
    if received_on > unit.today:
        raise ThreefoldError("Give a day that is not in the future.", field="received_on")
    row = SubjectRequest(
        id=uuid4(), reference=_reference(unit), about=unit.seal_json(dict(about)), state="open", received_on=received_on,
        extended_on=None, extended_why=None, opened_at=unit.at, opened_by=unit.actor.person_id, answered_on=None, answer=None,
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
def request_of(unit: Unit, request_id: UUID) -> Request:
    """A request without what was gathered for it. Raises `NotHere`, `OfAnother`, `RequestDestroyed`."""
    refuse_kept_out(unit, request_id)
    row = unit.session.get(SubjectRequest, (unit.scope.body_id, request_id))
    if row is None:
        raise NotHere
    if row.destroyed_at is not None:
        raise RequestDestroyed(row)
    return _request(unit, row, questions_of(unit, request_id))


@needs("answer a subject access request", MANAGING)
def look_for(unit: Unit, request_id: UUID) -> tuple[list[Found], bool]:
    """The cases that somebody like that is on, was taken off, or was on until their entry was corrected, among those open to the actor;
    whether there are more than are shown."""
    request = request_of(unit, request_id)
    born = date.fromisoformat(request.born_on) if request.born_on else None
    found, more = find_people(unit, Sought(request.name, born, request.nhs_number))
    return [*found, *find_held(unit, lambda details: _likeness(request, details) is not None)], more


# whom it is about


def people_like(unit: Unit, request: Request, case_id: UUID) -> dict[UUID, Likeness]:
    """The people of a case who may be the person that is asked about, and how surely: whoever was taken off it too, since what was known
    of them is held."""
    rows = unit.session.execute(select(CasePerson.id, CasePerson.details).where(CasePerson.case_id == case_id))
    found = {row.id: _likeness(request, dict(unit.open_json(row.details))) for row in rows}
    return {person: like for person, like in found.items() if like is not None}


def _likeness(request: Request, details: Mapping[str, Any]) -> Likeness | None:
    return likeness_of(AskedAbout(request.name, request.born_on, request.nhs_number), details)


def asked_about(unit: Unit, case_id: UUID) -> str:
    """The reference of an open request that something of this case was gathered for, or whose person may be on it; empty: of none.

    What somebody asked for is not destroyed before they were answered (Data Protection Act 2018, section 173).
    """
    gathered = (
        select(SubjectItem.no)
        .where(SubjectItem.request_id == SubjectRequest.id, SubjectItem.case_id == case_id)
        .correlate(SubjectRequest)
        .exists()
    )
    rows = unit.session.execute(
        select(SubjectRequest, gathered).where(SubjectRequest.state == "open").order_by(SubjectRequest.received_on)
    ).all()
    return next(
        (row.reference for row, is_gathered in rows if is_gathered or people_like(unit, _request(unit, row), case_id)), ""
    )


# who may do something with it


def refuse_kept_out(unit: Unit, request_id: UUID) -> None:
    """A conflict of interest in a case keeps somebody out of what is asked about it too, which names the same people."""
    barred = select(SubjectItem.no).where(
        SubjectItem.request_id == request_id, is_barred(SubjectItem.case_id, unit.actor.person_id)
    )
    if unit.session.execute(barred.limit(1)).first() is not None:
        raise OfAnother("You may not see this request. Somebody else answers it.")


def refuse_elsewhere(unit: Unit, request_id: UUID) -> None:
    """What becomes of a whole request is decided by somebody to whom every case of it is open."""
    if lies_elsewhere(unit, request_id):
        raise OfAnother("Something of this request lies in a case that is not open to you. Somebody who may open it does this.")


def lies_elsewhere(unit: Unit, request_id: UUID) -> bool:
    """Whether something that was gathered lies in a case that is not open to the actor. One statement."""
    is_open = select(Case.id).where(Case.id == SubjectItem.case_id, OPEN).correlate(SubjectItem).exists()
    other = select(SubjectItem.no).where(SubjectItem.request_id == request_id, ~is_open).limit(1)
    return unit.session.execute(other, asked(unit)).first() is not None


def open_row(unit: Unit, request_id: UUID) -> SubjectRequest:
    """A request that is not closed, locked. Raises `NotHere`, `OfAnother`, `RequestDestroyed`."""
    refuse_kept_out(unit, request_id)
    row = unit.session.get(SubjectRequest, (unit.scope.body_id, request_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotHere
    if row.destroyed_at is not None:
        raise RequestDestroyed(row)
    if row.state != "open":
        raise ThreefoldError("This request was closed already.")
    return row


def unsealed(unit: Unit, value: Any) -> str:
    """A sealed text; "" where there is none."""
    return str(unit.open_json(value)) if value is not None else ""


def _request(unit: Unit, r: SubjectRequest, questions: tuple[Question, ...] = ()) -> Request:
    about = dict(unit.open_json(r.about))
    checked = about.get("checked", "") or about.get("who", "")
    return Request(r.id, r.reference, r.state, about.get("asks", ""), checked, about.get("name", ""), about.get("born_on", ""), about.get("nhs_number", ""),
                   r.received_on, r.extended_on, unsealed(unit, r.extended_why), r.answered_on, unsealed(unit, r.answer), questions)  # fmt: skip
