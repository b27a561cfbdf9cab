"""What counts as a web address wherever somebody gives one, and which of them a page may link to."""

from __future__ import annotations

import re

# With http:// or https://, or without a scheme, as people copy it: a host with a dot, perhaps a port, perhaps a path. No user's name, no
# other scheme. A form's pattern is this; so is what a file may say.
WEB_ADDRESS = r"(?:[Hh][Tt][Tt][Pp][Ss]?://)?[^\W_][^\s:/?#<>@\\\"]*\.[^\s:/?#<>@\\\".]+(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?"
EXAMPLE = "https://www.example.org/page"


def is_web_address(text: str) -> bool:
    """Whether a text is one web address and nothing else."""
    return re.fullmatch(WEB_ADDRESS, text) is not None


def link(text: str) -> str:
    """The address as a page may link to it; empty for what is no address, or has no http:// or https:// of its own."""
    return text if is_web_address(text) and text.lower().startswith(("http://", "https://")) else ""
