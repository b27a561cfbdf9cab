"""The answer to a subject request as a file: a page that anybody can open, and the same as JSON."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from threefold.work.records.stories.answering import Item
from threefold.work.records.stories.asking import GROUNDS, LAW, Request


def answer_file(body: str, request: Request, items: Sequence[Item], at: datetime) -> bytes:
    """A ZIP with answer.html and answer.json. Of what is withheld only how much, and on which ground."""
    told = document(body, request, items, at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answer.html", page(told))
        archive.writestr("answer.json", json.dumps(told, ensure_ascii=False, indent=1))
    return out.getvalue()


def document(body: str, request: Request, items: Sequence[Item], at: datetime) -> dict[str, object]:
    withheld = Counter(item.ground for item in items if item.decision in ("part", "withheld") and not item.gone)
    return {
        "body": body, "reference": request.reference, "received_on": request.received_on.isoformat(), "made_at": at.isoformat(),
        "asked_by": request.asks, "about": request.name,
        "given": [
            {"title": item.title, "in_part": item.decision == "part", "text": item.given} for item in items if item.decision in ("given", "part") and item.given
        ],
        "withheld": [{"ground": GROUNDS[ground], "how_many": number} for ground, number in sorted(withheld.items())],
        "gone": sum(item.gone for item in items),
        "law": LAW,
    }  # fmt: skip


def _named(words: str, name: object) -> str:
    return f"{words}: {html.escape(str(name))}. " if name else ""


def page(told: dict[str, object]) -> str:
    """Plain HTML with nothing in it that runs or is fetched."""

    def safe(value: object) -> str:
        return html.escape(str(value))

    given, withheld = told["given"], told["withheld"]
    assert isinstance(given, list) and isinstance(withheld, list)
    parts = [
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>", safe(f"{told['reference']}: what is held"),
        "</title><style>body{font-family:Arial,sans-serif;max-width:45em;margin:2em auto;padding:0 1em;line-height:1.5}pre{white-space:pre-wrap;font-family:inherit}</style></head><body>",
        f"<h1>What {safe(told['body'])} holds</h1><p>Request {safe(told['reference'])}, received on {safe(told['received_on'])}. {_named('Asked by', told['asked_by'])}{_named('About', told['about'])}</p>",
    ]  # fmt: skip
    for one in given:
        part = "<p><em>A part of this is withheld.</em></p>" if one["in_part"] else ""
        parts.append(f"<h2>{safe(one['title'])}</h2>{part}<pre>{safe(one['text'])}</pre>")
    if not given:
        parts.append("<p>Nothing is given.</p>")
    if withheld:
        rows = "".join(f"<li>{safe(one['ground'])}: {safe(one['how_many'])}</li>" for one in withheld)
        parts.append(f"<h2>What is withheld</h2><ul>{rows}</ul>")
    if told["gone"]:
        parts.append(
            f"<p>{safe(told['gone'])} of what was found is not held any more: its records were destroyed, or it was taken off.</p>"
        )
    parts.append(
        "<p>You may ask the body to look again, and complain to the Information Commissioner or to a court.</p></body></html>"
    )
    return "".join(parts)
