"""Who pays for the arrangements, and how much, as far as it is published.

In plain words: each contribution has a payer, a year and a sum; a sum that is not published stays unknown and is never
worked out from others. A formula (equal quarters, a flat sum) is told in words.

Source: Children Act 2004, section 16I; each area's published figures, named with each contribution.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from threefold.plugin_api import Card, ListedSchema, Provided, Rule, Source, ended, listed, quoted
from threefold.plugin_api import Config as Settings


class FundSchema(ListedSchema):
    """One contribution."""

    payer = fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"label": "Who pays: an organisation's key, or words"}
    )
    pounds = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 1_000_000_000), metadata={
        "label": "Sum in pounds", "hint": "Empty: not known."})  # fmt: skip
    year = fields.String(load_default="", validate=validate.Length(max=20), metadata={"label": "Year"})
    split = fields.String(load_default="", validate=validate.Length(max=300), metadata={"label": "Formula or split"})
    in_kind = fields.Boolean(load_default=False, metadata={"label": "Given in kind"})


class Resourcing(Rule):
    """Who pays, and how much. Source: Children Act 2004, section 16I; each area's published figures."""

    card = Card(
        id="resourcing",
        major=1,
        title="Resourcing",
        summary="Who contributes to the arrangements, and how much, as far as it is published.",
        source=Source("Children Act 2004, section 16I", "ACT", "K"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
    )

    class Config(Settings):
        funds = listed(FundSchema, "Contributions", one="a contribution")

    def provides(self) -> Iterable[Provided]:
        for f in self.settings["funds"]:
            yield Provided("fund", f["key"], f["title"], _words(f), f["source"], (
                ("payer", f["payer"]), ("pounds", f["pounds"]), ("year", f["year"]), ("split", f["split"]), ("in_kind", f["in_kind"]), ("text", f["text"])))  # fmt: skip


def _words(f: dict[str, Any]) -> str:
    sum_ = f"£{f['pounds']:,}" if f["pounds"] is not None else "the sum is not known"
    year = f", {f['year'].rstrip('. ')}" if f["year"] else ""
    paid = f"Paid by {quoted(f['payer'].rstrip('. '))}." if f["payer"] else ""
    return " ".join(
        part
        for part in (
            ended(f["text"] or f["title"]),
            f"Amount: {sum_}{year}.",
            paid,
            "It is given in kind." if f["in_kind"] else "",
            f["split"],
        )
        if part
    )
