"""Signing out at the OpenID provider ends what began there: OpenID Connect Back-Channel Logout 1.0.

The provider's server tells it to this one: no browser, no cookie and no guard of a form are in it. All trust is in the token
that it sends, so each part of it is looked at, and it counts once.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import jsonify, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException

from threefold.work.people.access import NotHere
from threefold.work.people.sign_in import provider_session
from threefold.work.people.web.limits import limit_told
from threefold.work.people.web.pages import blueprint
from threefold.work.people.web.provider import client
from threefold.work.people.web.services import services
from threefold.work.people.web.state import now
from threefold.work.people.web.visits import public_page

log = structlog.get_logger(__name__)
EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST = 8192
_LEEWAY = 120  # seconds between two clocks, as for the tokens of signing in
_OLD = timedelta(minutes=10)  # the standard advises two minutes; a provider that tries again has a few more
# With a key that everybody may read, or with none, anybody could sign.
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"})


class _Refused(Exception):
    """The token does not hold. Which part of it is for the log, and is no word of the token."""


@blueprint.post("/sign-in/provider/signed-out")
@public_page
@limit_told
def provider_signed_out() -> ResponseReturnValue:
    """The provider says that somebody signed out there. 200: taken, whether or not a sign-in was left; 400: it does not hold."""
    settings = services().settings
    if not settings.oidc_issuer:
        raise NotHere
    try:
        claims = _claims(_token())
        ended = _end(settings.oidc_issuer, claims)
    except _Refused as error:
        log.warning("provider_sign_out_refused", why=str(error))
        return jsonify(error="invalid_request"), 400
    log.info("provider_sign_out", ended=ended)
    return "", 200


def _token() -> str:
    sent = request.form.getlist("logout_token")
    if request.mimetype != "application/x-www-form-urlencoded" or len(sent) != 1 or not 0 < len(sent[0]) <= _LONGEST:
        raise _Refused("form")
    return sent[0]


def _claims(token: str) -> dict[str, Any]:
    """What the token says, once signature, kind, issuer, audience and times hold. Raises `_Refused`."""
    at = now()
    try:
        read = _verified(token)
        jwt.JWTClaimsRegistry(
            now=int(at.timestamp()), leeway=_LEEWAY, iss={"essential": True, "value": services().settings.oidc_issuer},
            aud={"essential": True, "value": services().settings.oidc_client_id}, iat={"essential": True}, exp={"essential": True},
            jti={"essential": True},
        ).validate(read.claims)  # fmt: skip
    except JoseError as error:
        raise _Refused(error.error) from error
    except (RequestException, ValueError, RuntimeError) as error:
        raise _Refused("keys") from error
    claims: dict[str, Any] = read.claims
    if str(read.header.get("typ", "logout+jwt")).lower() not in ("logout+jwt", "jwt"):
        raise _Refused("kind")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in claims:
        raise _Refused("kind")  # a token of signing in has a nonce, and no such event
    if datetime.fromtimestamp(claims["iat"], UTC) < at - _OLD:
        raise _Refused("old")
    return claims


def _verified(token: str) -> jwt.Token:
    provider = client()
    offered = provider.load_server_metadata().get("id_token_signing_alg_values_supported") or ["RS256"]
    registry = JWSRegistry(algorithms=sorted(_ALGORITHMS.intersection(offered)), strict_check_header=False)
    try:
        return jwt.decode(token, KeySet.import_key_set(provider.fetch_jwk_set()), registry=registry)
    except InvalidKeyIdError:  # the provider has another key since its keys were read
        return jwt.decode(token, KeySet.import_key_set(provider.fetch_jwk_set(force=True)), registry=registry)


def _end(issuer: str, claims: dict[str, Any]) -> int:
    """End the sign-ins of the session that is named, of the subject, or of both. Raises `_Refused` when the token was used."""
    subject, session = claims.get("sub"), claims.get("sid")
    if not (subject or session) or not all(part is None or (isinstance(part, str) and part) for part in (subject, session)):
        raise _Refused("nobody")
    once = UUID(bytes=hashlib.sha256(f"{issuer}\n{claims['jti']}".encode()).digest()[:16])
    at = now()
    with services().walls.directory() as directory:
        ended = directory.end_provided(
            once, issuer, subject, provider_session(issuer, session) if session else None, at, at + _OLD + timedelta(seconds=2 * _LEEWAY)
        )  # fmt: skip
    if ended is None:
        raise _Refused("again")
    return ended


@blueprint.record
def _without_guard(setup: BlueprintSetupState) -> None:
    """The provider's server has no cookie of ours, and nothing here rests on one: the token's signature says who sends it."""
    setup.app.extensions["csrf"].exempt(provider_signed_out)
