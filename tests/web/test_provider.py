"""Signing in with a real OpenID provider in a process of its own; and each thing it could send that must not be believed."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import requests

from tests.support.inbox import receiving
from tests.support.oidc_provider import Running
from tests.web.sign_ins import MANAGER, code_at, deliver, give_app, someone, token
from tests.web.site import Shown, Site
from tests.web.test_people_of_body import INVITED, invite, mailed
from threefold.config import read_settings
from threefold.domain.errors import ThreefoldError


def linked(site: Site, running: Running, email: str = MANAGER) -> UUID:
    person = someone(site, email)
    with site.database.walls.directory() as directory:
        assert directory.link_identity(running.issuer, "subject-1", person, site.at)
    return person


def to_provider(site: Site, purpose: str = "sign-in", going_to: str = "/b/north/", read_first: str = "/sign-in") -> str:
    """The address of this site to which the provider sends the browser back."""
    sent = site.post(f"/sign-in/provider/{purpose}", {"next": going_to}, 302, read_first=read_first)
    answer = requests.get(sent.location, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert parts.netloc == "localhost"
    return f"{parts.path}?{parts.query}"


def sign_in(site: Site, status: int = 302, **more: str) -> Shown:
    return site.get(to_provider(site, **more), status if status != 302 else 303)


def test_the_whole_code_flow_signs_somebody_in(joined: Site, running: Running) -> None:
    linked(joined, running)
    assert "Continue with the council" in joined.get("/sign-in").text
    assert sign_in(joined).location == "/b/north/"
    joined.get("/b/north/")
    assert "your organisation" in joined.get("/account").text.lower()


def test_what_is_asked_of_the_provider_is_bound_to_this_browser(joined: Site, running: Running) -> None:
    sent = joined.post("/sign-in/provider/sign-in", {}, 302, read_first="/sign-in")
    asked = parse_qs(urlsplit(sent.location).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["nonce"][0]) >= 20 and len(asked["state"][0]) >= 20
    assert asked["redirect_uri"] == ["http://localhost/sign-in/provider/back"]


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"claims": {"nonce": "another"}}, "no nonce": {"claims": {"nonce": None}}, "audience": {"claims": {"aud": "another-client"}},
    "issuer": {"claims": {"iss": "https://elsewhere.example"}}, "expired": {"claims": {"exp": int(time.time()) - 600, "iat": int(time.time()) - 900}},
    "no subject": {"claims": {"sub": None}}, "another key": {"key": "other"}, "no signature": {"key": "none"},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_an_id_token_that_does_not_hold_signs_nobody_in(joined: Site, running: Running, wrong: str) -> None:
    linked(joined, running)
    running.behave(**WRONG[wrong])
    shown = sign_in(joined, 422)
    assert "The council did not sign you in" in shown.text and token(joined) == ""
    joined.get("/b/north/", 303)


@pytest.mark.parametrize("path", ["/token", "/jwks"])
def test_a_provider_that_sends_us_elsewhere_is_not_followed(joined: Site, running: Running, path: str) -> None:
    """A code, its proof and what signatures are checked with come from the provider's own addresses (ASVS 15.3.2)."""
    linked(joined, running)
    running.behave(moved=path)
    assert "The council did not sign you in" in sign_in(joined, 422).text
    running.behave()
    assert sign_in(joined).location == "/b/north/"


def test_a_provider_whose_description_has_moved_is_told_as_out_of_reach(joined: Site, running: Running) -> None:
    running.behave(moved="/.well-known/openid-configuration")
    shown = joined.post("/sign-in/provider/sign-in", {}, 422, read_first="/sign-in")
    assert "cannot be reached now" in shown.text


def test_a_wrong_state_and_another_browser_s_are_refused(joined: Site, running: Running) -> None:
    linked(joined, running)
    back = to_provider(joined)
    state = parse_qs(urlsplit(back).query)["state"][0]
    joined.get(back.replace(state, "x" * len(state)), 422)
    victim = joined.another()
    victim.get(to_provider(joined), 422)
    victim.get("/my-work", 303)


def test_a_code_works_once(joined: Site, running: Running) -> None:
    linked(joined, running)
    form = joined.client.get_cookie("threefold-form")
    back = to_provider(joined)
    form = joined.client.get_cookie("threefold-form")
    assert form is not None
    joined.get(back, 303)
    joined.post("/sign-out", read_first="/my-work")
    joined.get(back, 422)
    # Even with the browser's own cookie put back, the provider does not take the code again.
    joined.client.set_cookie("threefold-form", form.value)
    joined.get(back, 422)


def test_what_the_provider_refuses_is_told_plainly(joined: Site, running: Running) -> None:
    back = to_provider(joined)
    state = parse_qs(urlsplit(back).query)["state"][0]
    joined.get(f"/sign-in/provider/back?error=access_denied&state={state}", 422)
    joined.get("/sign-in/provider/back", 422)


