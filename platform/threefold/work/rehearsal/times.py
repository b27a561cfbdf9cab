"""The time of a step that has no date yet, in words: how long it runs, and from when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from threefold.domain.findings import Provided
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.verdict import Line, step_of
from threefold.plugin_api import happens
from threefold.work.incidents.web.words import plainly

Brought = Callable[[Line], Provided | None]


def brings(governance: Governance, versions: Sequence[Arrangement]) -> Brought:
    """What the version that a step follows brings as that step; None for a step of the law. A rule may bring one step and say it of each
    child, under "step/child"."""
    named, editions = {version.version: version for version in versions}, {one.id: one for one in governance.editions}
    known: dict[tuple[str, str], dict[tuple[str, str], Provided]] = {}

    def brought(line: Line) -> Provided | None:
        version = named.get(line.pin.version or "")
        if version is None:
            return None
        pinned = version.version, line.pin.edition
        if pinned not in known:
            rules, _ = governance.rules_at_work(version, editions[line.pin.edition])
            known[pinned] = {(ref.use, thing.key): thing for ref, thing in rules.provided}
        return known[pinned].get((line.rule.use, step_of(line).key.partition("/")[0]))

    return brought


def stages(governance: Governance, versions: Sequence[Arrangement], on: date, begun: date | None) -> dict[str, tuple[str, str]]:
    """The stages of a disagreement that a case would go through which began on a day, by line: what each is called, and its time."""
    _, version, edition = governance.pin(versions, on, begun)
    if version is None:
        return {}
    rules, _ = governance.rules_at_work(version, edition)
    found = {}
    for ref, thing in rules.provided:
        starts = thing.get("start_events")
        if thing.kind == "ladder_stage" and ref.layer == "local" and isinstance(starts, tuple) and starts:
            told = " or ".join(dict.fromkeys(plainly(happens(name)) for name in starts))
            found[f"steps:{ref.use}:{thing.key}"] = (thing.title, f"{thing.get('span') or 'no time stated'}, from when {told}")
    return found


def time_of(line: Line, brought: Brought) -> str:
    """The time of a step and what it is counted from: what started it, else each event that may, of which the earliest counts. Whether a
    source states its unit or it is read into it makes no other time."""
    step = step_of(line)
    thing = None if step.statutory else brought(line)
    time = str(replace(step.span, unit_from="stated")) if step.span else "no time stated"
    wait = thing.get("not_before") if thing else None
    may = (thing.get("start_events") or thing.get("clock_starts") or ()) if thing and step.starts_on is None else ()
    starts = may if isinstance(may, tuple) and may else filter(None, (step.start_event,))
    told = " or ".join(dict.fromkeys(plainly(happens(name)) for name in starts))
    return ", ".join(part for part in (time, f"not before {wait}" if wait else "", f"from when {told}" if told else "") if part)
