"""Passkeys: instead of password and code together, or as the second step. The device checks the person (by finger, face or PIN).

What the device is asked to sign is kept for five minutes and taken once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from threefold.domain.errors import ThreefoldError
from threefold.walls.account_rows import SignInState
from threefold.walls.session import Walls
from threefold.work.people.second_steps import changed

WAITS = timedelta(minutes=5)
_MINE = "passkey"  # the purpose of a challenge to add one; to sign in, it is "sign in"
_LONGEST = 20_000


class PasskeyRefused(ThreefoldError):
    """The passkey is not known here, or its answer does not hold."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site as a passkey knows it: its name in the address, and the whole of it."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> Site:
        parts = urlsplit(public_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def has_name(self) -> bool:
        """Whether it is reached by a name: a passkey cannot belong to a number."""
        return not set(self.host) <= set("0123456789.:")


def ask_to_add(walls: Walls, site: Site, state: SignInState, at: datetime) -> dict[str, Any]:
    """What a browser is asked so that it makes a passkey, and the id of the question."""
    with walls.directory() as directory:
        known = directory.passkeys_of(state.person_id)
    options = generate_registration_options(
        rp_id=site.host, rp_name="Threefold", user_id=state.person_id.bytes, user_name=state.email, user_display_name=state.display_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=k.credential_id) for k in known],
    )  # fmt: skip
    return _asked(walls, f"{_MINE}:{state.session_id}", options.challenge, options_to_json(options), at)


def add(walls: Walls, site: Site, state: SignInState, asked: str, answer: str, name: str, at: datetime) -> None:
    """Take a passkey into use. Raises `PasskeyRefused`."""
    challenge = _taken(walls, f"{_MINE}:{state.session_id}", asked, at)
    try:
        made = verify_registration_response(
            credential=parse_registration_credential_json(answer[:_LONGEST]), expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PasskeyRefused("Your device’s answer could not be used. Try again.") from error
    with walls.directory() as directory:
        new = directory.add_passkey(
            state.person_id, made.credential_id, made.credential_public_key, made.sign_count, name.strip()[:60] or "Passkey", at
        )
    if not new:
        raise PasskeyRefused("That passkey is in use already.")
    changed(walls, state, at, "passkey_added")


def remove(walls: Walls, state: SignInState, passkey_id: UUID, at: datetime, *, required: bool) -> None:
    """Take a passkey away. Refused where it is the only second step and one is required."""
    if required and not state.totp and state.passkeys < 2:
        raise ThreefoldError(
            "You need a second step. Add an authenticator app or another passkey before you take this one away."
        )
    with walls.directory() as directory:
        gone = directory.drop_passkey(state.person_id, passkey_id)
        if gone and not state.totp and state.passkeys < 2:  # codes stand in for a second step: with the last one they go
            directory.put_recovery_codes(state.person_id, [], at)
    if gone:
        changed(walls, state, at, "passkey_removed")


def ask_to_sign(walls: Walls, site: Site, at: datetime, person_id: UUID | None = None) -> dict[str, Any]:
    """What a browser is asked so that a passkey signs; without a person, it offers those it has and tells whose it was."""
    allowed = []
    if person_id is not None:
        with walls.directory() as directory:
            allowed = [PublicKeyCredentialDescriptor(id=k.credential_id) for k in directory.passkeys_of(person_id)]
    options = generate_authentication_options(
        rp_id=site.host, allow_credentials=allowed, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _asked(walls, "sign in", options.challenge, options_to_json(options), at)


def signed_by(walls: Walls, site: Site, asked: str, answer: str, at: datetime) -> UUID:
    """Whose passkey signed. Raises `PasskeyRefused`; a passkey that counts backwards may be a copy, and is refused."""
    challenge = _taken(walls, "sign in", asked, at)
    refused = PasskeyRefused("That passkey could not be used. Try again, or sign in another way.")
    try:
        given = parse_authentication_credential_json(answer[:_LONGEST])
        with walls.directory() as directory:
            known = directory.passkey(given.raw_id)
        if known is None:
            raise refused
        done = verify_authentication_response(
            credential=given, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=known.public_key, credential_current_sign_count=known.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise refused from error
    with walls.directory() as directory:
        if not directory.use_passkey(given.raw_id, done.new_sign_count, at):
            raise refused
    return known.person_id


def _asked(walls: Walls, purpose: str, challenge: bytes, options: str, at: datetime) -> dict[str, Any]:
    with walls.directory() as directory:
        number = directory.put_challenge(purpose, challenge, at, at + WAITS)
    return {"asked": str(number), "options": json.loads(options)}


def _taken(walls: Walls, purpose: str, asked: str, at: datetime) -> bytes:
    try:
        number = UUID(asked)
    except ValueError as error:
        raise PasskeyRefused("The page was open for too long. Try again.") from error
    with walls.directory() as directory:
        challenge = directory.take_challenge(number, purpose, at)
    if challenge is None:
        raise PasskeyRefused("The page was open for too long. Try again.")
    return challenge
