"""Which arrangement governs: enter a version, and read the versions of a body."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from threefold.domain.calendar import LONDON
from threefold.domain.errors import FloorError, ManyErrors, PackError
from threefold.governance.arrangement import turns
from threefold.governance.configured import settings_to_mend
from threefold.governance.decide import Governance
from threefold.governance.in_force import OnRecord, stands_for
from threefold.governance.pack import Arrangement
from threefold.governance.source_names import in_use
from threefold.governance.verdict import effect
from threefold.walls.session import Unit
from threefold.work.arrangements.tables import ArrangementVersion
from threefold.work.people.seats import tells_seats


def enter_version(unit: Unit, governance: Governance, arrangement: Arrangement) -> bool:
    """Put a version on record, once. False when the same content is there already.

    Raises `FloorError` when the law refuses it, `PackError` when another content already has its name or its day,
    `ManyErrors` of settings that its rules do not take.
    """
    one_after_the_other(unit)
    (entry,) = entries(unit, [arrangement])
    if entry.there:
        return False
    if entry.refused:
        raise PackError(entry.refused.sentence, field=f"{arrangement.body}: {entry.refused.field}")
    refuse_below_floor(governance, arrangement)
    if wrong := settings_to_mend(governance.catalogue, arrangement.uses):
        raise ManyErrors(wrong)
    names = in_use(arrangement.source_names, [use.settings for use in arrangement.uses], arrangement.adopted_from)
    unit.session.add(ArrangementVersion(
        id=uuid4(), version=arrangement.version, content_hash=arrangement.content_hash, entered=arrangement.entered,
        begins=arrangement.begins, corrects=arrangement.corrects, recorded_at=unit.at, content=replace(arrangement, source_names=names).stored(),
    ))  # fmt: skip
    unit.session.flush()
    unit.audit("arrangement version entered", f"arrangement:{arrangement.version}", {"hash": arrangement.content_hash})
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """Whether a version may be entered beside those on record. `there`: it is one of them; `refused`: why not, with the key in its file."""

    version: Arrangement
    there: bool = False
    refused: PackError | None = None


def entries(unit: Unit, arrangements: Iterable[Arrangement]) -> list[Entry]:
    """What would come of it if versions were entered one after the other. Nothing is written."""
    columns = ArrangementVersion.id, ArrangementVersion.version, ArrangementVersion.content_hash, ArrangementVersion.begins
    rows = {row.version: row for row in unit.session.execute(select(*columns))}
    begins = {name: row.begins for name, row in rows.items()}
    found: list[Entry] = []
    for one in arrangements:
        row = rows.get(one.version)
        if row and (row.content_hash == one.content_hash or _exported(unit, row.id, one)):
            found.append(Entry(one, there=True))
        else:
            found.append(Entry(one, refused=_refused_beside(begins, one)))
            begins.setdefault(one.version, one.begins)
    return found


def _refused_beside(begins: Mapping[str, date | None], one: Arrangement) -> PackError | None:
    """Why a version is not entered beside others. `begins`: the day of each of them, by its name."""
    if one.version in begins:
        return PackError(
            f"Version '{one.version}' is on record with other content, and a version never changes. Enter it under a new name.",
            field="id",
        )
    if one.begins and not one.corrects:
        taken = next((name for name, day in begins.items() if day == one.begins), None)
        if taken is not None:
            return PackError(f"Version '{taken}' begins on that day already. Choose another day.", field="begins")
    if one.corrects and one.corrects not in begins:
        return PackError(f"This corrects '{one.corrects}', which is not a version on record here.", field="corrects")
    return None


def _exported(unit: Unit, row_id: UUID, arrangement: Arrangement) -> bool:
    """Whether a version is the one on record, but for the names of the files that its rules were read from and of its sources, the format
    of its fingerprint, and signatures of seats that it has not itself: an export put among the files is such a one. Who reads a file later
    calls it by the name it has then, and that is no other content."""
    there = unit.session.scalars(select(ArrangementVersion.content).where(ArrangementVersion.id == row_id)).one()
    return _as_exported(there) == _as_exported(arrangement.stored())


def _as_exported(content: Mapping[str, Any]) -> str:
    uses = [{name: value for name, value in use.items() if name != "file"} for use in content["uses"]]
    seats = {seat["key"] for seat in content["seats"]}
    signed = [one for one in content["signed"] if one[0] in seats]
    return json.dumps({**content, "uses": uses, "signed": signed, "format": 0, "source_names": []}, sort_keys=True)


def one_after_the_other(unit: Unit) -> None:
    """Wait until nobody else enters a version of this body, to the end of the transaction: what is read next is what is there."""
    unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"versions of {unit.scope.body_id}", 0))))


def refuse_below_floor(governance: Governance, arrangement: Arrangement) -> None:
    """Raise `FloorError` for the first thing the law refuses in an arrangement."""
    for line in governance.floor(arrangement):
        if effect(line) == "refused":
            raise FloorError(
                line.finding.sentence, field=f"{arrangement.body}/{arrangement.version}", paragraph=line.finding.source.ref
            )


def versions(unit: Unit) -> tuple[Arrangement, ...]:
    """The body's versions in order of beginning (unknown days first). One statement; contents are kept by row, which never changes."""
    return tuple(one.version for one in on_record(unit))


