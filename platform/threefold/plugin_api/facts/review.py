"""The facts of what followed an incident: events in their order, factors considered, views and signatures.

Events are the start and end of every clock. `EVENTS` is the closed vocabulary of the core; a step a local plan adds ends
with an event of its own, written `done:<step key>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from threefold.domain.calendar import london_day
from threefold.plugin_api.facts.days import DayOrMoment, in_record
from threefold.plugin_api.facts.values import UNASKED, AnswerFact, Fact, FactField

EVENTS: dict[str, str] = {
    "incident": "the incident happened",
    "aware": "the local authority became aware",
    "briefing_received": "an internal briefing reached the business team",
    "notification_copied": "the business team received a copy of the notification",
    "referral_received": "a partner's referral was received",
    "referral_accepted": "a partner's referral was accepted",
    "notification_decided": "it was decided whether to notify",
    "notification_sent": "the notification was sent to the Panel",
    "partners_told": "the safeguarding partners were told",
    "criteria_not_met": "it was found that the criteria for notifying were not met",
    "notification_withdrawn": "the notification was withdrawn",
    "rapid_review_started": "the rapid review was started",
    "rapid_review_sent": "the rapid review was sent to the Panel",
    "local_review_decided": "it was decided to carry out a local child safeguarding practice review",
    "local_review_declined": "it was decided not to carry out a local child safeguarding practice review",
    "panel_replied": "the Panel replied",
    "report_sent": "the report was sent to the Panel and the Secretary of State",
    "publication_planned": "publication is planned",
    "published": "the report was published",
    "dispute_raised": "a disagreement was raised",
    "dispute_stage_2": "a disagreement reached stage 2",
    "dispute_meeting": "a meeting on a disagreement was held",
    "dispute_stage_3": "a disagreement reached stage 3",
    "dispute_settled": "a disagreement was settled",
    "death": "the child died",
    "child_death_meeting": "the child death review meeting was held",
    "inquest_ended": "the inquest ended",
    "yearly_report_period_ended": "the period of the yearly report ended",
    "yearly_report_published": "the yearly report was published",
}
# The end of a step of one's own; of one that is said of each child, "done:<step>/<child>".
# The name of a rule's use and the key of a step are each of at most 80 characters, with a dot between them.
_DONE = re.compile(r"^done:[a-z0-9][a-z0-9_.-]{0,160}(/[a-z0-9][a-z0-9_.-]{0,79})?\Z")

WAYS_OUT = frozenset({"notification_withdrawn", "criteria_not_met"})
# What belongs to one notification: once it was taken back and the incident is notified anew, it is history. That its review ended without
# a local review is too; a local review that partners decided on goes on.
_OF_ONE_NOTIFICATION = WAYS_OUT | {
    "notification_sent", "notification_copied", "rapid_review_started", "rapid_review_sent", "panel_replied", "local_review_declined",
}  # fmt: skip

# Events whose day lies ahead when they are put on record: what is known is that it is planned. Planned anew, the day before counts no more.
PLANNED = frozenset({"publication_planned"})

FACTORS: tuple[str, ...] = (
    "improvements_needed", "recurrent_themes", "working_together", "panel_suggests_local",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `at` is a date, or a moment with its offset where hours count."""

    name: str
    at: date | datetime
    how: str = ""
    reference: str = ""
    given_by: str = ""
    given_on: date | None = None

    @property
    def day(self) -> date:
        """The day of the event in Europe/London."""
        return london_day(self.at)


