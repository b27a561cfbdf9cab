"""Signing in with an OpenID provider: code flow with PKCE, state and nonce.

A subject becomes a person by a link on record only, made by an invitation or by the person while signed in: never because an
e-mail address is the same. Where the provider says that it saw a second step, ours is not asked again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import current_app, redirect, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from threefold.domain.errors import ThreefoldError
from threefold.work.people.access import NotHere
from threefold.work.people.invitations import accept_as_new
from threefold.work.people.links import LinkRefused
from threefold.work.people.second_steps import changed
from threefold.work.people.sign_in import BY_PROVIDER, FRESH, begin, move_on, provider_session
from threefold.work.people.web.errors import answers_with
from threefold.work.people.web.forms import Form, fill
from threefold.work.people.web.invitation import KEPT, kept_invitation
from threefold.work.people.web.limits import limit_asking, limit_codes
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.render import render
from threefold.work.people.web.services import services
from threefold.work.people.web.signing_in import end_former, next_address
from threefold.work.people.web.state import fresh_account, go_on, my_sign_in, now, required
from threefold.work.people.web.visits import public_page, sign_in_token
from threefold.work.people.web.whence import whence

_EXTENSION = "threefold-provider"
_ASKED = "provider"  # what the browser was sent to the provider for
PURPOSES = ("sign-in", "join", "link", "confirm")
_SECONDS = 10


class ProviderRefused(ThreefoldError):
    """The provider did not sign the person in, or what it sent does not hold."""


answers_with(ProviderRefused, 422)


@blueprint.post("/sign-in/provider/<purpose>")
@public_page
@limit_asking
def to_provider(purpose: str) -> ResponseReturnValue:
    """Send the browser to the provider: to sign in, to answer an invitation, to link, or to show again who one is."""
    if not services().settings.oidc_issuer or purpose not in PURPOSES:
        raise NotHere
    if purpose == "link":
        fresh_account()
    session[_ASKED] = {"purpose": purpose, "next": next_address()}
    again = {"prompt": "login", "max_age": "0"} if purpose == "confirm" else {}
    try:
        return cast(ResponseReturnValue, client().authorize_redirect(_back_address(), **again))
    except (OAuthError, RequestException) as error:
        raise ProviderRefused(f"{_name()} cannot be reached now. Try again, or sign in another way.") from error


@blueprint.get("/sign-in/provider/back")
@public_page
@limit_codes
def from_provider() -> ResponseReturnValue:
    """Back from the provider. Everything is checked before anything is believed."""
    if not services().settings.oidc_issuer:
        raise NotHere
    asked = session.pop(_ASKED, None)
    claims = _claims()
    if not isinstance(asked, dict):
        raise ProviderRefused("The page was open for too long. Begin again.")
    issuer, subject = services().settings.oidc_issuer, str(claims["sub"])
    purpose, going_to = asked["purpose"], asked["next"]
    if purpose == "link":
        return _link(issuer, subject)
    with services().walls.directory() as directory:
        person_id = directory.person_of_identity(issuer, subject)
    if purpose == "confirm":
        return _confirm(person_id, claims, going_to)
    if purpose == "join":
        going_to = "/invitation" if person_id else "/my-work"
        person_id = person_id or _join(issuer, subject, claims)
    with services().walls.directory() as directory:
        person = directory.person_by_id(person_id) if person_id else None
    if person is None or not person.active:
        raise ProviderRefused(
            "Nobody here is linked with that account. If you have a password here, sign in with it and add this way under Your account. "
            "If you are invited, open the link of your invitation."
        )
    signed_in = begin(services().walls, person, now(), how=BY_PROVIDER, required=required(), whence=whence(), strong=_strong(claims),
                      fresh_at=_shown_at(claims), provided=provider_session(issuer, str(claims.get("sid") or "")))  # fmt: skip
    end_former(now())
    return go_on(signed_in, going_to)


@blueprint.route("/account/provider/remove", methods=["GET", "POST"])
@public_page
def remove_identity() -> ResponseReturnValue:
    """Sign in with the provider no more. Refused where nothing else would be left to sign in with."""
    state = fresh_account()
    form = fill(Form)
    if form.sent:
        with form.refusals():
            if not state.password_hash and not state.passkeys:
                raise ThreefoldError("You would have no way to sign in. First choose a password or add a passkey.")
            with services().walls.directory() as directory:
                gone = directory.drop_identities(state.person_id)
            if gone:
                changed(services().walls, state, now(), "identity_removed")
            return redirect("/account?done=unlinked", 303)
    return render("people/remove_identity.html", title=f"Stop signing in with {_name()}", form=form, back="/account")


def _link(issuer: str, subject: str) -> ResponseReturnValue:
    state = fresh_account()
    with services().walls.directory() as directory:
        if not directory.link_identity(issuer, subject, state.person_id, now()):
            raise ProviderRefused("That account is linked with somebody already.")
    changed(services().walls, state, now(), "identity_added")
    return redirect("/account?done=linked", 303)


def _confirm(person_id: Any, claims: dict[str, Any], going_to: str) -> ResponseReturnValue:
    state = my_sign_in()
    shown = _shown_at(claims)
    if person_id != state.person_id:
        raise ProviderRefused("That is another person’s account. Confirm with your own.")
    if shown is None or now() - shown > FRESH or (state.second_step and not _strong(claims)):
        raise ProviderRefused(f"{_name()} did not ask you again who you are. Confirm in another way.")
    return go_on(move_on(services().walls, sign_in_token(), state, now(), whence()), going_to)


def _join(issuer: str, subject: str, claims: dict[str, Any]) -> Any:
    """A person who was invited makes an account that signs in with the provider."""
    name = str(claims.get("name") or claims.get("preferred_username") or "")
    try:
        person_id = accept_as_new(services().walls, kept_invitation(), name, "", now())
    except LinkRefused:
        return None
    session.pop(KEPT, None)
    with services().walls.directory() as directory:
        directory.link_identity(issuer, subject, person_id, now())
    return person_id


def _claims() -> dict[str, Any]:
    """What the provider says of the person, once state, nonce, signature, issuer, audience and times hold."""
    refused = ProviderRefused(f"{_name()} did not sign you in. Begin again, or sign in another way.")
    try:
        token = client().authorize_access_token()
    except (OAuthError, JoseError, RequestException, ValueError, KeyError) as error:
        raise refused from error
    claims = token.get("userinfo")
    if not claims or "id_token" not in token or claims.get("iss") != services().settings.oidc_issuer or not claims.get("sub"):
        raise refused
    return dict(claims)


def _strong(claims: dict[str, Any]) -> bool:
    said = claims.get("amr")
    told = {*(said if isinstance(said, list) else []), claims.get("acr")}
    return bool(told & services().settings.oidc_strong)


def _shown_at(claims: dict[str, Any]) -> datetime | None:
    """When the person showed the provider who they are; None where it does not say."""
    told = claims.get("auth_time")
    return min(datetime.fromtimestamp(told, UTC), now()) if isinstance(told, int) else None


class _Straight(OAuth2Session):  # type: ignore[misc]
    """Asks the provider where it says it is, and follows it nowhere else: a code and its proof go to no other address."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.max_redirects = 0


class _Provider(FlaskOAuth2App):  # type: ignore[misc]
    client_cls = _Straight


def client() -> Any:
    """The provider as Authlib speaks to it: its description and its keys, read once and kept."""
    found = current_app.extensions.get(_EXTENSION)
    if found is None:
        settings = services().settings
        found = OAuth(current_app._get_current_object()).register(  # type: ignore[attr-defined]
            "provider", client_cls=_Provider, client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret(),
            server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": _SECONDS},
        )  # fmt: skip
        current_app.extensions[_EXTENSION] = found
    return found


def _back_address() -> str:
    return f"{services().settings.public_url.rstrip('/')}/sign-in/provider/back"


def _name() -> str:
    return services().settings.oidc_name[:1].upper() + services().settings.oidc_name[1:]
