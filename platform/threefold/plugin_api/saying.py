"""How a rule says in its sentences what its settings name by keys."""

from __future__ import annotations

import re

from threefold.plugin_api.facts import EVENTS

# What stands between two names, or a name and what is said of it, in one value that a rule provides. People write no such space.
FOR, SAYS = "\u00a0for\u00a0", ":\u00a0"
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")


def ended(text: str) -> str:
    """Words that people wrote, as a sentence that another can follow: with a full stop where they end with nothing of the kind."""
    text = text.rstrip()
    return f"{text}." if text and text.rstrip("”’\"')")[-1:] not in (".", "?", "!", "…") else text


def quoted(who: str) -> str:
    """A seat, an organisation or a group by its key, in the quotation marks by which readers put its name there; words as they are."""
    return f"'{who}'" if _KEY.fullmatch(who) else who


def happens(event: str) -> str:
    """An event as the rest of a sentence that begins with "when"; a step's own by the rule's use and the step's key, in quotation marks."""
    return EVENTS.get(event) or f"the step '{event.removeprefix('done:')}' is done"
