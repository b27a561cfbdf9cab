"""The permission table over the whole route map: each verb, each role, each address, and the status it is answered with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.audit.world import AREA, NATION, World, looks_in
from tests.proof.caller import Caller, entered, guarded, question, sent, values_of
from threefold.work.people.access import ROLES
from threefold.work.people.route_map import Route, as_markdown, routes_of
from threefold.work.people.web.whence import JSON_DOOR


@pytest.fixture(scope="module")
def people(world: World) -> dict[tuple[str, str], Caller]:
    """Somebody with each role alone, in each kind of body."""
    found = {}
    for slug, body in ((AREA, world.here.area), (NATION, world.here.national)):
        for role in ROLES:
            email = f"{role}@{slug}.example".replace("_", "-")
            world.site.person(email, body, role)
            found[slug, role] = entered(world.site, email)
    return found


def _home(world: World, route: Route) -> str:
    """The body where a page has something to show. What the JSON door says of the desk stands in the national body."""
    return NATION if route.json and "/desk" in route.address else str(world.part(route.endpoint, "slug"))


def _told(world: World, people: dict[tuple[str, str], Caller], route: Route, slug: str, role: str) -> int:
    values = values_of(world, route) | {"slug": slug}
    return people[slug, role].call(route, values, question(world, route), sent(world, route)).status


def test_each_reading_is_answered_as_the_table_says(world: World, people: dict[tuple[str, str], Caller]) -> None:
    wrong = []
    for route in guarded(world):
        for role in ROLES if route.verb == "GET" else ():
            told = _told(world, people, route, _home(world, route), role)
            if told not in route.statuses(role):
                wrong.append((route.verb, route.address, role, told))
    assert not wrong, wrong


@pytest.fixture(scope="module")
def staff(world: World) -> dict[str, Caller]:
    """One of the platform's staff with a session open, in each kind of body; at the JSON door with that very sign-in, as if shown there."""
    found = {}
    for slug in (AREA, NATION):
        browser = looks_in(world.site, f"staff@{slug}.example", slug)
        cookie = browser.client.get_cookie("threefold")
        assert cookie is not None
        guard = browser.get("/platform-staff").page.value("csrf_token")
        found[slug] = Caller(browser, guard, cookie.value)
    with psycopg.connect(world.site.database.admin) as connection:
        connection.execute(
            "update directory.sign_in_session set shown_from = shown_from || %s", ([world.site.here(JSON_DOOR)],)
        )
    return found


def test_platform_staff_are_answered_in_each_cell_as_the_table_says(world: World, staff: dict[str, Caller]) -> None:
    wrong, read = [], 0
    for route in guarded(world):
        slug = _home(world, route)
        told = staff[slug].call(route, values_of(world, route) | {"slug": slug}, question(world, route), sent(world, route))
        read += told.status == 200
        if told.status not in route.statuses_of_staff:
            wrong.append((route.verb, route.address, told.status))
    assert not wrong, wrong
    assert 8 <= read <= 14


def test_each_sending_is_refused_to_a_role_that_does_not_cover_it(world: World, people: dict[tuple[str, str], Caller]) -> None:
    wrong = []
    for route in guarded(world):
        for role in ROLES if route.verb != "GET" else ():
            if role not in route.roles:
                told = _told(world, people, route, _home(world, route), role)
                if told != 403:
                    wrong.append((route.verb, route.address, role, told))
    assert not wrong, wrong


def test_each_sending_is_answered_as_the_table_says(world: World, people: dict[tuple[str, str], Caller]) -> None:
    """The last but one, since what is sent changes the world. What a sending ended is not there for the next: 404, and only so."""
    wrong = []
    for route in guarded(world):
        done = False
        for role in sorted(route.roles) if route.verb != "GET" else ():
            told = _told(world, people, route, _home(world, route), role)
            if told not in route.statuses(role) and not (told == 404 and done):
                wrong.append((route.verb, route.address, role, told))
            done = done or told in (200, 201, 303)
    assert not wrong, wrong


def test_in_the_other_kind_of_body_the_same_roles_are_refused_and_nothing_breaks(
    world: World, people: dict[tuple[str, str], Caller]
) -> None:
    """A page of a local area in the national body, and the desk in a local area: refused by role alike, else not there."""
    wrong = []
    for route in guarded(world):
        other = AREA if _home(world, route) == NATION else NATION
        for role in ROLES:
            told = _told(world, people, route, other, role)
            if (told == 403) != (role not in route.roles) or told >= 500 or told == 401:
                wrong.append((route.verb, route.address, role, told))
    assert not wrong, wrong


def test_nobody_signed_in_is_answered_by_any_of_them(world: World) -> None:
    nobody = Caller(world.site.another())
    nobody.guard = nobody.site.get("/sign-in").page.value("csrf_token")
    for route in guarded(world):
        told = nobody.call(route, values_of(world, route), question(world, route))
        assert told.status == 401 or (told.status, route.json, told.location[:8]) == (303, False, "/sign-in"), route


def test_the_written_table_is_the_one_the_routes_make(world: World, project: Path) -> None:
    written = (project / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert written == as_markdown(routes_of(world.site.app)), "write it again: threefold permissions > docs/permissions.md"


def test_the_command_writes_the_table_without_a_database(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "threefold.doors.cli.main", "permissions"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (project / "docs" / "permissions.md").read_text(encoding="utf-8")
