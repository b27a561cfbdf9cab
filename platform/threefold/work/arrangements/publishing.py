"""Publishing a version: what anyone may read of an arrangement, kept as it was published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from threefold.domain.errors import PackError, ThreefoldError
from threefold.governance.comparison import compare
from threefold.governance.decide import Governance
from threefold.governance.in_force import OnRecord, Standing, before, interrupted, said, standings, titled
from threefold.governance.pack import Arrangement
from threefold.governance.periods import DAY
from threefold.governance.printed import printed
from threefold.governance.publishing import document
from threefold.walls.published import PublicReading, Published
from threefold.walls.session import Unit
from threefold.walls.tables import Publication
from threefold.work.arrangements.drafting import PREPARING
from threefold.work.arrangements.stories import one_after_the_other, versions
from threefold.work.people.access import NotHere, needs

KIND = "arrangement"
AS_DATA = "as_data"  # the version itself, beside what is told of it: with it other areas compare and count
_TOGETHER = 50  # published versions that are read in one statement
_KNOWN: dict[UUID, PublishedVersion | None] = {}  # what is published never changes, so each is read once in a process


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """What a list says of a version that a body published. `rules`: (rule, major) of each that it uses."""

    id: UUID
    publisher_id: UUID
    published_at: datetime
    title: str
    version: str
    begins: date
    until: date | None
    rules: frozenset[tuple[str, int]]


def published_versions(reading: PublicReading) -> list[PublishedVersion]:
    """Every version published here with its data, each once, in no order. One statement, and one for each fifty that were not read before.

    What two published at once, before they took turns, is there twice: the first counts."""
    ids = reading.ids(KIND)
    new = [one for one in ids if one not in _KNOWN]
    for start in range(0, len(new), _TOGETHER):
        _KNOWN.update({one.id: _listed(one) for one in reading.some(new[start : start + _TOGETHER])})
    listed = [found for one in ids if (found := _KNOWN.get(one)) is not None]
    listed.sort(key=lambda one: (one.published_at, one.id), reverse=True)
    return list({(one.publisher_id, one.version): one for one in listed}.values())


def version_published(reading: PublicReading, publication: UUID) -> Arrangement:
    """One published version as data. One statement. Raises `NotHere` where it is not published with its data."""
    found = next((one for one in reading.some((publication,)) if AS_DATA in one.content), None)
    if found is None:
        raise NotHere
    return Arrangement.from_stored(found.content[AS_DATA])


def _listed(one: Published) -> PublishedVersion | None:
    """None for what was published before its data was, and for a version of which no beginning is known."""
    data = one.content.get(AS_DATA)
    if data is None or not data.get("begins"):
        return None
    rules = frozenset((use["rule"], use["major"]) for use in data["uses"])
    until = date.fromisoformat(data["until"]) if data.get("until") else None
    return PublishedVersion(
        one.id, one.publisher_id, one.published_at, one.title, data["version"], date.fromisoformat(data["begins"]), until, rules
    )


@needs("publish the arrangement", PREPARING)
def publish_version(
    unit: Unit, governance: Governance, body_name: str, version: str, areas: Mapping[str, str] | None = None
) -> UUID:
    """Publish a version that the partners signed; once: published again, it is the same publication.

    `areas`: the names of areas by their codes.

    Raises `PackError` for one that was only adopted from published pages: it is published where it was read.
    """
    one_after_the_other(unit)  # another may publish it at this moment
    known = versions(unit)
    place = next((i for i, v in enumerate(known) if v.version == version), None)
    if place is None:
        raise NotHere
    if known[place].entered != "signed":
        raise PackError(
            "This version was adopted from published pages and signed by nobody here. It is published where it was read.",
            field="version",
        )
    before = unit.session.scalars(
        select(Publication)
        .where(Publication.publisher_id == unit.scope.body_id, Publication.kind == KIND)
        .order_by(Publication.published_at, Publication.id)
    ).all()
    for row in before:
        if row.content["version"] == version:
            return row.id
    # Named after its version, so the key of the table keeps a second one out.
    made = Publication(
        publisher_id=unit.scope.body_id, id=uuid5(unit.scope.body_id, f"{KIND}:{version}"), kind=KIND, title=known[place].title,
        content=document_among(governance, known, known[place], body_name, areas, published={row.content["version"] for row in before}, today=unit.today) | {AS_DATA: known[place].stored()},
        published_at=unit.at,
    )  # fmt: skip
    unit.session.add(made)
    unit.session.flush()
    unit.audit("arrangement published", f"arrangement:{version}", {"publication": str(made.id)})
    return made.id


def not_published(unit: Unit, record: tuple[OnRecord, ...]) -> list[Standing]:
    """The versions of a record that the partners signed, that are in force or wait for their day, and that this body has not published.
    One statement at most."""
    stands = [s for s in standings(record, unit.today) if s.version.entered == "signed" and s.state in ("now", "coming")]
    if not stands:
        return []
    asked = select(Publication.content["version"].astext).where(
        Publication.publisher_id == unit.scope.body_id, Publication.kind == KIND
    )
    published = set(unit.session.scalars(asked))
    return [one for one in stands if one.version.version not in published]


def document_among(
    governance: Governance, known: tuple[Arrangement, ...], version: Arrangement, body_name: str, areas: Mapping[str, str] | None = None,
    *, published: Collection[str], today: date,
) -> dict[str, Any]:  # fmt: skip
    """The published form of one of the `known` versions, as it is made today. `areas`: the names of areas by their codes; `published`: the
    versions that are published already."""
    told = document(governance, version, body_name, since(governance, known, version), areas)
    return told | {
        "held_beside": printed(_held_beside(before(known, version), published, today)) if told["differences"] else ""
    }


def _held_beside(earlier: Arrangement | None, published: Collection[str], today: date) -> str:
    """Which version was the one before when a page was made, which stays as it was: a correction that is entered later is another one.
    What a version is called that is not published itself is not told."""
    if earlier is None:
        return ""
    called = titled(earlier) if earlier.version in published else "a version that was not published then"
    begins = f"in force from {said(earlier.begins)}" if earlier.begins else "whose first day no source gives"
    return f"Held beside {called}, {begins}: the version before this one as things stood on {said(today)}."


def made_lasting(governance: Governance, known: tuple[Arrangement, ...], version: Arrangement) -> tuple[str, tuple[str, ...]]:
    """Of a version without an end that follows a temporary variation before that has ended: what the version is called that the variation
    interrupts, and what changed from that one. So nobody makes lasting, unseen, what was agreed for a time. Empty for any other."""
    varied = before(known, version)
    if varied is None or varied.until is None or version.until is not None or version.corrects:
        return "", ()
    others = [one for one in known if one.version != version.version]
    lasting = interrupted(others, version.begins - DAY) if version.begins else None
    if lasting is None:
        return "", ()
    return lasting.title, _changed(governance, lasting, version, ("begins", "until"))


def since(
    governance: Governance, known: tuple[Arrangement, ...], version: Arrangement, *, beside: Collection[str] = ()
) -> tuple[str, ...]:
    """What changed from the version before, in words; that it cannot be said, where a rule of that one cannot be read any more.

    `beside`: the keys of what the page tells already.
    """
    earlier = before(known, version)
    return () if earlier is None else _changed(governance, earlier, version, beside)


def _changed(governance: Governance, earlier: Arrangement, version: Arrangement, beside: Collection[str]) -> tuple[str, ...]:
    # How each came to be, what it is called, what it corrects and its note may be of a version that is not published; what a version
    # corrects stands at the head of its page.
    try:
        found = compare(governance.catalogue, earlier, version)
    except (
        ThreefoldError
    ):  # a rule of the version before may not be installed any more: that keeps nobody from publishing this one
        return ("It cannot be compared with the version before.",)
    return tuple(one.sentence for one in found if one.key not in ("note", "signed", "title", "corrects", *beside))
