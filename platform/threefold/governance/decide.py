"""Which rules apply on which day, and what they say of a case. Facts in, verdict out; no database, no clock.

Each line is judged under the version of the arrangement and the edition of the law in force on *its own* start event's
date. So the rule sets of every day that matters in the case are asked, and of each only the lines that start on a day
it governs are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from threefold.domain.calendar import in_force
from threefold.domain.errors import BeforeAnyVersion
from threefold.domain.findings import Objection
from threefold.governance.ask import Failure, Said, ask, ask_one, bounded
from threefold.governance.catalogue import Catalogue
from threefold.governance.pack import Arrangement, Edition
from threefold.governance.rule_set import RuleSet, build
from threefold.governance.verdict import Line, Pin, Verdict
from threefold.plugin_api.facts import Child, Fact, Facts, Incident, Review
from threefold.plugin_api.hooks import MOVES, QUESTIONS

# Which event starts the clock of a question, so that it is answered under the version of that day.
QUESTION_STARTS: dict[str, tuple[str, ...]] = {
    "notify": ("aware", "briefing_received", "notification_sent"),
    "sign_rapid_review": ("notification_sent", "referral_accepted"),
    "local_review": ("notification_sent", "referral_accepted"),
}
_PLAIN_HOOKS = ("duties", "steps", "criteria", "outcomes", "agencies", "limits")


@dataclass(slots=True)
class Governance:
    """The law's editions, the rules at hand, and the rule sets built so far. One per process; safe to share."""

    editions: Sequence[Edition]
    catalogue: Catalogue
    extra_holidays: frozenset[date] = frozenset()
    _built: dict[tuple[str, str], RuleSet] = field(default_factory=dict, repr=False)

    def rule_set(self, arrangement: Arrangement | None, edition: Edition) -> RuleSet:
        """The rule set of a version under an edition; built once, since neither ever changes."""
        key = arrangement.content_hash if arrangement else "", edition.id
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = build(arrangement, edition, self.catalogue, self.extra_holidays)
        return found

    def edition_on(self, day: date) -> tuple[Edition, tuple[str, ...]]:
        """The edition of the law in force on a day, with what is not certain of that said."""
        dated = [e for e in self.editions if e.begins is not None]
        index = in_force([e.begins for e in dated if e.begins], day)
        if index is None:
            first = dated[0] if dated else None
            when = f"{first.begins:%-d %B %Y} ({first.title})" if first and first.begins else "no day at all"
            raise BeforeAnyVersion(
                f"The law known here begins on {when}; {day:%-d %B %Y} is earlier. Ask about a later day.", field="as-of"
            )
        edition = dated[index]
        notes = tuple(
            f"{e.title} came into force on a day that no source here gives; {edition.title} is applied until that day is known."
            for e in self.editions
            if e.begins is None and e.not_before and e.not_before <= day and (edition.begins or date.min) < e.not_before
        )
        return edition, notes

    def pin(self, versions: Sequence[Arrangement], day: date) -> tuple[Pin, Arrangement | None, Edition]:
        """What governs a day. With versions whose beginning is unknown, which of them applied is unknown."""
        edition, notes = self.edition_on(day)
        dated = [v for v in versions if v.begins is not None]
        index = in_force([v.begins for v in dated if v.begins], day)
        unknown = [v for v in versions if v.begins is None]
        if index is not None:
            return Pin(dated[index].version, edition.id, notes), dated[index], edition
        if unknown:
            named = ", ".join(f"'{v.title}'" for v in unknown)
            note = (
                f"Which local version applied on {day:%-d %B %Y} is unknown: no source gives the day on which {named} began. "
                "What the law requires is given."
            )
            return Pin(None, edition.id, (*notes, note)), None, edition
        if dated:
            note = f"No version of the local arrangement was in force on {day:%-d %B %Y}; the first known here begins on {dated[0].begins:%-d %B %Y}."
            return Pin(None, edition.id, (*notes, note)), None, edition
        return Pin(None, edition.id, (*notes, "No local arrangement is known here.")), None, edition

    def decide(self, body: str, versions: Sequence[Arrangement], facts: Facts, as_of: date, move: str = "") -> Verdict:
        """Everything the law and the arrangement say of a case, as of a day. Nothing known later is looked at.

        `move` asks for the objections to one move only; without it, to every move. Raises `BeforeAnyVersion` when `as_of`
        lies before the first edition of the law known here.
        """
        known = facts.as_known_on(as_of)
        self.edition_on(as_of)
        collected = _Collected()
        waiting = _days_that_matter(known, as_of)
        governed: dict[tuple[str | None, str], Pin] = {}
        while waiting:
            day = waiting.pop()
            pin, arrangement, edition = self._pin_or_first(versions, day)
            if (pin.version, pin.edition) in governed:
                continue
            governed[pin.version, pin.edition] = pin
            lines, failures = _all_lines(self.rule_set(arrangement, edition), known, pin, move)
            for line in lines:
                starts = _starts(line, known, as_of)
                own, _, _ = self._pin_or_first(versions, starts)
                if (own.version, own.edition) == (pin.version, pin.edition):
                    collected.lines.append(replace(line, pin=own))
                elif (own.version, own.edition) not in governed:
                    waiting.append(starts)
            collected.failures += failures
            collected.fingerprints.append(self.rule_set(arrangement, edition).fingerprint)
        used = tuple(dict.fromkeys(line.pin for line in collected.lines)) or tuple(governed.values())
        now, _, _ = self.pin(versions, as_of)
        notes = tuple(dict.fromkeys(n for p in (*used, now) for n in p.notes))
        return Verdict(
            body, as_of, used, notes, tuple(_sorted(collected.lines)), tuple(collected.failures),
            tuple(sorted(collected.fingerprints)), self._possible(versions, known, as_of, now, move),
        )  # fmt: skip

    def _pin_or_first(self, versions: Sequence[Arrangement], day: date) -> tuple[Pin, Arrangement | None, Edition]:
        """As `pin`; a start event from before the first edition known here is judged under that first edition, and said."""
        try:
            return self.pin(versions, day)
        except BeforeAnyVersion as error:
            first = next(e for e in self.editions if e.begins is not None)
            assert first.begins is not None
            pin, arrangement, edition = self.pin(versions, first.begins)
            return replace(pin, notes=(*pin.notes, error.sentence)), arrangement, edition

    def _possible(
        self, versions: Sequence[Arrangement], facts: Facts, as_of: date, now: Pin, move: str
    ) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """What each version of unknown beginning would say if it applied, kept apart from the verdict itself."""
        if now.version is not None:
            return ()
        edition, _ = self.edition_on(as_of)
        found = []
        for version in (v for v in versions if v.begins is None):
            rules = self.rule_set(version, edition)
            lines, _ = _all_lines(rules, facts, Pin(version.version, edition.id), move)
            found.append((version.version, tuple(_sorted(ln for ln in lines if ln.rule.layer == "local"))))
        return tuple(found)

    def objections(
        self, versions: Sequence[Arrangement], facts: Facts, as_of: date, move: str
    ) -> tuple[tuple[Line, ...], tuple[Failure, ...]]:
        """What speaks against one move, under the version and edition of the case's own start."""
        known = facts.as_known_on(as_of)
        pin, arrangement, edition = self._pin_or_first(versions, _case_day(known, as_of))
        rules = self.rule_set(arrangement, edition)
        lines: list[Line] = []
        law, _ = ask(rules, "objections", "law", facts=known, move=move)
        with bounded():
            local, failures = ask(rules, "objections", "local", facts=known, move=move)
        lines = [Line("objections", said, pin) for said in (*law, *local) if said.finding.move == move]
        return tuple(_sorted(lines)), tuple(failures)

    def floor(self, arrangement: Arrangement, on: date | None = None) -> list[Line]:
        """What the law says of a whole arrangement, under the edition of its beginning (else the latest dated one)."""
        day = on or arrangement.begins
        if day is None:
            dated = [e for e in self.editions if e.begins is not None]
            day = dated[-1].begins or date.min
        edition, notes = self.edition_on(day)
        rules = self.rule_set(arrangement, edition)
        said, _ = ask(rules, "floor", "law", arrangement=rules.view(), on=day)
        pin = Pin(arrangement.version, edition.id, notes)
        return _sorted(Line("floor", s, pin) for s in said)


