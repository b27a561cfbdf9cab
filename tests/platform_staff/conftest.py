"""A site with two areas, somebody who runs the service, and the people of one area who see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.world import World, copy_of
from tests.support.database import Cluster, cloned


@pytest.fixture
def world(cluster: Cluster, made_world: World, tmp_path: Path, project: Path) -> Iterator[World]:
    with cloned(cluster, made_world.site.database.name) as database:
        one = copy_of(made_world, database, tmp_path, project)
        yield one
        one.site.app.extensions["threefold"].walls.engine.dispose()
