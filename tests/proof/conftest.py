"""The world of these tests, with a neighbour: a body whose people may do everything there, and have nothing here."""

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
