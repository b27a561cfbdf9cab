"""The review's pages, the agency's page and the desk in a real browser: accessible, readable on a phone, without a script too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, OFFICER, POLICE, Neighbours, neighbours, staffed
from tests.reviews.test_links import address_in
from tests.support.database import NOW, Database
from tests.web.site import Rules, make_site
from threefold.governance.pack import Library
from threefold.walls.database import db
from threefold.work.national import stories as national
from threefold.work.people.access import AGENCY
from threefold.work.reviews import stories
from threefold.work.reviews.web.answering import FORMS


@pytest.fixture
def here(database: Database) -> Neighbours:
    return neighbours(database, NOW)


@pytest.fixture
def rules() -> Rules:
    return Library(EDITIONS, {}), GOVERNANCE


@pytest.fixture
def live(here: Neighbours, tmp_path: Path, project: Path, rules: Rules) -> Iterator[Live]:
    """The site of the neighbours on a free port of this machine."""
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    site = make_site(here.database, tmp_path, tenants=project / "tenants", rules=rules)
    staffed(site, here)
    with serving(site) as one:
        yield one
    with site.app.app_context():
        db.engine.dispose()


def looked_at(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.set_viewport_size({"width": 1100, "height": 900})
        page.goto(address)
        axe(page)
        fits(page)


def test_the_review_s_pages(live: Live, here: Neighbours, browser_page: Page) -> None:
    case_id, nurse = here.notified(), live.site.person("nurse@agency.example", here.area, AGENCY)
    with here.unit() as unit:
        stories.ask_agency(unit, case_id, "School", "head@school.example", "What do you know?", uuid4())
        stories.add_safety_action(unit, case_id, "Moved to kin.", None, uuid4())
        stories.consider(unit, GOVERNANCE, case_id, "recurrent_themes", "applies", "Seen before.")
        stories.decide_local_review(unit, GOVERNANCE, case_id, "yes", "There is more to learn.", here.national, uuid4())
        asked = stories.requests(unit, case_id)[0]
        unit.session.flush()
        stories.ask_person(unit, case_id, "Nursery", nurse, "What do you know?", uuid4())
    live.sign_in(browser_page, MANAGER)
    base = f"{live.url}/b/vale/cases/{case_id}/review"
    looked_at(browser_page, base, *(f"{base}/{part}" for part in (
        "agencies/ask", "agencies/ask-person", f"agencies/{asked.id}/revoke", f"agencies/{asked.id}/code", "safety", "factors/recurrent_themes", "national", "type", "decide", "send", "send/form", "sign",
        "replies", "replies/add", "publication", "delay")), f"{live.url}/b/vale/cases/{case_id}/reminders")  # fmt: skip
    browser_page.goto(f"{base}/send")
    browser_page.get_by_role("button", name="Send the rapid review").click()
    browser_page.get_by_role("link", name="Enter the summary of the rapid review").click()
    browser_page.wait_for_function("document.activeElement.id === 'summary'")
    axe(browser_page)
    browser_page.get_by_label("Summary of the rapid review").fill("What was learnt.")
    browser_page.get_by_label("Why is it sent without what is missing?").fill("In time.")
    browser_page.get_by_role("button", name="Send the rapid review").click()
    browser_page.get_by_text("The rapid review was sent to the national body.").wait_for()
    axe(browser_page)


def test_a_seat_s_view_and_signature_without_a_script(live: Live, here: Neighbours, plain_page: Page) -> None:
    case_id = here.notified()
    live.sign_in(plain_page, POLICE)
    base = f"{live.url}/b/vale/cases/{case_id}/review"
    plain_page.goto(f"{base}/views")
    plain_page.get_by_label("Yes").check()
    plain_page.get_by_role("button", name="Record this view").click()
    plain_page.get_by_text("The view is on record.").wait_for()
    plain_page.goto(f"{base}/sign")
    plain_page.get_by_role("button", name="Sign the rapid review").click()
    plain_page.get_by_text("The signature is on record.").wait_for()
    assert here.state(case_id).facts.review.signed_by == ("police-lead",)


def test_somebody_of_an_agency_answers_in_their_account_without_a_script(
    live: Live, here: Neighbours, plain_page: Page, browser_page: Page
) -> None:
    case_id, nurse = here.notified(), live.site.person("nurse@agency.example", here.area, AGENCY)
    with here.unit() as unit:
        one = stories.ask_person(unit, case_id, "Nursery", nurse, "What do you know?", uuid4())
    for page in (plain_page, browser_page):
        live.sign_in(page, "nurse@agency.example")
    own = f"{live.url}/b/vale/asked"
    looked_at(browser_page, own, f"{own}/{case_id}/{one.id}", *(f"{own}/{case_id}/{one.id}?answer={kind}" for kind in FORMS))
    plain_page.goto(own)
    plain_page.get_by_role("link", name="Nursery").click()
    plain_page.get_by_label("We know something").check()
    plain_page.get_by_role("button", name="Continue").click()
    plain_page.get_by_label("What your agency knows").fill("Absent since March.")
    plain_page.get_by_role("button", name="Send the answer").click()
    plain_page.get_by_text("Your answer was received.").wait_for()
    with here.unit() as unit:
        assert stories.requests(unit, case_id)[0].answer["text"] == "Absent since March."
    looked_at(browser_page, own)


def test_an_agency_answers_on_a_phone(live: Live, here: Neighbours, browser_page: Page) -> None:
    case_id = here.notified()
    with here.unit() as unit:
        code = stories.ask_agency(unit, case_id, "School", "head@school.example", "What do you know?", uuid4()).code
    here.work()
    browser_page.set_viewport_size({"width": 320, "height": 640})
    browser_page.goto(live.url + address_in(here))
    axe(browser_page)
    fits(browser_page)
    browser_page.get_by_role("button", name="Continue").click()
    browser_page.get_by_role("button", name="Open the request").wait_for()
    axe(browser_page)
    fits(browser_page)
    browser_page.get_by_label("Code from the phone call").fill(code)
    browser_page.get_by_role("button", name="Open the request").click()
    browser_page.get_by_label("We know nothing of this").wait_for()
    axe(browser_page)
    fits(browser_page)
    browser_page.get_by_role("button", name="Continue").click()
    browser_page.get_by_text("There is a problem").wait_for()
    axe(browser_page)
    browser_page.get_by_label("We know nothing of this").check()
    browser_page.get_by_role("button", name="Continue").click()
    browser_page.get_by_role("heading", name="We know nothing of this").wait_for()
    axe(browser_page)
    fits(browser_page)
    browser_page.get_by_role("button", name="Send the answer").click()
    browser_page.wait_for_url("**/answer/thank-you")
    axe(browser_page)
    fits(browser_page)
    with here.unit() as unit:
        assert [a.state for a in stories.requests(unit, case_id)] == ["nothing_known"]


def test_the_desk(live: Live, here: Neighbours, browser_page: Page) -> None:
    first, second = here.notified(), here.notified()
    with here.unit() as unit:
        stories.send_rapid_review(unit, GOVERNANCE, first, here.national, "Learnt.", "In time.", uuid4())
    here.work()
    with here.desk() as unit:
        national.reply(unit, here.area, first, "query", "unclear", "Which themes?", uuid4())
    live.sign_in(browser_page, OFFICER)
    desk = f"{live.url}/b/nation/desk"
    looked_at(browser_page, desk, f"{desk}/timeliness", f"{desk}/{here.area}/{first}", f"{desk}/{here.area}/{first}/reply",
              f"{desk}/{here.area}/{second}/link")  # fmt: skip
    browser_page.goto(desk)
    browser_page.get_by_label("State of the rapid review").select_option("due")
    browser_page.get_by_role("button", name="Show").click()
    assert browser_page.get_by_role("row").count() == 2
