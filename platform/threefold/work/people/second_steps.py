"""The second step of a sign-in: a code of an authenticator app, or a recovery code; and what changing them brings with it."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.walls.account_rows import SignInState
from threefold.walls.sealed import DirectorySeal, SealBroken
from threefold.walls.session import Walls
from threefold.work.people.passwords import password_hash, verifies
from threefold.work.people.sign_in import NOWHERE, SignedIn, SignInEnded, Whence, move_on, tell

STEP_SECONDS = 30
MOST_TRIES = 5
# Six figures can be guessed, if slowly: so many wrong ones for one person, and only other ways are open until some are past.
MOST_WRONG = ((timedelta(hours=1), 10), (timedelta(days=1), 20))
RECOVERY_CODES = 10
_HOW_LONG = (
    "Each code of an app counts for half a minute. If it is refused again and again, let your phone set its clock by itself."
)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


class CodeRefused(ThreefoldError):
    """The code is wrong, too old, or was used already."""


def pass_code(
    walls: Walls, token: str, state: SignInState, code: str, at: datetime, whence: Whence = NOWHERE, *, grace: int = 0
) -> SignedIn:
    """Pass the second step with a code. Raises `CodeRefused`; with the fifth wrong one the sign-in ends (`SignInEnded`).

    `grace`: for how many seconds before and after its half minute a code of an app counts.
    """
    given = "".join(c for c in code.lower() if c.isalnum())
    if given.isdigit():
        refuse_guessing(walls, state, at)
    if given.isdigit() and len(given) == 6:
        if _totp_right(walls, state, given, at, grace):
            return move_on(walls, token, state, at, whence, how=_with(state, "code from an app"))
    elif _recovery_right(walls, state, given, at):
        return move_on(walls, token, state, at, whence, how=_with(state, "recovery code"))
    wrong(walls, state, at)
    raise CodeRefused(
        f"Enter the code that the app shows now, or a recovery code that you have not used before. {_HOW_LONG}", field="code"
    )


def pass_password(walls: Walls, token: str, state: SignInState, password: str, at: datetime, whence: Whence) -> SignedIn:
    """Show again who one is, where there is no second step to show it with."""
    if state.second_step or not state.password_hash or not verifies(state.password_hash, password):
        wrong(walls, state, at)
        raise CodeRefused("Enter your correct password.", field="password")
    return move_on(walls, token, state, at, whence)


def wrong(walls: Walls, state: SignInState, at: datetime) -> None:
    """Note a wrong step. Raises `SignInEnded` with the fifth."""
    with walls.directory() as directory:
        tries = directory.code_failed(state.session_id, at, MOST_TRIES)
    if tries >= MOST_TRIES:
        raise SignInEnded("That was wrong five times.")


def refuse_guessing(walls: Walls, state: SignInState, at: datetime) -> None:
    """Raise `CodeRefused` while a person has too many wrong codes behind them. Other ways to sign in stay open."""
    with walls.directory() as directory:
        failed = directory.wrong_codes(state.person_id, at - timedelta(days=1))
    until = [
        recent[most - 1] + span for span, most in MOST_WRONG if len(recent := [f for f in failed if f > at - span]) >= most
    ]
    if until:
        clock = f"{max(until).astimezone(LONDON):%H:%M on %-d %B}"
        raise CodeRefused(
            f"There were too many wrong codes. Use a recovery code or a passkey, or wait until {clock}.", field="code"
        )


def _with(state: SignInState, second: str) -> str:
    return state.how if state.stage == "open" else f"{state.how} and {second}"


# an authenticator app


def new_totp(walls: Walls, state: SignInState) -> tuple[str, str]:
    """(the secret to show, the same sealed for this person). Nothing is stored until a code of it was given."""
    secret = pyotp.random_base32()
    return secret, base64.urlsafe_b64encode(DirectorySeal(walls.master).seal(secret.encode(), state.session_id)).decode()


def shown_again(walls: Walls, state: SignInState, sealed: str) -> str:
    """The secret of a page that was sent. Raises when the page belongs to another sign-in."""
    try:
        return DirectorySeal(walls.master).open(base64.urlsafe_b64decode(sealed), state.session_id).decode()
    except (SealBroken, ValueError) as error:  # binascii.Error is one; other letters are another
        raise ThreefoldError("This page was open for too long. Begin again.") from error


def totp_address(secret: str, email: str) -> str:
    """What an authenticator app reads from the square."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Threefold")


