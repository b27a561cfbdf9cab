"""The sweep of two bodies over every route, verb and operation: what is another body's and what is nowhere are one answer.

A stranger with every role in a body of their own asks for everything of this one, by its address and by its ids. They
are told what they would be told of something that never was, by the same statements, and nothing here is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from tests.audit.world import AREA, NATION, World
from tests.proof.caller import Caller, entered, guarded, question, values_of
from tests.support.statements import counting
from threefold.work.people.access import EVERYONE

EMAIL, OWN = "everything@neighbour.example", "neighbour"


@pytest.fixture(scope="module")
def stranger(world: World) -> Caller:
    """Somebody with every role in a body next door, and none here."""
    world.site.person(EMAIL, world.site.database.body(OWN, national=NATION), *sorted(EVERYONE))
    return entered(world.site, EMAIL)


@pytest.fixture
def untouched(world: World) -> Iterator[None]:
    """Nothing of the two bodies of the world changes while a test asks, not even their audit."""
    before = _everything(world)
    yield
    assert _everything(world) == before


def _everything(world: World) -> dict[str, str]:
    """A digest of every row of every table that holds rows of bodies, but for the stranger's own."""
    found = {}
    with psycopg.connect(world.site.database.admin) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.columns where table_schema = 'body' and column_name = 'tenant_id'"
        ).fetchall()
        for schema, table in sorted(tables):
            asked = sql.SQL("select t::text from {}.{} t where tenant_id = any(%s) order by 1").format(
                sql.Identifier(schema), sql.Identifier(table)
            )
            rows = connection.execute(asked, ([world.here.area, world.here.national],)).fetchall()
            found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def _asked(world: World, stranger: Caller, route: Any, values: dict[str, Any]) -> tuple[int, str, str, list[str]]:
    with counting(world.site.app.extensions["threefold"].walls.engine) as counted:
        told = stranger.call(route, values, question(world, route))
    text, location = told.text, told.location
    for value in (v for v in values.values() if isinstance(v, UUID)):
        # An id that somebody typed may stand in the address they are led on to; nothing else may differ.
        text, location = text.replace(str(value), "ID"), location.replace(str(value), "ID")
    return told.status, text, location, counted.shapes


def test_the_sweep_sees_every_door(world: World) -> None:
    routes = guarded(world)
    assert {route.verb for route in routes} >= {"GET", "POST", "PUT"}
    assert sum(route.json for route in routes) >= 13 and len(routes) > 150


def test_another_body_s_address_is_told_like_one_that_never_was(world: World, stranger: Caller, untouched: None) -> None:
    for route in guarded(world):
        values = values_of(world, route)
        here, nowhere = (_asked(world, stranger, route, values | {"slug": slug}) for slug in (values["slug"], "never-was"))
        assert here == nowhere, (route.verb, route.address)
        assert here[0] == 404 and len(here[3]) == 1, (route.verb, route.address, here)


def test_another_body_s_ids_under_one_s_own_address_are_told_like_missing_ones(
    world: World, stranger: Caller, untouched: None
) -> None:
    tried = 0
    for route in guarded(world):
        values = values_of(world, route) | {"slug": OWN}
        missing = {name: uuid4() if isinstance(value, UUID) else value for name, value in values.items()}
        if missing == values:
            continue
        tried += 1
        foreign, nowhere = _asked(world, stranger, route, values), _asked(world, stranger, route, missing)
        assert foreign == nowhere, (route.verb, route.address, foreign, nowhere)
        assert foreign[0] in (404, 422), (route.verb, route.address, foreign[:3])
        assert foreign[0] == 404 or route.verb != "GET", (route.verb, route.address, foreign[:3])
    assert tried > 100


def test_the_sweep_would_see_a_body_that_shows(world: World, stranger: Caller) -> None:
    """The same questions by somebody who works here are answered otherwise."""
    route = next(r for r in guarded(world) if r.endpoint == "incidents.case")
    member = entered(world.site, "everything@vale.example")
    values = values_of(world, route) | {"slug": AREA}
    assert member.call(route, values).status == 200
    assert stranger.call(route, values).status == 404
