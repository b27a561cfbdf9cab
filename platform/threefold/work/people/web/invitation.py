"""Answering an invitation: the e-mail's code is exchanged by sending; then somebody signs in and joins, or makes an account and joins."""

from __future__ import annotations

from flask import redirect, session
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.work.people.access import ROLES
from threefold.work.people.invitations import InvitationOver, accept, accept_as_new, open_invitation
from threefold.work.people.links import LinkRefused
from threefold.work.people.sign_in import begin
from threefold.work.people.web.errors import answers_with
from threefold.work.people.web.fields import secret, text
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.from_email import LONGEST, FromEmail, ask_for_code, secret_in, told_alike
from threefold.work.people.web.limits import limit_links
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.signing_in import end_former
from threefold.work.people.web.state import go_on, my_account, now, required, standing
from threefold.work.people.web.visits import public_page
from threefold.work.people.web.whence import whence

KEPT = "invitation"
answers_with(InvitationOver, 410)


class NewAccount(Form):
    name = text("Your name", hint="As your colleagues know it.", missing="Enter your name", longest=120, autocomplete="name")
    password = secret("Choose a password", missing="Choose a password", autocomplete="new-password",
                      hint="At least 12 characters. Three or four words you can remember are good.")  # fmt: skip


@blueprint.route("/invitation/open", methods=["GET", "POST"])
@public_page
@limit_links
def invitation_link() -> ResponseReturnValue:
    """Where the mailed link leads."""
    form = fill(FromEmail)
    if form.valid:
        with told_alike(form, LinkRefused, "ask whoever invited you to send another."):
            open_invitation(services().walls, secret_in(form), now())
            session[KEPT] = secret_in(form)
            return redirect("/invitation", 303)
    said = "You were invited by email to work with a body in Threefold."
    return ask_for_code(form, title="See your invitation", said=said)


@blueprint.get("/invitation")
@public_page
@limit_links
def invitation() -> ResponseReturnValue:
    """What the invitation says, and the ways to take it up."""
    found = open_invitation(services().walls, kept_invitation(), now())
    state = standing()
    signed_in = state if state is not None and state.stage == "open" and not state.elsewhere else None
    settings = services().settings
    return render(
        "people/invitation.html", title=f"{found.body_name} invites you", found=found, state=signed_in, form=fill(Form), role=ROLES[found.role],
        synthetic=found.synthetic, provider=settings.oidc_name if settings.oidc_issuer else "",
    )  # fmt: skip


@blueprint.post("/invitation/accept")
@public_page
@limit_links
def accept_page() -> ResponseReturnValue:
    state = my_account()
    found = accept(services().walls, kept_invitation(), state.person_id, state.display_name, now())
    session.pop(KEPT, None)
    return redirect(f"/b/{found.body_slug}/", 303)


@blueprint.route("/invitation/new-account", methods=["GET", "POST"])
@public_page
@limit_links
def new_account() -> ResponseReturnValue:
    own = services()
    found = open_invitation(own.walls, kept_invitation(), now())
    form = fill(NewAccount)
    if form.valid:
        with form.refusals():
            person_id = accept_as_new(own.walls, kept_invitation(), form["name"], form["password"], now())
            session.pop(KEPT, None)
            with own.walls.directory() as directory:
                person = directory.person_by_id(person_id)
            if person is None:
                raise ThreefoldError("Sign in with your new account.")
            end_former(now())
            signed_in = begin(own.walls, person, now(), how="password", required=required(), whence=whence(), fresh_at=now())
            return go_on(signed_in, f"/b/{found.body_slug}/", email=found.email)
    return render(
        "people/new_account.html",
        title="Make your account",
        form=form,
        found=found,
        back="/invitation",
        synthetic=found.synthetic,
    )


def kept_invitation() -> str:
    """The secret of the invitation this browser has exchanged, or nothing."""
    return str(session.get(KEPT, ""))[:LONGEST]
