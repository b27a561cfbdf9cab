"""The keeper of these tests."""

from __future__ import annotations

import pytest

from tests.records.keeper import Keeper, keeper
from tests.support.database import Database


@pytest.fixture
def here(database: Database) -> Keeper:
    return keeper(database)
