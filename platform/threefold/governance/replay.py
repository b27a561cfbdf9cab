"""A draft over past verdicts: what it would have said, had it governed each case from its start.

Only local lines can differ: the law's own rules are asked of nobody, because no draft can touch them. Where a verdict was
reached by exactly the code and settings of today's version (its fingerprint says so), only the rules that the draft changes
are asked, of both; where it was not, the draft is held against the verdict as it was stored.

A line that hangs on a fact never asked *cannot be said*: a fact never asked is not "no". Judgements are not replayed. What a
line says, and when two say the same, stands in `differing`. A question of the area's own is none of these lines: it is told
apart, because by itself it is no duty, date, criterion or decider.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from threefold.governance.ask import answered, ask, ask_one
from threefold.governance.decide import Governance
from threefold.governance.differing import FAILED, LineDiffers, State, Told, differs, only_asks, told_by_finding, told_by_stored
from threefold.governance.names import quoted, title_of_use
from threefold.governance.pack import Arrangement, Edition, RuleUse
from threefold.governance.rule_set import RuleSet
from threefold.governance.still_done import told_what_still_counts
from threefold.governance.time_limit import MOST_SECONDS, bounded
from threefold.plugin_api.facts import Facts
from threefold.plugin_api.facts.stored import restore_facts
from threefold.plugin_api.hooks import QUESTIONS

HOOKS = ("duties", "steps", "criteria", "outcomes", "agencies")
STATES: Mapping[State, str] = {"changed": "Would have been different", "unchanged": "The same", "cannot_say": "Cannot say"}
# What is said beside every result.
NOT_TRIED = (
    "The duties of the law are not counted: no draft can change them. Judgements of the partners are not tried again. Where an "
    "answer that was never given would decide, nothing can be said; that does not mean no."
)
# What is said beside them of a body's own past cases.
HELD_BESIDE = "Each case is held beside what was said of it when it was last worked out, under what governed it then."
CANNOT = "cannot say"
EVERY = 250  # verdicts between two looks at whether to stop


MOST_LISTED = 5000  # cases of one result that are kept to be read case by case; the sums are over all


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """One verdict as stored: the facts it was reached on and what it said, both as JSON text, and its fingerprints."""

    case: str
    as_of: date
    facts: str | bytes
    verdict: str | bytes
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case under the draft."""

    case: str
    state: State
    lines: tuple[LineDiffers, ...] = ()


@dataclass(slots=True)
class ReplayResult:
    """All of them, in sum and case by case. `stopped`: somebody stopped it; then it is only as far as `done`.

    `lines`, `unsaid`: in how many cases each thing would have been different, and in how many it cannot be said, in a case of which
    something else can be said too. `asks`, `asks_no_more`: the questions of the area's own that the draft adds and leaves out, by title.
    """

    done: int = 0
    stopped: bool = False
    states: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    differing: list[Replayed] = field(default_factory=list)
    asks: tuple[str, ...] = ()
    asks_no_more: tuple[str, ...] = ()

    def stored(self, most: int = MOST_LISTED) -> dict[str, Any]:
        """As plain JSON: the sums, and the first cases that differ; those that would surely have been different before those of
        which nothing can be said, each by their names. So no change is hidden behind what an answer never given leaves open."""
        listed = sorted(self.differing, key=lambda c: (c.state == "cannot_say", c.case))
        return {
            "done": self.done, "stopped": self.stopped, "states": dict(self.states), "lines": dict(self.lines.most_common()), "unsaid": dict(self.unsaid.most_common()),
            "differing": len(self.differing), "asks": list(self.asks), "asks_no_more": list(self.asks_no_more),
            "cases": [{"case": c.case, "state": c.state, "lines": [[ln.title, ln.before, ln.after, ln.cannot_say] for ln in c.lines]}
                      for c in listed[:most]],
        }  # fmt: skip


def replay(
    governance: Governance, before: Arrangement | None, draft: Arrangement, past: Iterable[PastVerdict], *,
    stop: Callable[[], bool] = lambda: False, progress: Callable[[int], None] = lambda _: None,
) -> ReplayResult:  # fmt: skip
    """The draft over past verdicts. Raises `ThreefoldError` where a rule of the draft or its settings cannot be read."""
    own = _Replay(governance, before, draft)
    result = ReplayResult(asks=own.asks, asks_no_more=own.asks_no_more)
    for one in past:
        if result.done % EVERY == 0:
            progress(result.done)
            if stop():
                result.stopped = True
                break
        replayed = own.one(one)
        result.done += 1
        result.states[replayed.state] += 1
        if replayed.lines:
            result.lines.update({line.title for line in replayed.lines if not line.cannot_say})
            result.unsaid.update({line.title for line in replayed.lines if line.cannot_say})
            result.differing.append(replayed)
    progress(result.done)
    return result


