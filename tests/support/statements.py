"""Counting what something asks of the database: statements and transactions, and the round trips of one connection. Exact."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import Trace
from sqlalchemy import Engine, event


@dataclass(slots=True)
class Counted:
    statements: list[str] = field(default_factory=list)
    transactions: int = 0

    @property
    def shapes(self) -> list[str]:
        """The statements without their values, for comparing what two requests ran."""
        return [" ".join(s.split()) for s in self.statements]


@contextmanager
def counting(engine: Engine) -> Iterator[Counted]:
    counted = Counted()

    def execute(_conn: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.lstrip().upper().startswith("SET LOCAL"):
            counted.statements.append(statement)

    def begin(_conn: Any) -> None:
        counted.transactions += 1

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "begin", begin)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "begin", begin)


@contextmanager
def messages(connection: psycopg.Connection[Any]) -> Iterator[list[str]]:
    """The messages that wait for an answer, as libpq sends them: `Query`, and `Sync` after what is prepared. Each is a round trip."""
    sent: list[str] = []
    with tempfile.TemporaryFile() as file:
        connection.pgconn.trace(file.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield sent
        finally:
            connection.pgconn.untrace()
            file.seek(0)
            lines = [line.split("\t") for line in file.read().decode(errors="replace").splitlines()]
            sent += [line[2] for line in lines if len(line) > 2 and line[0] == "F" and line[2] in ("Query", "Sync")]
