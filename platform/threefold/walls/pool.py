"""What happens to a connection between two uses: it is tried after a pause, and nothing that one use left in it reaches the next."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import structlog
from psycopg.pq import ExecStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

log = structlog.get_logger(__name__)

# A connection that lay idle for longer is tried before it is used.
IDLE_SECONDS = 5.0

# What a statement could leave for whoever uses the connection next: settings of the session (a scope among them), cursors, locks, and a
# statement of its own under the name of one that the driver prepared. The driver prepares by its protocol, and never by a statement.
_FORGET = b"RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; SELECT count(*), pg_advisory_unlock_all() FROM pg_prepared_statements WHERE from_sql"


def keep_apart(engine: Engine) -> None:
    """Make the engine's pool hand out connections that work, and that hold nothing of their last use. Once for each engine."""
    if getattr(engine, "_threefold_apart", False):
        return
    engine._threefold_apart = True  # type: ignore[attr-defined]
    event.listen(engine, "reset", _forget)
    event.listen(engine, "checkin", _rests)
    event.listen(engine, "checkout", _tried)


def _forget(connection: Any, record: Any, state: Any) -> None:
    """One round trip, as plain as the driver has it: it is made with each use. A connection in which somebody prepared a statement, or
    which does not answer so, is thrown away."""
    if state.terminate_only:
        return
    connection.rollback()
    told = connection.pgconn.exec_(_FORGET)
    prepared = told.get_value(0, 0) if told.status == ExecStatus.TUPLES_OK else told.error_message
    if prepared != b"0":
        log.warning("connection_thrown_away", told=str(prepared))
        record.invalidate()


def _rests(_connection: Any, record: Any) -> None:
    record.info["rested"] = time.monotonic()


def _tried(connection: Any, record: Any, _proxy: Any) -> None:
    """So that a restarted database costs nobody a failed page. One that was used a moment ago is not tried: two round trips a page are
    worth sparing."""
    rested = record.info.get("rested")
    if rested is not None and time.monotonic() - rested > IDLE_SECONDS:
        try:
            connection.execute("select 1")
            connection.rollback()
        except psycopg.Error as error:
            raise DisconnectionError from error
