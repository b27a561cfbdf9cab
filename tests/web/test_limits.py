"""Counting wrong tries in the queue's store: every process of the web counts with the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.database import Database
from tests.web.site import Rules, Site, make_site
from threefold.doors.local import valkey
from threefold.walls.database import db


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """A real Valkey on a socket of its own."""
    running = valkey.start(tmp_path / "valkey")
    yield running.limits_url
    running.stop()


def _close(app: Flask) -> None:
    app.config["RATELIMIT_STORAGE_OPTIONS"]["connection_pool"].disconnect()
    with app.app_context():
        db.engine.dispose()


def _tries(site: Site, count: int, status: int, *, email: str = "nobody@north.example") -> None:
    form = site.get("/sign-in").page.hidden() | {"email": email, "password": "wrong"}
    for _ in range(count):
        site.send("/sign-in", form, status)


def test_wrong_tries_are_counted_over_all_processes(
    database: Database, tmp_path: Path, store: str, rules: Rules | None
) -> None:
    first = make_site(database, tmp_path, tenants=tmp_path, mode="production", redis_url=store)
    _tries(first, 10, 422)
    _close(first.app)
    second = make_site(database, tmp_path, tenants=tmp_path, mode="production", redis_url=store)
    _tries(second, 1, 429)
    _close(second.app)


UNSEEN = ("\u200b", "\u2060", "\u2063", "\ufeff", "\u00ad", " \u200d", "\u202e", "\x1f", "\u3164", "\u2800")


def test_who_guesses_with_characters_that_nobody_sees_guesses_at_the_same_account(site: Site) -> None:
    for unseen in UNSEEN:
        _tries(site, 1, 422, email=f"{unseen}Nobody@north.example{unseen}")
    _tries(site, 1, 429)
    _tries(site, 1, 422, email="somebody@north.example")


def test_no_more_mail_is_sent_to_one_address_however_it_is_written(site: Site) -> None:
    form = site.get("/forgotten-password").page.hidden()
    for unseen in UNSEEN[:5]:
        site.send("/forgotten-password", form | {"email": f"nobody@north.example{unseen}"}, 303)
    site.send("/forgotten-password", form | {"email": "nobody@north.example"}, 429)


PLANTED = "Quillfeather"


def test_what_was_typed_in_place_of_an_address_is_in_no_key_of_the_store_and_in_no_line_of_the_log(
    database: Database, tmp_path: Path, store: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site(database, tmp_path, tenants=tmp_path, mode="production", redis_url=store)
    with caplog.at_level(logging.DEBUG):
        _tries(site, 10, 422, email=f'{PLANTED} 943 476 5919\n{{"event": "forged"}}')
        _tries(site, 1, 429, email=f'{PLANTED} 943 476 5919\n{{"event": "forged"}}')
        sent = {"email": f"{PLANTED}@north.example", "password": "wrong"}
        assert site.app.test_client().post("/api/v1/sign-in", json=sent).status_code == 422
    _close(site.app)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "valkey").rglob("*") if path.is_file())
    assert b"LIMITS:" in kept and PLANTED.lower().encode() not in kept.lower()
    said = caplog.text + "".join(capsys.readouterr())
    assert PLANTED.lower() not in said.lower() and "forged" not in said
    assert "too_many_tries" in said and "10 per 5 minute" in said


def test_a_store_that_is_down_stops_nobody_from_signing_in(database: Database, tmp_path: Path, store: str) -> None:
    site = make_site(
        database, tmp_path, tenants=tmp_path, mode="production", redis_url=store.replace("valkey.sock", "gone.sock")
    )
    _tries(site, 10, 422)
    _tries(site, 1, 429)
    _close(site.app)


def _from(site: Site, address: str, status: int, number: int) -> None:
    form = site.get("/sign-in").page.hidden() | {"email": f"nobody{number}@north.example", "password": "wrong"}
    site.client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})
    answer = site.client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_the_addresses_of_one_network_are_one_place(site: Site) -> None:
    """Whoever has an IPv6 address has a whole network of them, and could come from another with each try."""
    for number in range(30):
        _from(site, f"2001:db8:1:2::{number:x}", 422, number)
    _from(site, "2001:db8:1:2:ffff::1", 429, 31)
    _from(site, "2001:db8:1:3::1", 422, 32)
    _from(site, "192.0.2.1", 422, 33)
