"""What a program sends by the JSON door, held against what a form would not have let anybody type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from threefold.domain.calendar import london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.plugin_api.facts import EVENTS, Facts, label_of, read_facts
from threefold.plugin_api.facts.values import Fact
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import facts_at, load, today
from threefold.work.incidents.stories.recording import OWN_ACT

_NOTHING = "Nothing was saved."


def refuse_new(unit: Unit, governance: Governance, facts: Mapping[str, Any]) -> None:
    """Raise `ThreefoldError` where the facts of a new case hold what no form would have taken: what followed has acts of its own, by those
    who may do them, and only what happened and the days of it are told with a case."""
    read = read_facts(facts)
    review = facts.get("review")
    for name in review if isinstance(review, Mapping) else ():
        if name != "events":
            raise ThreefoldError(
                f"What followed is recorded by an operation of its own, and not with a new case. {_NOTHING}",
                field=f"review.{name}",
            )
    for event in read.review.events:
        if event.name in OWN_ACT or event.name not in EVENTS:
            said = "This is recorded by an operation of its own, and not noted as a date with a new case."
            raise ThreefoldError(f"{said} {_NOTHING}", field=f"review.events.{event.name}")
    refuse_unasked(unit, governance, facts)
    _refuse_days_ahead(unit, _days(read))


def refuse_changed(unit: Unit, governance: Governance, case_id: UUID, seen_no: int, facts: Mapping[str, Any]) -> None:
    """Raise `ThreefoldError` where facts that are sent for a case hold what no form would have taken, or lack the incident, which would
    then be empty. What stands in the case already may stay; what followed may be sent back as it was read."""
    read = read_facts(facts)
    if not isinstance(facts.get("incident"), Mapping):
        raise ThreefoldError(f"Send the whole incident as it is to be, under the key “incident”. {_NOTHING}", field="incident")
    there = load(unit, case_id)
    if "review" in facts:
        seen = there.facts if seen_no >= there.no else read_facts(facts_at(unit, case_id, seen_no))
        if read.review != seen.review:
            said = "What followed is recorded by operations of its own, and not changed with what is known of the incident."
            raise ThreefoldError(f"{said} {_NOTHING}", field="review")
    refuse_unasked(unit, governance, facts, case_id)
    known = set(_days(there.facts))
    _refuse_days_ahead(unit, (told for told in _days(read) if told not in known))


def _refuse_days_ahead(unit: Unit, told: Iterable[tuple[str, date]]) -> None:
    now = today(unit)
    if ahead := [place for place, day in told if day > now]:
        path, _, known = min(ahead).partition(" ")
        label = label_of(path)
        raise ThreefoldError(f"{label[:1].upper() + label[1:]}: {known or 'the day'} must be today or in the past.", field=path)


def refuse_ahead(unit: Unit, at: date | datetime) -> None:
    """Raise `ThreefoldError` where what is told as happened lies ahead."""
    if at > unit.at if isinstance(at, datetime) else at > today(unit):
        raise ThreefoldError("The day and time must be now or in the past.", field="at")


def _days(facts: Facts) -> Iterator[tuple[str, date]]:
    """Every day that facts name, with its path, and in words where it is not the answer itself."""
    for child in facts.incident.children:
        yield from _days_of(child, f"incident.children[{child.key}].")
    yield from _days_of(facts.incident, "incident.")
    for key, fact in facts.incident.local.items():
        yield from _days_of_fact(fact, f"incident.local.{key}")
    for event in facts.review.events:
        yield f"review.events.{event.name}", london_day(event.at)


def _days_of(holder: Any, begins: str) -> Iterator[tuple[str, date]]:
    for field in fields(holder):
        value = getattr(holder, field.name)
        if isinstance(value, Fact):
            yield from _days_of_fact(value, begins + field.name)


def _days_of_fact(fact: Fact[Any], path: str) -> Iterator[tuple[str, date]]:
    days = {"": fact.value, "the day since when it is known": fact.known_on, "the day on which it was given": fact.given_on}
    for words, day in days.items():
        if isinstance(day, date):
            yield f"{path} {words}".strip(), day


def refuse_unasked(unit: Unit, governance: Governance, facts: Mapping[str, Any], case_id: UUID | None = None) -> None:
    """Raise `ThreefoldError` where facts answer a question of the area's own that no version on record asks: most often a key that is
    misspelt, whose answer nobody would see again. A form asks none such. What stands in the case already may stay."""
    incident = facts.get("incident")
    local = incident.get("local") if isinstance(incident, Mapping) else None
    if not isinstance(local, Mapping) or not local:
        return
    asked: set[str] = set()
    for version in versions(unit):
        rules, lost = governance.rules_at_work(version, governance.editions[-1])
        if lost:
            return  # what a rule asks that cannot be read now is not known
        asked |= set(rules.questions)
    unknown = [str(key) for key in local if key not in asked]
    if unknown and case_id is not None:
        there = load(unit, case_id).facts.incident.local
        unknown = [key for key in unknown if key not in there]
    if unknown:
        near = get_close_matches(unknown[0], asked, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ThreefoldError(
            f"No version of the arrangement asks a question of its own called '{unknown[0][:80]}'.{hint} Nothing was saved.",
            field=f"incident.local.{unknown[0][:80]}",
        )
