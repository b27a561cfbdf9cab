"""The JSON door's lock: who calls is told by a bearer token, and the body by the address, as on the web.

A token is got with `POST /api/v1/sign-in` and is the same sign-in as a browser's, with the same limits. There are no
cookies here, so there is nothing another site could send along.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.governance.in_force import said
from threefold.walls.session import Actor
from threefold.work.people.access import Forbidden, NotHere, permission
from threefold.work.people.sign_in import goes_on_elsewhere, is_fresh, who_visits
from threefold.work.people.web.closed import closed_on
from threefold.work.people.web.errors import ConfirmNeeded, Elsewhere, status_of
from threefold.work.people.web.limits import count_reading
from threefold.work.people.web.services import services
from threefold.work.people.web.visits import Visit, at_the_case, note_reading, note_refusal, only_reads, sign_in_name
from threefold.work.people.web.whence import JSON_DOOR, whence

P = ParamSpec("P")
T = TypeVar("T")


def operation(
    needs: str, *, fresh: bool = False, asks_why: bool = True
) -> Callable[[Callable[Concatenate[Visit, P], T]], Callable[..., T]]:
    """An operation of one body: the first path part after `/api/v1/b/` names it. `needs` and `asks_why` as for a page.

    `fresh`: the operation signs, so the caller has signed in (with their second step) within the last 10 minutes.
    """

    permission(needs)  # an act that nothing declares is a fault, found when the door is made

    def guarded(view: Callable[Concatenate[Visit, P], T]) -> Callable[..., T]:
        @wraps(view)
        def opened(*args: P.args, **kwargs: P.kwargs) -> T:
            visit = None
            try:
                visit, elsewhere = open_visit(str(kwargs.pop("slug")))
                if elsewhere:
                    raise Elsewhere
                if only_reads():
                    count_reading(visit.actor, services().settings.reads)
                if not visit.may(needs):
                    raise Forbidden(needs, permission(needs).roles)
                if fresh and not is_fresh(visit.fresh_at, visit.at):
                    raise ConfirmNeeded
                visit = at_the_case(visit, asks_why=asks_why)
                _refuse_closed_unseen()
                answer = view(visit, *args, **kwargs)
                note_reading(visit, 200)
                return answer
            except ThreefoldError as error:
                note_refusal(visit, error)
                abort(make_response(told(error)))

        opened.needs = needs  # type: ignore[attr-defined]  # read by the sweep over all operations
        opened.fresh = fresh  # type: ignore[attr-defined]
        opened.asks_why = asks_why  # type: ignore[attr-defined]
        return opened

    return guarded


def open_visit(slug: str) -> tuple[Visit, bool]:
    """The caller's visit, and whether their sign-in goes on from elsewhere. Ends the request with 401 when nobody is signed in; `NotHere` without business in the body."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    own = services()
    at = own.clock()
    token = token.strip()
    visitor = (
        who_visits(own.walls, token, slug, at, whence(JSON_DOOR)) if kind.lower() == "bearer" and 0 < len(token) <= 64 else None
    )
    if visitor is None:
        answer = make_response(
            jsonify(code=401, message="Sign in with POST /api/v1/sign-in, and send the token as a bearer token."), 401
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        abort(answer)
    if visitor.elsewhere:
        goes_on_elsewhere(own.walls, token, at, whence(JSON_DOOR))
    if visitor.body is None or not visitor.roles:
        raise Elsewhere if visitor.elsewhere else NotHere
    actor = Actor(visitor.person_id, visitor.display_name, visitor.roles, visitor.seats)
    visit = Visit(visitor.body, actor, at, own.walls, f"api {request.remote_addr}", sign_in_name(token), visitor.fresh_at)
    return visit, visitor.elsewhere


class ClosedUnseen(SaidMeanwhile):
    """A closed case is opened again by whatever is put on record in it: nobody does that without having read that it is closed."""

    def __init__(self, since: date) -> None:
        self.happened = ""
        ThreefoldError.__init__(self, (
            f"This case was closed on {said(since)}, and whatever is put on record opens it again. Nothing was saved. If that is meant, "
            f"send the `closed_on` that you read as saw_closed: {since.isoformat()}."), field="saw_closed")  # fmt: skip


def _refuse_closed_unseen() -> None:
    """Raise `ClosedUnseen` where what is sent would open a closed case and does not say so; what a form tells in its hidden box (`closed`)."""
    since = closed_on()
    if since is None or request.method in ("GET", "HEAD"):
        return
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or sent.get("saw_closed") != since.isoformat():
        raise ClosedUnseen(since)


def told(error: ThreefoldError) -> ResponseReturnValue:
    """An error as JSON: what to do, which field, which paragraph; where others wrote meanwhile, both values."""
    body: dict[str, Any] = {
        "code": status_of(error),
        "message": error.sentence,
        "field": error.field,
        "paragraph": error.paragraph,
    }
    if isinstance(error, ManyErrors):
        body["errors"] = [{"message": e.sentence, "field": e.field, "paragraph": e.paragraph} for e in error.errors]
    if clashes := getattr(error, "clashes", None):
        body["clashes"] = [{"path": c.path, "theirs": c.theirs, "yours": c.yours, "mark": c.of} for c in clashes]
    if isinstance(error, SaidMeanwhile) and not isinstance(error, ClosedUnseen):
        body["message"] = (
            f"{error.happened} Read the case again, then send yours with its `no` as seen_no if it is still meant."
        )
        body["field"] = "seen_no"
    if offers := getattr(error, "offers", None):
        body["offers"] = list(offers)
    if body["code"] == 404:
        body |= {"message": "There is no such thing here, or you may not see it.", "field": "", "paragraph": ""}
    return jsonify(body), body["code"]
