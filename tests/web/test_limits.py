"""Counting wrong tries in the queue's store: every process of the web counts with the others."""

from __future__ import annotations

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


def _tries(site: Site, count: int, status: int) -> None:
    form = site.get("/sign-in").page.hidden() | {"email": "nobody@north.example", "password": "wrong"}
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


def test_a_store_that_is_down_stops_nobody_from_signing_in(database: Database, tmp_path: Path, store: str) -> None:
    site = make_site(
        database, tmp_path, tenants=tmp_path, mode="production", redis_url=store.replace("valkey.sock", "gone.sock")
    )
    _tries(site, 10, 422)
    _tries(site, 1, 429)
    _close(site.app)
