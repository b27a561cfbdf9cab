"""How a disagreement between professionals or agencies climbs, stage by stage.

In plain words: each stage has one or more clocks of its own, in working days or in hours, from events of its own; some are
optional branches. Certain stages must be told to somebody, on a set form. Some matters are kept out. A disagreement never
holds up a statutory act: its steps are local steps on a track of their own. Once it is settled, what was still open of it is over, but
for a stage of which the area says what else completes it. A disagreement that is raised after that starts the stages anew.

Source: each area's published procedure, named with each stage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from plugins.escalation_ladder.rounds import SETTLED, Rounds, only_within, stays
from threefold.plugin_api import (
    EVENTS,
    Card,
    ConditionField,
    Days,
    Due,
    Event,
    Facts,
    ListedSchema,
    Provided,
    Rule,
    Source,
    SpanSchema,
    Step,
    Telling,
    answers,
    ended,
    from_the_form,
    happens,
    listed,
    quoted,
    start_reads,
    untimed,
)
from threefold.plugin_api import (
    Config as Settings,
)

_DONE = re.compile(r"^done:[a-z0-9][a-z0-9_.-]{0,160}$")
_TEXT = validate.Length(max=1000)


def _event(value: str) -> None:
    if value and value not in EVENTS and not _DONE.match(value):
        raise ValidationError(f"There is no event '{value}'. Use one of: {', '.join(EVENTS)}, or done:<use>.<step>.")


class StageSchema(ListedSchema):
    """One clock within a stage, or a stage of which no time is known."""

    stage = fields.Integer(required=True, strict=True, validate=validate.Range(0, 20), metadata={
        "label": "Stage number", "ranks": True, "hint": "Stages of one number stand side by side. Moving a stage in its list changes the numbers of the two."})  # fmt: skip
    formal = fields.Boolean(load_default=None, allow_none=True, metadata={"label": "Is it a formal stage?"})
    span = fields.Nested(
        SpanSchema,
        load_default=None,
        allow_none=True,
        metadata={"label": "Within", "hint": "Empty: no time is known.", "asked": "always"},
    )
    start_events = fields.List(
        fields.String(validate=_event),
        load_default=list,
        metadata={"label": "What starts it", "offers": "events", "asked": "always"},
    )
    ends_with = fields.String(
        load_default="",
        validate=_event,
        metadata={
            "label": "The event that completes it",
            "offers": "event",
            "hint": "Empty: it is over once it is marked as done, or the disagreement is settled.",
        },
    )
    optional = fields.Boolean(load_default=False, metadata={"label": "Is it a branch that may not be taken?"})
    when = ConditionField(
        load_default=None, allow_none=True, metadata={"label": "Only when", "hint": "Such as: when it is urgent."}
    )
    who = fields.String(load_default="", validate=_TEXT, metadata={"label": "Who acts", "offers": "who"})


class TellSchema(ListedSchema):
    """Somebody to be told at a stage."""

    event = fields.String(
        required=True, validate=_event, metadata={"label": "When this happens", "offers": "event", "asked": "always"}
    )
    whom = fields.String(required=True, validate=validate.Length(1, 200), metadata={"label": "Who is told"})
    form = fields.String(load_default="", validate=_TEXT, metadata={"label": "On which form"})


class EscalationLadder(Rule):
    """How a disagreement climbs. Source: each area's published procedure."""

    card = Card(
        id="escalation-ladder",
        major=1,
        title="Escalation of disagreements",
        summary="The stages of a disagreement, their clocks, who is told, and what is kept out.",
        source=Source("The area's published procedure", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"incident.*", "incident.children[].*", "review.*", "review.events.*"}),
    )

    class Config(Settings):
        stages = listed(StageSchema, "Stages and their clocks", one="a stage", each_alone=True, in_order_of="stage")
        tells = listed(TellSchema, "Who is told", one="somebody to be told")
        covers = listed(ListedSchema, "What it is for", one="something it is for")
        carve_outs = listed(ListedSchema, "What is kept out of it", one="something that is kept out")

    def provides(self) -> Iterable[Provided]:
        for s in sorted(self.settings["stages"], key=lambda s: s["stage"]):  # however they stand in the list
            yield Provided("ladder_stage", s["key"], s["title"], _words(s), s["source"], (
                ("stage", s["stage"]), ("formal", s["formal"]), ("start_events", tuple(s["start_events"])), ("span", str(s["span"]) if s["span"] else None),
                ("optional", s["optional"]), ("who", s["who"]), ("ends_with", s["ends_with"]), ("when", s["when"].sentence if s["when"] else None),
                ("text", s["text"])))  # fmt: skip
        for t in self.settings["tells"]:
            yield Provided(
                "telling",
                t["key"],
                t["title"],
                f"{_told(t)} Told to: {quoted(t['whom'].rstrip('. '))}, when {happens(t['event'])}.",
                t["source"],
                (("event", t["event"]), ("whom", t["whom"]), ("form", t["form"]), ("text", t["text"])),
            )
        for c in self.settings["covers"]:
            yield Provided(
                "carve_out",
                f"covers-{c['key']}",
                c["title"],
                f"{ended(c['text'] or c['title'])} It is settled in this way.",
                c["source"],
                (("kept_out", False), ("text", c["text"])),
            )
        for c in self.settings["carve_outs"]:
            yield Provided("carve_out", c["key"], c["title"], f"{ended(c['text'] or c['title'])} It is not settled in this way.", c["source"], (
                ("kept_out", True), ("text", c["text"])))  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        # Only what has begun and is not settled: a case without a disagreement shows no ladder.
        stages = {f"done:{self.use}.{s['key']}": s["start_events"] for s in self.settings["stages"]}
        before = [event for event in facts.review.done_before if event not in facts.review.still_done]
        rounds = Rounds((*facts.review.counted, *from_the_form(facts)), only_within(stages), before)
        for s in self.settings["stages"]:
            ends = s["ends_with"] or f"done:{self.use}.{s['key']}"
            begun = rounds.begun(s["start_events"], ends, s["ends_with"])
            if begun is None:
                continue
            start, done_on = begun
            applies = s["when"].test(facts) if s["when"] else True
            if applies is False:
                continue
            due = days.due(start.at, s["span"], local=True) if s["span"] else Due(None)
            yield Step(
                s["key"], s["title"], f"dispute.{self.use}.{s['key']}", _dated(s, start, due), s["source"],
                (*(path for name in s["start_events"] for path in start_reads(name)), *_over(s, ends), *(s["when"].reads if s["when"] else ())), False,
                start.name, starts_on=start.day, span=s["span"], due_on=due.on, readings=due.readings, who=s["who"], ends_with=ends,
                done_on=done_on, optional=s["optional"], when=s["when"].meaning if s["when"] else "",
                applies="unclear" if applies is None else "yes", starts=tuple(s["start_events"]),
            )  # fmt: skip

    @answers
    def to_tell(self, facts: Facts, event: str) -> Iterable[Telling]:
        rounds = Rounds((*facts.review.counted, *from_the_form(facts)))
        for t in self.settings["tells"]:
            if t["event"] == event:
                yield Telling(t["key"], event, t["whom"], _told(t), t["source"], start_reads(event), rounds.on(event))


