"""Records over time: when a case was closed, holds, what was decided of its records, and what was destroyed.

Names here are those of staff, so that a decision stays readable after somebody left; of the people in a case there are none.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue
from threefold.work.incidents.tables import Case
from threefold.work.records import subject_tables

_ = subject_tables  # imported so that the metadata is whole


def _of_received() -> ForeignKeyConstraint:
    """What another body sent stands in national, which stands on this: it is named by its table."""
    return ForeignKeyConstraint(
        ["tenant_id", "sender_id", "case_ref"],
        ["body.received_case.tenant_id", "body.received_case.sender_id", "body.received_case.case_ref"],
    )


_BOTH = "(sender_id is null) = (case_ref is null)"
_EITHER = "(case_id is null) <> (sender_id is null)"


class CaseClosing(BodyRow):
    """That a case was closed, or opened again; the newest row counts, and only for the case as it stood: `head_no`, `change_no`."""

    __tablename__ = "case_closing"
    __append_only__ = True

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    closed: Mapped[bool]
    closed_on: Mapped[date | None]
    head_no: Mapped[int]
    change_no: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    by: Mapped[UUID | None]

    __table_args__ = (
        belongs_to(Case, "case_id"),
        CheckConstraint("closed = (closed_on is not null)", name="closed_on_a_day"),
    )


class LegalHold(BodyRow):
    """That nothing is destroyed of a case, of one that was received from another body, or of the whole body where neither is named, until
    it is lifted."""

    __tablename__ = "legal_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    sender_id: Mapped[UUID | None]
    case_ref: Mapped[UUID | None]
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
    put_at: Mapped[datetime]
    put_by: Mapped[UUID | None]
    put_name: Mapped[str] = mapped_column(Text)
    put_as: Mapped[str] = mapped_column(Text)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_name: Mapped[str] = mapped_column(Text, default="")
    lifted_as: Mapped[str] = mapped_column(Text, default="")
    lifted_why: Mapped[SealedValue | None] = mapped_column(SealedColumn)

    __table_args__ = (
        belongs_to(Case, "case_id"),
        _of_received(),
        Index("ix_legal_hold_case", "tenant_id", "case_id", "put_at"),
        CheckConstraint(_BOTH, name="sender_and_case"),
        CheckConstraint("case_id is null or sender_id is null", name="of_one"),
        CheckConstraint("(lifted_at is null) = (lifted_why is null)", name="lifted_with_its_reason"),
    )


class Disposal(BodyRow):
    """What one person proposes for the records of a case, or of one received, and another decides: destroy them, or keep them until a day.

    It is proposed for one closing (`closing_no`), and falls with it. `basis` is sealed: until when the rule keeps them, and from which
    fact, which may be a child's birthday. Of a received case that day stands in plain too (`ends_on`): it tells nothing that does not
    stand beside it, and the database holds it against its own clock.
    """

    __tablename__ = "disposal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    sender_id: Mapped[UUID | None]
    case_ref: Mapped[UUID | None]
    ends_on: Mapped[date | None]
    closing_no: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(Text)
    keep_until: Mapped[date | None]
    reason: Mapped[SealedValue] = mapped_column(SealedColumn)
    basis: Mapped[SealedValue] = mapped_column(SealedColumn)
    version: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[str] = mapped_column(Text, default="")
    rule_said: Mapped[str] = mapped_column(Text, default="")
    confirms: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    proposed_name: Mapped[str] = mapped_column(Text)
    proposed_as: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_name: Mapped[str] = mapped_column(Text, default="")
    confirmed_as: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[SealedValue | None] = mapped_column(SealedColumn)

    __table_args__ = (
        belongs_to(Case, "case_id"),
        Index("ix_disposal_case", "tenant_id", "case_id", "proposed_at"),
        _of_received(),
        Index("ix_disposal_received", "tenant_id", "sender_id", "case_ref", "proposed_at"),
        Index("uq_disposal_open", "tenant_id", "case_id", unique=True, postgresql_where=column("state") == "proposed"),
        Index(
            "uq_disposal_open_received",
            "tenant_id",
            "sender_id",
            "case_ref",
            unique=True,
            postgresql_where=column("state") == "proposed",
        ),
        CheckConstraint(_BOTH, name="sender_and_case"),
        CheckConstraint(_EITHER, name="of_one"),
        CheckConstraint("ends_on is null or sender_id is not null", name="end_of_received"),
        CheckConstraint("outcome in ('destroy', 'keep')", name="outcome_is_known"),
        CheckConstraint("state in ('proposed', 'confirmed', 'declined', 'taken_back')", name="state_is_known"),
        CheckConstraint("(outcome = 'keep') = (keep_until is not null)", name="kept_until_a_day"),
        CheckConstraint("state <> 'confirmed' or confirmed_by <> proposed_by", name="two_people"),
    )


class Destruction(BodyRow):
    """The certificate: what was destroyed, by which rule, who decided it. Written by `walls.destroy_case` and `walls.destroy_received`,
    and by nothing else."""

    __tablename__ = "destruction"
    __append_only__ = True
    __written_by_owner__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    sender_id: Mapped[UUID | None]
    case_ref: Mapped[UUID | None]
    disposal_id: Mapped[UUID]
    at: Mapped[datetime]
    reference: Mapped[str] = mapped_column(Text)
    closed_on: Mapped[date]
    version: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    rule_said: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID]
    proposed_name: Mapped[str] = mapped_column(Text)
    proposed_as: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID]
    confirmed_name: Mapped[str] = mapped_column(Text)
    confirmed_as: Mapped[str] = mapped_column(Text)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        belongs_to(Case, "case_id"),
        _of_received(),
        UniqueConstraint("tenant_id", "case_id"),
        UniqueConstraint("tenant_id", "sender_id", "case_ref"),
        CheckConstraint(_BOTH, name="sender_and_case"),
        CheckConstraint(_EITHER, name="of_one"),
    )


class BodyExport(BodyRow):
    """An export of everything the body keeps: who asked, who agreed, and the digest of the file. The file stands in `export_part`."""

    __tablename__ = "body_export"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    asked_name: Mapped[str] = mapped_column(Text)
    asked_as: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime | None]
    agreed_by: Mapped[UUID | None]
    agreed_name: Mapped[str] = mapped_column(Text, default="")
    agreed_as: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(Text, default="")
    rows: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # How many changes the audit told of at the moment the file is of: more of them later, and the file is not everything any more.
    changes: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index("ix_body_export_asked", "tenant_id", "asked_at"),
        CheckConstraint(
            "state in ('asked', 'declined', 'waiting', 'running', 'ready', 'failed', 'given_up', 'expired')",
            name="state_is_known",
        ),
        CheckConstraint("agreed_by is null or agreed_by <> asked_by", name="two_people"),
    )


class ExportPart(BodyRow):
    """A part of a file that is given out, sealed. Gone when the export expires, or when the records of a case are destroyed."""

    __tablename__ = "export_part"
    __removable__ = True

    export_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[SealedValue] = mapped_column(SealedColumn)


class BodyLeaving(BodyRow):
    """That the body leaves this service: who proposed it and who confirmed it, for the export that was taken out with its digest."""

    __tablename__ = "body_leaving"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    export_id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(Text)
    why: Mapped[SealedValue] = mapped_column(SealedColumn)
    state: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    proposed_name: Mapped[str] = mapped_column(Text)
    proposed_as: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_name: Mapped[str] = mapped_column(Text, default="")
    confirmed_as: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        belongs_to(BodyExport, "export_id"),
        Index("uq_body_leaving_open", "tenant_id", unique=True, postgresql_where=column("state") == "proposed"),
        CheckConstraint("state in ('proposed', 'confirmed', 'declined', 'taken_back')", name="state_is_known"),
        CheckConstraint("state <> 'confirmed' or confirmed_by <> proposed_by", name="two_people"),
    )
