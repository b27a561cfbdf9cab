"""A version as a document that anyone can read: generated, in plain words, from the same data that governs.

The document is plain JSON, so that what was published is kept as it was, and the page and the PDF are drawn from one thing.
Nothing in it is about a case or a person: organisations, seats, rules and the partners' own narrative only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from threefold.domain.findings import Provided
from threefold.domain.sources import SURE_WORDS
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.plugin_api.hooks import QUESTIONS

# What is told under which heading, in the order in which a reader asks. A kind that no heading names stands under the last.
HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Who decides", ("way",)),
    ("What is done by when", ("step", "reminder")),
    ("What the area looks at besides the law", ("criterion", "question")),
    ("Kinds of review and outcomes", ("outcome", "duty")),
    ("Referring a case", ("route",)),
    ("Groups that meet", ("group", "quorum", "meeting")),
    ("Settling disagreements", ("ladder_stage", "carve_out")),
    ("Relevant agencies", ("agency",)),
    ("Independent scrutiny", ("scrutiny",)),
    ("Publishing and keeping reports", ("publication", "retention")),
    ("Yearly report", ("report_year",)),
    ("Funding", ("fund",)),
)
OTHER = "Also agreed"
OPEN_CASES = {
    "finish_under_old": "Cases that were open on that day finish under the version before.",
    "move_at_next_stage": "Cases that were open on that day move to this version at their next stage.",
}


def document(
    governance: Governance, arrangement: Arrangement, body_name: str, differences: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The published form of a version. `differences`: in words, from the version published before."""
    seats = {s.key: s.title for s in arrangement.seats}
    edition, _ = governance.edition_on(arrangement.begins or governance.editions[-1].begins or date.max)
    rules = governance.rule_set(arrangement, edition)
    provided = [thing for ref, thing in rules.provided if ref.layer == "local"]
    return {
        "format": 1, "body": body_name, "title": arrangement.title, "version": arrangement.version, "fingerprint": arrangement.signed_hash,
        "begins": _iso(arrangement.begins), "until": _iso(arrangement.until), "corrects": arrangement.corrects,
        "law": edition.title, "open_cases": OPEN_CASES[arrangement.open_cases],
        "entered": arrangement.entered, "adopted_from": [dict(a) for a in arrangement.adopted_from],
        "signed": [[seats.get(seat, seat), _iso(on), how] for seat, on, how in arrangement.signed],
        "note": arrangement.note, "differences": list(differences),
        "sections": [_partners(arrangement), *_sections(provided, seats | {o.key: o.name for o in arrangement.organisations})],
    }  # fmt: skip


def _partners(arrangement: Arrangement) -> dict[str, Any]:
    of = {o.key: o.name for o in arrangement.organisations}
    items = [_item(o.name, "Safeguarding partner." + _acts(o.acts_for, of)) for o in arrangement.organisations if o.partner]
    items += [_item(o.name, "Takes part." + _acts(o.acts_for, of)) for o in arrangement.organisations if not o.partner]
    items += [
        _item(s.title, f"Seat of {of[s.organisation]}." if s.organisation in of else "A seat of its own.")
        for s in arrangement.seats
    ]
    if arrangement.area_codes:
        items.append(_item("Areas covered", ", ".join(arrangement.area_codes)))
    return {"title": "Who takes part", "items": items}


def _acts(acts_for: tuple[str, ...], names: Mapping[str, str]) -> str:
    return f" It acts for {' and '.join(names.get(key, key) for key in acts_for)} by a recorded delegation." if acts_for else ""


def _sections(provided: list[Provided], names: Mapping[str, str]) -> list[dict[str, Any]]:
    by_title: dict[str, list[dict[str, str]]] = {}
    heading = {kind: title for title, kinds in HEADINGS for kind in kinds}
    for thing in provided:
        title = str(thing.get("section") or OTHER) if thing.kind == "narrative" else heading.get(thing.kind, OTHER)
        by_title.setdefault(title, []).append(_item(_titled(thing), _words(thing.sentence, names), thing))
    order = [title for title, _ in HEADINGS]
    told = sorted(by_title, key=lambda t: (order.index(t) if t in order else len(order) + (t == OTHER), t))
    return [{"title": title, "items": by_title[title]} for title in told]


def _titled(thing: Provided) -> str:
    return QUESTIONS.get(thing.key, thing.title) if thing.kind == "way" else thing.title


def _words(sentence: str, names: Mapping[str, str]) -> str:
    """A rule's sentence with the names of seats and organisations in place of their keys in quotation marks."""
    for key, name in names.items():
        sentence = sentence.replace(f"'{key}'", name)
    return sentence


def _item(title: str, text: str, thing: Provided | None = None) -> dict[str, str]:
    source = thing.source if thing else None
    return {
        "title": title, "text": "" if text.rstrip(".") == title.rstrip(".") else text, "source": source.ref if source else "",
        "where": source.where if source else "", "sure": SURE_WORDS[source.sure] if source and source.sure not in ("V", "V2") else "",
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
