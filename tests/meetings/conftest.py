"""The area of each test, and the site in front of it."""

from __future__ import annotations

import pytest

from tests.meetings.terms import RULES, Area, area_of, terms
from tests.support.database import Database
from tests.web.conftest import site
from tests.web.site import Rules, Site

__all__ = ["area", "rules", "site"]


@pytest.fixture
def rules() -> Rules:
    return RULES


@pytest.fixture
def area(database: Database, site: Site) -> Area:
    return area_of(database, site, terms())
