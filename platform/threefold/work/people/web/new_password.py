"""A forgotten password: a link by e-mail, exchanged by sending, and a new password. It passes no second step."""

from __future__ import annotations

from flask import redirect, session
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.work.people.links import LinkRefused, ask_for_new_password, choose_new_password, whose_link
from threefold.work.people.web.account import NewPassword
from threefold.work.people.web.errors import answers_with
from threefold.work.people.web.fields import email
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.limits import limit_links, limit_mails, limit_mails_to_one
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.state import now
from threefold.work.people.web.visits import public_page

KEPT = "new-password"
LONGEST = 100
answers_with(LinkRefused, 410)


class Forgotten(Form):
    email = email(missing="Enter your email address")


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@public_page
@limit_mails
@limit_mails_to_one
def forgotten() -> ResponseReturnValue:
    form = fill(Forgotten)
    if form.valid:
        ask_for_new_password(services().walls, form["email"], now())
        return redirect("/forgotten-password/sent", 303)
    return render("people/forgotten.html", title="Forgotten password", form=form, back="/sign-in")


@blueprint.get("/forgotten-password/sent")
@public_page
def forgotten_sent() -> ResponseReturnValue:
    return render("people/forgotten_sent.html", title="Look at your email")


@blueprint.route("/new-password/<secret>", methods=["GET", "POST"])
@public_page
@limit_links
def new_password_link(secret: str) -> ResponseReturnValue:
    """Opening uses nothing up: mail scanners open links too. Sending takes the secret out of the address."""
    form = fill(Form)
    whose_link(services().walls, secret[:LONGEST], now())
    if form.sent:
        session[KEPT] = secret
        return no_referrer(redirect("/new-password", 303))
    return no_referrer(render("people/link.html", title="Choose a new password", form=form, going_on="Choose a new password"))


@blueprint.route("/new-password", methods=["GET", "POST"])
@public_page
@limit_links
def new_password() -> ResponseReturnValue:
    secret = str(session.get(KEPT, ""))
    _, address, _ = whose_link(services().walls, secret, now())
    form = fill(NewPassword)
    if form.valid:
        with form.refusals():
            choose_new_password(services().walls, secret, form["password"], now())
            session.pop(KEPT, None)
            return redirect("/new-password/done", 303)
    return render("people/password.html", title="Choose a new password", form=form, email=address)


@blueprint.get("/new-password/done")
@public_page
def new_password_done() -> ResponseReturnValue:
    return render("people/new_password_done.html", title="Your password was changed")


def no_referrer(response: Response) -> Response:
    """The address holds a secret: no other page may be told of it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.record_once
def _without_guard(setup: BlueprintSetupState) -> None:
    """Whoever sends this knows the secret of the address, which a forger does not; over https the guard would want a referrer."""
    setup.app.extensions["csrf"].exempt(new_password_link)
