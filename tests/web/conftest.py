"""A site of the test's own, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.database import Database
from tests.support.oidc_provider import Running, provider
from tests.web.site import Rules, Site, make_site
from threefold.walls.database import db

CLIENT, SECRET = "threefold", "a secret between the two"


@pytest.fixture
def rules() -> Rules | None:
    """The rules the site works with; None: those of tenants/. A module of tests may give others."""
    return None


@pytest.fixture
def site(database: Database, tmp_path: Path, project: Path, rules: Rules | None) -> Iterator[Site]:
    """The web application on an empty database."""
    made = make_site(database, tmp_path, tenants=project / "tenants", rules=rules)
    yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """An OpenID provider in a process of its own."""
    with provider(CLIENT, SECRET) as one:
        yield one


@pytest.fixture
def joined(database: Database, tmp_path: Path, project: Path, running: Running) -> Iterator[Site]:
    """A site that signs people in with the provider."""
    running.behave()
    kept = tmp_path / "client.secret"
    kept.write_text(SECRET)
    made = make_site(database, tmp_path, tenants=project / "tenants", oidc_issuer=running.issuer, oidc_client_id=CLIENT,
                     oidc_client_secret_file=str(kept), oidc_name="the council")  # fmt: skip
    yield made
    with made.app.app_context():
        db.engine.dispose()