def without_the_law(governance: Governance, draft: Arrangement) -> Edition:
    """The edition that is in force when a draft begins, with none of its rules: only the draft's own are asked then."""
    edition, _ = governance.edition_on(draft.begins or max(e.begins for e in governance.editions if e.begins))
    return Edition(f"{edition.id} without rules", edition.title, edition.begins, edition.begins_sure, edition.not_before, ())


class _Replay:
    """The rule sets of one run: what the draft changes, alone; and the whole draft, for verdicts of another time."""

    def __init__(self, governance: Governance, before: Arrangement | None, draft: Arrangement) -> None:
        nothing = without_the_law(governance, draft)
        old = {u.use: u for u in before.uses} if before else {}
        new = {u.use: u for u in draft.uses}
        same_days = before is not None and before.closures == draft.closures
        same = {n for n in old.keys() & new.keys() if same_days and _same(old[n], new[n])}
        if same_days:
            for name in old.keys() & new.keys() - same:
                old[name], new[name] = _what_differs(governance, old[name], new[name])
        self.before = (
            governance.rule_set(replace(before, uses=tuple(u for n, u in old.items() if n not in same)), nothing)
            if before
            else None
        )
        self.after = governance.rule_set(replace(draft, uses=tuple(u for n, u in new.items() if n not in same)), nothing)
        self.whole = governance.rule_set(draft, nothing)
        self.titles = {u.use: title_of_use(governance.catalogue, u) for u in (*(before.uses if before else ()), *draft.uses)}
        self.names, asked, asks = _names(draft, self.whole), dict[str, str](), _questions(self.whole)
        if before:
            as_before = governance.rule_set(before, nothing)
            self.names, asked = _names(before, as_before) | self.names, _questions(as_before)
        self.asks = tuple(title for key, title in asks.items() if key not in asked)
        self.asks_no_more = tuple(title for key, title in asked.items() if key not in asks)
        known = [governance.rule_set(before, e).fingerprint for e in governance.editions] if before else []
        self.fresh = frozenset(known)
        self._seen: dict[tuple[str | bytes, date, bool], tuple[State, tuple[LineDiffers, ...]]] = {}

    def one(self, past: PastVerdict) -> Replayed:
        fresh = self.before is not None and bool(past.fingerprints) and self.fresh.issuperset(past.fingerprints)
        key = past.facts, past.as_of, fresh
        found = self._seen.get(key) if fresh else None
        if found is None:
            facts = _known(restore_facts(json.loads(past.facts)), past.as_of)
            if fresh and self.before is not None:
                was, would_be = _said(facts, self.before, self.after)
                found = _differences(was, would_be, self.names, self.titles)
            else:
                (would_be,) = _said(facts, self.whole)
                found = _differences(_stored(json.loads(past.verdict), facts), would_be, self.names, self.titles)
            self._seen[key] = found
        return Replayed(past.case, *found)


@dataclass(frozen=True, slots=True)
class _Side:
    """What local rules say of one case, by line, and the (hook, use) of those that could not be worked out."""

    lines: dict[str, Told]
    failed: frozenset[tuple[str, str]]

    def lost(self, line_id: str) -> bool:
        hook, _, rest = line_id.partition(":")
        return any(hook == h and (hook == "decision" or rest.startswith(f"{use}:")) for h, use in self.failed)


def _said(facts: Facts, *rules: RuleSet) -> list[_Side]:
    """What each rule set says. They share their time: to set the alarm once a case is a twentieth of a replay.

    Raises `RuleTooSlow` where a rule does not answer in it: no number of cases could be tried with it.
    """
    with bounded(len(rules) * MOST_SECONDS):
        return [_asked(each, facts) for each in rules]


def _asked(rules: RuleSet, facts: Facts) -> _Side:
    facts = told_what_still_counts(rules, facts)
    found: dict[str, Told] = {}
    failed: list[tuple[str, str]] = []
    for hook in HOOKS:
        if rules.bound[hook]:
            told, failures = ask(rules, hook, "local", facts=facts, days=rules.days)
            failed += [(hook, answered(failure).rule.use) for failure in failures]
            for said in told:
                line = told_by_finding(hook, said.finding, facts)
                if not only_asks(line):
                    found[f"{hook}:{said.rule.use}:{said.finding.key}"] = line
    for question in QUESTIONS if rules.sole else ():
        way, failures = ask_one(rules, question, facts)
        failed += [("decision", answered(failure).rule.use) for failure in failures]
        if way is not None and way.rule.layer == "local":
            finding = replace(way.finding, key=question)
            found[f"decision:{question}"] = told_by_finding("decision", finding, facts)
    return _Side(found, frozenset(failed))


