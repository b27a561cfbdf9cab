"""Sending the rapid review to the national body: by letter from here, or recording that it was sent by the official form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from threefold.domain.calendar import LONDON, london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.plugin_api.facts import Event
from threefold.walls.session import Unit
from threefold.work.incidents.records import CaseState, change, first_time, load, today
from threefold.work.incidents.stories import (
    NotAllowed,
    ReasonNeeded,
    decisions,
    noted,
    record_decision,
    refuse_half_a_form,
    speaks_against,
    told,
    with_entry,
)
from threefold.work.people.access import needs
from threefold.work.reviews.letters import report_letter
from threefold.work.reviews.requests import ACTING
from threefold.work.reviews.tables import SafetyAction

NOT_HERE = "The national body is not on this platform. Send the official form, and record here when it was sent and under which reference."


class WaysOpen(NotAllowed):
    """An act the law does not allow, with the ways that are open instead."""

    def __init__(self, sentence: str, paragraph: str, offers: tuple[str, ...]) -> None:
        super().__init__(sentence, field="send_rapid_review", paragraph=paragraph)
        self.offers = offers


@needs("send a rapid review", ACTING)
def send_rapid_review(
    unit: Unit, governance: Governance, case_id: UUID, national: UUID | None, summary: str, reason: str, token: UUID, *,
    sent_at: datetime | None = None, sent_by: str = "", reference: str = "",
) -> CaseState:  # fmt: skip
    """Send the rapid review to the national body by letter; or, with `sent_at`, record that the official form was sent, and tell it so.

    What is missing goes with it, with the reason. `national` None: that body is not on this platform; then only the official
    form can be recorded. The review itself went with the form then, so no summary of it is asked for here.

    Raises `NotAllowed` (with the paragraph and the ways that are open) without a notification; `ReasonNeeded` when a
    signature is missing and no reason is given.
    """
    refuse_half_a_form(sent_at, sent_by, reference)
    if sent_at is None:
        told(summary, "Write the rapid review's summary.", "summary")
    if first_time(unit, token, "send_rapid_review", case_id) is not None:
        return load(unit, case_id)
    state = load(unit, case_id, lock=True)
    against, _ = speaks_against(unit, governance, state.facts, "send_rapid_review")
    refused = [a for a in against if a.effect == "refused"]
    if refused:
        open_ways = tuple(dict.fromkeys(o for a in against for o in a.offers))
        raise WaysOpen(refused[0].sentence, refused[0].paragraph, open_ways)
    if state.facts.review.event("rapid_review_sent"):
        sent = state.facts.review.on("rapid_review_sent")
        raise ThreefoldError(
            f"This rapid review was sent on {sent:%-d %B %Y}. Nothing was sent again.", field="rapid_review_sent"
        )
    if sent_at is not None:
        _refuse_the_form(unit, state, sent_at, reference)
    elif national is None:
        raise ThreefoldError(NOT_HERE, field="national_body")
    missing = [a for a in against if a.effect == "needs_reason"]
    if missing and not reason.strip():
        raise ReasonNeeded(
            " ".join(a.sentence for a in missing) + " Say why it is sent all the same.",
            field="reason",
            paragraph=missing[0].paragraph,
        )
    at, route = sent_at or unit.at, "official form" if sent_at else "letter"
    how = f"{route}; {' '.join(a.sentence for a in missing)}"[:500] if missing else route
    event = {
        "name": "rapid_review_sent", "at": at.isoformat(), "how": how, "reference": reference, "given_by": sent_by,
        "given_on": today(unit).isoformat(),
    }  # fmt: skip
    state = change(unit, governance, case_id, "rapid review sent", lambda old: with_entry(old, "events", event))
    unsigned = [s for s in signing_seats(state.verdict) if s not in state.facts.review.signed_by]
    last = next((d for d in decisions(unit, case_id) if d["question"] == "local_review"), None)
    why = last["reason"] if last else ""
    if national is not None:
        actions = unit.session.execute(
            select(func.count()).select_from(SafetyAction).where(SafetyAction.case_id == case_id)
        ).scalar_one()
        said = f"The review itself was sent by the official form, under the reference {reference}." if sent_at else summary
        unit.send(report_letter(state, said, unsigned, reason, why, actions, at), national)
    state = record_decision(
        unit,
        state,
        "send_rapid_review",
        "sent",
        reason,
        {"not_signed_by": unsigned, "summary": summary},
        against=noted(against),
    )
    unit.audit("rapid review sent", f"case:{case_id}", {"how": route})
    return state


def signing_seats(verdict: Mapping[str, Any]) -> list[str]:
    """The seats whose signature the arrangement seeks on a rapid review, from the stored verdict."""
    way = next((d for d in verdict["decisions"] if d["key"] == "sign_rapid_review"), None)
    return list(way["signs"]) if way else []


def _refuse_the_form(unit: Unit, state: CaseState, sent_at: datetime, reference: str) -> None:
    """Refuse what cannot be right of a form that was sent: a moment ahead, one before the notification, and no reference."""
    if sent_at > unit.at:
        raise ThreefoldError("The time of sending lies in the future. Give the day and time it was sent.", field="sent_at")
    if not reference.strip():
        raise ThreefoldError("Give the reference that the official form was given.", field="reference")
    notified = state.facts.review.event("notification_sent")
    if notified is not None and comes_before(sent_at, notified):
        raise ThreefoldError(
            f"The incident was notified on {when_of(notified)}. Give the day and time the rapid review was sent after that.",
            field="sent_at",
        )


def comes_before(at: datetime, event: Event) -> bool:
    """Whether a moment lies before an event: by the hour where that is known of it, else by the day."""
    return at < event.at if isinstance(event.at, datetime) else london_day(at) < event.day


def when_of(event: Event) -> str:
    """When an event was, in words: with its hour in London where that is known."""
    if not isinstance(event.at, datetime):
        return f"{event.day:%-d %B %Y}"
    local = event.at.astimezone(LONDON)
    return f"{local:%-d %B %Y} at {local:%-I:%M}{'am' if local.hour < 12 else 'pm'}"
