"""A site with two areas, somebody who runs the service, and the people of one area who see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.world import World, at_rest, copy_of, made
from tests.support.database import Cluster, Database, cloned


@pytest.fixture(scope="module")
def first(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once, and copied for each test."""
    one = made(module_database, tmp_path_factory.mktemp("site"), Path(__file__).parents[2])
    at_rest(one)
    return one


@pytest.fixture
def world(cluster: Cluster, first: World, tmp_path: Path, project: Path) -> Iterator[World]:
    with cloned(cluster, first.site.database.name) as database:
        one = copy_of(first, database, tmp_path, project)
        yield one
        one.site.app.extensions["threefold"].walls.engine.dispose()