@dataclass(slots=True)
class _Collected:
    lines: list[Line] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)


def _all_lines(rules: RuleSet, facts: Facts, pin: Pin, move: str) -> tuple[list[Line], list[Failure]]:
    values: dict[str, Any] = {"facts": facts, "days": rules.days}
    lines: list[Line] = []
    failures: list[Failure] = []

    def take(hook: str, said: Iterable[Said[Any]]) -> None:
        lines.extend(Line(hook, s, pin) for s in said)

    moves = (move,) if move else tuple(MOVES)
    for hook in _PLAIN_HOOKS:
        take(hook, ask(rules, hook, "law", **values)[0])
    for one in moves:
        take("objections", _of_move(ask(rules, "objections", "law", facts=facts, move=one)[0], one))
    for event in {e.name for e in facts.review.events}:
        take("to_tell", ask(rules, "to_tell", "law", facts=facts, event=event)[0])
    if any(b.ref.layer == "local" for bounds in rules.bound.values() for b in bounds):
        with bounded():
            for hook in _PLAIN_HOOKS:
                said, failed = ask(rules, hook, "local", **values)
                take(hook, said)
                failures += failed
            for one in moves:
                said, failed = ask(rules, "objections", "local", facts=facts, move=one)
                take("objections", _of_move(said, one))
                failures += failed
            for event in sorted({e.name for e in facts.review.events}):
                said, failed = ask(rules, "to_tell", "local", facts=facts, event=event)
                take("to_tell", said)
                failures += failed
    for question in QUESTIONS:
        way, failed = ask_one(rules, question, facts)
        failures += failed
        if way is not None:
            lines.append(Line("decision", Said(way.rule, replace(way.finding, key=question)), pin))
    return lines, failures


