"""Asking an agency what it knows, by a link that expires: no account, nothing shown but the question. Who has one: `accounts`.

The secret of a link is known to whoever holds the link, and to the e-mail until it was sent; afterwards only its hash is
kept. Looking at a link consumes nothing, and shows nothing of the question. It opens with a code that the agency is told by
phone, so that a mailbox alone opens nothing; where no other route is known, that is noted with a reason. A code opens one
request once, within minutes of being made; five wrong ones and another is needed. A passed-on question gets a link of its own, and the old link ends.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.calendar import LONDON, end_of_day, london_day
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL, REFUSED
from threefold.walls.session import Unit
from threefold.work.incidents.records import NotFound, came_of_it, first_time, load, note_change
from threefold.work.incidents.stories import told
from threefold.work.people.access import BUSINESS_MANAGER, DEPUTY, PARTNER_LEAD, needs
from threefold.work.reviews.tables import AgencyRequest

LINK_DAYS = 21
ENDED = ("revoked", "passed_on")  # of a request that can be answered no more
ROUTES = ("phone", "link")  # of a link; whoever has an account needs none, see `accounts`
MOST_TRIES = 5
CODE_LASTS = timedelta(minutes=10)  # at most: ASVS 6.5.5. The operator may set less
_DIGITS = 8
ACTING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class LinkEnded(ThreefoldError):
    """The link was right and no longer opens anything: it expired, was closed, or its question was passed on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its sender sees it; `link` (the secret part) only at the moment it is made.

    `code`: only at the moment it is made; `code_state`: ready, used, ended, or too many tries. `code_until`: when the last one
    that was made ends. `asked` holds `email`, `question`, and
    `only_link` (why there is no code) where that is so; `answer` holds `text`, `by` and `colleague` once there is one, and `before`,
    the answers given before it, oldest first, each with its `state`, `at` and `closed_until` besides.
    `person_id`: who is asked in their own account.
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
    route: str = "link"
    code_state: str = ""
    code: str = field(default="", repr=False)
    code_until: datetime | None = None
    case_id: UUID | None = None
    person_id: UUID | None = None

    @property
    def last_day(self) -> date:
        """The day in London on which it ends."""
        return self.expires_at.astimezone(LONDON).date()

    def is_open(self, at: datetime) -> bool:
        """Whether an answer can be given at that moment, the first or another."""
        return self.state not in ENDED and self.expires_at >= at

    @property
    def told(self) -> str:
        """What the agency told last, in whichever of its answers; "" where it told nothing."""
        texts = [str(one.get("text") or "") for one in (*self.answer.get("before", ()), self.answer)]
        return next((text for text in reversed(texts) if text), "")

    @property
    def before(self) -> list[dict[str, Any]]:
        """The answers that were given before the one that stands, oldest first, with their times as times."""
        return [
            {
                **one, "at": datetime.fromisoformat(one["at"]),
                "closed_until": date.fromisoformat(one["closed_until"]) if one["closed_until"] else None,
            }
            for one in self.answer.get("before", ())
        ]  # fmt: skip


@needs("ask agencies", ACTING)
def ask_agency(
    unit: Unit, case_id: UUID, agency: str, email: str, question: str, token: UUID, *, route: str = "phone", why: str = "",
    lasts: timedelta = CODE_LASTS,
) -> Asked:  # fmt: skip
    """Ask one agency by a link that expires. The link is mailed, and given back this once; only its hash is kept.

    `route`: "phone", and the code to tell is given back this once, and opens the link for as long as it `lasts`; or "link" (nothing
    else opens it), with the reason `why`.
    """
    if route not in ROUTES:
        raise ThreefoldError("Select how the agency is told what opens the link.", field="route")
    if route == "link":
        told(why, "Say why the link alone opens the question.", "why")
    told(agency, "Say which agency is asked.", "agency")
    told(question, "Write what the agency is asked.", "question")
    refuse_bad_address(email, "email", "Give an email address, such as name@example.org.")
    state = load(unit, case_id)
    before = first_time(unit, token, "ask_agency", case_id)
    if before is not None:
        return next(a for a in requests(unit, case_id) if str(a.id) == before)
    note_change(unit, case_id)
    asked = {"email": email, "question": question} | ({"only_link": why} if route == "link" else {})
    row, secret = new_request(unit, state.id, agency, asked, open_until(unit), route)
    code = _make_code(unit, row, lasts) if route == "phone" else ""
    came_of_it(unit, token, str(row.id))
    unit.audit("agency asked", f"case:{case_id}", {"request": str(row.id), "route": route})
    return replace(as_asked(unit, row, link=secret), code=code)


