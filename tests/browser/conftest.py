"""A real browser on a real server: Chromium against the application in a thread, on a database of the test's own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


class Whole:
    """The app, each answer made whole before it is sent; and waited for at the end.

    The server of these tests leaves an answer unclosed when the browser goes away in its middle, and with it an open file; and it ends
    while an answer that nobody reads any more is still made, which then gives its connection back to a pool that is gone.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app, self._made, self._changed = app, 0, threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._changed:
            self._made += 1
        try:
            pieces = self._app(environ, start_response)
            try:
                return [b"".join(pieces)]
            finally:
                getattr(pieces, "close", lambda: None)()
        finally:
            with self._changed:
                self._made -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        """Until no answer is being made."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._made == 0, timeout=30), "an answer is still being made"


@contextmanager
def serving(site: Site, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Live]:
    """A site on this machine, reached by `host`; on a free port when none is said. It looks every 10 ms whether to end."""
    app = Whole(site.app)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Live(site, f"http://{host}:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.wait()


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


@pytest.fixture
def assets(tmp_path: Path, project: Path) -> None:
    """The design system's files, for a site that is made after them: a module names it in `usefixtures`."""
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
