"""My account: where I am signed in, what happened at my sign-ins, and my password."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.people.second_steps import change_password
from threefold.work.people.sign_in import IDLE
from threefold.work.people.web.fields import secret
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.state import fresh_account, my_account, now
from threefold.work.people.web.visits import public_page

EVENTS = {
    "signed_in": "You signed in", "password_wrong": "A wrong password was given", "code_wrong": "A wrong code or password was given at a second step",
    "password_changed": "The password was changed", "app_added": "An authenticator app was added", "app_removed": "The authenticator app was removed",
    "passkey_added": "A passkey was added", "passkey_removed": "A passkey was removed", "codes_made": "New recovery codes were made",
    "code_used": "A recovery code was used", "identity_added": "Signing in with your organisation was added",
    "identity_removed": "Signing in with your organisation was removed", "others_ended": "Other sign-ins were ended",
    "provider_signed_out": "A sign-in ended, because you signed out at your organisation",
    "elsewhere": "A sign-in went on from another browser or network, and was asked who it is", "shown_elsewhere": "You showed there who you are, and it went on",
    "oldest_ended": "The sign-in used longest ago ended, because there were more than ten", "joined": "You joined a body",
    "staff_granted": "You became platform staff", "staff_ended": "You are platform staff no more",
    "signed_out_by_operator": "Your sign-ins were ended by whoever runs this service",
    "steps_forgotten": "All second steps were removed by whoever runs this service",
}  # fmt: skip
DONE = {
    "ended": "That sign-in has ended.", "others": "All your other sign-ins have ended.", "password": "Your password was changed. Your other sign-ins have ended.",
    "linked": "You can now sign in with your organisation.", "unlinked": "You can no longer sign in with your organisation.",
}  # fmt: skip


class NewPassword(Form):
    password = secret("New password", missing="Enter a new password", autocomplete="new-password",
                      hint="At least 12 characters. Three or four words you can remember are good.")  # fmt: skip


@blueprint.get("/account")
@public_page
def account() -> ResponseReturnValue:
    state, walls = my_account(), services().walls
    with walls.directory() as directory:
        sessions = directory.sessions_of(state.person_id, now(), IDLE)
        events, kept_days = directory.events_of(state.person_id), directory.sign_in_days()
    settings = services().settings
    return render(
        "people/account.html", title="Your account", state=state, sessions=sessions, events=events, kept_days=kept_days, words=EVENTS, done=DONE, back="/my-work",
        provider=settings.oidc_name if settings.oidc_issuer else "",
    )  # fmt: skip


@blueprint.post("/account/sign-ins/<uuid:session_id>/end")
@public_page
def end_one(session_id: UUID) -> ResponseReturnValue:
    """End one of my sign-ins. One that is not mine ends nothing, and is answered alike."""
    state = my_account()
    with services().walls.directory() as directory:
        if directory.end_others(state.person_id, now(), keep=state.session_id, one=session_id):
            directory.note_event(state.person_id, now(), "others_ended")
    return redirect("/account?done=ended", 303)


@blueprint.post("/account/sign-ins/end-others")
@public_page
def end_all_others() -> ResponseReturnValue:
    state = my_account()
    with services().walls.directory() as directory:
        directory.end_others(state.person_id, now(), keep=state.session_id)
        directory.note_event(state.person_id, now(), "others_ended")
    return redirect("/account?done=others", 303)


@blueprint.route("/account/password", methods=["GET", "POST"])
@public_page
def password() -> ResponseReturnValue:
    state = fresh_account()
    form = fill(NewPassword)
    if form.valid:
        with form.refusals():
            change_password(services().walls, state, form["password"], now())
            return redirect("/account?done=password", 303)
    return render("people/password.html", title="Change your password" if state.password_hash else "Choose a password", form=form, back="/account",
                  email=state.email)  # fmt: skip
