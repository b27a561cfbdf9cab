"""What the Panel replied to a rapid review: from its letters, or recorded by hand where the national body is not on this platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.walls.audit import DETAIL, DONE
from threefold.walls.session import Unit
from threefold.walls.tables import AuditEntry, LetterIn, OutboxLetter
from threefold.work.incidents.records import CaseState, FactsJson, change, first_time, load, today
from threefold.work.incidents.stories import decisions, record_decision, refuse_unseen, told, with_entry
from threefold.work.incidents.tables import OPEN, Case, still_open
from threefold.work.people import notices
from threefold.work.people.access import needs
from threefold.work.people.case_access import asked
from threefold.work.reviews.requests import ACTING
from threefold.work.reviews.sending import comes_before, when_of

BY_HAND = "panel_reply"  # the question under which a reply that was recorded by hand is kept, with its reason

READ = "panel replies read"


@needs("record what the Panel replied", ACTING)
def record_reply(
    unit: Unit, governance: Governance, case_id: UUID, national: UUID | None, view: str, national_review: str, reason: str,
    replied_at: datetime, token: UUID, *, seen_no: int | None = None,
) -> CaseState:  # fmt: skip
    """Record what the Panel replied, and when: what its letter would have done. `national`: that body, where it is on this platform.

    Raises `SaidMeanwhile` where somebody recorded a reply since the record that the person saw (`seen_no`): it may be the same one.
    """
    if view not in ("agree", "disagree", "query"):
        raise ThreefoldError("Choose whether the Panel agrees, disagrees, or has a query.", field="view")
    if view != "agree":
        told(reason, "Enter why the Panel disagrees, or what it asks.", "reason")
    before = first_time(unit, token, "record_panel_reply", case_id)
    state = load(unit, case_id, lock=True)
    if before is not None:
        return state
    if national is not None:
        raise ThreefoldError("The national body is on this platform: what it replies comes by letter.", field="national_body")
    refuse_unseen(unit, case_id, BY_HAND, seen_no, "recorded a reply of the Panel")
    sent = state.facts.review.event("rapid_review_sent")
    if sent is None:
        raise ThreefoldError(
            "It is not on record that the rapid review was sent. Record that first.", field="rapid_review_sent"
        )
    if replied_at > unit.at:
        raise ThreefoldError("The time of the reply lies in the future. Give the day and time it replied.", field="replied_at")
    if comes_before(replied_at, sent):
        raise ThreefoldError(
            f"The rapid review was sent on {when_of(sent)}. Give the day and time of a reply after that.", field="replied_at"
        )
    event = {"name": "panel_replied", "at": replied_at.isoformat(), "how": view, "given_on": today(unit).isoformat()}

    def edit(old: FactsJson) -> FactsJson:
        with_event = with_entry(old, "events", event)
        return {**with_event, "review": {**with_event["review"], "panel_view": view}}

    state = change(unit, governance, case_id, f"the Panel replied: {view}", edit)
    record_decision(unit, state, BY_HAND, view, reason, {
        "national_review": national_review or "unclear", "replied_at": replied_at.isoformat()})  # fmt: skip
    return state


def panel_replies(unit: Unit, case_id: UUID) -> list[dict[str, Any]]:
    """What the national body replied, newest first: view, national_review, reason, replied_at (ISO); `by` and `at`: who recorded it, and
    when, where no letter brought it; `untold`: who could not be told by e-mail of one that a letter brought."""
    rows = unit.session.scalars(select(LetterIn).where(*_came(), LetterIn.case_ref == case_id).order_by(LetterIn.seq.desc()))
    kept = {row.id: row.content for row in rows if row.content is not None}
    failed = notices.failed_notices(unit, notices.PANEL_REPLIED, list(kept)) if kept else []
    untold = {id_: [f.person_id for f in failed if f.about == id_] for id_ in kept}
    letters = [{"by": None, "at": None, "untold": untold[id_], **unit.open_json(content)} for id_, content in kept.items()]
    by_hand = [
        {"view": d["outcome"], **{k: d[k] for k in ("national_review", "reason", "replied_at", "by", "at")}}
        for d in decisions(unit, case_id)
        if d["question"] == BY_HAND
    ]
    if not by_hand:
        return letters
    return sorted((*letters, *by_hand), key=lambda one: datetime.fromisoformat(one["replied_at"]), reverse=True)


def note_read(unit: Unit, case_id: UUID, replies: Sequence[Mapping[str, Any]]) -> None:
    """Note that the replies of a case were read. Read by somebody who may act on them, those that came by letter await nobody any more."""
    seen = {"replies": sum(1 for one in replies if one["by"] is None)} if unit.actor.roles & ACTING else {}
    unit.audit(READ, f"case:{case_id}", seen, kind=DETAIL)


def unread_replies(unit: Unit) -> list[tuple[UUID, str]]:
    """Id and reference of the cases that are open to the actor and not closed, to which the Panel replied by more letters than anybody
    who may act has read. One statement."""
    letters = select(LetterIn.case_ref, func.count().label("many")).where(*_came()).group_by(LetterIn.case_ref).subquery()
    seen = select(func.coalesce(func.max(AuditEntry.detail["replies"].as_integer()), 0)).where(
        AuditEntry.tenant_id == unit.scope.body_id, AuditEntry.subject == func.concat("case:", Case.id), AuditEntry.action == READ,
        AuditEntry.outcome == DONE,
    )  # fmt: skip
    waiting = (
        select(Case.id, Case.reference)
        .join(letters, letters.c.case_ref == Case.id)
        .where(letters.c.many > seen.correlate(Case).scalar_subquery(), Case.destroyed_at.is_(None), still_open(), OPEN)
        .order_by(Case.reference)
    )
    return [(row.id, row.reference) for row in unit.session.execute(waiting, asked(unit))]


def _came() -> tuple[ColumnElement[bool], ...]:
    """Of letters: replies of the Panel that are in effect, from a body that was notified of their case."""
    notified = select(OutboxLetter.id).where(
        OutboxLetter.tenant_id == LetterIn.tenant_id, OutboxLetter.receiver_id == LetterIn.sender_id,
        OutboxLetter.case_ref == LetterIn.case_ref, OutboxLetter.type == "incident_notification",
    )  # fmt: skip
    return LetterIn.type == "panel_reply", LetterIn.state == "in_effect", LetterIn.content.is_not(None), notified.exists()
