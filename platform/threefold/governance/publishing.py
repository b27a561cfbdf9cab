"""A version as a document that anyone can read: generated, in plain words, from the same data that governs.

The document is plain JSON, so that what was published is kept as it was, and the page and the PDF are drawn from one thing.
Nothing in it is about a case or a person: organisations, seats, rules and the partners' own narrative only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from threefold.domain.findings import Provided
from threefold.domain.sources import SURE_WORDS, Source
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.plain import marked, once_said, whole
from threefold.governance.printed import printed
from threefold.governance.questions import own_questions
from threefold.governance.wording import with_questions
from threefold.plugin_api.arrangement import ORGANISATION_KINDS, SEAT_ROLES, Organisation, Seat
from threefold.plugin_api.hooks import QUESTIONS

# What is told under which heading, in the order in which a reader asks. A kind that no heading names stands under the last.
HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Who decides", ("way",)),
    ("What is done by when", ("step", "reminder")),
    ("What the area looks at besides the law", ("criterion", "question")),
    ("Kinds of review and outcomes", ("outcome", "duty")),
    ("Referring a case", ("route",)),
    ("Groups that meet", ("group", "quorum", "meeting")),
    ("Settling disagreements", ("ladder_stage", "telling", "carve_out")),
    ("Relevant agencies", ("agency", "agency_terms")),
    ("Independent scrutiny", ("scrutiny",)),
    ("Publishing and keeping reports", ("publication", "retention")),
    ("Yearly report", ("report_year",)),
    ("Funding", ("fund",)),
)
OTHER = "Also agreed"
PARTNERS = "Who takes part"
# The sections of the partners' own statements that tell of what another heading tells of too.
SAME_HEADING = {
    "Escalation and dispute resolution": "Settling disagreements", "Rapid review day plan and clocks": "What is done by when",
    "Meeting structure and quorum": "Groups that meet", "Local criteria and extra review types": "Kinds of review and outcomes",
    "Funding and resourcing": "Funding", "Publication": "Publishing and keeping reports", "Referral routes": "Referring a case",
    "Footprint and partners": PARTNERS, "History, strain and change": "History and changes",
}  # fmt: skip
OPEN_CASES = {
    "finish_under_old": "Cases that were open on that day finish under the version before.",
    "move_at_next_stage": "Cases that were open on that day move to this version at their next stage: the steps that they have not begun. Who decides and who signs is as it is on the day that opens the question: of a local review and of the rapid review, the day of the notification. What else they are asked stays as it was.",
}
_AFTER = " After its last day, what they have not begun by then follows what was in force before again."


def document(
    governance: Governance, arrangement: Arrangement, body_name: str, differences: tuple[str, ...] = (),
    areas: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The published form of a version. `differences`: in words, from the version before; `areas`: names by area code."""
    edition, _ = governance.edition_on(arrangement.begins or date.max)
    rules = governance.rule_set(arrangement, edition)
    provided = [thing for ref, thing in rules.provided if ref.layer == "local"]
    seats = {s.key: s.title for s in arrangement.seats}
    told = {t.key: t.title for t in provided if t.kind in ("group", "step")}
    names = told | {o.key: o.name for o in arrangement.organisations} | seats
    names |= {f"{ref.use}.{t.key}": t.title for ref, t in rules.provided if t.kind in ("step", "ladder_stage")}
    return dict(printed({
        "format": 1, "body": body_name, "title": arrangement.title, "version": arrangement.version, "fingerprint": arrangement.signed_hash,
        "begins": _iso(arrangement.begins), "until": _iso(arrangement.until), "corrects": arrangement.corrects,
        "law": edition.title if arrangement.begins else f"the edition of the day; this page was made beside “{edition.title}”",
        "open_cases": OPEN_CASES[arrangement.open_cases] + (_AFTER if arrangement.until and arrangement.open_cases == "move_at_next_stage" else ""),
        "entered": arrangement.entered, "adopted_from": [dict(a) for a in arrangement.adopted_from],
        "signed": [[seats.get(seat, "a lead seat of the version before"), _iso(on), how] for seat, on, how in arrangement.signed],
        "note": arrangement.note, "differences": list(differences),
        "sections": _sections(_partners(arrangement, areas or {}), provided, names, own_questions(u.settings for u in arrangement.uses)),
    }))  # fmt: skip


