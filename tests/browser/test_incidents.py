"""The screens in a real browser: what axe finds, a phone's width, and the whole journey by keyboard without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.incidents.web.conftest import AWARE, DEAD, MANAGER, Area, area, rules, site
from threefold.work.incidents import stories

__all__ = ["area", "rules", "site"]
PAGES = ("", "/record", "/record/what", "/record/where", "/record/circumstances", "/record/local", "/record/people", "/record/children",
         "/record/aware", "/record/check", "/record/children/child-1", "/record/children/child-1/about", "/record/children/child-1/where",
         "/record/children/child-1/abuse", "/record/children/child-1/death", "/record/children/child-1/remove", "/verdict",
         "/notify", "/notify/decide", "/notify/view", "/notify/letter", "/notify/form",
         "/notify/answers", "/leave", "/leave/told", "/events/add", "/events/correct?name=aware&at=2026-03-30", "/timeline", "/records/1")  # fmt: skip


@pytest.fixture(autouse=True)
def assets(tmp_path: Path, project: Path) -> None:
    """The design system's files, before the site is made."""
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")


@pytest.fixture
def live(area: Area) -> Iterator[Live]:
    with serving(area.site) as one:
        yield one


def recorded(area: Area) -> UUID:
    facts = {"incident": {"happened_on": "2026-03-28", "children": [DEAD, {"key": "child-2", "seriously_harmed": "unclear"}]},
             "review": {"events": [AWARE]}}  # fmt: skip
    return area.opened(**facts)


def test_every_screen_is_accessible_and_fits_a_phone(area: Area, live: Live, browser_page: Page) -> None:
    case = area.address(recorded(area))
    live.sign_in(browser_page, MANAGER)
    duty = next(e.get("href") for e in area.site.get(f"{case}/verdict").page.all("a") if e.get("href").endswith("notify-panel"))
    area.answer(f"{case}/record/people", {"part": "parent", "name": "Zebedee Madeup"})
    person = next(
        e.get("href") for e in area.site.get(f"{case}/record/people").page.all("a") if "/people/" in str(e.get("href"))
    )
    for path in (person, f"{person}/remove", area.cases, f"{area.cases}/new", duty, *(f"{case}{page}" for page in PAGES)):
        browser_page.set_viewport_size({"width": 1280, "height": 900})
        browser_page.goto(live.url + path)
        axe(browser_page)
        fits(browser_page)


def test_an_incident_is_recorded_by_keyboard_without_scripts(area: Area, live: Live, plain_page: Page) -> None:
    page = plain_page
    live.sign_in(page, MANAGER)
    page.goto(f"{live.url}{area.cases}/new")
    page.get_by_label("No", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/record?done=opened")
    page.get_by_role("link", name="Add a child").press("Enter")
    page.get_by_role("button", name="Add a child").press("Enter")
    page.get_by_role("link", name="Abuse or neglect").press("Enter")
    page.get_by_label("Yes", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/record/children/child-1")
    assert page.get_by_role("heading", level=1).inner_text() == "Child 1"
    assert "Completed" in page.locator(".govuk-task-list").inner_text()


def test_somebody_is_searched_for_by_keyboard_without_scripts(area: Area, live: Live, plain_page: Page) -> None:
    with area.site.database.unit(area.id, area.site.at) as unit:
        stories.add_person(unit, recorded(area), "parent", {"name": "Zephyrine Planted", "born_on": "1989-07-17"})
    live.sign_in(plain_page, MANAGER)
    plain_page.goto(f"{live.url}/b/vale/cases")
    plain_page.get_by_role("link", name="Search for a person").press("Enter")
    plain_page.get_by_label("Name").fill("Zefyrine")
    plain_page.get_by_label("Name").press("Enter")
    expect(plain_page.get_by_role("cell", name="Name sounds alike")).to_be_visible()
    assert "efyrine" not in plain_page.url


def test_the_search_is_accessible_and_fits_a_phone(area: Area, live: Live, browser_page: Page) -> None:
    with area.site.database.unit(area.id, area.site.at) as unit:
        stories.add_person(unit, recorded(area), "parent", {"name": "Zephyrine Planted", "born_on": "1989-07-17"})
    live.sign_in(browser_page, MANAGER)
    for typed in ("", "Zefyrine", "Nowhere"):
        browser_page.set_viewport_size({"width": 1280, "height": 900})
        browser_page.goto(f"{live.url}/b/vale/search")
        if typed:
            browser_page.get_by_label("Name").fill(typed)
        browser_page.get_by_role("button", name="Search").click()
        axe(browser_page)
        fits(browser_page)
