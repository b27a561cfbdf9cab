"""The pages behind an agency's link: one question, four answers, no account, and nothing else of the case.

The link holds the secret behind its #, so looking at it sends, shows and uses up nothing: a mail scanner learns no name. A POST
exchanges the secret for a cookie of this browser, for this one request; where a code is told by phone, that cookie opens nothing
but the page that asks for it. What follows stands at an address without any secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from flask import current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from threefold.walls.directory import BodyRef
from threefold.walls.sealed import ContentDestroyed
from threefold.walls.session import Actor, Scope, Unit
from threefold.work.incidents.records import NotFound
from threefold.work.people.web import (
    Form,
    FromEmail,
    ask_for_code,
    choice,
    day,
    email,
    fill,
    limit_links,
    long_text,
    public_page,
    render,
    secret_in,
    services,
    text,
    told_alike,
)
from threefold.work.people.web.fields import code
from threefold.work.people.web.typed import typed_in
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint

AGENCY = Actor(name="An agency, by its link")
TITLE = "A safeguarding partnership asks your agency"
ONLY_LINK = timedelta(hours=12)
LOOKED, OPENED = "looked", "opened"  # how far a browser has come


ROLE = text("Your role", required=False, hint="Such as designated safeguarding lead.")
CHOICES = {
    "answered": "We know something",
    "nothing_known": "We know nothing of this",
    "closed_until": "We are closed and cannot look now",
    "passed_on": "A colleague should answer this",
}


class Open(Form):
    code = code("Code from the phone call", hint="The 8 figures that the partnership told you by phone.")


class Choose(Form):
    # Sent as part of the address: choosing changes nothing yet.
    answer = choice("What is your answer?", CHOICES, missing="Select your answer")


class Answered(Form):
    text = long_text("What your agency knows", missing="Write what your agency knows", longest=20_000, rows=8,
                     hint="Only the partnership that asks can read it.")  # fmt: skip
    by = ROLE


class NothingKnown(Form):
    by = ROLE


class ClosedUntil(Form):
    closed_until = day("The day you open again", missing="Enter the day you open again", hint="For example, 13 4 2026")
    by = ROLE


class PassedOn(Form):
    colleague = email("Your colleague’s email address", missing="Enter your colleague’s email address",
                      hint="They get a link of their own, and this one ends.")  # fmt: skip
    by = ROLE


FORMS: dict[str, type[Form]] = {
    "answered": Answered,
    "nothing_known": NothingKnown,
    "closed_until": ClosedUntil,
    "passed_on": PassedOn,
}


@blueprint.route("/answer/<slug>/open", methods=["GET", "POST"])
@public_page
@limit_links
def look(slug: str) -> ResponseReturnValue:
    """Where the mailed link leads. Which bodies there are is not told by it: until its form is sent, nothing is looked up."""
    form = fill(FromEmail)
    if form.valid:
        with told_alike(form, NotFound, "ask the partnership’s business team for another link."):
            body = _body(slug)
            if body is None:
                raise NotFound
            return _told_if_ended(body, lambda: _look(body, slug, secret_in(form)))
    said = "You need no account. If a child is in danger now, call 999."
    return ask_for_code(form, title=TITLE, said=said)


@blueprint.route("/answer/<slug>/request/<uuid:request_id>/code", methods=["GET", "POST"])
@public_page
@limit_links
def tell_code(slug: str, request_id: UUID) -> ResponseReturnValue:
    """The code that was told by phone, for the browser that sent the e-mail's."""
    body = _body(slug)
    if body is None or not _come_to(slug, request_id):
        return _not_open_here()
    return _told_if_ended(body, lambda: _tell_code(body, slug, request_id))


@blueprint.route("/answer/<slug>/request/<uuid:request_id>", methods=["GET", "POST"])
@public_page
@limit_links
def answer(slug: str, request_id: UUID) -> ResponseReturnValue:
    """The question and its answers, for the browser that opened the link."""
    body, come_to = _body(slug), _come_to(slug, request_id)
    if body is None or not come_to:
        return _not_open_here()
    if come_to == LOOKED:
        return redirect(f"{_address(slug, request_id)}/code", 303)
    return _told_if_ended(body, lambda: _answer(body, slug, request_id))


@blueprint.get("/answer/thank-you")
@public_page
def thank_you() -> ResponseReturnValue:
    """It stands at an address without the request, so that what stays in the browser tells nothing."""
    return render("answer/thank_you.html", title="Thank you. Your answer was received.")


def _told_if_ended(body: BodyRef, shown: Callable[[], Response]) -> Response:
    """Somebody may have written for an hour. It was not saved, and is theirs to keep."""
    try:
        return shown()
    except (stories.LinkEnded, ContentDestroyed) as ended:
        said = ended.sentence if isinstance(ended, stories.LinkEnded) else "What was asked here is not kept any more."
        return render(
            "answer/ended.html", title="This link has ended", status=410, ended=said, typed=typed_in(request.form), synthetic=body.synthetic
        )  # fmt: skip


