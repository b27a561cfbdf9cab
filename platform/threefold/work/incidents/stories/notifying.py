"""Notifying the national body, and the ways out of a notification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from threefold.domain.calendar import london_day
from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.plugin_api.facts import Event, Facts, read_facts
from threefold.plugin_api.facts.review import WAYS_OUT
from threefold.walls.session import Unit
from threefold.work.incidents.letters import notification_letter, withdrawal_letter
from threefold.work.incidents.records import CaseState, FactsJson, change, facts_at, first_time, load, today
from threefold.work.incidents.stories.deciding import (
    ACTING,
    keep_noted,
    noted,
    record_decision,
    refuse_or_ask,
    speaks_against,
    told,
)
from threefold.work.incidents.stories.recording import with_entry
from threefold.work.people.access import needs

LETTER = "letter"
# Each way out of a notification as a move against which something may speak.
LEAVING = {"notification_withdrawn": "withdraw", "criteria_not_met": "criteria_not_met"}


@needs("notify the national body", ACTING)
def notify(
    unit: Unit, governance: Governance, case_id: UUID, national: UUID | None, token: UUID, *,
    sent_at: datetime | None = None, sent_by: str = "", reference: str = "",
) -> CaseState:  # fmt: skip
    """Notify the national body by letter; or, with `sent_at`, record that the official form was sent, and tell it so.

    `national` None: that body is not on this platform; then only the official form can be recorded. Nothing local can stop
    this. A case already notified is not notified again: the first sending counts. After a notification was taken back it is
    notified anew: the clocks run from the new sending, and the review of the earlier one is history.
    """
    refuse_half_a_form(sent_at, sent_by, reference)
    before = first_time(unit, token, "notify", case_id)
    state = load(unit, case_id, lock=True)
    if before is not None:
        return state
    if state.facts.review.notified:
        sent = state.facts.review.notified_on
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
    taken_back = state.facts.review.taken_back_on
    if taken_back is not None and london_day(at) < taken_back:
        raise ThreefoldError(
            f"The earlier notification was taken back on {taken_back:%-d %B %Y}. Give the day and time of the form sent after that.",
            field="sent_at",
        )
    event = {
        "name": "notification_sent", "at": at.isoformat(), "how": "official form" if sent_at else "letter",
        "reference": reference or state.reference, "given_by": sent_by, "given_on": today(unit).isoformat(),
    }  # fmt: skip
    against, failing = speaks_against(unit, governance, state.facts, "notify")

    def edit(old: FactsJson) -> FactsJson:
        told_again = with_entry(old, "events", event)
        if taken_back is not None:  # what was signed, and replied to, was the review of the notification that was taken back
            for of_earlier in ("signed_by", "panel_view"):
                told_again["review"].pop(of_earlier, None)
        return told_again

    state = change(unit, governance, case_id, "notification sent", edit)
    if national is not None:
        unit.send(
            notification_letter(state, at, "official form" if sent_at else "letter", reference or state.reference), national
        )
    unit.audit("notification sent", f"case:{case_id}", {"how": event["how"], "local_rules_not_worked_out": failing})
    return keep_noted(unit, state, "notification_sent", noted(against))


def refuse_half_a_form(sent_at: datetime | None, sent_by: str, reference: str) -> None:
    """Refuse who sent the official form, or its reference, without when: taken for a letter, something would be sent that was not asked for."""
    if sent_at is None and (sent_by.strip() or reference.strip()):
        raise ThreefoldError(
            "Who sent it and a reference belong to the official form. Give the day and time it was sent.", field="sent_at"
        )


@needs("notify the national body", ACTING)
def leave(
    unit: Unit, governance: Governance, case_id: UUID, way_out: str, reason: str, national: UUID | None, token: UUID, *,
    told_how: str = "", seen_no: int | None = None,
) -> CaseState:  # fmt: skip
    """Withdraw the notification, or record that the criteria were not met, with the reason.

    The national body is told by letter. `national` None: it is not on this platform, and nothing can be sent to it; `told_how` says
    when and how the area told it itself, if it has (see `note_told`). Raises `SaidMeanwhile` where somebody took the notification back
    since the record that the person saw (`seen_no`), or notified anew.
    """
    if way_out not in WAYS_OUT:
        raise ThreefoldError("Choose whether the notification is withdrawn or the criteria were not met.", field="way_out")
    told(reason, "Give the reason; it is sent to the national body." if national is not None else "Give the reason.")
    before = first_time(unit, token, "leave", case_id)
    state = load(unit, case_id, lock=True)
    if before is not None:
        return state
    if seen_no not in (None, state.no):
        _refuse_another_notification(read_facts(facts_at(unit, case_id, int(seen_no or 0))), state)
    if not state.facts.review.notified:
        raise ThreefoldError("There is no notification to take back.", field="way_out")
    against = refuse_or_ask(unit, governance, state.facts, LEAVING[way_out], reason)
    how = LETTER if national is not None else told_how.strip()
    event = {"name": way_out, "at": today(unit).isoformat(), "how": how, "given_on": today(unit).isoformat()}
    state = change(unit, governance, case_id, way_out.replace("_", " "), lambda old: with_entry(old, "events", event))
    state = record_decision(unit, state, way_out, "yes", reason, {"by_letter": national is not None}, against=against)
    if national is not None:
        unit.send(withdrawal_letter(state, way_out, reason), national)
    return state


@needs("notify the national body", ACTING)
def note_told(
    unit: Unit, governance: Governance, case_id: UUID, told_how: str, token: UUID, *, seen_no: int | None = None
) -> CaseState:
    """Note when and how the area told the national body, which no letter could tell, that the notification was taken back.

    Raises `SaidMeanwhile` where somebody noted it since the record that the person saw (`seen_no`).
    """
    told(told_how, "Enter when and how the national body was told.", "told_how")
    before = first_time(unit, token, "note_told", case_id)
    state = load(unit, case_id, lock=True)
    if before is not None:
        return state
    event = _way_out(state.facts)
    if seen_no not in (None, state.no) and _times_taken_back(state.facts) > _times_taken_back(
        read_facts(facts_at(unit, case_id, int(seen_no or 0)))
    ):
        raise SaidMeanwhile("took the notification back anew")
    if event is None:
        raise ThreefoldError("No notification of this case is taken back, so there is nothing to tell.", field="told_how")
    if event.how:
        if seen_no not in (None, state.no):
            raise SaidMeanwhile("recorded how the national body was told")
        raise ThreefoldError("It is on record already how the national body was told.", field="told_how")

    def edit(old: FactsJson) -> FactsJson:
        events = [dict(e) for e in old["review"]["events"]]
        next(e for e in reversed(events) if e["name"] == event.name and not e.get("how"))["how"] = told_how.strip()
        return {**old, "review": {**old["review"], "events": events}}

    return change(unit, governance, case_id, "the national body was told of it", edit)


def told_of_leaving(state: CaseState, decided: Iterable[Mapping[str, Any]]) -> dict[UUID, str]:
    """How the national body was told of each time that a notification was taken back, by the decision's id; "" where nothing says that
    it was. Of those from before that was kept, nothing."""
    found: dict[UUID, str] = {}
    for name in WAYS_OUT:
        events = [e for e in state.facts.review.events if e.name == name]
        newest_first = [d for d in decided if d["question"] == name]
        pairs = zip(newest_first, reversed(events), strict=False)
        found |= {d["id"]: event.how for d, event in pairs if "by_letter" in d}
    return found


def _times_taken_back(facts: Facts) -> int:
    return sum(1 for event in facts.review.events if event.name in WAYS_OUT)


def _way_out(facts: Facts) -> Event | None:
    """The event by which the notification that counts was taken back, if it was."""
    return next((event for name in sorted(WAYS_OUT) if (event := facts.review.event(name))), None)


def _refuse_another_notification(seen: Facts, now: CaseState) -> None:
    """Raise `SaidMeanwhile` where the notification that a person saw is not the one that stands."""
    if not seen.review.notified:
        return
    if not now.facts.review.notified:
        raise SaidMeanwhile("took the notification back")
    if seen.review.event("notification_sent") != now.facts.review.event("notification_sent"):
        raise SaidMeanwhile("took the notification back and notified anew")
