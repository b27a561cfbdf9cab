"""The page behind an agency's link: one question, four answers, no account, and nothing else of the case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import make_response, redirect, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.walls.directory import BodyRef
from threefold.walls.session import Actor, Scope, Unit
from threefold.work.incidents.records import NotFound
from threefold.work.people.web import (
    Form,
    choice,
    day,
    email,
    fill,
    limit_links,
    long_text,
    public_page,
    render,
    services,
    text,
)
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint

AGENCY = Actor(name="An agency, by its link")
_LONGEST_SECRET = 100


BY = text("Your role", required=False, hint="Such as designated safeguarding lead.")
CHOICES = {
    "answered": "We know something",
    "nothing_known": "We know nothing of this",
    "closed_until": "We are closed and cannot look now",
    "passed_on": "A colleague should answer this",
}


class Choose(Form):
    # Sent as part of the address: choosing changes nothing yet.
    answer = choice("What is your answer?", CHOICES, missing="Select your answer")


class Answered(Form):
    text = long_text("What your agency knows", missing="Write what your agency knows", longest=20_000, rows=8,
                     hint="Only the partnership that asks can read it.")  # fmt: skip
    by = BY


class NothingKnown(Form):
    by = BY


class ClosedUntil(Form):
    closed_until = day("The day you open again", missing="Enter the day you open again", hint="For example, 13 4 2026")
    by = BY


class PassedOn(Form):
    colleague = email("Your colleague’s email address", missing="Enter your colleague’s email address",
                      hint="They get a link of their own, and this one ends.")  # fmt: skip
    by = BY


FORMS: dict[str, type[Form]] = {
    "answered": Answered,
    "nothing_known": NothingKnown,
    "closed_until": ClosedUntil,
    "passed_on": PassedOn,
}


@blueprint.route("/answer/<slug>/<secret>", methods=["GET", "POST"])
@public_page
@limit_links
def answer(slug: str, secret: str) -> ResponseReturnValue:
    """Opening consumes nothing: a mail scanner or a second look leaves the link as it was."""
    body = _body(slug)
    if body is None or len(secret) > _LONGEST_SECRET:
        raise NotFound
    try:
        return _strict(_answer(body, slug, secret))
    except stories.LinkEnded as ended:
        return _strict(
            make_response(
                render(
                    "answer/ended.html", title="This link has ended", status=410, ended=ended.sentence, synthetic=body.synthetic
                )
            )
        )


@blueprint.record_once
def _without_guard(setup: BlueprintSetupState) -> None:
    """Whoever sends this form knows the secret of its address, which a forger does not; and no cookie gives it any right.

    The guard against forgery would refuse it over https, where it wants a referrer that this page tells nobody.
    """
    setup.app.extensions["csrf"].exempt(answer)


@blueprint.get("/answer/thank-you")
@public_page
def thank_you() -> ResponseReturnValue:
    """It stands at an address without the secret, so that what stays in the browser tells nothing."""
    return _strict(render("answer/thank_you.html", title="Thank you. Your answer was received."))


def _answer(body: BodyRef, slug: str, secret: str) -> Response:
    """First what kind of answer, in the address; then its one question, which is sent."""
    chosen = request.args.getlist("answer")[-1:]  # an empty one stands before the choice, so that choosing nothing is seen
    kind = chosen[0] if chosen else ""
    form = fill(FORMS.get(kind, Choose))
    if form.valid and kind in FORMS:
        given = {name: value for name, value in form.answers.items() if value}
        with form.refusals(), _unit(body, "answer an agency's request") as unit:
            stories.answer_request(unit, secret, kind, **given, token=form.token)
            return make_response(redirect("/answer/thank-you", 303))
    with _unit(body, "open an agency's link") as unit:
        asked = stories.request_by_link(unit, secret)
    if kind in FORMS:
        back = f"/answer/{slug}/{secret}"
        return render("answer/give.html", title=CHOICES[kind], form=form, asked=asked, back=back, synthetic=body.synthetic)
    if chosen:
        form.errors["answer"] = "Select your answer"
    return render(
        "answer/answer.html",
        title="A safeguarding partnership asks your agency",
        form=form,
        asked=asked,
        name=body.name,
        synthetic=body.synthetic,
    )


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


def _strict(response: Response) -> Response:
    """The address is the key: no other site may be told of it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


__all__ = ["answer", "thank_you"]
