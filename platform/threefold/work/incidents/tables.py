"""Cases, their records, the people around the child, decisions, and half-written forms.

A case's history is its records: each change of the facts appends one, with the verdict reached on exactly those facts.
Nothing is overwritten; the case row itself holds only what a list shows and names no one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    Index,
    Select,
    Subquery,
    Text,
    UniqueConstraint,
    cast,
    exists,
    false,
    not_,
    null,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue
from threefold.work.people.case_access import cases_are, closed_is

STATUSES = (
    "recording", "deciding", "not_notified", "notified", "rapid_review_sent", "local_review", "no_local_review", "published",
    "withdrawn", "criteria_not_met", "referral",
)  # fmt: skip
NATURES = ("death", "serious_harm", "other")


class Case(BodyRow):
    """One case: what a list shows. `head_no` is the number of its newest record; `next_*` is what is due next; `updated_at` is when it was
    last worked out.

    `change_no` counts what was put on record of it besides its facts (`records.note_change`): people, requests, actions.
    """

    __tablename__ = "incident_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    head_no: Mapped[int]
    change_no: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    nature_at_notification: Mapped[str | None] = mapped_column(Text)
    notified_on: Mapped[date | None]
    next_due_on: Mapped[date | None]
    next_step: Mapped[str] = mapped_column(Text, default="")
    next_who: Mapped[str] = mapped_column(Text, default="")
    next_statutory: Mapped[bool] = mapped_column(default=False)
    version: Mapped[str] = mapped_column(Text, default="unknown")
    edition: Mapped[str] = mapped_column(Text, default="")
    restricted: Mapped[bool] = mapped_column(default=False)
    # When its records were destroyed; set by `walls.destroy_case` and by nothing else. The row stays, and counts with it.
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_incident_case_due", "tenant_id", "next_due_on", "id"),
        Index("ix_incident_case_opened", "tenant_id", "opened_at", "id"),
        CheckConstraint(f"status in {STATUSES!r}", name="status_is_known"),
        CheckConstraint(f"nature_at_notification in {NATURES!r}", name="nature_is_known"),
    )


# The condition that every list of cases carries, with the values of `asked(unit)`.
OPEN = cases_are(Case)


class CaseRecord(BodyRow):
    """One state of a case: the facts, the verdict reached on them, who changed what, and when it was recorded."""

    __tablename__ = "case_record"
    __append_only__ = True

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    by_seat: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(Text)
    facts: Mapped[SealedValue] = mapped_column(SealedColumn)
    verdict: Mapped[SealedValue] = mapped_column(SealedColumn)
    fingerprint: Mapped[str] = mapped_column(Text)

    __table_args__ = (belongs_to(Case, "case_id"),)


class CasePerson(BodyRow):
    """Someone in or around a case: who they are is sealed; `child_key` ties a child to the facts."""

    __tablename__ = "case_person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(Text)
    child_key: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[SealedValue] = mapped_column(SealedColumn)
    added_at: Mapped[datetime]

    __table_args__ = (
        belongs_to(Case, "case_id"),
        Index("ix_case_person_case", "tenant_id", "case_id"),
        CheckConstraint("part in ('child', 'parent', 'carer', 'household', 'alleged', 'other')", name="part_is_known"),
    )


INDEXED = ("nhs_number", "date_of_birth", "name", "name_sound", "made")


class PersonIndex(BodyRow):
    """One keyed token by which a person on a case is found. `made` stands for none of them: it says who is indexed, and how.

    Nothing can be read from a token; two that are equal say that two people of this body share a word, a day or a number.
    """

    __tablename__ = "person_index"
    __removable__ = True
    __goes_with_keys__ = True

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)

    __table_args__ = (
        belongs_to(CasePerson, "person_id"),
        Index("ix_person_index_token", "tenant_id", "field", "token"),
        CheckConstraint(f"field in {INDEXED!r}", name="field_is_known"),
    )


class Decision(BodyRow):
    """A decision on one question: the final act, who performed it, why, and every view and dissent as it stood."""

    __tablename__ = "decision"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    question: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    by_seat: Mapped[str] = mapped_column(Text, default="")
    record_no: Mapped[int]
    reasons: Mapped[SealedValue] = mapped_column(SealedColumn)

    __table_args__ = (belongs_to(Case, "case_id"), Index("ix_decision_case", "tenant_id", "case_id", "at"))


class Counter(BodyRow):
    """The last number given in a series, such as case references of a year."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


ClosedCases = Callable[[], Select[UUID, date | None]]
_CLOSED: list[ClosedCases] = []


def tells_closed(cases: ClosedCases) -> ClosedCases:
    """Mark what a capability knows of closed cases: a select of those that are closed as they stand, each with the day since which."""
    _CLOSED[:] = [cases]
    return cases


def closed_cases() -> Subquery:
    """The cases that are closed as they stand: `case_id`, and `closed_on`, the day since which. None where nothing here closes any."""
    nobody = select(Case.id.label("case_id"), cast(null(), Date).label("closed_on")).where(false())
    return (_CLOSED[0]() if _CLOSED else nobody).subquery("closed_case")


@closed_is
def closed_on() -> ColumnElement[date | None]:
    """Of a statement over cases: the day since which each is closed as it stands; null where it is open."""
    closed = closed_cases()
    return select(closed.c.closed_on).where(closed.c.case_id == Case.id).scalar_subquery()


def still_open() -> ColumnElement[bool]:
    """Of a statement over cases: those that nobody closed, that were opened again, or that were changed since they were closed."""
    closed = closed_cases()
    return not_(exists().where(closed.c.case_id == Case.id))
