"""What people have half written, kept until it is sent; who may open which case; and what people are told of by e-mail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn
from threefold.walls.sealed import SealedValue


class FormDraft(BodyRow):
    """A half-written form of one person, kept until it is sent, for two weeks at most."""

    __tablename__ = "form_draft"
    __removable__ = True
    __goes_with_keys__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    form: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID | None]
    content: Mapped[SealedValue] = mapped_column(SealedColumn)
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_form_draft_person", "tenant_id", "person_id", "updated_at"),)


def _of_a_case() -> ForeignKeyConstraint:
    """A case stands in incidents, which stands on people: it is named by its table."""
    return ForeignKeyConstraint(["tenant_id", "case_id"], ["body.incident_case.tenant_id", "body.incident_case.id"])


class FormToken(BodyRow):
    """A form that was sent: its one-use token and what came of it, so that a double click does nothing twice."""

    __tablename__ = "form_token"

    token: Mapped[UUID] = mapped_column(primary_key=True)
    story: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class CaseMember(BodyRow):
    """That somebody may open a case: as one of its team, or as the reviewer named for it. Days are inclusive.

    It counts while they work for the body without a break since `at`. `ended_at`: ended at once, here or with all they were for the body.
    """

    __tablename__ = "case_member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(Text)
    begins: Mapped[date]
    ends: Mapped[date | None]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        _of_a_case(),
        Index("ix_case_member_case", "tenant_id", "case_id", "person_id"),
        Index("ix_case_member_person", "tenant_id", "person_id"),
        CheckConstraint("part in ('team', 'reviewer')", name="part_is_known"),
        CheckConstraint("part = 'team' or ends is not null", name="reviewer_has_an_end"),
    )


class CaseBar(BodyRow):
    """A conflict of interest: who is kept out of a case, from the moment it is declared, and who acts in their place.

    For which seats stands nowhere: for those that the person holds on the day. The deputy acts while they work for the body without a break
    since they were named (`deputy_at`); `deputy_ended_at`: when all they were for the body was ended at once.
    """

    __tablename__ = "case_bar"
    __keeps_out__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
    state: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID | None]
    deputy_id: Mapped[UUID | None]
    deputy_at: Mapped[datetime | None]
    deputy_ended_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_seat: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[SealedValue | None] = mapped_column(SealedColumn)

    __table_args__ = (
        _of_a_case(),
        Index("ix_case_bar_case", "tenant_id", "case_id", "person_id"),
        Index("ix_case_bar_person", "tenant_id", "person_id"),
        CheckConstraint("state in ('declared', 'upheld', 'dismissed')", name="state_is_known"),
        CheckConstraint("(state = 'declared') = (decided_at is null)", name="decided_when_settled"),
        CheckConstraint("deputy_id is null or deputy_id <> person_id", name="deputy_is_another"),
        CheckConstraint("(deputy_id is null) = (deputy_at is null)", name="deputy_is_named_at_a_time"),
    )


class CaseRestriction(BodyRow):
    """That a case was kept to its team, or opened again; with the reason. The newest row says how it stands."""

    __tablename__ = "case_restriction"
    __append_only__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    restricted: Mapped[bool]
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
    at: Mapped[datetime]
    by: Mapped[UUID | None]

    __table_args__ = (_of_a_case(), Index("ix_case_restriction_case", "tenant_id", "case_id", "at"))


class Notice(BodyRow):
    """That one person was (or is to be) told once of one thing that happened. The e-mail holds no detail of it."""

    __tablename__ = "notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[UUID]
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        _of_a_case(),
        UniqueConstraint("tenant_id", "kind", "about", "person_id", name="uq_notice_kind_about_person"),
        CheckConstraint("kind in ('platform_staff', 'conflict', 'conflict_to_decide', 'panel_replied')", name="kind_is_known"),
        CheckConstraint("(kind = 'platform_staff') = (case_id is null)", name="case_where_it_is_about_one"),
        CheckConstraint("state in ('waiting', 'sent', 'failed')", name="state_is_known"),
    )
