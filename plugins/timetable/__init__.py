"""An area's own day plan, beside the statutory clocks.

In plain words: an area plans its work in numbered days or in times from an event. Each step has its start event or events
(the earliest counts; a later copy never restarts the plan), its unit as the source gives it, and whether the event's own
day is day 0 or day 1. Where no unit is stated, no date is made up: what each unit would give is shown. A local target
stands beside the statutory date and never replaces it; an area's closures move these steps only.

Source: each area's published arrangements, named with each step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from marshmallow import ValidationError, fields, validate, validates_schema

from plugins.timetable.settings import StepSchema, events_field, unit_field
from threefold.plugin_api import (
    AGREED_HERE,
    EVENTS,
    NO_DUTY,
    START_DAY_WORDS,
    UNIT_FROM,
    UNIT_FROM_WORDS,
    Card,
    Condition,
    Days,
    Due,
    Event,
    Facts,
    Provided,
    Rule,
    Source,
    SourceField,
    Span,
    Step,
    answers,
    drafts_only,
    ended,
    happens,
    listed,
    start_reads,
    started,
    untimed,
)
from threefold.plugin_api import (
    Config as Settings,
)

_A_WORD = re.compile(r"[a-z0-9][a-z0-9_.-]*")  # such as a file has it: what is for one thing has one word


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of the plan, ready to be dated."""

    key: str
    title: str
    text: str
    serves: str
    span: Span | None
    from_span: Span | None
    start_events: tuple[str, ...]
    who: str
    optional: bool
    when: Condition | None
    ends_with: str
    source: Source
    set_in: str  # the setting that says its time: the floor leads there


# Steps that serve these are done once for each notification.
_OF_ONE_NOTIFICATION = frozenset({"notify-panel", "rapid-review"})


