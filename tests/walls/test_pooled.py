"""A connection goes from one body's use to another's: nothing that a statement left in it reaches the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, func, select, text

from tests.support.database import MASTER, NOW
from tests.walls.test_isolation import Two, two
from threefold.walls.session import SYSTEM, Scope, Walls
from threefold.work.incidents.tables import Case

__all__ = ["two"]


@pytest.fixture
def walls(two: Two) -> Iterator[Walls]:
    """One connection, so that each use has the one before it."""
    engine = create_engine(two.database.app_url, pool_size=1, max_overflow=0)
    yield Walls(engine, MASTER)
    engine.dispose()


@contextmanager
def driver(walls: Walls, body: Any) -> Iterator[psycopg.Connection[Any]]:
    with walls.open(Scope(body), actor=SYSTEM, purpose="test", at=NOW) as unit:
        found = unit.session.connection().connection.driver_connection
        assert found is not None
        yield found


def ask(walls: Walls, body: Any) -> list[str]:
    with walls.open(Scope(body), actor=SYSTEM, purpose="test", at=NOW) as unit:
        return list(unit.session.scalars(select(Case.reference)))


def test_a_statement_prepared_under_another_s_name_is_run_by_nobody(two: Two, walls: Walls) -> None:
    usual = [ask(walls, two.there) for _ in range(8)][-1]
    with driver(walls, two.here) as connection:
        held = connection.execute("select name from pg_prepared_statements where statement like '%incident_case%'").fetchall()
        assert held, "the driver prepares what is run often"
        for (name,) in held:
            connection.pgconn.exec_(f'DEALLOCATE "{name}"'.encode())
            connection.pgconn.exec_(f"""PREPARE "{name}" (uuid) AS SELECT 'planted'::text WHERE $1 IS NOT NULL""".encode())
        pid = connection.info.backend_pid
    assert ask(walls, two.there) == usual
    with driver(walls, two.there) as connection:
        assert connection.info.backend_pid != pid, "the connection was thrown away"


@pytest.mark.parametrize("left", [
    "select set_config('app.tenant_id', current_setting('app.tenant_id'), false)", "set session statement_timeout = '1ms'",
    "select pg_advisory_lock(7)", "listen planted", "declare planted cursor with hold for select 1",
])  # fmt: skip
def test_what_a_statement_set_is_gone_at_the_next_use(two: Two, walls: Walls, left: str) -> None:
    with driver(walls, two.here) as connection:
        connection.execute(left)
        connection.commit()
        pid = connection.info.backend_pid
    with walls.engine.connect() as connection:
        assert connection.execute(text("select pg_backend_pid()")).scalar() == pid
        assert not connection.execute(text("select current_setting('app.tenant_id', true)")).scalar()
        assert connection.execute(text("select count(*) from body.incident_case")).scalar() == 0
        assert connection.execute(text("show statement_timeout")).scalar() == "0"
        assert (
            connection.execute(
                text("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")
            ).scalar()
            == 0
        )
        assert connection.execute(text("select count(*) from pg_cursors where name = 'planted'")).scalar() == 0
        assert connection.execute(select(func.pg_listening_channels())).all() == []


def test_what_the_driver_prepared_stays(two: Two, walls: Walls) -> None:
    """The plans of what is run often are kept: they are worth some of the time of each page."""
    for _ in range(8):
        ask(walls, two.here)
    with driver(walls, two.there) as connection:
        kept = connection.execute("select count(*) from pg_prepared_statements where not from_sql").fetchone()
        assert kept and kept[0] > 0
