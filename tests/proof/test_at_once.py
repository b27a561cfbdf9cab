"""Two people and one decision, a hundred times: real connections, no luck needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.incidents.test_stories import Area
from tests.support.database import Database
from threefold.domain.errors import ThreefoldError

TIMES = 100


@pytest.fixture(scope="module")
def area(module_database: Database) -> Area:
    national = module_database.body("nation", "national")
    return Area(module_database, module_database.body("here"), national)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act came to (its error, where one was refused), all begun at the same moment."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def do(no: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[no] = act()
        except ThreefoldError as error:
            outcomes[no] = error

    threads = [threading.Thread(target=do, args=(no, act)) for no, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
