"""The world of these tests: made once for a module that only reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.world import World, copy_of
from tests.support.database import Cluster, cloned


@pytest.fixture(scope="module")
def world(cluster: Cluster, made_world: World, tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[World]:
    with cloned(cluster, made_world.site.database.name) as database:
        one = copy_of(made_world, database, tmp_path_factory.mktemp("site"), project)
        yield one
        one.site.app.extensions["threefold"].walls.engine.dispose()
