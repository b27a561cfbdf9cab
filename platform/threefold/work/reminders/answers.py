"""What becomes of an answer that somebody was told of, or gave: a refusal that became a signature, and minutes that wait for their check
or were denied.

Whoever was told that a seat refuses is told that it has signed since. Whoever can check minutes is asked to, when they are recorded and at
the area's lead times before the day. Whoever recorded a signature from minutes is told where whoever checked them says that they do not
say so. Each is told once for exact content.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.arrangements import signing
from threefold.work.arrangements.drafting import PREPARING, Draft
from threefold.work.arrangements.seat_stands import acts
from threefold.work.reminders.tables import SignatureReminder

REFUSED, SIGNED_AFTER, DENIED = "refused", "signed_after", "denied"
TO_CHECK = "check "  # then which record of minutes, and at which time


def to_tell(unit: Unit, draft: Draft, stands: Sequence[signing.SeatStands]) -> list[tuple[str, str, UUID]]:
    """Of a draft that waits for signatures: seat, occasion and person of everything that is to be told. Two statements."""
    signed = {one.seat.key for one in stands if one.state == "signed"}
    recorded = {one.seat.key for one in stands if one.state == "unchecked"}  # anew, since they were denied
    asked = select(SignatureReminder.seat, SignatureReminder.person_id).where(
        SignatureReminder.draft_id == draft.id, SignatureReminder.signed_hash == draft.signed_hash,
        SignatureReminder.occasion == REFUSED, SignatureReminder.state == "sent",
    )  # fmt: skip
    after = [(seat, SIGNED_AFTER, person) for seat, person in unit.session.execute(asked).all() if seat in signed]
    return after + [(seat, DENIED, person) for seat, person in _denied(unit, draft) if seat not in signed | recorded]


def to_check(stands: Sequence[signing.SeatStands], occasion: str, staff: Sequence[Colleague]) -> list[tuple[str, str, UUID]]:
    """Seat, occasion and person of minutes that wait for their check: whoever prepares the version and did not record them; where there is
    nobody else, whoever holds a seat that signs."""
    found = []
    for one in stands:
        if one.state == "unchecked":
            preparing = {c.person_id for c in staff if c.role in PREPARING} - {one.recorded_by}
            seated = {c.person_id for c in staff if c.seat in {s.seat.key for s in stands}} - {one.recorded_by}
            found += [(one.seat.key, f"{TO_CHECK}{one.record} {occasion}", person) for person in preparing or seated]
    return found


def words(
    unit: Unit, draft: Draft, row: SignatureReminder, stands: Sequence[signing.SeatStands], day: str
) -> tuple[str, str] | None:
    """Subject and sentence of such an e-mail; None where it is not so any more."""
    one = next((one for one in stands if one.seat.key == row.seat), None)
    if one is not None and row.occasion.startswith(TO_CHECK):
        if one.state != "unchecked" or not row.occasion.startswith(f"{TO_CHECK}{one.record} "):
            return None
        return "Threefold: minutes wait for a second person’s check", (
            f"It was recorded from minutes that {one.seat.title} signed the version of the arrangement that is to begin on {day}. That counts once "
            "somebody who did not record it has read the minutes and says that they say so."
        )
    if one is None or (row.occasion == SIGNED_AFTER) != (one.state == "signed"):
        return None
    if row.occasion == SIGNED_AFTER:
        subject = "Threefold: a version of the arrangement that was refused is signed"
        return (
            subject,
            f"{one.seat.title} had refused to sign the version of the arrangement that is to begin on {day}, and has signed it since.",
        )
    if one.state == "unchecked" or (row.seat, row.person_id) not in _denied(unit, draft):
        return None
    return "Threefold: minutes do not say what you recorded from them", (
        f"You recorded from minutes that {one.seat.title} signed the version of the arrangement that is to begin on {day}. Whoever checked "
        "them says that they do not say so, and what you recorded counts for nothing. What they say instead is beside the signatures."
    )


def _denied(unit: Unit, draft: Draft) -> Collection[tuple[str, UUID]]:
    """Seat, and who recorded, of the minutes that were denied of a draft as it is."""
    rows = acts(unit, draft.id)
    denied = {row.concerns for row in rows if row.act == "denied"}
    return {(row.seat, row.by) for row in rows if row.id in denied and row.signed_hash == draft.signed_hash and row.by}
