"""Signing in and out with a local account, and the limits of a sign-in.

A sign-in is a random 256-bit token: the person's browser keeps it, the directory keeps only its hash. It ends by itself
after two idle hours and after twelve hours in any case.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from threefold.domain.errors import ThreefoldError
from threefold.walls.directory import VisitRow
from threefold.walls.session import Walls

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
_HASHER = PasswordHasher()


class SignInRefused(ThreefoldError):
    """The e-mail address and password do not belong together. Which of the two is wrong is never said."""

    def __init__(self) -> None:
        super().__init__("Enter a correct email address and password.", field="email")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token for the person's browser, and when it ends in any case."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SignedIn(expires_at={self.expires_at.isoformat()})"


def sign_in(walls: Walls, email: str, password: str, at: datetime) -> SignedIn:
    """Sign a person in. Raises `SignInRefused`, after the same work whether or not the person exists."""
    with walls.directory() as directory:
        known = directory.person_by_email(email)
    right = _verifies(known.password_hash if known and known.password_hash else _nobody(), password)
    if known is None or not known.active or not known.password_hash or not right:
        raise SignInRefused
    signed_in = SignedIn(secrets.token_urlsafe(32), at + ABSOLUTE)
    with walls.directory() as directory:
        directory.begin_session(token_hash(signed_in.token), known.person_id, at, signed_in.expires_at)
    return signed_in


def sign_out(walls: Walls, token: str, at: datetime) -> None:
    """End a sign-in at once, wherever else its token is held."""
    with walls.directory() as directory:
        directory.end_session(token_hash(token), at)


def who_visits(walls: Walls, token: str, slug: str, at: datetime) -> VisitRow | None:
    """Who holds this token, and what they are in the body of that name: one statement. None: nobody is signed in.

    A row without a body has no business there; whether there is such a body is not told.
    """
    with walls.directory() as directory:
        rows = directory.visit(token_hash(token), slug, at, IDLE)
    return rows[0] if rows else None


def their_bodies(walls: Walls, token: str, at: datetime) -> list[VisitRow] | None:
    """What the person who holds this token is in each body they work for: one statement. None: nobody is signed in."""
    with walls.directory() as directory:
        rows = directory.visit(token_hash(token), None, at, IDLE)
    return [row for row in rows if row.body is not None] if rows else None


def token_hash(token: str) -> bytes:
    """What the directory keeps of a token. A random 256-bit token needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def password_hash(password: str) -> str:
    """A password as it is stored: argon2id. Raises when it is too short to keep anyone out."""
    if len(password) < 12:
        raise ThreefoldError("Choose a password of at least 12 characters.", field="password")
    return _HASHER.hash(password)


def _verifies(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password meets, so that an unknown address costs as much as a wrong password."""
    return _HASHER.hash(secrets.token_urlsafe(32))
