"""What people do with an incident: record it, seek views, decide whether to notify, notify, or find a way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.verdict import effect
from threefold.plugin_api.facts import Facts, read_facts, write_facts
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.letters import notification_letter, withdrawal_letter
from threefold.work.incidents.records import (
    CaseState,
    FactsJson,
    NotFound,
    came_of_it,
    change,
    first_time,
    load,
    nature,
    open_case,
    today,
)
from threefold.work.incidents.tables import Case, CasePerson, CaseRecord, Counter, Decision
from threefold.work.people.access import BUSINESS_MANAGER, DEPUTY, EVERYONE, PARTNER_LEAD, needs

ACTING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})


class NotAllowed(ThreefoldError):
    """The law does not allow this act; the paragraph says why."""


class ReasonNeeded(ThreefoldError):
    """The act departs from guidance and needs a recorded reason."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a body's case list."""

    id: UUID
    reference: str
    status: str
    next_due_on: date | None
    next_step: str
    next_who: str
    next_statutory: bool
    late: bool
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a case's timeline: what was recorded when, by which seat, under which version and edition."""

    no: int
    at: datetime
    what: str
    by: UUID | None
    by_seat: str
    fingerprint: str


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


@needs("record an incident", ACTING)
def add_event(
    unit: Unit, governance: Governance, case_id: UUID, name: str, at: date | datetime, *, how: str = "", reference: str = ""
) -> CaseState:
    """Record that something happened: the start or end of a clock."""
    event = {"name": name, "at": at.isoformat(), "how": how, "reference": reference, "given_on": today(unit).isoformat()}
    state = change(unit, governance, case_id, f"event: {name}", lambda old: with_entry(old, "events", event))
    unit.audit("event recorded", f"case:{case_id}", {"event": name})
    return state


@needs("record an incident", ACTING)
def correct_event(
    unit: Unit, governance: Governance, case_id: UUID, name: str, old_at: str, at: date | datetime, reason: str
) -> CaseState:
    """Correct the date of an event. The old record stays; the new verdict shows what governs from the new date."""
    told(reason, "Say why the date is corrected.")

    def edit(old: FactsJson) -> FactsJson:
        events = [dict(e) for e in old.get("review", {}).get("events", [])]
        for event in events:
            if event["name"] == name and event["at"] == old_at:
                event["at"] = at.isoformat()
                return {**old, "review": {**old["review"], "events": events}}
        raise NotFound

    state = change(unit, governance, case_id, f"date corrected: {name}", edit)
    unit.audit("event corrected", f"case:{case_id}", {"event": name})
    return state


@needs("record an incident", ACTING)
def add_person(unit: Unit, case_id: UUID, part: str, details: Mapping[str, Any], child_key: str = "") -> UUID:
    """Put someone on the case: a child, or someone around the child. Who they are is sealed."""
    load(unit, case_id)
    person = CasePerson(
        id=uuid4(), case_id=case_id, part=part, child_key=child_key, details=unit.seal_json(dict(details)), added_at=unit.at
    )
    unit.session.add(person)
    unit.session.flush()
    unit.audit("person added", f"case:{case_id}", {"part": part})
    return person.id


def people(unit: Unit, case_id: UUID) -> list[tuple[str, str, dict[str, Any]]]:
    """(part, child key, details) of everyone on the case."""
    rows = unit.session.scalars(
        select(CasePerson).where(CasePerson.case_id == case_id).order_by(CasePerson.added_at, CasePerson.id)
    )
    return [(row.part, row.child_key, dict(unit.open_json(row.details))) for row in rows]


# Made once: the list is the page that is opened most.
_LIST = (
    select(
        Case.id, Case.reference, Case.status, Case.next_due_on, Case.next_step, Case.next_who, Case.next_statutory, Case.opened_at
    )
    .where(Case.restricted.is_(False))
    .order_by(Case.next_due_on.asc().nulls_last(), Case.id)
    .offset(bindparam("skip"))
    .limit(bindparam("most"))
)  # fmt: skip


@needs("see cases", EVERYONE)
def list_cases(unit: Unit, *, page: int = 1, size: int = 25) -> tuple[list[CaseLine], bool]:
    """A page of the body's cases, what is due soonest first, and whether there are more. One statement and the audit."""
    on = today(unit)
    rows = unit.session.execute(_LIST, {"skip": (page - 1) * size, "most": size + 1}).all()
    unit.audit("cases listed", "cases", {"page": page})
    lines = [
        CaseLine(r.id, r.reference, r.status, r.next_due_on, r.next_step, r.next_who, r.next_statutory,
                 r.next_due_on is not None and r.next_due_on < on, r.opened_at)
        for r in rows[:size]
    ]  # fmt: skip
    return lines, len(rows) > size


@needs("see cases", EVERYONE)
def see_case(unit: Unit, case_id: UUID) -> CaseState:
    """A case as it stands, and the note that it was read."""
    state = load(unit, case_id)
    unit.audit("case read", f"case:{case_id}")
    return state


