"""A database session that is bound to one body: its scope is signed at BEGIN, and every statement carries the tenant filter.

The policy in PostgreSQL is the wall; the filter routes, and finds faults of the program early.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Row, Select, Uuid, bindparam, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.session import SessionTransaction
from sqlalchemy.sql import Insert, TextClause

from threefold.domain.errors import ThreefoldError
from threefold.walls.database import BodyRow
from threefold.walls.scope import ScopeKey, begin


class ScopeError(ThreefoldError):
    """Work was tried without a body, or on another body's rows. This is a fault of the program, never of a person."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which body. There is no scope for all bodies."""

    body_id: UUID

    def __post_init__(self) -> None:
        if not isinstance(self.body_id, UUID):
            raise ScopeError("A scope is one body's id.")


class WalledSession(Session):
    """A session that belongs to one body. Made by `Walls.open` only."""

    def __init__(
        self, *args: Any, scope: Scope | None = None, key: ScopeKey | None = None, reading: bool = False, **kwargs: Any
    ) -> None:
        if scope is None or key is None:
            raise ScopeError("A session is opened for one body: use Walls.open(scope).")
        super().__init__(*args, **kwargs)
        self.scope, self.key, self.reading = scope, key, reading

    def rows(self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows of a select of columns, for what is read on every page: no objects are made of them, nor looked for.

        It asks under the same tenant filter as every other statement. What was only added to the session is not written first.
        """
        if not isinstance(statement, Select):
            raise ScopeError("Rows are read by a select of columns.")
        return self.connection().execute(_filtered(statement), {**values, _TENANT: self.scope.body_id}).all()


@event.listens_for(WalledSession, "after_begin")
def _bind(session: WalledSession, _transaction: SessionTransaction, connection: Any) -> None:
    driver = connection.connection.driver_connection
    begin(driver, session.key.sign(session.scope.body_id, driver.info.backend_pid, time.time()), reading=session.reading)


@event.listens_for(WalledSession, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    """Every statement on walled rows also carries the tenant filter: the policy is the wall, the filter routes."""
    if isinstance(state.statement, TextClause):
        raise ScopeError("A statement built from text is not run in a body's session.")
    if isinstance(state.statement, Insert) and state.statement.select is not None:
        raise ScopeError("INSERT ... SELECT is not run in a body's session.")
    session = state.session
    if not isinstance(session, WalledSession):
        return
    if state.is_select:
        state.statement = _filtered(state.statement)
        state.parameters = {**cast(dict[str, Any], state.parameters or {}), _TENANT: session.scope.body_id}
    elif state.is_update or state.is_delete:  # what they are given beside their statement are values to write
        tenant = session.scope.body_id
        state.statement = state.statement.options(
            with_loader_criteria(BodyRow, lambda cls: cls.tenant_id == tenant, include_aliases=True)
        )


_TENANT = "tenant_of_the_session"
_OWN = bindparam(_TENANT, type_=Uuid())
_OWN_ROWS = with_loader_criteria(
    BodyRow, lambda cls: cls.tenant_id == _OWN, include_aliases=True, track_closure_variables=False
)
_KNOWN: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def _filtered(statement: Any) -> Any:
    """A statement with the tenant filter. One that is made once and run often gets it once: which body is a value beside it."""
    found = _KNOWN.get(statement)
    if found is None:
        found = _KNOWN[statement] = statement.options(_OWN_ROWS)
    return found


@event.listens_for(WalledSession, "before_flush")
def _own(session: WalledSession, _context: Any, _instances: Any) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, BodyRow):
            if getattr(row, "tenant_id", None) is None:
                row.tenant_id = session.scope.body_id
            elif row.tenant_id != session.scope.body_id:
                raise ScopeError("A row of another body cannot be written here.")
