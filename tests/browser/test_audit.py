"""The audit in a real browser: what axe finds, a phone's width, and filtering by keyboard without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.audit.world import AREA, EVERY, World, copy_of
from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.support.database import Cluster, cloned
from threefold.walls.audit.sealing import seal_some
from threefold.walls.database import db


@pytest.fixture
def world(cluster: Cluster, made_world: World, tmp_path: Path, project: Path) -> Iterator[World]:
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    with cloned(cluster, made_world.site.database.name) as database:
        one = copy_of(made_world, database, tmp_path, project)
        yield one
        with one.site.app.app_context():
            db.engine.dispose()


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    with serving(world.site) as one:
        yield one


def test_the_audit_is_accessible_and_fits_a_phone(world: World, live: Live, browser_page: Page) -> None:
    live.sign_in(browser_page, EVERY)
    for count in (0, 60):
        with world.here.unit() as unit:
            for _ in range(count):
                unit.audit("case read", f"case:{world.case_id}", kind="detail")
            seal_some(unit)
            unit.audit("audit checked", "audit-check", {"faults": 1 if count else 0}, kind="detail")
        for query in ("", "?outcome=refused", "?since-day=40", "?reference=none"):
            browser_page.set_viewport_size({"width": 1280, "height": 900})
            browser_page.goto(f"{live.url}/b/{AREA}/audit{query}")
            axe(browser_page)
            fits(browser_page)


def test_it_is_filtered_by_keyboard_without_scripts(world: World, live: Live, plain_page: Page) -> None:
    live.sign_in(plain_page, EVERY)
    plain_page.goto(f"{live.url}/b/{AREA}/")
    plain_page.get_by_role("link", name="Audit").press("Enter")
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Audit")
    plain_page.get_by_text("Show only some").click()
    plain_page.get_by_label("What was done").select_option(label="Read a list")
    plain_page.get_by_label("Reference of a case").press("Enter")
    expect(plain_page.get_by_role("cell", name="Cases listed").first).to_be_visible()
    expect(plain_page.get_by_role("cell", name="Case read")).to_have_count(0)
