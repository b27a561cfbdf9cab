"""What somebody typed, to be copied, where the page it was typed on asks nothing any more or is gone.

A page that asks knows its questions and their words. A page of an error knows neither, so each form says, in a hidden box, in which boxes
words are typed and what they are called: what was chosen from a list, and what only guards a form, is never taken for words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import request
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from threefold.work.people.web.fields import PARTS
from threefold.work.people.web.held import NOT_KEPT

ASKS = "form_asks"
_ASK_WORDS = ("/b/", "/answer/")  # the pages of a body, and those behind an agency's link; a password is asked elsewhere
Typed = list[tuple[str, str]]  # each question, and what was answered; a question that is not known is ""
_TYPED = frozenset({"text", "long_text", "day", "moment"})


def asks(schema: Schema) -> str:
    """The boxes of a form in which words, numbers or days are typed, each with what its question is called. Empty where there is none."""
    found = {
        name: str(field.metadata.get("label", ""))
        for name, field in schema.fields.items()
        if field.metadata.get("control") in _TYPED and not _secret(field.metadata)
    }
    return json.dumps(found, ensure_ascii=False) if found else ""


def asks_words() -> bool:
    """Whether the page of this request is one whose words are shown again to whoever typed them."""
    return request.path.startswith(_ASK_WORDS)


def sent_from_here() -> Typed:
    """What was typed into the form of this request, to be copied where it cannot be taken: of a page of ours alone. What another site sends
    in somebody's name is not shown as theirs. The browser puts nothing back on the page itself (decision 0039)."""
    if request.method != "POST" or not asks_words():
        return []
    return typed_in(request.form) if urlsplit(request.headers.get("Origin", "")).netloc == request.host else []


def typed_of(schema: Schema, values: Mapping[str, Any]) -> Typed:
    """What stands in the boxes of a form, with each answer in words."""
    told = [(field, _words(field, values.get(name))) for name, field in schema.fields.items() if not _secret(field.metadata)]
    return [(str(field.metadata.get("label", "")), words) for field, words in told if words]


def typed_in(sent: MultiDict[str, str]) -> Typed:
    """What was typed of a form whose page is not there. Where it does not say what it asks, only what has a space in it is surely words."""
    found: Typed = []
    known: set[str] = set()
    for name, label in _asked(sent.get(ASKS, "")).items():
        parts = [f"{name}-{part}" for part in (*PARTS, "time")]
        known |= {name, *parts}
        if name not in NOT_KEPT:
            words = sent.get(name, "").strip() or " ".join(filter(None, (sent.get(part, "").strip() for part in parts)))
            found += [(label, words)] if words else []
    others = [(name, words) for name, words in sent.items(multi=True) if name not in known and name not in {*NOT_KEPT, ASKS}]
    return found + [("", words) for _, words in others if len(words.split()) > 1]


def _asked(told: str) -> dict[str, str]:
    """What a form says it asks: it comes from the browser, and may be anything."""
    try:
        read = json.loads(told)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(label) for name, label in read.items()} if isinstance(read, dict) else {}


def _secret(meta: Mapping[str, Any]) -> bool:
    """Whether it is not to be shown, or was not typed: a mark of what was seen."""
    return meta.get("kind") in ("password", "hidden") or meta.get("autocomplete") == "one-time-code"


def _words(field: fields.Field[Any], value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    items = field.metadata.get("items") or {}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(str(items.get(one, one)) for one in chosen if one not in (None, ""))
