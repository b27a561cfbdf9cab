"""A verdict: everything that was said of one case on one day, by whom, under which version and edition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from threefold.domain.calendar import Span, london_day
from threefold.domain.findings import (
    AgencyAsk,
    Criterion,
    Duty,
    Finding,
    Limit,
    Objection,
    Outcome,
    Step,
    Telling,
    Way,
)
from threefold.domain.sources import FORCE_WORDS, SURE_WORDS, Source, effect_of
from threefold.governance.ask import Failure, Said
from threefold.governance.rule_set import RuleRef


@dataclass(frozen=True, slots=True)
class Pin:
    """Which version of the arrangement and which edition of the law govern a day. `version` None: it is unknown."""

    version: str | None
    edition: str
    notes: tuple[str, ...] = ()

    @property
    def governs(self) -> tuple[str | None, str]:
        """What it pins to, whatever is said beside it."""
        return self.version, self.edition


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as shown: the rule that made it, and the pin it was judged under.

    `closed`: the area's closed days that moved its date.
    """

    hook: str
    said: Said[Any]
    pin: Pin
    closed: tuple[date, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.hook}:{self.said.rule.use}:{self.said.finding.key}"

    @property
    def finding(self) -> Finding:
        finding: Finding = self.said.finding
        return finding

    @property
    def rule(self) -> RuleRef:
        return self.said.rule

    @property
    def state(self) -> str:
        """What `what_if` watches: the part of a finding that a changed fact can turn."""
        match self.finding:
            case Duty() as duty:
                return duty.arises
            case Criterion() as criterion:
                return criterion.state
            case Outcome() as outcome:
                return outcome.is_open
            case Step() as step:
                return f"due {step.due_on.isoformat()}" if step.due_on else "no date"
            case _:
                return "said"


@dataclass(frozen=True, slots=True)
class TwoDates:
    """What is due for one purpose: the statutory date and the local targets, side by side and never mixed."""

    serves: str
    statutory: Line | None
    local: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A single change of one fact that would alter a line."""

    path: str
    label: str
    now: str
    then: str
    becomes: str

    @property
    def sentence(self) -> str:
        return f"If '{self.label}' were '{self.then}' (it is '{self.now}'), this would be: {self.becomes}."


JUDGEMENT = "A judgement; no fact decides it."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything said of one case, as of one day."""

    body: str
    as_of: date
    pins: tuple[Pin, ...]
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    failures: tuple[Failure, ...]
    fingerprints: tuple[str, ...]
    possible: tuple[tuple[str, tuple[Line, ...]], ...] = ()  # what each version of unknown date would say, if it applied

    def of(self, hook: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.hook == hook)

    def line(self, line_id: str) -> Line | None:
        return next((line for line in self.lines if line.id == line_id), None)

    @property
    def two_dates(self) -> tuple[TwoDates, ...]:
        """The steps by what they serve. Of several statutory dates the earliest dated one governs; an undated one
        governs nothing yet."""
        served: dict[str, list[Line]] = {}
        for line in self.of("steps"):
            served.setdefault(step_of(line).serves or f"{line.rule.use}.{line.finding.key}", []).append(line)
        return tuple(
            TwoDates(serves, _strictest([ln for ln in lines if step_of(ln).statutory]),
                     tuple(ln for ln in lines if not step_of(ln).statutory))
            for serves, lines in sorted(served.items(), key=lambda kv: (_first_day(kv[1]), kv[0]))
        )  # fmt: skip

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


def step_of(line: Line) -> Step:
    step = line.finding
    if not isinstance(step, Step):
        raise TypeError(f"{line.id} is not a step")
    return step


def is_silent(finding: Finding) -> bool:
    """Whether nothing is told of a finding yet: a step that the case has and that says nothing until it begins."""
    return isinstance(finding, Step) and finding.silent


def _strictest(lines: list[Line]) -> Line | None:
    return min(lines, key=lambda ln: (step_of(ln).due_on is None, _day(step_of(ln).due_on)), default=None)


def _day(when: date | datetime | None) -> date:
    return london_day(when) if when else date.max


def _first_day(lines: list[Line]) -> date:
    return min((_day(step_of(ln).due_on) for ln in lines), default=date.max)


