"""How often a thing may be tried: signing in, and opening a signed link; and how much one person may read. Counted in the queue's store,
or in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

from flask import Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from redis import RedisError

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Actor

P = ParamSpec("P")
R = TypeVar("R")

limiter = Limiter(get_remote_address, headers_enabled=False)

KNOWN = "threefold-known"
TRIES_PER_ADDRESS = "10 per 5 minutes"
TRIES_PER_PLACE = "60 per 5 minutes"
# However many places the tries come from, the longer they go on the longer one waits. A browser that has signed in before
# is counted apart, so that a stranger who guesses does not keep the person out.
TRIES_PER_ACCOUNT = "20 per 5 minutes; 40 per hour; 100 per day"
CODES_PER_PLACE = "60 per 5 minutes"
ASKED_PER_PLACE = "300 per 5 minutes"  # what a passkey is to sign: a whole office may sit behind one address
TOLD_PER_PLACE = "60 per 5 minutes"  # what does not hold, of what the provider tells
MAILS_PER_ADDRESS = "5 per hour"
MAILS_PER_PLACE = "30 per hour"
LINKS_PER_PLACE = "60 per 5 minutes"
READ = "{reads} per 5 minutes; {a_day} per day"


class TooMuchRead(ThreefoldError):
    """One person, or a program in their place, reads more than people do. Nothing was shown, and nothing that was typed is lost."""

    def __init__(self, seconds: int) -> None:
        wait = "Wait five minutes, then read on." if seconds <= 5 * 60 else "Read on tomorrow."
        super().__init__(f"You have read more pages than anybody does in that time, so this one is not shown. {wait}")


@cache
def _allowed(reads: int) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(READ.format(reads=reads, a_day=reads * 10)))


def count_reading(actor: Actor, reads: int) -> None:
    """Count a page or an answer that somebody reads, over all doors and bodies. Raises `TooMuchRead`. What they send is never refused.

    While the store of the counts is away nothing is counted: nobody is kept from a child's case by that, and each reading is in the audit.
    """
    if request.method not in ("GET", "HEAD"):
        return
    for item in _allowed(reads):
        try:
            within = limiter.limiter.hit(item, "reading", str(actor.person_id))
        except (RedisError, StorageError):
            return
        if not within:
            raise TooMuchRead(item.get_expiry())


def _email_tried() -> str:
    """The address somebody tries to sign in with, from a form or through the JSON door."""
    told = request.get_json(silent=True) if request.is_json else None
    email = told.get("email", "") if isinstance(told, dict) else request.form.get("email", "")
    return str(email).strip().lower()[:200]


def _address_tried() -> str:
    return f"{get_remote_address()}|{_email_tried()}"


def _account_tried() -> str:
    email = _email_tried()
    known = knows_browser(request.cookies.get(KNOWN, ""), email)
    return f"{'known' if known else 'account'}|{email}"


def browser_mark(email: str) -> str:
    """What a browser is given when somebody has signed in with it: it says so, and to nobody else who."""
    return _marks().dumps(hashlib.sha256(email.strip().lower().encode()).hexdigest())


def knows_browser(mark: str, email: str) -> bool:
    """Whether this browser has signed in as the person of that address before."""
    try:
        return bool(_marks().loads(mark) == hashlib.sha256(email.encode()).hexdigest())
    except BadSignature:
        return False


def _marks() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="a browser that has signed in")


def _refused(response: Response) -> bool:
    return response.status_code >= 400


# Only what failed is counted: somebody who signs in at once is never told to wait.
_BY_ADDRESS = limiter.limit(TRIES_PER_ADDRESS, key_func=_address_tried, methods=["POST"], deduct_when=_refused)
_BY_PLACE = limiter.limit(TRIES_PER_PLACE, methods=["POST"], deduct_when=_refused)
# For signed links: a wrong or ended link counts, a working one does not.
limit_links = limiter.limit(LINKS_PER_PLACE, deduct_when=_refused)
_BY_ACCOUNT = limiter.limit(TRIES_PER_ACCOUNT, key_func=_account_tried, methods=["POST"], deduct_when=_refused)
# For codes: five wrong ones end a sign-in, and many for one person are refused; this is for many persons from one place.
limit_codes = limiter.limit(CODES_PER_PLACE, methods=["POST"], deduct_when=_refused)
# For what sends an e-mail or makes a row for anybody who asks: every time counts.
limit_mails = limiter.limit(MAILS_PER_PLACE, methods=["POST"])
limit_mails_to_one = limiter.limit(MAILS_PER_ADDRESS, key_func=_email_tried, methods=["POST"])
limit_told = limiter.limit(TOLD_PER_PLACE, methods=["POST"], deduct_when=_refused)
limit_asking = limiter.limit(ASKED_PER_PLACE, methods=["POST"])


def limit_sign_in(view: Callable[P, R]) -> Callable[P, R]:
    """Slow down guessing: per e-mail address from one place, per place, and per account from all places."""
    limited: Callable[P, R] = _BY_PLACE(_BY_ADDRESS(_BY_ACCOUNT(view)))
    return limited
