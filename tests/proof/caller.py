"""Somebody who calls any route there is, page or operation, with whatever values for the parts of its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.audit.world import World
from tests.web.html import read
from tests.web.site import PASSWORD, Site
from threefold.work.people.route_map import Route, routes_of


@dataclass(slots=True)
class Told:
    """One answer, as its reader has it: what differs by chance (the guard of a form, a nonce) is not in it."""

    status: int
    body: str
    location: str
    page: bool = False

    @property
    def text(self) -> str:
        """What stands on a page; of an operation, its whole answer. Read when it is asked for: most sweeps ask for the status alone."""
        return read(self.body).text if self.page else self.body


@dataclass(slots=True)
class Caller:
    """A browser and a token of one person."""

    site: Site
    guard: str = ""
    token: str = ""

    def call(self, route: Route, values: dict[str, Any], more: str = "", sent: dict[str, Any] | None = None) -> Told:
        """Call it, with a form or JSON that says nothing but `sent`. `more`: the question of the address."""
        address = self.site.app.url_map.bind("localhost").build(route.endpoint, values, method=route.verb) + more
        if route.json:
            told = (sent or {}) if route.verb != "GET" else None
            head = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            answer = self.site.app.test_client().open(address, method=route.verb, json=told, headers=head)
            return Told(answer.status_code, answer.get_data(as_text=True), "")
        data = {"csrf_token": self.guard, **(sent or {})} if route.verb != "GET" else None
        answer = self.site.client.open(address, method=route.verb, data=data)
        page = answer.mimetype == "text/html" and answer.status_code != 303
        return Told(answer.status_code, answer.get_data(as_text=True) if page else "", answer.headers.get("Location", ""), page)


def entered(site: Site, email: str) -> Caller:
    """Somebody signed in at both doors."""
    browser = site.another()
    browser.enter(email)
    answer = browser.app.test_client().post("/api/v1/sign-in", json={"email": email, "password": PASSWORD}).get_json()
    return Caller(browser, browser.get("/my-work").page.value("csrf_token"), answer["token"])


def guarded(world: World) -> list[Route]:
    """Every page and operation of a body."""
    return [route for route in routes_of(world.site.app) if route.needs]


def values_of(world: World, route: Route) -> dict[str, Any]:
    """What stands for each part of the address. A part nobody has named fails with where to name it."""
    return {name: world.part(route.endpoint, name) for name in route.arguments}


def question(world: World, route: Route) -> str:
    return str(world.for_page.get((route.endpoint, "?"), ""))


def sent(world: World, route: Route) -> dict[str, Any]:
    return dict(world.for_page.get((route.endpoint, "!"), {}))
