"""How the directory is asked: one narrow function at a time, each with a word that this process signed for it.

Before a body is known there is no scope that could guard what is asked. So each function takes the service's word first, for
itself and for this connection (`scope.ScopeKey.say`): a statement that was smuggled in has none, and can ask nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, TextClause, column, text

from threefold.walls.scope import ScopeKey


def word(key: ScopeKey, connection: Connection, function: str) -> str:
    """The service's word for one function, such as `directory.visit`, on this connection, now."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    return key.say(function, driver.info.backend_pid, time.time())


class Asking:
    """The narrow functions by name; what they take follows in their own order. One statement each."""

    def __init__(self, connection: Connection, key: ScopeKey) -> None:
        self._connection = connection
        self._key = key

    def _all(self, function: str, *values: Any, columns: tuple[str, ...] = ()) -> Sequence[Any]:
        said = {"said": word(self._key, self._connection, function)} | {f"v{no}": value for no, value in enumerate(values)}
        return self._connection.execute(_statement(function, len(values), columns), said).all()

    def _one(self, function: str, *values: Any) -> Any:
        return next(iter(self._all(function, *values)), None)

    def _value(self, function: str, *values: Any) -> Any:
        row = self._one(function, *values)
        return row[0] if row is not None else None

    def _told(self, function: str, *values: Any) -> bool:
        return self._value(function, *values) is True

    def _do(self, function: str, *values: Any) -> None:
        self._all(function, *values)


@cache
def _statement(function: str, taken: int, columns: tuple[str, ...]) -> TextClause:
    """Where its columns are named they are not worked out from each answer."""
    values = "".join(f", :v{no}" for no in range(taken))
    asked = text(f"select {', '.join(columns) or '*'} from {function}(:said{values})")
    return cast(TextClause, asked.columns(*(column(name) for name in columns))) if columns else asked
