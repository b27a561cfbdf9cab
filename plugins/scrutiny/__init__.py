"""Who scrutinises the arrangements, and what else that person does.

In plain words: each area says who looks at its work independently: a named scrutineer, a team, a convener, a commissioner.
Where the independent role also chairs, or writes what the partners then approve, that is shown with the rapid review and
not hidden.

Source: each area's published arrangements, named with each entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from threefold.plugin_api import Card, Criterion, Facts, ListedSchema, Provided, Rule, Source, answers, ended, listed, quoted
from threefold.plugin_api import Config as Settings

DOES = {
    "authors": "Writes reviews", "chairs": "Chairs the partnership or a group", "member": "Is a member of a group",
    "advises_in_disputes": "Advises in disagreements", "attends_groups": "Attends groups",
}  # fmt: skip
_DOES_TOO = {
    "authors": "writes reviews", "chairs": "chairs the partnership or a group", "member": "is a member of a group",
    "advises_in_disputes": "advises in disagreements", "attends_groups": "attends groups",
}  # fmt: skip
INDEPENDENT = {"yes": "Called independent", "no": "Not called independent", "not_stated": "Not stated"}


class ScrutinySchema(ListedSchema):
    """One form of independent scrutiny."""

    who = fields.String(load_default="", validate=validate.Length(max=200), metadata={"label": "Seat or role", "offers": "who"})
    independent = fields.String(load_default="not_stated", validate=validate.OneOf(tuple(INDEPENDENT)), metadata={
        "label": "Is it called independent?", "words": INDEPENDENT})  # fmt: skip
    also = fields.List(
        fields.String(validate=validate.OneOf(tuple(DOES))),
        load_default=list,
        metadata={"label": "What the role also does", "words": DOES},
    )
    number = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 50), metadata={"label": "How many people"}
    )
    plan = fields.String(load_default="", validate=validate.Length(max=500), metadata={"label": "Plan or rhythm"})


class Scrutiny(Rule):
    """Who scrutinises, and what else the role does. Source: each area's published arrangements."""

    card = Card(
        id="scrutiny",
        major=1,
        title="Independent scrutiny",
        summary="Who looks at the work independently, and where that role also chairs or writes.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset(
            {"review.events.notification_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met"}
        ),
    )

    class Config(Settings):
        forms = listed(ScrutinySchema, "Forms of scrutiny", one="a form of scrutiny")

    def provides(self) -> Iterable[Provided]:
        for s in self.settings["forms"]:
            yield Provided("scrutiny", s["key"], s["title"], _words(s), s["source"], (
                ("who", s["who"]), ("independent", s["independent"]), ("also", tuple(s["also"])), ("number", s["number"]), ("plan", s["plan"]), ("text", s["text"])))  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        if not facts.review.notified:
            return
        for s in self.settings["forms"]:
            if "authors" in s["also"]:
                yield Criterion(
                    f"authors/{s['key']}", "The independent role is also an author", "to_be_considered",
                    f"{_text(s)} Whoever reads this rapid review should know that the independent role helped to write it.", s["source"],
                    ("review.events.notification_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met"), judgement=True,
                    starts_on=facts.review.on("notification_sent"),
                )  # fmt: skip


def _words(s: dict[str, Any]) -> str:
    """A form of scrutiny: what is written of it, and each of its settings."""
    parts = [_text(s)]
    if s["who"]:
        parts.append(f"It is done by {ended(quoted(s['who']))}")
    if s["independent"] != "not_stated":
        parts.append(f"The role is {INDEPENDENT[s['independent']].lower()}.")
    if s["also"]:
        parts.append(f"It also {'; '.join(_DOES_TOO[one] for one in s['also'])}.")
    if s["number"]:
        parts.append("One person carries it out." if s["number"] == 1 else f"{s['number']} people carry it out.")
    if s["plan"]:
        parts.append(f"Its plan: {s['plan'].rstrip('. ')}.")
    return " ".join(parts)


def _text(s: dict[str, Any]) -> str:
    return ended(s["text"] or s["title"])
