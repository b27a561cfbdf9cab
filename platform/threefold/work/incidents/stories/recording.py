"""Recording an incident: opening a case, its answers, its dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.calendar import london_day
from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.plugin_api.facts import PLANNED, Facts, read_facts, write_facts
from threefold.walls.session import Unit
from threefold.work.incidents.records import (
    CaseState,
    FactsJson,
    NotFound,
    came_of_it,
    change,
    facts_at,
    first_time,
    load,
    open_case,
    today,
)
from threefold.work.incidents.stories.deciding import ACTING, keep_noted, noted, speaks_against
from threefold.work.incidents.stories.persons import of_child
from threefold.work.incidents.tables import CaseRecord, Counter
from threefold.work.people.access import needs

# Acts with consequences of their own, such as a letter: they are performed as such, and not noted as a date by hand.
OWN_ACT = frozenset({
    "notification_sent", "notification_decided", "notification_withdrawn", "criteria_not_met", "rapid_review_sent",
    "local_review_decided", "local_review_declined", "panel_replied",
    "incident",  # the day it happened is an answer of the form
})  # fmt: skip

# Dates that tell of a move against which something may speak: who puts one on record is shown it, and it is kept.
MOVES_BY_DATE = {"rapid_review_started": "start_rapid_review", "published": "publish"}


@needs("record an incident", ACTING)
def record_incident(unit: Unit, governance: Governance, facts: Mapping[str, Any] | Facts, token: UUID) -> CaseState:
    """Open a case on the facts as far as known. Sent twice with one token, it opens one case."""
    before = first_time(unit, token, "record_incident")
    if before is not None:
        return load(unit, UUID(before))
    read = facts if isinstance(facts, Facts) else read_facts(facts)
    case_id = uuid4()
    state = open_case(unit, governance, case_id, _reference(unit), read, "incident recorded")
    came_of_it(unit, token, str(case_id))
    unit.audit("incident recorded", f"case:{case_id}")
    return state


@needs("record an incident", ACTING)
def save_facts(
    unit: Unit,
    governance: Governance,
    case_id: UUID,
    seen_no: int,
    facts: Mapping[str, Any],
    keep: Mapping[str, str] | None = None,
) -> CaseState:
    """Save changed answers about what happened. The events and views of the case are not touched by this."""

    def edit(old: FactsJson) -> FactsJson:
        return {**old, "incident": dict(facts.get("incident", {}))}

    state = change(unit, governance, case_id, "facts changed", edit, seen_no=seen_no, keep=keep)
    unit.audit("facts changed", f"case:{case_id}", {"record": state.no})
    return state


def keys_of_children(unit: Unit, case_id: UUID) -> set[str]:
    """The keys of every child that any record of a case names. One statement."""
    rows = unit.session.scalars(select(CaseRecord.facts).where(CaseRecord.case_id == case_id))
    return {child["key"] for facts in rows for child in unit.open_json(facts).get("incident", {}).get("children", ())}


@needs("record an incident", ACTING)
def add_child(unit: Unit, governance: Governance, case_id: UUID) -> str:
    """Put one more child on the incident. Returns its key: the first of the series child-1, child-2, ... after every one that any record
    of the case names, so that what is known of a child that was taken off is never taken for what is known of another."""
    state = load(unit, case_id, lock=True)
    used = [int(key[6:]) for key in keys_of_children(unit, case_id) if key.startswith("child-") and key[6:].isdecimal()]
    key = f"child-{max(used, default=0) + 1}"
    incident = write_facts(state.facts).get("incident", {})
    grown = {**incident, "children": [*incident.get("children", []), {"key": key}]}
    save_facts(unit, governance, case_id, state.no, {"incident": grown})
    return key


@needs("record an incident", ACTING)
def remove_child(
    unit: Unit, governance: Governance, case_id: UUID, key: str, *, seen_no: int | None = None, seen_people: int | None = None
) -> CaseState:
    """Take a child off the incident: it is not counted any more, and stays in the earlier records of the case. Whoever is on the case as
    this child, or near to it, stays there.

    Raises `SaidMeanwhile` where something else is known of the child than in the record that the person saw (`seen_no`), or more people
    stand beside it than they saw (`seen_people`), `NotFound` where there is no such child.
    """
    state = load(unit, case_id, lock=True)
    incident = write_facts(state.facts).get("incident", {})
    child = _child_in(incident, key)
    if child is None:
        raise NotFound
    if seen_no not in (None, state.no) and child != _child_in(
        facts_at(unit, case_id, int(seen_no or 0)).get("incident", {}), key
    ):
        raise SaidMeanwhile("recorded more of this child")
    if seen_people is not None and len(of_child(unit, case_id, key)) > seen_people:
        raise SaidMeanwhile("put another person on the case beside this child")
    kept = [one for one in incident["children"] if one["key"] != key]
    return save_facts(unit, governance, case_id, state.no, {"incident": {**incident, "children": kept}})


def _child_in(incident: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return next((child for child in incident.get("children", ()) if child["key"] == key), None)


def refuse_ahead(unit: Unit, name: str, at: date | datetime) -> None:
    """Raise `ThreefoldError` where what is told as happened lies ahead."""
    if lies_ahead(name, at, unit.at):
        raise ThreefoldError("The day and time must be now or in the past.", field="at")


def lies_ahead(name: str, at: date | datetime, now: datetime) -> bool:
    """Whether what is told as happened has not come yet. What is planned may lie ahead (`PLANNED`)."""
    return name not in PLANNED and (at > now if isinstance(at, datetime) else at > london_day(now))


@needs("record an incident", ACTING)
def add_event(
    unit: Unit, governance: Governance, case_id: UUID, name: str, at: date | datetime, *, how: str = "", reference: str = ""
) -> CaseState:
    """Record that something happened: the start or end of a clock. Sent twice, it is on record once."""
    refuse_ahead(unit, name, at)
    before = load(unit, case_id, lock=True)
    same = next((e for e in before.facts.review.events if (e.name, e.at) == (name, at)), None)
    if same is not None:
        if (how or same.how, reference or same.reference) != (same.how, same.reference):
            said = " and ".join(
                filter(None, (same.how and f"“{same.how}”", same.reference and f"the reference “{same.reference}”"))
            )
            raise ThreefoldError(
                f"That date is on record already, with {said or 'nothing said beside it'}. What you say beside it was not saved.",
                field=f"review.events.{name}",
            )
        return before
    event = {"name": name, "at": at.isoformat(), "how": how, "reference": reference, "given_on": today(unit).isoformat()}
    against = speaks_against(unit, governance, before.facts, MOVES_BY_DATE[name])[0] if name in MOVES_BY_DATE else ()
    state = change(unit, governance, case_id, f"event: {name}", lambda old: with_entry(old, "events", event))
    unit.audit("event recorded", f"case:{case_id}", {"event": name})
    return keep_noted(unit, state, name, noted(against))


@needs("record an incident", ACTING)
def become_aware(unit: Unit, governance: Governance, case_id: UUID, on: date) -> CaseState:
    """Record the day on which the authority became aware. Raises `AwareAlready` where another day is on record by then."""
    known = [e.at for e in load(unit, case_id, lock=True).facts.review.events if e.name == "aware"]
    if known and on not in [london_day(at) for at in known]:
        raise AwareAlready
    return load(unit, case_id) if known else add_event(unit, governance, case_id, "aware", on)


class AwareAlready(ThreefoldError):
    """Another day is on record. Neither is dropped without a word: a person corrects the date, with the reason."""

    def __init__(self) -> None:
        super().__init__("Another day is on record. To change it, correct the date.", field="review.events.aware")


def with_entry(old: FactsJson, name: str, entry: Mapping[str, Any]) -> FactsJson:
    """The facts with one more entry in a list of what followed: events, views, considered."""
    review = old.get("review", {})
    return {**old, "review": {**review, name: [*review.get(name, []), dict(entry)]}}


def _reference(unit: Unit) -> str:
    year = today(unit).year
    statement = insert(Counter).values(tenant_id=unit.scope.body_id, series=f"case-{year}", value=1)
    number = unit.session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "series"], set_={"value": Counter.value + 1}).returning(
            Counter.value
        )
    ).scalar_one()
    return f"{year}-{number:04d}"
