"""Reminding whoever answers requests for one's own records of the day one is due, at the area's lead times, as of other days.

An e-mail holds no word about anyone. While the clock of a request stands nobody is reminded of a day; a day that moved is reminded of anew.
Where who asks has not answered for two weeks, whoever answers is reminded of that, and every two weeks again: no source sets a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.people.access import BUSINESS_MANAGER, PARTNER_LEAD
from threefold.work.people.case_access import STANDING
from threefold.work.people.tables import CaseBar
from threefold.work.records.period import Wait
from threefold.work.records.questions import period_of, waits_of
from threefold.work.records.subject_tables import SubjectItem, SubjectReminder, SubjectRequest

NEEDLESS = "It was needed no more when it was to be sent."  # nobody is to be phoned
DUE, WAITS = "due", "waits"  # what a reminder is about
EVERY = 14  # days for which who asks has not answered
LEADS_FROM = 0  # the partners' leads are reminded too from this lead time on


def make_subject_reminders(unit: Unit, lead_days: Callable[[], Sequence[int]]) -> list[UUID]:
    """Note every reminder that is due today and was not made yet, and put each on the work list. Safe to repeat.

    `lead_days` gives how many days ahead, in calendar days, and is asked only where a request is open; the nearest that has come counts.
    """
    rows = unit.session.execute(
        select(SubjectRequest.id, SubjectRequest.received_on, SubjectRequest.extended_on).where(SubjectRequest.state == "open")
    ).all()
    if not rows:
        return []
    leads, waits, staff = lead_days(), waits_of(unit), unit.staff()
    made: list[UUID] = []
    for row in rows:
        asked = waits.get(row.id, ())
        due_on = period_of(row.received_on, asked, row.extended_on).ends_on
        about, day = (DUE, due_on) if due_on is not None else (WAITS, _since(asked))
        lead = _lead(day, leads, unit.today) if about == DUE else _for_long(day, unit.today)
        if day is not None and lead is not None:
            for person in _recipients(staff, kept_out(unit, row.id), leads_too=about == DUE and lead <= LEADS_FROM):
                made += _note(unit, row.id, about, day, lead, person)
    if made:
        unit.audit("reminders of subject requests made", "subject-requests", {"count": len(made)})
    return made


def _lead(due_on: date | None, leads: Sequence[int], today: date) -> int | None:
    if due_on is None:
        return None
    return min((d for d in leads if due_on - timedelta(days=d) <= today), default=None)


def _since(asked: Iterable[Wait]) -> date | None:
    """The day on which who asks was last asked for something that has not come."""
    return max((one.asked_on for one in asked if one.came_on is None), default=None)


def _for_long(since: date | None, today: date) -> int | None:
    """How many days it has lasted, in whole spans of two weeks, as a lead below nought; None within the first."""
    spans = (today - since).days // EVERY if since is not None else 0
    return -spans * EVERY if spans > 0 else None


def kept_out(unit: Unit, request_id: UUID) -> frozenset[UUID]:
    """Whom a conflict of interest in a case that something was gathered of keeps out of the request."""
    asked = (
        select(CaseBar.person_id)
        .join(SubjectItem, (SubjectItem.tenant_id == CaseBar.tenant_id) & (SubjectItem.case_id == CaseBar.case_id))
        .where(SubjectItem.request_id == request_id, CaseBar.state.in_(STANDING))
    )
    return frozenset(unit.session.scalars(asked))


def _recipients(staff: Sequence[Colleague], out: Collection[UUID], *, leads_too: bool) -> list[UUID]:
    """The business managers; the partners' leads, who answer requests as well, where there is none who may, and from the day itself on."""
    managers, partner_leads = (
        {c.person_id for c in staff if c.role == role} - set(out) for role in (BUSINESS_MANAGER, PARTNER_LEAD)
    )
    return sorted(managers | (partner_leads if leads_too or not managers else set()), key=str)


def _note(unit: Unit, request_id: UUID, about: str, due_on: date, lead: int, person: UUID) -> list[UUID]:
    statement = insert(SubjectReminder).values(
        tenant_id=unit.scope.body_id, id=uuid4(), request_id=request_id, about=about, due_on=due_on, lead_days=lead, person_id=person, made_at=unit.at,
        state="waiting", error="",
    )  # fmt: skip
    made = unit.session.execute(statement.on_conflict_do_nothing().returning(SubjectReminder.id)).scalar()
    if made is None:
        return []
    unit.later("mail_subject_reminder", made)
    return [made]


def subject_reminder_mail(unit: Unit, reminder_id: UUID, address: str) -> tuple[str, str, str] | None:
    """(to, subject, text); None when it was sent, is needed no more, or the person is no longer there or kept out."""
    row = unit.session.get(SubjectReminder, (unit.scope.body_id, reminder_id), with_for_update=True)
    if row is None or row.state == "sent":
        return None
    person = next((c for c in unit.staff() if c.person_id == row.person_id), None)
    if person is None or not _is_needed(unit, row):
        row.state, row.error = "failed", NEEDLESS
        return None
    if row.about == WAITS:
        return (
            person.email,
            f"Threefold: not answered since {row.due_on:%-d %B %Y}",
            f"Somebody who asked for their own records was asked for something on {row.due_on:%-d %B %Y}, and no answer has been written down. Until "
            f"it comes the time for the request does not run.\n\nAsk them again, or write down what came:\n{address}/records/requests/{row.request_id}\n\n"
            "This email holds no details, and replies to it are not read.\n",
        )  # fmt: skip
    late = row.due_on < unit.today
    return (
        person.email,
        f"Threefold: {'overdue' if late else 'due'} {row.due_on:%-d %B %Y}",
        f"A request for one’s own records {'was' if late else 'is'} due to be answered by {row.due_on:%-d %B %Y}.\n\nSign in to see it:\n"
        f"{address}/records/requests/{row.request_id}\n\nThis email holds no details, and replies to it are not read.\n",
    )


def _is_needed(unit: Unit, row: SubjectReminder) -> bool:
    """Whether the request is still open, and due on that day or unanswered since, and the person is not kept out of it."""
    request = unit.session.get_one(SubjectRequest, (unit.scope.body_id, row.request_id))
    if request.state != "open" or row.person_id in kept_out(unit, request.id):
        return False
    asked = waits_of(unit).get(request.id, ())
    due_on = period_of(request.received_on, asked, request.extended_on).ends_on
    return row.due_on == (due_on if row.about == DUE else _since(asked) if due_on is None else None)


def subject_mail_came_to(unit: Unit, reminder_id: UUID, error: str) -> None:
    """Note whether the e-mail went out. A failure shows on the page of the request."""
    row = unit.session.get_one(SubjectReminder, (unit.scope.body_id, reminder_id), with_for_update=True)
    row.state, row.error = ("failed", error[:300]) if error else ("sent", "")
    row.sent_at = None if error else unit.at
    if error:
        unit.audit("reminder failed", f"subject-request:{row.request_id}", {"reminder": str(reminder_id)})


def subject_reminders_of(unit: Unit, request_id: UUID) -> list[SubjectReminder]:
    """The reminders of a request, newest first. One statement."""
    asked = select(SubjectReminder).where(SubjectReminder.request_id == request_id)
    return list(unit.session.scalars(asked.order_by(SubjectReminder.made_at.desc(), SubjectReminder.id)))
