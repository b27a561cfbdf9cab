"""What every test may use: a real PostgreSQL under our launcher, and databases cloned from a migrated template."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support import passwords
from tests.support.database import Cluster, Database, cloned, lent, prepare_template
from tests.support.postgres import started

if TYPE_CHECKING:
    from tests.audit.world import World


passwords.be_quick()
# How long an example takes is no property: on a machine with much to do, one that is right would fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What was imported stays until the end. Left out of the search for what nobody holds any more, it is not gone through with
    each test; what tests leave behind is found as ever, and looked for less often: that search was a sixteenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One PostgreSQL server a test process."""
    with started(tmp_path_factory.mktemp("postgres", numbered=True)) as server:
        prepare_template(server)
        yield server


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A database of the test's own."""
    with lent(cluster) as one:
        yield one


@pytest.fixture(scope="module")
def module_database(cluster: Cluster) -> Iterator[Database]:
    """A database that the tests of one module share."""
    with cloned(cluster) as one:
        yield one


@pytest.fixture(scope="session")
def project() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def made_world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[World]:
    """An area and the national body with something for every page to show, made once a test process: tests copy it."""
    from tests.audit import world as worlds

    with cloned(cluster) as database:
        one = worlds.made(database, tmp_path_factory.mktemp("world"), project)
        worlds.at_rest(one)
        yield one
