"""NHS numbers of England and Wales: ten digits, the last of which checks the others.

Source: NHS Data Dictionary, attribute NHS NUMBER (the modulus 11 algorithm).
"""

from __future__ import annotations

LENGTH = 10


def digits_of(told: str) -> str:
    """The digits of what was typed, without the spaces and hyphens it is written with; '' where anything else stands there."""
    bare = "".join(told.split()).replace("-", "")
    return bare if bare.isascii() and bare.isdigit() else ""


def adds_up(digits: str) -> bool:
    """Whether ten digits pass the check. One that does not was mistyped somewhere, though not always by whoever types it here."""
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit():
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check % 11 == int(digits[-1])
