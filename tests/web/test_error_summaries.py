"""Every line of an error summary that is a link leads to something on its page: asked of every form of a body, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.audit.world import EVERY, World, copy_of
from tests.proof.caller import question
from tests.support.database import Cluster, cloned
from tests.web.html import Html, faults, read
from tests.web.site import Site
from threefold.work.people.access import EVERYONE
from threefold.work.people.route_map import Route, routes_of

SEATLESS = "seatless@vale.example"


@pytest.fixture(scope="module")
def world(cluster: Cluster, made_world: World, tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[World]:
    with cloned(cluster, made_world.site.database.name) as database:
        one = copy_of(made_world, database, tmp_path_factory.mktemp("site"), project)
        one.site.person(SEATLESS, one.here.area, *sorted(EVERYONE))
        yield one
        one.site.app.extensions["threefold"].walls.engine.dispose()


def led_nowhere(html: str) -> list[str]:
    """The links of the page's error summary that lead to no element of it."""
    page = read(html)
    ids = {e.get("id") for e in page.elements}
    return [e.get("href") for e in _summary(page) if e.get("href").removeprefix("#") not in ids]


def _summary(page: Html) -> list[Any]:
    """The links of the summary: it stands first in the main part, and nothing else of a page leads to a box."""
    shown = any("govuk-error-summary" in e.get("class").split() for e in page.elements)
    return [e for e in page.all("a") if shown and e.get("href").startswith("#") and e.get("href") != "#main-content"]


def _forms(world: World) -> list[Route]:
    return [route for route in routes_of(world.site.app) if route.needs and not route.json and route.verb == "POST"]


def _sendings(browser: Site, address: str) -> Iterator[dict[str, str]]:
    """Nothing at all; and in every box of the page more than it takes, and nothing that it offers."""
    yield {}
    shown = browser.client.get(address)
    if shown.status_code == 200 and shown.mimetype == "text/html":
        page = read(shown.get_data(as_text=True))
        boxes = {
            e.get("name") for e in page.elements if e.name in ("input", "textarea", "select") and e.get("type") != "hidden"
        }
        yield {name: "x" * 20_001 for name in sorted(boxes) if name}


def _told(browser: Site, address: str, sent: dict[str, str], guard: str) -> TestResponse:
    return browser.client.post(address, data={"csrf_token": guard, **sent})


@pytest.mark.parametrize("email", [EVERY, SEATLESS])
@pytest.mark.parametrize("state", ["opened", "notified"])
def test_every_line_of_an_error_summary_leads_somewhere(world: World, email: str, state: str) -> None:
    browser = world.site.another()
    browser.enter(email)
    guard = browser.get("/my-work").page.value("csrf_token")
    wrong, summaries = [], 0
    for route in _forms(world):
        values = {name: world.part(route.endpoint, name) for name in route.arguments}
        if state == "notified":
            if "case_id" not in values or "decision_id" in values:
                continue
            values["case_id"] = world.parts["case_ref"]
        with world.site.app.test_request_context():
            address = world.site.app.url_map.bind("localhost").build(route.endpoint, values, method="POST") + question(
                world, route
            )
        for sent in _sendings(browser, address):
            answer = _told(browser, address, sent, guard)
            if answer.status_code in (409, 422) and answer.mimetype == "text/html":
                html = answer.get_data(as_text=True)
                summaries += bool("govuk-error-summary" in html)
                if led_nowhere(html) or faults(html, answer.headers["Content-Security-Policy"], answer.status_code):
                    wrong.append((route.address, sorted(sent)[:3], led_nowhere(html)))
    assert not wrong, wrong
    assert summaries > (40 if state == "opened" else 15)


def test_the_sweep_would_see_one_that_leads_nowhere() -> None:
    html = "<div class='govuk-error-summary'><a href='#reason'>Enter a reason</a></div><input id='other'>"
    assert led_nowhere(html) == ["#reason"]
