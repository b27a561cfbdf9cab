"""A person at work in one body: opened from the address and the sign-in, for one request.

The body is always taken from the address (`/b/<slug>/...`) and never kept in the web session, so two tabs on two bodies
are two scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from flask import current_app, g, has_request_context, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import CHANGE, DETAIL, REFUSED
from threefold.walls.directory import BodyRef
from threefold.walls.session import Actor, Scope, StaffSessionOver, Unit, Walls
from threefold.work.people.access import Forbidden, NotForStaff, NotHere, permission
from threefold.work.people.case_access import standing
from threefold.work.people.own_cases import NotOwnCase, has_every_case, opens
from threefold.work.people.sign_in import SignedIn, is_fresh, token_hash, who_visits
from threefold.work.people.web.closed import note_closed, opens_again, saying_so
from threefold.work.people.web.errors import ConfirmNeeded, Elsewhere, SignInNeeded, status_of
from threefold.work.people.web.held import sent_at_last, show_held
from threefold.work.people.web.limits import count_reading
from threefold.work.people.web.services import services
from threefold.work.people.web.whence import ask_again, whence

P = ParamSpec("P")

# The parts of an address that name what a page is about, and how the audit calls it.
SUBJECTS = {"case_id": "case", "draft_id": "draft", "case_ref": "received"}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, in which body, as what, from where, and the time of the request (aware, UTC).

    `sign_in` tells this sign-in from the person's others, and opens nothing. `noted` gets the kind of each entry that a committed unit left in the audit.
    `staff_ends`, `staff_left`: of a visit of platform staff, until when it holds and how many seconds that is, by the database's clock.
    """

    body: BodyRef
    actor: Actor
    at: datetime
    walls: Walls
    source: str = ""
    sign_in: str = ""
    fresh_at: datetime | None = None
    noted: list[str] = field(default_factory=list)
    staff_ends: datetime | None = None
    staff_left: int = 0

    @contextmanager
    def unit(self, purpose: str) -> Iterator[Unit]:
        """One transaction in this body. `purpose` is a verb phrase and stands in every audit line of the unit."""
        with self.walls.open(Scope(self.body.id), actor=self.actor, purpose=purpose, at=self.at, source=self.source) as unit:
            yield unit
        self.noted.extend(unit.noted)

    def may(self, act: str) -> bool:
        """Whether the person's role covers an act: to show or leave out a button. The story asks again."""
        return permission(act).covers(self.actor)

    @property
    def today(self) -> date:
        """The day in Europe/London."""
        return self.at.astimezone(LONDON).date()


