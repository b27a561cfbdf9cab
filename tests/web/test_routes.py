"""A sweep over every route of the application, whoever wrote it: who gets in, and what a stranger learns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from werkzeug.routing import Rule

from tests.support.statements import counting
from tests.web.site import Site
from threefold.walls.database import db
from threefold.work.people.access import EVERYONE, permission

EMAIL = "everything@north.example"
ID = UUID("7d0c1f5e-6a3b-4f1c-9b35-1f0f6f6d2a11")


def _fill(rule: Rule, slug: str) -> dict[str, Any]:
    """Some value for each part of a route's address."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__
        values[name] = slug if name == "slug" else ID if kind == "UUIDConverter" else 1 if kind == "IntegerConverter" else "x"
    return values


def _pages(site: Site) -> list[tuple[str, str, Rule, Any]]:
    """(verb, endpoint, rule, view) of each page of a body."""
    found = []
    for rule in site.app.url_map.iter_rules():
        view = site.app.view_functions[rule.endpoint]
        # The JSON door takes a token, not a cookie, and has a sweep of its own.
        if getattr(view, "needs", None) and not rule.rule.startswith("/api/"):
            found += [
                (verb, rule.endpoint, rule, view)
                for verb in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
            ]
    return found


def _open(site: Site, verb: str, rule: Rule, slug: str, guard: str) -> Any:
    with site.app.test_request_context():
        address = site.app.url_map.bind("localhost").build(rule.endpoint, _fill(rule, slug), method=verb)
    data = {"csrf_token": guard} if verb != "GET" else None
    return site._checked(site.client.open(address, method=verb, data=data), _ANY)


class _Any(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


_ANY = _Any(0)


@pytest.fixture
def guarded(site: Site) -> str:
    """Somebody with every role in one body, signed in; the guard of their forms."""
    site.person(EMAIL, site.database.body("north"), *sorted(EVERYONE))
    site.database.body("south")
    site.enter(EMAIL)
    return site.get("/my-work").page.value("csrf_token")


def test_there_are_pages_to_sweep(site: Site) -> None:
    assert {"people.body_home", "people.who_may_do_what", "arrangements.arrangement"} <= {e for _, e, _, _ in _pages(site)}


def test_nobody_signed_in_gets_in_anywhere(site: Site) -> None:
    guard = site.get("/sign-in").page.value("csrf_token")
    for verb, endpoint, rule, _ in _pages(site):
        shown = _open(site, verb, rule, "north", guard)
        assert shown.status in (303, 401), (verb, endpoint, shown.status)


def test_another_body_s_page_and_a_missing_one_are_answered_alike(site: Site, guarded: str) -> None:
    with site.app.app_context():
        engine = db.engine
    for verb, endpoint, rule, _ in _pages(site):
        told = []
        for slug in ("south", "never-was"):
            with counting(engine) as counted:
                shown = _open(site, verb, rule, slug, guarded)
            told.append((shown.status, shown.text, counted.shapes))
        assert told[0] == told[1] and told[0][0] == 404 and len(told[0][2]) == 1, (verb, endpoint, told)


def test_a_role_without_the_act_is_refused_before_anything_is_read(site: Site) -> None:
    body = site.database.body("north")
    with site.app.app_context():
        engine = db.engine
    for role in sorted(EVERYONE):
        site.person(f"{role}@north.example", body, role)
        browser = site.another()
        browser.enter(f"{role}@north.example")
        guard = browser.get("/my-work").page.value("csrf_token")
        for verb, endpoint, rule, view in _pages(site):
            if role in permission(view.needs).roles:
                continue
            with counting(engine) as counted:
                shown = _open(browser, verb, rule, "north", guard)
            # Who it is, and the note that it was refused.
            assert shown.status == 403 and len(counted.shapes) == 2, (verb, endpoint, role, shown.status)
            assert counted.shapes[1].startswith("INSERT INTO body.audit_entry"), (verb, endpoint, role)


def test_a_missing_row_is_told_plainly_by_every_page_that_names_one(site: Site, guarded: str) -> None:
    for verb, endpoint, rule, _ in _pages(site):
        if "UUIDConverter" in {type(c).__name__ for c in rule._converters.values()}:
            shown = _open(site, verb, rule, "north", guarded)
            assert shown.status in (404, 405, 422), (verb, endpoint, shown.status)
            assert shown.status != 422 or verb == "POST", (verb, endpoint)
