"""The letters of a review, and what is done with the Panel's reply."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from threefold.exchange.letters import Draft
from threefold.plugin_api.facts import write_facts
from threefold.walls.post import Arrived, Handler, redact
from threefold.walls.session import Unit
from threefold.walls.tables import OutboxLetter
from threefold.work.incidents.records import CaseDestroyed, CaseState, change, is_destroyed, today
from threefold.work.incidents.stories import ACTING, with_entry
from threefold.work.people import notices
from threefold.work.people.access import BUSINESS_MANAGER
from threefold.work.people.case_access import to_tell

if TYPE_CHECKING:
    from threefold.governance.decide import Governance


def report_letter(
    state: CaseState, summary: str, unsigned: list[str], reason: str, decided_because: str, actions: int, at: datetime
) -> Draft:
    """The rapid review as it is sent: what was considered, who thinks what, what was decided, who signed and who has not."""
    review = write_facts(state.facts).get("review", {})
    decided = {"local_review_decided": "yes", "local_review_declined": "no"}
    outcome = next((v for k, v in decided.items() if state.facts.review.event(k)), "not_decided")
    return Draft("rapid_review_report", state.id, {
        "reference": state.reference,
        "sent_at": at.isoformat(),
        "summary": summary,
        "factors": [{k: c.get(k, "") for k in ("factor", "view", "reason")} for c in review.get("considered", [])],
        "local_review": outcome,
        "local_review_reason": "" if outcome == "not_decided" else decided_because,
        "national_issues": state.facts.review.national_issues.value or "unclear",
        "views": [{k: v.get(k, "") for k in ("seat", "view", "reason")} for v in review.get("views", []) if v["question"] == "local_review"],
        "signed_by": list(state.facts.review.signed_by),
        "not_signed_by": unsigned,
        "not_signed_reason": reason if unsigned else "",
        "safety_actions": actions,
    })  # fmt: skip


def signature_letter(state: CaseState, seat: str, on: date) -> Draft:
    return Draft("signature_added", state.id, {"reference": state.reference, "seat": seat, "signed_on": on.isoformat()})


def decided_letter(state: CaseState, outcome: str, reason: str, on: date) -> Draft:
    return Draft("local_review_decided", state.id, {
        "reference": state.reference, "local_review": outcome, "reason": reason, "decided_on": on.isoformat()})  # fmt: skip


def handlers(governance: Governance) -> dict[str, Handler]:
    """What an area does with the letters it is sent."""

    def panel_reply(unit: Unit, letter: Arrived) -> None:
        content = letter.content
        if not _was_notified(unit, letter.envelope.sender, letter.envelope.case_ref):
            # Any body may write to any other; only the one that was notified of a case has a reply to give to it.
            unit.audit(
                "panel reply without effect", f"case:{letter.envelope.case_ref}", {"sender": str(letter.envelope.sender)}
            )
            return
        event = {
            "name": "panel_replied", "at": content["replied_at"], "how": content["view"], "given_on": today(unit).isoformat(),
        }  # fmt: skip

        def edit(old: dict[str, object]) -> dict[str, object]:
            with_event = with_entry(old, "events", event)
            return {**with_event, "review": {**with_event["review"], "panel_view": content["view"]}}

        if is_destroyed(unit, letter.envelope.case_ref):
            redact(unit, letter.envelope.id)  # it came after everything else of the case was destroyed
            return
        try:
            change(unit, governance, letter.envelope.case_ref, f"the Panel replied: {content['view']}", edit)
        except CaseDestroyed:  # while this waited for its turn; nothing of it is written yet
            redact(unit, letter.envelope.id)
            return
        _tell_of_reply(unit, letter)

    return {"panel_reply": panel_reply}


def _tell_of_reply(unit: Unit, letter: Arrived) -> None:
    """By e-mail: the business managers, where there is none whoever else may act on it; in place of who is kept out their deputy."""
    case_id, staff = letter.envelope.case_ref, unit.staff()
    people = [c.person_id for c in staff if c.role == BUSINESS_MANAGER] or [c.person_id for c in staff if c.role in ACTING]
    told = to_tell(unit, [case_id], unit.today)[case_id].instead_of(people)
    notices.tell(unit, notices.PANEL_REPLIED, letter.envelope.id, told, case_id=case_id)


def _was_notified(unit: Unit, body: UUID, case_ref: UUID) -> bool:
    found = select(OutboxLetter.id).where(
        OutboxLetter.receiver_id == body, OutboxLetter.case_ref == case_ref, OutboxLetter.type == "incident_notification"
    )
    return unit.session.execute(found.limit(1)).first() is not None
