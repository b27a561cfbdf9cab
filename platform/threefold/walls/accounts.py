"""The narrow functions of accounts, typed: sign-ins, second steps, links. Part of `Directory`; a statement each.

What must happen once (a code, a link, a challenge, a count) is decided by the statement, which tells whether it was this time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from threefold.walls.account_rows import (
    AccountMail,
    EventRow,
    OpenInvitation,
    PasskeyRow,
    PersonRow,
    SessionRow,
    SignInState,
    StoredPasskey,
)
from threefold.walls.asking import Asking


class Accounts(Asking):
    """Signing in, second steps and links."""

    # sign-ins

    def person_by_email(self, email: str) -> PersonRow | None:
        row = self._one("directory.person_by_email", email.strip().lower())
        return PersonRow(*row) if row else None

    def person_by_id(self, person_id: UUID) -> PersonRow | None:
        row = self._one("directory.person_by_id", person_id)
        return PersonRow(*row) if row else None

    def begin_session(
        self, token_hash: bytes, person_id: UUID, at: datetime, expires_at: datetime, *, stage: str = "open", how: str = "password",
        fresh_at: datetime | None = None, device: str = "", here: str = "",
    ) -> None:  # fmt: skip
        """`here`: from which browser and network, in words."""
        self._do("directory.begin_session", uuid4(), token_hash, person_id, at, expires_at, stage, how, fresh_at, device, here)

    def end_session(self, token_hash: bytes, at: datetime) -> None:
        self._do("directory.end_session", token_hash, at)

    def sign_in_state(self, token_hash: bytes, at: datetime, idle: timedelta, here: str) -> SignInState | None:
        """Where the sign-in of this token stands. None: nobody is signing in with it."""
        row = self._one("directory.sign_in_state", token_hash, at, _seconds(idle), here)
        return SignInState(*row) if row else None

    def pass_step(
        self,
        old_hash: bytes,
        new_hash: bytes,
        at: datetime,
        expires_at: datetime,
        stage: str,
        how: str,
        fresh_at: datetime | None,
        here: str,
    ) -> bool:
        """Move a sign-in on, under another token: the former opens nothing from now on. False: it had ended."""
        return self._told("directory.pass_step", old_hash, new_hash, at, expires_at, stage, how, fresh_at, here)

    def goes_on_elsewhere(self, token_hash: bytes, at: datetime, here: str) -> UUID | None:
        """Note that a sign-in goes on from elsewhere. Whom to tell by e-mail: whoever never showed there who they are."""
        row = self._one("directory.goes_on_elsewhere", uuid4(), token_hash, at, here)
        return row[0] if row and row[1] else None

    def new_place(self, person_id: UUID, token_hash: bytes, here: str) -> bool:
        """Whether in none of a person's other sign-ins they showed from here who they are. False where there is no other."""
        return bool(self._value("directory.new_place", person_id, token_hash, here))

    def end_others(self, person_id: UUID, at: datetime, *, keep: UUID | None = None, one: UUID | None = None) -> int:
        """End a person's sign-ins: all but `keep`, or only `one` of them. Returns how many."""
        return int(self._value("directory.end_others", person_id, keep, one, at))

    def came_from_provider(self, token_hash: bytes, provided: bytes) -> None:
        """Note of a sign-in that it began at the OpenID provider, and in which session there."""
        self._do("directory.came_from_provider", token_hash, provided)

    def end_provided(
        self, once: UUID, issuer: str, subject: str | None, provided: bytes | None, at: datetime, until: datetime
    ) -> int | None:
        """End the sign-ins of that session at the provider, of that subject, or of both, and note it for whoever they were of.

        How many ended. None: `once` was given before; it is kept till `until`.
        """
        ended = self._value("directory.end_provided", once, issuer, subject, provided, at, until)
        return None if ended is None else int(ended)

    def sessions_of(self, person_id: UUID, at: datetime, idle: timedelta) -> list[SessionRow]:
        return [SessionRow(*r) for r in self._all("directory.sessions_of", person_id, at, _seconds(idle))]

    def ended_by_limit(self, token_hash: bytes, slug: str, at: datetime, within: timedelta) -> tuple[UUID, str, UUID] | None:
        """(person, name, body) of a sign-in that ran out by itself, of somebody who works for that body; for saving a form."""
        row = self._one("directory.ended_by_limit", token_hash, slug, at, _seconds(within))
        return (row[0], row[1], row[2]) if row else None

    def sign_in_failed(self, email: str, at: datetime, what: str, detail: str = "") -> None:
        """Note a failed try, for whoever has that address; nothing is kept of an address nobody has."""
        self._do("directory.sign_in_failed", uuid4(), email.strip().lower(), at, what, detail)

    def note_event(self, person_id: UUID, at: datetime, what: str, detail: str = "") -> None:
        self._do("directory.note_event", uuid4(), person_id, at, what, detail)

    def events_of(self, person_id: UUID, most: int = 50) -> list[EventRow]:
        return [EventRow(*r) for r in self._all("directory.events_of", person_id, most)]

    def remove_old_sign_ins(self, most: int) -> tuple[int, int]:
        """Remove sign-in events, and sign-ins that ended, from before the owner's limit: at most `most` of each. How many went of each."""
        row = self._one("directory.remove_old_sign_ins", most)
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def remove_old_work(self, most: int) -> tuple[int, int, int]:
        """Remove e-mails about accounts, links for a new password and work that was done, from before the owner's limit: how many of each."""
        row = self._one("directory.remove_old_work", most)
        return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)

    def sign_in_days(self) -> int | None:
        """For how many days they are kept; None: for good, because the owner has set no limit."""
        row = self._one("directory.sign_in_days")
        return int(row[0]) if row and row[0] is not None else None

    # second steps

    def code_failed(self, session_id: UUID, at: datetime, most: int) -> int:
        """Note a wrong code; the sign-in ends with the `most`th. Returns how many there were since the last step."""
        return int(self._value("directory.code_failed", session_id, uuid4(), at, most) or most)

    def wrong_codes(self, person_id: UUID, since: datetime) -> list[datetime]:
        """When wrong codes were given for a person, the latest first."""
        return [r[0] for r in self._all("directory.wrong_codes", person_id, since)]

    def totp_of(self, person_id: UUID) -> tuple[bytes, int] | None:
        """(sealed secret, last used step) of a person's authenticator app."""
        row = self._one("directory.totp_of", person_id)
        return (bytes(row[0]), row[1]) if row else None

    def put_totp(self, person_id: UUID, secret: bytes, step: int, at: datetime) -> None:
        self._do("directory.put_totp", person_id, secret, step, at)

    def use_totp(self, person_id: UUID, step: int) -> bool:
        """Use up a step and all before it. False: it was used already."""
        return self._told("directory.use_totp", person_id, step)

    def drop_totp(self, person_id: UUID) -> bool:
        return self._told("directory.drop_totp", person_id)

    def passkeys_of(self, person_id: UUID) -> list[PasskeyRow]:
        return [PasskeyRow(r[0], bytes(r[1]), r[2], r[3], r[4]) for r in self._all("directory.passkeys_of", person_id)]

    def passkey(self, credential_id: bytes) -> StoredPasskey | None:
        row = self._one("directory.passkey", credential_id)
        return StoredPasskey(row[0], bytes(row[1]), row[2]) if row else None

    def add_passkey(
        self, person_id: UUID, credential_id: bytes, public_key: bytes, count: int, name: str, at: datetime
    ) -> bool:
        return self._told("directory.add_passkey", uuid4(), person_id, credential_id, public_key, count, name, at)

    def use_passkey(self, credential_id: bytes, count: int, at: datetime) -> bool:
        """Note a use. False: the passkey counts backwards, so there may be a copy of it."""
        return self._told("directory.use_passkey", credential_id, count, at)

    def drop_passkey(self, person_id: UUID, passkey_id: UUID) -> bool:
        return self._told("directory.drop_passkey", person_id, passkey_id)

    def put_recovery_codes(self, person_id: UUID, hashes: Sequence[bytes], at: datetime) -> None:
        """Replace a person's recovery codes."""
        self._do("directory.put_recovery_codes", person_id, list(hashes), at)

    def use_recovery_code(self, person_id: UUID, code_hash: bytes, at: datetime) -> bool:
        return self._told("directory.use_recovery_code", person_id, code_hash, at)

    def put_challenge(self, purpose: str, content: bytes, at: datetime, expires_at: datetime) -> UUID:
        challenge_id = uuid4()
        self._do("directory.put_challenge", challenge_id, purpose, content, at, expires_at)
        return challenge_id

    def take_challenge(self, challenge_id: UUID, purpose: str, at: datetime) -> bytes | None:
        """What was put, once. None: taken before, expired, or for another purpose."""
        found = self._value("directory.take_challenge", challenge_id, purpose, at)
        return bytes(found) if found is not None else None

    def person_of_identity(self, issuer: str, subject: str) -> UUID | None:
        found: UUID | None = self._value("directory.person_of_identity", issuer, subject)
        return found

    def link_identity(self, issuer: str, subject: str, person_id: UUID, at: datetime) -> bool:
        return self._told("directory.link_identity", issuer, subject, person_id, at)

    def drop_identities(self, person_id: UUID) -> bool:
        return self._told("directory.drop_identities", person_id)

    # links and e-mail

    def tell_person(self, person_id: UUID, kind: str, at: datetime) -> UUID:
        """Put an e-mail about a person's account on the work list. Returns the id of the work."""
        work_id = uuid4()
        self._do("directory.tell_person", uuid4(), work_id, person_id, kind, at)
        return work_id

    def mail_of(self, mail_id: UUID) -> AccountMail | None:
        """An e-mail that is still to be sent."""
        row = self._one("directory.mail_of", mail_id)
        return AccountMail(*row) if row else None

    def mail_came_to(self, mail_id: UUID, state: str) -> None:
        self._do("directory.mail_came_to", mail_id, state[:200])

    def ask_reset(self, reset_id: UUID, token_hash: bytes, email: str, at: datetime, expires_at: datetime) -> UUID:
        """Note that a new password is wanted, and the e-mail with its link, if anybody has that address. The same statement
        in any case; the id of the work is given back in any case too."""
        work_id = uuid4()
        self._do("directory.ask_reset", reset_id, token_hash, email.strip().lower(), at, expires_at, uuid4(), work_id)
        return work_id

    def reset_by_token(self, token_hash: bytes, at: datetime) -> tuple[UUID, str, str] | None:
        """(person, e-mail address, name) of a link that works."""
        row = self._one("directory.reset_by_token", token_hash, at)
        return (row[0], row[1], row[2]) if row else None

    def use_reset(self, token_hash: bytes, at: datetime) -> UUID | None:
        """Use up a link. Returns whose it was, once."""
        found: UUID | None = self._value("directory.use_reset", token_hash, at)
        return found

    def set_password(self, person_id: UUID, password_hash: str) -> None:
        self._do("directory.set_password", person_id, password_hash)

    def hash_anew(self, person_id: UUID, before: str, after: str) -> None:
        """Put another hash of the same password in the place of one that was made with older parameters."""
        self._do("directory.hash_anew", person_id, before, after)

    def invitation_by_token(self, token_hash: bytes, at: datetime) -> OpenInvitation | None:
        row = self._one("directory.invitation_by_token", token_hash, at)
        return OpenInvitation(*row) if row else None


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
