"""What looks at every page finds what is wrong, at each place, and nothing where all is well."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.looks import axe

_PAGE = '<!doctype html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>{}</main></body></html>'


def test_each_place_of_a_violation_is_told(browser_page: Page) -> None:
    browser_page.set_content(
        _PAGE.format('<p>Well</p><img id="one" src="data:,"><img id="two" src="data:,"><input id="three">')
    )
    with pytest.raises(AssertionError) as told:
        axe(browser_page)
    assert all(f"'#{name}'" in str(told.value) for name in ("one", "two", "three")), told.value
    browser_page.set_content(_PAGE.format('<p>Well</p><img alt="" src="data:,">'))
    axe(browser_page)
