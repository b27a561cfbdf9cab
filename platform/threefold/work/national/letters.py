"""What the national body does with the letters areas send it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from threefold.domain.calendar import london_day
from threefold.governance.verdict import step_of
from threefold.plugin_api.facts import read_facts
from threefold.walls.post import Arrived, Handler, redact
from threefold.walls.session import Unit
from threefold.work.incidents.records import today
from threefold.work.national.standing_aside import open_by
from threefold.work.national.tables import ReceivedCase

if TYPE_CHECKING:
    from collections.abc import Callable

    from threefold.governance.decide import Governance


def handlers(governance: Governance, name_of: Callable[[UUID], str]) -> dict[str, Handler]:
    """`name_of` tells the name of a body from the directory."""

    def notification(unit: Unit, letter: Arrived) -> None:
        content, envelope = letter.content, letter.envelope
        sent = london_day(datetime.fromisoformat(content["sent_at"]))
        due_on, source = _due(governance, sent, today(unit))
        before = unit.session.get(ReceivedCase, (unit.scope.body_id, envelope.sender, envelope.case_ref), with_for_update=True)
        if before is not None:
            _again(unit, before, letter, sent, due_on, source)
            return
        unit.session.add(ReceivedCase(
            sender_id=envelope.sender, case_ref=envelope.case_ref, sender_name=name_of(envelope.sender), reference=content["reference"],
            route=content["route"], nature=content["nature"], forms=content["forms"], notified_on=sent, due_on=due_on, due_source=source,
            happened_on=_happened(content)[0], happened_in=_happened(content)[1], notification=unit.seal_json(dict(content)), received_at=letter.arrived_at,
            arrived_on=None, taken_back_on=None, replied_on=None, linked_sender=None, linked_to=None, report=None,
        ))  # fmt: skip
        unit.session.flush()

    def report(unit: Unit, letter: Arrived) -> None:
        row = _row(unit, letter)
        # In time is judged by when the area sent it; letters are delivered in seconds, and a queue's delay is not theirs.
        row.arrived_on = london_day(datetime.fromisoformat(letter.content["sent_at"]))
        row.local_review = letter.content["local_review"]
        row.report = unit.seal_json(dict(letter.content))

    def taken_back(unit: Unit, letter: Arrived) -> None:
        row = _row(unit, letter)
        row.taken_back_on, row.way_out = london_day(letter.envelope.written_at), letter.content["way_out"]
        why = {"way_out": row.way_out, "reason": letter.content["reason"]}
        row.notification = unit.seal_json({**unit.open_json(row.notification), "taken_back": why})

    def corrected(unit: Unit, letter: Arrived) -> None:
        row, content = _row(unit, letter), letter.content
        on, of_review = date.fromisoformat(content["on"]), content["event"] == "rapid_review_sent"
        was = row.arrived_on if of_review else row.notified_on
        if was is None or (of_review and not row.report):
            unit.audit("date corrected, without effect", f"case:{row.case_ref}", {"sender": str(row.sender_id)})
            return
        told = dict(unit.open_json(row.report if of_review and row.report else row.notification))
        entry = {
            "was": was.isoformat(), "on": on.isoformat(), "reason": content["reason"],
            "told_on": london_day(letter.envelope.written_at).isoformat(),
        }  # fmt: skip
        sealed = unit.seal_json({**told, "corrected": [*told.get("corrected", []), entry]})
        if of_review:
            row.arrived_on, row.report = on, sealed
        else:
            row.notified_on, row.notification = on, sealed
            row.due_on, row.due_source = _due(governance, on, today(unit))

    def signature(unit: Unit, letter: Arrived) -> None:
        row = _row(unit, letter)
        told = dict(unit.open_json(row.report)) if row.report else {}
        told["signed_by"] = [*told.get("signed_by", []), letter.content["seat"]]
        told["signed_later"] = [*told.get("signed_later", []), dict(letter.content)]
        row.report = unit.seal_json(told)

    def decided(unit: Unit, letter: Arrived) -> None:
        row = _row(unit, letter)
        told = dict(unit.open_json(row.report)) if row.report else {}
        row.local_review = letter.content["local_review"]
        row.report = unit.seal_json({**told, "decided_later": [*told.get("decided_later", []), dict(letter.content)]})

    found: dict[str, Handler] = {
        "incident_notification": notification, "rapid_review_report": report, "notification_withdrawn": taken_back,
        "date_corrected": corrected,
        "signature_added": signature, "local_review_decided": decided,
    }  # fmt: skip
    return {kind: _of_what_stands(handler) for kind, handler in found.items()}


def _of_what_stands(handler: Handler) -> Handler:
    """Whatever comes later opens a closed case again. What comes after its records were destroyed is sealed away: the desk is told."""

    def taken_in(unit: Unit, letter: Arrived) -> None:
        key = unit.scope.body_id, letter.envelope.sender, letter.envelope.case_ref
        row = unit.session.get(ReceivedCase, key, with_for_update=True)
        if row is not None and row.destroyed_at is not None:
            redact(unit, letter.envelope.id)
            return
        if row is not None:
            open_by(unit, row)
        handler(unit, letter)

    return taken_in


def _again(unit: Unit, row: ReceivedCase, letter: Arrived, sent: date, due_on: date | None, source: str) -> None:
    """A case notified again after it was taken back counts from the new notification; what came of the earlier one is kept with it."""
    if row.taken_back_on is None:
        unit.audit("notification repeated, without effect", f"case:{row.case_ref}", {"sender": str(row.sender_id)})
        return
    earlier = dict(unit.open_json(row.notification))
    past = {
        **earlier, "notified_on": row.notified_on.isoformat(), "taken_back_on": row.taken_back_on.isoformat(),
        "arrived_on": row.arrived_on.isoformat() if row.arrived_on else "", "reply": row.reply,
        "report": unit.open_json(row.report) if row.report else None,
    }  # fmt: skip
    kept = [*past.pop("earlier", []), past]
    row.notification = unit.seal_json({**letter.content, "earlier": kept})
    row.reference, row.route, row.nature = letter.content["reference"], letter.content["route"], letter.content["nature"]
    row.forms, row.notified_on, row.due_on, row.due_source = letter.content["forms"], sent, due_on, source
    row.happened_on, row.happened_in = _happened(letter.content)
    row.taken_back_on, row.way_out, row.received_at = None, "", letter.arrived_at
    row.arrived_on, row.replied_on, row.reply, row.local_review, row.report = None, None, "", "", None
    _end_links(unit, row)


def _end_links(unit: Unit, first: ReceivedCase) -> None:
    """What was linked to a notification that was taken back counts by itself, and goes on to when the case is notified anew: that comes
    after it, and is no first one of it. The desk says again that they may be of one incident."""
    to_it = ReceivedCase.linked_sender == first.sender_id, ReceivedCase.linked_to == first.case_ref
    for row in unit.session.scalars(select(ReceivedCase).where(*to_it, ReceivedCase.destroyed_at.is_(None)).with_for_update()):
        row.linked_sender = row.linked_to = None
        unit.audit("duplicate unlinked", f"received:{row.case_ref}")


def _happened(content: Mapping[str, Any]) -> tuple[date | None, str]:
    """When and in which area it happened, as far as the letter tells."""
    return date.fromisoformat(content["happened_on"]) if content["happened_on"] else None, content["happened_in"] or ""


def _row(unit: Unit, letter: Arrived) -> ReceivedCase:
    key = unit.scope.body_id, letter.envelope.sender, letter.envelope.case_ref
    return unit.session.get_one(ReceivedCase, key, with_for_update=True)


def _due(governance: Governance, sent: date, asked_on: date) -> tuple[date | None, str]:
    """The statutory date of the rapid review, from the law of the day it was notified; never an area's own target."""
    facts = read_facts({"review": {"events": [{"name": "notification_sent", "at": sent.isoformat()}]}})
    verdict = governance.decide("national", (), facts, max(sent, asked_on))
    served = next((t for t in verdict.two_dates if t.serves == "rapid-review" and t.statutory), None)
    if served is None or served.statutory is None:
        return None, ""
    due = step_of(served.statutory).due_on
    return (london_day(due) if due else None), served.statutory.finding.source.ref
