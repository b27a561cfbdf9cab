"""The letters about an incident: what the national body is told, and nothing more."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from threefold.exchange.letters import Draft

if TYPE_CHECKING:
    from threefold.work.incidents.records import CaseState


def notification_letter(state: CaseState, at: datetime, route: str, reference: str) -> Draft:
    """The notification: when, by which route, its nature, how many forms and children, the areas. No name, no account."""
    incident = state.facts.incident
    duty = next((d for d in state.verdict["duties"] if d["key"] == "notify-panel"), None)
    due = next(
        (t["statutory"]["due_on"] for t in state.verdict["steps"] if t["serves"] == "rapid-review" and t["statutory"]), None
    )
    looked_after = {c.looked_after.value for c in incident.children}
    return Draft("incident_notification", state.id, {
        "reference": reference,
        "sent_at": at.isoformat(),
        "route": route,
        "nature": state.nature_at_notification or "other",
        "forms": (duty["forms"] if duty else None) or 1,
        "children": len(incident.children),
        "happened_on": incident.happened_on.value.isoformat() if incident.happened_on.value else None,
        "happened_in": incident.happened_in.value,
        "lives_in": sorted({c.lives_in.value for c in incident.children if c.lives_in.value}),
        "looked_after": True if "yes" in looked_after else False if looked_after == {"no"} else None,
        "rapid_review_due_on": due,
    })  # fmt: skip


def withdrawal_letter(state: CaseState, way_out: str, reason: str) -> Draft:
    """That the notification is taken back, or that the criteria were not met, and why."""
    return Draft("notification_withdrawn", state.id, {"reference": state.reference, "way_out": way_out, "reason": reason})


def correction_letter(state: CaseState, event: str, on: date, reason: str) -> Draft:
    """That what was sent elsewhere (the notification, or the rapid review) was sent on another day than the national body was told."""
    return Draft(
        "date_corrected", state.id, {"reference": state.reference, "event": event, "on": on.isoformat(), "reason": reason}
    )
