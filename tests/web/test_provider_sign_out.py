"""Whoever signs out at the provider is signed out here; and each thing that could be sent in the provider's name is refused."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from werkzeug.serving import make_server

from tests.support.oidc_provider import Running
from tests.web.sign_ins import MANAGER, give_app, someone, token
from tests.web.site import Site
from tests.web.test_provider import linked, sign_in

PATH = "/sign-in/provider/signed-out"


@contextmanager
def reached(site: Site) -> Iterator[str]:
    """The address at which the provider reaches the site, on a free port of this machine. It looks every 10 ms whether to end."""
    server = make_server("127.0.0.1", 0, site.app)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PATH}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(site: Site, running: Running, claims: dict[str, Any], **more: Any) -> tuple[int, str]:
    """What the provider was answered, and its token. By the hour of the site, if no other is given."""
    at = int(site.at.timestamp())
    with reached(site) as address:
        return running.sign_out(address, {"iat": at, "exp": at + 120} | claims, **more)


def signed_in(site: Site) -> bool:
    return site.client.get("/b/north/").status_code == 200


def entered(site: Site, running: Running, sid: str | None = "desk") -> Site:
    """Another browser of the same person's, signed in with the provider, in that session there."""
    running.behave(claims={"sid": sid})
    browser = site.another()
    assert sign_in(browser).location == "/b/north/"
    return browser


def test_the_end_of_a_session_at_the_provider_ends_what_began_in_it_and_nothing_else(joined: Site, running: Running) -> None:
    linked(joined, running)
    desk, phone = entered(joined, running), entered(joined, running, "phone")
    joined.enter(MANAGER)
    assert told(joined, running, {"sid": "desk"})[0] == 200
    assert [signed_in(one) for one in (desk, phone, joined)] == [False, True, True]
    events = joined.get("/account").text
    assert "A sign-in ended, because you signed out at your organisation" in events


def test_the_end_of_every_session_of_a_subject_ends_all_that_began_at_the_provider(joined: Site, running: Running) -> None:
    linked(joined, running)
    desk, without = entered(joined, running), entered(joined, running, None)
    joined.enter(MANAGER)
    other = someone(joined, "other@north.example")
    with joined.database.walls.directory() as directory:
        assert directory.link_identity(running.issuer, "subject-2", other, joined.at)
    assert told(joined, running, {"sub": "subject-2"})[0] == 200
    assert [signed_in(one) for one in (desk, without, joined)] == [True, True, True]
    assert told(joined, running, {"sub": "subject-1"})[0] == 200
    assert [signed_in(one) for one in (desk, without, joined)] == [False, False, True]


def test_where_subject_and_session_are_told_both_must_be_so(joined: Site, running: Running) -> None:
    linked(joined, running)
    desk = entered(joined, running)
    assert told(joined, running, {"sub": "subject-2", "sid": "desk"})[0] == 200
    assert told(joined, running, {"sub": "subject-1", "sid": "phone"})[0] == 200
    assert signed_in(desk)
    assert told(joined, running, {"sub": "subject-1", "sid": "desk"})[0] == 200
    assert not signed_in(desk)


def test_a_sign_in_that_waits_for_its_second_step_ends_too(joined: Site, running: Running) -> None:
    give_app(joined, linked(joined, running))
    running.behave(claims={"sid": "desk"})
    assert sign_in(joined).location == "/sign-in/code?next=/b/north/"
    assert told(joined, running, {"sid": "desk"})[0] == 200
    assert joined.get("/sign-in/code", 303).location.startswith("/sign-in")


def test_one_word_of_the_provider_counts_once(joined: Site, running: Running) -> None:
    linked(joined, running)
    entered(joined, running)
    status, sent = told(joined, running, {"sub": "subject-1"})
    assert status == 200
    again = entered(joined, running)
    assert told(joined, running, {}, token=sent)[0] == 400
    assert signed_in(again)