def page(
    *, needs: str, fresh: bool = False, asks_why: bool = True, staff: bool = False, leaves_closed: bool = False
) -> Callable[[Callable[Concatenate[Visit, P], ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """A page of one body. The view gets the `Visit`; its address begins with `/b/<slug>/`.

    `needs` is an act of the permission table (checked when the app is made). Nobody signed in: the sign-in page. No
    business in that body, or no such body: the same 404. A role that does not cover the act: 403, before anything is read.
    A page of a case that is not open to the person is not there. One of a case that is not their own asks why first, unless
    it is the page that asks (`asks_why`).
    `fresh`: what the page does (its sending, where it has one; else its reading) is a signature or an export, so whoever has
    not shown lately who they are is asked to, and comes back to what they had typed.
    `staff`: platform staff may read it while a session of theirs is open here. They send nothing, whatever the page.
    `leaves_closed`: nothing is put on record of the case by what the page sends, so that a closed case stays closed (see `closed`).
    """

    def paged(view: Callable[Concatenate[Visit, P], ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def opened(slug: str, *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            visit = open_visit(slug)
            if visit.actor.staff is not None and not (staff and request.method in ("GET", "HEAD")):
                raise NotForStaff
            if not visit.may(needs):
                raise Forbidden(needs, permission(needs).roles)
            if fresh and is_the_act() and not is_fresh(visit.fresh_at, visit.at):
                raise ConfirmNeeded
            show_held(
                visit.unit
            )  # first: of a case that is not open to them any more, their own words are still theirs to copy
            visit = at_the_case(visit, asks_why=asks_why)
            answer = make_response(sent_at_last(visit.unit, view(visit, *args, **kwargs)))
            if _opened(visit, answer):
                saying_so(answer)
            note_reading(visit, answer.status_code)
            return answer

        opened.needs = needs  # type: ignore[attr-defined]  # read by the sweep over all routes
        opened.fresh = fresh  # type: ignore[attr-defined]
        opened.asks_why = asks_why  # type: ignore[attr-defined]
        opened.staff = staff  # type: ignore[attr-defined]
        opened.leaves_closed = leaves_closed  # type: ignore[attr-defined]
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
    """The visit of this request. Raises `SignInNeeded`, `NotHere` or, before anything is read, `Elsewhere`. One statement."""
    own, token = services(), sign_in_token()
    at = own.clock()
    visitor = who_visits(own.walls, token, slug, at, whence()) if token else None
    if visitor is None:
        raise SignInNeeded
    g.signed_in = True
    if visitor.body is None or not (visitor.roles or visitor.staff):
        if visitor.elsewhere:
            ask_again(token, at)
        raise NotHere
    actor = Actor(visitor.person_id, visitor.display_name, visitor.roles, visitor.seats, visitor.staff)
    visit = Visit(
        visitor.body, actor, at, own.walls, f"web {request.remote_addr}", sign_in_name(token), visitor.fresh_at,
        staff_ends=visitor.staff_ends, staff_left=visitor.staff_left,
    )  # fmt: skip
    g.visit = visit
    if visitor.elsewhere:
        ask_again(token, at)
    if only_reads():
        count_reading(actor, own.settings.reads)
    return visit


def current_visit() -> Visit | None:
    """The visit of this request, if it has one: for what stands around a page."""
    found: Visit | None = g.get("visit") if has_request_context() else None
    return found


def is_the_act() -> bool:
    """Whether this request does what its page is for: sends its form, or reads a page that has none."""
    rule = request.url_rule
    return request.method == "POST" or rule is None or "POST" not in (rule.methods or ())


# a page of a case


def at_the_case(visit: Visit, *, asks_why: bool = True) -> Visit:
    """The visit at the case that the address names: with the seats the person acts for there in place of others.

    Raises `NotHere` when the case is missing, foreign or not open to the person: one statement, the same for each. Raises
    `NotOwnCase` when it is not their own and no reason was given today: one more, and none for those who handle every case.
    """
    case_id = (request.view_args or {}).get("case_id")
    if not isinstance(case_id, UUID):
        return visit
    with visit.unit("see whether a case is open to somebody") as unit:
        found = standing(unit, case_id)
        # Platform staff gave their reason for the whole session, and the body has it.
        if (
            asks_why
            and visit.actor.staff is None
            and not has_every_case(visit.actor)
            and not opens(unit, case_id, visit.sign_in)
        ):
            raise NotOwnCase(case_id)
    if asks_why:  # else nothing is told of it yet
        note_closed(found.closed_on)
    if found.seats:
        visit = replace(visit, actor=replace(visit.actor, seats=visit.actor.seats | found.seats))
        g.visit = visit
    return visit


def _opened(visit: Visit, answer: Response) -> bool:
    """Whether what was sent opened the closed case of this page again. One statement, and none where no closed case was written to."""
    if not (opens_again() and request.method == "POST" and answer.status_code in range(300, 400)):
        return False
    with suppress(NotHere), visit.unit("see whether a case is open to somebody") as unit:
        return standing(unit, (request.view_args or {})["case_id"]).closed_on is None
    return False


def sign_in_name(token: str) -> str:
    """A name for a sign-in that may be kept: too short a part of the token's digest to be of any use."""
    return token_hash(token).hex()[:12]


# what every request leaves in the audit, for pages and operations alike


def note_reading(visit: Visit, status: int) -> None:
    """Note that a page was read, where nothing it did was noted yet: so that no page can be forgotten. A form that is refused shows its
    page again, and what looks somebody up is sent: whatever answers with a page shows it, and is counted. Raises `TooMuchRead`.

    What an act shows is not counted: it was done, and a code that is shown once would be lost.
    """
    if 300 <= status < 400:
        return
    if not only_reads() and CHANGE not in visit.noted:
        count_reading(visit.actor, services().settings.reads)
    if not visit.noted:
        with visit.unit(_act()) as unit:
            unit.audit("page read", _subject(), {"page": request.endpoint}, kind=DETAIL)


def only_reads() -> bool:
    """Whether the request can do nothing but read, so that it was counted before it began."""
    return request.method in ("GET", "HEAD")


def note_refusal(visit: Visit | None, error: ThreefoldError) -> None:
    """Note that something was refused: to whom and of what kind, never the words, which may hold what somebody typed.

    Called when the refused unit is rolled back. What is foreign, restricted or missing leaves the same entry. It tells of no reading:
    a page that shows a refused form again is noted besides.
    """
    if visit is None or isinstance(error, StaffSessionOver):
        return
    _note_refused(visit, _why(error))


def note_unguarded() -> None:
    """Note that something was sent without the guard of its page, or with that of another's: who is signed in, where they work for the body."""
    slug = (request.view_args or {}).get("slug")
    if slug:
        with suppress(ThreefoldError):  # nobody, or none of theirs: no body is told of it
            open_visit(slug)
    if (visit := current_visit()) is not None:
        _note_refused(visit, "not sent from its page")


def _note_refused(visit: Visit, why: str) -> None:
    kind, detail = DETAIL if only_reads() else CHANGE, {"page": request.endpoint, "why": why}
    with replace(visit, noted=[]).unit(_act()) as unit:
        unit.audit("refused", _subject(), detail, kind=kind, outcome=REFUSED)


def _why(error: ThreefoldError) -> str:
    if isinstance(error, NotOwnCase):
        return "no reason given"
    if isinstance(error, ConfirmNeeded):
        return "from another browser or network" if isinstance(error, Elsewhere) else "asked who it is"
    status = status_of(error)
    return {404: "not here", 403: "not their role", 409: "changed meanwhile"}.get(status, type(error).__name__)


def _act() -> str:
    """What the page or operation is for, as the permission table says it."""
    return str(getattr(current_app.view_functions.get(request.endpoint or ""), "needs", ""))


def _subject() -> str:
    """Which row the address names: an id, and nothing else of an address, which may be typed."""
    named = ((SUBJECTS[name], value) for name, value in (request.view_args or {}).items() if name in SUBJECTS)
    return next((f"{what}:{value}" for what, value in named if isinstance(value, UUID)), "body")


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