def test_an_email_address_alone_makes_nobody_somebody(joined: Site, running: Running) -> None:
    someone(joined)
    running.behave(claims={"email": MANAGER, "email_verified": True, "sub": "subject-2"})
    assert "Nobody here is linked with that account" in sign_in(joined, 422).text
    assert token(joined) == ""


def test_where_the_provider_saw_no_second_step_ours_is_asked(joined: Site, running: Running) -> None:
    give_app(joined, linked(joined, running))
    assert sign_in(joined).location == "/sign-in/code?next=/b/north/"
    joined.get("/b/north/", 303)
    joined.post("/sign-in/code", {"code": code_at(joined.at)})
    joined.get("/b/north/")


@pytest.mark.parametrize("said", [{"amr": ["pwd", "mfa"]}, {"acr": "mfa"}])
def test_where_the_provider_saw_a_second_step_ours_is_not_asked(joined: Site, running: Running, said: dict[str, Any]) -> None:
    give_app(joined, linked(joined, running))
    running.behave(claims=said)
    assert sign_in(joined).location == "/b/north/"


def test_somebody_links_the_provider_while_signed_in(joined: Site, running: Running) -> None:
    someone(joined)
    joined.enter(MANAGER)
    other = joined.another()
    other.enter(MANAGER)
    done = joined.get(to_provider(joined, "link", read_first="/account"), 303)
    assert done.location == "/account?done=linked"
    other.get("/my-work", 303)
    with receiving() as mail:
        deliver(joined, *mail)
        assert len(mail[0].to(MANAGER)) == 1
    assert sign_in(joined.another()).location == "/b/north/"
    thief = joined.another()
    someone(joined, "thief@north.example")
    thief.enter("thief@north.example")
    assert "linked with somebody already" in thief.get(to_provider(thief, "link", read_first="/account"), 422).text
    joined.post("/account/provider/remove")
    sign_in(joined.another(), 422)


def test_linking_asks_who_it_is_first(joined: Site, running: Running) -> None:
    someone(joined)
    joined.enter(MANAGER)
    joined.at += timedelta(minutes=11)
    sent = joined.post("/sign-in/provider/link", read_first="/account")
    assert sent.location.startswith("/confirm")


def test_an_invited_person_joins_with_the_provider(joined: Site, running: Running) -> None:
    someone(joined)
    joined.enter(MANAGER)
    invite(joined)
    joiner = joined.another()
    with receiving() as mail:
        joiner.follow(mailed(joined, mail))
    assert sign_in(joiner, purpose="join", read_first="/invitation").location == "/my-work"
    joiner.get("/b/north/")
    assert "Provided Person" in joined.get("/b/north/people").text and INVITED in joined.get("/b/north/people").text
    assert sign_in(joined.another()).location == "/b/north/"
    invite(joined, "second@agency.example", "reviewer")
    known = joined.another()
    with receiving() as mail:
        known.follow(mailed(joined, mail, "second@agency.example"))
    assert sign_in(known, purpose="join", read_first="/invitation").location == "/invitation"
    assert known.post("/invitation/accept", read_first="/invitation").location == "/b/north/"
    # Without a password there is nothing else to sign in with, so the link stays.
    assert "You would have no way to sign in" in joiner.post("/account/provider/remove", status=422).text


def test_the_provider_confirms_only_what_it_asked_again(joined: Site, running: Running) -> None:
    linked(joined, running)
    running.behave(claims={"auth_time": int(joined.at.timestamp()) - 3600})
    sign_in(joined)
    # Signed in an hour ago at the provider: that is not lately, so an act that needs it asks.
    assert joined.get("/account/password", 303).location == "/confirm?next=/account/password"
    assert "did not ask you again" in joined.get(to_provider(joined, "confirm", "/account/password", "/confirm"), 422).text
    running.behave(claims={"auth_time": None})
    joined.get(to_provider(joined, "confirm", "/account/password", "/confirm"), 422)
    running.behave(claims={"sub": "subject-3"})
    joined.get(to_provider(joined, "confirm", "/account/password", "/confirm"), 422)
    running.behave()
    assert joined.get(to_provider(joined, "confirm", "/account/password", "/confirm"), 303).location == "/account/password"
    joined.get("/account/password")


def test_without_a_provider_there_is_no_way_to_one(site: Site) -> None:
    someone(site)
    site.post("/sign-in/provider/sign-in", status=404, read_first="/sign-in")
    site.get("/sign-in/provider/back", 404)


def test_half_a_setting_is_refused(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql+psycopg://x", "REDIS_URL": "redis://x", "THREEFOLD_SECRET_KEY_FILE": "x", "THREEFOLD_MASTER_KEY_FILE": "x",
             "THREEFOLD_MODE": "test", "THREEFOLD_OIDC_ISSUER": "http://provider.example"}  # fmt: skip
    with pytest.raises(ThreefoldError) as told:
        read_settings(given)
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET_FILE"):
        assert f"THREEFOLD_OIDC_{name}" in str(told.value)
    with pytest.raises(ThreefoldError, match="required or offered"):
        read_settings({**given, "THREEFOLD_OIDC_ISSUER": "", "THREEFOLD_SECOND_STEP": "maybe"})
