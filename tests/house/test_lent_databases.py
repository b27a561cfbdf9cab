"""A database that one test gives back tells the next one nothing, and one that was altered is not lent again."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.database import Cluster, lent


def test_what_is_lent_again_is_as_the_template_is(cluster: Cluster) -> None:
    with lent(cluster) as first:
        first.body("left-behind")
        with psycopg.connect(first.admin) as connection:
            connection.execute("delete from walls.scope_key")
    with lent(cluster) as again, psycopg.connect(again.admin) as connection:
        assert again.name == first.name
        assert connection.execute("select count(*) from directory.body").fetchone() == (0,)
        assert connection.execute("select count(*) from walls.scope_key").fetchone() == (1,)
        assert again.body("here")


@pytest.mark.parametrize("altering", [
    "alter table directory.body disable trigger all",
    "grant select on directory.body to threefold_app",
    "create table directory.more (a int)",
    "create or replace function public.more() returns int language sql as 'select 1'",
])  # fmt: skip
def test_what_was_altered_is_not_lent_again(cluster: Cluster, altering: str) -> None:
    with lent(cluster) as first, psycopg.connect(first.admin) as connection:
        connection.execute(altering)  # type: ignore[call-overload]
    with lent(cluster) as other:
        assert other.name != first.name


def test_nobody_who_is_still_connected_keeps_a_database_from_being_swept(cluster: Cluster) -> None:
    with lent(cluster) as first:
        left = psycopg.connect(first.admin)
        left.execute("lock table directory.body in access exclusive mode")
    with lent(cluster) as again:
        assert again.name == first.name and again.body("here")
    with pytest.raises(psycopg.OperationalError):
        left.execute("select 1")
