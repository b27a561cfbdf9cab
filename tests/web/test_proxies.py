"""Where a request came from is believed of the proxies that were named, and of nobody else."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from tests.support.database import Database
from tests.web.site import make_site
from threefold.config import SettingsError, read_settings
from threefold.doors.web.proxies import BehindProxies
from threefold.walls.database import db

SAID = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
TRUSTED = (ip_network("10.1.2.0/24"), ip_network("::1"))


def seen(address: str, *, socket: bool = False, headers: dict[str, str] | None = None) -> tuple[str | None, str, list[str]]:
    """Where a request from `address` seems to come from, and how; and which headers about that are still there."""
    app = Flask(__name__)

    @app.get("/")
    def told() -> dict[str, Any]:
        left = [name for name, _ in request.headers if name.lower().startswith(("x-forwarded", "forwarded", "x-real"))]
        return {"seen": (request.remote_addr, request.scheme, left)}

    app.wsgi_app = BehindProxies(app.wsgi_app, TRUSTED, socket=socket)  # type: ignore[method-assign]
    return tuple(app.test_client().get("/", headers=headers or SAID, environ_base={"REMOTE_ADDR": address}).get_json()["seen"])  # type: ignore[return-value]


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "::1"])
def test_a_proxy_that_was_named_is_believed(address: str) -> None:
    assert seen(address)[:2] == ("203.0.113.9", "https")


@pytest.mark.parametrize(("said", "from_where"), [
    ("203.0.113.9:4711", "203.0.113.9"), ("[2001:db8::9]:4711", "2001:db8::9"), ("2001:db8::9", "2001:db8::9"), ("unknown", "10.1.2.3"),
    ("198.51.100.1, 203.0.113.9:1", "203.0.113.9"), ("_hidden", "10.1.2.3"), ("203.0.113.9:", "203.0.113.9"),
])  # fmt: skip
def test_what_a_proxy_says_is_an_address_without_a_port_or_nobody_s(said: str, from_where: str) -> None:
    """A port is another with each connection: each would be a place of its own."""
    assert seen("10.1.2.3", headers={"X-Forwarded-For": said})[0] == from_where


@pytest.mark.parametrize("address", ["10.1.3.3", "127.0.0.1", "::2", "nonsense", ""])
def test_nobody_else_is_believed_and_nothing_of_what_they_said_is_left(address: str) -> None:
    forged = {**SAID, "X-Forwarded-Host": "elsewhere.example", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert seen(address, headers=forged) == (address, "http", [])


def test_of_what_went_through_a_proxy_its_own_word_counts() -> None:
    assert seen("10.1.2.3", headers={**SAID, "X-Forwarded-For": "198.51.100.1, 203.0.113.9"})[0] == "203.0.113.9"


def test_whoever_reaches_a_unix_socket_is_believed_where_the_operator_says_so() -> None:
    assert seen("", socket=True)[0] == "203.0.113.9"


def test_it_is_told_once_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    app = BehindProxies(lambda environ, start: [], TRUSTED)
    for _ in range(3):
        app({"REMOTE_ADDR": "10.1.3.3", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, None)
    told = "".join(capsys.readouterr())
    assert told.count("forwarded_not_believed") == 1 and "10.1.3.3" in told and "203.0.113.9" not in told


@pytest.mark.parametrize(("given", "believed"), [({}, True), ({"proxies": "10.1.2.3"}, False)])
def test_the_service_believes_this_machine_unless_others_are_named(
    database: Database, tmp_path: Path, given: dict[str, str], believed: bool
) -> None:
    site = make_site(database, tmp_path, tenants=tmp_path, public_url="https://threefold.example", **given)
    where: list[str | None] = []
    site.app.before_request(lambda: where.append(request.remote_addr))
    site.client.get("/sign-in", headers=SAID, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert where == ["203.0.113.9" if believed else "127.0.0.1"]
    with site.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("proxies", ["0.0.0.0/0", "::/0", "proxy.example", "10.1.2.3/24", "127.0.0.1,::1"])
def test_what_is_no_address_or_is_every_address_is_refused(proxies: str, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert read_settings(given)
    with pytest.raises(SettingsError) as told:
        read_settings(given | {"THREEFOLD_PROXIES": proxies})
    assert told.value.field == "THREEFOLD_PROXIES"
