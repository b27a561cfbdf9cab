"""How a case reaches the partnership from somebody other than the council.

In plain words: who may refer, what must happen first (agree it with a senior lead, go through one's own member of the
group, telephone when it is urgent), and on which form. When a referral is received, the business team is told what the
area asks for before it is taken further. Only the local authority notifies; a referral is never a notification.

Source: each area's published arrangements, named with each route.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from threefold.plugin_api import (
    Card,
    ConditionField,
    Criterion,
    Facts,
    ListedSchema,
    Provided,
    Rule,
    Source,
    Telling,
    answers,
    ended,
    listed,
)
from threefold.plugin_api import (
    Config as Settings,
)

_TEXT = validate.Length(max=1000)


class RouteSchema(ListedSchema):
    """One route into the partnership."""

    who_may = fields.String(load_default="", validate=_TEXT, metadata={"label": "Who may refer"})
    first = fields.String(load_default="", validate=_TEXT, metadata={"label": "What must happen first"})
    by = fields.String(load_default="", validate=_TEXT, metadata={"label": "Through whom, or on which form"})
    warning = fields.String(load_default="", validate=_TEXT, metadata={"label": "What it must not be used for"})
    mandatory_when = ConditionField(load_default=None, allow_none=True, metadata={"label": "A referral must be made when"})
    phone_first_when = ConditionField(
        load_default=None, allow_none=True, metadata={"label": "Telephone before sending the form when"}
    )


class ReferralRoutes(Rule):
    """How a case reaches the partnership. Source: each area's published arrangements."""

    card = Card(
        id="referral-routes",
        major=1,
        title="Referral routes",
        summary="Who may refer a case, through whom, and what must happen first.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"incident.*", "incident.children[].*", "review.*", "review.events.referral_received"}),
    )

    class Config(Settings):
        routes = listed(RouteSchema, "Routes", each_alone=True)

    def provides(self) -> Iterable[Provided]:
        for r in self.settings["routes"]:
            yield Provided("route", r["key"], r["title"], _in_full(r), r["source"], (
                ("who_may", r["who_may"]), ("first", r["first"]), ("by", r["by"]), ("warning", r["warning"]), ("text", r["text"]),
                *((name, r[name].sentence if r[name] else None) for name in ("mandatory_when", "phone_first_when"))))  # fmt: skip

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        if event == "referral_received":
            for r in self.settings["routes"]:
                yield Telling(r["key"], event, "The business team and the referrer", _words(r), r["source"], ("review.events.referral_received",),
                              facts.review.on("referral_received"))  # fmt: skip

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        for r in self.settings["routes"]:
            for name, title in (
                ("phone_first_when", "Telephone before sending the form"),
                ("mandatory_when", "A referral must be made"),
            ):
                condition = r[name]
                if condition is not None:
                    truth = condition.test(facts)
                    yield Criterion(
                        f"{name.removesuffix('_when').replace('_', '-')}/{r['key']}", title, "unclear" if truth is None else "met" if truth else "not_met",
                        f"{title} when {condition.sentence}.", r["source"], condition.reads,
                        when=condition.meaning,
                    )  # fmt: skip


def _in_full(r: dict[str, Any]) -> str:
    """A route as the arrangement tells it, with when it must be taken, which a case is told as criteria of their own."""
    said = {"mandatory_when": "A referral must be made when", "phone_first_when": "Telephone before sending the form when"}
    return " ".join([_words(r), *(f"{words} {r[name].sentence}." for name, words in said.items() if r[name])])


def _words(r: dict[str, Any]) -> str:
    parts = [ended(r["text"] or r["title"])]
    parts += [f"{label}: {r[name]}." for name, label in (
        ("who_may", "Who may refer"), ("first", "First"), ("by", "How"), ("warning", "Not for")) if r[name]]  # fmt: skip
    return " ".join(parts)
