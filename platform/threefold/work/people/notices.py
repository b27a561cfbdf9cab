"""Telling people by e-mail, once, of something that happened in their body: in the manner of reminders, with no detail in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from threefold.walls.session import Unit
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER
from threefold.work.people.case_access import to_tell
from threefold.work.people.tables import Notice

PLATFORM_STAFF, CONFLICT, CONFLICT_TO_DECIDE = "platform_staff", "conflict", "conflict_to_decide"
PANEL_REPLIED = "panel_replied"
_END = "This email holds no details, and replies to it are not read.\n"


@dataclass(frozen=True, slots=True)
class Words:
    """The subject, what happened, and the page that shows it, below the body's address. `{case}` and `{about}` are ids."""

    subject: str
    told: str
    path: str


WORDS = {
    PLATFORM_STAFF: Words(
        "Threefold: platform staff are looking into your body",
        "Somebody who runs this service has opened your body, for a time and with a reason. You can see who, why, until when and what "
        "they open, and end it at once.",
        "platform-staff",
    ),
    CONFLICT: Words(
        "Threefold: a conflict of interest was declared",
        "A conflict of interest was declared in a case. Whoever it is about is kept out of it from now on, until it is decided.",
        "cases/{case}/opening",
    ),
    CONFLICT_TO_DECIDE: Words(
        "Threefold: a conflict of interest waits for your decision",
        "A conflict of interest was declared in a case, and your seat decides on it. Whoever it is about is kept out until then.",
        "cases/{case}/opening/conflicts/{about}",
    ),
    PANEL_REPLIED: Words(
        "Threefold: the national body replied to a rapid review",
        "The national body replied to a rapid review that was sent to it. The reply waits to be read.",
        "cases/{case}/review/replies",
    ),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """Somebody who could not be told by e-mail, and of what."""

    about: UUID
    person_id: UUID


def managers(unit: Unit) -> frozenset[UUID]:
    """The business managers of the body; where there is none, whoever else manages its people."""
    staff = unit.staff()
    found = frozenset(c.person_id for c in staff if c.role == BUSINESS_MANAGER)
    return found or frozenset(c.person_id for c in staff if c.role == AREA_LEAD)


def tell(unit: Unit, kind: str, about: UUID, people: Iterable[UUID], *, case_id: UUID | None = None) -> None:
    """Note whom to tell, and put each e-mail on the work list. Said again of the same thing and person, it does nothing."""
    for person in sorted(people, key=str):
        statement = insert(Notice).values(
            tenant_id=unit.scope.body_id, id=uuid4(), kind=kind, about=about, case_id=case_id, person_id=person, made_at=unit.at,
            state="waiting", error="",
        )  # fmt: skip
        made = unit.session.execute(statement.on_conflict_do_nothing().returning(Notice.id)).scalar()
        if made is not None:
            unit.later("mail_notice", made)


def notice_mail(unit: Unit, notice_id: UUID, address: str) -> tuple[str, str, str] | None:
    """(to, subject, text); None when it was sent, or the person is no longer there or may not be told of the case any more."""
    row = unit.session.get(Notice, (unit.scope.body_id, notice_id), with_for_update=True)
    if row is None or row.state == "sent":
        return None
    person = next((c for c in unit.staff() if c.person_id == row.person_id), None)
    if person is None:
        row.state, row.error = "failed", "The person no longer works for this body."
        return None
    if row.case_id is not None and row.person_id in to_tell(unit, [row.case_id], unit.today)[row.case_id].out:
        row.state, row.error = "failed", "The person is kept out of this case."
        return None
    words = WORDS[row.kind]
    link = f"{address}/{words.path.format(case=row.case_id, about=row.about)}"
    return person.email, words.subject, f"{words.told}\n\nSign in to see it:\n{link}\n\n{_END}"


def notice_mail_came_to(unit: Unit, notice_id: UUID, error: str) -> None:
    """Note whether the e-mail went out. A failure shows where what it is about is shown."""
    row = unit.session.get_one(Notice, (unit.scope.body_id, notice_id), with_for_update=True)
    row.state, row.error = ("failed", error[:300]) if error else ("sent", "")
    row.sent_at = None if error else unit.at
    if error:
        unit.audit("notice failed", f"case:{row.case_id}" if row.case_id else "body", {"notice": str(notice_id)})


def failed_notices(unit: Unit, kind: str, about: Collection[UUID]) -> list[Failed]:
    """Whom of some things nobody could be told by e-mail. One statement."""
    rows = unit.session.execute(
        select(Notice.about, Notice.person_id).where(Notice.kind == kind, Notice.about.in_(about), Notice.state == "failed")
    )
    return [Failed(*row) for row in rows]