def recorded_at(unit: Unit) -> dict[str, datetime]:
    """When each of the body's versions was put on record, by its name. One statement."""
    rows = unit.session.execute(select(ArrangementVersion.version, ArrangementVersion.recorded_at))
    return {row.version: row.recorded_at for row in rows}


def on_record(unit: Unit) -> tuple[OnRecord, ...]:
    """The body's versions in the order of `versions`, each with the day on which it was put on record. One statement."""
    one = ArrangementVersion
    rows = list(unit.session.execute(select(one.id, one.recorded_at, one.begins, one.corrects, one.version)))
    corrects = {row.version: row.corrects for row in rows}
    # Files that are loaded together are put on record at one moment: a correction then comes after what it corrects, as among the files.
    rows.sort(key=lambda row: (row.begins or date.min, row.recorded_at, turns(row.version, corrects), row.version))
    missing = [row.id for row in rows if _KEPT.get((unit.scope.body_id, row.id)) is None]
    if missing:
        for row in unit.session.scalars(select(ArrangementVersion).where(ArrangementVersion.id.in_(missing))):
            _KEPT[unit.scope.body_id, row.id] = Arrangement.from_stored(row.content)
    return tuple(OnRecord(_KEPT[unit.scope.body_id, row.id], row.recorded_at.astimezone(LONDON).date()) for row in rows)


@dataclass(frozen=True, slots=True)
class Called:
    """What a version on record is called; until when it governed at the most, where it was for a time; and, where it was set right, the title of
    what stands in its place now, and the day on which that came."""

    title: str
    until: date | None = None
    set_right_by: str = ""
    set_right_on: date | None = None


def called_among(record: Sequence[OnRecord], names: Collection[str]) -> dict[str, Called]:
    """Of some versions on record, what each is called and whether it was set right since."""
    known = [one.version for one in record]
    entered = {one.version.version: one.recorded for one in record}

    def called(version: Arrangement) -> Called:
        now = stands_for(version, known)
        right = (now.title, entered[now.version]) if now is not version else ()
        return Called(version.title, version.until, *right)

    return {version.version: called(version) for version in known if version.version in names}


def titles_of_versions(record: Sequence[OnRecord]) -> dict[str, str]:
    """What each version on record is called."""
    return {one.version.version: one.version.title for one in record}


@tells_seats
def seats_on_record(unit: Unit) -> dict[str, str]:
    """The seats of the version that governs today and of those to come: somebody may be invited before it begins."""
    known = versions(unit)
    today = unit.at.astimezone(LONDON).date()
    begun = [v for v in known if v.begins is None or v.begins <= today]
    return {seat.key: seat.title for v in (*begun[-1:], *(v for v in known if v not in begun)) for seat in v.seats}


# Contents by body and hash. Nothing here is ever stale, because content under a hash cannot change.
_KEPT: dict[tuple[UUID, UUID], Arrangement] = {}