def open_until(unit: Unit) -> datetime:
    """When a request that is made now ends: with the last day that its e-mail and its pages name."""
    return end_of_day(london_day(unit.at) + timedelta(days=LINK_DAYS))


@needs("ask agencies", ACTING)
def new_code(unit: Unit, case_id: UUID, request_id: UUID, *, lasts: timedelta = CODE_LASTS) -> Asked:
    """Another code for a link, to be told by phone, for as long as it `lasts`. The one before opens nothing any more."""
    row = _of_case(unit, case_id, request_id)
    if row.route != "phone" or row.state in ("revoked", "passed_on") or row.expires_at < unit.at:
        raise ThreefoldError("This link needs no code, or has ended.")
    code = _make_code(unit, row, lasts)
    unit.audit("code made", f"case:{case_id}", {"request": str(request_id)})
    return replace(as_asked(unit, row), code=code)


def _make_code(unit: Unit, row: AgencyRequest, lasts: timedelta) -> str:
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    row.code_digest, row.code_tries, row.code_until = _digest(unit, row.id, code), 0, unit.at + min(lasts, CODE_LASTS)
    unit.session.flush()
    return code


def _digest(unit: Unit, request_id: UUID, code: str) -> bytes:
    """What is kept of a code: under the body's key, because so few figures could be tried one after the other."""
    return unit.blind("request code", f"{request_id}:{code}")


