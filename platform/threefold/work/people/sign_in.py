"""Signing in and out, and the limits of a sign-in.

A sign-in is a random 256-bit token: the person's browser keeps it, the directory keeps only its hash. It ends by itself
after two idle hours and after twelve hours in any case. While a second step is still to come it opens nothing else, and
each step that is passed gives it another token.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from threefold.domain.errors import ThreefoldError
from threefold.walls.account_rows import PersonRow, SignInState
from threefold.walls.directory import Directory, VisitRow
from threefold.walls.session import Walls
from threefold.work.people.passwords import hashed_anew, verifies

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
# How long a sign-in waits for its second step, and for one to be set up.
WAITS = {"open": ABSOLUTE, "second_step": timedelta(minutes=10), "set_up": timedelta(hours=1)}
FRESH = timedelta(minutes=10)
MOST_OPEN = 10  # sign-ins of one person at once; with another, the one that was used longest ago ends


BY_PROVIDER = "your organisation"  # as what a sign-in began with is told to its person, too


class SignInRefused(ThreefoldError):
    """The e-mail address and password do not belong together. Which of the two is wrong is never said."""

    def __init__(self) -> None:
        super().__init__("Enter a correct email address and password.", field="email")


class SignInEnded(ThreefoldError):
    """A step came too late, or after too many wrong ones."""

    def __init__(self, why: str = "That took too long.") -> None:
        super().__init__(f"{why} Sign in again.")


@dataclass(frozen=True, slots=True)
class Whence:
    """From where somebody comes: the kind of browser or the door, and the network. A sign-in remembers the words of both."""

    device: str = ""
    network: str = ""

    def __str__(self) -> str:
        return f"{self.device or 'A browser that does not say which'}{f', network {self.network}' if self.network else ''}"


NOWHERE = Whence()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token for the person's browser, whose it is, when it ends in any case, and what is still to come (`open`: nothing)."""

    token: str
    person_id: UUID
    expires_at: datetime
    stage: str = "open"

    def __repr__(self) -> str:
        return f"SignedIn({self.stage}, expires_at={self.expires_at.isoformat()})"


def sign_in(
    walls: Walls, email: str, password: str, at: datetime, *, required: bool = False, whence: Whence = NOWHERE
) -> SignedIn:
    """Sign a person in with their password. Raises `SignInRefused`, after the same work whether or not the person exists.

    `required`: nobody works here without a second step, so whoever has none sets one up first.
    """
    with walls.directory() as directory:
        known = directory.person_by_email(email)
    right = verifies(known.password_hash if known else "", password)
    if known is None or not known.active or not known.password_hash or not right:
        with walls.directory() as directory:
            directory.sign_in_failed(email, at, "password_wrong", str(whence))
        raise SignInRefused
    if anew := hashed_anew(known.password_hash, password):
        with walls.directory() as directory:
            directory.hash_anew(known.person_id, known.password_hash, anew)
    return begin(walls, known, at, how="password", required=required, whence=whence, fresh_at=at)


def begin(
    walls: Walls, person: PersonRow, at: datetime, *, how: str, required: bool, fresh_at: datetime | None, whence: Whence = NOWHERE,
    strong: bool = False, provided: bytes | None = None,
) -> SignedIn:  # fmt: skip
    """Begin a sign-in of somebody who has shown who they are, at `fresh_at` (None: unknown when).

    `strong`: with a second step among it already. `provided`: it began at the OpenID provider, in that session there.
    """
    stage = "open" if strong else "second_step" if person.second_step else "set_up" if required else "open"
    signed_in = SignedIn(secrets.token_urlsafe(32), person.person_id, at + WAITS[stage], stage)
    with walls.directory() as directory:
        directory.begin_session(
            token_hash(signed_in.token), person.person_id, at, signed_in.expires_at, stage=stage, how=how,
            fresh_at=fresh_at if stage == "open" else None, device=whence.device, here=str(whence),
        )  # fmt: skip
        if provided is not None:
            directory.came_from_provider(token_hash(signed_in.token), provided)
        work = _opened(directory, person.person_id, signed_in, at, how, whence) if stage == "open" else ()
    tell(walls, *work)
    return signed_in