def timeline(unit: Unit, case_id: UUID) -> list[Happening]:
    """Everything recorded of the case, newest first."""
    rows = unit.session.execute(
        select(CaseRecord.no, CaseRecord.at, CaseRecord.what, CaseRecord.by, CaseRecord.by_seat, CaseRecord.fingerprint)
        .where(CaseRecord.case_id == case_id)
        .order_by(CaseRecord.no.desc())
    ).all()
    return [Happening(*row) for row in rows]


def record_at(unit: Unit, case_id: UUID, no: int) -> tuple[Facts, dict[str, Any], datetime]:
    """The facts and the stored verdict of one record: an old decision is explained from what was stored with it."""
    row = unit.session.execute(
        select(CaseRecord.facts, CaseRecord.verdict, CaseRecord.at).where(CaseRecord.case_id == case_id, CaseRecord.no == no)
    ).first()
    if row is None:
        raise NotFound
    return read_facts(unit.open_json(row.facts)), dict(unit.open_json(row.verdict)), row.at


@needs("give the view of a seat", EVERYONE)
def give_view(
    unit: Unit, governance: Governance, case_id: UUID, question: str, seat: str, view: str, reason: str = ""
) -> CaseState:
    """A seat's view of a question. A later view of the same seat replaces it; the record keeps both."""
    if seat not in unit.actor.seats:
        raise ThreefoldError("Only the person who holds a seat can give its view.", field="seat")
    entry = {"question": question, "seat": seat, "view": view, "reason": reason, "given_on": today(unit).isoformat()}

    def edit(old: FactsJson) -> FactsJson:
        others = [v for v in old.get("review", {}).get("views", []) if (v["question"], v["seat"]) != (question, seat)]
        return {**old, "review": {**old.get("review", {}), "views": [*others, entry]}}

    state = change(unit, governance, case_id, f"view given: {question}", edit)
    unit.audit("view given", f"case:{case_id}", {"question": question, "seat": seat})
    return state


@needs("decide whether to notify", ACTING)
def decide_notify(unit: Unit, governance: Governance, case_id: UUID, outcome: str, reason: str, token: UUID) -> CaseState:
    """Decide whether to notify. Views and dissent are kept beside the decision and block nothing.

    Raises `NotAllowed` when the law forbids the outcome, `ReasonNeeded` when it wants a reason.
    """
    if outcome not in ("yes", "no"):
        raise ThreefoldError("Say whether the incident is to be notified: yes or no.", field="outcome")
    before = first_time(unit, token, "decide_notify")
    if before is not None:
        return load(unit, case_id)
    if outcome == "no":
        told(reason, "Say why the incident is not notified; it can be considered again on new information.")
        refuse_or_ask(unit, governance, load(unit, case_id).facts, "decide_not_to_notify", reason)
    event = {"name": "notification_decided", "at": today(unit).isoformat(), "how": outcome, "given_on": today(unit).isoformat()}
    state = change(unit, governance, case_id, f"decided: notify {outcome}", lambda old: _with_only(old, event))
    record_decision(unit, state, "notify", outcome, reason)
    return state


@needs("notify the national body", ACTING)
def notify(
    unit: Unit, governance: Governance, case_id: UUID, national: UUID | None, token: UUID, *,
    sent_at: datetime | None = None, sent_by: str = "", reference: str = "",
) -> CaseState:  # fmt: skip
    """Notify the national body by letter; or, with `sent_at`, record that the official form was sent, and tell it so.

    `national` None: that body is not on this platform; then only the official form can be recorded. Nothing local can stop this. A case already notified is not notified again: the first sending counts.
    """
    before = first_time(unit, token, "notify")
    state = load(unit, case_id, lock=True)
    if before is not None:
        return state
    if state.facts.review.notified:
        sent = state.facts.review.on("notification_sent")
        raise ThreefoldError(
            f"This incident was notified on {sent:%-d %B %Y}. Nothing was sent again.", field="notification_sent"
        )
    if national is None and sent_at is None:
        raise ThreefoldError(
            "The national body is not on this platform. Send the official form, and record here when it was sent and under which reference.",
            field="national_body",
        )
    if sent_at is not None and sent_at > unit.at:
        raise ThreefoldError("The time of sending lies in the future. Give the day and time it was sent.", field="sent_at")
    if sent_at is not None and not reference.strip():
        raise ThreefoldError("Give the reference that the official form was given.", field="reference")
    at = sent_at or unit.at
    event = {
        "name": "notification_sent", "at": at.isoformat(), "how": "official form" if sent_at else "letter",
        "reference": reference or state.reference, "given_by": sent_by, "given_on": today(unit).isoformat(),
    }  # fmt: skip
    failing = refuse_or_ask(unit, governance, state.facts, "notify", "the duty to notify", stop=False)
    state = change(unit, governance, case_id, "notification sent", lambda old: with_entry(old, "events", event))
    if national is not None:
        unit.send(
            notification_letter(state, at, "official form" if sent_at else "letter", reference or state.reference), national
        )
    unit.audit("notification sent", f"case:{case_id}", {"how": event["how"], "local_rules_not_worked_out": failing})
    return state