def _stored(verdict: Mapping[str, Any], facts: Facts) -> _Side:
    """What the local rules said in a stored verdict."""
    lines = [line for served in verdict["steps"] for line in served["local"]]
    lines += [line for name in ("duties", "criteria", "outcomes", "agencies", "decisions") for line in verdict[name]]
    told = {
        f"decision:{line['key']}" if line["id"].startswith("decision:") else line["id"]: told_by_stored(line, facts)
        for line in lines
        if line["rule"]["layer"] == "local"
    }
    return _Side(
        {key: line for key, line in told.items() if not only_asks(line)},
        frozenset((f["hook"], f["use"]) for f in verdict["failures"]),
    )


def _differences(
    before: _Side, after: _Side, names: Mapping[str, str], titles: Mapping[str, str]
) -> tuple[State, tuple[LineDiffers, ...]]:
    found = [
        line
        for key in sorted(before.lines.keys() | after.lines.keys())
        if (was := before.lines.get(key)) != (now := after.lines.get(key))
        and (line := differs(key, was, now, names, (before.lost(key), after.lost(key))))
    ]
    # What a rule that could not be worked out would have said is not known: where it has no line that tells so, it is told itself.
    for hook, use in sorted(before.failed | after.failed):
        if not any(
            line.line_id.startswith((f"{hook}:{use}:", "decision:") if hook == "decision" else f"{hook}:{use}:")
            for line in found
        ):
            said, would_say = (FAILED if (hook, use) in side.failed else None for side in (before, after))
            found.append(
                LineDiffers(f"{hook}:{use}", f"The rule {quoted(titles.get(use, ''), use)}", said, would_say, cannot_say=True)
            )
    if not found:
        return "unchanged", ()
    return ("cannot_say" if all(line.cannot_say for line in found) else "changed"), tuple(found)


def _names(arrangement: Arrangement, rules: RuleSet) -> dict[str, str]:
    """How organisations, seats and groups are called, by key."""
    groups = {thing.key: thing.title for _, thing in rules.provided if thing.kind == "group"}
    return groups | {o.key: o.name for o in arrangement.organisations} | {s.key: s.title for s in arrangement.seats}


def _questions(rules: RuleSet) -> dict[str, str]:
    """The questions of the area's own that a version asks, by key."""
    return {thing.key: thing.title for _, thing in rules.provided if thing.kind == "question"}


def _known(facts: Facts, day: date) -> Facts:
    """The facts as known on the day of the verdict; most were put on record that day, and need no second look."""
    return facts.as_known_on(day) if any(e.day > day for e in facts.review.events) else facts


def _what_differs(governance: Governance, a: RuleUse, b: RuleUse) -> tuple[RuleUse, RuleUse]:
    """Two settings of one rule without the things that are the same in both, where the rule says that each speaks alone: but for what
    comes after a thing that differs, or before it, by their being done."""
    if (a.rule, a.major) != (b.rule, b.major):
        return a, b
    described = governance.catalogue.get(a.rule, a.major, field=b.where).Config.described()
    alone = {name for name, field in described.items() if field.metadata.get("each_alone")}
    if any(a.settings.get(n) != b.settings.get(n) for n in (a.settings.keys() | b.settings.keys()) - alone):
        return a, b
    sides: list[dict[str, Any]] = [dict(a.settings), dict(b.settings)]
    for name in alone:
        had, has = ({entry["key"]: entry for entry in side.get(name, ())} for side in sides)
        differ = {key for key in had.keys() | has.keys() if had.get(key) != has.get(key)}
        differ = _with_linked(differ, [(key, _after(entry, a.use)) for side in (had, has) for key, entry in side.items()])
        for side, entries in zip(sides, (had, has), strict=True):
            if name in side:
                side[name] = [entry for key, entry in entries.items() if key in differ]
    return replace(a, settings=sides[0]), replace(b, settings=sides[1])


def _after(entry: Mapping[str, Any], use: str) -> set[str]:
    """The keys of the things of a rule whose being done starts or ends a thing of it."""
    begins = f"done:{use}."
    told = (one for value in entry.values() for one in (value if isinstance(value, list | tuple) else (value,)))
    return {one.removeprefix(begins) for one in told if isinstance(one, str) and one.startswith(begins)}


def _with_linked(keys: set[str], links: Sequence[tuple[str, set[str]]]) -> set[str]:
    """The keys, and those of all that hangs together with them."""
    found = set(keys)
    while more := {one for key, after in links if found & {key, *after} for one in (key, *after)} - found:
        found |= more
    return found


def _same(a: Any, b: Any) -> bool:
    return (a.rule, a.major) == (b.rule, b.major) and a.settings == b.settings
