"""The types of letters and their schemas. A type and version, once sent, never changes: a change is a new version."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from threefold.plugin_api.facts.days import in_record


class _Strict(Schema):
    class Meta:
        unknown = "raise"


_TEXT = validate.Length(max=20_000)
_AREA = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=9))


class IncidentNotification(_Strict):
    """That an incident was notified: what the national body needs to expect a rapid review. No child is named."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    sent_at = fields.AwareDateTime(required=True, format="iso", validate=in_record)
    route = fields.String(required=True, validate=validate.OneOf(("letter", "official form")))
    nature = fields.String(required=True, validate=validate.OneOf(("death", "serious_harm", "other")))
    forms = fields.Integer(required=True, validate=validate.Range(0, 50))
    children = fields.Integer(required=True, validate=validate.Range(0, 50))
    happened_on = fields.Date(allow_none=True, load_default=None, validate=in_record)
    happened_in = _AREA
    lives_in = fields.List(fields.String(validate=validate.Length(max=9)), load_default=list)
    looked_after = fields.Boolean(allow_none=True, load_default=None)
    rapid_review_due_on = fields.Date(allow_none=True, load_default=None, validate=in_record)


class NotificationWithdrawn(_Strict):
    """That a notification was taken back, or found to be outside the criteria, and why."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    way_out = fields.String(required=True, validate=validate.OneOf(("notification_withdrawn", "criteria_not_met")))
    reason = fields.String(required=True, validate=_TEXT)


class DateCorrected(_Strict):
    """That the official form of a notification, or of a rapid review, was sent on another day than was told before, and why it is corrected."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    event = fields.String(required=True, validate=validate.OneOf(("notification_sent", "rapid_review_sent")))
    on = fields.Date(required=True, validate=in_record)
    reason = fields.String(required=True, validate=_TEXT)


class _Factor(_Strict):
    factor = fields.String(required=True)
    view = fields.String(required=True)
    reason = fields.String(load_default="", validate=_TEXT)


class _SeatView(_Strict):
    seat = fields.String(required=True)
    view = fields.String(required=True)
    reason = fields.String(load_default="", validate=_TEXT)


class RapidReviewReport(_Strict):
    """A rapid review as sent: the review, the partners' decision on a local review, and who signed."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    sent_at = fields.AwareDateTime(required=True, format="iso", validate=in_record)
    summary = fields.String(required=True, validate=_TEXT)
    factors = fields.List(fields.Nested(_Factor), load_default=list)
    local_review = fields.String(required=True, validate=validate.OneOf(("yes", "no", "not_decided")))
    local_review_reason = fields.String(load_default="", validate=_TEXT)
    national_issues = fields.String(load_default="unclear", validate=validate.OneOf(("yes", "no", "unclear")))
    views = fields.List(fields.Nested(_SeatView), load_default=list)
    signed_by = fields.List(fields.String(), load_default=list)
    not_signed_by = fields.List(fields.String(), load_default=list)
    not_signed_reason = fields.String(load_default="", validate=_TEXT)
    safety_actions = fields.Integer(load_default=0)


class SignatureAdded(_Strict):
    """That a partner signed a rapid review after it was sent."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    seat = fields.String(required=True)
    signed_on = fields.Date(required=True, validate=in_record)


class LocalReviewDecided(_Strict):
    """The partners' decision on a local review, made or made again after the rapid review was sent."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    local_review = fields.String(required=True, validate=validate.OneOf(("yes", "no")))
    reason = fields.String(required=True, validate=_TEXT)
    decided_on = fields.Date(required=True, validate=in_record)


class PanelReply(_Strict):
    """What the Panel replied: agree, disagree or query. Its advice is advice: the partners decide."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    view = fields.String(required=True, validate=validate.OneOf(("agree", "disagree", "query")))
    national_review = fields.String(load_default="unclear", validate=validate.OneOf(("yes", "no", "unclear")))
    reason = fields.String(load_default="", validate=_TEXT)
    replied_at = fields.AwareDateTime(required=True, format="iso", validate=in_record)


class CaseHandover(_Strict):
    """A case that belongs next door, with what is known of it."""

    reference = fields.String(required=True, validate=validate.Length(max=200))
    reason = fields.String(required=True, validate=_TEXT)
    facts = fields.Dict(required=True)


class Acknowledgement(_Strict):
    """That a letter arrived and is in effect."""

    letter = fields.UUID(required=True)
    arrived_at = fields.AwareDateTime(required=True, format="iso", validate=in_record)


TYPES: dict[tuple[str, int], type[Schema]] = {
    ("incident_notification", 1): IncidentNotification,
    ("notification_withdrawn", 1): NotificationWithdrawn,
    ("date_corrected", 1): DateCorrected,
    ("rapid_review_report", 1): RapidReviewReport,
    ("signature_added", 1): SignatureAdded,
    ("local_review_decided", 1): LocalReviewDecided,
    ("panel_reply", 1): PanelReply,
    ("case_handover", 1): CaseHandover,
    ("acknowledgement", 1): Acknowledgement,
}


def schema_of(kind: str, version: int) -> type[Schema] | None:
    """The schema of a letter type in a version, or None."""
    return TYPES.get((kind, version))
