"""The desk's pages of records in a real browser: accessible, readable on a phone, and walked through without a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.national.kept import NAMES, TWO_YEARS, closed, desk_of, destroyed, officer, whole
from tests.records.keeper import Keeper
from tests.reviews.neighbours import EDITIONS, GOVERNANCE
from tests.support.database import Database
from tests.web.site import make_site
from threefold.governance.pack import Library
from threefold.walls.database import db
from threefold.work.national import keeping
from threefold.work.national.keeping import Received
from threefold.work.people.access import NATIONAL_OFFICER


@dataclass
class Desk:
    live: Live
    here: Keeper
    due: Received
    gone: Received
    open: Received


@pytest.fixture
def desk(database: Database, tmp_path: Path, project: Path) -> Iterator[Desk]:
    """One case whose time has ended, one that was destroyed and written of afterwards, and one that is open."""
    here = desk_of(database, TWO_YEARS)
    due, gone = closed(here), closed(here)
    here.after(3)
    open_one = whole(here)
    destroyed(here, gone)
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    site = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    site.at = here.at + timedelta(minutes=1)
    for name in NAMES:
        site.person(f"{name}@nation.example", here.national, NATIONAL_OFFICER)
    with serving(site) as live:
        yield Desk(live, here, due, gone, open_one)
    with site.app.app_context():
        db.engine.dispose()


def looked_at(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        axe(page)
        fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_case_is_reviewed_and_destroyed_without_scripts_and_every_page_is_accessible(
    desk: Desk, browser_page: Page, plain_page: Page
) -> None:
    base = f"{desk.live.url}/b/nation/desk"
    case, gone, open_one = (f"{base}/{desk.here.area}/{one.case_ref}" for one in (desk.due, desk.gone, desk.open))
    with officer(desk.here, 2) as unit:
        keeping.hold_received(unit, desk.open, "An inquiry.", uuid4())
    desk.live.sign_in(browser_page, "two@nation.example")
    looked_at(browser_page, base, f"{base}/records", f"{base}/records/hold", case, f"{case}/records", f"{case}/records/review", f"{case}/records/open",
              f"{case}/records/hold", open_one, f"{open_one}/records", f"{open_one}/records/close", gone, f"{gone}/records/certificate")  # fmt: skip
    desk.live.sign_in(plain_page, "one@nation.example")
    plain_page.goto(f"{case}/records/review")
    plain_page.get_by_label("Destroy the records").check()
    plain_page.get_by_label("Reason", exact=True).fill("Its time has ended.")
    plain_page.get_by_role("button", name="Propose it").click()
    expect(plain_page.get_by_text("Nothing happens until another person confirms it.")).to_be_visible()
    browser_page.goto(f"{desk.live.url}/my-work")
    browser_page.get_by_role("link", name="Confirm destroying records").click()
    axe(browser_page)
    browser_page.get_by_label("Confirm it").check()
    browser_page.get_by_role("button", name="Decide").click()
    expect(browser_page.get_by_text("The records of this case are destroyed.")).to_be_visible()
    browser_page.goto(case)
    expect(browser_page.get_by_text("Timeliness still counts it.")).to_be_visible()
