"""Signing a version: every lead partner's seat, over the exact content; then it is on record and begins on its day.

A seat signs on screen, or its signature is recorded from signed minutes, with the document, and a second person checks
that record. A refusal is kept with its reason. With a signature missing, nothing is entered and the old version governs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.calendar import LONDON
from threefold.domain.errors import FloorError, PackError, ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.drafts import Remark, remarks
from threefold.governance.pack import Arrangement, Body
from threefold.plugin_api.arrangement import Seat, must_sign
from threefold.walls.audit import ATTACHMENT
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import PREPARING, Draft, change_draft, free_version, load_draft
from threefold.work.arrangements.stories import enter_version, versions
from threefold.work.arrangements.tables import ArrangementDraft, DraftSignature
from threefold.work.people.access import EVERYONE, LOCAL_STAFF, NotHere, needs

MOST_DOCUMENT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SeatStands:
    """Where one seat stands on the content as it is: signed, refused, unchecked (minutes nobody checked) or missing."""

    seat: Seat
    state: str
    day: date | None = None
    how: str = ""
    said: str = ""
    record: UUID | None = None
    has_document: bool = False
    recorded_by: UUID | None = None


def signing_seats(arrangement: Arrangement) -> list[Seat]:
    """The lead seats that sign: those of every partner for which no other partner acts by a recorded delegation."""
    signs = must_sign(arrangement.organisations)
    return [seat for seat in arrangement.seats if seat.role == "lead" and seat.organisation in signs]


@needs("prepare a change of the arrangement", PREPARING)
def ask_for_signatures(
    unit: Unit, governance: Governance, draft_id: UUID, reasons: dict[str, str] | None = None, body: Body | None = None
) -> Draft:
    """Put a draft before its seats. Raises `FloorError` while something stands in the way of it.

    `reasons`: for each departure from statutory guidance (by the key of its remark) the reason that will be published.
    """
    draft = load_draft(unit, draft_id, lock=True)
    said = remarks(governance, draft.content, body=body)
    stops = [remark for remark in said if remark.stops]
    if stops:
        raise FloorError(
            f"{stops[0].sentence} Mend this before it is signed.", field=stops[0].field, paragraph=stops[0].paragraph
        )
    lacking = [r for r in said if r.effect == "needs_reason" and not (reasons or {}).get(r.key, "").strip()]
    if lacking:
        raise FloorError(
            f"{lacking[0].sentence} Give the reason for departing from guidance; it is published.", field=lacking[0].key,
            paragraph=lacking[0].paragraph,
        )  # fmt: skip
    if not signing_seats(draft.arrangement):
        raise FloorError("No lead seat is there to sign. Add a lead seat for each partner.", field="seats")
    refuse_wrong_day(unit, draft.arrangement)
    final = {
        **draft.content, "note": _published_reasons(draft, said, reasons or {}),
        "version": free_version(unit, draft.arrangement.begins),
    }  # fmt: skip
    draft = change_draft(unit, draft_id, "made ready to be signed", lambda _: final)
    _row(unit, draft_id).state = "signing"
    unit.audit("signatures asked for", f"draft:{draft_id}", {"hash": draft.signed_hash})
    return replace(draft, state="signing")


def refuse_wrong_day(unit: Unit, arrangement: Arrangement) -> None:
    """Raise `PackError` where the day it begins is taken, passed, or lies before the last version's."""
    begins, today = arrangement.begins, unit.at.astimezone(LONDON).date()
    if begins is None:
        raise PackError("Say on which day this version begins.", field="begins")
    dated = [v for v in versions(unit) if v.begins is not None and not v.until]
    if arrangement.corrects:
        return
    if begins <= today:
        raise PackError(
            f"{begins:%-d %B %Y} has come or passed. Choose a later day; or, where an earlier version was written down wrongly, say "
            "that this one corrects it.", field="begins",
        )  # fmt: skip
    last = max((v.begins for v in dated if v.begins), default=None)
    if last is not None and begins <= last and not arrangement.until:
        raise PackError(f"The last version begins on {last:%-d %B %Y}. This one must begin after that day.", field="begins")


@needs("sign for a seat", EVERYONE)
def sign_draft(unit: Unit, governance: Governance, draft_id: UUID, seat: str, signed_hash: str) -> Draft:
    """The holder of a seat signs the content they saw. Raises `PackError` when it was changed since."""
    draft = _before_its_seats(unit, draft_id, seat, signed_hash)
    _hold(unit, seat)
    if _of_seat(unit, draft, seat).state == "signed":
        return draft
    _add(unit, draft, seat, "signed", {"text": ""})
    return _enter_when_complete(unit, governance, draft)


@needs("sign for a seat", EVERYONE)
def refuse_draft(unit: Unit, draft_id: UUID, seat: str, signed_hash: str, reason: str) -> None:
    """The holder of a seat refuses to sign, with the reason. It can sign later, or the draft is changed."""
    if not reason.strip():
        raise PackError("Say why it is not signed, so that it can be mended.", field="reason")
    draft = _before_its_seats(unit, draft_id, seat, signed_hash)
    _hold(unit, seat)
    _add(unit, draft, seat, "refused", {"text": reason})


