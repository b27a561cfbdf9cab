"""Whom to tell of a weakness (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.database import Database
from tests.web.site import Site, make_site
from threefold.config import SettingsError, read_settings
from threefold.domain.errors import ManyErrors

PATH = "/.well-known/security.txt"


def test_who_is_to_be_told_stands_where_it_is_looked_for_and_does_not_run_out(database: Database, tmp_path: Path) -> None:
    site = make_site(database, tmp_path, tenants=tmp_path, security_contact="mailto:weakness@service.example")
    answer = site.client.get(PATH)
    lines = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert lines["Contact"] == "mailto:weakness@service.example"
    ends = datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert site.at + timedelta(days=30) < ends < site.at + timedelta(days=365)
    site.app.extensions["threefold"].walls.engine.dispose()


def test_where_nobody_is_named_there_is_no_such_page(site: Site) -> None:
    assert site.client.get(PATH).status_code == 404


@pytest.mark.parametrize("contact", ["someone@service.example", "http://service.example", "mailto:a@b.example\nPolicy: x"])
def test_a_contact_that_nobody_could_use_is_refused_at_the_start(contact: str, tmp_path: Path) -> None:
    with pytest.raises((SettingsError, ManyErrors), match="mailto:"):
        read_settings({
            "DATABASE_URL": "postgresql+psycopg://a@h/d", "REDIS_URL": "redis://h", "THREEFOLD_MODE": "demonstration",
            "THREEFOLD_SECRET_KEY_FILE": str(tmp_path / "s"), "THREEFOLD_MASTER_KEY_FILE": str(tmp_path / "m"),
            "THREEFOLD_SECURITY_CONTACT": contact,
        })  # fmt: skip
