"""How a rule says in its sentences what its settings name by keys."""

from __future__ import annotations

import re

from threefold.plugin_api.facts import EVENTS

# What stands between two names, or a name and what is said of it, in one value that a rule provides. People write no such space.
FOR, SAYS = "\u00a0for\u00a0", ":\u00a0"
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
# What joins the words of a key: each sign of its kind but a hyphen behind the beginning of a word that is written with one.
_JOINS = re.compile(r"[_.]|(?<!\bco)(?<!\bex)(?<!\bvice)(?<!\bmid)(?<!\bnon)(?<!\bsub)(?<!\bself)(?<!\bmulti)(?<!\binter)-")


def ended(text: str) -> str:
    """Words that people wrote, as a sentence that another can follow: with a full stop where they end with nothing of the kind."""
    text = text.rstrip()
    return f"{text}." if text and text.rstrip("”’\"')")[-1:] not in (".", "?", "!", "…") else text


def quoted(who: str) -> str:
    """A seat, an organisation or a group by its key, in the quotation marks by which readers put its name there; words as they are."""
    return f"'{who}'" if _KEY.fullmatch(who) else who


def spoken(key: str) -> str:
    """A key by which nothing is called, in words: "business-manager" is business manager. What may be somebody's own word keeps its hyphen,
    such as "co-ordinator"."""
    return _JOINS.sub(" ", key)


def happens(event: str) -> str:
    """An event as the rest of a sentence that begins with "when"; a step's own by the rule's use and the step's key, in quotation marks."""
    return EVENTS.get(event) or f"the step '{event.removeprefix('done:')}' is done"
