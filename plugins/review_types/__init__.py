"""An area's own kinds of review and outcomes, beside the statutory ones.

In plain words: beside or below a local child safeguarding practice review an area may have kinds of its own: a learning
review, a reflective review, a review of good practice. Each is open when its condition holds (or always), has the clock
the area gives it (or none) and its own output. Unless the area says so, it is not sent to the national Panel; whoever tries
to send a rapid review without a notification is told which of these ways are open instead.

Source: each area's published arrangements, named with each kind; that a rapid review needs a notification: row RR-1.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from threefold.plugin_api import (
    EVENTS,
    NO_DUTY,
    SERVES,
    SERVES_ASKED,
    Answer,
    Card,
    ConditionField,
    Days,
    Due,
    Facts,
    ListedSchema,
    Objection,
    Outcome,
    Provided,
    Rule,
    Source,
    SpanSchema,
    Step,
    answers,
    drafts_only,
    ended,
    happens,
    listed,
    start_reads,
    started,
)
from threefold.plugin_api import (
    Config as Settings,
)

REVIEWS = {key: SERVES[key] for key in ("rapid-review", "local-review", NO_DUTY)}
NOTIFIED = ("review.events.notification_sent", "review.events.notification_withdrawn", "review.events.criteria_not_met")


def _event(value: str) -> None:
    if value not in EVENTS and not value.startswith("done:"):
        raise ValidationError(f"There is no event '{value}'. Use one of: {', '.join(EVENTS)}, or done:<use>.<step>.")


class TypeSchema(ListedSchema):
    """One kind of review, or one outcome."""

    when = ConditionField(
        load_default=None, allow_none=True, metadata={"label": "Open when", "hint": "Empty: the partners may always choose it."}
    )
    serves = fields.String(load_default="", validate=validate.OneOf(("", *REVIEWS)), metadata={
        "label": SERVES_ASKED, "words": REVIEWS, "asked": "new"})  # fmt: skip
    needs_notification = fields.Boolean(load_default=False, metadata={"label": "Only after a notification"})
    national = fields.Boolean(load_default=False, metadata={"label": "Is it sent to the national Panel?"})
    clock = fields.Nested(
        SpanSchema,
        load_default=None,
        allow_none=True,
        metadata={"label": "To be done within", "hint": "Empty: it has no clock."},
    )
    clock_starts = fields.List(
        fields.String(validate=_event), load_default=list, metadata={"label": "What starts its clock", "offers": "events"}
    )
    timescale = fields.String(load_default="", validate=validate.Length(max=500), metadata={
        "label": "Its time in words, where it has no clock"})  # fmt: skip
    output = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={"label": "What comes of it", "hint": "Such as: a one-page report."},
    )
    methods = fields.List(
        fields.String(validate=validate.Length(1, 200)), load_default=list, metadata={"label": "Ways of working"}
    )
    good_practice = fields.Boolean(load_default=False, metadata={"label": "Also for good practice"})

    @validates_schema
    @drafts_only
    def its_time_is_said_once(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("clock") and data.get("timescale"):
            raise ValidationError(
                "It has a time to be done within, so this would be told nowhere. Keep one of the two.", "timescale"
            )


class ReviewTypes(Rule):
    """An area's own kinds of review. Source: each area's published arrangements; RR-1."""

    card = Card(
        id="review-types",
        major=1,
        title="Review types and outcomes",
        summary="Kinds of review of the area's own: when they are open, their clock if any, and what comes of them.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"incident.*", "incident.children[].*", "review.*", "review.events.*", "review.local_type"}),
    )

    class Config(Settings):
        types = listed(TypeSchema, "Kinds of review and outcomes", each_alone=True)

    def provides(self) -> Iterable[Provided]:
        for t in self.settings["types"]:
            yield Provided("outcome", t["key"], t["title"], _in_full(t), t["source"], (
                ("serves", t["serves"]), ("national", t["national"]), ("needs_notification", t["needs_notification"]), ("clock", str(t["clock"]) if t["clock"] else None),
                ("clock_starts", tuple(t["clock_starts"])), ("timescale", t["timescale"]), ("output", t["output"]), ("methods", tuple(t["methods"])), ("good_practice", t["good_practice"]),
                ("when", t["when"].sentence if t["when"] else None), ("text", t["text"]),
                # The time as values: what the law's floor holds against its own.
                *((f"span_{name}", getattr(t["clock"], name) if t["clock"] else None) for name in ("amount", "unit", "start_is_day"))))  # fmt: skip

    @answers
    def outcomes(self, facts: Facts) -> Iterable[Outcome]:
        for t in self.settings["types"]:
            reads = (*(t["when"].reads if t["when"] else ()), *(NOTIFIED if t["needs_notification"] else ()))
            yield Outcome(
                t["key"],
                t["title"],
                _is_open(t, facts),
                _words(t),
                t["source"],
                reads,
                national=t["national"],
                when=t["when"].meaning if t["when"] else "",
            )

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        chosen = facts.review.local_type
        for t in self.settings["types"]:
            if t["clock"] is None or t["key"] != chosen:
                continue
            events = [e for name in t["clock_starts"] if (e := started(facts, name))]
            start = min(events, key=lambda e: (e.day, str(e.at)), default=None)
            due = days.due(start.at, t["clock"], local=True) if start else Due(None)
            ends = f"done:{self.use}.{t['key']}"
            # The review that each notification has of its own is done anew with it.
            since = start.day if start and t["serves"] != "rapid-review" else None
            yield Step(
                t["key"], t["title"], _purpose(t), " ".join(filter(None, (_words(t), due.unknown))), t["source"],
                ("review.local_type", *(path for name in t["clock_starts"] for path in start_reads(name))), False,
                start.name if start else next(iter(t["clock_starts"]), ""), starts_on=start.day if start else None, span=t["clock"],
                due_on=due.on, readings=due.readings, ends_with=ends, done_on=facts.review.done_on(ends, since),
                starts=tuple(t["clock_starts"]),
            )  # fmt: skip

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        if move != "send_rapid_review":
            return
        local = [t for t in self.settings["types"] if not t["national"]]
        if not facts.review.was_notified:
            ways = [t for t in local if not t["needs_notification"] and _is_open(t, facts) != "no"]
            if ways:
                titles = "; ".join(t["title"] for t in ways)
                yield Objection("local-ways", move, f"Without a notification there is no rapid review to send. Open instead: {titles}.", ways[0]["source"],
                                ("review.events.notification_sent",), offers=tuple(t["key"] for t in ways))  # fmt: skip
        for t in local:
            if facts.review.local_type == t["key"]:
                yield Objection(f"local-type/{t['key']}", move, f"The partners chose '{t['title']}'. It is a local way and is not sent to the Panel.",
                                t["source"], ("review.local_type",), field="local_type", offers=(t["key"],))  # fmt: skip


def _purpose(t: dict[str, Any]) -> str:
    """What a kind's own clock serves: the review of the law that it is, beside whose date its own then stands, or itself."""
    return t["serves"] if t["serves"] not in ("", NO_DUTY) else f"local-type.{t['key']}"


