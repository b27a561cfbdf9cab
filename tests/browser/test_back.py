"""Going back to a form: what another saved meanwhile is not overwritten by what the browser would put into its boxes again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.arrangements.area import HUDDLE, LEAD, MANAGER, Area, area
from tests.browser.conftest import Live, serving
from threefold.governance import drafts

__all__ = ["area"]
pytestmark = pytest.mark.usefixtures("assets")
MINE, THEIRS = "In the lead's words.", "In the manager's words."


@pytest.fixture
def served(area: Area) -> Iterator[Live]:
    with serving(area.site) as one:
        yield one


@pytest.fixture(params=["browser_page", "plain_page"])
def page(request: pytest.FixtureRequest) -> Page:
    """With scripts, and without."""
    found: Page = request.getfixturevalue(request.param)
    return found


def opened(area: Area, served: Live, page: Page) -> str:
    """A draft, with the lead before a line of it into which they wrote."""
    draft = area.begun()
    served.sign_in(page, LEAD)
    page.goto(f"{served.url}{draft}/{HUDDLE}")
    page.get_by_label("In plain words").fill(MINE)
    return draft


def saved(area: Area, draft: str) -> str:
    return str(drafts.node_at(area.content(draft), ("rules", "rapid-review-plan", "steps", "huddle"))["text"])


def back(page: Page) -> None:
    page.go_back()
    expect(page.get_by_label("In plain words")).to_have_value(THEIRS)  # what stands there is what is shown


def test_after_a_save_nothing_is_overwritten(area: Area, served: Live, page: Page) -> None:
    draft = opened(area, served, page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**done=*")
    area.answer(f"{draft}/{HUDDLE}", {"text": THEIRS}, email=MANAGER)
    page.go_back()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**done=*")
    assert saved(area, draft) == THEIRS


def test_what_was_not_saved_overwrites_nothing(area: Area, served: Live, page: Page) -> None:
    draft = opened(area, served, page)
    page.get_by_role("link", name="My work").first.click()
    area.answer(f"{draft}/{HUDDLE}", {"text": THEIRS}, email=MANAGER)
    back(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**done=*")
    assert saved(area, draft) == THEIRS


def test_from_the_page_that_asked_which_answer_to_keep(area: Area, served: Live, page: Page) -> None:
    draft = opened(area, served, page)
    area.answer(f"{draft}/{HUDDLE}", {"text": THEIRS}, email=MANAGER)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Which answer is kept?").first).to_be_visible()
    back(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**done=*")
    assert saved(area, draft) == THEIRS


def test_what_was_not_saved_is_offered_with_what_its_person_had_seen(area: Area, served: Live, browser_page: Page) -> None:
    draft = opened(area, served, browser_page)
    browser_page.get_by_role("link", name="My work").first.click()
    area.answer(f"{draft}/{HUDDLE}", {"text": THEIRS}, email=MANAGER)
    back(browser_page)
    browser_page.get_by_role("button", name="Bring it back").click()
    browser_page.get_by_role("button", name="Save").click()
    expect(browser_page.get_by_text("Which answer is kept?").first).to_be_visible()
    assert saved(area, draft) == THEIRS
