"""Counting the SQL statements and transactions that something makes: exact, besides BEGIN, SET LOCAL and COMMIT."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

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