class Timetable(Rule):
    """An area's own day plan: local targets, never statutory dates. Source: each area's published arrangements."""

    card = Card(
        id="timetable",
        major=1,
        title="Local timetable",
        summary="The area's own steps and days, beside the statutory dates and never in their place.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"incident.*", "incident.children[].*", "review.*", "review.events.*"}),
    )

    class Config(Settings):
        start_events = events_field("What starts the plan", for_all=True)
        unit = unit_field(load_default="not_stated")
        unit_from = fields.String(load_default="stated", validate=validate.OneOf(("stated", "inferred")), metadata={
            "label": UNIT_FROM, "words": UNIT_FROM_WORDS, "asked": "seldom"})  # fmt: skip
        start_is_day = fields.Integer(load_default=0, strict=True, validate=validate.OneOf((0, 1)), metadata={
            "label": "Does the day on which the plan starts count?", "words": START_DAY_WORDS, "for_all": True})  # fmt: skip
        steps = listed(StepSchema, "Steps, in the order in which they are done", each_alone=True, in_order_of="day")
        reminder_days = fields.List(fields.Integer(strict=True, validate=validate.Range(-30, 60)), load_default=list, metadata={
            "label": "How many calendar days ahead is it called to mind?", "hint": "For example 7, 2, 0: a week ahead, two days ahead, and on the day itself; -1 is the day after. They hold for this plan’s steps. What has no times of its own takes those of the first plan that has any."})  # fmt: skip
        source = SourceField(metadata={"label": "Source of the plan as a whole"})

        @validates_schema
        @drafts_only
        def a_plan_that_begins_on_day_1_has_no_day_0(self, data: dict[str, Any], **_: Any) -> None:
            if data.get("start_is_day") != 1:
                return
            wrong = {
                index: {name: ["The plan counts its start event’s own day as day 1. Enter 1 or more."] for name in names}
                for index, step in enumerate(data.get("steps", ()))
                if (names := [name for name in ("day", "from_day") if step[name] == 0])
            }
            if wrong:
                raise ValidationError({"steps": wrong})

    def prepare(self) -> None:
        s = self.settings

        def numbered(day: int | None, source: Source) -> Span | None:
            # What the partners agreed here themselves is no inference from a page, whatever the rest of the plan is.
            unit_from: Literal["stated", "inferred"] = "stated" if source.ref == AGREED_HERE else s["unit_from"]
            return None if day is None else Span(day, s["unit"], unit_from, s["start_is_day"])

        self._plan = tuple(
            Planned(
                p["key"], p["title"], p["text"], p["serves"], p["span"] or numbered(p["day"], p["source"]),
                p["from_span"] or numbered(p["from_day"], p["source"]),
                tuple(p["start_events"] or s["start_events"]), p["who"], p["optional"], p["when"],
                p["ends_with"] or f"done:{self.use}.{p['key']}", p["source"], "span" if p["span"] else "day",
            )
            for p in s["steps"]
        )  # fmt: skip

    def provides(self) -> Iterable[Provided]:
        for p in self._plan:
            yield Provided("step", p.key, p.title, _told(p, self.use), p.source, (
                ("serves", p.serves), ("statutory", False), ("start_events", p.start_events), ("span", str(p.span) if p.span else None),
                ("not_before", str(p.from_span) if p.from_span else None), ("who", p.who), ("optional", p.optional),
                ("when", p.when.sentence if p.when else None), ("ends_with", p.ends_with), ("text", p.text),
                # The time as values: what the law's floor holds against its own number of days.
                ("set_in", p.set_in if p.span else None),
                *((f"span_{name}", getattr(p.span, name) if p.span else None) for name in ("amount", "unit", "start_is_day"))))  # fmt: skip
        if self.settings["reminder_days"]:
            leads = tuple(str(d) for d in self.settings["reminder_days"])
            yield Provided("reminder", "lead-days", "Reminders", f"What is due is called to mind {_reminded(self.settings['reminder_days'])}.",
                           self.settings["source"], (("lead_days", leads),))  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        apply = {p.key: p.when.test(facts) if p.when else True for p in self._plan}
        never = self._that_never_begin(apply, facts)
        for p in self._plan:
            if apply[p.key] is not False and p.key not in never:
                yield self._dated(p, facts, days, unclear=apply[p.key] is None)

    def _that_never_begin(self, apply: Mapping[str, bool | None], facts: Facts) -> set[str]:
        """The steps that come only after steps of this plan which the case does not have, by their condition or in the same way: nothing
        would ever start them, and nobody waits for them."""
        never: set[str] = set()
        for _ in self._plan:
            gone = {f"done:{self.use}.{p.key}" for p in self._plan if apply[p.key] is False or p.key in never}
            never |= {
                p.key for p in self._plan
                if p.start_events and gone.issuperset(p.start_events) and not any(started(facts, name) for name in p.start_events)
            }  # fmt: skip
        return never

    def _ended(self, p: Planned, facts: Facts, since: date | None) -> Event | None:
        """What ended a step, whose clock began on `since`. A step of the notification or of its review is done once for each of them."""
        if not p.ends_with.startswith("done:"):
            return started(facts, p.ends_with)
        return facts.review.done(p.ends_with, None if p.serves in _OF_ONE_NOTIFICATION else since)

    def _first(self, p: Planned, facts: Facts) -> Event | None:
        """The earliest event that happened of those that start a step."""
        found = [event for name in p.start_events if (event := started(facts, name)) is not None]
        return min(found, key=lambda e: (e.day, str(e.at), e.name), default=None)

    def _dated(self, p: Planned, facts: Facts, days: Days, *, unclear: bool) -> Step:
        begun = self._first(p, facts)
        name, starts_on, start = (begun.name, begun.day, begun.at) if begun else ("", None, None)
        due_on: date | datetime | None = None
        wait = Due(None)
        readings: tuple[tuple[str, date], ...] = ()
        unknown = ""
        if start is not None and p.span is not None:
            due = days.due(start, p.span, local=True)
            due_on, readings, unknown = due.on, due.readings, due.unknown
            if p.from_span is not None:
                wait = days.due(start, p.from_span, local=True)
        due_from = None if isinstance(wait.on, datetime) else wait.on
        sentence = _sentence(p, name, starts_on, due_on, wait, readings, unknown)
        if unclear and p.when is not None:
            sentence += f" It applies when {p.when.sentence}; that is not clear yet."
        reads = (
            tuple(path for event in p.start_events for path in start_reads(event))
            + start_reads(p.ends_with)
            + (p.when.reads if p.when else ())
        )
        return Step(
            p.key, p.title, p.serves if p.serves != NO_DUTY else "", sentence, p.source, reads, False, name or (p.start_events[0] if p.start_events else ""),
            starts_on=starts_on, span=p.span, due_on=due_on, due_from=due_from, readings=readings, who=p.who, ends_with=p.ends_with,
            done_on=done.day if (done := self._ended(p, facts, starts_on)) else None, optional=p.optional,
            when=p.when.meaning if p.when else "", applies="unclear" if unclear else "yes", starts=p.start_events, from_span=p.from_span,
            silent=p.span is None and starts_on is None,  # a step without a time says nothing until what starts it has happened
        )  # fmt: skip


