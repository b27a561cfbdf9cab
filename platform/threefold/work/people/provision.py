"""Putting people on record, for the loader and the demonstration: the operator's act, as the owner of the directory."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from threefold.domain.errors import ThreefoldError
from threefold.walls.provision import Provision
from threefold.work.people.access import ROLES
from threefold.work.people.passwords import password_hash


def add_person(provision: Provision, email: str, display_name: str, password: str) -> UUID:
    """Put a person on record with a password, or bring the one of that address to it. Returns their id."""
    if "@" not in email or not display_name.strip():
        raise ThreefoldError("Give the person's email address and the name that colleagues see.", field="email")
    return provision.put_person(email, display_name, password_hash(password))


def add_membership(
    provision: Provision, person_id: UUID, body_id: UUID, role: str, begins: date, *, seat: str = "", ends: date | None = None
) -> None:
    """Let a person work for a body in a role (and seat), from a day on. Several rows give several roles or seats."""
    if role not in ROLES:
        raise ThreefoldError(f"There is no role '{role}'. Use one of: {', '.join(ROLES)}.", field="role")
    if ends is not None and ends < begins:
        raise ThreefoldError("The membership ends before it begins.", field="ends")
    provision.put_membership(person_id, body_id, role, seat, begins, ends)
