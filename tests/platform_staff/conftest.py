"""A site with two areas, somebody who runs the service, and the people of one area who see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.world import World, made
from tests.support.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path, project: Path) -> Iterator[World]:
    one = made(database, tmp_path, project)
    yield one
    one.site.app.extensions["threefold"].walls.engine.dispose()
