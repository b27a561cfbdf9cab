"""Which agencies belong to the arrangements, and which of them are asked in a case.

In plain words: an area names the relevant agencies, which of them sit with the executive, and how the list is kept. An
agency marked as asked is asked for what it knows once a rapid review has begun, when its condition holds or is unclear.

Source: each area's published arrangements, named with each agency; Children Act 2004, section 16E.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from threefold.plugin_api import (
    AgencyAsk,
    Card,
    ConditionField,
    Facts,
    ListedSchema,
    Provided,
    Rule,
    Source,
    answers,
    ended,
    listed,
    quoted,
)
from threefold.plugin_api import (
    Config as Settings,
)


class AgencySchema(ListedSchema):
    """One relevant agency, or a kind of agency."""

    sits_with = fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"label": "The group it sits with", "offers": "who"}
    )
    asked = fields.Boolean(load_default=False, metadata={"label": "Is it asked in every rapid review?"})
    when = ConditionField(load_default=None, allow_none=True, metadata={"label": "Asked only when"})
    schedule = fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"label": "Entry of the regulations' schedule"}
    )


class RelevantAgencies(Rule):
    """Which agencies belong, and which are asked. Source: each area's published arrangements."""

    card = Card(
        id="relevant-agencies",
        major=1,
        title="Relevant agencies",
        summary="Which agencies belong to the arrangements, how the list is kept, and which are asked in a case.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({
            "incident.*", "incident.children[].*", "review.*", "review.events.notification_sent", "review.events.rapid_review_started",
        }),
    )  # fmt: skip

    class Config(Settings):
        agencies = listed(AgencySchema, "Agencies", each_alone=True)
        terms = listed(ListedSchema, "How the list is kept and who sits where", one="how the list is kept")

    def provides(self) -> Iterable[Provided]:
        for a in self.settings["agencies"]:
            yield Provided("agency", a["key"], a["title"], _words(a), a["source"], (
                ("sits_with", a["sits_with"]), ("asked", a["asked"]), ("schedule", a["schedule"]), ("when", a["when"].sentence if a["when"] else None), ("text", a["text"])))  # fmt: skip
        for t in self.settings["terms"]:
            yield Provided(
                "agency_terms", t["key"], t["title"], t["text"] or f"{t['title']}.", t["source"], (("text", t["text"]),)
            )

    @answers
    def agencies(self, facts: Facts) -> Iterable[AgencyAsk]:
        begun = [d for name in ("notification_sent", "rapid_review_started") if (d := facts.review.on(name))]
        if not begun:
            return
        for a in self.settings["agencies"]:
            applies = a["when"].test(facts) if a["when"] else True
            if a["asked"] and applies is not False:
                unclear = "" if applies else f" Asked when {a['when'].sentence}; that is not clear yet."
                yield AgencyAsk(a["key"], a["title"], f"{ended(a['text'] or a['title'])}{unclear}", a["source"],
                                ("review.events.notification_sent", *(a["when"].reads if a["when"] else ())), min(begun),
                                a["when"].meaning if a["when"] else "", "yes" if applies else "unclear")  # fmt: skip


def _words(a: dict[str, Any]) -> str:
    """An agency: what is written of it, and each of its settings."""
    parts = [ended(a["text"] or a["title"])]
    if a["sits_with"]:
        parts.append(f"It sits with {quoted(a['sits_with'])}.")
    if a["asked"]:
        parts.append(f"It is asked in each rapid review{_of_which(a)}.")
    elif a["when"]:
        parts.append(f"It is about cases{_of_which(a)}.")
    if a["schedule"]:
        parts.append(f"Entry of the regulations’ schedule: {a['schedule'].rstrip('. ')}.")
    return " ".join(parts)


def _of_which(a: dict[str, Any]) -> str:
    return f" of which this holds: {a['when'].sentence}" if a["when"] else ""
