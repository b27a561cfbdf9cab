"""How often a thing may be tried: signing in, and opening a signed link. Counted in the queue's store, or in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

P = ParamSpec("P")
R = TypeVar("R")

limiter = Limiter(get_remote_address, headers_enabled=False)

TRIES_PER_ADDRESS = "10 per 5 minutes"
TRIES_PER_PLACE = "60 per 5 minutes"
LINKS_PER_PLACE = "60 per 5 minutes"


def _address_tried() -> str:
    return f"{get_remote_address()}|{request.form.get('email', '').strip().lower()[:200]}"


def _refused(response: Response) -> bool:
    return response.status_code >= 400


# Only what failed is counted: somebody who signs in at once is never told to wait.
_BY_ADDRESS = limiter.limit(TRIES_PER_ADDRESS, key_func=_address_tried, methods=["POST"], deduct_when=_refused)
_BY_PLACE = limiter.limit(TRIES_PER_PLACE, methods=["POST"], deduct_when=_refused)
# For signed links: a wrong or ended link counts, a working one does not.
limit_links = limiter.limit(LINKS_PER_PLACE, deduct_when=_refused)


def limit_sign_in(view: Callable[P, R]) -> Callable[P, R]:
    """Slow down guessing: per e-mail address, and per place it comes from."""
    limited: Callable[P, R] = _BY_PLACE(_BY_ADDRESS(view))
    return limited