def verdict_to_json(verdict: Verdict, changes: dict[str, list[Change]] | None = None) -> dict[str, Any]:
    """The JSON shape that `threefold decide`, the API and the stored verdict share."""

    def shown(hook: str) -> list[dict[str, Any]]:
        return [line_to_json(line, changes) for line in verdict.of(hook)]

    return {
        "format": 1,
        "body": verdict.body,
        "as_of": verdict.as_of.isoformat(),
        "pins": [pin_to_json(p) for p in verdict.pins],
        "notes": list(verdict.notes),
        "duties": shown("duties"),
        "steps": [
            {
                "serves": t.serves,
                "statutory": line_to_json(t.statutory, changes) if t.statutory else None,
                "local": [line_to_json(line, changes) for line in t.local],
            }
            for t in verdict.two_dates
        ],
        "criteria": shown("criteria"),
        "objections": shown("objections"),
        "outcomes": shown("outcomes"),
        "decisions": shown("decision"),
        "to_tell": shown("to_tell"),
        "agencies": shown("agencies"),
        "limits": shown("limits"),
        "failures": [
            {"rule": f.rule.rule, "use": f.rule.use, "hook": f.hook, "sentence": f.sentence, "what": f.what}
            for f in verdict.failures
        ],
        "fingerprints": list(verdict.fingerprints),
        "possible": [
            {"version": version, "lines": [line_to_json(line, None) for line in lines]} for version, lines in verdict.possible
        ],
    }  # fmt: skip


def pin_to_json(pin: Pin) -> dict[str, Any]:
    return {"version": pin.version or "unknown", "edition": pin.edition, "notes": list(pin.notes)}


def line_to_json(line: Line, changes: dict[str, list[Change]] | None) -> dict[str, Any]:
    """One line: the finding's own values, then why."""
    finding = line.finding
    own = {
        f.name: _plain(getattr(finding, f.name))
        for f in fields(finding)
        if f.name not in ("source", "reads", "sentence", "span", "from_span", "silent")
    }
    if isinstance(finding, Step):
        own["span"], own["from_span"] = _span(finding.span), _span(finding.from_span)
        own["closed"] = _plain(line.closed)
    if isinstance(finding, Objection):
        own["effect"] = effect(line)
    return {
        "id": line.id, **own,
        "sentence": finding.sentence,
        "rule": {"use": line.rule.use, "name": line.rule.rule, "code": line.rule.code, "layer": line.rule.layer},
        "version": line.pin.version or "unknown",
        "edition": line.pin.edition,
        "source": source_to_json(finding.source),
        "reads": list(finding.reads),
        "changes": _changes(line, changes),
    }  # fmt: skip


def _changes(line: Line, changes: dict[str, list[Change]] | None) -> dict[str, Any]:
    if isinstance(line.finding, Criterion) and line.finding.judgement:
        return {"sentence": JUDGEMENT, "single": []}
    found = (changes or {}).get(line.id, [])
    return {
        "sentence": "" if found or changes is None else "No single change of a finite fact would alter this.",
        "single": [{"fact": c.path, "label": c.label, "now": c.now, "then": c.then, "becomes": c.becomes,
                    "sentence": c.sentence} for c in found],
    }  # fmt: skip


def effect(line: Line) -> str:
    """What an objection does. A rule of the law acts with its own force; a local rule can never stop anything the law
    asks for, so its objection is at most noted or asks for a reason."""
    objection = line.finding
    if not isinstance(objection, Objection):
        raise TypeError(f"{line.id} is not an objection")
    if line.rule.layer == "law":
        return "refused" if objection.bars else "warned" if objection.warns else effect_of(objection.force)
    return "needs_reason" if objection.force == "SG" else "noted"


def source_to_json(source: Source) -> dict[str, str]:
    return {
        "ref": source.ref, "force": source.force, "force_words": FORCE_WORDS[source.force],
        "sure": source.sure, "sure_words": SURE_WORDS[source.sure], "where": source.where,
    }  # fmt: skip


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"amount": span.amount, "unit": span.unit, "unit_from": span.unit_from, "start_is_day": span.start_is_day,
            "words": str(span)}  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


__all__ = [
    "AgencyAsk", "Change", "Line", "Limit", "Pin", "Telling", "TwoDates", "Verdict", "Way", "effect", "line_to_json",
    "step_of", "verdict_to_json",
]  # fmt: skip
