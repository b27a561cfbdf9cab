"""Requests for one's own records: the request, what was gathered for it, what the person was asked for first, and who was reminded."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue
from threefold.work.incidents.tables import Case


class SubjectRequest(BodyRow):
    """That somebody asks what is held of them. `about` is sealed: who asks, of whom, and by which data they are found. By when it is
    answered is worked out of the days (`period`), and stands nowhere.

    Once its time has ended everything that is sealed is emptied (`destroyed_at`), for a `rule` of a `version` in its words (`rule_said`),
    by which it was kept until a day; `digest` is of what stood there. `walls.request_guards` holds when that may be.
    """

    __tablename__ = "subject_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    about: Mapped[SealedValue] = mapped_column(SealedColumn)
    state: Mapped[str] = mapped_column(Text)
    received_on: Mapped[date]
    extended_on: Mapped[date | None]
    extended_why: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    answered_on: Mapped[date | None]
    answer: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    destroyed_at: Mapped[datetime | None]
    kept_until: Mapped[date | None]
    version: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[str] = mapped_column(Text, default="")
    rule_said: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_subject_request_state", "tenant_id", "state", "received_on"),
        CheckConstraint("state in ('open', 'answered', 'refused')", name="state_is_known"),
        CheckConstraint("(extended_on is null) = (extended_why is null)", name="extended_with_its_reason"),
        CheckConstraint("(destroyed_at is null) = (octet_length(about) > 0)", name="emptied_as_a_whole"),
        CheckConstraint(
            "(destroyed_at is null and kept_until is null and version = '' and rule = '' and rule_said = '' and digest = '') or "
            "(destroyed_at is not null and kept_until is not null and version <> '' and rule <> '' and rule_said <> '' and digest <> '')",
            name="destroyed_by_a_rule",
        ),
    )


class SubjectItem(BodyRow):
    """One thing held of that person in one case: where it stands, and whether it is given, given in part, or withheld and why.

    What it tells is read where it stands; `seen` is the digest of what stood there when it was decided on. `told` is what is given of it
    where only a part is.
    """

    __tablename__ = "subject_item"

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    place: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    told: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    seen: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]

    __table_args__ = (
        belongs_to(SubjectRequest, "request_id"),
        belongs_to(Case, "case_id"),
        UniqueConstraint("tenant_id", "request_id", "case_id", "place"),
        Index("ix_subject_item_case", "tenant_id", "case_id"),
        CheckConstraint("decision in ('undecided', 'given', 'part', 'withheld')", name="decision_is_known"),
        CheckConstraint("(decision in ('part', 'withheld')) = (ground <> '')", name="withheld_on_a_ground"),
    )


class SubjectQuestion(BodyRow):
    """That who asks was asked for something first, and when it came: to show who they are, a fee, or what they are looking for (`kind`, as
    in `period`). `asked` is sealed: in which words. One that was taken back counts for nothing."""

    __tablename__ = "subject_question"

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[date]
    asked: Mapped[SealedValue] = mapped_column(SealedColumn)
    came_on: Mapped[date | None]
    taken_back: Mapped[bool]
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID | None]

    __table_args__ = (
        belongs_to(SubjectRequest, "request_id"),
        CheckConstraint("kind in ('identity', 'fee', 'clarification')", name="kind_is_known"),
        CheckConstraint("came_on >= asked_on", name="comes_after_it_was_asked"),
    )


class SubjectReminder(BodyRow):
    """That one person was (or is to be) reminded of the day by which a request is answered; or, where it is `about` what `waits`, of the
    day since when who asks has not answered, so many days (`lead_days`, below nought) after it."""

    __tablename__ = "subject_reminder"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    about: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    lead_days: Mapped[int]
    person_id: Mapped[UUID]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        belongs_to(SubjectRequest, "request_id"),
        UniqueConstraint(
            "tenant_id",
            "request_id",
            "about",
            "due_on",
            "lead_days",
            "person_id",
            name="uq_subject_reminder_request_about_due_lead_person",
        ),
        CheckConstraint("state in ('waiting', 'sent', 'failed')", name="state_is_known"),
        CheckConstraint("about in ('due', 'waits')", name="about_is_known"),
    )
