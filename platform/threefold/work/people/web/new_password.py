"""A forgotten password: a code by e-mail, exchanged by sending, and a new password. It passes no second step."""

from __future__ import annotations

from flask import redirect, session
from flask.typing import ResponseReturnValue

from threefold.work.people.links import LinkRefused, ask_for_new_password, choose_new_password, whose_link
from threefold.work.people.web.account import NewPassword
from threefold.work.people.web.errors import answers_with
from threefold.work.people.web.fields import email
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.from_email import FromEmail, ask_for_code, secret_in, told_alike
from threefold.work.people.web.limits import limit_links, limit_mails, limit_mails_to_one
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.state import now
from threefold.work.people.web.visits import public_page

KEPT = "new-password"
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


@blueprint.route("/new-password/open", methods=["GET", "POST"])
@public_page
@limit_links
def new_password_link() -> ResponseReturnValue:
    """Where the mailed link leads."""
    form = fill(FromEmail)
    if form.valid:
        with told_alike(form, LinkRefused, "ask for another with “Forgotten password”."):
            whose_link(services().walls, secret_in(form), now())
            session[KEPT] = secret_in(form)
            return redirect("/new-password", 303)
    said = "Somebody, probably you, asked for a new password for your account."
    return ask_for_code(form, title="Choose a new password", said=said)


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