def new_request(
    unit: Unit,
    case_id: UUID,
    agency: str,
    asked: dict[str, Any],
    expires_at: datetime,
    route: str,
    person_id: UUID | None = None,
) -> tuple[AgencyRequest, str]:
    """A new request, its e-mail on the work list; and the secret of its link ("" where `person_id` is asked in their account)."""
    secret = secrets.token_urlsafe(32) if person_id is None else ""
    row = AgencyRequest(
        id=uuid4(), case_id=case_id, agency=agency, asked=unit.seal_json({**asked, "link": secret}), token_hash=token_hash(secret) if secret else None,
        asked_at=unit.at, expires_at=expires_at, state="asked", mail_state="waiting", answered_at=None, answer=None, closed_until=None,
        route=route, code_digest=None, code_tries=0, code_until=None, person_id=person_id,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.later("mail_request", row.id)
    return row, secret


def token_hash(secret: str) -> bytes:
    """What is kept of a link: enough to know it again, not enough to make it."""
    return hashlib.sha256(secret.encode()).digest()


def look_at_link(unit: Unit, secret: str) -> Asked:
    """That a link works, and whether it wants a code: nothing of the question may be shown of it. Uses nothing up.

    Raises `NotFound` when there is no such link, `LinkEnded` when it opens nothing any more.
    """
    row = still_open(unit, _known(unit, secret))
    unit.audit("link looked at", f"case:{row.case_id}", {"request": str(row.id)}, kind=DETAIL)
    return as_asked(unit, row)


def look_again(unit: Unit, request_id: UUID) -> Asked:
    """The same of a link that was looked at before in this browser."""
    row = still_open(unit, of_link(unit, request_id))
    unit.audit("link looked at", f"case:{row.case_id}", {"request": str(row.id)}, kind=DETAIL)
    return as_asked(unit, row)


def open_link(unit: Unit, request_id: UUID, code: str = "", token: UUID | None = None) -> tuple[Asked | None, str]:
    """Open the request of a link that was looked at in this browser: (request, ""), or (None, what to do). A right code is used up by it.

    A wrong code is returned and not raised, so that the try is counted with this transaction. Sent twice with one `token`, it opens once
    and is answered alike.
    """
    row = still_open(unit, of_link(unit, request_id, lock=True))
    if row.route == "phone":
        if token is not None and first_time(unit, token, "open_link") == str(row.id):
            return as_asked(unit, row), ""
        state = _code_state(unit, row)
        if state == "ended":  # before any comparing, so that an old code is not told from a wrong one
            return (
                None,
                "The code has run out. Ring the partnership’s business team, have the link open, and ask for a new one.",
            )
        if row.code_digest is None or state != "ready":
            return None, "This link needs a new code. Ring the partnership’s business team and ask for one."
        given = "".join(c for c in code if c.isdigit())
        if not hmac.compare_digest(_digest(unit, row.id, given), row.code_digest):
            row.code_tries += 1
            unit.audit(
                "request opened", f"case:{row.case_id}", {"request": str(row.id), "tries": row.code_tries}, outcome=REFUSED
            )
            return None, "Enter the code of 8 figures that you were told by phone."
        row.code_digest = None
        if token is not None:
            came_of_it(unit, token, str(row.id))
    unit.audit("request opened", f"case:{row.case_id}", {"request": str(row.id)}, kind=DETAIL)
    return as_asked(unit, row), ""


def request_opened(unit: Unit, request_id: UUID) -> Asked:
    """The request of a link that was opened before in this browser, for as long as the link works."""
    row = still_open(unit, of_link(unit, request_id))
    unit.audit("request read", f"case:{row.case_id}", {"request": str(row.id)}, kind=DETAIL)
    return as_asked(unit, row)


def _known(unit: Unit, secret: str) -> AgencyRequest:
    row = unit.session.scalars(select(AgencyRequest).where(AgencyRequest.token_hash == token_hash(secret))).first()
    if row is None:
        raise NotFound
    return row


def _row(unit: Unit, request_id: UUID, *, lock: bool = False) -> AgencyRequest:
    row = unit.session.get(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=lock or None)
    if row is None:
        raise NotFound
    return row


def of_link(unit: Unit, request_id: UUID, *, lock: bool = False) -> AgencyRequest:
    row = _row(unit, request_id, lock=lock)
    if row.route == "account":
        raise NotFound
    return row


def _of_case(unit: Unit, case_id: UUID, request_id: UUID) -> AgencyRequest:
    load(unit, case_id)
    row = _row(unit, request_id, lock=True)
    if row.case_id != case_id:
        raise NotFound
    return row


def still_open(unit: Unit, row: AgencyRequest) -> AgencyRequest:
    """The row of a request that can still be answered. Whoever was asked may know why it cannot."""
    it = "question" if row.route == "account" else "link"
    if row.state == "revoked":
        raise LinkEnded(f"This {it} was closed by the partnership’s business team. You need do nothing.", field="link")
    if row.state == "passed_on":
        raise LinkEnded(
            "This question was passed to a colleague, who has a link of their own. You need do nothing.", field="link"
        )
    if row.expires_at < unit.at:
        raise LinkEnded(f"This {it} has expired. Ask the partnership’s business team for a new one.", field="link")
    return row


def refuse_bad_address(address: str, field: str, sentence: str) -> None:
    if not _EMAIL.fullmatch(address.strip()):
        raise ThreefoldError(sentence, field=field)


@needs("ask agencies", ACTING)
def revoke_request(unit: Unit, case_id: UUID, request_id: UUID) -> None:
    """Close a link that should not have been sent. What was answered already is kept."""
    row = _of_case(unit, case_id, request_id)
    if row.state == "revoked":
        return
    row.state = "revoked"
    unit.audit("request revoked", f"case:{case_id}", {"request": str(request_id)})


def requests(unit: Unit, case_id: UUID) -> list[Asked]:
    """The requests of a case, oldest first."""
    rows = unit.session.scalars(
        select(AgencyRequest).where(AgencyRequest.case_id == case_id).order_by(AgencyRequest.asked_at, AgencyRequest.id)
    )
    return [as_asked(unit, row) for row in rows]


def as_asked(unit: Unit, row: AgencyRequest, link: str = "") -> Asked:
    asked = dict(unit.open_json(row.asked))
    asked.pop("link", None)
    answer = dict(unit.open_json(row.answer)) if row.answer else {}
    return Asked(
        row.id, row.agency, row.state, row.asked_at, row.expires_at, row.answered_at, row.closed_until, row.mail_state, asked, answer, link,
        row.route, _code_state(unit, row), code_until=row.code_until, case_id=row.case_id, person_id=row.person_id,
    )  # fmt: skip


def _code_state(unit: Unit, row: AgencyRequest) -> str:
    if row.route != "phone":
        return ""
    if row.code_digest is None:
        return "used"
    if row.code_tries >= MOST_TRIES:
        return "too many tries"
    return "ready" if row.code_until is not None and unit.at < row.code_until else "ended"
