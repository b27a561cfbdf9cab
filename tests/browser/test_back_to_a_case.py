"""Going back to a form about a case: what another saved meanwhile stands, and words that were not sent are asked about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Live, serving
from tests.browser.test_back import page
from tests.incidents.web.conftest import MANAGER, POLICE, Area, area, rules, site

__all__ = ["area", "page", "rules", "site"]


@pytest.fixture(autouse=True)
def assets(tmp_path: Path, project: Path) -> None:
    """The design system's files, before the site is made."""
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")


@pytest.fixture
def live(area: Area) -> Iterator[Live]:
    with serving(area.site) as one:
        yield one


def test_a_choice_that_was_saved_overwrites_nothing(area: Area, live: Live, page: Page) -> None:
    case_id = area.opened()
    path = f"{area.address(case_id)}/record/circumstances"
    live.sign_in(page, MANAGER)
    page.goto(live.url + path)
    page.locator("input[name=near_miss][value=yes]").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(lambda url: not url.endswith("/circumstances"))
    area.answer(path, {"near_miss": "no"}, site=area.as_person(POLICE))
    page.go_back()
    expect(page.locator("input[name=near_miss][value=no]")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(lambda url: not url.endswith("/circumstances"))
    assert area.state(case_id).facts.incident.near_miss.value == "no"


def test_whoever_leaves_with_a_text_that_was_not_sent_is_asked(area: Area, live: Live, browser_page: Page) -> None:
    page, asked = browser_page, []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stays)
    live.sign_in(page, MANAGER)
    address = f"{live.url}{area.address(area.opened())}/record/people"
    page.goto(address)
    page.get_by_label("Addresses").press_sequentially("1 Invented Street")
    page.get_by_role("link", name="My work").first.click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"] and page.url == address
    assert page.get_by_label("Addresses").input_value() == "1 Invented Street"
    page.get_by_role(
        "button", name="Add this person"
    ).click()  # sent: refused, since nobody was named, and shown with what was typed
    expect(page.get_by_text("There is a problem")).to_be_visible()
    page.get_by_label("Addresses").fill("")
    page.get_by_label("Addresses").fill("1 Invented Street")  # as it was sent
    page.get_by_role("link", name="My work").first.click()
    page.wait_for_url("**/my-work")
    assert asked == ["beforeunload"]


def test_what_is_sent_after_one_signed_out_in_another_window_stands_there_to_be_copied(
    area: Area, live: Live, page: Page
) -> None:
    case_id = area.opened()
    live.sign_in(page, MANAGER)
    page.goto(f"{live.url}{area.address(case_id)}/record/people")
    page.get_by_label("Addresses").fill("1 Invented Street")
    other = page.context.new_page()
    other.goto(f"{live.url}/my-work")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/signed-out")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out")
    expect(page.get_by_text("1 Invented Street")).to_be_visible()
