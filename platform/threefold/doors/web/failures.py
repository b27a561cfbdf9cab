"""What a person sees when something cannot be done: a plain page with what to do next, and never how it failed inside."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Iterable
from typing import Any, cast
from urllib.parse import quote

from flask import Flask, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, InternalServerError

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.doors.web.addresses import Address
from threefold.walls.session import StaffSessionOver
from threefold.work.people.own_cases import NotOwnCase
from threefold.work.people.sign_in import SignInEnded
from threefold.work.people.web.errors import ConfirmNeeded, SignInNeeded, status_of
from threefold.work.people.web.going_on import referrer, signed_out_while_sending, to_confirm, to_reason, to_sign_in
from threefold.work.people.web.limits import TooMuchRead
from threefold.work.people.web.pages import note_who_is_there
from threefold.work.people.web.render import render
from threefold.work.people.web.typed import Typed, asks_words, sent_from_here, typed_in
from threefold.work.people.web.visits import current_visit, drop_token, note_refusal, note_unguarded

_LOG = logging.getLogger("threefold.web")

TITLES = {
    400: "There is a problem with what was sent",
    403: "You cannot do this",
    404: "Page not found",
    405: "This page cannot be used in that way",
    409: "Somebody changed this meanwhile",
    410: "This cannot be read any more",
    413: "What you sent is too large",
    422: "There is a problem",
    429: "Too many tries",
    500: "Sorry, there is a problem with the service",
    503: "Sorry, the service is not available",
}
SENTENCES = {
    400: ["The page could not understand what was sent. Go back and try again."],
    404: ["There is no such page here, or you may not see it.",
          "If you typed the address, check it. If you followed a link, ask whoever gave it to you."],
    405: ["Go back and use the links and buttons on the page."],
    413: ["Go back and send less at once."],
    429: ["Wait five minutes and try again."],
    503: ["Nothing you had saved is lost. Try again in a few minutes."],
}  # fmt: skip
TOO_MUCH = "Too many pages in a short time"
FORGED = [
    "The page was open for too long, you were signed out meanwhile, or cookies are turned off, so nothing was saved.",
    "Sign in if you are asked to, load the page again, and send it from there.",
]


API = "/api/"


def install(app: Flask) -> None:
    """Answer every error of the app: with a page of its own, or under /api in JSON. Called when all else is mounted."""
    # What the JSON door registered for refused input: it knows which part of it was wrong.
    in_json = cast("Callable[[HTTPException], Any] | None", app.error_handler_spec[None][None].get(HTTPException))

    @app.errorhandler(ThreefoldError)
    def told(error: ThreefoldError) -> ResponseReturnValue:
        if isinstance(error, SignInNeeded):
            return _signed_out_while_sending() if request.method == "POST" else to_sign_in()
        if isinstance(error, StaffSessionOver):
            g.pop("visit", None)  # told as to any stranger
        visit = current_visit()
        note_refusal(visit, error)
        if isinstance(error, NotOwnCase) and visit is not None:
            return to_reason(visit, error.case_id)
        if isinstance(error, ConfirmNeeded):
            return to_confirm(error)
        if isinstance(error, SignInEnded):
            return _begin_again(error.sentence)
        status = status_of(error)
        if status == 404:
            return _page(404, typed=True)
        sentences = [e.sentence for e in error.errors] if isinstance(error, ManyErrors) else [error.sentence]
        title = TOO_MUCH if isinstance(error, TooMuchRead) else ""
        return _page(status, sentences, paragraph=error.paragraph, title=title, typed=True)

    @app.errorhandler(CSRFError)
    def forged(_: CSRFError) -> ResponseReturnValue:
        note_unguarded()
        return _page(400, FORGED, title="This page was open for too long", typed=sent_from_here())

    @app.errorhandler(RateLimitExceeded)
    def too_often(error: RateLimitExceeded) -> ResponseReturnValue:
        return _page(429, [_wait_for(error.limit.limit.get_expiry() if error.limit else 0)], typed=sent_from_here())

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error
        if request.path.startswith(API) and in_json is not None:
            return cast(ResponseReturnValue, in_json(error))
        return _page(status if status in TITLES else 400 if status < 500 else 500)

    @app.errorhandler(InternalServerError)
    def broken(_: InternalServerError) -> ResponseReturnValue:
        number = g.get("error_id", "none")
        return _page(500, [
            "Nothing was saved by this page. Try again in a few minutes.",
            f"If it happens again, tell whoever runs this service, and give them this number: {number}.",
        ], typed=True)  # fmt: skip


class QuietFlask(Flask):
    """Flask, but a failure is logged without its message: an error's own words may hold what somebody typed."""

    url_rule_class = Address

    def log_exception(self, exc_info: Any) -> None:
        kind, _, trace = exc_info
        g.error_id = secrets.token_hex(4)
        frames = [f"  {f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
        _LOG.error("error %s: %s in %s\n%s", g.error_id, kind.__name__ if kind else "?", request.endpoint, "\n".join(frames))


def _typed() -> Typed:
    """What was typed into the form of this request, or kept while the sign-in had ended, to be copied: its page is not shown again."""
    if not asks_words():
        return []
    sent: MultiDict[str, str] = request.form if request.method == "POST" else g.get("held") or MultiDict()
    return typed_in(sent)


_WITH_A_WAY_ON = (404, 409, 410, 422)  # what was asked cannot be done here, and whoever asked goes on elsewhere


def _page(
    status: int, sentences: Iterable[str] = (), *, title: str = "", paragraph: str = "", typed: bool | Typed = False
) -> ResponseReturnValue:
    if request.path.startswith(API):
        told = " ".join(sentences) or " ".join(SENTENCES.get(status, SENTENCES[400]))
        return jsonify(code=status, status=title or TITLES.get(status, TITLES[400]), message=told, paragraph=paragraph), status
    if status in (404, 405) and "signed_in" not in g:  # no page here that would have asked
        note_who_is_there()
    return render(
        "threefold/error.html", title=title or TITLES.get(status, TITLES[400]), status=status,
        sentences=list(sentences) or SENTENCES.get(status, SENTENCES[400]), paragraph=paragraph, typed=_typed() if typed is True else typed or [], to_copy=True,
        action={"href": "/my-work", "text": "Go to My work"} if status in _WITH_A_WAY_ON and g.get("signed_in") else None,
    )  # fmt: skip


def _wait_for(seconds: int) -> str:
    """How long to wait, for a limit over so many seconds."""
    if seconds <= 5 * 60:
        return "Wait five minutes and try again."
    if seconds <= 60 * 60:
        return "There were too many tries in the last hour. Wait an hour and try again."
    return "There were too many tries in the last day. Try again tomorrow, or use another way to sign in."


def _begin_again(sentence: str) -> ResponseReturnValue:
    """A sign-in that ended between its steps."""
    g.signed_in = False
    response = render("threefold/error.html", title="You are not signed in", status=401, sentences=[sentence],
                      action={"href": "/sign-in", "text": "Sign in"})  # fmt: skip
    drop_token(response)
    return response


def _signed_out_while_sending() -> ResponseReturnValue:
    if kept := signed_out_while_sending():
        return kept
    g.signed_in = False
    typed, back = sent_from_here(), referrer()
    return render(
        "threefold/error.html", title="You were signed out", status=401,
        sentences=["Nothing was saved, because you are not signed in any more.",
                   "Copy what you had typed first: it is not kept. Then sign in, and enter it again." if typed
                   else "Sign in, and enter it again."],
        typed=typed, to_copy=True, action={"href": f"/sign-in?next={quote(back, safe='/')}" if back else "/sign-in", "text": "Sign in"},
    )  # fmt: skip
