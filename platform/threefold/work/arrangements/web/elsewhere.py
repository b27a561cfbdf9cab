"""What other areas use and may be compared with: their published pages as the platform holds them in files, and what they
signed and published here. A version that an area did not publish stays its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from threefold.governance.decide import governing
from threefold.governance.pack import Arrangement, Body
from threefold.walls.directory import BodyRef
from threefold.work.arrangements.publishing import PublishedVersion, published_versions, version_published
from threefold.work.people.web import Visit, services

Rules = frozenset[tuple[str, int]]  # (rule, major)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One version of another area. `key`: its name in an address; `read`: the version itself, one statement at most."""

    key: str
    body: str
    title: str
    begins: date | None
    not_before: date | None
    read: Callable[[], Arrangement]


def versions_elsewhere(visit: Visit) -> list[Elsewhere]:
    """The versions of other bodies of the same kind, by the body's name: of files, and published here. Three statements at most."""
    own = services()
    found: dict[tuple[str, str], Elsewhere] = {}
    for body in own.library.bodies.values():
        if body.id != visit.body.slug and body.kind == visit.body.kind:
            for version in body.versions:
                found[body.id, version.version] = _of_file(body, version)
    for there, here in _published_here():
        if there.slug != visit.body.slug and there.kind == visit.body.kind:
            found.setdefault((there.slug, here.version), _of_publication(there, here))
    return sorted(found.values(), key=lambda one: one.body)


def rules_used(visit: Visit, known: tuple[Arrangement, ...]) -> list[Rules]:
    """The rules that each real area uses today: by what it published here and is in force, else by the newest of its files; this
    body's by what is in force, published or not (`known`: its versions). Three statements at most."""
    library = services().library.bodies
    found = {b.id: _rules(b.versions[-1]) for b in library.values() if b.versions and is_an_area(b)}
    published = _published_here()
    for slug, there in {there.slug: there for there, _ in published}.items():
        theirs = [version for body, version in published if body.slug == slug]
        governs = _in_force(theirs, visit.today)
        area = library.get(slug)
        if governs is not None and (is_an_area(area) if area else there.kind == "partnership" and not there.synthetic):
            found[slug] = governs.rules
    mine = governing(known, visit.today)
    if mine is not None and mine.entered == "signed" and not visit.body.synthetic and visit.body.kind == "partnership":
        found[visit.body.slug] = _rules(mine)
    return list(found.values())


def is_an_area(body: Body) -> bool:
    """Whether a body is a real area's partnership that there still is: no demonstration, no panel, none that ended."""
    ended = bool(body.details.get("until")) or any(one["what"] == "ended" for one in body.details.get("changes", ()))
    return body.kind == "partnership" and not body.synthetic and not ended


def _published_here() -> list[tuple[BodyRef, PublishedVersion]]:
    own = services()
    with own.walls.published() as reading:
        found = published_versions(reading)
    if not found:
        return []
    with own.walls.directory() as directory:
        bodies = {body.id: body for body in directory.bodies()}
    return [(bodies[one.publisher_id], one) for one in found if one.publisher_id in bodies]


def _in_force(found: list[PublishedVersion], today: date) -> PublishedVersion | None:
    """Of what one body published, what governs today: the last that began and has not ended; of one day, the last published."""
    begun = [one for one in found if one.begins <= today and (one.until is None or today <= one.until)]
    return max(begun, key=lambda one: (one.begins, one.published_at), default=None)


def _of_file(body: Body, version: Arrangement) -> Elsewhere:
    return Elsewhere(
        f"body:{body.id}/{version.version}", body.name, version.title, version.begins, version.not_before, lambda: version
    )


def _of_publication(body: BodyRef, version: PublishedVersion) -> Elsewhere:
    @cache
    def read() -> Arrangement:
        return _read(version.id)

    return Elsewhere(
        f"published:{body.slug}/{version.version}", body.name, f"{version.title}, published here", version.begins, None, read
    )


def _read(publication: UUID) -> Arrangement:
    with services().walls.published() as reading:
        return version_published(reading, publication)


def _rules(version: Arrangement) -> Rules:
    return frozenset((use.rule, use.major) for use in version.uses)