def _is_open(t: dict[str, Any], facts: Facts) -> Answer:
    if t["needs_notification"] and not facts.review.notified:
        return "no"
    answer: Answer = t["when"].answer(facts) if t["when"] else "yes"
    return answer


def _in_full(t: dict[str, Any]) -> str:
    """A kind of review as the arrangement tells it: all that is set of it."""
    since = " or ".join(map(happens, t["clock_starts"]))
    parts = [_words(t, f", starting when {since}" if since else "")]
    if t["when"]:
        parts.append(f"It is open where this holds: {t['when'].sentence}.")
    if t["serves"] not in ("", NO_DUTY):
        parts.append(f"It serves {SERVES[t['serves']][:1].lower()}{SERVES[t['serves']][1:]}.")
    if t["needs_notification"]:
        parts.append("It is open only after a notification.")
    if since and not t["clock"]:
        parts.append(
            f"Its time is counted from the day when {since}."
            if t["timescale"]
            else f"No time is set for it; one would be counted from the day when {since}."
        )
    if t["methods"]:
        parts.append(f"Ways of working: {'; '.join(t['methods'])}.")
    if t["good_practice"]:
        parts.append("It is for good practice, too.")
    return " ".join(parts)


def _words(t: dict[str, Any], since: str = "") -> str:
    """What is said of a kind of review in a case, or (`since`) with what its clock counts from."""
    text = ended(t["text"] or t["title"])
    if t["clock"]:
        clock = f" To be done within {t['clock']}{since}."
    elif t["timescale"]:
        clock = f" {ended(t['timescale'])}"
    else:
        clock = ""
    output = f" What comes of it: {ended(t['output'])}" if t["output"] else ""
    national = (
        " It is sent to the national Panel." if t["national"] else " It is a local way: it is not sent to the national Panel."
    )
    return f"{text}{clock}{output}{national}"
