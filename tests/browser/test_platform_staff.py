"""Platform staff in a real browser, without scripts and with axe: look in, see the banner, be ended by the body."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.audit.world import AREA, EVERY, World, looks_in
from tests.browser.conftest import Live
from tests.browser.looks import axe, fits
from tests.browser.test_audit import live, world

__all__ = ["live", "world"]
OPS, WHY = "browser.ops@service.example", "A colleague there says that a page does not open."


def _member(world: World) -> None:
    """Somebody with the role, whose first session (of another browser) has ended."""
    browser = looks_in(world.site, OPS, AREA)
    browser.post("/sign-out", read_first="/platform-staff")


def test_looking_into_a_body_from_the_first_page_to_its_end(world: World, live: Live, plain_page: Page) -> None:
    _member(world)
    live.sign_in(plain_page, OPS)
    plain_page.get_by_role("link", name="Look into a body").click()
    plain_page.get_by_role("button", name="Look into a body").click()
    plain_page.get_by_label("Which body?").select_option(value=AREA)
    plain_page.get_by_label("Why do you need to look?").fill(WHY)
    expect(plain_page.get_by_label("1 hour")).to_be_checked()
    plain_page.get_by_role("button", name="Begin").click()
    expect(plain_page.get_by_text("You are here as platform staff")).to_be_visible()
    plain_page.get_by_role("link", name="Cases").click()
    expect(plain_page.get_by_text("You are here as platform staff")).to_be_visible()
    with world.here.unit() as unit:
        from threefold.work.platform_staff import stories

        stories.end_access(
            unit, next(one.session.id for one in stories.see_access(unit) if one.session.open and one.why == WHY)
        )
    plain_page.reload()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Page not found")


def test_the_pages_are_accessible_and_fit_a_phone(world: World, live: Live, browser_page: Page) -> None:
    _member(world)
    live.sign_in(browser_page, OPS)
    for path in ("/platform-staff", "/platform-staff/begin"):
        browser_page.goto(live.url + path)
        axe(browser_page)
        fits(browser_page)
    browser_page.get_by_role("button", name="Begin").click()
    axe(browser_page)
    browser_page.get_by_label("Which body?").select_option(value=AREA)
    browser_page.get_by_label("Why do you need to look?").fill(WHY)
    browser_page.get_by_role("button", name="Begin").click()
    for path in ("", "cases", f"cases/{world.case_id}", "audit"):
        browser_page.goto(f"{live.url}/b/{AREA}/{path}")
        expect(browser_page.get_by_text("You are here as platform staff")).to_be_visible()
        axe(browser_page)
        fits(browser_page)
    browser_page.goto(f"{live.url}/platform-staff")
    axe(browser_page)


def test_the_body_s_page_is_accessible_and_fits_a_phone(world: World, live: Live, browser_page: Page) -> None:
    looks_in(world.site, OPS, AREA).get(f"/b/{AREA}/cases")
    live.sign_in(browser_page, EVERY)
    browser_page.goto(f"{live.url}/b/{AREA}/platform-staff")
    axe(browser_page)
    fits(browser_page)
    browser_page.get_by_role("link", name="What was opened").first.click()
    axe(browser_page)
    fits(browser_page)
    browser_page.get_by_role("link", name="These entries in the audit").click()
    expect(browser_page.get_by_role("cell", name="(platform staff)").first).to_be_visible()
