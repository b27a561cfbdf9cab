"""What a program can see of a page's accessibility."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe(page: Page) -> None:
    """Fail on any violation of WCAG 2.2 level AA, or of good practice, that axe finds on the page as it stands.

    Violations are told whole. Of what passes one example is told for each rule: all of them were most of what came back."""
    page.wait_for_load_state("load")  # judged with its stylesheet, not half-way through a navigation
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]})
    told = [
        f"{v['id']} ({v['impact']}): {v['help']}: " + "; ".join(str(n["target"]) for n in v["nodes"][:5])
        for v in found.response["violations"]
    ]
    assert not told, f"{page.url}: {told}"


def fits(page: Page, width: int = 320) -> None:
    """Fail when the page must be scrolled sideways at that width (WCAG 1.4.10, reflow)."""
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} wide at {width}"