def _sentence(
    p: Planned, name: str, starts_on: date | None, due_on: date | datetime | None, wait: Due,
    readings: tuple[tuple[str, date], ...], unknown: str,
) -> str:  # fmt: skip
    text = f"{ended(p.text)} " if p.text else ""
    if not name:
        return f"{text}{_planned_words(p)} That day is not on record."
    start = f"from {_said(starts_on)}, the day {_event_words(name)}"
    not_before = f" Not before {_said(wait.on) if wait.on else p.from_span}." if p.from_span else ""
    if due_on is not None and wait.on is not None:
        window = f"between {_said(wait.on)} and {_said(due_on)}" if wait.on != due_on else f"by {_said(due_on)}"
        return f"{text}Local target: {window} ({p.span}, {start})."
    if due_on is not None:
        return f"{text}Local target: by {_said(due_on)} ({p.span}, {start}).{not_before}"
    if readings:
        could_be = "; ".join(f"{_said(day)} {reading}" for reading, day in readings)
        return f"{text}Local target: {p.span}, {start}. The source does not state the unit: it would be {could_be}.{not_before}"
    if unknown:
        return f"{text}Local target: {p.span}, {start}. {unknown}{not_before}"
    return f"{text}It begins {start}. {untimed(p.source)}"


def _planned_words(p: Planned) -> str:
    start = " or ".join(_event_words(e) for e in p.start_events)
    if p.span is None:
        return f"Begins when {start}; no time is stated." if start else untimed(p.source)
    window = f"Not before {_waited(p.from_span, p.span)} and within {p.span}" if p.from_span else f"Within {p.span}"
    return f"{window}, starting when {start}." if start else f"{window}; the start is not stated."


def _waited(wait: Span, time: Span) -> str:
    """How long a step waits, beside its time: the unit is said where it is another, and which day is day 1."""
    alike = (wait.unit, wait.start_is_day) == (time.unit, time.start_is_day)
    own_day = (
        ""
        if wait.start_is_day == time.start_is_day
        else f" ({'the day of the start' if wait.start_is_day else 'the day after the start'} being day 1)"
    )
    return str(wait.amount) if alike else f"{replace(wait, unit_from='stated', start_is_day=0)}{own_day}"


# Duties of the law that a local step may serve, as the rest of a sentence. Other words than these keep steps together.
_SERVED = {
    "local-review": "the local child safeguarding practice review",
    "tell-state": "the telling of the Secretary of State and Ofsted",
    "advance-copy": "the sending of a review’s report before it is published",
    "yearly-report": "the yearly report",
    "yearly-report-copy": "the sending of the yearly report’s copies",
    "publication": "the publication",
    "child-death.tell-office": "the telling of the child death office",
    "notify-panel": "the notification",
    "tell-partners": "the telling of the partners",
    "rapid-review": "the rapid review",
}


def _told(p: Planned, use: str) -> str:
    """A step as the arrangement tells it: its time, what is said of it, when it applies."""
    only = f"Only when {p.when.sentence}." if p.when else ""
    wait = f"Not before {p.from_span}." if p.from_span and not p.span else ""
    ends = "" if p.ends_with == f"done:{use}.{p.key}" else f"It is done when {happens(p.ends_with)}."
    serves = _serves(p.serves) if p.serves and p.serves != NO_DUTY else ""
    left_out = "It may be left out." if p.optional else ""
    return " ".join(part for part in (_planned_words(p), wait, ended(p.text), only, ends, serves, left_out) if part)


def _serves(what: str) -> str:
    """The duty of the law that a step serves, or what it is for in the area's own words."""
    if what in _SERVED:
        return f"It serves {_SERVED[what]}."
    return f"It is for: {what.replace('-', ' ') if _A_WORD.fullmatch(what) else what.rstrip('. ')}."


def _reminded(leads: list[int]) -> str:
    """When reminders come, in calendar days: ahead of what is due, on its day, after it."""
    told = [
        "on the day itself" if d == 0 else f"{abs(d)} day{'s' if abs(d) > 1 else ''} {'ahead' if d > 0 else 'after'}"
        for d in dict.fromkeys(leads)
    ]
    return " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))


def _event_words(event: str) -> str:
    return EVENTS.get(event) or f"the step '{event.removeprefix('done:')}' was done"


def _said(when: date | datetime | None) -> str:
    if isinstance(when, datetime):
        return f"{when:%H:%M on %-d %B %Y}"
    return f"{when:%-d %B %Y}" if when else "a day not on record"
