"""Asking an agency what it knows, by a link that expires: no account, nothing shown but the question.

The secret of a link is known to whoever holds the link, and to the e-mail until it was sent; afterwards only its hash is
kept. Opening a link consumes nothing. A passed-on question gets a link of its own, and the old link ends.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL
from threefold.walls.session import Unit
from threefold.work.incidents.records import NotFound, came_of_it, first_time, load, today
from threefold.work.incidents.stories import told
from threefold.work.people.access import BUSINESS_MANAGER, DEPUTY, PARTNER_LEAD, needs
from threefold.work.reviews.tables import AgencyRequest

LINK_DAYS = 21
ANSWERS = ("answered", "nothing_known", "closed_until", "passed_on")
ACTING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class LinkEnded(ThreefoldError):
    """The link was right and no longer opens anything: it expired, was closed, or its question was passed on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its sender sees it; `link` (the secret part) only at the moment it is made.

    `asked` holds `email` and `question`; `answer` holds `text`, `by` and `colleague` once there is one.
    """

    id: UUID
    agency: str
    state: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    closed_until: date | None
    mail_state: str
    asked: dict[str, Any]
    answer: dict[str, Any]
    link: str = ""


@needs("ask agencies", ACTING)
def ask_agency(unit: Unit, case_id: UUID, agency: str, email: str, question: str, token: UUID) -> Asked:
    """Ask one agency by a link that expires. The link is mailed, and given back this once; only its hash is kept."""
    told(agency, "Say which agency is asked.", "agency")
    told(question, "Write what the agency is asked.", "question")
    _refuse_bad_address(email, "email", "Give an email address, such as name@example.org.")
    state = load(unit, case_id)
    before = first_time(unit, token, "ask_agency")
    if before is not None:
        return next(a for a in requests(unit, case_id) if str(a.id) == before)
    row, secret = _request(unit, state.id, agency, {"email": email, "question": question}, unit.at + timedelta(days=LINK_DAYS))
    came_of_it(unit, token, str(row.id))
    unit.audit("agency asked", f"case:{case_id}", {"request": str(row.id)})
    return _asked(unit, row, link=secret)


def _request(unit: Unit, case_id: UUID, agency: str, asked: dict[str, Any], expires_at: datetime) -> tuple[AgencyRequest, str]:
    """A new request, its e-mail on the work list; and the secret of its link."""
    secret = secrets.token_urlsafe(32)
    row = AgencyRequest(
        id=uuid4(), case_id=case_id, agency=agency, asked=unit.seal_json({**asked, "link": secret}), token_hash=token_hash(secret),
        asked_at=unit.at, expires_at=expires_at, state="asked", mail_state="waiting", answered_at=None, answer=None, closed_until=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.later("mail_request", row.id)
    return row, secret


def token_hash(secret: str) -> bytes:
    """What is kept of a link: enough to know it again, not enough to make it."""
    return hashlib.sha256(secret.encode()).digest()


def request_by_link(unit: Unit, secret: str) -> Asked:
    """The request a link opens. Raises `NotFound` when there is none, `LinkEnded` when it opens nothing any more."""
    row = _open(unit, secret)
    unit.audit("request opened", f"case:{row.case_id}", {"request": str(row.id)}, kind=DETAIL)
    return _asked(unit, row)


def answer_request(
    unit: Unit, secret: str, state: str, *, text: str = "", closed_until: date | None = None, colleague: str = "", by: str = "",
    token: UUID | None = None,
) -> Asked:  # fmt: skip
    """An agency's answer. It may be given again until the link ends; the last one stands, and the audit has each time.

    Sent twice with one `token`, it is given once.
    """
    if state not in ANSWERS:
        raise ThreefoldError("Choose one of the answers.", field="state")
    if token is not None and first_time(unit, token, "answer_request") is not None:
        return _asked(unit, _known(unit, secret))
    row = _open(unit, secret, lock=True)
    if state == "answered":
        told(text, "Write what your agency knows, or choose that nothing is known.", "text")
    if state == "closed_until" and (closed_until is None or closed_until <= today(unit)):
        raise ThreefoldError("Give the day on which your agency opens again; it lies ahead.", field="closed_until")
    if state == "passed_on":
        _refuse_bad_address(colleague, "colleague", "Give your colleague’s email address.")
        asked = {**unit.open_json(row.asked), "email": colleague}
        asked.pop("link", None)
        _request(unit, row.case_id, row.agency, asked, row.expires_at)
    row.state, row.answered_at = state, unit.at
    row.closed_until = closed_until if state == "closed_until" else None
    row.answer = unit.seal_json(
        {"text": text if state == "answered" else "", "by": by, "colleague": colleague if state == "passed_on" else ""}
    )
    unit.audit("request answered", f"case:{row.case_id}", {"request": str(row.id), "state": state})
    unit.session.flush()
    return _asked(unit, row)


def _known(unit: Unit, secret: str, *, lock: bool = False) -> AgencyRequest:
    statement = select(AgencyRequest).where(AgencyRequest.token_hash == token_hash(secret))
    row = unit.session.scalars(statement.with_for_update() if lock else statement).first()
    if row is None:
        raise NotFound
    return row


def _open(unit: Unit, secret: str, *, lock: bool = False) -> AgencyRequest:
    """The row of a link that still works. Whoever holds the link may know why it does not."""
    row = _known(unit, secret, lock=lock)
    if row.state == "revoked":
        raise LinkEnded("This link was closed by the partnership’s business team. You need do nothing.", field="link")
    if row.state == "passed_on":
        raise LinkEnded(
            "This question was passed to a colleague, who has a link of their own. You need do nothing.", field="link"
        )
    if row.expires_at < unit.at:
        raise LinkEnded("This link has expired. Ask the partnership’s business team for a new one.", field="link")
    return row


def _refuse_bad_address(address: str, field: str, sentence: str) -> None:
    if not _EMAIL.fullmatch(address.strip()):
        raise ThreefoldError(sentence, field=field)


@needs("ask agencies", ACTING)
def revoke_request(unit: Unit, case_id: UUID, request_id: UUID) -> None:
    """Close a link that should not have been sent. What was answered already is kept."""
    row = unit.session.scalars(
        select(AgencyRequest).where(AgencyRequest.id == request_id, AgencyRequest.case_id == case_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound
    if row.state == "revoked":
        return
    row.state = "revoked"
    unit.audit("request revoked", f"case:{case_id}", {"request": str(request_id)})


def requests(unit: Unit, case_id: UUID) -> list[Asked]:
    """The requests of a case, oldest first."""
    rows = unit.session.scalars(
        select(AgencyRequest).where(AgencyRequest.case_id == case_id).order_by(AgencyRequest.asked_at, AgencyRequest.id)
    )
    return [_asked(unit, row) for row in rows]


def _asked(unit: Unit, row: AgencyRequest, link: str = "") -> Asked:
    asked = dict(unit.open_json(row.asked))
    asked.pop("link", None)
    answer = dict(unit.open_json(row.answer)) if row.answer else {}
    return Asked(
        row.id, row.agency, row.state, row.asked_at, row.expires_at, row.answered_at, row.closed_until, row.mail_state, asked, answer, link,
    )  # fmt: skip


def request_mail(unit: Unit, request_id: UUID, address: str) -> tuple[str, str, str] | None:
    """(to, subject, text) of a request's e-mail, with its link; None when it was sent, or the link ended."""
    row = unit.session.get(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=True)
    if row is None or row.mail_state == "sent" or row.state == "revoked":
        return None
    asked = dict(unit.open_json(row.asked))
    text = (
        "A safeguarding partnership asks your agency for information.\n\nOpen this link to see what is asked and to answer. "
        f"It works until {row.expires_at:%-d %B %Y} and needs no account:\n{address}/{asked['link']}\n\n"
        "If this is not for you, open the link and pass it to a colleague. This email holds no details.\n"
    )
    return asked["email"], "Threefold: your agency is asked for information", text


def request_mail_came_to(unit: Unit, request_id: UUID, error: str) -> None:
    """Note whether the e-mail went out; once it did, the link is kept only as its hash."""
    row = unit.session.get_one(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=True)
    row.mail_state = f"failed: {error[:200]}" if error else "sent"
    if not error:
        asked = dict(unit.open_json(row.asked))
        asked.pop("link", None)
        row.asked = unit.seal_json(asked)
