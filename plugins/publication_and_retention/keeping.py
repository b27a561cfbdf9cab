"""For how long the records of a closed case are kept: what an area may set, and how it is told.

The law gives no figure for the records of a partnership's reviews: personal data is kept no longer than is necessary (UK
GDPR article 5(1)(e)), and the area says how long that is. So there is no default here, and what nobody set is kept.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from threefold.plugin_api import ListedSchema, Provided

# How the case ended, by the status it stands in.
ENDED = {
    "any": "Every closed case", "not_notified": "Cases that were not notified", "withdrawn": "Cases whose notification was withdrawn",
    "criteria_not_met": "Cases found not to meet the criteria", "no_local_review": "Cases without a local review",
    "published": "Cases whose report was published",
}  # fmt: skip
STARTS = {
    "closed": "The day the case was closed", "birth": "The birth of the youngest child in the case", "death": "The last death of a child in the case",
    "published": "The day the report was published", "notified": "The day the notification was sent",
}  # fmt: skip
UNITS = {"years": "Years", "months": "Months"}


class KeptSchema(ListedSchema):
    """How long the records of one kind of case are kept."""

    cases = fields.String(load_default="any", validate=validate.OneOf(tuple(ENDED)), metadata={
        "label": "Which closed cases", "words": ENDED})  # fmt: skip
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1200), metadata={
        "label": "For how many years or months", "hint": "No law sets it: it is what the area agreed is necessary."})  # fmt: skip
    unit = fields.String(load_default="years", validate=validate.OneOf(tuple(UNITS)), metadata={
        "label": "Years or months", "words": UNITS})  # fmt: skip
    starts = fields.String(load_default="closed", validate=validate.OneOf(tuple(STARTS)), metadata={
        "label": "Counted from", "words": STARTS})  # fmt: skip
    confirms = fields.String(load_default="", validate=validate.Length(max=120), metadata={
        "label": "The seat that confirms destroying them", "hint": "Empty: any lead.", "offers": "seats"})  # fmt: skip


def provided(kept: dict[str, Any]) -> Provided:
    """What one entry brings."""
    return Provided("retention", kept["key"], kept["title"], _words(kept), kept["source"], (
        ("cases", kept["cases"]), ("amount", kept["amount"]), ("unit", kept["unit"]), ("starts", kept["starts"]),
        ("confirms", kept["confirms"]), ("text", kept["text"])))  # fmt: skip


def _words(kept: dict[str, Any]) -> str:
    unit = kept["unit"][:-1] if kept["amount"] == 1 else kept["unit"]
    starts = STARTS[kept["starts"]]
    said = f"{ENDED[kept['cases']]}: kept for {kept['amount']} {unit} from {starts[0].lower()}{starts[1:]}."
    return f"{kept['text']} {said}" if kept["text"] else said
