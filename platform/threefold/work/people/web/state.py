"""Where this request's sign-in stands, for the pages about signing in and one's own account."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from flask import g, redirect
from werkzeug.wrappers import Response

from threefold.walls.account_rows import SignInState
from threefold.work.people.passkeys import Site
from threefold.work.people.sign_in import SignedIn, is_fresh, state_of
from threefold.work.people.web.errors import ConfirmNeeded, SignInNeeded
from threefold.work.people.web.guard import tie_forms_to
from threefold.work.people.web.limits import KNOWN, browser_mark
from threefold.work.people.web.services import services
from threefold.work.people.web.visits import keep_token, sign_in_token
from threefold.work.people.web.whence import ask_again, whence

_HALF_A_YEAR = 180 * 24 * 3600


def now() -> datetime:
    return services().clock()


def standing() -> SignInState | None:
    """The sign-in of this browser, open or not."""
    return state_of(services().walls, sign_in_token(), now(), whence())


def my_sign_in() -> SignInState:
    """The sign-in of this browser, open, wherever it goes on: to show again who one is. Raises `SignInNeeded`."""
    state = standing()
    if state is None or state.stage != "open":
        raise SignInNeeded
    g.signed_in = True
    return state


def my_account() -> SignInState:
    """The sign-in of this browser, open. Raises `SignInNeeded`, and `Elsewhere` where nobody has shown in it who they are from here."""
    state = my_sign_in()
    if state.elsewhere:
        ask_again(sign_in_token(), now())
    return state


def fresh_account() -> SignInState:
    """As `my_account`, of somebody who has shown lately who they are. Raises `ConfirmNeeded`."""
    state = my_account()
    if not is_fresh(state.fresh_at, now()):
        raise ConfirmNeeded
    return state


def setting_up() -> SignInState:
    """Somebody who may change their second steps: freshly shown, or at their first sign-in where one is required."""
    state = standing()
    return state if state is not None and state.stage == "set_up" and not state.elsewhere else fresh_account()


def site() -> Site:
    """The site as passkeys know it."""
    return Site.of(services().settings.public_url)


def required() -> bool:
    return services().settings.second_step_required


def go_on(signed_in: SignedIn, next_address: str, *, email: str = "") -> Response:
    """Give the browser its token, and show what comes next: the next step of signing in, or where the person was going."""
    to = next_address
    if signed_in.stage != "open":
        to = ("/sign-in/code" if signed_in.stage == "second_step" else "/account/second-step") + asking(next_address)
    response = redirect(to, 303)
    keep_token(response, signed_in, now())
    tie_forms_to(signed_in.person_id)
    if email:
        response.set_cookie(
            KNOWN, browser_mark(email), max_age=_HALF_A_YEAR, secure=services().secure, httponly=True, samesite="Lax", path="/"
        )
    return response


def asking(next_address: str) -> str:
    """The part of an address that says where somebody goes on to; nothing for the list of what awaits them."""
    return "" if next_address == "/my-work" else f"?next={quote(next_address, safe='/')}"
