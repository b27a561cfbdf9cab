"""Inviting people to a body, by a link that works for a week and once. Whether an address has an account is told to nobody.

The link's secret follows from the invitation, the number of the sending and a key; only its hash is stored. Sending again
makes another link, and the former opens nothing.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from threefold.domain.calendar import LONDON, end_of_day, london_day
from threefold.domain.errors import ThreefoldError
from threefold.walls.account_rows import OpenInvitation
from threefold.walls.provision import person_id_of
from threefold.walls.sealed import DirectorySeal
from threefold.walls.session import Actor, Scope, Unit, Walls
from threefold.work.people.access import NotHere, needs
from threefold.work.people.links import LinkRefused, link_and_code
from threefold.work.people.members import MANAGE, MANAGING, NotYours, members, overlap, refuse_wrong_days, refuse_wrong_place
from threefold.work.people.passwords import password_hash
from threefold.work.people.sign_in import token_hash

LINK = timedelta(days=7)
_COLUMNS = (
    "id", "email", "role", "seat", "begins", "ends", "invited_by", "invited_at", "expires_at", "sends", "state", "mail_state", "accepted_by",
)  # fmt: skip


class InvitationOver(ThreefoldError):
    """Somebody answers an invitation to work here until a day that has passed."""

    def __init__(self, last: date) -> None:
        super().__init__(f"This invitation was until {last:%-d %B %Y}, which has passed. Ask whoever invited you for another.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as the body that wrote it sees it."""

    id: UUID
    email: str
    role: str
    seat: str
    begins: date
    ends: date | None
    invited_by: UUID | None
    invited_at: datetime
    expires_at: datetime
    sends: int
    state: str
    mail_state: str
    accepted_by: UUID | None

    def stands(self, at: datetime) -> str:
        """open, expired, accepted or revoked."""
        return "expired" if self.state == "open" and self.expires_at <= at else self.state


@needs(MANAGE, MANAGING)
def invite(
    unit: Unit, kind: str, seats: dict[str, str], email: str, role: str, seat: str, begins: date, ends: date | None
) -> UUID:
    """Invite somebody by e-mail. Raises for one's own address: nobody gives themselves a role.

    Also for what they are or are invited to already on some of the days: a second time could only say another last day.
    """
    address = email.strip().lower()
    refuse_wrong_place(kind, seats, role, seat)
    refuse_wrong_days(begins, ends, london_day(unit.at))
    unit.session.execute(select(func.directory.lock_people()))
    everybody = members(unit)
    mine = {m.email for m in everybody if m.person_id == unit.actor.person_id}
    if address in mine:
        raise NotYours("You cannot give yourself a role. Ask another person who manages people.", field="email")
    if any(m.email == address and m.is_the_same(role, seat, begins, ends) for m in everybody):
        raise ThreefoldError(
            "They have that role and seat already. To change when it ends, give another last day where it stands.",
            field="email",
        )
    waiting = (i for i in _all(unit) if i.email == address and i.stands(unit.at) == "open" and (i.role, i.seat) == (role, seat))
    if any(overlap(i.begins, i.ends, begins, ends) for i in waiting):
        raise ThreefoldError(
            "They are invited to that role and seat already. Send that invitation again, or take it back first.", field="email"
        )
    number = uuid4()
    unit.session.execute(select(func.directory.invite(
        number, address, role, seat, begins, ends, unit.actor.person_id, unit.at, _until(unit), token_hash(_secret(unit.walls, number, 1)))))  # fmt: skip
    unit.later("mail_invitation", number)
    unit.audit("person invited", f"invitation:{number}", {"role": role, "seat": seat})
    return number


@needs(MANAGE, MANAGING)
def invitations(unit: Unit) -> list[Invitation]:
    """The body's invitations, newest first."""
    return _all(unit)


@needs(MANAGE, MANAGING)
def send_again(unit: Unit, invitation_id: UUID) -> None:
    """Send another link; the former opens nothing any more."""
    unit.session.execute(
        select(func.directory.lock_people())
    )  # the link that is mailed is that of how often it was sent by then
    known = _one(unit, invitation_id)
    if known.ends is not None and known.ends < london_day(unit.at):
        raise ThreefoldError("Its last day has passed. Invite them again.")
    hashed = token_hash(_secret(unit.walls, known.id, known.sends + 1))
    if not unit.session.execute(select(func.directory.send_again(known.id, hashed, _until(unit)))).scalar():
        raise ThreefoldError("That invitation was answered or taken back meanwhile.")
    unit.later("mail_invitation", known.id)
    unit.audit("invitation sent again", f"invitation:{known.id}")


@needs(MANAGE, MANAGING)
def revoke(unit: Unit, invitation_id: UUID) -> None:
    """Take an invitation back: its link opens nothing any more."""
    known = _one(unit, invitation_id)
    if unit.session.execute(select(func.directory.revoke_invitation(known.id, unit.at))).scalar():
        unit.audit("invitation revoked", f"invitation:{known.id}")


