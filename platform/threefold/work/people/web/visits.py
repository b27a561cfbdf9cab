"""A person at work in one body: opened from the address and the sign-in, for one request.

The body is always taken from the address (`/b/<slug>/...`) and never kept in the web session, so two tabs on two bodies
are two scopes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote, urlsplit

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.domain.calendar import LONDON
from threefold.walls.directory import BodyRef
from threefold.walls.session import Actor, Scope, Unit, Walls
from threefold.work.people.access import Forbidden, NotHere, permission
from threefold.work.people.half_written import KEPT_FOR
from threefold.work.people.sign_in import SignedIn, is_fresh, token_hash, who_visits
from threefold.work.people.web.errors import ConfirmNeeded, SignInNeeded
from threefold.work.people.web.held import keep, sent_at_last, show_held
from threefold.work.people.web.services import services

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, in which body, as what, and the time of the request (aware, UTC)."""

    body: BodyRef
    actor: Actor
    at: datetime
    walls: Walls
    fresh_at: datetime | None = None

    def unit(self, purpose: str) -> AbstractContextManager[Unit]:
        """One transaction in this body. `purpose` is a verb phrase and stands in every audit line of the unit."""
        return self.walls.open(Scope(self.body.id), actor=self.actor, purpose=purpose, at=self.at)

    def may(self, act: str) -> bool:
        """Whether the person's role covers an act: to show or leave out a button. The story asks again."""
        return permission(act).covers(self.actor)

    @property
    def today(self) -> date:
        """The day in Europe/London."""
        return self.at.astimezone(LONDON).date()


def page(
    *, needs: str, fresh: bool = False
) -> Callable[[Callable[Concatenate[Visit, P], ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """A page of one body. The view gets the `Visit`; its address begins with `/b/<slug>/`.

    `needs` is an act of the permission table (checked when the app is made). Nobody signed in: the sign-in page. No
    business in that body, or no such body: the same 404. A role that does not cover the act: 403, before anything is read.
    `fresh`: what the page does (its sending, where it has one; else its reading) is a signature or an export, so whoever has
    not shown lately who they are is asked to, and comes back to what they had typed.
    """

    def paged(view: Callable[Concatenate[Visit, P], ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def opened(slug: str, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            visit = open_visit(slug)
            if not visit.may(needs):
                raise Forbidden(needs, permission(needs).roles)
            if fresh and is_the_act() and not is_fresh(visit.fresh_at, visit.at):
                raise ConfirmNeeded
            show_held(visit.unit)
            return sent_at_last(visit.unit, view(visit, *args, **kwargs))

        opened.needs = needs  # type: ignore[attr-defined]  # read by the sweep over all routes
        opened.fresh = fresh  # type: ignore[attr-defined]
        return opened

    return paged


def takes_a_document(largest: int) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """A page whose form may carry a document of so many bytes. Stands above `@page`."""

    def marked(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        view.largest = largest + 64 * 1024  # type: ignore[attr-defined]  # the rest of the form
        return view

    return marked


def public_page(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A page that anyone may open, or that checks for itself who may (a signed link). Named so that a sweep can tell."""
    view.public = True  # type: ignore[attr-defined]
    return view


def open_visit(slug: str) -> Visit:
    """The visit of this request. Raises `SignInNeeded` or `NotHere`. One statement."""
    own, token = services(), sign_in_token()
    at = own.clock()
    visitor = who_visits(own.walls, token, slug, at) if token else None
    if visitor is None:
        raise SignInNeeded
    g.signed_in = True
    if visitor.body is None or not visitor.roles:
        raise NotHere
    actor = Actor(visitor.person_id, visitor.display_name, visitor.roles, visitor.seats)
    visit = Visit(visitor.body, actor, at, own.walls, visitor.fresh_at)
    g.visit = visit
    return visit


def current_visit() -> Visit | None:
    """The visit of this request, if it has one: for what stands around a page."""
    found: Visit | None = g.get("visit")
    return found


# the cookie


def sign_in_token() -> str:
    """The token the browser sent, or nothing."""
    token = request.cookies.get(_cookie_name(), "")
    return token if len(token) <= 64 else ""


def keep_token(response: Response, signed_in: SignedIn, at: datetime) -> None:
    """Give the browser its token: out of reach of scripts, sent to this site only."""
    response.set_cookie(
        _cookie_name(), signed_in.token, max_age=int((signed_in.expires_at - at).total_seconds()),
        secure=services().secure, httponly=True, samesite="Lax", path="/",
    )  # fmt: skip


def drop_token(response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(_cookie_name(), path="/", secure=services().secure, httponly=True, samesite="Lax")


def _cookie_name() -> str:
    return "__Host-threefold" if services().secure else "threefold"


# addresses


def is_the_act() -> bool:
    """Whether this request does what its page is for: sends its form, or reads a page that has none."""
    rule = request.url_rule
    return request.method == "POST" or rule is None or "POST" not in (rule.methods or ())


def to_confirm() -> Response:
    """Where somebody shows again who they are. They come back to where they were; what they had typed is kept."""
    visit = current_visit()
    if visit is None:
        going_to = here() if request.method == "GET" else referrer()
    else:
        kept = keep(visit.unit) if request.method == "POST" else ""
        going_to = kept or referrer() or here()
    return redirect(f"/confirm?next={quote(going_to or '/my-work', safe='/')}", 303)


def signed_out_while_sending() -> Response | None:
    """The sign-in ran out before a form was sent: what was typed is kept, and shown again after signing in.

    None: it cannot be kept, because nobody knows whose it is, or the person ended the sign-in themselves.
    """
    own, slug = services(), str((request.view_args or {}).get("slug", ""))
    at, token = own.clock(), sign_in_token()
    if not token or not slug:
        return None
    with own.walls.directory() as directory:
        whose = directory.ended_by_limit(token_hash(token), slug, at, KEPT_FOR)
    if whose is None:
        return None
    person_id, name, body_id = whose
    actor = Actor(person_id, name)
    kept = keep(lambda purpose: own.walls.open(Scope(body_id), actor=actor, purpose=purpose, at=at))
    return redirect(f"/sign-in?kept=yes&next={quote(kept, safe='/')}", 303) if kept else None


def here() -> str:
    """The address of this request, with its question."""
    return request.full_path.rstrip("?")


def referrer() -> str:
    """The page of this site that led here, or nothing."""
    parts = urlsplit(request.referrer or "")
    return f"{parts.path}{'?' if parts.query else ''}{parts.query}" if parts.netloc == request.host else ""


def to_sign_in() -> Response:
    """To the sign-in page, and back here afterwards when this was a page to look at."""
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(f"/sign-in?next={quote(here, safe='/')}" if here not in ("", "/") else "/sign-in", 303)


def safe_next(wanted: str) -> str:
    """An address on this site to go on to; anything else becomes the list of what awaits the person."""
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if plain and "\\" not in wanted and wanted.isprintable() else "/my-work"
