"""One rule for web addresses: in forms, in files, and where a page links."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.domain.web_addresses import WEB_ADDRESS, is_web_address, link

ADDRESSES = ["https://www.example.org/page", "http://example.org:8080/a?b=c:d#e", "HTTPS://example.org", "https://a.example/x_(y)",
             "www.example.org/plan", "example.org", "httpbin.example/anything", "127.0.0.1:8000/x", "https://bücher.example/ä"]  # fmt: skip
NONE = ["", "javascript:alert(1)", "JavaScript:alert(document.domain)", "data:text/html,<b>x</b>", "vbscript:x.y", "java.script:alert(1)", "page 4 of the plan",
        "https://", "https://example", "ftp://example.org/x", "mailto:a@example.org", "https://user@example.org", "//example.org", "/plan.pdf",
        "\tjavascript:alert(1).x", "https://example.org/a b", "https://example.org\n", " https://example.org", "example.org/\"onclick=x",
        "javascript://example.org/%0aalert(1)", "https:javascript.x"]  # fmt: skip


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_is_one(text: str) -> None:
    assert is_web_address(text)
    assert link(text) == (text if text.lower().startswith("http") and "://" in text else "")


@pytest.mark.parametrize("text", NONE, ids=ascii)
def test_what_is_no_address_is_refused_and_never_linked(text: str) -> None:
    assert not is_web_address(text) and link(text) == ""


@given(st.text() | st.from_regex(WEB_ADDRESS) | st.text("javascript:htps/.\t\n@<>\"'"))
def test_a_link_leads_to_the_web_or_nowhere(text: str) -> None:
    assert not link(text) or re.match(r"https?://[^\s@<>\"]+$", text, re.IGNORECASE)
