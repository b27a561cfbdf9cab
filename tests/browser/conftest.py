"""A real browser on a real server: Chromium against the application in a thread, on a database of the test's own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.support.database import Database
from tests.web.site import PASSWORD, Site, make_site
from threefold.walls.database import db


@dataclass(slots=True)
class Live:
    """The site, served. `site` provisions people and bodies; `url` is where a browser finds it."""

    site: Site
    url: str

    def sign_in(self, page: Page, email: str) -> None:
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/my-work")


@contextmanager
def serving(site: Site) -> Iterator[Live]:
    """A site on a free port of this machine."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Live(site, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def live(database: Database, tmp_path: Path, project: Path) -> Iterator[Live]:
    """The application on a free port of this machine."""
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    site = make_site(database, tmp_path, tenants=project / "tenants")
    with serving(site) as one:
        yield one
    with site.app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser a test process: THREEFOLD_CHROMIUM, else what the machine has."""
    found = os.environ.get("THREEFOLD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page with no memory of other tests. Errors that the browser's console shows fail the test."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda m: heard.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
    page.on("pageerror", lambda e: heard.append(str(e)))
    yield page
    context.close()
    assert not heard, heard


@pytest.fixture
def plain_page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser with scripts turned off."""
    context = chromium.new_context(locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()
