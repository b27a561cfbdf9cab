"""What an area's pages say that no rule decides on: told beside the rest, with its source, and enforced by nothing.

In plain words: much of an arrangement is description. It is kept word for word in meaning, section by section, so that a
reader finds it where the area's page has it and sees that it is told and not enforced.

Source: each area's published pages, named with each statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import fields, validate

from threefold.plugin_api import Card, ListedSchema, Provided, Rule, Source, listed
from threefold.plugin_api import Config as Settings


class StatementSchema(ListedSchema):
    """One statement: its section, and what is said."""

    section = fields.String(required=True, validate=validate.Length(1, 200), metadata={"label": "Section"})


class Narrative(Rule):
    """Statements that are told and not enforced. Source: each area's published pages."""

    card = Card(
        id="narrative",
        major=1,
        title="What is told",
        summary="Statements of the area's pages that are shown with their source and enforced by nothing.",
        source=Source("The area's published pages", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
    )

    class Config(Settings):
        statements = listed(StatementSchema, "Statements")

    def provides(self) -> Iterable[Provided]:
        for s in self.settings["statements"]:
            yield Provided(
                "narrative", s["key"], s["title"], s["text"] or s["title"], s["source"], (("section", s["section"]),)
            )
