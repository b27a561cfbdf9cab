"""Where each seat stands on a draft that is signed: what it said of the content as it is now, and what a change made void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from threefold.domain.calendar import LONDON
from threefold.governance.comparison_words import joined
from threefold.governance.in_force import before
from threefold.plugin_api.arrangement import Seat
from threefold.walls.session import Unit
from threefold.work.arrangements.asking import who_signs_and_since
from threefold.work.arrangements.drafting import Draft, load_draft
from threefold.work.arrangements.stories import recorded_at, versions
from threefold.work.arrangements.tables import ArrangementDraft, DraftSignature


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


def standing(unit: Unit, draft: Draft) -> list[SeatStands]:
    """Where each seat that signs stands on the draft's content as it is now. What was said before its last change is void,
    even where a later change brought the same content back. Of a version on record: the seats that signed it, whoever signs today."""  # fmt: skip
    rows = counting(unit, draft)
    checked = {row.concerns for row in rows if row.act == "checked"}
    if draft.state == "entered" and (signed := _that_signed(unit, draft)):
        return [replace(_stands(unit, draft, seat, rows, checked), how=how) for seat, how in signed]
    seats, since = who_signs_and_since(unit, draft)
    at = recorded_at(unit) if since else {}
    stands = [_stands(unit, draft, seat, rows, checked) for seat in seats]
    if draft.state != "signing":
        return stands
    return [
        _for_others_too(unit, draft, one, rows, checked, *since[one.seat.organisation], at)
        if one.seat.organisation in since
        else one
        for one in stands
    ]


def so_far(stands: Sequence[SeatStands]) -> str:
    """How far the signing has come, in words: how many of the seats have signed, and which of them refused."""
    refused = joined([one.seat.title for one in stands if one.state == "refused"])
    signed = sum(one.state == "signed" for one in stands)
    return f"{signed} of {len(stands)} {'has' if signed == 1 else 'have'} signed{f', refused by {refused}' if refused else ''}"


def _that_signed(unit: Unit, draft: Draft) -> list[tuple[Seat, str]]:
    """The seats that signed a version on record, as it calls them, else as the version before it did; and how each signed."""
    known = versions(unit)
    entered = next((one for one in known if one.version == draft.arrangement.version), None)
    if entered is None:
        return []
    earlier = before(known, entered)
    called = {seat.key: seat for one in (*known, *([earlier] if earlier else []), draft.arrangement) for seat in one.seats}
    return [(called[key], how) for key, _, how in entered.signed if key in called]


def _for_others_too(
    unit: Unit, draft: Draft, stands: SeatStands, rows: list[DraftSignature], checked: set[UUID | None], since: date, others: tuple[str, ...],
    recorded: Mapping[str, datetime],
) -> SeatStands:  # fmt: skip
    """Where a seat stands that signs for others too, since a day: by what it said from then on, be it minutes that nobody checked yet.

    `recorded`: when each version was put on record. What was put on record that day may have brought it: what was said that day before
    was said for itself alone.
    """
    came = max((at for at in recorded.values() if at.astimezone(LONDON).date() == since), default=None)
    later = [
        row
        for row in rows
        if row.seat != stands.seat.key
        or row.act in ("checked", "denied")
        or row.day > since
        or (row.day == since and (came is None or row.at >= came))
    ]
    now = _stands(unit, draft, stands.seat, later, checked)
    return now if now.state != "missing" else _for_itself_alone(stands, since, others)


def _for_itself_alone(stands: SeatStands, since: date, others: tuple[str, ...]) -> SeatStands:
    """A seat that signed before its partner acted for another signed for itself alone: it signs once more, and then for both."""
    if stands.state != "signed" or stands.day is None:
        return stands
    told = f"Signed for itself on {stands.day:%-d %B %Y}. Since {since:%-d %B %Y} it signs for {joined(others)} too: it signs once more, for all of them."
    return SeatStands(stands.seat, "missing", said=told)


def counting(unit: Unit, draft: Draft) -> list[DraftSignature]:
    """What was said of the content as it is, since its last change; oldest first."""
    return [row for row in acts(unit, draft.id) if row.signed_hash == draft.signed_hash and row.at >= draft.updated_at]


def acts(unit: Unit, draft_id: UUID) -> list[DraftSignature]:
    asked = select(DraftSignature).where(DraftSignature.draft_id == draft_id)
    return list(unit.session.scalars(asked.order_by(DraftSignature.at, DraftSignature.id)))


def _stands(unit: Unit, draft: Draft, seat: Seat, rows: list[DraftSignature], checked: set[UUID | None]) -> SeatStands:
    why_denied = {row.concerns: row.said for row in rows if row.act == "denied"}
    every = [row for row in rows if row.seat == seat.key and row.act not in ("checked", "denied")]
    # What was recorded from minutes anew stands in place of what was recorded before and nobody checked: that never comes back.
    newest = next((row.id for row in reversed(every) if row.act == "minutes"), None)
    own = [r for r in every if r.id not in why_denied and (r.act != "minutes" or r.id in checked or r.id == newest)]
    if not own:
        said = dict(unit.open_json(why_denied[every[-1].id])) if every else {}
        return SeatStands(seat, "missing", said=f"The minutes recorded do not say so: {said['text']}" if said else "")
    # A signature stands, and minutes nobody has checked say nothing yet against what the seat said itself.
    last = next((row for row in reversed(own) if row.act != "minutes" or row.id in checked), own[-1])
    if last.act != "signed" and own[-1].act == "minutes":
        last = own[-1]
    state = (
        "unchecked" if last.act == "minutes" and last.id not in checked else "refused" if last.act == "refused" else "signed"
    )
    how = "on screen" if last.act == "signed" else ""
    if last.act == "minutes":
        how = "recorded from signed minutes, checked by a second person" if state == "signed" else "minutes"
        how += f"; {early}" if (early := early_meeting(draft, last.day)) else ""
    said = dict(unit.open_json(last.said))
    return SeatStands(seat, state, last.day, how, said["text"], last.id, last.document is not None, last.by)


def early_meeting(draft: Draft, day: date) -> str:
    """That a meeting came before what it is said to have signed: its words may be typed in after, and whoever checks and reads it is told."""
    if day < draft.started_at.astimezone(LONDON).date():
        return "the meeting was before this draft was begun"
    return (
        "the meeting was before this content was sent to be signed" if day < draft.updated_at.astimezone(LONDON).date() else ""
    )


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """One signature, refusal or record of minutes on this draft. `void`: the content was changed since. `day`: of the meeting."""

    at: datetime
    seat: str
    act: str
    text: str
    by: UUID | None
    void: bool
    day: date | None = None


def everything_said(unit: Unit, draft: Draft) -> list[SaidBefore]:
    """Every signature, refusal, record and check on this draft, newest first: what a change voided is kept and shown."""
    return [
        SaidBefore(row.at, row.seat, row.act, str(dict(unit.open_json(row.said))["text"]), row.by,
                   row.signed_hash != draft.signed_hash or row.at < draft.updated_at, row.day if row.act in ("minutes", "checked", "denied") else None)
        for row in reversed(acts(unit, draft.id))
    ]  # fmt: skip


def before_their_seats(unit: Unit) -> list[tuple[Draft, list[SeatStands]]]:
    """Every draft that waits for signatures, with where each of them stands. One statement where there is none."""
    asked = select(ArrangementDraft.id).where(ArrangementDraft.state == "signing").order_by(ArrangementDraft.updated_at)
    found = [load_draft(unit, draft_id) for draft_id in unit.session.scalars(asked).all()]
    return [(draft, standing(unit, draft)) for draft in found]


def missing(stands: list[SeatStands]) -> list[str]:
    """The seats that have not signed, as people call them; and of which only the check of their minutes is missing."""
    return [
        f"{one.seat.title} (its minutes wait for a second person’s check)" if one.state == "unchecked" else one.seat.title
        for one in stands
        if one.state != "signed"
    ]
