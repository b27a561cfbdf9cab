"""What an area may set in its day plan."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from threefold.plugin_api import (
    EVENTS,
    SERVES_ASKED,
    UNIT_HINT,
    UNIT_PROPOSED,
    UNIT_WORDS,
    UNITS,
    ConditionField,
    DutyField,
    Either,
    ListedSchema,
    Option,
    Span,
    SpanSchema,
    drafts_only,
)

# What starts most plans and steps; the rest of the events, and the steps themselves, are offered after them.
USUAL = (
    "aware",
    "referral_received",
    "referral_accepted",
    "notification_sent",
    "rapid_review_started",
    "rapid_review_sent",
    "panel_replied",
)
_ANY = "Of several, the earliest counts, and a later one never restarts the plan."
_DONE = re.compile(r"^done:[a-z0-9][a-z0-9_.-]{0,160}$")


def event_name(value: str) -> None:
    """Refuse anything that is neither an event of the core nor one that a step ends with."""
    if value not in EVENTS and not _DONE.match(value):
        raise ValidationError(f"There is no event '{value}'. Use one of: {', '.join(EVENTS)}, or done:<use>.<step>.")


def events_field(label: str, *, asked: str = "", for_all: bool = False, hint: str = _ANY, **kwargs: Any) -> fields.List[str]:
    return fields.List(
        fields.String(validate=event_name), load_default=list, validate=validate.Length(max=10),
        metadata={"label": label, "offers": "events", "usual": USUAL, "asked": asked, "for_all": for_all, "hint": hint}, **kwargs,
    )  # fmt: skip


def unit_field(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(UNITS), metadata={
        "label": "In what is the plan counted?", "hint": UNIT_HINT, "words": UNIT_WORDS, "proposed": UNIT_PROPOSED, "for_all": True,
        "beware": {"not_stated": "No date is worked out from it. Say which days are meant, below: it holds for every step."}}, **kwargs)  # fmt: skip


# A unit in the days that it is counted in, so that the day itself can be taken off; a month and a year at the least.
_IN_DAYS = {"weeks": 7, "calendar_months": 30, "years": 365}


def _days_on(time: Span) -> int:
    """How many days of its unit a time ends after the day it starts: one less where that day is its day 1. Of hours: how many of them."""
    return time.amount * _IN_DAYS.get(time.unit, 1) - (time.start_is_day if time.unit != "hours" else 0)


def _calendar_days(time: Span) -> tuple[float, float]:
    """The fewest and the most calendar days that a time can take from a working day: a month as thirty, bank holidays as they lie at
    Christmas, and the days on which the area itself is closed left aside.

    Of a time whose unit is not stated: as it were calendar days at the least, and working days at the most.
    """
    n = _days_on(time)
    weekdays = n + 4 + n // 20  # with the bank holidays among them, at the most
    working = n + 2 * (n // 5), weekdays + 2 * -(-weekdays // 5)
    return {
        "working_days": working, "not_stated": (n, working[1]), "calendar_days": (n, n), "weeks": (n, n), "hours": (n / 24, n / 24),
        "calendar_months": (n, n + time.amount), "years": (n, n + time.amount),
    }[time.unit]  # fmt: skip


def _longer(one: Span, other: Span) -> bool:
    """Whether a time is longer than another: by their numbers in one unit, else from whatever working day both run."""
    if one.unit == other.unit:
        return _days_on(one) > _days_on(other)
    return _calendar_days(one)[0] > _calendar_days(other)[1]


class StepSchema(ListedSchema):
    """One step of the plan: by a day number of the plan, or by a span of its own from an event of its own."""

    eithers = (
        Either("due_by", "When is it due?", (
            Option("plan", "By a day of the plan, such as day 12", ("day", "from_day"), for_all=True,
                   needs=("day", "Enter the day of the plan")),
            Option("own", "After something of its own, such as 10 days after another step", ("start_events", "span", "from_span"),
                   needs=("start_events", "Select what it comes after. Where that is what starts the plan, select that")),
        )),
    )  # fmt: skip

    serves = DutyField(load_default="", validate=validate.Length(max=80), metadata={
        "label": SERVES_ASKED, "offers": "serves", "asked": "new", "hint": "The date of the law stays whatever is answered. Most steps serve none of these."})  # fmt: skip
    day = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 3660), metadata={
        "label": "By which day of the plan?", "hint": "A number, such as 12."})  # fmt: skip
    from_day = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 3660), metadata={
        "label": "Not before which day of the plan?", "hint": "Only for a window, such as from day 4 to day 8.", "asked": "seldom"})  # fmt: skip
    span = fields.Nested(SpanSchema, load_default=None, allow_none=True, metadata={
        "label": "Its time", "asked": "always"})  # fmt: skip
    from_span = fields.Nested(
        SpanSchema, load_default=None, allow_none=True, metadata={"label": "Not before this time of its own"}
    )
    start_events = events_field(
        "After what?",
        asked="always",
        hint="Of several, the earliest counts. Is it not here? Add it as a step "
        "of its own first: that step then stands here as “Done”.",
    )
    who = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"label": "Who does it", "offers": "who"},
    )
    optional = fields.Boolean(load_default=False, metadata={"label": "May it be left out?", "asked": "seldom"})
    when = ConditionField(load_default=None, allow_none=True, metadata={"label": "Only when"})
    ends_with = fields.String(
        load_default="",
        metadata={
            "label": "The event that completes it",
            "offers": "event",
            "hint": "Left empty: it is marked as done by hand.",
        },
    )

    @validates_schema
    @drafts_only
    def does_not_begin_after_it_ended(self, data: dict[str, Any], **_: Any) -> None:
        wait, time = data.get("from_span"), data.get("span")
        if wait is not None and (time is None or _longer(wait, time)):
            raise ValidationError("It cannot begin after its own time has ended: give a shorter time, or none.", "from_span")

    @validates_schema
    def is_told_in_one_way(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("day") is not None and data.get("span") is not None:
            raise ValidationError("Give a day number of the plan or a time of its own, not both.", "span")
        first, last = data.get("from_day"), data.get("day")
        if first is not None and (last is None or last < first):
            raise ValidationError("A window ends on or after the day it begins.", "from_day")
        if data.get("ends_with"):
            event_name(data["ends_with"])
