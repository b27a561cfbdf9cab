"""Drafts that were sent to be signed and changed since: what was signed of them counts no more, and they have to be sent again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from threefold.governance.drafts import Content
from threefold.plugin_api import Seat
from threefold.walls.session import Unit
from threefold.work.arrangements import drafting, signing
from threefold.work.arrangements.asking import MADE_READY
from threefold.work.arrangements.drafting import Draft
from threefold.work.arrangements.seat_stands import acts
from threefold.work.arrangements.tables import ArrangementDraft, DraftRevision


def to_send_again(unit: Unit) -> list[tuple[Draft, list[str]]]:
    """Each such draft, oldest change first, with the seats that had signed it. One statement where there is none."""
    asked = select(ArrangementDraft.id).where(
        ArrangementDraft.state == "open",
        ArrangementDraft.id.in_(select(DraftRevision.draft_id).where(DraftRevision.what == MADE_READY)),
    )
    found = [
        drafting.load_draft(unit, draft_id)
        for draft_id in unit.session.scalars(asked.order_by(ArrangementDraft.updated_at)).all()
    ]
    return [(draft, had_signed(unit, draft) or []) for draft in found]


def had_signed(unit: Unit, draft: Draft) -> list[str] | None:
    """The seats that had signed what was sent of a draft, as people call them; None where it waits for signatures, or was never sent."""
    found = what_was_signed(unit, draft)
    return [seat.title for seat in found[1]] if found else None


def what_was_signed(unit: Unit, draft: Draft) -> tuple[str, list[Seat]] | None:
    """The hash of what was sent of a draft that was changed since, and the seats that had signed it; None where it waits for signatures, or
    was never sent."""
    if draft.state != "open" or (sent := _as_it_was_sent(unit, draft.id)) is None:
        return None
    then = replace(draft, content=dict(sent.content), signed_hash=sent.signed_hash, updated_at=sent.at)
    return sent.signed_hash, [one.seat for one in signing.standing(unit, then) if one.state == "signed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a seat answered before the draft was changed: when, what (signed or refused), by whom, and the content that it was about.
    `by_minutes`: the meeting at which it signed, where checked minutes say so; `by` then recorded them."""

    at: datetime
    act: str
    content: Content
    seat: str
    by: UUID | None
    by_minutes: date | None = None


def last_answer(unit: Unit, draft: Draft, seats: Collection[str]) -> Answer | None:
    """The newest answer of seats that are asked again since a draft that waits for signatures was changed; None where there is none."""
    if draft.state != "signing" or not seats:
        return None
    rows = acts(unit, draft.id)
    checked = {row.concerns for row in rows if row.act == "checked"}
    given = [row for row in rows if row.seat in seats and (row.act in ("signed", "refused") or row.id in checked)]
    if not given:
        return None
    last = given[-1]
    asked = select(DraftRevision).where(DraftRevision.draft_id == draft.id, DraftRevision.signed_hash == last.signed_hash)
    then = unit.session.scalars(asked.order_by(DraftRevision.no.desc()).limit(1)).first()
    if then is None:
        return None
    if last.act == "minutes":
        return Answer(last.at, "signed", dict(then.content), last.seat, last.by, last.day)
    return Answer(last.at, last.act, dict(then.content), last.seat, last.by)


def _as_it_was_sent(unit: Unit, draft_id: UUID) -> DraftRevision | None:
    asked = select(DraftRevision).where(DraftRevision.draft_id == draft_id, DraftRevision.what == MADE_READY)
    return unit.session.scalars(asked.order_by(DraftRevision.no.desc()).limit(1)).first()
