"""What other areas use and may be compared with: their published pages as the platform holds them in files, and what they
signed and published here. A version that an area did not publish stays its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from uuid import UUID

from threefold.governance.decide import governing
from threefold.governance.in_force import said
from threefold.governance.pack import Arrangement, Body
from threefold.walls.directory import BodyRef
from threefold.work.arrangements.publishing import PublishedVersion, published_versions, version_published
from threefold.work.people.web import Visit, services

Rules = frozenset[tuple[str, int]]  # (rule, major)
# What a version among the files is called that is what the area's pages held when they were read.
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One version of another area. `key`: its name in a question of a page; `read`: the version itself, one statement at most.

    `area`, `version`: their names in an address; `body`: what the area is called. `pages`: the titles of those it was adopted
    from, `read_on` when, as it is written; nothing where the area's partners signed it. `publication`: under which it published
    this version here.
    """

    key: str
    area: str
    version: str
    body: str
    synthetic: bool
    title: str
    begins: date | None
    until: date | None
    not_before: date | None
    read: Callable[[], Arrangement]
    pages: tuple[str, ...] = ()
    read_on: str = ""
    publication: UUID | None = None

    @property
    def at(self) -> str:
        """Where it is read, behind the address of the body's own arrangement."""
        return f"/areas/{self.area}/{self.version}"


def versions_elsewhere(visit: Visit) -> list[Elsewhere]:
    """The versions of other bodies of the same kind, by the body's name: of files, and published here. Of each body what it
    uses now first, then the rest from the newest. Three statements at most."""
    own = services()
    found: dict[tuple[str, str], Elsewhere] = {}
    for body in own.library.bodies.values():
        if body.id != visit.body.slug and body.kind == visit.body.kind:
            for version in body.versions:
                found[body.id, version.version] = _of_file(body, version)
    for there, here in _published_here():
        if there.slug != visit.body.slug and there.kind == visit.body.kind:
            known = found.get((there.slug, here.version))
            told = replace(known, publication=here.id) if known else _of_publication(there, here)
            found[there.slug, here.version] = told
    return sorted(found.values(), key=lambda one: (one.body, one.area, *_newest_first(one, visit.today)))


def begins_in_words(version: Arrangement | Elsewhere) -> str:
    """`begins 1 June 2025`, or that this is not known."""
    if version.begins is not None:
        return f"begins {said(version.begins)}"
    return "beginning not known" + (f", not before {said(version.not_before)}" if version.not_before else "")


def rules_used(visit: Visit, known: tuple[Arrangement, ...]) -> list[Rules]:
    """The rules that each real area uses today: by what it published here and is in force, else by the newest of its files; this
    body's by what is in force, published or not (`known`: its versions). Three statements at most."""
    library = services().library.bodies
    found = {b.id: _rules(newest(b.versions, visit.today)) for b in library.values() if b.versions and is_an_area(b)}
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
    ended = body.details.get("ended", False) or any(one["what"] == "ended" for one in body.details.get("changes", ()))
    return body.kind == "partnership" and not body.synthetic and not ended


def read_in_words(read: str) -> str:
    """When pages were read: `on 5 November 2026`, `in November 2026` where only the month is known, or as it is written."""
    for ending, word in (("", "on"), ("-01", "in")):
        try:
            day = date.fromisoformat(f"{read}{ending}")
        except ValueError:
            continue
        return f"{word} {said(day) if word == 'on' else f'{day:%B %Y}'}"
    return read


def newest(versions: Sequence[Arrangement], today: date) -> Arrangement:
    """What an area uses now, of at least one version."""
    return min(versions, key=lambda one: _newest_first(one, today))


def _newest_first(version: Arrangement | Elsewhere, today: date) -> tuple[int, int]:
    """What has begun and not ended, from the last that began; then what is called current, as no source gives its day."""
    begins, until = version.begins, version.until
    in_force = begins is not None and begins <= today and (until is None or today <= until)
    return 0 if in_force else 1 if version.version == CURRENT else 2, -begins.toordinal() if begins else 0


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
    pages = tuple(str(page.get("title") or page["ref"]) for page in version.adopted_from)
    return Elsewhere(
        f"body:{body.id}/{version.version}", body.id, version.version, body.name, body.synthetic, version.title, version.begins,
        version.until, version.not_before, lambda: version, pages, version.read,
    )  # fmt: skip


def _of_publication(body: BodyRef, version: PublishedVersion) -> Elsewhere:
    @cache
    def read() -> Arrangement:
        return _read(version.id)

    return Elsewhere(
        f"published:{body.slug}/{version.version}", body.slug, version.version, body.name, body.synthetic,
        f"{version.title}, published here", version.begins, version.until, None, read, publication=version.id,
    )  # fmt: skip


def _read(publication: UUID) -> Arrangement:
    with services().walls.published() as reading:
        return version_published(reading, publication)


def _rules(version: Arrangement) -> Rules:
    return frozenset((use.rule, use.major) for use in version.uses)
