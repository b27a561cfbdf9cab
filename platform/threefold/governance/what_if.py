"""What single change of a fact would alter a line.

Apart from evaluation, because it asks many times: it runs on the explain page, in `decide`, and when a decision is
recorded. Only facts with finite values are tried, and only those that some line rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.questions import OWN, own_questions
from threefold.governance.time_limit import TOO_LONG, asked_together
from threefold.governance.verdict import Change, Line, Verdict
from threefold.plugin_api.facts import FIELDS, UNASKED, Fact, Facts, label_of

GONE = "not said"


def what_if(
    governance: Governance, versions: Sequence[Arrangement], facts: Facts, verdict: Verdict, only: str = ""
) -> dict[str, list[Change]]:
    """For each line of the verdict (or the one with id `only`), the single changes that alter it."""
    lines = [ln for ln in verdict.lines if not only or ln.id == only]
    paths = {path for line in lines for path in line.finding.reads}
    found: dict[str, list[Change]] = {line.id: [] for line in lines}
    known = facts.as_known_on(verdict.as_of)
    before = {line.id: line.state for line in lines}
    asked = own_questions(use.settings for version in versions for use in version.uses)
    with asked_together(failure.rule for failure in verdict.failures if failure.what == TOO_LONG):
        for path in sorted(paths):
            resting = [line for line in lines if path in line.finding.reads]
            for now, then, changed in _changed(known, path):
                after = {ln.id: ln.state for ln in governance.decide(verdict.body, versions, changed, verdict.as_of).lines}
                for line in resting:
                    becomes = after.get(line.id, GONE)
                    if becomes != before[line.id]:
                        found[line.id].append(
                            Change(path, asked.get(path.removeprefix(OWN)) or _label(path), now, then, _words(line, becomes))
                        )
    return found


def apply(facts: Facts, path: str, value: str, as_of: date) -> Facts:
    """The same facts with one changed, as `what_if` changes it: known since as before, else since the day asked about."""
    return next(changed for _, then, changed in _changed(facts.as_known_on(as_of), path, only=value) if then == value)


def _changed(facts: Facts, path: str, only: str = "") -> Iterator[tuple[str, str, Facts]]:
    bare = _bare(path)
    if path.startswith("incident.local."):
        key = path.removeprefix("incident.local.")
        now = facts.incident.local.get(key, UNASKED)
        for value in _others(now, ("yes", "no", "unclear"), only):
            local = {**facts.incident.local, key: replace(now, value=value)}
            yield _shown(now), value, replace(facts, incident=replace(facts.incident, local=local))
        return
    if bare not in FIELDS or not FIELDS[bare].alternatives:
        return
    name = bare.rsplit(".", 1)[-1]
    if "[" not in path:
        holder: Any = facts.incident if path.startswith("incident.") else facts.review
        now = getattr(holder, name)
        for value in _others(now, FIELDS[bare].alternatives, only):
            changed = replace(holder, **{name: replace(now, value=value)})
            part = {"incident": changed} if holder is facts.incident else {"review": changed}
            yield _shown(now), value, replace(facts, **part)
        return
    key = path.split("[", 1)[1].split("]", 1)[0]
    for index, child in enumerate(facts.incident.children):
        if child.key == key:
            now = getattr(child, name)
            for value in _others(now, FIELDS[bare].alternatives, only):
                children = list(facts.incident.children)
                one: dict[str, Any] = {name: replace(now, value=value)}
                children[index] = replace(child, **one)
                yield _shown(now), value, replace(facts, incident=replace(facts.incident, children=tuple(children)))


def _others(now: Fact[Any], alternatives: tuple[str, ...], only: str) -> list[str]:
    return [v for v in alternatives if v != now.value and (not only or v == only)]


def _bare(path: str) -> str:
    return path.split("[", 1)[0] + "[]" + path.split("]", 1)[1] if "[" in path and "[]" not in path else path


def _shown(fact: Fact[Any]) -> str:
    return "not asked" if fact.value is None else str(fact.value)


def _label(path: str) -> str:
    who = path.split("[", 1)[1].split("]", 1)[0] if "[" in path and "[]" not in path else ""
    return f"{who}: {label_of(path)}" if who else label_of(path)


_STATES = {
    "yes": "yes", "no": "no", "unclear": "unclear", "met": "met", "not_met": "not met", "to_be_considered": "to be considered",
    "considered": "considered", GONE: "not said at all", "no date": "without a date", "said": "said",
}  # fmt: skip


def _words(line: Line, state: str) -> str:
    return _STATES.get(state, state)
