"""The clock of a request for one's own records: what the person is asked for first, when it came, and two more months.

Each is on a day that somebody gives, since letters are written down later than they are sent; what follows from the days is worked out in
`period`. A request that was closed has no clock any more.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.governance.keeping import said
from threefold.walls.audit import DETAIL
from threefold.walls.session import Unit
from threefold.work.incidents.records import came_of_it, first_time
from threefold.work.incidents.stories import told
from threefold.work.people.access import NotHere, needs
from threefold.work.records.period import KINDS
from threefold.work.records.questions import Question, counted, period_of, questions_of
from threefold.work.records.stories.asking import Request, open_row, refuse_elsewhere, request_of
from threefold.work.records.stories.closing import MANAGING
from threefold.work.records.subject_tables import SubjectQuestion, SubjectRequest


@needs("answer a subject access request", MANAGING)
def see_question(unit: Unit, request_id: UUID, no: int) -> tuple[Request, Question]:
    """One thing that the person was asked for. Raises `NotHere`, `OfAnother`, `RequestDestroyed`."""
    request = request_of(unit, request_id)
    found = next((one for one in request.questions if one.no == no), None)
    if found is None:
        raise NotHere
    unit.audit("subject request read", f"subject-request:{request_id}", {"question": no}, kind=DETAIL)
    return request, found


@needs("answer a subject access request", MANAGING)
def ask(unit: Unit, request_id: UUID, kind: str, asked: str, on: date, token: UUID) -> int:
    """Put on record that the person was asked, on a day, to show who they are, to pay a fee, or what they are looking for. Its number.

    Sent twice, it is one. Refused once the time has ended: what is asked for then changes nothing.
    """
    row = open_row(unit, request_id)
    before = first_time(unit, token, "subject_question")
    if before is not None:
        return int(before)
    refuse_elsewhere(unit, request_id)
    if kind not in KINDS:
        raise ThreefoldError("Select what the person was asked.", field="kind")
    told(asked, "Enter what you asked.", "asked")
    _refuse_day(row.received_on, on, unit.today, "the day the request was received")
    known = questions_of(unit, request_id)
    if any(one.kind == kind and one.came_on is None and not one.taken_back for one in known):
        raise ThreefoldError(
            "The person was asked this already and it has not come yet. Say there when it comes.", field="kind"
        )
    ends_on = period_of(row.received_on, counted(known), row.extended_on).ends_on
    if ends_on is not None and on > ends_on:
        raise ThreefoldError(f"The time ended on {said(ends_on)}. What was asked after that changes nothing.", field="on")
    no = max((one.no for one in known), default=0) + 1
    unit.session.add(SubjectQuestion(
        request_id=request_id, no=no, kind=kind, asked_on=on, asked=unit.seal_json(asked), came_on=None, taken_back=False, noted_at=unit.at,
        noted_by=unit.actor.person_id))  # fmt: skip
    unit.session.flush()
    came_of_it(unit, token, str(no))
    unit.audit("subject asked for something", f"subject-request:{request_id}", {"no": no, "kind": kind})
    return no


@needs("answer a subject access request", MANAGING)
def it_came(unit: Unit, request_id: UUID, no: int, on: date | None, *, seen_no: int | None = None) -> None:
    """Put on record on which day it came. Said again, the later word counts: days are written down wrongly.

    Raises `SaidMeanwhile` when somebody gave another day since what the person saw (`seen_no`, see `shown_as`).
    """
    row, question = _open_question(unit, request_id, no)
    if on is None:
        raise ThreefoldError("Enter the day on which it came.", field="on")
    if question.came_on != on:
        _refuse_unseen(question, seen_no)
    _refuse_day(question.asked_on, on, unit.today, "the day the person was asked")
    question.came_on = on
    unit.session.flush()
    unit.audit("subject answered", f"subject-request:{row.id}", {"no": no, "kind": question.kind})


@needs("answer a subject access request", MANAGING)
def take_back(unit: Unit, request_id: UUID, no: int, *, seen_no: int | None = None) -> None:
    """Put on record that it counts for nothing: it was written down wrongly, or turned out not to be needed. It stays to be read."""
    row, question = _open_question(unit, request_id, no)
    _refuse_unseen(question, seen_no)
    question.taken_back = True
    unit.session.flush()
    unit.audit("question to a subject taken back", f"subject-request:{row.id}", {"no": no, "kind": question.kind})


@needs("answer a subject access request", MANAGING)
def extend(unit: Unit, request_id: UUID, why: str, on: date | None = None) -> None:
    """Take two more months, for a reason that the person was told on a day (today, where none is given) within the first one."""
    row = open_row(unit, request_id)
    refuse_elsewhere(unit, request_id)
    told(why, "Give the reason; the person is told of it.", "why")
    if row.extended_on is not None:
        raise ThreefoldError("The time was extended already. It can be extended once.", field="why")
    on = on or unit.today
    _refuse_day(row.received_on, on, unit.today, "the day the request was received")
    first = period_of(row.received_on, counted(questions_of(unit, request_id)), None).first_ends_on
    if first is not None and on > first:
        raise ThreefoldError(f"The first month has ended. The person had to be told of a delay by {said(first)}.", field="on")
    row.extended_on, row.extended_why = on, unit.seal_json(why)
    unit.session.flush()
    unit.audit("subject request extended", f"subject-request:{request_id}")


def shown_as(came_on: date | None) -> int:
    """The day on which it came, as a page says that it showed it: days are all that is kept of it."""
    return came_on.toordinal() if came_on else 0


def _refuse_unseen(question: SubjectQuestion, seen_no: int | None) -> None:
    if seen_no is not None and seen_no != shown_as(question.came_on):
        raise SaidMeanwhile("noted when this came")


def _open_question(unit: Unit, request_id: UUID, no: int) -> tuple[SubjectRequest, SubjectQuestion]:
    row = open_row(unit, request_id)
    refuse_elsewhere(unit, request_id)
    question = unit.session.get(SubjectQuestion, (unit.scope.body_id, request_id, no), with_for_update=True)
    if question is None:
        raise NotHere
    if question.taken_back:
        raise ThreefoldError("This was taken back already. Record anew what was asked.")
    return row, question


def _refuse_day(first: date, on: date, today: date, what: str) -> None:
    if not first <= on <= today:
        raise ThreefoldError(f"Give a day between {what} and today.", field="on")
