"""What an area's pages say that no rule decides on: told beside the rest, with its source, and enforced by nothing.

In plain words: much of an arrangement is description. It is kept word for word in meaning, section by section, so that a
reader finds it where the area's page has it and sees that it is told and not enforced. A statement may say which of the
requirements for published arrangements (A3 to A18) it answers, so that a check of those finds it.

Source: each area's published pages, named with each statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marshmallow import ValidationError, fields, validate

from plugins.narrative.sections import SECTIONS, listed_section, requirements
from threefold.plugin_api import Card, ListedSchema, Provided, Rule, Source, listed
from threefold.plugin_api import Config as Settings

REQUIREMENTS = requirements()


def _once(rows: list[str]) -> None:
    if len(set(rows)) < len(rows):
        raise ValidationError("Name each requirement once.")


class StatementSchema(ListedSchema):
    """One statement: its section, what is said, and which requirements it answers."""

    # A section that partners write is longer than what is said of a step or a seat.
    text = fields.String(load_default="", validate=validate.Length(max=20_000), metadata={
        "label": "In plain words", "hint": "At most 20,000 characters. A blank line begins a new paragraph; lines that begin with “- ” or “1. ” are a list."})  # fmt: skip
    section = fields.String(load_default="", validate=validate.Length(max=200), metadata={
        "label": "Section", "suggests": {key: section.label for key, section in SECTIONS.items()},
        "answering": {key: section.answers for key, section in SECTIONS.items()},
        "hint": "One of the sections that guidance asks for, or a name of your own."})  # fmt: skip
    answers = fields.List(
        fields.String(validate=validate.OneOf(
            tuple(REQUIREMENTS), error=f"Name a requirement that is told in words: {', '.join(REQUIREMENTS)}.")),
        load_default=list, validate=_once, metadata={
            "label": "Which requirements for published arrangements it answers", "words": REQUIREMENTS,
            "hint": "Leave empty unless the statement tells all that the requirement asks."},
    )  # fmt: skip


class Narrative(Rule):
    """Statements that are told and not enforced. Source: each area's published pages."""

    card = Card(
        id="narrative",
        major=1,
        title="Sections in your own words",
        summary="What partners write themselves, section by section, such as how they hear children: published as written, enforced by nothing.",
        source=Source("The area's published pages", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
    )

    class Config(Settings):
        statements = listed(StatementSchema, "Statements")

    def provides(self) -> Iterable[Provided]:
        for s in self.settings["statements"]:
            part = listed_section(s["section"])
            section = SECTIONS[part].label if part else s["section"]
            yield Provided("narrative", s["key"], s["title"], s["text"] or s["title"], s["source"], (
                ("section", section), ("part", part), ("answers", tuple(s["answers"])), ("text", s["text"])))  # fmt: skip
