"""Notifying the national body, and the ways out of a notification."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from threefold.domain.calendar import london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.walls.session import Unit
from threefold.work.incidents.letters import notification_letter, withdrawal_letter
from threefold.work.incidents.records import CaseState, FactsJson, change, first_time, load, today
from threefold.work.incidents.stories.deciding import ACTING, record_decision, refuse_or_ask, told
from threefold.work.incidents.stories.recording import with_entry
from threefold.work.people.access import needs


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
    before = first_time(unit, token, "notify")
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
    failing = refuse_or_ask(unit, governance, state.facts, "notify", "the duty to notify", stop=False)

    def edit(old: FactsJson) -> FactsJson:
        told_again = with_entry(old, "events", event)
        if taken_back is not None:  # what was signed was the review of the notification that was taken back
            told_again["review"].pop("signed_by", None)
        return told_again

    state = change(unit, governance, case_id, "notification sent", edit)
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