@dataclass(frozen=True, slots=True)
class Consideration:
    """That partners considered a matter: their view, why, and who says so."""

    factor: str
    view: str
    reason: str = ""
    by: str = ""
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What one seat thinks of one question; `dissents` is kept beside the decision, whatever the outcome."""

    question: str
    seat: str
    view: str
    reason: str = ""
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What followed the incident."""

    events: tuple[Event, ...] = ()
    considered: tuple[Consideration, ...] = ()
    views: tuple[View, ...] = ()
    signed_by: tuple[str, ...] = ()
    local_type: str = ""
    publication_appropriate: AnswerFact = UNASKED
    publication_reason: str = ""
    panel_view: Fact[str] = UNASKED
    national_issues: AnswerFact = UNASKED
    law_change_issue: AnswerFact = UNASKED
    sibling_identifiable: AnswerFact = UNASKED
    proceedings_delay: AnswerFact = UNASKED
    # Of `done_before`, what still counts by the clock of its own step: nobody puts that on record, it is worked out where rules are asked.
    still_done: tuple[Event, ...] = field(default=(), init=False, repr=False)
    _by_name: dict[str, Event] = field(default_factory=dict, init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        # The earliest of a name starts the clock: several notifications of one incident make one rapid review.
        earlier = {id(event) for event in self.done_before}
        for event in sorted(self.counted, key=lambda e: (e.day, str(e.at))):
            if id(event) not in earlier:
                self._by_name.setdefault(event.name, event)

    @property
    def counted(self) -> tuple[Event, ...]:
        """The events by day, without what a notification anew made history: the earlier one, its way out and its review; and without a
        day that was planned anew: the one put on record last counts. Of the steps that were done, see `done`."""
        planned = {event.name: event for event in self.events if event.name in PLANNED}
        before, since = self._by_notification()
        kept = [e for e in before if e.name not in _OF_ONE_NOTIFICATION]
        return tuple(e for e in (*kept, *since) if planned.get(e.name, e) is e)

    @property
    def done_before(self) -> tuple[Event, ...]:
        """The steps that were done before a notification was taken back, where the incident was notified anew since."""
        return tuple(e for e in self._by_notification()[0] if e.name.startswith("done:"))

    def with_still_done(self, events: tuple[Event, ...]) -> Review:
        """The same, told which of `done_before` still count."""
        told = replace(self)
        object.__setattr__(told, "still_done", events)
        return told

    def _by_notification(self) -> tuple[list[Event], list[Event]]:
        """The events up to the last way out after which the incident was notified anew, and those since, by day."""
        told = sorted(self.events, key=lambda e: e.day)  # on one day, the order in which they were put on record
        if not any(e.name in WAYS_OUT for e in told):
            return [], told
        last = max((i for i, e in enumerate(told) if e.name == "notification_sent"), default=0)
        out = max((i for i, e in enumerate(told[:last]) if e.name in WAYS_OUT), default=-1)
        return told[: out + 1], told[out + 1 :]

    def done(self, name: str, since: date | None) -> Event | None:
        """The end of a step, or None. What was done before a notification was taken back and sent anew counts where the step's clock,
        which began on the day `since`, ran by then: what the earlier notification began, and what belongs to its review, is done anew."""
        event = self._by_name.get(name)
        if event is not None or since is None:
            return event
        return min(
            (e for e in self.done_before if e.name == name and e.day >= since), key=lambda e: (e.day, str(e.at)), default=None
        )

    def done_on(self, name: str, since: date | None) -> date | None:
        """The London day of `done(name, since)`, or None."""
        event = self.done(name, since)
        return event.day if event else None

    def start(self, name: str) -> Event | None:
        """The event that starts what is counted from it, or None: `event(name)`, and of a step that was done before the incident was notified
        anew, its end where it still counts."""
        earlier = (e for e in self.still_done if e.name == name)
        return self.event(name) or min(earlier, key=lambda e: (e.day, str(e.at)), default=None)

    def event(self, name: str) -> Event | None:
        """The earliest event of that name that counts, or None; of what is planned (`PLANNED`), the one that was put on record last.

        Where a notification was taken back and the incident notified anew, what belonged to the earlier one no longer counts.
        """
        return self._by_name.get(name)

    def on(self, name: str) -> date | None:
        """The London day of `event(name)`, or None."""
        event = self._by_name.get(name)
        return event.day if event else None

    @property
    def notified(self) -> bool:
        """Sent to the Panel, and neither withdrawn nor found outside the criteria since."""
        return self.notified_on is not None

    @property
    def notified_on(self) -> date | None:
        """The day of the first notification that still stands: one sent again after a way out counts anew."""
        return None if WAYS_OUT & self._by_name.keys() else self.on("notification_sent")

    @property
    def taken_back_on(self) -> date | None:
        """The day the notification was withdrawn or found outside the criteria, where none was sent since."""
        return next((day for name in sorted(WAYS_OUT) if (day := self.on(name))), None)

    @property
    def was_notified(self) -> bool:
        return "notification_sent" in self._by_name

    def considers(self, factor: str) -> Consideration | None:
        return next((c for c in self.considered if c.factor == factor), None)


class EventSchema(Schema):
    class Meta:
        unknown = "raise"

    name = fields.String(required=True, metadata={"label": "What happened"})
    at = DayOrMoment(required=True, metadata={"label": "When", "hint": "A date, or a time with its offset."})
    how = fields.String(load_default="", validate=validate.Length(max=500))
    reference = fields.String(load_default="", validate=validate.Length(max=200))
    given_by = fields.String(load_default="", validate=validate.Length(max=200))
    given_on = fields.Date(load_default=None, allow_none=True, validate=in_record)

    @validates_schema
    def name_is_known(self, data: dict[str, Any], **_: Any) -> None:
        name = data.get("name", "")
        if name not in EVENTS and not _DONE.match(name):
            raise ValidationError(f"There is no event '{name}'. Use one of: {', '.join(EVENTS)}, or done:<step>.", "name")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Event:
        return Event(**data)


class ConsiderationSchema(Schema):
    class Meta:
        unknown = "raise"

    factor = fields.String(required=True, validate=validate.Length(max=100))
    view = fields.String(required=True, validate=validate.OneOf(("applies", "does_not_apply", "unclear")))
    reason = fields.String(load_default="", validate=validate.Length(max=20_000))
    by = fields.String(load_default="", validate=validate.Length(max=200))
    given_on = fields.Date(load_default=None, allow_none=True, validate=in_record)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Consideration:
        return Consideration(**data)


class ViewSchema(Schema):
    class Meta:
        unknown = "raise"

    question = fields.String(required=True, validate=validate.Length(max=80))
    seat = fields.String(required=True, validate=validate.Length(max=80))
    view = fields.String(required=True, validate=validate.OneOf(("yes", "no", "unclear")))
    reason = fields.String(load_default="", validate=validate.Length(max=20_000))
    given_on = fields.Date(load_default=None, allow_none=True, validate=in_record)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> View:
        return View(**data)


class ReviewSchema(Schema):
    """What followed the incident."""

    class Meta:
        unknown = "raise"

    events = fields.List(fields.Nested(EventSchema), load_default=list, validate=validate.Length(max=500))
    considered = fields.List(fields.Nested(ConsiderationSchema), load_default=list, validate=validate.Length(max=100))
    views = fields.List(fields.Nested(ViewSchema), load_default=list, validate=validate.Length(max=200))
    signed_by = fields.List(fields.String(validate=validate.Length(max=80)), load_default=list, metadata={
        "label": "Seats that have signed the rapid review"})  # fmt: skip
    local_type = fields.String(load_default="", validate=validate.Length(max=80), metadata={
        "label": "The local review type the partners chose, if any"})  # fmt: skip
    publication_appropriate = FactField("answer", "Is it appropriate to publish the report?")
    publication_reason = fields.String(load_default="", validate=validate.Length(max=20_000))
    panel_view = FactField("choice", "What the Panel replied", choices=("agree", "disagree", "query"))
    national_issues = FactField(
        "answer", "Do partners think the case raises issues that are complex or of national importance?"
    )
    law_change_issue = FactField("answer", "Does the case raise issues that need a change in law or guidance?")
    sibling_identifiable = FactField("answer", "Would publication identify a surviving brother or sister?")
    proceedings_delay = FactField("answer", "Do criminal proceedings or an inquest delay the report?")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Review:
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return Review(**tuples)
