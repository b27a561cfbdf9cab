"""The pages of signing in and out: password, passkey, code; and showing again who one is before an act that needs it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.walls.account_rows import SignInState
from threefold.work.people.passkeys import ask_to_sign, signed_by
from threefold.work.people.second_steps import pass_code, pass_password, wrong
from threefold.work.people.sign_in import begin, move_on, sign_in, sign_out
from threefold.work.people.web.errors import SignInNeeded
from threefold.work.people.web.fields import code, email, secret
from threefold.work.people.web.forms import Filled, Form, fill
from threefold.work.people.web.going_on import safe_next
from threefold.work.people.web.limits import limit_asking, limit_codes, limit_sign_in
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.state import go_on, my_sign_in, now, required, site, standing
from threefold.work.people.web.visits import drop_token, public_page, sign_in_token
from threefold.work.people.web.whence import whence


class SignIn(Form):
    email = email(missing="Enter your email address")
    password = secret(missing="Enter your password")


class Code(Form):
    code = code("Code from your authenticator app", hint="The 6 figures that the app shows now, or one of your recovery codes.")


class RecoveryCode(Form):
    code = code("Recovery code", hint="One of the codes you kept when you set up your second step.")


class Again(Form):
    password = secret("Your password", missing="Enter your password")


def next_address() -> str:
    return safe_next(request.values.get("next", ""))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public_page
@limit_sign_in
def sign_in_page() -> ResponseReturnValue:
    going_to = next_address()
    form = fill(SignIn)
    if form.valid:
        at = now()
        with form.refusals():
            signed_in = sign_in(services().walls, form["email"], form["password"], at, required=required(), whence=whence())
            end_former(at)
            return go_on(signed_in, going_to, email=form["email"])
    elif not form.sent and (before := standing()) and before.stage != "open":
        return redirect("/sign-in/code" if before.stage == "second_step" else "/account/second-step", 303)
    return _sign_in_page(form, going_to)


def _sign_in_page(form: Filled, going_to: str) -> ResponseReturnValue:
    settings = services().settings
    return render("people/sign_in.html", title="Sign in", form=form, back="/", next=going_to, kept=request.args.get("kept") == "yes",
                  provider=settings.oidc_name if settings.oidc_issuer else "")  # fmt: skip


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public_page
@limit_codes
def code_page() -> ResponseReturnValue:
    """The second step of a sign-in."""
    state = standing()
    if state is None or state.stage == "set_up":
        raise SignInNeeded
    if state.stage == "open":
        return redirect(next_address(), 303)
    form = fill(Code if state.totp else RecoveryCode)
    if form.valid:
        with form.refusals():
            passed = pass_code(
                services().walls, sign_in_token(), state, form["code"], now(), whence(), grace=services().settings.code_grace
            )
            return go_on(passed, next_address())
    return render("people/code.html", title="Check that it is you", form=form, state=state, next=next_address())


@blueprint.post("/sign-in/passkey/ask")
@public_page
@limit_asking
def ask_passkey() -> ResponseReturnValue:
    """What the browser's passkey is to sign: of the person who is signing in, or of whoever has one."""
    state = standing()
    return jsonify(ask_to_sign(services().walls, site(), now(), state.person_id if state else None))


@blueprint.post("/sign-in/passkey")
@public_page
@limit_codes
def passkey_page() -> ResponseReturnValue:
    """A passkey as the whole sign-in; or as the second step, or to show again who one is, of the same person only."""
    at, state = now(), standing()
    form = fill(Form)
    with form.refusals():
        person_id = signed_by(
            services().walls, site(), request.form.get("asked", ""), request.form.get("answer_of_passkey", ""), at
        )
        if state is not None and state.stage != "set_up":
            return _passed_by_passkey(state, person_id)
        with services().walls.directory() as directory:
            person = directory.person_by_id(person_id)
        if person is None or not person.active:
            raise SignInNeeded
        signed_in = begin(
            services().walls, person, at, how="passkey", required=required(), whence=whence(), fresh_at=at, strong=True
        )
        end_former(at)
        return go_on(signed_in, next_address())
    if state is not None and state.stage == "second_step":
        wrong(services().walls, state, at)
    return render("people/passkey_refused.html", title="The passkey was not used", form=form, back="/sign-in")


def _passed_by_passkey(state: SignInState, person_id: UUID) -> ResponseReturnValue:
    if person_id != state.person_id:
        raise ThreefoldError("That passkey belongs to another account.")
    how = f"{state.how} and passkey" if state.stage != "open" else ""
    return go_on(move_on(services().walls, sign_in_token(), state, now(), whence(), how=how), next_address())


@blueprint.route("/confirm", methods=["GET", "POST"])
@public_page
@limit_codes
def confirm() -> ResponseReturnValue:
    """Before a signature, an export or a change of how one signs in: the second step again, or the password without one."""
    state = my_sign_in()
    form = fill(Code if state.totp else RecoveryCode if state.passkeys else Again)
    if form.valid:
        at, walls, token = now(), services().walls, sign_in_token()
        with form.refusals():
            if state.second_step:
                grace = services().settings.code_grace
                return go_on(pass_code(walls, token, state, form["code"], at, whence(), grace=grace), next_address())
            return go_on(pass_password(walls, token, state, form["password"], at, whence()), next_address())
    settings = services().settings
    return render("people/confirm.html", title="Confirm that it is you", form=form, state=state, next=next_address(), back="/my-work",
                  provider=settings.oidc_name if settings.oidc_issuer and state.identities else "")  # fmt: skip


def end_former(at: datetime) -> None:
    """One browser, one sign-in: nothing is left open behind it."""
    if before := sign_in_token():
        sign_out(services().walls, before, at)


@blueprint.post("/sign-out")
@public_page
def sign_out_page() -> ResponseReturnValue:
    if token := sign_in_token():
        sign_out(services().walls, token, now())
    response = redirect("/signed-out", 303)
    drop_token(response)
    # What the browser still has of this site, but its cookies: that it is a known one stays.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/signed-out")
@public_page
def signed_out() -> ResponseReturnValue:
    g.signed_in = False
    return render("people/signed_out.html", title="You have signed out")
