"""For how long the records of a closed case, cases received from areas, and requests for one's own records, are kept: what a body may
set, and how it is told.

The law gives no figure for any: personal data is kept no longer than is necessary (UK GDPR article 5(1)(e)), and the body
says how long that is. So there is no default here, and what nobody set is kept.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from threefold.plugin_api import ListedSchema, Provided, ended, quoted

REQUESTS, ANSWERED = "requests", "answered"
RECEIVED, FOR_RECEIVED = "received", ("closed", "notified")
# How the case ended, by the status it stands in; and what is no case.
ENDED = {
    "any": "Every closed case", "not_notified": "Cases that were not notified", "withdrawn": "Cases whose notification was withdrawn",
    "criteria_not_met": "Cases found not to meet the criteria", "no_local_review": "Cases without a local review",
    "published": "Cases whose report was published", REQUESTS: "Requests for one’s own records",
    RECEIVED: "Cases received from areas",
}  # fmt: skip
STARTS = {
    "closed": "The day the case was closed", "birth": "The birth of the youngest child in the case", "death": "The last death of a child in the case",
    "published": "The day the report was published", "notified": "The day the notification was sent",
    ANSWERED: "The day the request was answered or refused",
}  # fmt: skip
UNITS = {"years": "Years", "months": "Months"}


class KeptSchema(ListedSchema):
    """How long the records of one kind of case, or requests for one's own records, are kept.

    Requests are counted from `answered` and from nothing else, and nobody confirms that they go. What a body received of the cases of
    others is counted from `closed` or `notified`: nothing else is surely known of them.
    """

    cases = fields.String(load_default="any", validate=validate.OneOf(tuple(ENDED)), metadata={
        "label": "Which records", "words": ENDED})  # fmt: skip
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1200), metadata={
        "label": "For how many years or months", "hint": "No law sets it: it is what the area agreed is necessary."})  # fmt: skip
    unit = fields.String(load_default="years", validate=validate.OneOf(tuple(UNITS)), metadata={
        "label": "Years or months", "words": UNITS})  # fmt: skip
    starts = fields.String(load_default="closed", validate=validate.OneOf(tuple(STARTS)), metadata={
        "label": "Counted from", "words": STARTS})  # fmt: skip
    confirms = fields.String(load_default="", validate=validate.Length(max=120), metadata={
        "label": "The seat that confirms destroying them", "hint": "Empty: any lead, or any officer for received cases. Nobody confirms it for requests: they go by themselves.", "offers": "seats"})  # fmt: skip

    @validates_schema
    def requests_are_counted_from_their_answer(self, data: dict[str, Any], **_: Any) -> None:
        of_requests, from_answer = data.get("cases") == REQUESTS, data.get("starts") == ANSWERED
        if of_requests and not from_answer:
            raise ValidationError(
                "Requests are counted from the day they were answered or refused, and from no other.", "starts"
            )
        if from_answer and not of_requests:
            raise ValidationError("Only requests for one’s own records are counted from the day they were answered.", "starts")
        if of_requests and data.get("confirms"):
            raise ValidationError(
                "Requests go by themselves when their time has ended. Name no seat that confirms it.", "confirms"
            )

    @validates_schema
    def received_cases_are_counted_from_what_is_known_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("cases") == RECEIVED and data.get("starts") not in FOR_RECEIVED:
            raise ValidationError(
                "Cases received from areas are counted from the day they were closed here, or the notification was sent.",
                "starts",
            )


def provided(kept: dict[str, Any]) -> Provided:
    """What one entry brings."""
    return Provided("retention", kept["key"], kept["title"], _words(kept), kept["source"], (
        ("cases", kept["cases"]), ("amount", kept["amount"]), ("unit", kept["unit"]), ("starts", kept["starts"]),
        ("confirms", kept["confirms"]), ("text", kept["text"])))  # fmt: skip


def _words(kept: dict[str, Any]) -> str:
    unit = kept["unit"][:-1] if kept["amount"] == 1 else kept["unit"]
    starts = STARTS[kept["starts"]]
    said = f"{ENDED[kept['cases']]}: kept for {kept['amount']} {unit} from {starts[0].lower()}{starts[1:]}."
    said += f" Destroying them is confirmed by {quoted(kept['confirms'])}." if kept["confirms"] else ""
    return f"{ended(kept['text'])} {said}" if kept["text"] else said
