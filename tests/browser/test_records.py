"""Records over time in a real browser: what axe finds on every page, a phone's width, and the whole way without scripts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.records.ended import TWO_YEARS
from tests.records.keeper import TEN_YEARS, Keeper, keeper
from tests.records.test_exporting import made
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, POLICE, staffed
from tests.support.database import Database
from tests.web.site import make_site
from threefold.governance.pack import Library
from threefold.walls.database import db
from threefold.work.records import stories
from threefold.work.records.stories import answering, asking, ending, exporting
from threefold.work.records.stories import leaving as stories_of_leaving

PICTURES = os.environ.get("THREEFOLD_PICTURES")


@dataclass
class Kept:
    live: Live
    here: Keeper
    due: UUID
    later: UUID
    held: UUID


@pytest.fixture
def kept(database: Database, tmp_path: Path, project: Path) -> Iterator[Kept]:
    """One case whose time has ended, one whose has not, one that nothing is set for, and a hold; and a time for requests."""
    here = keeper(
        database,
        TEN_YEARS,
        TEN_YEARS | {"key": "long", "title": "Not notified", "cases": "not_notified", "amount": 30},
        TWO_YEARS,
    )
    due = here.closed(here.whole_case())
    here.after(11)
    later, held = here.closed(here.opened()), here.closed(here.opened())
    with here.by_manager() as unit:
        stories.put_hold(unit, held, "A claim was made.", uuid4())
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    site.at = here.at + timedelta(minutes=1)
    staffed(site, here)
    with serving(site) as live:
        yield Kept(live, here, due, later, held)
    with site.app.app_context():
        db.engine.dispose()


def looked_at(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    axe(page)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    fits(page)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_from_the_list_to_the_certificate_without_scripts_and_every_page_is_accessible(
    kept: Kept, browser_page: Page, plain_page: Page
) -> None:
    base, case = f"{kept.live.url}/b/vale", f"{kept.live.url}/b/vale/cases/{kept.due}"
    for page in (browser_page, plain_page):
        kept.live.sign_in(page, MANAGER)
    for name, address in (
        ("list", f"{base}/records"), ("case", f"{case}/records"), ("review", f"{case}/records/review"), ("hold", f"{case}/records/hold"),
        ("body-hold", f"{base}/records/hold"), ("open", f"{case}/records/open"), ("running", f"{base}/cases/{kept.later}/records"),
    ):  # fmt: skip
        browser_page.goto(address)
        looked_at(browser_page, name)
    plain_page.goto(f"{base}/")
    plain_page.get_by_role("link", name="Records", exact=True).press("Enter")
    expect(plain_page.get_by_role("heading", level=2, name="Due for review now (1)")).to_be_visible()
    plain_page.locator("table").first.get_by_role("link").first.click()
    plain_page.get_by_role("button", name="Review these records").click()
    plain_page.get_by_label("Destroy the records").check()
    plain_page.get_by_label("Reason", exact=True).fill("The time has ended.")
    plain_page.get_by_role("button", name="Propose it").click()
    expect(plain_page.get_by_text("Destroying proposed")).to_be_visible()
    plain_page.get_by_role("link", name="See what is proposed, and decide").click()
    browser_page.goto(plain_page.url)
    looked_at(browser_page, "decide-own")
    plain_page.context.clear_cookies()
    kept.live.sign_in(plain_page, POLICE)
    plain_page.get_by_role("link", name="Confirm destroying records").click()
    plain_page.get_by_role("button", name="Decide").click()
    expect(plain_page.get_by_role("heading", name="There is a problem")).to_be_visible()
    plain_page.get_by_label("Confirm it").check()
    plain_page.get_by_role("button", name="Decide").click()
    expect(plain_page.get_by_text("The records of this case are destroyed.")).to_be_visible()
    for name, address in (("certificate", f"{case}/records/certificate"), ("destroyed", case)):
        browser_page.goto(address)
        looked_at(browser_page, name)


def test_requests_exports_and_leaving_are_accessible(kept: Kept, browser_page: Page) -> None:
    here, base = kept.here, f"{kept.live.url}/b/vale/records"
    with here.by_manager() as unit:
        about = {
            "asks": "The person",
            "checked": "By letter",
            "name": "Zephyrine Planted",
            "born_on": "2012-02-01",
            "nhs_number": "",
        }
        request = asking.open_request(unit, about, unit.today, uuid4())
        empty = asking.open_request(unit, about | {"name": "Nobody"}, unit.today, uuid4())
        answering.gather(unit, request, [kept.due])
        _, first, _ = answering.see_item(unit, request, 1)
        answering.decide_item(unit, request, 1, "withheld", "others", "Of others.", "", first.seen)
        refused = asking.open_request(unit, about, unit.today, uuid4())
        answering.close_request(unit, refused, "refused", unit.today, "By post.")
        gone = asking.open_request(unit, about, date(2020, 4, 1), uuid4())
        answering.gather(unit, gone, [kept.due])
        answering.close_request(unit, gone, "refused", date(2020, 5, 1), "By post.")
    with here.by_lead() as unit:
        for hold in stories.holds(unit, kept.held):
            stories.lift_hold(unit, hold.id, kept.held, "It was settled.")
    with here.unit() as unit:
        assert ending.end_request(unit, GOVERNANCE, gone)
    export = made(here)
    with here.by_manager() as unit:
        digest = exporting.fetch_export(unit, export).sha256
    kept.live.sign_in(browser_page, MANAGER)
    for name, address in (
        ("requests", "requests"), ("request-new", "requests/new"), ("request", f"requests/{request}"), ("request-find", f"requests/{request}/find"),
        ("request-nobody", f"requests/{empty}/find"), ("request-kept", f"requests/{refused}"), ("request-gone", f"requests/{gone}"), ("request-item", f"requests/{request}/things/2"), ("request-extend", f"requests/{request}/extend"),
        ("request-close", f"requests/{request}/close"), ("everything", "everything"), ("everything-ask", "everything/ask"), ("leaving", "leaving"),
        ("leaving-propose", "leaving/propose"),
    ):  # fmt: skip
        browser_page.goto(f"{base}/{address}")
        looked_at(browser_page, name)
    browser_page.goto(f"{base}/requests/{request}/things/2")
    browser_page.get_by_label("No", exact=True).check()
    browser_page.get_by_role("button", name="Save and go on").click()
    expect(browser_page.get_by_role("heading", name="There is a problem")).to_be_visible()
    looked_at(browser_page, "request-item-wrong")
    with here.by_manager() as unit:
        leaving = stories_of_leaving.propose_leaving(unit, digest, "The area moves.", uuid4())
    browser_page.context.clear_cookies()
    kept.live.sign_in(browser_page, POLICE)
    browser_page.goto(f"{base}/leaving/{leaving}")
    looked_at(browser_page, "leaving-confirm")
