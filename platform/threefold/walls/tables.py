"""The walls' own tables: the directory, keys, audit, outbox, letterbox, work list, and what is published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import Base, BodyRow, SealedColumn
from threefold.walls.sealed import SealedValue

_ID = PgUUID(as_uuid=True)


class DirectoryBody(Base):
    """A body, or an addressee that is not on the platform."""

    __tablename__ = "body"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    on_platform: Mapped[bool]
    synthetic: Mapped[bool]
    national_body: Mapped[str] = mapped_column(Text, default="")
    area_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    front_door: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    # When the body left this service: its keys are destroyed, nobody works for it, and what it published stays.
    left_on: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("kind in ('partnership', 'child_death_panel', 'national', 'addressee')", name="kind_is_known"),
        {"schema": "directory"},
    )


class DirectoryPerson(Base):
    """Someone who signs in."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower"), {"schema": "directory"})


class DirectoryMembership(Base):
    """That a person works for a body, in which role and seat, from when until when."""

    __tablename__ = "membership"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.person.id"))
    body_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.body.id"))
    role: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text, default="")
    begins: Mapped[date]
    ends: Mapped[date | None]
    # When it was ended at once, in the middle of a day; it counts for nothing from then on.
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_membership_begins",
            "person_id",
            "body_id",
            "role",
            "seat",
            "begins",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_membership_body", "body_id"),
        {"schema": "directory"},
    )


class DirectorySession(Base):
    """A sign-in. Only the hash of its token is kept.

    `stage`: a sign-in that is not open yet opens nothing but the page of its next step. `fresh_at`: when the person last
    showed, as strongly as they can, who they are. `tries`: wrong codes since the last step. `provided`: began at the OpenID
    provider; a hash of what the provider calls the person's session there. `shown_from`: the kinds of browser, each with its
    network, from which the person showed in this sign-in who they are.
    """

    __tablename__ = "sign_in_session"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.person.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    id: Mapped[UUID] = mapped_column(_ID, unique=True)
    stage: Mapped[str] = mapped_column(Text)
    how: Mapped[str] = mapped_column(Text)
    fresh_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(Text)
    tries: Mapped[int]
    provided: Mapped[bytes | None]
    shown_from: Mapped[list[str]] = mapped_column(ARRAY(Text))
    __table_args__ = (
        Index("ix_sign_in_session_person", "person_id"),
        Index("ix_sign_in_session_provided", "provided"),
        CheckConstraint("stage in ('second_step', 'set_up', 'open')", name="stage_is_known"),
        {"schema": "directory"},
    )


class DirectoryKey(Base):
    """A body's public keys: one to verify what it signs, one to seal what it is sent. Old ones keep verifying."""

    __tablename__ = "body_public_key"
    body_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.body.id"), primary_key=True)
    key_no: Mapped[int] = mapped_column(primary_key=True)
    verify_key: Mapped[bytes]
    seal_key: Mapped[bytes]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    __table_args__ = ({"schema": "directory"},)


class BodyKey(BodyRow):
    """A data key of the body, wrapped by the master key; and its private letter keys, sealed under a data key.

    `audit_key` stands in the first one's row once the master key was replaced: the key of the audit's chain, which goes on.
    """

    __tablename__ = "body_key"
    key_no: Mapped[int] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    sign_key: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    open_key: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    created_at: Mapped[datetime]
    audit_key: Mapped[bytes | None]