@needs("prepare a change of the arrangement", PREPARING)
def record_minutes(
    unit: Unit, draft_id: UUID, seat: str, signed_hash: str, day: date, where: str, document: tuple[str, bytes] | None
) -> None:
    """Record that a seat signed in a meeting, from its signed minutes. It counts once another person has checked it."""
    if not where.strip():
        raise PackError("Say which minutes: the meeting, its day, and the item.", field="where")
    if document is None:
        raise PackError("Attach the signed minutes.", field="document")
    if not document[1] or len(document[1]) > MOST_DOCUMENT:
        raise PackError(
            f"Attach a file of at most {MOST_DOCUMENT // 1024 // 1024} megabytes that is not empty.", field="document"
        )
    if day > unit.at.astimezone(LONDON).date():
        raise PackError("The minutes cannot be of a day to come.", field="day")
    draft = _before_its_seats(unit, draft_id, seat, signed_hash)
    _add(unit, draft, seat, "minutes", {"text": where, "file": document[0]}, day=day, document=document[1])


@needs("check minutes that another recorded", LOCAL_STAFF)
def check_minutes(unit: Unit, governance: Governance, draft_id: UUID, record: UUID) -> Draft:
    """A second person says that the minutes say what was recorded. Whoever recorded them cannot check them."""
    row = unit.session.get(DraftSignature, (unit.scope.body_id, record))
    if row is None or row.draft_id != draft_id or row.act != "minutes":
        raise NotHere
    if row.by == unit.actor.person_id:
        raise PackError("Somebody else must check what you recorded.", field="record")
    draft = _before_its_seats(unit, draft_id, row.seat, row.signed_hash)
    _add(unit, draft, row.seat, "checked", {"text": ""}, concerns=record, day=row.day)
    return _enter_when_complete(unit, governance, draft)


def standing(unit: Unit, draft: Draft) -> list[SeatStands]:
    """Where each seat that signs stands on the draft's content as it is now."""
    rows = unit.session.scalars(
        select(DraftSignature)
        .where(DraftSignature.draft_id == draft.id, DraftSignature.signed_hash == draft.signed_hash)
        .order_by(DraftSignature.at, DraftSignature.id)
    ).all()
    checked = {row.concerns for row in rows if row.act == "checked"}
    found = []
    for seat in signing_seats(draft.arrangement):
        own = [row for row in rows if row.seat == seat.key and row.act != "checked"]
        last = own[-1] if own else None
        if last is None:
            found.append(SeatStands(seat, "missing"))
            continue
        state = {"signed": "signed", "refused": "refused"}.get(last.act) or ("signed" if last.id in checked else "unchecked")
        how = (
            "on screen"
            if last.act == "signed"
            else "recorded from signed minutes, checked by a second person"
            if state == "signed"
            else ""
        )
        said = dict(unit.open_json(last.said))
        found.append(SeatStands(seat, state, last.day, how, said["text"], last.id, last.document is not None, last.by))
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
        raise PackError("This draft is not before its seats. Ask who prepares it.", field="draft")
    if draft.signed_hash != signed_hash:
        raise PackError("This version was changed since you read it. Read it again; nothing was signed.", field="draft")
    if seat not in {s.key for s in signing_seats(draft.arrangement)}:
        raise PackError("This seat does not sign this version.", field="seat")
    refuse_wrong_day(unit, draft.arrangement)
    return draft


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
        day=day or unit.at.astimezone(LONDON).date(), said=unit.seal_json(said), document=unit.seal(document) if document else None,
        at=unit.at, by=unit.actor.person_id,
    ))  # fmt: skip
    unit.session.flush()
    unit.audit(f"signature: {act}", f"draft:{draft.id}", {"seat": seat, "hash": draft.signed_hash})


def _enter_when_complete(unit: Unit, governance: Governance, draft: Draft) -> Draft:
    """Put the version on record once every seat has signed it: it then begins on its day by itself."""
    stands = standing(unit, draft)
    if any(one.state != "signed" for one in stands):
        return draft
    arrangement = replace(draft.arrangement, signed=tuple((one.seat.key, one.day, one.how) for one in stands))
    enter_version(unit, governance, arrangement)
    _row(unit, draft.id).state = "entered"
    unit.audit("version signed by every seat", f"draft:{draft.id}", {"version": arrangement.version})
    return replace(draft, state="entered")


def _published_reasons(draft: Draft, said: list[Remark], reasons: dict[str, str]) -> str:
    """The version's note with the reason for each departure from guidance, once each."""
    note = str(draft.content["note"])
    for remark in said:
        if remark.effect == "needs_reason":
            told = f"Departs from guidance ({remark.paragraph}): {remark.sentence} Reason: {reasons[remark.key].strip()}"
            if told not in note:
                note = f"{note}\n\n{told}".strip()
    return note


def _row(unit: Unit, draft_id: UUID) -> ArrangementDraft:
    return unit.session.get_one(ArrangementDraft, (unit.scope.body_id, draft_id))
