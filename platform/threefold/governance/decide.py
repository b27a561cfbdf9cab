"""Which rules apply on which day, and what they say of a case. Facts in, verdict out; no database, no clock.

Each line is judged under the version of the arrangement and the edition of the law in force on *its own* start event's
date. So the rule sets of every day that matters in the case are asked, and of each only the lines that start on a day
it governs are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from threefold.domain.calendar import in_force
from threefold.domain.errors import BeforeAnyVersion, RuleError, ThreefoldError
from threefold.domain.findings import Finding, Objection
from threefold.governance.ask import Failure, Said, ask, ask_one, bounded
from threefold.governance.case_days import QUESTION_STARTS, begun_on, case_day_of, days_that_matter, opened
from threefold.governance.catalogue import Catalogue
from threefold.governance.closed_days import closed_days
from threefold.governance.configured import configured
from threefold.governance.crossing import Crossing, periods
from threefold.governance.names import title_of_use
from threefold.governance.pack import Arrangement, Edition, RuleUse
from threefold.governance.rule_set import RuleRef, RuleSet, build
from threefold.governance.still_done import told_what_still_counts
from threefold.governance.time_limit import asked_together
from threefold.governance.verdict import Line, Pin, Verdict, is_silent
from threefold.plugin_api import from_the_form
from threefold.plugin_api.facts import Facts
from threefold.plugin_api.hooks import MOVES, QUESTIONS

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

    def rules_at_work(self, arrangement: Arrangement | None, edition: Edition) -> tuple[RuleSet, tuple[Failure, ...]]:
        """The rule set of what governs, and which of its own rules cannot take part: not installed any more, or not able to read
        what was signed. A case goes on without them as it does where a rule raises: what the law requires is always worked out."""
        try:
            return self.rule_set(arrangement, edition), ()
        except ThreefoldError:
            if arrangement is None:
                raise
        lost = {use.use: error for use in arrangement.uses if (error := self._unreadable(use))}
        if not lost:  # each can be read, and not all of them together: then none of them speaks
            lost = {use.use: RuleError("It does not fit the others.", field=use.use) for use in arrangement.uses}
        rest = replace(arrangement, uses=tuple(use for use in arrangement.uses if use.use not in lost))
        failures = tuple(
            Failure(
                RuleRef(
                    use.use, f"{use.rule}@{use.major}", "", "local", arrangement.version, title_of_use(self.catalogue, use)
                ),
                "build",
                lost[use.use].sentence,
            )
            for use in arrangement.uses
            if use.use in lost
        )
        return self.rule_set(rest, edition), failures

    def _unreadable(self, use: RuleUse) -> ThreefoldError | None:
        try:
            configured(self.catalogue, use, "local")
        except ThreefoldError as error:
            return error
        return None

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
            f"{edition.title} is applied. {e.title} is newer; no source read so far says from which day it applies, and until that day is known it is not applied."
            for e in self.editions
            if e.begins is None and e.not_before and e.not_before <= day and (edition.begins or date.min) < e.not_before
        )
        return edition, notes

    def pin(
        self, versions: Sequence[Arrangement], day: date, since: date | None = None
    ) -> tuple[Pin, Arrangement | None, Edition]:
        """What governs a day. With versions whose beginning is unknown, which of them applied is unknown.

        `since`: the day a case began (`case_days.begun_on`). Where the version of `day` began later and says that open cases finish under the
        old, the one before it governs the case; the edition of the law is always that of the day.
        """
        edition, notes = self.edition_on(day)
        dated = [v for v in versions if v.begins is not None]
        governs = governing(dated, day, since)
        unknown = [v for v in versions if v.begins is None and (v.until is None or day <= v.until)]
        if governs is not None:
            return Pin(governs.version, edition.id, notes), governs, edition
        if unknown:
            named = ", ".join(f"'{v.title}'" for v in unknown)
            note = (
                f"Which local version applied on {day:%-d %B %Y} is unknown: no source gives the day on which {named} began. "
                "What the law requires is given."
            )
            return Pin(None, edition.id, (*notes, note)), None, edition
        if dated:
            return Pin(None, edition.id, (*notes, _none_in_force(dated, day, since))), None, edition
        return Pin(None, edition.id, (*notes, _ended(versions, day) or "No local arrangement is known here.")), None, edition

    def decide(self, body: str, versions: Sequence[Arrangement], facts: Facts, as_of: date, move: str = "") -> Verdict:
        """Everything the law and the arrangement say of a case, as of a day. Nothing known later is looked at.

        `move` asks for the objections to one move only; without it, to every move. Raises `BeforeAnyVersion` when `as_of`
        lies before the first edition of the law known here.
        """
        known = facts.as_known_on(as_of)
        self.edition_on(as_of)
        collected = _Collected()
        case_day, began = case_day_of(known, as_of), begun_on(known) or as_of
        waiting = days_that_matter(known, as_of, case_day)
        pins: dict[date, tuple[Pin, Arrangement | None, Edition]] = {}
        governed: dict[tuple[str | None, str], Pin] = {}

        def pinned(day: date) -> tuple[Pin, Arrangement | None, Edition]:
            if day not in pins:
                pins[day] = self._pin_or_first(versions, day, began)
            return pins[day]

        times = periods(versions, waiting[0], as_of, lambda day: pinned(day)[0])
        crossing = Crossing(times, case_day, as_of) if len(times) > 1 else None
        waiting += [time.first for time in times[1:]]

        while waiting:
            pin, arrangement, edition = pinned(waiting.pop())
            if pin.governs in governed:
                continue
            governed[pin.governs] = pin
            rules, lost = self.rules_at_work(arrangement, edition)
            found, failures = _all_said(rules, known, move)
            collected.failures += lost
            if crossing is not None:
                crossing.note_all(pin, rules)
            for hook, said in found:
                starts = _starts(hook, said.finding, known, as_of, case_day)
                own = pinned(starts)[0]
                if crossing is not None and hook == "steps" and said.rule.layer == "local":
                    crossing.note(pin, said, closed_days(rules, said))
                elif own.governs == pin.governs and not is_silent(said.finding):
                    collected.lines.append(Line(hook, said, own, closed_days(rules, said)))
                if own.governs not in governed:
                    waiting.append(starts)
            collected.failures += failures
            collected.fingerprints.append(rules.fingerprint)
        if crossing is not None:
            collected.lines += crossing.lines(lambda day: pinned(day)[0])
        used = tuple(dict.fromkeys(line.pin for line in collected.lines)) or tuple(governed.values())
        now = pinned(as_of)[0]
        notes = tuple(dict.fromkeys(n for p in (*used, now) for n in p.notes))
        return Verdict(
            body, as_of, used, notes, tuple(_sorted(collected.lines)), tuple(collected.failures),
            tuple(sorted(collected.fingerprints)), self._possible(versions, known, as_of, now, move),
        )  # fmt: skip

    def _pin_or_first(
        self, versions: Sequence[Arrangement], day: date, since: date | None = None
    ) -> tuple[Pin, Arrangement | None, Edition]:
        """As `pin`; a start event from before the first edition known here is judged under that first edition, and said."""
        try:
            return self.pin(versions, day, since)
        except BeforeAnyVersion as error:
            first = next(e for e in self.editions if e.begins is not None)
            assert first.begins is not None
            pin, arrangement, edition = self.pin(versions, first.begins, since)
            return replace(pin, notes=(*pin.notes, error.sentence)), arrangement, edition

    def _possible(
        self, versions: Sequence[Arrangement], facts: Facts, as_of: date, now: Pin, move: str
    ) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """What each version of unknown beginning would say if it applied, kept apart from the verdict itself."""
        if now.version is not None:
            return ()
        edition, _ = self.edition_on(as_of)
        found = []
        for version in (v for v in versions if v.begins is None and (v.until is None or as_of <= v.until)):
            rules, _ = self.rules_at_work(version, edition)
            said, _ = _all_said(rules, facts, move)
            pin = Pin(version.version, edition.id)
            found.append(
                (
                    version.version,
                    tuple(
                        _sorted(
                            Line(hook, one, pin, closed_days(rules, one))
                            for hook, one in said
                            if one.rule.layer == "local" and not is_silent(one.finding)
                        )
                    ),
                )
            )
        return tuple(found)

    def of_case(self, versions: Sequence[Arrangement], facts: Facts, as_of: date) -> tuple[Pin, Arrangement | None, Edition]:
        """What governs a case as a whole: what is of no start event of its own, such as its criteria, what is asked in it and at an act."""
        return self._pin_or_first(versions, case_day_of(facts, as_of), begun_on(facts) or as_of)

    def objections(
        self, versions: Sequence[Arrangement], facts: Facts, as_of: date, move: str
    ) -> tuple[tuple[Line, ...], tuple[Failure, ...]]:
        """What speaks against one move: each objection under the version and edition of its own day, as `decide` tells it."""
        known = facts.as_known_on(as_of)
        case_day, began = case_day_of(known, as_of), begun_on(known) or as_of
        waiting = [*filter(None, (opened(question, known) for question in QUESTION_STARTS)), case_day]
        asked: set[tuple[str | None, str]] = set()
        lines: list[Line] = []
        failed: dict[str, Failure] = {}  # by use: a rule is told once, however many versions have it
        while waiting:
            pin, arrangement, edition = self._pin_or_first(versions, waiting.pop(), began)
            if pin.governs in asked:
                continue
            asked.add(pin.governs)
            rules, lost = self.rules_at_work(arrangement, edition)
            told = told_what_still_counts(rules, known)
            law, _ = ask(rules, "objections", "law", facts=told, move=move)
            with bounded():
                local, failures = ask(rules, "objections", "local", facts=told, move=move)
            failed |= {one.rule.use: one for one in (*lost, *failures)}
            for said in _of_move([*law, *local], move):
                starts = _starts("objections", said.finding, known, as_of, case_day)
                own, _, _ = self._pin_or_first(versions, starts, began)
                if own.governs == pin.governs:
                    lines.append(Line("objections", said, own))
                waiting.append(starts)
        return tuple(_sorted(lines)), tuple(failed.values())

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


def governing(dated: Sequence[Arrangement], day: date, since: date | None = None) -> Arrangement | None:
    """Of versions in order of beginning (a correction after what it corrects), the one that governs a day.

    A temporary variation governs until its last day; then what was in force before it governs again. `since`: see `pin`.
    """
    known = [v for v in dated if v.begins is not None and v.begins <= day and (v.until is None or day <= v.until)]
    while known:
        begins = max(v.begins for v in known if v.begins)
        latest = [v for v in known if v.begins == begins][-1]
        if since is None or latest.open_cases != "finish_under_old" or since >= begins:
            return latest
        known = [v for v in known if v.begins != begins]
    return None


def _ended(versions: Sequence[Arrangement], day: date) -> str:
    """That the last version ended before a day; "" where none did."""
    ended = max((v.until for v in versions if v.until and v.until < day), default=None)
    if ended is None:
        return ""
    return f"No version of the local arrangement was in force on {day:%-d %B %Y}; the last one known here ended on {ended:%-d %B %Y}."


def _none_in_force(dated: Sequence[Arrangement], day: date, since: date | None) -> str:
    """Why none of some versions governs: none was in force on the day, or the one that was leaves the case to one not known."""
    first = min(v.begins for v in dated if v.begins)
    of_the_day = governing(dated, day)
    if of_the_day is None and (ended := _ended(dated, day)):
        return ended
    if since is None or of_the_day is None:
        return f"No version of the local arrangement was in force on {day:%-d %B %Y}; the first known here begins on {first:%-d %B %Y}."
    began = f"The case began on {since:%-d %B %Y}"
    if since < first:
        began += f", before the first version of the local arrangement known here, which begins on {first:%-d %B %Y}"
    return (
        f"{began}. '{of_the_day.title}', in force on {day:%-d %B %Y}, leaves cases that were open before it to the version before "
        "it, and none is known here that governs this case. What the law requires is given."
    )


@dataclass(slots=True)
class _Collected:
    lines: list[Line] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)


def _all_said(rules: RuleSet, facts: Facts, move: str) -> tuple[list[tuple[str, Said[Any]]], list[Failure]]:
    """Everything the law says, then everything local rules say, and which of those failed."""
    found: list[tuple[str, Said[Any]]] = []
    failures: list[Failure] = []
    moves = (move,) if move else tuple(MOVES)
    events = sorted({e.name for e in (*facts.review.events, *from_the_form(facts))})
    with asked_together():
        facts = told_what_still_counts(rules, facts)
        _ask_all(rules, "law", facts, moves, events, found, failures)
        if rules.has_local:
            with bounded():
                _ask_all(rules, "local", facts, moves, events, found, failures)
        for question in QUESTIONS:
            with bounded() if question in rules.sole else nullcontext():
                way, failed = ask_one(rules, question, facts)
            failures += failed
            if way is not None:
                found.append(("decision", Said(way.rule, replace(way.finding, key=question))))
    return found, failures


def _ask_all(
    rules: RuleSet, layer: Literal["law", "local"], facts: Facts, moves: Iterable[str], events: Iterable[str],
    found: list[tuple[str, Said[Any]]], failures: list[Failure],
) -> None:  # fmt: skip
    for hook in _PLAIN_HOOKS:
        said, failed = ask(rules, hook, layer, facts=facts, days=rules.days)
        found += [(hook, one) for one in said]
        failures += failed
    for move in moves:
        said, failed = ask(rules, "objections", layer, facts=facts, move=move)
        found += [("objections", one) for one in _of_move(said, move)]
        failures += failed
    for event in events:
        said, failed = ask(rules, "to_tell", layer, facts=facts, event=event)
        found += [("to_tell", one) for one in said]
        failures += failed


def _of_move(said: list[Said[Objection]], move: str) -> list[Said[Objection]]:
    return [s for s in said if s.finding.move == move]


def _starts(hook: str, finding: Finding, facts: Facts, as_of: date, case_day: date) -> date:
    """The day a line is judged on: its own start event's; else that of its question; else the case's own."""
    if finding.starts_on is not None:
        return min(finding.starts_on, as_of)
    question = finding.key if hook == "decision" else finding.question if isinstance(finding, Objection) else ""
    return opened(question, facts) or case_day


def _sorted(lines: Iterable[Line]) -> list[Line]:
    """Order of registration is nothing: by hook, rule and key."""
    return sorted(
        lines, key=lambda ln: (ln.hook, ln.rule.layer != "law", ln.rule.use, ln.finding.key, str(ln.finding.starts_on))
    )
