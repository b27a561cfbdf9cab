"""What a program sends by the JSON door, held against what a form would not have let anybody type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from threefold.domain.calendar import london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.plugin_api.facts import EVENTS, PLANNED, Facts, label_of, read_facts, write_facts
from threefold.plugin_api.facts.values import Fact
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.given import fact_json
from threefold.work.incidents.records import FactsJson, facts_seen, load, today
from threefold.work.incidents.stories.persons import of_child
from threefold.work.incidents.stories.recording import MOVES_BY_DATE, OWN_ACT, keys_of_children

_NOTHING = "Nothing was saved."
_CHILD = re.compile(r"child-[1-9][0-9]{0,3}")
_FAMILY = re.compile(r"family-[1-9][0-9]{0,3}")
_PLAIN = frozenset({"key", "family"})  # no answers: nobody gave them


def new_as_sent(unit: Unit, governance: Governance, facts: Mapping[str, Any]) -> FactsJson:
    """The facts of a new case, each given by who sends them, today. Raises `ThreefoldError` where they hold what no form would have taken:
    what followed has acts of its own, by those who may do them, and only what happened and the days of it are told with a case."""
    read = read_facts(facts)
    review = facts.get("review")
    for name in review if isinstance(review, Mapping) else ():
        if name != "events":
            said = "What followed is recorded by operations of its own, or on the pages of the case, and not with a new case."
            raise ThreefoldError(f"{said} {_NOTHING}", field=f"review.{name}")
    for event in read.review.events:
        if event.name in OWN_ACT | set(MOVES_BY_DATE) or event.name not in EVENTS:
            said = "This is recorded by an operation of its own, or on the pages of the case, and not noted as a date with a new case."
            raise ThreefoldError(f"{said} {_NOTHING}", field=f"review.events.{event.name}")
    refuse_unasked(unit, governance, facts)
    _refuse_days_ahead(unit, _days(read))
    _refuse_keys(child.key for child in read.incident.children)
    _refuse_families(read, ())
    made = write_facts(read)
    events = [
        {**e, "given_on": today(unit).isoformat(), "given_by": _who(unit)} for e in made.get("review", {}).get("events", ())
    ]
    return {
        **made,
        "incident": _given_now(unit, made.get("incident", {}), {}),
        **({"review": {"events": events}} if events else {}),
    }


def changed_as_sent(unit: Unit, governance: Governance, case_id: UUID, seen_no: int, facts: Mapping[str, Any]) -> FactsJson:
    """The facts of a case as they are to be, each that is another than what was read given by who sends them, today.

    Raises `ThreefoldError` where they hold what no form would have taken, or lack the incident, which would then be empty. What stands in
    the case already may stay; what followed may be sent back as it was read.
    """
    read = read_facts(facts)
    if not isinstance(facts.get("incident"), Mapping):
        raise ThreefoldError(f"Send the whole incident as it is to be, under the key “incident”. {_NOTHING}", field="incident")
    there = load(unit, case_id, lock=True)  # what is checked here holds until it is saved
    seen = read_facts(facts_seen(unit, there, seen_no))
    if "review" in facts and read.review != seen.review:
        said = "What followed is recorded by operations of its own, or on the pages of the case, and not changed with what is known of the incident."
        raise ThreefoldError(f"{said} {_NOTHING}", field="review")
    refuse_unasked(unit, governance, facts, case_id)
    known = set(_days(there.facts))
    _refuse_days_ahead(unit, (told for told in _days(read) if told not in known))
    _refuse_other_children(unit, case_id, seen, read)
    before = write_facts(seen).get("incident", {})
    return {"incident": _given_now(unit, write_facts(read).get("incident", {}), before)}


def _refuse_other_children(unit: Unit, case_id: UUID, seen: Facts, read: Facts) -> None:
    """Raise `ThreefoldError` where a child is taken off beside whom people stand, or one is added under a key that another had."""
    _refuse_families(read, {child.family for child in seen.incident.children})
    were, are = ({child.key for child in facts.incident.children} for facts in (seen, read))
    for key in sorted(were - are):
        if of_child(unit, case_id, key):
            said = (
                f"People stand beside “{key}” in this case. Take the child off on the pages of the case, where they are told."
            )
            raise ThreefoldError(f"{said} {_NOTHING}", field="incident.children")
    if new := are - were:
        _refuse_keys(new)
        if taken := new & keys_of_children(unit, case_id):
            said = (
                f"“{min(taken)}” was another child of this case, or is there by now. Give the new one a number that none had."
            )
            raise ThreefoldError(f"{said} {_NOTHING}", field="incident.children")


def _refuse_keys(keys: Iterable[str]) -> None:
    for key in keys:
        if not _CHILD.fullmatch(key):
            said = f"A child is called by a number here, as child-1, and never by a name: “{key[:40]}” is none."
            raise ThreefoldError(f"{said} {_NOTHING}", field="incident.children")


def _refuse_families(read: Facts, known: Collection[str]) -> None:
    for child in read.incident.children:
        if child.family and child.family not in known and not _FAMILY.fullmatch(child.family):
            said = f"A family is called by a number here, as family-1, and never by a name: “{child.family}” is none."
            raise ThreefoldError(f"{said} {_NOTHING}", field=f"incident.children[{child.key}].family")


def _given_now(unit: Unit, incident: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The incident with who gave each answer and when: what is another than before is given by who sends it, today."""
    old = {child["key"]: child for child in before.get("children", ())}
    made = {
        name: _fact(unit, name, raw, before.get(name)) for name, raw in incident.items() if name not in ("children", "local")
    }
    if "children" in incident:
        made["children"] = [
            {name: _fact(unit, name, raw, old.get(child["key"], {}).get(name)) for name, raw in child.items()}
            for child in incident["children"]
        ]
    if "local" in incident:
        made["local"] = {key: _fact(unit, key, raw, before.get("local", {}).get(key)) for key, raw in incident["local"].items()}
    return made


def _fact(unit: Unit, name: str, raw: Any, old: Any) -> Any:
    if name in _PLAIN:
        return raw
    value, known = (raw.get("value"), raw.get("known_on")) if isinstance(raw, Mapping) else (raw, None)
    if value is None:
        known = None  # a day without an answer says nothing
    return fact_json(old, value, date.fromisoformat(known) if known else None, _who(unit), today(unit))


def _who(unit: Unit) -> str:
    """Who gives an answer, as it stands beside the fact: the seat, else the role. Facts hold no names."""
    words = (one.replace("-", " ").replace("_", " ") for one in sorted(unit.actor.seats or unit.actor.roles))
    return ", ".join(words)[:200]


def _refuse_days_ahead(unit: Unit, told: Iterable[tuple[str, date]]) -> None:
    now = today(unit)
    if ahead := [place for place, day in told if day > now]:
        path, _, known = min(ahead).partition(" ")
        label = label_of(path)
        raise ThreefoldError(f"{label[:1].upper() + label[1:]}: {known or 'the day'} must be today or in the past.", field=path)


def _days(facts: Facts) -> Iterator[tuple[str, date]]:
    """Every day that facts name, with its path, and in words where it is not the answer itself."""
    for child in facts.incident.children:
        yield from _days_of(child, f"incident.children[{child.key}].")
    yield from _days_of(facts.incident, "incident.")
    for key, fact in facts.incident.local.items():
        yield from _days_of_fact(fact, f"incident.local.{key}")
    for event in facts.review.events:
        if event.name not in PLANNED:
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
