"""Signing a version: every lead partner's seat, over the exact content; then it is on record and begins on its day.

A seat signs on screen, or its signature is recorded from signed minutes, with the document, and a second person checks
that record. A refusal is kept with its reason. With a signature missing, nothing is entered and the old version governs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from threefold.domain.errors import PackError, ThreefoldError
from threefold.governance.comparison_words import joined
from threefold.governance.decide import Governance
from threefold.walls.audit import ATTACHMENT
from threefold.walls.session import Unit
from threefold.work.arrangements.asking import refuse_wrong_day, who_signs, who_signs_for_another
from threefold.work.arrangements.drafting import PREPARING, Draft, load_draft
from threefold.work.arrangements.lateness import NotBegun, can_be_signed_no_more, is_late, not_begun, unreadable
from threefold.work.arrangements.seat_stands import (
    SaidBefore,
    SeatStands,
    acts,
    before_their_seats,
    counting,
    everything_said,
    missing,
    standing,
)
from threefold.work.arrangements.stories import enter_version, one_after_the_other
from threefold.work.arrangements.tables import ArrangementDraft, DraftSignature
from threefold.work.people.access import EVERYONE, LOCAL_STAFF, NotHere, needs
from threefold.work.people.seats import tells_seats

MOST_DOCUMENT = 10 * 1024 * 1024
NO_DOCUMENT = "Attach the signed minutes."
NOT_YET = "The minutes cannot be of a day to come."


@needs("sign for a seat", EVERYONE)
def sign_draft(unit: Unit, governance: Governance, draft_id: UUID, seat: str, signed_hash: str) -> Draft:
    """The holder of a seat signs the content they saw. Raises `PackError` when it was changed since."""
    if seat in unit.actor.seats and (entered := _entered_with(unit, draft_id, seat, signed_hash)):
        return entered
    draft = _before_its_seats(unit, draft_id, seat, signed_hash)
    _hold(unit, seat)
    _refuse_unreadable(governance, draft)
    before = _of_seat(unit, draft, seat).state
    if before == "signed":
        return draft
    _add(unit, draft, seat, "signed", {"text": ""})
    if before == "refused":
        unit.later("remind", unit.scope.body_id)  # whoever was told of the refusal is told
    return _enter_when_complete(unit, governance, draft)


@needs("sign for a seat", EVERYONE)
def refuse_draft(unit: Unit, draft_id: UUID, seat: str, signed_hash: str, reason: str) -> None:
    """The holder of a seat refuses to sign, with the reason. It can sign later, or the draft is changed."""
    if not reason.strip():
        raise PackError("Say why it is not signed, so that it can be mended.", field="reason")
    draft = _before_its_seats(unit, draft_id, seat, signed_hash)
    _hold(unit, seat)
    _add(unit, draft, seat, "refused", {"text": reason})
    unit.later("remind", unit.scope.body_id)


@needs("prepare a change of the arrangement", PREPARING)
def record_minutes(
    unit: Unit, draft_id: UUID, seat: str, signed_hash: str, day: date, where: str, document: tuple[str, bytes] | None
) -> None:
    """Record that a seat signed in a meeting, from its signed minutes. It counts once another person has checked it."""
    if not where.strip():
        raise PackError("Say which minutes: the meeting, its day, and the item.", field="where")
    if document is None:
        raise PackError(NO_DOCUMENT, field="document")
    if not document[1] or len(document[1]) > MOST_DOCUMENT:
        raise PackError(
            f"Attach a file of at most {MOST_DOCUMENT // 1024 // 1024} megabytes that is not empty.", field="document"
        )
    if day > unit.today:
        raise PackError(NOT_YET, field="day")
    draft = _before_its_seats(unit, draft_id, seat, signed_hash)
    _refuse_old_minutes(unit, draft, seat, day)
    _add(unit, draft, seat, "minutes", {"text": where, "file": document[0]}, day=day, document=document[1])
    unit.later("remind", unit.scope.body_id)  # somebody else is asked to check them


@needs("check minutes that another recorded", LOCAL_STAFF)
def check_minutes(unit: Unit, governance: Governance, draft_id: UUID, record: UUID) -> Draft:
    """A second person says that the minutes say what was recorded. Whoever recorded them cannot check them."""
    sent = _minutes(unit, draft_id, record)
    if sent.by != unit.actor.person_id and (entered := _entered_with(unit, draft_id, sent.seat, sent.signed_hash)):
        return entered
    if _checked_already(unit, draft_id, record):
        return load_draft(unit, draft_id)
    draft, row = _to_check(unit, draft_id, record)
    _refuse_unreadable(governance, draft)
    _refuse_old_minutes(unit, draft, row.seat, row.day)
    _add(unit, draft, row.seat, "checked", {"text": ""}, concerns=record, day=row.day)
    unit.later("remind", unit.scope.body_id)  # it may have refused before
    return _enter_when_complete(unit, governance, draft)


@needs("check minutes that another recorded", LOCAL_STAFF)
def deny_minutes(unit: Unit, draft_id: UUID, record: UUID, reason: str) -> None:
    """A second person says, with the reason, that the minutes do not say what was recorded. The record then counts for nothing."""
    if not reason.strip():
        raise PackError("Say what the minutes say instead.", field="reason")
    draft, row = _to_check(unit, draft_id, record)
    if _of_seat(unit, draft, row.seat).state == "signed":
        raise PackError("This seat has signed already. Nothing was changed.", field="reason")
    _add(unit, draft, row.seat, "denied", {"text": reason}, concerns=record, day=row.day)
    unit.later("remind", unit.scope.body_id)  # whoever recorded them is told


def see_minutes(unit: Unit, draft_id: UUID, record: UUID) -> tuple[Draft, SeatStands]:
    """What was recorded from minutes, for whoever is to check it. Raises `NotHere` where nothing was, or its seat signs no more."""
    row, draft = _minutes(unit, draft_id, record), load_draft(unit, draft_id)
    said, seat = dict(unit.open_json(row.said)), next((s for s in who_signs(unit, draft) if s.key == row.seat), None)
    if seat is None:
        raise NotHere
    return draft, SeatStands(seat, "unchecked", row.day, "minutes", said["text"], row.id, row.document is not None, row.by)


def _minutes(unit: Unit, draft_id: UUID, record: UUID) -> DraftSignature:
    row = unit.session.get(DraftSignature, (unit.scope.body_id, record))
    if row is None or row.draft_id != draft_id or row.act != "minutes":
        raise NotHere
    return row


def _to_check(unit: Unit, draft_id: UUID, record: UUID) -> tuple[Draft, DraftSignature]:
    """A record of minutes that somebody else than who recorded it is to check, and the draft, held until all is said."""
    row = _minutes(unit, draft_id, record)
    if row.by == unit.actor.person_id:
        raise PackError("Somebody else must check what you recorded.", field="record")
    draft = _before_its_seats(unit, draft_id, row.seat, row.signed_hash)
    if any(one.concerns == record and one.act == "denied" for one in counting(unit, draft)):
        raise PackError("Somebody checked these minutes already: they do not say so. Record the right ones.", field="record")
    return draft, row


def _checked_already(unit: Unit, draft_id: UUID, record: UUID) -> bool:
    """Whether this person said already that these minutes say so, of the content as it is: what is sent twice is done already."""
    draft = load_draft(unit, draft_id, lock=True)
    done = [row for row in counting(unit, draft) if (row.concerns, row.act) == (record, "checked")]
    return draft.state == "signing" and any(row.by == unit.actor.person_id for row in done)


def _refuse_old_minutes(unit: Unit, draft: Draft, seat: str, day: date) -> None:
    """Minutes do not stand against what the seat itself said last, whatever was recorded or changed since; and undo no signature.

    A change of the draft voids signatures and never a refusal: what a partner refused is not agreed by an earlier meeting.
    """
    if _of_seat(unit, draft, seat).state == "signed":
        raise PackError("This seat has signed already. Nothing need be recorded.", field="seat")
    refused = max((row.day for row in acts(unit, draft.id) if row.seat == seat and row.act == "refused"), default=None)
    if refused is not None and day <= refused:
        raise PackError(
            f"This seat refused on {refused:%-d %B %Y}, with its reason. Only what it signs later counts: minutes of a later day, or "
            "its own signature on screen.", field="day",
        )  # fmt: skip


def enter_those_complete(unit: Unit, governance: Governance) -> list[UUID]:
    """Put on record each version that no signature is missing from any more: a seat that had not signed signs no more, because another
    partner acts for its own, or another version took it away. Nobody acts then, so nobody would enter it."""
    entered = []
    for draft, stands in before_their_seats(unit):
        if not stands or missing(stands) or is_late(unit, draft) or unreadable(governance, draft):
            continue
        if not can_be_signed_no_more(unit, draft):
            locked = load_draft(unit, draft.id, lock=True)
            if locked.state == "signing" and _enter_when_complete(unit, governance, locked).state == "entered":
                entered.append(draft.id)
    return entered


def not_signed_in_time(unit: Unit) -> dict[UUID, NotBegun]:
    """Of each draft that waits for signatures whose day has come without them all: why it has not begun."""
    return {
        draft.id: not_begun(unit, draft, missing(stands)) for draft, stands in before_their_seats(unit) if is_late(unit, draft)
    }


@tells_seats
def seats_to_come(unit: Unit) -> dict[str, str]:
    """The seats of every draft that waits for signatures. Somebody must hold a new partner's seat to sign the version that
    brings it, so it is given to them before that version is on record."""
    found: dict[str, str] = {}
    for draft, stands in before_their_seats(unit):
        found |= {seat.key: seat.title for seat in (*draft.arrangement.seats, *(one.seat for one in stands))}
    return found


def minutes_document(unit: Unit, draft_id: UUID, record: UUID) -> tuple[str, bytes]:
    """The file name and the bytes of the minutes that a record rests on."""
    row = unit.session.get(DraftSignature, (unit.scope.body_id, record))
    if row is None or row.draft_id != draft_id or row.document is None:
        raise NotHere
    unit.audit("minutes read", f"draft:{draft_id}", {"record": str(record)}, kind=ATTACHMENT)
    return str(unit.open_json(row.said).get("file") or "minutes"), unit.open_sealed(row.document)


def _before_its_seats(unit: Unit, draft_id: UUID, seat: str, signed_hash: str) -> Draft:
    draft = load_draft(unit, draft_id, lock=True)
    if draft.state != "signing":
        raise PackError("This draft does not wait for signatures. Ask who prepares it.", field="draft")
    if draft.signed_hash != signed_hash:
        raise PackError("This version was changed since you read it. Read it again; nothing was signed.", field="draft")
    if seat not in {s.key for s in who_signs(unit, draft)}:
        raise PackError("This seat does not sign this version.", field="seat")
    begins = draft.arrangement.begins
    if begins is not None and is_late(unit, draft):
        told = "Nothing was signed. Whoever prepares it can choose a later day, and sends it to be signed again."
        raise PackError(
            f"It was to begin on {begins:%-d %B %Y}, and that day has come without every signature. {told}", field="draft"
        )
    refuse_wrong_day(unit, draft.arrangement)
    _refuse_overtaken(unit, draft)
    return draft


def _refuse_overtaken(unit: Unit, draft: Draft) -> None:
    """Raise `PackError` where what a draft corrects was set right by another since it was sent: nobody signs unseen what undoes that."""
    for told in can_be_signed_no_more(unit, draft) if draft.arrangement.corrects else ():
        raise PackError(told, field="draft")


def _refuse_unreadable(governance: Governance, draft: Draft) -> None:
    for told in unreadable(governance, draft):
        raise PackError(told, field="draft")


def _entered_with(unit: Unit, draft_id: UUID, seat: str, signed_hash: str) -> Draft | None:
    """A draft that is on record, where this seat signed this content of it: what is sent twice is done already."""
    draft = load_draft(unit, draft_id, lock=True)
    done = draft.state == "entered" and draft.signed_hash == signed_hash
    signs = done and any(one.seat.key == seat and one.state == "signed" for one in standing(unit, draft))
    return draft if signs else None


def _hold(unit: Unit, seat: str) -> None:
    if seat not in unit.actor.seats:
        raise ThreefoldError("Only the person who holds a seat can sign for it.", field="seat")


def _of_seat(unit: Unit, draft: Draft, seat: str) -> SeatStands:
    return next(one for one in standing(unit, draft) if one.seat.key == seat)


def _add(
    unit: Unit, draft: Draft, seat: str, act: str, said: dict[str, Any], *, day: date | None = None, concerns: UUID | None = None,
    document: bytes | None = None,
) -> None:  # fmt: skip
    unit.session.add(DraftSignature(
        id=uuid4(), draft_id=draft.id, signed_hash=draft.signed_hash, seat=seat, act=act, concerns=concerns,
        day=day or unit.today, said=unit.seal_json(said), document=unit.seal(document) if document else None,
        at=unit.at, by=unit.actor.person_id,
    ))  # fmt: skip
    unit.session.flush()
    unit.audit(f"signature: {act}", f"draft:{draft.id}", {"seat": seat, "hash": draft.signed_hash})


def _enter_when_complete(unit: Unit, governance: Governance, draft: Draft) -> Draft:
    """Put the version on record once every seat has signed it: it then begins on its day by itself."""
    stands = standing(unit, draft)
    if any(one.state != "signed" for one in stands):
        return draft
    also = _signs_for(unit, draft)
    signed = tuple((one.seat.key, one.day, f"{one.how}{also.get(one.seat.organisation, '')}") for one in stands)
    arrangement = replace(draft.arrangement, signed=signed)
    one_after_the_other(unit)  # another draft may have got its last signature meanwhile
    refuse_wrong_day(unit, arrangement)
    _refuse_overtaken(unit, draft)
    enter_version(unit, governance, arrangement)
    _row(unit, draft.id).state = "entered"
    unit.later("remind", unit.scope.body_id)  # whoever prepares it is told
    unit.audit("version signed by every seat", f"draft:{draft.id}", {"version": arrangement.version})
    return replace(draft, state="entered")


def _signs_for(unit: Unit, draft: Draft) -> dict[str, str]:
    """For whom else each partner signs, by a delegation on record, as words behind how it signed; by the partner's key."""
    names: dict[str, list[str]] = {}
    for actor, other in who_signs_for_another(unit, draft):
        names.setdefault(actor, []).append(other)
    return {
        o.key: f"; also for {joined(names[o.name])}, by a recorded delegation"
        for o in draft.arrangement.organisations
        if o.name in names
    }


def _row(unit: Unit, draft_id: UUID) -> ArrangementDraft:
    return unit.session.get_one(ArrangementDraft, (unit.scope.body_id, draft_id))


__all__ = [
    "SaidBefore", "SeatStands", "before_their_seats", "check_minutes", "deny_minutes", "enter_those_complete", "everything_said",
    "minutes_document", "missing", "not_signed_in_time", "record_minutes", "refuse_draft", "seats_to_come", "see_minutes", "sign_draft", "standing",
]  # fmt: skip