def _partners(arrangement: Arrangement, areas: Mapping[str, str]) -> list[dict[str, str]]:
    of = {o.key: o.name for o in arrangement.organisations}
    deputies, items = {s.key: s.title for s in arrangement.seats}, []
    for o in sorted(arrangement.organisations, key=lambda o: not o.partner):
        seats = [f"{s.title}{_part(s, deputies)}" for s in arrangement.seats if s.organisation == o.key]
        held = f" {'Its seat' if len(seats) == 1 else 'Its seats'}: {'; '.join(seats)}." if seats else ""
        kind = (
            ""
            if o.kind == "other" or ORGANISATION_KINDS[o.kind].casefold() == o.name.casefold()
            else f": {ORGANISATION_KINDS[o.kind].lower()}"
        )
        items.append(_item(o.name, f"{'Safeguarding partner' if o.partner else 'Takes part'}{kind}.{_acts(o, of)}{held}"))
    items += [
        _item(s.title, f"A seat that stands for no one organisation{_part(s, deputies)}.")
        for s in arrangement.seats
        if s.organisation not in of
    ]
    if arrangement.area_codes:
        named = [f"{areas[code]} ({code})" if code in areas else code for code in arrangement.area_codes]
        items.append(_item("Areas covered", ", ".join(named)))
    if arrangement.closures:
        closed = ", ".join(f"{day.day} {day:%B %Y}" for day in sorted(arrangement.closures))
        items.append(
            _item(
                "Days on which the area is closed",
                f"{closed}. They are no working days for its own steps; the dates of the law do not move.",
            )
        )
    return items


def _part(seat: Seat, titles: Mapping[str, str]) -> str:
    """What a seat is, which its title need not say, and who stands in for it."""
    said = SEAT_ROLES[seat.role]
    part = "" if f"{seat.title},".casefold().startswith(f"{said},".casefold()) else said.lower()
    stands_in = f"“{titles.get(seat.deputy, seat.deputy)}” stands in for it" if seat.deputy else ""
    told = "; ".join(filter(None, (part, stands_in)))
    return f" ({told})" if told else ""


def _acts(actor: Organisation, names: Mapping[str, str]) -> str:
    """For whom an organisation acts: a partner by a recorded delegation, another, such as a trust that runs a council's services, as it is told."""
    if not actor.acts_for:
        return ""
    by = " by a recorded delegation" if actor.partner else ""
    return f" It acts for {' and '.join(names.get(key, key) for key in actor.acts_for)}{by}."


def _sections(
    partners: list[dict[str, str]], provided: list[Provided], names: Mapping[str, str], questions: Mapping[str, str]
) -> list[dict[str, Any]]:
    by_title: dict[str, list[dict[str, Any]]] = {PARTNERS: partners}
    if not provided:
        by_title[OTHER] = [_item("No rules of the area’s own", "What the law asks for applies alone.")]
    heading = {kind: title for title, kinds in HEADINGS for kind in kinds}
    for thing in provided:
        section = str(thing.get("section") or OTHER)
        title = SAME_HEADING.get(section, section) if thing.kind == "narrative" else heading.get(thing.kind, OTHER)
        text, kept = marked(thing, names)
        by_title.setdefault(title, []).append({**_item(_titled(thing), with_questions(text, questions), thing), "kept": kept})
    order = [PARTNERS, *(title for title, _ in HEADINGS)]
    told = sorted(by_title, key=lambda t: (order.index(t) if t in order else len(order) + (t == OTHER), t))
    return [_section(title, by_title[title]) for title in told]


def _section(title: str, items: list[dict[str, str]]) -> dict[str, Any]:
    said, texts = once_said([item["text"] for item in items])
    made = [{**item, "text": _read(item, text)} for item, text in zip(items, texts, strict=True)]
    return {"title": title, "said": whole(said, ()), "items": [{k: v for k, v in item.items() if k != "kept"} for item in made]}


def _read(item: Mapping[str, Any], text: str) -> str:
    told = whole(text, item.get("kept", ()))
    return "" if told.rstrip(".") == str(item["title"]).rstrip(".") else told


def _titled(thing: Provided) -> str:
    return QUESTIONS.get(thing.key, thing.title) if thing.kind == "way" else thing.title


def _item(title: str, text: str, thing: Provided | None = None) -> dict[str, str]:
    source = thing.source if thing else None
    return {
        "title": title, "text": "" if text.rstrip(".") == title.rstrip(".") else text, "source": source.ref if source else "",
        "where": source.where if source else "", "sure": _sure(source) if source else "",
    }  # fmt: skip


def _sure(source: Source) -> str:
    """What a reader is told of how sure a source is; nothing where it was read."""
    if source.sure in ("V", "V2"):
        return ""
    return SURE_WORDS["K" if source.sure == "unknown" else source.sure]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
