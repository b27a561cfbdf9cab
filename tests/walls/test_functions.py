"""The functions in the database are the ones the program declares: a change of one without a migration is found here."""

from __future__ import annotations

import psycopg

from tests.support.database import Database
from threefold.walls import destroying, leaving, received_guards, request_guards
from threefold.walls.account_functions import ACCOUNT_FUNCTIONS
from threefold.walls.policies import FUNCTIONS, SAID_FUNCTION, SCOPE_FUNCTION
from threefold.walls.staff_functions import STAFF_FUNCTIONS


def _live(connection: psycopg.Connection[tuple[str, str]]) -> dict[str, str]:
    rows = connection.execute(
        "select p.oid::regprocedure::text, pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
        "where n.nspname in ('directory', 'post', 'walls')"
    ).fetchall()
    return {name: "\n".join(line.rstrip() for line in source.splitlines()) for name, source in rows}


def test_the_functions_on_record_are_the_declared_ones(database: Database) -> None:
    with psycopg.connect(database.admin) as connection:
        before = _live(connection)
        for statement in (
            SCOPE_FUNCTION,
            SAID_FUNCTION,
            *FUNCTIONS,
            *ACCOUNT_FUNCTIONS,
            *STAFF_FUNCTIONS,
            *destroying.FUNCTIONS,
            *leaving.FUNCTIONS,
            *request_guards.FUNCTIONS,
            *received_guards.FUNCTIONS,
        ):
            connection.execute(statement)  # type: ignore[call-overload]
        after = _live(connection)
        connection.rollback()
    assert before == after
    assert len(before) >= 50