def _not_open_here() -> Response:
    """Told alike whether the browser never opened the link, or too long ago, or there is no such request; what was typed is theirs to keep."""
    said = (
        "This browser shows no question now. Open the link in your email, or open it again: it works until the day named there."
    )
    return render(
        "answer/ended.html", title="Open the link in your email", status=404, ended=said, typed=typed_in(request.form), goes_on=True
    )  # fmt: skip


def _look(body: BodyRef, slug: str, secret: str) -> Response:
    with _unit(body, "look at an agency's link") as unit:
        asked = stories.look_at_link(unit, secret)
    address = _address(slug, asked.id)
    if _come_to(slug, asked.id) == OPENED:
        return make_response(redirect(address, 303))
    if asked.route == "phone":
        return _keep(make_response(redirect(f"{address}/code", 303)), slug, asked, LOOKED)
    with _unit(body, "open an agency's link") as unit:
        stories.open_link(unit, asked.id)
    return _keep(make_response(redirect(address, 303)), slug, asked, OPENED)


def _tell_code(body: BodyRef, slug: str, request_id: UUID) -> Response:
    address = _address(slug, request_id)
    if _come_to(slug, request_id) == OPENED:
        return make_response(redirect(address, 303))
    form = fill(Open)
    if form.valid:
        with _unit(body, "open an agency's link") as unit:
            opened, refused = stories.open_link(unit, request_id, form["code"], form.token)
        if opened is not None:
            return _keep(make_response(redirect(address, 303)), slug, opened, OPENED)
        form.errors["code"] = refused
    with _unit(body, "look at an agency's link") as unit:
        asked = stories.look_again(unit, request_id)
    return render("answer/code.html", title=TITLE, form=form, asked=asked, name=body.name, synthetic=body.synthetic)


def _answer(body: BodyRef, slug: str, request_id: UUID) -> Response:
    """First what kind of answer, in the address; then its one question, which is sent."""
    chosen = request.args.getlist("answer")[-1:]  # an empty one stands before the choice, so that choosing nothing is seen
    kind = chosen[0] if chosen else ""
    form = fill(FORMS.get(kind, Choose))
    if form.valid and kind in FORMS:
        given = {name: value for name, value in form.answers.items() if value}
        with form.refusals(), _unit(body, "answer an agency's request") as unit:
            stories.answer_request(unit, request_id, kind, **given, token=form.token)
            return make_response(redirect("/answer/thank-you", 303))
    with _unit(body, "read an agency's request") as unit:
        asked = stories.request_opened(unit, request_id)
    if kind in FORMS:
        back = _address(slug, request_id)
        return render("answer/give.html", title=CHOICES[kind], form=form, asked=asked, back=back, synthetic=body.synthetic)
    if chosen:
        form.errors["answer"] = "Select your answer"
    return render("answer/answer.html", title=TITLE, form=form, asked=asked, name=body.name, synthetic=body.synthetic)


# the cookie: it says how far this browser has come with this one request, and the request itself says until when


def _keep(response: Response, slug: str, asked: stories.Asked, come_to: str) -> Response:
    at = services().clock()
    # Where nothing but the mailbox opened it, the browser is not trusted for longer than a day's work.
    by_phone = asked.route == "phone" and come_to == OPENED
    until = asked.expires_at if by_phone else min(asked.expires_at, at + ONLY_LINK)
    value = _signer().dumps([slug, str(asked.id), until.timestamp(), come_to])
    response.set_cookie(
        _cookie(asked.id), value, max_age=int((until - at).total_seconds()), secure=services().secure, httponly=True, samesite="Lax", path="/"
    )  # fmt: skip
    return response


def _come_to(slug: str, request_id: UUID) -> str:
    """How far this browser has come with the request: "" where it never sent the e-mail's code, or too long ago."""
    try:
        told = _signer().loads(request.cookies.get(_cookie(request_id), "")[:500])
    except BadSignature:
        return ""
    return str(told[3]) if told[:2] == [slug, str(request_id)] and told[2] > services().clock().timestamp() else ""


def _address(slug: str, request_id: UUID) -> str:
    return f"/answer/{slug}/request/{request_id}"


def _cookie(request_id: UUID) -> str:
    return f"{'__Host-' if services().secure else ''}threefold-answer-{request_id.hex}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="how far a browser has come with a request")


def _body(slug: str) -> BodyRef | None:
    with services().walls.directory() as directory:
        return directory.body_by_slug(slug)


@contextmanager
def _unit(body: BodyRef, purpose: str) -> Iterator[Unit]:
    own = services()
    with own.walls.open(
        Scope(body.id), actor=AGENCY, purpose=purpose, at=own.clock(), source=f"link {request.remote_addr}"
    ) as unit:
        yield unit


__all__ = ["answer", "look", "tell_code", "thank_you"]
