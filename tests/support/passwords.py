"""Passwords in tests: hashed with argon2id as ever, and with so little work that a sign-in costs next to nothing.

A sign-in as the service does it takes a tenth of a second of a processor, and the tests sign in thousands of times. What the
service itself asks of a password is tested under its own parameters (`as_in_service`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from threefold.work.people import passwords

OF_SERVICE = passwords._HASHER
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def be_quick() -> None:
    passwords._HASHER = QUICK


@contextmanager
def as_in_service() -> Iterator[PasswordHasher]:
    """Hash and compare as the service does, for as long as it lasts."""
    passwords._HASHER = OF_SERVICE
    passwords._nobody.cache_clear()
    try:
        yield OF_SERVICE
    finally:
        passwords._HASHER = QUICK
        passwords._nobody.cache_clear()
