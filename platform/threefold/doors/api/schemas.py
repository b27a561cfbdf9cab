"""What goes in and comes out of the JSON door."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from threefold.plugin_api.facts import EVENTS
from threefold.plugin_api.facts.days import in_record
from threefold.work.incidents.stories import OWN_ACT
from threefold.work.people.own_cases import REASONS

_TEXT = validate.Length(max=20_000)


class Strict(Schema):
    class Meta:
        unknown = "raise"


class SignIn(Strict):
    email = fields.String(required=True, validate=validate.Length(3, 320))
    password = fields.String(required=True, validate=validate.Length(1, 1000))
    code = fields.String(
        load_default="",
        validate=validate.Length(0, 30),
        metadata={"description": "The code of the second step, where there is one."},
    )


class SignedIn(Schema):
    token = fields.String()
    expires_at = fields.AwareDateTime()


class ListQuery(Strict):
    page = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))


class CaseLine(Schema):
    id = fields.UUID()
    reference = fields.String()
    status = fields.String()
    next_due_on = fields.Date(allow_none=True)
    next_step = fields.String()
    next_who = fields.String()
    next_statutory = fields.Boolean()
    late = fields.Boolean()
    closed_on = fields.Date(
        allow_none=True, metadata={"description": "The day since which it is closed: nothing is due in it."}
    )
    destroyed = fields.Boolean(metadata={"description": "Its records were destroyed: whoever opens it is answered 410."})


class CaseList(Schema):
    cases = fields.List(fields.Nested(CaseLine))
    page = fields.Integer()
    more = fields.Boolean()


class NewCase(Strict):
    token = fields.UUID(required=True, metadata={"description": "One of your own making: sent twice, it opens one case."})
    facts = fields.Dict(required=True, metadata={"description": "The shape that `threefold facts schema` prints; of `review` only `events`, and of them "
        "those that `POST …/events` takes. Who gives each answer, and when, is who sends it, today."})  # fmt: skip


class Case(Schema):
    id = fields.UUID()
    reference = fields.String()
    status = fields.String()
    no = fields.Integer(metadata={"description": "The number of the newest record: send it back as seen_no."})
    nature_at_notification = fields.String(allow_none=True)
    notified_on = fields.Date(allow_none=True)
    version = fields.String()
    edition = fields.String()
    closed_on = fields.Date(
        allow_none=True, metadata={"description": "The day since which it is closed. Whatever is put on record opens it again."}
    )
    facts = fields.Dict()
    verdict = fields.Dict(metadata={"description": "In `found`, what partners considered: each matter in the words in which it was asked of them then, and "
        "`no_longer_asked_since` which day, where it is asked no more. What they found stands in the facts."})  # fmt: skip
    against = fields.List(fields.String(), metadata={
        "description": "Only in the answer to an act: what spoke against it and stopped nothing, as it is kept with its record."})  # fmt: skip


class OnRecord(Strict):
    """What is put on record in a case: where it is closed, that opens it again, and is sent on purpose."""

    saw_closed = fields.Date(load_default=None, allow_none=True, metadata={
        "description": "Only for a closed case: its `closed_on` as it was read. 409 without it, and nothing is saved."})  # fmt: skip


class AsSeen(OnRecord):
    """What somebody says of a case as they read it: what others said since is never overwritten unseen."""

    seen_no = fields.Integer(required=True, validate=validate.Range(1, 1_000_000), metadata={
        "description": "The `no` of the case as it was read. 409 where what is said here was said anew since."})  # fmt: skip


class Merged(AsSeen):
    keep = fields.Dict(
        keys=fields.String(), values=fields.String(validate=validate.Regexp(r"^(theirs|yours):[0-9a-f]{12}\Z")), load_default=dict,
        metadata={"description": "After a 409: for each path of its `clashes` which of both stays, with its `mark`: `yours:` or `theirs:` "
                                 "and the mark, which says what was read. Where it was changed once more since, it is asked again."},
    )  # fmt: skip


class ChangedFacts(Merged):
    facts = fields.Dict(
        required=True,
        metadata={"description": "The whole `incident` as it is to be. A `review` may be sent back as it was read."},
    )


class NewEvent(OnRecord):
    name = fields.String(required=True, validate=validate.OneOf([e for e in EVENTS if e not in OWN_ACT]), metadata={
        "description": "What has an operation of its own, such as a notification, is not noted as a date."})  # fmt: skip
    at = fields.AwareDateTime(required=True, validate=in_record)
    how = fields.String(load_default="", validate=validate.Length(max=500))
    reference = fields.String(load_default="", validate=validate.Length(max=200))


class Why(Strict):
    reason = fields.String(required=True, validate=validate.OneOf(tuple(REASONS)))


class NewView(AsSeen):
    question = fields.String(required=True, validate=validate.OneOf(("notify", "local_review")))
    seat = fields.String(required=True, validate=validate.Length(1, 80))
    view = fields.String(required=True, validate=validate.OneOf(("yes", "no", "unclear")))
    reason = fields.String(load_default="", validate=_TEXT)


class Decided(AsSeen):
    token = fields.UUID(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("yes", "no")))
    reason = fields.String(load_default="", validate=_TEXT)


class Notified(OnRecord):
    token = fields.UUID(required=True)
    sent_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=in_record, metadata={
        "description": "Only when the official form was sent: the moment it was. Left out, the notification goes by letter now."})  # fmt: skip
    sent_by = fields.String(load_default="", validate=validate.Length(max=200))
    reference = fields.String(load_default="", validate=validate.Length(max=200))


class Considered(Merged):
    factor = fields.String(required=True, validate=validate.Length(1, 100))
    view = fields.String(required=True, validate=validate.OneOf(("applies", "does_not_apply", "unclear")))
    reason = fields.String(required=True, validate=_TEXT)


class Signed(AsSeen):
    seat = fields.String(required=True, validate=validate.Length(1, 80))


class SentReview(OnRecord):
    token = fields.UUID(required=True)
    summary = fields.String(load_default="", validate=_TEXT, metadata={"description": "Needed when it goes by letter."})
    reason = fields.String(load_default="", validate=_TEXT)
    sent_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=in_record, metadata={
        "description": "Only when the official form was sent: the moment it was. Left out, the rapid review goes by letter now."})  # fmt: skip
    sent_by = fields.String(load_default="", validate=validate.Length(max=200))
    reference = fields.String(load_default="", validate=validate.Length(max=200))


class Happened(Schema):
    no = fields.Integer()
    at = fields.AwareDateTime()
    what = fields.String()
    by_seat = fields.String()


class Timeline(Schema):
    records = fields.List(fields.Nested(Happened))


class DeskLine(Schema):
    sender_id = fields.UUID()
    case_ref = fields.UUID()
    sender_name = fields.String()
    reference = fields.String()
    nature = fields.String()
    notified_on = fields.Date()
    due_on = fields.Date(allow_none=True)
    arrived_on = fields.Date(allow_none=True)
    state = fields.String()
    days_late = fields.Integer()
    reply = fields.String()
    no = fields.Integer(
        metadata={
            "description": "How many replies, notifications and takings-back there are of it: send it back as seen_no with a reply."
        },
    )
    counts_by_itself = fields.Boolean(metadata={
        "description": "False for one that is linked to an earlier notification of the same incident which stands."})  # fmt: skip
    closed_on = fields.Date(allow_none=True)
    destroyed = fields.Boolean(metadata={"description": "What was received of it was destroyed when its time had ended."})


class Desk(Schema):
    cases = fields.List(fields.Nested(DeskLine))


class NewReply(Strict):
    token = fields.UUID(required=True)
    seen_no = fields.Integer(required=True, validate=validate.Range(0, 1_000_000), metadata={
        "description": "The `no` of the case on the desk as it was read. 409 where another reply was sent, or the notification taken back, since."})  # fmt: skip
    view = fields.String(required=True, validate=validate.OneOf(("agree", "disagree", "query")))
    national_review = fields.String(load_default="unclear", validate=validate.OneOf(("yes", "no", "unclear")))
    reason = fields.String(load_default="", validate=_TEXT)


class Nothing(Schema):
    """Done; there is nothing to tell."""
