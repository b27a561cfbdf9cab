"""How often a thing may be tried: signing in, and opening a signed link; and how much one person may read. Counted in the queue's store,
or in memory.

What somebody types in place of their address may be anything, a password or a child's name: it is counted by a keyed digest, and
stands in plain neither in the store nor in the log.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import ParamSpec, TypeVar

import structlog
from flask import Response, current_app, request
from flask_limiter import Limiter, RequestLimit
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from redis import RedisError

from threefold.domain.errors import ThreefoldError
from threefold.domain.visible import as_taken
from threefold.walls.session import Actor

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger(__name__)


def _tell(limit: RequestLimit) -> None:
    """Who runs the service sees where tries are refused, and by which limit; whose they are is for nobody to read."""
    log.info("too_many_tries", page=request.endpoint, limit=str(limit.limit))


_ONE_PLACE = 64  # bits of an IPv6 address: whoever has one has all of its network, and could come from another with each try


def place() -> str:
    """From where somebody tries, as it is counted: an IPv4 address, or the network of an IPv6 one."""
    said = request.remote_addr or ""
    try:
        address = ip_address(said)
    except ValueError:  # a unix socket has none
        return said
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(IPv6Network((int(address), _ONE_PLACE), strict=False)) if isinstance(address, IPv6Address) else str(address)


limiter = Limiter(place, headers_enabled=False, on_breach=_tell)
limiter.logger.setLevel(logging.WARNING)  # below that it quotes what is counted by

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
    """Count a page or an answer that somebody reads, over all doors and bodies. Raises `TooMuchRead`. No act is refused by it.

    While the store of the counts is away nothing is counted: nobody is kept from a child's case by that, and each reading is in the audit.
    """
    for item in _allowed(reads):
        try:
            within = limiter.limiter.hit(item, "reading", str(actor.person_id))
        except (RedisError, StorageError):
            return
        if not within:
            raise TooMuchRead(item.get_expiry())


def _account_named() -> str:
    """The account somebody tries to sign in to, from a form or through the JSON door: the same however its address is written. Empty: none."""
    told = request.get_json(silent=True) if request.is_json else None
    email = told.get("email", "") if isinstance(told, dict) else request.form.get("email", "")
    return _account(str(email))


def _account(email: str) -> str:
    """What one address is counted by: as the form takes it, and as the directory looks for it."""
    as_kept = as_taken(email).lower()
    if not as_kept:
        return ""
    key: bytes = current_app.config["SECRET_KEY"]
    typed = as_kept.encode(errors="surrogatepass")
    return hmac.new(key, b"whose tries are counted " + typed, hashlib.sha256).hexdigest()


def _account_from_place() -> str:
    return f"{place()}|{_account_named()}"


def _account_tried() -> str:
    account = _account_named()
    known = _knows_browser(request.cookies.get(KNOWN, ""), account)
    return f"{'known' if known else 'account'}|{account}"


def browser_mark(email: str) -> str:
    """What a browser is given when somebody has signed in with it: it says so, and to nobody else who."""
    return _marks().dumps(_account(email))


def _knows_browser(mark: str, account: str) -> bool:
    """Whether somebody has signed in to that account with this browser before."""
    try:
        return bool(_marks().loads(mark) == account)
    except BadSignature:
        return False


def _marks() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="a browser that has signed in")


def _refused(response: Response) -> bool:
    return response.status_code >= 400


# Only what failed is counted: somebody who signs in at once is never told to wait.
_BY_ADDRESS = limiter.limit(TRIES_PER_ADDRESS, key_func=_account_from_place, methods=["POST"], deduct_when=_refused)
_BY_PLACE = limiter.limit(TRIES_PER_PLACE, methods=["POST"], deduct_when=_refused)
# For signed links: a wrong or ended link counts, a working one does not.
limit_links = limiter.limit(LINKS_PER_PLACE, deduct_when=_refused)
_BY_ACCOUNT = limiter.limit(TRIES_PER_ACCOUNT, key_func=_account_tried, methods=["POST"], deduct_when=_refused)
# For codes: five wrong ones end a sign-in, and many for one person are refused; this is for many persons from one place.
limit_codes = limiter.limit(CODES_PER_PLACE, methods=["POST"], deduct_when=_refused)
# For what sends an e-mail or makes a row for anybody who asks: every time counts.
limit_mails = limiter.limit(MAILS_PER_PLACE, methods=["POST"])
limit_mails_to_one = limiter.limit(MAILS_PER_ADDRESS, key_func=_account_named, methods=["POST"])
limit_told = limiter.limit(TOLD_PER_PLACE, methods=["POST"], deduct_when=_refused)
limit_asking = limiter.limit(ASKED_PER_PLACE, methods=["POST"])


def limit_sign_in(view: Callable[P, R]) -> Callable[P, R]:
    """Slow down guessing: per e-mail address from one place, per place, and per account from all places."""
    limited: Callable[P, R] = _BY_PLACE(_BY_ADDRESS(_BY_ACCOUNT(view)))
    return limited