def move_on(walls: Walls, token: str, state: SignInState, at: datetime, whence: Whence, *, how: str = "") -> SignedIn:
    """A step was passed: the sign-in is open, under another token, and goes on from there too. Raises `SignInEnded` when it ended meanwhile."""
    signed_in = SignedIn(secrets.token_urlsafe(32), state.person_id, state.created_at + ABSOLUTE)
    how = how or state.how
    with walls.directory() as directory:
        moved = directory.pass_step(
            token_hash(token), token_hash(signed_in.token), at, signed_in.expires_at, "open", how, at, str(whence)
        )
        if not moved:
            raise SignInEnded
        work: tuple[UUID, ...] = ()
        if state.stage != "open":
            work = _opened(directory, state.person_id, signed_in, at, how, whence)
        elif state.elsewhere:
            directory.note_event(state.person_id, at, "shown_elsewhere", str(whence))
    tell(walls, *work)
    return signed_in


def _opened(
    directory: Directory, person_id: UUID, signed_in: SignedIn, at: datetime, how: str, whence: Whence
) -> tuple[UUID, ...]:
    """Somebody is signed in: it is noted, and where they are in too many places the oldest ends. The e-mail to send, if there is one."""
    directory.note_event(person_id, at, "signed_in", f"{how}, {whence}")
    for oldest in directory.sessions_of(person_id, at, IDLE)[MOST_OPEN:]:
        directory.end_others(person_id, at, one=oldest.id)
        directory.note_event(person_id, at, "oldest_ended", oldest.device)
    new = directory.new_place(person_id, token_hash(signed_in.token), str(whence))
    return (directory.tell_person(person_id, "signed_in_new", at),) if new else ()


def goes_on_elsewhere(walls: Walls, token: str, at: datetime, whence: Whence) -> None:
    """Note of a sign-in that it goes on from where nobody showed in it who they are; tell its person who never was there."""
    with walls.directory() as directory:
        person_id = directory.goes_on_elsewhere(token_hash(token), at, str(whence))
        work = (directory.tell_person(person_id, "elsewhere", at),) if person_id else ()
    tell(walls, *work)


def state_of(walls: Walls, token: str, at: datetime, whence: Whence = NOWHERE) -> SignInState | None:
    """Where the sign-in of this token stands, open or not. None: nobody is signing in with it."""
    if not token:
        return None
    with walls.directory() as directory:
        return directory.sign_in_state(token_hash(token), at, IDLE, str(whence))


def sign_out(walls: Walls, token: str, at: datetime) -> None:
    """End a sign-in at once, wherever else its token is held."""
    with walls.directory() as directory:
        directory.end_session(token_hash(token), at)


def began_at_provider(state: SignInState) -> bool:
    """Whether somebody came here from their organisation's provider, whatever they showed afterwards."""
    return state.how.split(" and ")[0] == BY_PROVIDER


def is_fresh(fresh_at: datetime | None, at: datetime) -> bool:
    """Whether the person showed who they are so lately that a signature or an export needs no asking again."""
    return fresh_at is not None and at - fresh_at < FRESH


def who_visits(walls: Walls, token: str, slug: str, at: datetime, whence: Whence) -> VisitRow | None:
    """Who holds this token, and what they are in the body of that name: one statement. None: nobody is signed in.

    A row without a body has no business there; whether there is such a body is not told.
    """
    with walls.directory() as directory:
        rows = directory.visit(token_hash(token), slug, at, IDLE, str(whence))
    return rows[0] if rows else None


def their_bodies(walls: Walls, token: str, at: datetime, whence: Whence) -> list[VisitRow] | None:
    """What the person who holds this token is in each body they work for: one statement. None: nobody is signed in.

    Somebody who works for none has one row without a body.
    """
    with walls.directory() as directory:
        rows = directory.visit(token_hash(token), None, at, IDLE, str(whence))
    return rows or None


def tell(walls: Walls, *work: UUID) -> None:
    """Tell the queue of work that the directory put on the list. Told of an id that is not there, it does nothing."""
    if work and walls.after_commit:
        walls.after_commit(work)


def provider_session(issuer: str, session: str) -> bytes:
    """What is kept of a session at the provider: its hash, by which the provider's own word of its end finds it. Empty: it told none."""
    return hashlib.sha256(f"{issuer}\n{session}".encode()).digest()


def token_hash(token: str) -> bytes:
    """What the directory keeps of a token. A random 256-bit token needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()
