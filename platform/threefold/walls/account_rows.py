"""The rows that the narrow functions of accounts answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What signing in needs to know of a person. `second_step`: they have an authenticator app or a passkey."""

    person_id: UUID
    display_name: str
    password_hash: str
    active: bool
    second_step: bool


@dataclass(frozen=True, slots=True)
class SignInState:
    """Where a sign-in stands, open or not, and which ways of showing who they are the person has."""

    session_id: UUID
    person_id: UUID
    display_name: str
    email: str
    stage: str
    how: str
    created_at: datetime
    fresh_at: datetime | None
    password_hash: str
    totp: bool
    passkeys: int
    codes: int
    identities: int
    elsewhere: bool

    @property
    def second_step(self) -> bool:
        return self.totp or self.passkeys > 0

    def __repr__(self) -> str:
        return f"SignInState({self.session_id}, {self.stage})"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One open sign-in of a person."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    how: str
    device: str
    shown_from: list[str]


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened at a person's sign-in."""

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    id: UUID
    credential_id: bytes
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredPasskey:
    """Whose passkey it is, and what verifies it."""

    person_id: UUID
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation whose link works, as its link's holder may see it."""

    id: UUID
    body_id: UUID
    body_name: str
    body_slug: str
    synthetic: bool
    email: str
    role: str
    seat: str
    begins: date
    ends: date | None
    has_account: bool


@dataclass(frozen=True, slots=True)
class AccountMail:
    """An e-mail to be sent to a person about their account."""

    kind: str
    about: UUID | None
    made_at: datetime
    email: str
    display_name: str
