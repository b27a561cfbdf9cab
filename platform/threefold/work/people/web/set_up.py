"""Setting up second steps: an authenticator app, passkeys, recovery codes. At the first sign-in where one is required, or later."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from threefold.walls.account_rows import SignInState
from threefold.work.people import passkeys
from threefold.work.people.second_steps import confirm_totp, drop_totp, new_recovery_codes, new_totp, shown_again, totp_address
from threefold.work.people.sign_in import move_on
from threefold.work.people.web.fields import code, text
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.limits import limit_asking, limit_codes
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.signing_in import next_address
from threefold.work.people.web.state import asking, fresh_account, go_on, now, required, setting_up, site
from threefold.work.people.web.visits import public_page, sign_in_token
from threefold.work.people.web.whence import whence

CODES = "/account/recovery-codes"
DONE = {
    "app": "The authenticator app is in use. Your other sign-ins have ended.", "passkey": "The passkey is in use. Your other sign-ins have ended.",
    "gone": "It was removed. Your other sign-ins have ended.",
}  # fmt: skip


class App(Form):
    code = code("Code that the app shows now", hint="6 figures.")


class Passkey(Form):
    name = text("What do you call this passkey?", hint="Such as: work laptop.", longest=60, required=False)


@blueprint.get("/account/second-step")
@public_page
def second_step() -> ResponseReturnValue:
    """Which second steps somebody has, and what they can add."""
    state = setting_up()
    first = state.stage == "set_up"
    with services().walls.directory() as directory:
        known = directory.passkeys_of(state.person_id)
    title = "Set up a second step" if first else "Your second step"
    return render("people/second_step.html", asking=asking(next_address()), title=title, state=state, passkeys=known, first=first, back="" if first else "/account", done=DONE,
                  next=next_address())  # fmt: skip


@blueprint.route("/account/app", methods=["GET", "POST"])
@public_page
@limit_codes
def app() -> ResponseReturnValue:
    state, walls = setting_up(), services().walls
    sealed = request.form.get("sealed", "")
    form = fill(App)
    if form.valid:
        with form.refusals():
            confirm_totp(walls, state, sealed, form["code"], now(), grace=services().settings.code_grace)
            return _in_use(state, "app", "code from an app")
    secret, sealed = (shown_again(walls, state, sealed), sealed) if sealed and not form.general else new_totp(walls, state)
    square = BytesIO()
    segno.make(totp_address(secret, state.email), error="m").save(
        square, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, omitsize=False
    )
    return render(
        "people/app.html", title="Add an authenticator app", form=form, back=f"/account/second-step{asking(next_address())}", sealed=sealed,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)), square=Markup(square.getvalue().decode()), next=next_address(),  # noqa: S704
    )  # fmt: skip


@blueprint.post("/account/app/remove")
@public_page
def remove_app() -> ResponseReturnValue:
    drop_totp(services().walls, fresh_account(), now(), required=required())
    return redirect("/account/second-step?done=gone", 303)


@blueprint.post("/account/passkey/ask")
@public_page
@limit_asking
def ask_new_passkey() -> ResponseReturnValue:
    return jsonify(passkeys.ask_to_add(services().walls, site(), setting_up(), now()))


@blueprint.route("/account/passkey", methods=["GET", "POST"])
@public_page
@limit_codes
def passkey() -> ResponseReturnValue:
    state = setting_up()
    form = fill(Passkey)
    if form.valid:
        with form.refusals():
            asked, answer = request.form.get("asked", ""), request.form.get("answer_of_passkey", "")
            passkeys.add(services().walls, site(), state, asked, answer, form["name"] or "", now())
            return _in_use(state, "passkey", "passkey")
    return render(
        "people/passkey.html",
        title="Add a passkey",
        form=form,
        back=f"/account/second-step{asking(next_address())}",
        next=next_address(),
        named=site().has_name,
    )


@blueprint.post("/account/passkey/<uuid:passkey_id>/remove")
@public_page
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    passkeys.remove(services().walls, fresh_account(), passkey_id, now(), required=required())
    return redirect("/account/second-step?done=gone", 303)


@blueprint.route(CODES, methods=["GET", "POST"])
@public_page
def recovery_codes() -> ResponseReturnValue:
    """Ten codes, made when asked for and shown this once."""
    state = fresh_account()
    form = fill(Form)
    codes = new_recovery_codes(services().walls, state, now()) if form.valid and state.second_step else []
    return render("people/recovery_codes.html", title="Keep these recovery codes" if codes else "Make recovery codes", form=form, codes=codes,
                  state=state, back="" if codes else "/account", next=next_address())  # fmt: skip


def _in_use(state: SignInState, what: str, how: str) -> ResponseReturnValue:
    """A second step was added: at a first sign-in that opens the rest; the first one leads on to recovery codes."""
    going_to = next_address()
    to = CODES + asking(going_to) if not state.codes else f"/account/second-step?done={what}"
    if state.stage != "set_up":
        return redirect(to, 303)
    return go_on(move_on(services().walls, sign_in_token(), state, now(), whence(), how=f"{state.how} and {how}"), to)
