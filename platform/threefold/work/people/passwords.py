"""Passwords: which ones are good enough, and how they are kept (argon2id)."""

from __future__ import annotations

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from threefold.domain.errors import ThreefoldError

SHORTEST, LONGEST = 12, 500
_HASHER = PasswordHasher()
# So many tries a guesser who knows what people choose needs at least, as a power of ten (zxcvbn's estimate).
FEWEST_GUESSES = 9
LOOKED_AT = 70  # characters; what comes after makes a password no weaker
# Words that whoever guesses a password of this service tries first.
OF_THE_SERVICE = (
    "threefold", "safeguarding", "safeguard", "partnership", "partners", "children", "child", "rapid review", "panel", "council", "police", "social worker",
    "correct horse battery staple", "correcthorsebatterystaple",
)  # fmt: skip


def password_hash(password: str, *, email: str = "") -> str:
    """A password as it is stored. Raises when it is too short, easy to guess, or says the person's own e-mail address."""
    if len(password) < SHORTEST:
        raise ThreefoldError(f"Choose a password of at least {SHORTEST} characters.", field="password")
    if len(password) > LONGEST:
        raise ThreefoldError(f"Choose a password of at most {LONGEST} characters.", field="password")
    if email and email.strip().casefold() in password.casefold():
        raise ThreefoldError("Choose a password that does not hold your email address.", field="password")
    own = [part for part in re.split(r"[^a-z]+", email.casefold()) if len(part) > 2]
    if zxcvbn(password[:LOOKED_AT], user_inputs=[*OF_THE_SERVICE, *own])["guesses_log10"] < FEWEST_GUESSES:
        raise ThreefoldError(
            "That password is easy to guess. Choose another: three or four words that do not belong together.", field="password"
        )
    return _HASHER.hash(password)


def verifies(stored: str, password: str) -> bool:
    """Whether that is the password. The same work when nothing is stored, so that an unknown address costs as much."""
    try:
        return _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


def hashed_anew(stored: str, password: str) -> str:
    """The same password as it is stored today, where it was stored with other parameters; nothing where it need not be."""
    return _HASHER.hash(password) if _HASHER.check_needs_rehash(stored) else ""


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
