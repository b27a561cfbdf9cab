"""The e-mail of a request to an agency: it says that something is asked, and nothing of what."""

from __future__ import annotations

from uuid import UUID

from threefold.domain.calendar import LONDON
from threefold.walls.session import Unit
from threefold.work.people.links import link_and_code
from threefold.work.reviews.accounts import may_answer
from threefold.work.reviews.tables import AgencyRequest

_WANTS = {
    "phone": "The page then asks for a second code, which the partnership tells your agency by phone. That one works for a few minutes "
    "only: open the link while you are on the phone. ",
    "link": "If this is not for you, open the link and pass it to a colleague. ",
}


def request_mail(unit: Unit, request_id: UUID, address: str, *, account: str) -> tuple[str, str, str] | None:
    """(to, subject, text) of a request's e-mail, with its link; None when it was sent, or nothing can be answered any more.

    `address`: where links are opened; `account`: the page of whoever has an account.
    """
    row = unit.session.get(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=True)
    if row is None or row.mail_state == "sent" or row.state in ("revoked", "passed_on"):
        return None
    if row.person_id is not None and not may_answer(unit, row.case_id, row.person_id):
        row.mail_state = "not sent: they may not answer any more"
        return None
    asked, until = dict(unit.open_json(row.asked)), f"{row.expires_at.astimezone(LONDON):%-d %B %Y}"
    if row.route == "account":
        text = f"Sign in to see what is asked and to answer, until {until}:\n{account}\n"
    else:
        text = (
            f"Open this link to see what is asked and to answer. It works until {until} and needs no account:\n"
            f"{link_and_code(address, asked['link'])}\n{_WANTS[row.route]}"
        )
    said = f"A safeguarding partnership asks your agency for information.\n\n{text}This email holds no details.\n"
    return asked["email"], "Threefold: your agency is asked for information", said


def request_mail_came_to(unit: Unit, request_id: UUID, error: str) -> None:
    """Note whether the e-mail went out; once it did, the link is kept only as its hash."""
    row = unit.session.get_one(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=True)
    row.mail_state = f"failed: {error[:200]}" if error else "sent"
    if not error:
        asked = dict(unit.open_json(row.asked))
        asked.pop("link", None)
        row.asked = unit.seal_json(asked)
