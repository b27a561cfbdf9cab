"""What an area publishes, for how long, and what happens after; and how long records of cases and requests for one's own are kept.

In plain words: for each kind of text (a report, a briefing, a summary of progress) the area says whether it is published,
how long it stays available, and what follows. Times of the closed vocabulary become limits, of which the strictest governs
beside the law's own; nothing here shortens the law's time. It also says how long the records of closed cases, cases
received from areas, and requests for one's own records, are kept: see `keeping`.

Source: each area's published practice, named with each entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from plugins.publication_and_retention.keeping import KeptSchema, provided
from threefold.plugin_api import (
    LIMITS,
    NO_DUTY,
    SERVES,
    STRICTEST,
    Card,
    ConditionField,
    Facts,
    Limit,
    ListedSchema,
    Provided,
    Rule,
    Source,
    answers,
    ended,
    listed,
)
from threefold.plugin_api import (
    Config as Settings,
)

PUBLISHED = {
    "yes": "Published", "usually": "Usually published", "usually_not": "Usually not published", "no": "Not published",
    "not_stated": "Not stated",
}  # fmt: skip

REPORTS = {
    "local-review": "The report of a local child safeguarding practice review", "yearly-report": SERVES["yearly-report"],
    NO_DUTY: SERVES[NO_DUTY],
}  # fmt: skip

# The same as a sentence: one of it, and more.
LIMIT_SENTENCES = {
    "publish.available_months": ("It stays available for {} month.", "It stays available for {} months."),
    "publish.advance_copy_working_days": ("The Panel gets a copy {} working day ahead.", "The Panel gets a copy {} working days ahead."),
    "publish.briefing_available_months": ("The briefing stays available for {} month.", "The briefing stays available for {} months."),
}  # fmt: skip


class TextSchema(ListedSchema):
    """One kind of text, and what becomes of it."""

    serves = fields.String(load_default="", validate=validate.OneOf(("", *REPORTS)), metadata={
        "label": "Which report of the law is it?", "words": REPORTS, "asked": "new"})  # fmt: skip
    published = fields.String(load_default="not_stated", validate=validate.OneOf(tuple(PUBLISHED)), metadata={
        "label": "Is it published?", "words": PUBLISHED})  # fmt: skip
    limit = fields.String(load_default="", validate=validate.OneOf(("", *STRICTEST)), metadata={
        "label": "The limit it sets", "words": LIMITS})  # fmt: skip
    amount = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 1200),
        metadata={"label": "How many months or working days"},
    )
    after = fields.String(load_default="", validate=validate.Length(max=500), metadata={"label": "What follows then"})
    when = ConditionField(load_default=None, allow_none=True, metadata={"label": "Only when"})

    @validates_schema
    def a_limit_has_its_amount(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data.get("limit")) != (data.get("amount") is not None):
            raise ValidationError("Give a limit together with its amount.", "amount")


class PublicationAndRetention(Rule):
    """What is published, for how long, and what follows. Source: each area's published practice."""

    card = Card(
        id="publication-and-retention",
        major=1,
        title="Publication and retention",
        summary="What the area publishes, how long it stays available, and how long records are kept.",
        source=Source("The area's published practice", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"incident.*", "incident.children[].*", "review.*"}),
    )

    class Config(Settings):
        texts = listed(TextSchema, "Kinds of text", one="a kind of text")
        kept = listed(KeptSchema, "How long records are kept", one="a time for keeping records")

    def provides(self) -> Iterable[Provided]:
        for t in self.settings["texts"]:
            yield Provided("publication", t["key"], t["title"], _words(t), t["source"], (
                ("serves", t["serves"]), ("published", t["published"]), ("limit", t["limit"]), ("amount", t["amount"]), ("after", t["after"]),
                ("when", t["when"].sentence if t["when"] else None), ("text", t["text"])))  # fmt: skip
        yield from (provided(kept) for kept in self.settings["kept"])

    @answers
    def limits(self, facts: Facts) -> Iterable[Limit]:
        keys: dict[str, Limit] = {}
        for t in self.settings["texts"]:
            if not t["limit"] or (t["when"] and t["when"].test(facts) is False):
                continue
            limit = Limit(t["limit"], t["amount"], _words(t), t["source"], t["when"].reads if t["when"] else ())
            before = keys.get(t["limit"])
            stricter = max if STRICTEST[t["limit"]] == "most" else min
            keys[t["limit"]] = limit if before is None or stricter(limit.value, before.value) != before.value else before
        yield from keys.values()


def _words(t: dict[str, Any]) -> str:
    """One kind of text in a sentence or two: what people wrote of it, and all that is set beside it."""
    parts = [ended(t["text"] or t["title"])]
    if t["serves"] not in ("", NO_DUTY):
        parts.append(f"It is {REPORTS[t['serves']][:1].lower()}{REPORTS[t['serves']][1:]}.")
    if t["published"] != "not_stated":
        parts.append(f"It is {PUBLISHED[t['published']].lower()}.")
    if t["limit"]:
        parts.append(LIMIT_SENTENCES[t["limit"]][t["amount"] != 1].format(t["amount"]))
    if t["after"]:
        parts.append(f"Then: {t['after'].rstrip('.')}.")
    if t["when"]:
        parts.append(f"Only when {t['when'].sentence}.")
    return " ".join(parts)