WRONG: dict[str, dict[str, Any]] = {
    "issuer": {"claims": {"iss": "https://elsewhere.example"}}, "no issuer": {"claims": {"iss": None}},
    "audience": {"claims": {"aud": "another-client"}}, "no audience": {"claims": {"aud": None}},
    "no number": {"claims": {"jti": None}}, "no time": {"claims": {"iat": None}}, "no end": {"claims": {"exp": None}},
    "old": {"ago": 660, "claims": {"exp": 2_000_000_000}}, "ended": {"ago": 540}, "of tomorrow": {"ago": -86_400},
    "a token of signing in": {"claims": {"events": None, "nonce": "n"}}, "no event": {"claims": {"events": None}},
    "another event": {"claims": {"events": {"http://schemas.openid.net/event/other": {}}}}, "with a nonce": {"claims": {"nonce": "n"}},
    "an event that says nothing": {"claims": {"events": {"http://schemas.openid.net/event/backchannel-logout": None}}},
    "nobody": {"claims": {"sub": None}}, "an empty session": {"claims": {"sid": ""}}, "a list": {"claims": {"sub": ["subject-1"]}},
    "another key": {"key": "other"}, "no signature": {"key": "none"}, "a shared secret": {"key": "shared"},
    "another kind": {"header": {"typ": "at+jwt"}}, "a key of nobody": {"header": {"kid": "unknown"}},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_logout_token_that_does_not_hold_ends_nothing(joined: Site, running: Running, wrong: str) -> None:
    linked(joined, running)
    desk = entered(joined, running)
    more = dict(WRONG[wrong])
    at = int(joined.at.timestamp()) - more.pop("ago", 0)
    claims = {"sub": "subject-1", "iat": at, "exp": at + 120} | more.pop("claims", {})
    assert told(joined, running, claims, **more)[0] == 400
    assert signed_in(desk)


@pytest.mark.parametrize("sent", [
    {}, {"data": {"logout_token": ""}}, {"data": {"logout_token": "a.b.c"}}, {"data": {"logout_token": "x" * 9000}},
    {"data": {"logout_token": "é.é.é"}}, {"json": {"logout_token": "a.b.c"}}, {"query_string": {"logout_token": "a.b.c"}},
])  # fmt: skip
def test_what_is_no_token_is_refused(joined: Site, sent: dict[str, Any]) -> None:
    answer = joined.client.post(PATH, **sent)
    assert answer.status_code == 400 and answer.get_json() == {"error": "invalid_request"}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("header", [
    "{}", "[]", "5", "null", "{", '{"alg": 5}', '{"alg": ["RS256"]}', '{"alg": "RS256", "kid": {}}', '{"alg": "RS256", "kid": 5}', '{"alg": "RS256", "kid": null}',
    '{"alg": "RS256", "kid": "published", "crit": ["x"]}', '{"alg": "RS256", "kid": "published", "b64": false, "crit": ["b64"]}',
    '{"alg": "RS256", "kid": "published", "jwk": {}, "jku": "http://127.0.0.1:9/"}', '{"alg": "RS256", "kid": "published", "zip": "DEF"}',
])  # fmt: skip
def test_no_header_of_a_stranger_s_breaks_it(joined: Site, header: str) -> None:
    token = ".".join(
        urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, '{"sub": "subject-1"}', "signature")
    )
    assert joined.client.post(PATH, data={"logout_token": token}).status_code == 400


def test_two_tokens_in_one_form_are_refused(joined: Site, running: Running) -> None:
    linked(joined, running)
    desk = entered(joined, running)
    at = int(joined.at.timestamp())
    _, sent = running.sign_out(f"{running.issuer}/nowhere", {"sub": "subject-1", "iat": at, "exp": at + 120})
    assert joined.client.post(PATH, data={"logout_token": [sent, sent]}).status_code == 400
    assert signed_in(desk)
    assert joined.client.post(PATH, data={"logout_token": sent}).status_code == 200
    assert not signed_in(desk)


def test_what_is_kept_of_the_provider_s_session_does_not_tell_it(joined: Site, running: Running) -> None:
    linked(joined, running)
    entered(joined, running, "session-at-the-council")
    assert token(joined) == ""
    with psycopg.connect(joined.database.admin) as connection:
        row = connection.execute(
            "select provided, s::text from directory.sign_in_session s where provided is not null"
        ).fetchone()
    # PostgreSQL tells bytes as hexadecimal figures: what the provider said is looked for in both ways.
    said = "session-at-the-council"
    assert row is not None and len(row[0]) == 32 and said not in row[1] and said.encode().hex() not in row[1]


def test_without_a_provider_there_is_nobody_to_tell_it(site: Site) -> None:
    assert site.client.post(PATH, data={"logout_token": "a.b.c"}).status_code == 404
