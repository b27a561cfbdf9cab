"""On a phone: whoever is signed in can press what stands in the header, and no word makes a page wider, however long it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area, day
from tests.arrangements.vale import APRIL
from tests.browser.conftest import Live, serving

__all__ = ["area"]
pytestmark = pytest.mark.usefixtures("assets")
ADDRESS = "https://www.example-vale-safeguarding.org.uk/professionals/policies/multi-agency-arrangements-2027/threshold-document-and-pathways.pdf"
WORD = "Safeguarding" * 11
PAGES = ("", "/about", "/as-published", "/cases", "/check", "/compare", "/history", "/ask", "/give-up", f"/{HUDDLE}", "/line/organisations",
         "/line/rules/rapid-review-plan", "/line/rules/rapid-review-plan/steps", "/remove/rules/rapid-review-plan/steps/huddle")  # fmt: skip


@pytest.fixture
def served(area: Area) -> Iterator[Live]:
    with serving(area.site) as one:
        yield one


def _wide(page: Page, address: str) -> str:
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return f"{address}: {wide}" if wide > 320 else ""


@pytest.mark.timeout(120)
def test_no_long_word_makes_a_page_wider_than_a_phone(area: Area, served: Live, browser_page: Page) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"text": f"See {ADDRESS}"})
    area.answer(f"{draft}/about", {"title": WORD, "note": ADDRESS, **day("begins", APRIL)})
    served.sign_in(browser_page, LEAD)
    browser_page.set_viewport_size({"width": 320, "height": 640})
    found = [_wide(browser_page, served.url + path) for path in (HOME, "/my-work", *(draft + one for one in PAGES))]
    area.before_its_seats(draft)
    area.answer(f"{draft}/sign", {"answer": "refuse", "reason": f"See {ADDRESS}"}, email="council-lead@vale.example")
    found.append(_wide(browser_page, f"{served.url}{draft}/sign"))
    assert not any(found), [one for one in found if one]


@pytest.mark.parametrize("width", [320, 375, 1000])
def test_what_stands_in_the_header_stands_apart_and_whole(area: Area, served: Live, browser_page: Page, width: int) -> None:
    served.sign_in(browser_page, LEAD)
    browser_page.set_viewport_size({"width": width, "height": 640})
    header = browser_page.locator(".threefold-header")
    whole = header.bounding_box()
    boxes = [header.get_by_text(words, exact=True).bounding_box() for words in ("Threefold", "Your account", "Sign out")]
    assert whole is not None
    for no, box in enumerate(boxes):
        assert box is not None
        assert box["y"] >= whole["y"] and box["y"] + box["height"] <= whole["y"] + whole["height"], (no, box, whole)
        for other in boxes[no + 1 :]:
            assert other is not None
            beside = other["x"] - (box["x"] + box["width"]) >= 15
            below = other["y"] >= box["y"] + box["height"]
            assert beside or below, (box, other)