def _of_move(said: list[Said[Objection]], move: str) -> list[Said[Objection]]:
    return [s for s in said if s.finding.move == move]


def _starts(line: Line, facts: Facts, as_of: date) -> date:
    """The day a line is judged on: its own start event's; else that of its question; else the case's own."""
    starts: date | None = line.finding.starts_on
    if starts is not None:
        return min(starts, as_of)
    if line.hook == "decision":
        days = [d for name in QUESTION_STARTS.get(line.finding.key, ()) if (d := facts.review.on(name))]
        if days:
            return days[0]
    return _case_day(facts, as_of)


def _case_day(facts: Facts, as_of: date) -> date:
    """The day the case as a whole is judged on: when it became known, else when it happened, else the day asked about."""
    review = facts.review
    known = review.on("aware") or review.on("briefing_received") or review.on("referral_received")
    earliest = min((e.day for e in review.events), default=None)
    return min(known or earliest or facts.incident.happened_on.value or as_of, as_of)


def _days_that_matter(facts: Facts, as_of: date) -> list[date]:
    days = {as_of, _case_day(facts, as_of)}
    days |= {e.day for e in facts.review.events}
    holders: list[Child | Incident | Review] = [facts.incident, facts.review, *facts.incident.children]
    for holder in holders:
        for f in fields(holder):
            fact = getattr(holder, f.name)
            if isinstance(fact, Fact) and fact.known_on:
                days.add(fact.known_on)
    return sorted(d for d in days if d <= as_of + timedelta(days=0))


def _sorted(lines: Iterable[Line]) -> list[Line]:
    """Order of registration is nothing: by hook, rule and key."""
    return sorted(
        lines, key=lambda ln: (ln.hook, ln.rule.layer != "law", ln.rule.use, ln.finding.key, str(ln.finding.starts_on))
    )
