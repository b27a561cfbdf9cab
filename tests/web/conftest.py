"""A site of the test's own, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.database import Database
from tests.web.site import Rules, Site, make_site
from threefold.walls.database import db


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