@needs("notify the national body", ACTING)
def leave(
    unit: Unit, governance: Governance, case_id: UUID, way_out: str, reason: str, national: UUID | None, token: UUID
) -> CaseState:
    """Withdraw the notification, or record that the criteria were not met, with the reason; the national body is told."""
    if way_out not in ("notification_withdrawn", "criteria_not_met"):
        raise ThreefoldError("Choose whether the notification is withdrawn or the criteria were not met.", field="way_out")
    told(reason, "Give the reason; it is sent to the national body.")
    before = first_time(unit, token, "leave")
    state = load(unit, case_id)
    if before is not None:
        return state
    if not state.facts.review.notified:
        raise ThreefoldError("There is no notification to take back.", field="way_out")
    event = {"name": way_out, "at": today(unit).isoformat(), "given_on": today(unit).isoformat()}
    state = change(unit, governance, case_id, way_out.replace("_", " "), lambda old: with_entry(old, "events", event))
    record_decision(unit, state, way_out, "yes", reason)
    if national is not None:
        unit.send(withdrawal_letter(state, way_out, reason), national)
    return state


def refuse_or_ask(unit: Unit, governance: Governance, facts: Facts, move: str, reason: str, *, stop: bool = True) -> int:
    """Hold a move against what speaks against it. Returns how many local rules could not be worked out.

    Force decides: an Act or regulations refuse, statutory guidance asks for a reason, the rest is noted with the record.
    """
    lines, failures = governance.objections(versions(unit), facts, today(unit), move)
    if stop:
        for line in lines:
            what = effect(line)
            objection = line.finding
            if what == "refused":
                raise NotAllowed(objection.sentence, field=move, paragraph=objection.source.ref)
            if what == "needs_reason" and not reason.strip():
                raise ReasonNeeded(objection.sentence, field="reason", paragraph=objection.source.ref)
    return len(failures)


def decisions(unit: Unit, case_id: UUID) -> list[dict[str, Any]]:
    """The decisions of a case, newest first, with reasons, views and dissent as they stood."""
    rows = unit.session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.at.desc(), Decision.id))
    return [
        {"question": row.question, "outcome": row.outcome, "at": row.at, "by": row.by, "by_seat": row.by_seat,
         "record_no": row.record_no, **unit.open_json(row.reasons)}
        for row in rows
    ]  # fmt: skip


def record_decision(
    unit: Unit, state: CaseState, question: str, outcome: str, reason: str, more: Mapping[str, Any] | None = None
) -> None:
    """Keep a decision with its reasons, and with every view and dissent as it stood."""
    views = [v for v in write_facts(state.facts).get("review", {}).get("views", []) if v["question"] == question]
    dissent = [v["seat"] for v in views if v["view"] not in (outcome, "unclear")]
    unit.session.add(Decision(
        id=uuid4(), case_id=state.id, question=question, outcome=outcome, at=unit.at, by=unit.actor.person_id,
        by_seat=",".join(sorted(unit.actor.seats)), record_no=state.no,
        reasons=unit.seal_json({"reason": reason, "views": views, "dissent": dissent, **(more or {})}),
    ))  # fmt: skip
    unit.audit(f"decided: {question}", f"case:{state.id}", {"outcome": outcome, "record": state.no})


def told(text: str, otherwise: str, field: str = "reason") -> None:
    """Raise `ReasonNeeded` when a text that must be given is empty."""
    if not text.strip():
        raise ReasonNeeded(otherwise, field=field)


def with_entry(old: FactsJson, name: str, entry: Mapping[str, Any]) -> FactsJson:
    """The facts with one more entry in a list of what followed: events, views, considered."""
    review = old.get("review", {})
    return {**old, "review": {**review, name: [*review.get(name, []), dict(entry)]}}


def _with_only(old: FactsJson, event: Mapping[str, Any]) -> FactsJson:
    """The facts with this event in place of an earlier one of its name: a decision reconsidered."""
    review = old.get("review", {})
    others = [e for e in review.get("events", []) if e["name"] != event["name"]]
    return {**old, "review": {**review, "events": [*others, dict(event)]}}


def _reference(unit: Unit) -> str:
    year = today(unit).year
    statement = insert(Counter).values(tenant_id=unit.scope.body_id, series=f"case-{year}", value=1)
    number = unit.session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "series"], set_={"value": Counter.value + 1}).returning(
            Counter.value
        )
    ).scalar_one()
    return f"{year}-{number:04d}"


__all__: Sequence[str] = (
    "CaseLine", "Happening", "NotAllowed", "ReasonNeeded", "add_event", "add_person", "correct_event", "decide_notify",
    "decisions", "give_view", "leave", "list_cases", "nature", "notify", "people", "record_at", "record_incident",
    "refuse_or_ask", "save_facts", "see_case", "timeline",
)  # fmt: skip
