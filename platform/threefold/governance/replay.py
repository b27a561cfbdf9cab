"""A draft over past verdicts: what it would have said, had it governed each case from its start.

Only local lines can differ: the law's own rules are asked of nobody, because no draft can touch them. Where a verdict was
reached by exactly the code and settings of today's version (its fingerprint says so), only the rules that the draft changes
are asked, of both; where it was not, the draft is held against the verdict as it was stored.

A line that rests on a fact never asked *cannot be said*: a fact never asked is not "no". Judgements are not replayed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from threefold.domain.findings import Criterion, Outcome, Step, Way
from threefold.governance.ask import ask, ask_one
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Edition, RuleUse
from threefold.governance.rule_set import RuleSet
from threefold.plugin_api.facts import Child, Facts
from threefold.plugin_api.facts.stored import restore_facts
from threefold.plugin_api.hooks import QUESTIONS

HOOKS = ("duties", "steps", "criteria", "outcomes", "agencies")
State = Literal["changed", "unchanged", "cannot_say"]
EVERY = 250  # verdicts between two looks at whether to stop


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """One verdict as stored: the facts it was reached on and what it said, both as JSON text, and its fingerprints."""

    case: str
    as_of: date
    facts: str | bytes
    verdict: str | bytes
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineDiffers:
    """One line that would have been another: what it said, and what it would have said. `None`: it would not be there."""

    line_id: str
    title: str
    before: str | None
    after: str | None
    cannot_say: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case under the draft."""

    case: str
    state: State
    lines: tuple[LineDiffers, ...] = ()


@dataclass(slots=True)
class ReplayResult:
    """All of them, in sum and case by case. `stopped`: somebody stopped it; then it is only as far as `done`."""

    done: int = 0
    stopped: bool = False
    states: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    differing: list[Replayed] = field(default_factory=list)

    def stored(self, most: int = 500) -> dict[str, Any]:
        """As plain JSON: the sums, and the first cases that differ."""
        return {
            "done": self.done, "stopped": self.stopped, "states": dict(self.states), "lines": dict(self.lines.most_common()),
            "cases": [{"case": c.case, "state": c.state, "lines": [[ln.title, ln.before, ln.after, ln.cannot_say] for ln in c.lines]}
                      for c in self.differing[:most]],
        }  # fmt: skip


def replay(
    governance: Governance, before: Arrangement | None, draft: Arrangement, past: Iterable[PastVerdict], *,
    stop: Callable[[], bool] = lambda: False, progress: Callable[[int], None] = lambda _: None,
) -> ReplayResult:  # fmt: skip
    """The draft over past verdicts. Raises `ThreefoldError` where a rule of the draft or its settings cannot be read."""
    own = _Replay(governance, before, draft)
    result = ReplayResult()
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
            result.differing.append(replayed)
    progress(result.done)
    return result


class _Replay:
    """The rule sets of one run: what the draft changes, alone; and the whole draft, for verdicts of another time."""

    def __init__(self, governance: Governance, before: Arrangement | None, draft: Arrangement) -> None:
        edition, _ = governance.edition_on(draft.begins or max(e.begins for e in governance.editions if e.begins))
        nothing = Edition(
            f"{edition.id} without rules", edition.title, edition.begins, edition.begins_sure, edition.not_before, ()
        )
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
                found = _differences(_said(self.before, facts), _said(self.after, facts), facts)
            else:
                found = _differences(_stored(json.loads(past.verdict)), _said(self.whole, facts), facts)
            self._seen[key] = found
        return Replayed(past.case, *found)


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    says: str
    reads: tuple[str, ...]


def _said(rules: RuleSet, facts: Facts) -> dict[str, _Told]:
    """What local rules say of a case, by line. A rule that fails says nothing, as in a verdict."""
    found: dict[str, _Told] = {}
    for hook in HOOKS:
        if rules.bound[hook]:
            for said in ask(rules, hook, "local", facts=facts, days=rules.days)[0]:
                finding = said.finding
                if not getattr(finding, "judgement", False):
                    found[f"{hook}:{said.rule.use}:{finding.key}"] = _Told(_title(finding), _says(finding), finding.reads)
    for question in QUESTIONS if rules.sole else ():
        way, _ = ask_one(rules, question, facts)
        if way is not None and way.rule.layer == "local":
            found[f"decision:{way.rule.use}:{question}"] = _Told(QUESTIONS[question], _says(way.finding), ())
    return found


