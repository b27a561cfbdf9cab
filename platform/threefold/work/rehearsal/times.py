"""The time of a step that has no date yet, in words: how long it runs, and from when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from threefold.domain.calendar import UNIT_INFERRED
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.wording import with_questions
from threefold.plugin_api import Span, Step, happens
from threefold.work.incidents.web.words import plainly


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
            told = " or ".join(dict.fromkeys(plainly(happens(name)) for name in sorted(starts)))
            time = str(thing.get("span") or "no time stated").replace(UNIT_INFERRED, "")  # that makes no other time
            only = f", only when {with_questions(str(thing.get('when')), rules.questions)}" if thing.get("when") else ""
            found[f"steps:{ref.use}:{thing.key}"] = (thing.title, f"{time}, from when {told}{only}")
    return found


def time_of(step: Step) -> str:
    """The time of a step and what it is counted from: what started it, else each event that may, of which the earliest counts. Whether a
    source states its unit or it is read into it makes no other time."""
    starts = step.starts if step.starts_on is None and step.starts else filter(None, (step.start_event,))
    parts = (
        _words(step.span) if step.span else "no time stated",
        f"not before {_words(step.from_span)}" if step.from_span else "",
        f"from when {told}" if (told := " or ".join(dict.fromkeys(plainly(happens(name)) for name in starts))) else "",
    )
    return ", ".join(filter(None, parts))


def _words(span: Span) -> str:
    return str(replace(span, unit_from="stated"))
