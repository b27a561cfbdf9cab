"""The directory's tables of accounts: second steps, links, invitations, and what happened at sign-in.

The running role reads none of them: it calls the functions of `account_functions`, through `accounts`.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import Base

_ID = PgUUID(as_uuid=True)
_PERSON = "directory.person.id"


class DirectoryTotp(Base):
    """A person's authenticator app. The secret is sealed; a code's step is remembered, so that each is used once."""

    __tablename__ = "totp"
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON), primary_key=True)
    secret: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    __table_args__ = ({"schema": "directory"},)


class DirectoryPasskey(Base):
    """A passkey: its public half, and how often it was used as it says itself."""

    __tablename__ = "passkey"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_passkey_person", "person_id"), {"schema": "directory"})


class DirectoryRecoveryCode(Base):
    """A code that stands in for a second step, once. Only a keyed hash is kept."""

    __tablename__ = "recovery_code"
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = ({"schema": "directory"},)


class DirectoryIdentity(Base):
    """That an OpenID provider's subject is a person here. An e-mail address never makes that link."""

    __tablename__ = "person_identity"
    issuer: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON))
    linked_at: Mapped[datetime]
    __table_args__ = (Index("ix_person_identity_person", "person_id"), {"schema": "directory"})


class DirectoryChallenge(Base):
    """What a passkey is asked to sign, taken once. `content` says for whom, where that is known already."""

    __tablename__ = "challenge"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes]
    expires_at: Mapped[datetime]
    __table_args__ = (Index("ix_challenge_expires", "expires_at"), {"schema": "directory"})


class DirectoryReset(Base):
    """A link to choose a new password: its hash only, for an hour, once."""

    __tablename__ = "password_reset"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_password_reset_person", "person_id", "made_at"), {"schema": "directory"})


class DirectoryInvitation(Base):
    """That a body asks somebody to work for it. The link's hash only; each sending has another link."""

    __tablename__ = "invitation"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    body_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.body.id"))
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text)
    begins: Mapped[date]
    ends: Mapped[date | None]
    invited_by: Mapped[UUID | None] = mapped_column(_ID)
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sends: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(Text)
    mail_state: Mapped[str] = mapped_column(Text)
    accepted_by: Mapped[UUID | None] = mapped_column(_ID, ForeignKey(_PERSON))
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_invitation_body", "body_id", "invited_at"),
        CheckConstraint("state in ('open', 'accepted', 'revoked')", name="state_is_known"),
        {"schema": "directory"},
    )


class DirectoryMail(Base):
    """An e-mail to a person about their own account. Its text is made when it is sent, and holds no address of anyone else."""

    __tablename__ = "mail"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON))
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[UUID | None] = mapped_column(_ID)
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    __table_args__ = ({"schema": "directory"},)


class DirectorySignInEvent(Base):
    """What happened at somebody's sign-in, for that person to see. Added to and never changed."""

    __tablename__ = "sign_in_event"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("ix_sign_in_event_person", "person_id", "at"), {"schema": "directory"})


class DirectorySignInLimit(Base):
    """For how many days sign-in events and ended sign-ins are kept. One row, which the owner alone writes; without it, for good."""

    __tablename__ = "sign_in_limit"
    single: Mapped[bool] = mapped_column(primary_key=True, default=True)
    days: Mapped[int]
    __table_args__ = (
        CheckConstraint("single", name="one_row"),
        CheckConstraint("days between 90 and 3660", name="long_enough_to_look_into"),
        {"schema": "directory"},
    )


class DirectoryPlatformStaff(Base):
    """That somebody runs the service: a role of the platform and of no body. Granted by a command, never by a page."""

    __tablename__ = "platform_staff"
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey(_PERSON), primary_key=True)
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = ({"schema": "directory"},)


class DirectoryStaffSession(Base):
    """A time in which one of the platform's staff may read in one body, from one sign-in. By the database's own clock."""

    __tablename__ = "staff_session"
    id: Mapped[UUID] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.platform_staff.person_id"))
    body_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.body.id"))
    sign_in_id: Mapped[UUID] = mapped_column(_ID, ForeignKey("directory.sign_in_session.id"))
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(_ID)
    __table_args__ = (
        Index("ix_staff_session_body", "body_id", "begins"),
        Index("ix_staff_session_person", "person_id", "begins"),
        CheckConstraint("ends > begins and ends <= begins + interval '4 hours'", name="at_most_four_hours"),
        {"schema": "directory"},
    )