def _stored(verdict: Mapping[str, Any]) -> dict[str, _Told]:
    """What the local rules said in a stored verdict, by line."""
    lines = [line for served in verdict["steps"] for line in served["local"]]
    lines += [line for name in ("duties", "criteria", "outcomes", "agencies", "decisions") for line in verdict[name]]
    return {
        line["id"]: _Told(_stored_title(line), _stored_says(line), tuple(line["reads"]))
        for line in lines
        if line["rule"]["layer"] == "local" and not line.get("judgement")
    }


def _differences(before: dict[str, _Told], after: dict[str, _Told], facts: Facts) -> tuple[State, tuple[LineDiffers, ...]]:
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was is not None and now is not None and was.says == now.says:
            continue
        told = now or was
        assert told is not None
        asked = all(_asked(path, facts) for side in (was, now) if side for path in side.reads)
        found.append(LineDiffers(key, told.title, was.says if was else None, now.says if now else None, not asked))
    if not found:
        return "unchanged", ()
    return ("cannot_say" if all(line.cannot_say for line in found) else "changed"), tuple(found)


def _asked(path: str, facts: Facts) -> bool:
    """Whether a fact that a line rests on was ever asked. Events and what the partners judged are told, not asked."""
    part, _, name = path.partition(".")
    if part == "review" and "." in name:
        return True
    if name.startswith("local."):
        return name.removeprefix("local.") in facts.incident.local
    if name.startswith("children["):
        key, fact = name.removeprefix("children[").split("].", 1)
        children = [c for c in facts.incident.children if key in ("", c.key)]
        return bool(children) and all(_told(c, fact) for c in children)
    return _told(facts.incident if part == "incident" else facts.review, name)


def _told(holder: Child | Any, name: str) -> bool:
    fact = getattr(holder, name, None)
    return not hasattr(fact, "known_on") or fact is None or fact.value is not None


def _known(facts: Facts, day: date) -> Facts:
    """The facts as known on the day of the verdict; most were put on record that day, and need no second look."""
    return facts.as_known_on(day) if any(e.day > day for e in facts.review.events) else facts


def _what_differs(governance: Governance, a: RuleUse, b: RuleUse) -> tuple[RuleUse, RuleUse]:
    """Two settings of one rule without the things that are the same in both, where the rule says that each speaks alone."""
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
        for side, entries in zip(sides, (had, has), strict=True):
            if name in side:
                side[name] = [entry for key, entry in entries.items() if key in differ]
    return replace(a, settings=sides[0]), replace(b, settings=sides[1])


def _same(a: Any, b: Any) -> bool:
    return (a.rule, a.major) == (b.rule, b.major) and a.settings == b.settings


def _title(finding: Any) -> str:
    return str(getattr(finding, "title", "") or getattr(finding, "agency", "") or finding.key)


def _says(finding: Any) -> str:
    match finding:
        case Step():
            if finding.due_on is not None:
                return f"due {finding.due_on.isoformat()[:10]}"
            return "; ".join(f"{on.isoformat()} {words}" for words, on in finding.readings) or "no date"
        case Criterion():
            return str(finding.state)
        case Outcome():
            return str(finding.is_open)
        case Way():
            return "; ".join(
                f"{n}: {', '.join(v) if isinstance(v, tuple) else v}" for n in _DECIDING if (v := getattr(finding, n))
            )
    return str(getattr(finding, "arises", "asked"))


_DECIDING = ("decides", "how", "acts", "signs", "views_from", "recommends")


def _stored_title(line: Mapping[str, Any]) -> str:
    if line["id"].startswith("decision:"):
        return str(QUESTIONS.get(line["question"], line["key"]))
    return str(line.get("title") or line.get("agency") or line["key"])


def _stored_says(line: Mapping[str, Any]) -> str:
    kind = line["id"].partition(":")[0]
    if kind == "steps":
        if line["due_on"]:
            return f"due {line['due_on'][:10]}"
        return "; ".join(f"{on} {words}" for words, on in line["readings"]) or "no date"
    if kind == "criteria":
        return str(line["state"])
    if kind == "outcomes":
        return str(line["is_open"])
    if kind == "decision":
        return "; ".join(f"{n}: {', '.join(v) if isinstance(v, list | tuple) else v}" for n in _DECIDING if (v := line.get(n)))
    return str(line.get("arises", "asked"))
