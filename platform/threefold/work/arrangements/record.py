"""What is on record of a version: the draft it was made from, and who signed it for which seat, when and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from threefold.governance.pack import Arrangement
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import on_record, versions
from threefold.work.arrangements.tables import ArrangementDraft, DraftRevision, DraftSignature
from threefold.work.people.access import EVERYONE, needs

GONE = "somebody who no longer works here"


@dataclass(frozen=True, slots=True)
class Signature:
    """One seat's signature. `who` signed on screen or recorded the minutes; `checked` says who checked such a record.

    `minutes`: the record whose document can be read; None where it was signed on screen or came with a file.
    """

    seat: str
    day: date | None
    how: str
    who: str = ""
    checked: str = ""
    minutes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """How a version came to be. `draft` None: it came as a file, and no draft of it is here."""

    draft: UUID | None
    title: str
    signatures: tuple[Signature, ...]


@needs("see the arrangement", EVERYONE)
def how_made(unit: Unit, version: Arrangement) -> Made:
    """The draft whose exact content became the version, and its signatures. Four statements at most."""
    # A version may be signed out by a seat that it has not itself: its title stands in another.
    titles = {s.key: s.title for one in (*versions(unit), version) for s in one.seats}
    row = unit.session.execute(
        select(ArrangementDraft.id, ArrangementDraft.title)
        .join(DraftRevision, (DraftRevision.draft_id == ArrangementDraft.id) & (DraftRevision.no == ArrangementDraft.head_no))
        .where(ArrangementDraft.state == "entered", DraftRevision.signed_hash == version.signed_hash)
    ).first()
    if row is None:
        return Made(None, "", tuple(Signature(titles.get(seat, seat), day, how) for seat, day, how in version.signed))
    names: dict[UUID | None, str] = {c.person_id: c.display_name for c in unit.staff()}
    acts = unit.session.scalars(
        select(DraftSignature)
        .where(DraftSignature.draft_id == row.id, DraftSignature.signed_hash == version.signed_hash)
        .order_by(DraftSignature.at, DraftSignature.id)
    ).all()
    checked = {act.concerns: act for act in acts if act.act == "checked"}
    counted = {a.seat: a for a in acts if a.act == "signed" or (a.act == "minutes" and a.id in checked)}
    found = [_signature(titles.get(s, s), day, how, counted.get(s), checked, names) for s, day, how in version.signed]
    return Made(row.id, row.title, tuple(found))


def drafts_on_record_since(unit: Unit, day: date) -> list[tuple[UUID, Arrangement]]:
    """The drafts that became versions on a day or later, each with its version. Two statements at most."""
    new = {
        one.version.signed_hash: one.version
        for one in on_record(unit)
        if one.recorded >= day and one.version.entered == "signed"
    }
    if not new:
        return []
    asked = (
        select(ArrangementDraft.id, DraftRevision.signed_hash)
        .join(DraftRevision, (DraftRevision.draft_id == ArrangementDraft.id) & (DraftRevision.no == ArrangementDraft.head_no))
        .where(ArrangementDraft.state == "entered", DraftRevision.signed_hash.in_(new))
    )
    return [(draft, new[signed_hash]) for draft, signed_hash in unit.session.execute(asked).all()]


def _signature(
    seat: str, day: date | None, how: str, act: DraftSignature | None, checked: Mapping[UUID | None, DraftSignature],
    names: Mapping[UUID | None, str],
) -> Signature:  # fmt: skip
    if act is None:
        return Signature(seat, day, how)
    check = checked.get(act.id)
    minutes = act.id if act.act == "minutes" and act.document is not None else None
    return Signature(seat, day, how, names.get(act.by, GONE), names.get(check.by, GONE) if check else "", minutes)