def invitation_mail(unit: Unit, invitation_id: UUID, body_name: str, public_url: str) -> tuple[str, str, str] | None:
    """(to, subject, text) of an invitation's e-mail; None when it was sent, answered or taken back."""
    known = _one(unit, invitation_id)
    if known.state != "open" or known.mail_state == "sent":
        return None
    until, base = known.expires_at.astimezone(LONDON), public_url.rstrip("/")
    return known.email, "Threefold: you are invited", (
        f"{body_name} invites you to work with it in Threefold.\n\nOpen this link to answer. It works until {until:%-d %B %Y} and once:\n"
        f"{link_and_code(f'{base}/invitation/open', _secret(unit.walls, known.id, known.sends))}\n"
        "If you do not expect this, do nothing, or tell the body. Pass the link and the code to nobody.\n"
    )  # fmt: skip


def invitation_mail_came_to(unit: Unit, invitation_id: UUID, error: str) -> None:
    """Note whether the e-mail went out: the list of people shows it."""
    unit.session.execute(select(func.directory.invitation_mail_came_to(invitation_id, error or "sent")))


# the invited person's side: whoever holds the link


def open_invitation(walls: Walls, secret: str, at: datetime) -> OpenInvitation:
    """What a link invites to. Opening it uses nothing up. Raises `LinkRefused`, or `InvitationOver` where its last day has passed."""
    with walls.directory() as directory:
        found = directory.invitation_by_token(token_hash(secret), at)
    if found is None:
        raise LinkRefused
    if found.ends is not None and found.ends < london_day(at):
        raise InvitationOver(found.ends)
    return found


def accept(walls: Walls, secret: str, person_id: UUID, name: str, at: datetime) -> OpenInvitation:
    """Somebody who has an account joins the body. Raises `LinkRefused`; the one who invited cannot join by it."""
    found = open_invitation(walls, secret, at)
    with _joining(walls, found, person_id, name, at) as unit:
        _join(unit, secret, found, person_id)
    return found


def accept_as_new(walls: Walls, secret: str, name: str, password: str, at: datetime) -> UUID:
    """Somebody makes an account with the invited address and joins. `password` empty: they sign in with a provider."""
    found = open_invitation(walls, secret, at)
    if not name.strip():
        raise ThreefoldError("Enter your name as colleagues know it.", field="name")
    kept = password_hash(password, email=found.email) if password else ""
    person_id = person_id_of(found.email)
    with _joining(walls, found, person_id, name, at) as unit:
        new = func.directory.new_person(
            unit.said("directory.new_person"), token_hash(secret), person_id, name.strip()[:120], kept, at
        )
        if not unit.session.execute(select(new)).scalar():
            raise ThreefoldError(
                "There is an account with that address already. Sign in with it, and answer then.", field="name"
            )
        _join(unit, secret, found, person_id)
    return person_id


def _joining(walls: Walls, found: OpenInvitation, person_id: UUID, name: str, at: datetime) -> AbstractContextManager[Unit]:
    return walls.open(Scope(found.body_id), actor=Actor(person_id, name), purpose="answer an invitation", at=at)


def _join(unit: Unit, secret: str, found: OpenInvitation, person_id: UUID) -> None:
    unit.session.execute(select(func.directory.lock_people()))
    mine = (m for m in members(unit) if m.person_id == person_id)
    begins = max(found.begins, london_day(unit.at))
    if any(m.is_the_same(found.role, found.seat, begins, found.ends) for m in mine):
        raise ThreefoldError("You have that role and seat here already. Ask whoever invited you to change when it ends.")
    joined = func.directory.accept_invitation(
        unit.said("directory.accept_invitation"), token_hash(secret), person_id, unit.at, uuid4(), uuid4()
    )
    if not unit.session.execute(select(joined)).scalar():
        raise LinkRefused
    unit.audit("invitation accepted", f"invitation:{found.id}", {"role": found.role, "seat": found.seat})


def _until(unit: Unit) -> datetime:
    """When a link that is mailed now ends: with the last day that its e-mail and the page People name."""
    return end_of_day(london_day(unit.at) + LINK)


def _all(unit: Unit) -> list[Invitation]:
    found = func.directory.invitations().table_valued(*_COLUMNS)
    return [Invitation(*row) for row in unit.session.execute(select(*(found.c[name] for name in _COLUMNS)))]


def _one(unit: Unit, invitation_id: UUID) -> Invitation:
    known = next((i for i in _all(unit) if i.id == invitation_id), None)
    if known is None:
        raise NotHere
    return known


def _secret(walls: Walls, invitation_id: UUID, no: int) -> str:
    return DirectorySeal(walls.master).link("invitation", invitation_id, no)