def _over(s: dict[str, Any], ends: str) -> tuple[str, ...]:
    """What ends a stage: what completes it, and the settlement, unless the stage waits for the former whatever is settled."""
    names = (ends,) if stays(s["ends_with"]) else dict.fromkeys((ends, SETTLED))
    return tuple(path for name in names for path in start_reads(name))


def _words(s: dict[str, Any]) -> str:
    text = ended(s["text"] or s["title"])
    start = "" if s["start_events"] else "; the start is not stated"
    within = f"Within {s['span']}{start}." if s["span"] else untimed(s["source"])
    formal = {True: "It is a formal stage.", False: "It is an informal stage.", None: ""}[s["formal"]]
    begins = f"It begins when {' or '.join(map(happens, s['start_events']))}." if s["start_events"] and not s["span"] else ""
    ends = f"It ends when {happens(s['ends_with'])}." if s["ends_with"] else ""
    over = "It is over once the disagreement is settled; another one starts it anew." if _is_over_with_it(s) else ""
    only = f"Only when {s['when'].sentence}." if s["when"] else ""
    branch = "It is a branch that may not be taken." if s["optional"] else ""
    return " ".join(filter(None, (f"Stage {s['stage']}: {text} {within}", formal, begins, ends, over, only, branch)))


def _is_over_with_it(s: dict[str, Any]) -> bool:
    """Whether the settlement ends a stage that something else starts, and that is not said already."""
    return not stays(s["ends_with"]) and s["ends_with"] != SETTLED and bool(set(s["start_events"]) - {SETTLED})


def _dated(s: dict[str, Any], start: Event, due: Due) -> str:
    text = f"Stage {s['stage']}: {ended(s['text'] or s['title'])}"
    since = f"{s['span']} from {start.day:%-d %B %Y}" if s["span"] else ""
    if due.on is not None:
        day = f"{due.on:%H:%M on %-d %B %Y}" if isinstance(due.on, datetime) else f"{due.on:%-d %B %Y}"
        return f"{text} Local target: by {day} ({since})."
    if due.readings:
        return f"{text} {since}; the source does not state the unit."
    if due.unknown:
        return f"{text} {since}. {due.unknown}"
    return f"{text} {untimed(s['source'])}"


def _told(t: dict[str, Any]) -> str:
    form = f" On: {t['form']}." if t["form"] else ""
    return f"{ended(t['text'] or t['title'])}{form}"
