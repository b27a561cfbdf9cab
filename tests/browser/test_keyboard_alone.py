"""From what the law asks for to a published arrangement, by a keyboard and nothing else, without scripts."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.arrangements.area import LEAD, Area, area
from tests.arrangements.vale import APRIL, LEADS
from tests.browser.conftest import serving
from tests.browser.keys import Keys
from tests.web.site import PASSWORD

__all__ = ["area"]


@pytest.fixture(autouse=True)
def assets(tmp_path: Path, project: Path) -> None:
    shutil.copytree(project / "var" / "assets", tmp_path / "assets")


def sign_in(keys: Keys, email: str) -> None:
    keys.write("Email address", email)
    keys.write("Password", PASSWORD)
    keys.send()


@pytest.mark.timeout(240)
def test_from_the_statutory_default_to_a_published_arrangement(area: Area, plain_page: Page) -> None:
    with serving(area.site) as served:
        plain_page.goto(f"{served.url}/sign-in")
        keys = Keys(plain_page)
        sign_in(keys, LEAD)
        keys.follow("link", "Example-Vale")
        keys.follow("link", "Arrangement")
        keys.follow("button", "Prepare a change")
        keys.choose("What the law asks for, and nothing else")
        keys.write("What is the arrangement called with this change?", "Agreed anew")
        keys.send()
        keys.follow("button", "Add a rule")
        keys.choose("Local timetable")
        keys.send()
        keys.choose("The notification was sent to the Panel")
        keys.pick("In what is the plan counted?", "working days")
        keys.follow("button", "Save")
        keys.follow("button", "Add a step")
        keys.write("Title", "Huddle of the leads")
        keys.choose("None of these")
        keys.choose("By a day of the plan, such as day 12")
        keys.write("By which day of the plan? (optional)", "10")
        keys.send()
        keys.follow("link", "Back to the draft")
        keys.follow("link", "Change when it begins")
        for part, value in (("Day", APRIL.day), ("Month", APRIL.month), ("Year", APRIL.year)):
            keys.write(part, str(value), group="When does it begin?")
        keys.send()
        keys.follow("link", "Check it against the law and guidance")
        keys.follow("button", "Go on to send it to be signed")
        keys.follow("button", "Send it to the partners to sign")
        for seat in LEADS:
            keys.follow("button", "Sign out")
            keys.follow("link", "Sign in again")
            sign_in(keys, f"{seat}@vale.example")
            keys.follow("link", re.compile("^Sign “Agreed anew” for Lead"))
            keys.choose("Yes, I sign exactly what it says")
            keys.follow("button", "Record my answer")
        assert "Every seat has signed." in plain_page.inner_text("main")
        area.site.at = datetime(APRIL.year, APRIL.month, APRIL.day, 9, tzinfo=UTC)
        keys.follow("button", "Sign out")
        keys.follow("link", "Sign in again")
        sign_in(keys, LEAD)
        keys.follow("link", "Example-Vale")
        keys.follow("link", "Arrangement")
        assert "In force now Since 1 April 2027" in plain_page.inner_text("main")
        keys.follow("link", "Publish what is in force")
        keys.follow("button", "Publish “Agreed anew”")
        keys.follow("link", "See the public page")
        told = plain_page.inner_text("main")
        assert "Within 10 working days, counted from the day when the notification was sent to the Panel" in told
        assert "Lead safeguarding partner, health, 10 March 2027 (on screen)" in told
    # The area lead opened sixteen pages until it was sent to be signed, and each partner four to sign it.
    assert (keys.pages.index("Signatures - Agreed anew - Example-Vale - Threefold"), len(keys.pages)) == (15, 39)
