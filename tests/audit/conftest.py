"""The world of these tests: made once for a module that only reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.world import World, made
from tests.support.database import Database


@pytest.fixture(scope="module")
def world(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    one = made(module_database, tmp_path_factory.mktemp("site"), Path(__file__).parents[2])
    yield one
    one.site.app.extensions["threefold"].walls.engine.dispose()
