"""Asking somebody of an agency who has an account here: they sign in, with their passkey or code, and no link is mailed.

A stronger way than a link with a code told by phone: a mailbox opens nothing, no call can be diverted, and each reading has a name
in the audit. Such an account opens no case. It shows what that person was asked, until the request ends, and not where a conflict
of interest keeps them out of the case.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, not_, select

from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.incidents.records import NotFound, came_of_it, first_time, load, note_change
from threefold.work.incidents.stories import told
from threefold.work.people.access import AGENCY, needs
from threefold.work.people.case_access import STANDING, is_barred
from threefold.work.people.tables import CaseBar
from threefold.work.reviews.answers import Given, put_answer
from threefold.work.reviews.requests import (
    ACTING,
    ENDED,
    Asked,
    as_asked,
    new_request,
    open_until,
    requests,
    still_open,
)
from threefold.work.reviews.tables import AgencyRequest

ANSWERING = frozenset({AGENCY})


def people_to_ask(unit: Unit) -> list[Colleague]:
    """Who answers for an agency here today, by name; whoever has several such memberships once."""
    found = {c.person_id: c for c in unit.staff() if c.role in ANSWERING}
    return sorted(found.values(), key=lambda c: (c.display_name.casefold(), str(c.person_id)))


def may_answer(unit: Unit, case_id: UUID, person_id: UUID) -> bool:
    """Whether somebody still answers for an agency here, and nothing keeps them out of the case."""
    return person_id in who_may_answer(unit, case_id)


def who_may_answer(unit: Unit, case_id: UUID) -> frozenset[UUID]:
    """Who may be asked of a case here today: whoever answers for an agency and is not kept out of it. Two statements."""
    out = unit.session.scalars(select(CaseBar.person_id).where(CaseBar.case_id == case_id, CaseBar.state.in_(STANDING)))
    return frozenset(c.person_id for c in people_to_ask(unit)) - frozenset(out)


def _is_kept_out(unit: Unit, case_id: UUID, person_id: UUID) -> bool:
    return bool(unit.session.execute(select(is_barred(case_id, person_id))).scalar())


@needs("ask agencies", ACTING)
def ask_person(unit: Unit, case_id: UUID, agency: str, person_id: UUID, question: str, token: UUID) -> Asked:
    """Ask a person who answers for an agency, in their own account. They are mailed that they were asked, and not what."""
    told(agency, "Say which agency is asked.", "agency")
    told(question, "Write what the agency is asked.", "question")
    state = load(unit, case_id)
    before = first_time(unit, token, "ask_agency", case_id)
    if before is not None:
        return next(a for a in requests(unit, case_id) if str(a.id) == before)
    person = next((c for c in people_to_ask(unit) if c.person_id == person_id), None)
    if person is None:
        raise ThreefoldError("They do not answer for an agency here any more. Select somebody else.", field="person")
    if _is_kept_out(unit, state.id, person_id):
        raise ThreefoldError(
            "A conflict of interest keeps them out of this case. Select somebody else of their agency, or ask by a link.",
            field="person",
        )
    note_change(unit, case_id)
    asked = {"email": person.email, "question": question}
    row, _ = new_request(unit, state.id, agency, asked, open_until(unit), "account", person_id)
    came_of_it(unit, token, str(row.id))
    unit.audit("agency asked", f"case:{case_id}", {"request": str(row.id), "route": "account", "person": str(person_id)})
    return as_asked(unit, row)


def still_waits(asked: Asked, today: date) -> bool:
    """Whether an answer is still wanted: none was given, or the agency was closed until a day that has come."""
    reopened = asked.state == "closed_until" and asked.closed_until is not None and asked.closed_until <= today
    return asked.state == "asked" or reopened


@needs("answer for an agency", ANSWERING)
def own_requests(unit: Unit) -> list[Asked]:
    """What whoever acts was asked and can still answer, what ends soonest first. One statement."""
    rows = unit.session.scalars(
        select(AgencyRequest)
        .where(_own(unit), AgencyRequest.state.not_in(ENDED), AgencyRequest.expires_at >= unit.at)
        .order_by(AgencyRequest.expires_at, AgencyRequest.id)
    ).all()
    unit.audit("own requests listed", "body", {"requests": [str(row.id) for row in rows]}, kind=LIST)
    return [as_asked(unit, row) for row in rows]


@needs("answer for an agency", ANSWERING)
def own_request(unit: Unit, case_id: UUID, request_id: UUID) -> Asked:
    """What whoever acts was asked. Raises `NotFound`, and `LinkEnded` where it was theirs and can be answered no more."""
    row = still_open(unit, _theirs(unit, case_id, request_id))
    unit.audit("request read", f"case:{row.case_id}", {"request": str(row.id)}, kind=DETAIL)
    return as_asked(unit, row)


@needs("answer for an agency", ANSWERING)
def answer_own(unit: Unit, case_id: UUID, request_id: UUID, given: Given, token: UUID) -> Asked:
    """Their answer: as by a link (`answer_request`), and under their name."""
    by = f"{unit.actor.name}, {given.by}" if given.by else unit.actor.name
    return put_answer(unit, lambda lock: _theirs(unit, case_id, request_id, lock=lock), replace(given, by=by), token)


def _own(unit: Unit) -> ColumnElement[bool]:
    person = unit.actor.person_id
    return (AgencyRequest.person_id == person) & not_(is_barred(AgencyRequest.case_id, person).correlate(AgencyRequest))


def _theirs(unit: Unit, case_id: UUID, request_id: UUID, *, lock: bool = False) -> AgencyRequest:
    found = select(AgencyRequest).where(AgencyRequest.id == request_id, AgencyRequest.case_id == case_id, _own(unit))
    # Locked, it is read anew: somebody may have closed it since.
    locked = found.with_for_update(of=AgencyRequest).execution_options(populate_existing=True)
    row = unit.session.scalars(locked if lock else found).first()
    if row is None:
        raise NotFound
    return row
