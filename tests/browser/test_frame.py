"""The frame in a real browser: looks, keyboard, small screens, and without scripts."""

from __future__ import annotations

import gc
import socket
import struct
import threading
import warnings

from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Whole
from tests.browser.looks import axe, fits
from tests.web.site import PASSWORD
from threefold.work.people.access import BUSINESS_MANAGER, PARTNER_LEAD

EMAIL = "manager@north.example"


def _someone(live: Live) -> None:
    live.site.person(EMAIL, live.site.database.body("north"), BUSINESS_MANAGER)
    live.site.person(EMAIL, live.site.database.body("south", synthetic=False), PARTNER_LEAD)


def test_every_page_of_the_frame_is_accessible_and_fits_a_phone(live: Live, browser_page: Page) -> None:
    _someone(live)
    for path in ("/", "/sign-in", "/accessibility", "/privacy-and-data", "/signed-out", "/nothing-here"):
        browser_page.goto(live.url + path)
        axe(browser_page)
        fits(browser_page)
    browser_page.set_viewport_size({"width": 1280, "height": 900})
    live.sign_in(browser_page, EMAIL)
    for path in ("/my-work", "/b/north/", "/b/south/", "/b/nowhere/"):
        browser_page.goto(live.url + path)
        axe(browser_page)
        fits(browser_page)


def test_style_and_scripts_are_there(live: Live, browser_page: Page) -> None:
    browser_page.goto(live.url + "/sign-in")
    expect(browser_page.locator("body")).to_have_class("govuk-template__body js-enabled govuk-frontend-supported")
    weight = browser_page.get_by_role("heading", level=1).evaluate("e => getComputedStyle(e).fontWeight")
    family = browser_page.get_by_role("heading", level=1).evaluate("e => getComputedStyle(e).fontFamily")
    assert weight == "700" and family.lower().startswith("arial")


def test_an_error_summary_takes_the_focus_and_leads_to_the_box(live: Live, browser_page: Page) -> None:
    browser_page.goto(live.url + "/sign-in")
    browser_page.get_by_role("button", name="Sign in").click()
    expect(browser_page).to_have_title("Error: Sign in - Threefold")
    expect(browser_page.locator(".govuk-error-summary")).to_be_focused()
    axe(browser_page)
    browser_page.get_by_role("link", name="Enter your email address").click()
    expect(browser_page.get_by_label("Email address")).to_be_focused()


def test_signing_in_and_out_works_with_the_keyboard_and_without_scripts(live: Live, plain_page: Page) -> None:
    _someone(live)
    plain_page.goto(live.url + "/sign-in")
    plain_page.keyboard.press("Tab")
    expect(plain_page.get_by_role("link", name="Skip to main content")).to_be_focused()
    plain_page.get_by_label("Email address").focus()
    plain_page.keyboard.type(EMAIL)
    plain_page.keyboard.press("Tab")
    plain_page.keyboard.type(PASSWORD)
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_url("**/my-work")
    plain_page.get_by_role("link", name="North").first.click()
    expect(plain_page.get_by_text("This is a demonstration. Every case here is made up.")).to_be_visible()
    plain_page.get_by_role("button", name="Sign out").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("You have signed out")


def test_two_tabs_on_two_bodies_are_two_scopes(live: Live, browser_page: Page) -> None:
    _someone(live)
    live.sign_in(browser_page, EMAIL)
    second = browser_page.context.new_page()
    browser_page.goto(live.url + "/b/north/")
    second.goto(live.url + "/b/south/")
    browser_page.reload()
    expect(browser_page).to_have_title("North - North - Threefold")
    expect(second).to_have_title("South - South - Threefold")
    expect(second.get_by_text("Every case here is made up")).to_have_count(0)


def test_a_browser_that_goes_away_leaves_no_file_open(live: Live) -> None:
    """Of these tests themselves: a file that stayed open failed whichever test ran next."""
    host, port = live.url.removeprefix("http://").split(":")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        for _ in range(10):
            with socket.create_connection((host, int(port))) as going:
                going.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )  # its close resets the connection
                going.sendall(b"GET /static/threefold.svg HTTP/1.1\r\nHost: x\r\n\r\n")
                assert going.recv(1)
        for thread in threading.enumerate():
            if "process_request_thread" in thread.name:
                thread.join()
        gc.collect()
    assert not [one.message for one in heard if issubclass(one.category, ResourceWarning)]


def test_the_server_ends_once_no_answer_is_being_made() -> None:
    """Of these tests themselves: an answer that was still made gave its connection back to a pool that was gone."""
    asked, may_go_on, ended = threading.Event(), threading.Event(), []

    def app(environ: object, start_response: object) -> list[bytes]:
        asked.set()
        may_go_on.wait(30)
        ended.append("answered")
        return []

    whole = Whole(app)
    answering = threading.Thread(target=whole, args=({}, None))
    waiting = threading.Thread(target=lambda: (whole.wait(), ended.append("ended")))
    answering.start()
    asked.wait(30)
    waiting.start()
    may_go_on.set()
    answering.join()
    waiting.join()
    assert ended == ["answered", "ended"]