class AuditEntry(BodyRow):
    """Who did or read what, when, from where and for what. Insert-only; holds no identifier of anyone a case is about.

    `kind` says what it was (see `walls.audit.KINDS`), `source` the door and the network address it came from, `outcome`
    whether it was done. What stood here before these were kept has '' and counts as done.
    """

    __tablename__ = "audit_entry"
    __append_only__ = True
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[UUID | None] = mapped_column(_ID)
    purpose: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(Text, server_default="")
    source: Mapped[str] = mapped_column(Text, server_default="")
    outcome: Mapped[str] = mapped_column(Text, server_default="done")
    __table_args__ = (
        Index("ix_audit_entry_at", "tenant_id", "at"),
        Index("ix_audit_entry_subject", "tenant_id", "subject", "at"),
        CheckConstraint("kind in ('', 'detail', 'list', 'search', 'export', 'attachment', 'change')", name="kind_is_known"),
        CheckConstraint("outcome in ('done', 'refused')", name="outcome_is_known"),
        CheckConstraint("at between '0001-01-02 00:00+00' and '9999-12-30 00:00+00'", name="at_can_be_read"),
        CheckConstraint("jsonb_typeof(detail) = 'object'", name="detail_is_named"),
    )


class AuditLink(BodyRow):
    """One link of the chain that seals the audit: see `walls.audit.chain`. Insert-only.

    No reference to the entry is declared: what the chain is for is to tell that an entry is gone, not to rely on the
    database to keep it.
    """

    __tablename__ = "audit_link"
    __append_only__ = True
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(_ID)
    entry_mac: Mapped[bytes]
    until: Mapped[datetime]
    sealed_at: Mapped[datetime]
    mac: Mapped[bytes]
    __table_args__ = (UniqueConstraint("tenant_id", "entry_id"),)


class OutboxLetter(BodyRow):
    """A letter this body wrote. `letter` is the sealed, signed whole; it is delivered from here, once in effect."""

    __tablename__ = "outbox_letter"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(_ID)
    type: Mapped[str] = mapped_column(Text)
    case_ref: Mapped[UUID] = mapped_column(_ID)
    seq: Mapped[int] = mapped_column(BigInteger)
    written_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    letter: Mapped[bytes]
    copy: Mapped[SealedValue] = mapped_column(SealedColumn)
    # The hash that its envelope holds: it stays when the letter itself is destroyed here.
    sha256: Mapped[str] = mapped_column(Text, server_default="")
    __table_args__ = (
        UniqueConstraint("tenant_id", "receiver_id", "case_ref", "seq"),
        Index("ix_outbox_letter_undelivered", "tenant_id", "delivered_at", "written_at"),
        Index("ix_outbox_letter_case", "tenant_id", "case_ref"),
    )


class LetterIn(BodyRow):
    """A letter this body took in (or held back, or refused): what it said is sealed, its hash stays for good."""

    __tablename__ = "letter_in"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(_ID)
    type: Mapped[str] = mapped_column(Text)
    case_ref: Mapped[UUID] = mapped_column(_ID)
    seq: Mapped[int] = mapped_column(BigInteger)
    written_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(Text)
    content: Mapped[SealedValue | None] = mapped_column(SealedColumn)
    __table_args__ = (
        Index("ix_letter_in_case", "tenant_id", "sender_id", "case_ref", "seq"),
        Index("ix_letter_in_state", "tenant_id", "state", "arrived_at"),
        CheckConstraint("state in ('in_effect', 'held', 'refused')", name="state_is_known"),
    )


class PostedLetter(Base):
    """The letterbox. A sender may put in, a receiver may take out; nobody may change or remove."""

    __tablename__ = "letter"
    receiver_id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(_ID)
    posted_at: Mapped[datetime]
    letter: Mapped[bytes]
    __table_args__ = (Index("ix_letter_receiver", "receiver_id", "posted_at"), {"schema": "post"})


class Work(Base):
    """A piece of work for a body: the queue carries only its id. Read and marked through narrow functions."""

    __tablename__ = "work"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    body_id: Mapped[UUID] = mapped_column(_ID)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[UUID] = mapped_column(_ID)
    run_after: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    claimed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("body_id", "kind", "subject"),
        Index("ix_work_due", "state", "run_after"),
        CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state_is_known"),
        {"schema": "post"},
    )


class Publication(Base):
    """What a body published: anyone may read it."""

    __tablename__ = "publication"
    publisher_id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime]
    __table_args__ = ({"schema": "published"},)