def confirm_totp(walls: Walls, state: SignInState, sealed: str, code: str, at: datetime, *, grace: int = 0) -> None:
    """Take an authenticator app into use, with a code that shows that it works. Replaces the former one. `grace`: as for `pass_code`."""
    secret = shown_again(walls, state, sealed)
    step = _step_of(secret, "".join(code.split()), at, grace)
    if step is None:
        wrong(walls, state, at)
        raise CodeRefused(f"Enter the 6 figures that the app shows now. {_HOW_LONG}", field="code")
    kept = DirectorySeal(walls.master).seal(secret.encode(), state.person_id)
    with walls.directory() as directory:
        directory.put_totp(state.person_id, kept, step, at)
    changed(walls, state, at, "app_added")


def drop_totp(walls: Walls, state: SignInState, at: datetime, *, required: bool) -> None:
    """Take the authenticator app away. Refused where it is the only second step and one is required."""
    if required and not state.passkeys:
        raise ThreefoldError("You need a second step. Add a passkey before you take the app away.")
    with walls.directory() as directory:
        gone = directory.drop_totp(state.person_id)
        if gone and not state.passkeys:  # codes stand in for a second step: with the last one they go
            directory.put_recovery_codes(state.person_id, [], at)
    if gone:
        changed(walls, state, at, "app_removed")


def _totp_right(walls: Walls, state: SignInState, code: str, at: datetime, grace: int) -> bool:
    with walls.directory() as directory:
        known = directory.totp_of(state.person_id)
        if known is None:
            return False
        secret = DirectorySeal(walls.master).open(known[0], state.person_id).decode()
        step = _step_of(secret, code, at, grace)
        return step is not None and directory.use_totp(state.person_id, step)


def _step_of(secret: str, code: str, at: datetime, grace: int) -> int | None:
    """Which step the code is of: that of now, and those that were or will be so within the grace, for a clock that is a little off."""
    totp, second = pyotp.TOTP(secret), int(at.timestamp())
    steps = sorted({moment // STEP_SECONDS for moment in (second - grace, second, second + grace)})
    right = [s for s in steps if hmac.compare_digest(totp.generate_otp(s).encode(), code.encode(errors="replace"))]
    return right[-1] if right else None


# recovery codes


def new_recovery_codes(walls: Walls, state: SignInState, at: datetime) -> list[str]:
    """Ten codes in place of any former ones. Only their hashes are kept: this is the one time they can be read."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    seal = DirectorySeal(walls.master)
    with walls.directory() as directory:
        directory.put_recovery_codes(state.person_id, [seal.code_hash(state.person_id, c) for c in codes], at)
        directory.note_event(state.person_id, at, "codes_made")
    return [f"{c[:5]}-{c[5:]}" for c in codes]


def _recovery_right(walls: Walls, state: SignInState, code: str, at: datetime) -> bool:
    with walls.directory() as directory:
        hashes = DirectorySeal(walls.master).code_hashes(state.person_id, code)
        right = any(directory.use_recovery_code(state.person_id, made, at) for made in hashes)
        if right:
            directory.note_event(state.person_id, at, "code_used")
            work = directory.tell_person(state.person_id, "code_used", at)
    if right:
        tell(walls, work)
    return right


# what a change brings with it


def change_password(walls: Walls, state: SignInState, password: str, at: datetime) -> None:
    """Another password. The other sign-ins end, and the person is told by e-mail."""
    kept = password_hash(password, email=state.email)
    with walls.directory() as directory:
        directory.set_password(state.person_id, kept)
    changed(walls, state, at, "password_changed")


def changed(walls: Walls, state: SignInState, at: datetime, what: str) -> None:
    """A way to sign in was changed: end the person's other sign-ins, note it, and tell them by e-mail."""
    with walls.directory() as directory:
        directory.end_others(state.person_id, at, keep=state.session_id)
        directory.note_event(state.person_id, at, what)
        work = directory.tell_person(state.person_id, what, at)
    tell(walls, work)


def forget_all(walls: Walls, person_id: UUID, at: datetime) -> None:
    """The operator's act for somebody who lost every second step: none is left, and every sign-in ends."""
    with walls.directory() as directory:
        directory.drop_totp(person_id)
        for key in directory.passkeys_of(person_id):
            directory.drop_passkey(person_id, key.id)
        directory.put_recovery_codes(person_id, [], at)
        directory.end_others(person_id, at)
        directory.note_event(person_id, at, "steps_forgotten")
        work = directory.tell_person(person_id, "steps_forgotten", at)
    tell(walls, work)
