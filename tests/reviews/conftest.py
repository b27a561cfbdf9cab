"""The neighbours of each test, with and without the web in front of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reviews.neighbours import EDITIONS, GOVERNANCE, Neighbours, neighbours, staffed
from tests.support.database import NOW, Database
from tests.web.conftest import site
from tests.web.site import Rules, Site
from threefold.governance.pack import Library

__all__ = ["here", "rules", "site", "web"]


@pytest.fixture
def rules() -> Rules:
    return Library(EDITIONS, {}), GOVERNANCE


@pytest.fixture
def here(database: Database) -> Neighbours:
    return neighbours(database, NOW)


@pytest.fixture
def web(site: Site, here: Neighbours) -> Iterator[Site]:
    """The site on the neighbours' database, the area's business manager signed in."""
    staffed(site, here)
    yield site
