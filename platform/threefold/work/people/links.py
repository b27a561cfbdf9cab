"""Links that the directory mails: choosing a new password, and the words of every e-mail about one's own account.

A link's secret follows from the number of what it is about and a key, so that the e-mail can hold it and nothing stored does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from threefold.domain.errors import ThreefoldError
from threefold.walls.sealed import DirectorySeal
from threefold.walls.session import Walls
from threefold.work.people.passwords import password_hash
from threefold.work.people.sign_in import tell, token_hash

RESET = timedelta(hours=1)

NOTICES = {
    "password_changed": ("your password was changed", "The password of your account was changed. Your other sign-ins have ended."),
    "app_added": ("an authenticator app was added", "An authenticator app was added to your account. Your other sign-ins have ended."),
    "app_removed": ("an authenticator app was removed", "The authenticator app was taken off your account. Your other sign-ins have ended."),
    "passkey_added": ("a passkey was added", "A passkey was added to your account. Your other sign-ins have ended."),
    "passkey_removed": ("a passkey was removed", "A passkey was taken off your account. Your other sign-ins have ended."),
    "identity_added": ("another way to sign in was added", "Your account can now be used by signing in with your organisation. Your other sign-ins have ended."),
    "identity_removed": ("a way to sign in was removed", "Your account can no longer be used by signing in with your organisation. Your other sign-ins have ended."),
    "steps_forgotten": ("your second steps were removed", "Whoever runs this service removed all second steps of your account. Your sign-ins have ended."),
    "signed_in_new": ("a sign-in from somewhere new", "Somebody signed in to your account from a browser or network from which nobody had yet. If it was you, there is nothing to do."),
    "elsewhere": ("your sign-in goes on from somewhere new", "Your sign-in goes on from a browser or network from which you had never signed in. Nothing was shown there: whoever it is "
                  "is asked first who they are. If it was you, confirm it there."),
    "code_used": ("a recovery code was used", "Somebody signed in to your account with one of its recovery codes."),
}  # fmt: skip
_IF_NOT = "If this was not you, choose a new password at once and tell your business manager:\n"


class LinkRefused(ThreefoldError):
    """A link that opens nothing: it is wrong, was used, was replaced, or is too old. Which of these is not told."""

    def __init__(self) -> None:
        super().__init__("This link does not work any more. Ask for a new one.")


def ask_for_new_password(walls: Walls, email: str, at: datetime) -> None:
    """Mail a link for a new password, if anybody has that address. The same statements and the same answer in any case."""
    number = uuid4()
    hashed = token_hash(DirectorySeal(walls.master).link("reset", number))
    with walls.directory() as directory:
        work = directory.ask_reset(number, hashed, email, at, at + RESET)
    tell(walls, work)


def whose_link(walls: Walls, secret: str, at: datetime) -> tuple[UUID, str, str]:
    """(person, e-mail address, name) of a link that works. Opening it uses nothing up. Raises `LinkRefused`."""
    with walls.directory() as directory:
        found = directory.reset_by_token(token_hash(secret), at)
    if found is None:
        raise LinkRefused
    return found


def choose_new_password(walls: Walls, secret: str, password: str, at: datetime) -> None:
    """Use the link up: another password, and every sign-in ends. It passes no second step: the person signs in after it."""
    _, email, _ = whose_link(walls, secret, at)
    kept = password_hash(password, email=email)
    with walls.directory() as directory:
        person = directory.use_reset(token_hash(secret), at)
        if person is None:
            raise LinkRefused
        directory.set_password(person, kept)
        directory.end_others(person, at)
        directory.note_event(person, at, "password_changed", "by a link from an email")
        work = directory.tell_person(person, "password_changed", at)
    tell(walls, work)


def link_and_code(address: str, secret: str) -> str:
    """A link as an e-mail has it. The secret stands behind the #, which no browser sends; and by itself, for what cuts that off."""
    return f"{address}#{secret}\n\nIf the page asks for the code from this email, copy this:\n{secret}\n"


def account_mail(walls: Walls, mail_id: UUID, public_url: str) -> tuple[str, str, str] | None:
    """(to, subject, text) of an e-mail about an account; None when it was sent already or the person is gone."""
    with walls.directory() as directory:
        mail = directory.mail_of(mail_id)
    if mail is None:
        return None
    base = public_url.rstrip("/")
    if mail.kind == "reset" and mail.about is not None:
        secret = DirectorySeal(walls.master).link("reset", mail.about)
        return mail.email, "Threefold: choose a new password", (
            "Somebody, probably you, asked for a new password for your account.\n\nOpen this link to choose one. It works for one hour "
            f"and once:\n{link_and_code(f'{base}/new-password/open', secret)}\nIf it was not you, do nothing: your password stays as it is.\n"
        )  # fmt: skip
    subject, sentence = NOTICES[mail.kind]
    return (
        mail.email,
        f"Threefold: {subject}",
        f"{sentence}\n\n{_IF_NOT}{base}/forgotten-password\n\nThis email needs no answer.\n",
    )


def mail_came_to(walls: Walls, mail_id: UUID, error: str) -> None:
    with walls.directory() as directory:
        directory.mail_came_to(mail_id, f"failed: {error}" if error else "sent")
