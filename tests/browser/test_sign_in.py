"""Signing in in a real browser: passkeys of a virtual authenticator, codes, every page for keyboard and small screens."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Live, serving
from tests.browser.looks import axe, fits
from tests.support.database import Database
from tests.support.inbox import receiving
from tests.web.sign_ins import MANAGER, code_at, deliver, give_app, link_in, secret_behind, someone
from tests.web.site import PASSWORD, make_site
from threefold.walls.database import db


@pytest.fixture
def named(database: Database, tmp_path: Path, project: Path) -> Iterator[Live]:
    """The application under a name: a passkey belongs to a name, never to a bare number."""
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = make_site(database, tmp_path, tenants=project / "tenants", public_url=f"http://localhost:{port}")
    site.at = datetime.now(UTC)
    with serving(site, host="localhost", port=port) as one:
        yield one
    with site.app.app_context():
        db.engine.dispose()


class Authenticator:
    """Chromium's virtual authenticator, as a phone or a laptop has one."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True}})  # fmt: skip
        self.id = made["authenticatorId"]

    def recognises(self, person: bool) -> None:
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": person})

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return found

    def put(self, credential: dict[str, Any]) -> None:
        self._cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self._cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


def _add_passkey(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/account/second-step")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What do you call this passkey? (optional)").fill("Test laptop")
    axe(page)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/account/recovery-codes")


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/signed-out")


def _use_passkey(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/sign-in")
    page.get_by_role("button", name="Use a passkey instead").click()


def test_a_passkey_is_added_and_is_the_whole_sign_in(named: Live, browser_page: Page) -> None:
    someone(named.site)
    authenticator = Authenticator(browser_page)
    named.sign_in(browser_page, MANAGER)
    _add_passkey(named, browser_page)
    browser_page.get_by_role("button", name="Show ten codes").click()
    expect(browser_page.locator("code")).to_have_count(10)
    axe(browser_page)
    browser_page.get_by_role("button", name="I have kept them").click()
    _sign_out(browser_page)
    _use_passkey(named, browser_page)
    browser_page.wait_for_url("**/my-work")
    browser_page.goto(f"{named.url}/account")
    expect(browser_page.get_by_role("cell", name="Passkey")).to_be_visible()
    assert len(authenticator.credentials()) == 1


def test_a_passkey_is_the_second_step_and_confirms(named: Live, browser_page: Page) -> None:
    someone(named.site)
    Authenticator(browser_page)
    named.sign_in(browser_page, MANAGER)
    _add_passkey(named, browser_page)
    _sign_out(browser_page)
    browser_page.goto(f"{named.url}/sign-in")
    browser_page.get_by_label("Email address").fill(MANAGER)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in", exact=True).click()
    browser_page.wait_for_url("**/sign-in/code")
    axe(browser_page)
    browser_page.get_by_role("button", name="Use your passkey").click()
    browser_page.wait_for_url("**/my-work")
    named.site.at += timedelta(minutes=11)
    browser_page.goto(f"{named.url}/account/password")
    browser_page.wait_for_url("**/confirm?next=/account/password")
    axe(browser_page)
    browser_page.get_by_role("button", name="Use your passkey").click()
    browser_page.wait_for_url("**/account/password")


def test_a_passkey_without_the_person_s_finger_or_pin_is_refused(named: Live, browser_page: Page) -> None:
    someone(named.site)
    authenticator = Authenticator(browser_page)
    named.sign_in(browser_page, MANAGER)
    _add_passkey(named, browser_page)
    _sign_out(browser_page)
    authenticator.recognises(False)
    _use_passkey(named, browser_page)
    expect(browser_page.get_by_text("Your device did not use a passkey")).to_be_visible()
    browser_page.goto(f"{named.url}/my-work")
    browser_page.wait_for_url("**/sign-in?next=/my-work")


def test_a_copy_of_a_passkey_and_a_replayed_answer_are_refused(named: Live, browser_page: Page) -> None:
    someone(named.site)
    authenticator = Authenticator(browser_page)
    named.sign_in(browser_page, MANAGER)
    _add_passkey(named, browser_page)
    _sign_out(browser_page)
    (copied,) = authenticator.credentials()
    sent: list[str] = []
    browser_page.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/sign-in/passkey") else None)
    _use_passkey(named, browser_page)
    browser_page.wait_for_url("**/my-work")
    _sign_out(browser_page)
    replayed = browser_page.request.post(f"{named.url}/sign-in/passkey", data=sent[0].encode(), headers={
        "Content-Type": "application/x-www-form-urlencoded"}, max_redirects=0)  # fmt: skip
    assert replayed.status == 422
    authenticator.put(copied)  # it counts from where it was copied
    _use_passkey(named, browser_page)
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("The passkey was not used")


def test_every_page_of_an_account_is_accessible_and_fits_a_phone(named: Live, browser_page: Page) -> None:
    someone(named.site)
    named.sign_in(browser_page, MANAGER)
    for path in (
        "/account", "/account/password", "/account/second-step", "/account/app", "/account/passkey", "/account/recovery-codes", "/confirm",
        "/b/north/people", "/b/north/people/invite", "/forgotten-password", "/forgotten-password/sent",
    ):  # fmt: skip
        browser_page.goto(named.url + path)
        axe(browser_page)
        fits(browser_page)
        browser_page.set_viewport_size({"width": 1280, "height": 900})
    for link in ("Leave",):
        browser_page.goto(f"{named.url}/b/north/people")
        browser_page.get_by_role("link", name=link).first.click()
        axe(browser_page)


def test_an_app_and_an_invitation_work_with_the_keyboard_and_without_scripts(named: Live, plain_page: Page) -> None:
    give_app(named.site, someone(named.site))
    plain_page.goto(f"{named.url}/sign-in")
    expect(plain_page.get_by_role("button", name="Use a passkey instead")).to_be_hidden()
    plain_page.get_by_label("Email address").focus()
    plain_page.keyboard.type(MANAGER)
    plain_page.keyboard.press("Tab")
    plain_page.keyboard.type(PASSWORD)
    plain_page.keyboard.press("Enter")
    plain_page.get_by_label("Code from your authenticator app").focus()
    plain_page.keyboard.type(code_at(named.site.at))
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_url("**/my-work")
    plain_page.goto(f"{named.url}/b/north/people/invite")
    plain_page.get_by_label("Email address").fill("new@agency.example")
    plain_page.get_by_label("Contributor from an agency").check()
    plain_page.get_by_role("button", name="Send the invitation").click()
    expect(plain_page.get_by_text("The invitation is on its way by email.")).to_be_visible()
    with receiving() as mail:
        deliver(named.site, *mail)
        link = link_in(mail[0], "new@agency.example")
    _sign_out(plain_page)
    plain_page.goto(named.url + link)
    plain_page.get_by_label("Code from the email").fill(secret_behind(link))
    plain_page.get_by_role("button", name="Continue").click()
    plain_page.get_by_role("button", name="Make an account").click()
    plain_page.get_by_label("Your name").fill("New Person")
    plain_page.get_by_label("Choose a password").fill("a good long password")
    plain_page.get_by_role("button", name="Make the account").click()
    plain_page.wait_for_url("**/b/north/")
