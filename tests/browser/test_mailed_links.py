"""A mailed link in a real browser: its secret is never sent in an address, nothing is used up by looking, and it opens without a script too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Live
from tests.browser.keys import Keys
from tests.browser.looks import axe, fits
from tests.support.inbox import receiving
from tests.web.sign_ins import MANAGER, deliver, link_in, secret_behind, someone

FILLED = "The code from your email is filled in. Select Continue."
LEFT = "Choose a new password"


@pytest.fixture
def link(live: Live) -> str:
    """The link for a new password, as the e-mail has it."""
    someone(live.site)
    live.site.another().post("/forgotten-password", {"email": MANAGER})
    with receiving() as mail:
        deliver(live.site, *mail)
        return live.url + link_in(mail[0], MANAGER).removeprefix("http://localhost")


@pytest.fixture
def sent(browser_page: Page, link: str) -> Iterator[list[Request]]:
    """What the browser sent: in no address and no referrer of it stands the secret."""
    seen: list[Request] = []
    browser_page.on("request", lambda one: seen.append(one))
    yield seen
    secret = secret_behind(link)
    assert seen
    for one in seen:
        # The browser tells of itself what stands behind the #; what it sends is the address without it.
        assert secret not in one.url.partition("#")[0] and secret not in str(one.headers), one.url


def test_a_script_fills_the_code_in_and_only_the_person_sends_it(link: str, browser_page: Page, sent: list[Request]) -> None:
    browser_page.goto(link)
    expect(browser_page.get_by_text(FILLED)).to_be_visible()
    expect(browser_page.get_by_label("Code from the email")).to_be_hidden()
    assert browser_page.url == link.partition("#")[0]
    assert {one.method for one in sent} == {"GET"}
    axe(browser_page)
    fits(browser_page)
    keys = Keys(browser_page)
    keys.follow("button", "Continue")
    expect(browser_page.get_by_label("New password")).to_be_visible()
    assert urlsplit(browser_page.url)[2:] == ("/new-password", "", "")
    browser_page.go_back()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text(LEFT)
    assert "#" not in browser_page.url


def test_the_link_opened_again_where_the_page_is_open_is_taken_too_beside_an_error(
    link: str, browser_page: Page, sent: list[Request]
) -> None:
    browser_page.goto(link.partition("#")[0])
    expect(browser_page.get_by_label("Code from the email")).to_be_visible()
    browser_page.get_by_role("link", name="Skip to main content").focus()
    browser_page.keyboard.press("Enter")
    expect(browser_page).to_have_url(re.compile(r"#main-content$"))  # which is no code
    expect(browser_page.get_by_text(FILLED)).to_have_count(0)
    browser_page.get_by_role("button", name="Continue").click()
    browser_page.get_by_role("link", name="Enter the code from the email").click()
    assert browser_page.evaluate("document.activeElement.id") == "code_of_email"
    axe(browser_page)
    fits(browser_page)
    browser_page.goto(link)
    expect(browser_page.get_by_text(FILLED)).to_be_visible()
    assert "#" not in browser_page.url
    browser_page.get_by_role("button", name="Continue").click()
    browser_page.wait_for_url("**/new-password")


def test_without_scripts_the_code_or_the_whole_link_is_copied_by_keyboard(link: str, plain_page: Page) -> None:
    for copied in (secret_behind(link), link):
        plain_page.goto(link)
        expect(plain_page.get_by_text(FILLED)).to_have_count(0)
        keys = Keys(plain_page)
        keys.write("Code from the email", copied)
        keys.send()
        plain_page.wait_for_url("**/new-password")
        assert "#" not in plain_page.url
        expect(plain_page.get_by_label("New password")).to_be_visible()


@pytest.mark.parametrize("path", ["/invitation/open", "/answer/north/open"])
def test_the_other_pages_are_accessible_and_fit_a_phone(live: Live, browser_page: Page, path: str) -> None:
    for behind in ("", f"#{'x' * 43}"):
        browser_page.goto(live.url + path)
        browser_page.goto(f"{live.url}{path}{behind}")
        axe(browser_page)
        fits(browser_page)
        browser_page.set_viewport_size({"width": 1280, "height": 900})
    browser_page.get_by_role("button", name="Continue").click()
    browser_page.get_by_text("There is a problem").wait_for()
    axe(browser_page)
    fits(browser_page)
