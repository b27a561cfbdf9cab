"""The pages of meetings in a real browser: accessible, readable on a phone, and the whole way without a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.browser.test_reviews import looked_at
from tests.meetings.terms import MANAGER, RULES, Area, area_of, terms
from tests.meetings.test_decisions import decided
from tests.meetings.test_meetings import MATTERS, NO_HEALTH
from tests.support.database import Database
from tests.web.site import make_site
from threefold.walls.database import db


@pytest.fixture
def area(database: Database, tmp_path: Path, project: Path) -> Area:
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    return area_of(database, make_site(database, tmp_path, tenants=project / "tenants", rules=RULES), terms())


@pytest.fixture
def live(area: Area) -> Iterator[Live]:
    """The area's site on a free port of this machine."""
    with serving(area.site) as one:
        yield one
    with area.site.app.app_context():
        db.engine.dispose()


def test_the_pages_of_meetings(live: Live, area: Area, browser_page: Page) -> None:
    case_id = area.opened()
    meeting = area.recorded("quality", NO_HEALTH, {"cases": area.references[case_id], **MATTERS}, way_item_1="ahead",
                            reason_item_1="The three leads spoke by phone.", way_item_2="put_off", way_item_3="put_off")  # fmt: skip
    naming = decided(area, case_id)
    area.site.post(naming, {"meeting": meeting.rpartition("/")[2]})
    begun = area.begun("districts")
    live.sign_in(browser_page, MANAGER)
    parts = ("", "/who", "/chair", "/agenda", "/items", "/check", "/put-aside")
    looked_at(browser_page, *(f"{live.url}{path}" for path in (
        area.base, f"{area.base}/new", *(f"{meeting}{part}" for part in parts), f"{begun}/who", begun, naming, area.case(case_id))))  # fmt: skip
    browser_page.goto(f"{live.url}{begun}/who")
    browser_page.get_by_role("button", name="Continue").click()
    expect(browser_page.locator(".govuk-error-summary")).to_be_focused()  # the scripts of the page are there
    browser_page.get_by_role("link", name="Select who was there for District council (first of six").click()
    expect(browser_page.locator("#counted-1")).to_be_focused()
    axe(browser_page)
    fits(browser_page)


def test_a_meeting_is_recorded_on_a_phone_without_a_script(live: Live, area: Area, plain_page: Page) -> None:
    plain_page.set_viewport_size({"width": 320, "height": 640})
    live.sign_in(plain_page, MANAGER)
    plain_page.goto(f"{live.url}/b/vale/")
    plain_page.get_by_role("link", name="Meetings").click()
    plain_page.get_by_role("button", name="Record a meeting").click()
    plain_page.get_by_label("Quality and improvement in practice group").check()
    for label, value in (("Day", "3"), ("Month", "3"), ("Year", "2027")):
        plain_page.get_by_label(label, exact=True).fill(value)
    plain_page.get_by_role("button", name="Continue").click()
    for group, answer in (("County Council", "Lead partner, council"), ("Integrated care board", "Another health trust stood in for it"),
                          ("Constabulary", "Lead partner, constabulary")):  # fmt: skip
        plain_page.get_by_role("group", name=group).get_by_label(answer).check()
    plain_page.get_by_role("button", name="Continue").click()
    plain_page.get_by_text("There was a quorum. Another health trust stood in for Integrated care board.").wait_for()
    plain_page.get_by_label("Which seat or organisation chaired?").select_option("police-lead")
    plain_page.get_by_role("button", name="Continue").click()
    plain_page.get_by_label("Other matters").fill("The audit programme")
    plain_page.get_by_role("button", name="Continue").click()
    plain_page.get_by_role("button", name="Save this record").click()
    plain_page.get_by_text("The meeting is on record.").wait_for()
    plain_page.get_by_text("Who chaired: recorded").wait_for()
