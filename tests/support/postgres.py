"""The servers for tests, under our own launcher."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.database import Cluster
from threefold.doors.local import postgres


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """A server that ends with the tests; or the one `THREEFOLD_TEST_SOCKET` names (password in THREEFOLD_TEST_PASSWORD)."""
    named = os.environ.get("THREEFOLD_TEST_SOCKET")
    if named:
        password = os.environ["THREEFOLD_TEST_PASSWORD"]
        yield Cluster(f"host={named} user=postgres password={password}", named, "owner-of-tests", "app-of-tests")
        return
    server = postgres.start(folder, durable=False)
    try:
        yield Cluster(
            f"host={server.host} user=postgres password={server.password}", server.host, "owner-of-tests", "app-of-tests"
        )
    finally:
        server.stop()
