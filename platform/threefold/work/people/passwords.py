"""Passwords: which ones are good enough, and how they are kept (argon2id)."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from threefold.domain.errors import ThreefoldError

SHORTEST, LONGEST = 12, 500
_HASHER = PasswordHasher()
# Of the passwords that are long enough, those that people choose most; written without spaces, dots and dashes.
_CHOSEN_MOST = """
123456789012 1234567890123 12345678901234 1234567890123456 111111111111 000000000000 qwertyuiop123 qwertyuiop12 qwertyuiopas
qwertyuiopasdfgh 1q2w3e4r5t6y 1qaz2wsx3edc zaq12wsxcde3 password1234 password12345 password123456 password123! passwordpassword
passw0rd1234 mypassword123 adminadmin123 administrator administrator1 welcome12345 welcome123456 letmein12345 letmeinletmein
iloveyou1234 iloveyouiloveyou abcdefghijkl abcdefghijklm abc123abc123 changemechangeme changeme1234 summer2024summer football1234
liverpool1234 manchester123 safeguarding safeguarding1 safeguarding123 threefoldthreefold threefold123 correcthorsebatterystaple
unknownunknown trustno1trustno1 dragondragon monkeymonkey sunshine1234 princess1234
"""
_COMMON = frozenset(_CHOSEN_MOST.split())


def password_hash(password: str, *, email: str = "") -> str:
    """A password as it is stored. Raises when it is too short, too common, or says the person's own e-mail address."""
    if len(password) < SHORTEST:
        raise ThreefoldError(f"Choose a password of at least {SHORTEST} characters.", field="password")
    if len(password) > LONGEST:
        raise ThreefoldError(f"Choose a password of at most {LONGEST} characters.", field="password")
    plain = "".join(c for c in password.casefold() if c not in " .-_")
    if plain in _COMMON or len(set(plain)) < 4:
        raise ThreefoldError(
            "Many people choose that password. Choose another: three or four words you can remember.", field="password"
        )
    if email and email.strip().casefold() in password.casefold():
        raise ThreefoldError("Choose a password that does not hold your email address.", field="password")
    return _HASHER.hash(password)


def verifies(stored: str, password: str) -> bool:
    """Whether that is the password. The same work when nothing is stored, so that an unknown address costs as much."""
    try:
        return _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
