"""Comparing in words: a draft, a version, another area's version or a shared pack beside any other of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import groupby
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import BeforeAnyVersion, ThreefoldError
from threefold.governance.comparison import Difference, are_two_bodies, area_names, compare, grouped
from threefold.governance.decide import governing
from threefold.governance.in_force import said
from threefold.governance.pack import Arrangement, Pack
from threefold.walls.audit import DETAIL
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web.elsewhere import Elsewhere, versions_elsewhere
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.arrangements.web.shown import SEE_DRAFT, address
from threefold.work.people.web import Visit, page, render, services

MANY = 3  # differences of one thing, from which on they stand together under its title
OWN, ITS_PACKS, OTHERS, PACKS = (
    "This body",
    "Shared packs that this body’s arrangement stands on",
    "Other areas",
    "Other shared packs",
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be compared: under which heading of the list it stands, how it is called there, and how the thing itself is read."""

    group: str
    words: str
    read: Callable[[], Arrangement | Pack]


@dataclass(frozen=True, slots=True)
class Told:
    """Differences under one heading: each a sentence, or what one thing is called and the many that are told of it."""

    heading: str
    count: int
    lines: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences of two under their headings; `wrong` says why they cannot be compared."""

    count: int = 0
    headings: tuple[Told, ...] = ()
    two_bodies: bool = False
    wrong: str = ""


@blueprint.get("/b/<slug>/arrangement/compare")
@page(needs=SEE_ARRANGEMENT, staff=True)
def compare_two(visit: Visit) -> ResponseReturnValue:
    """Any two of this body's versions, other areas' and the shared packs; at first what is in force and what was before it."""
    with visit.unit("compare arrangements") as unit:
        known = versions(unit)
        unit.audit("arrangements compared", "arrangement", kind=DETAIL)
    offered = offered_to(visit, known)
    this = _chosen("this", offered, next(iter(offered), ""))
    that = _chosen("with", offered, _beside(this, offered))
    result = beside(offered[that].read(), offered[this].read()) if this and that else None
    return render("arrangements/compare_two.html", title="Compare arrangements", back=f"/b/{visit.body.slug}/arrangement", offered=_listed(offered),
                  this=this, that=that, words=offered, result=result)  # fmt: skip


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/compare")
@page(needs=SEE_DRAFT)
def compare_draft(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """The draft beside what is in force, another version, another area, or a shared pack."""
    with visit.unit("compare a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        known = versions(unit)
        unit.audit("draft compared", f"draft:{draft_id}", kind=DETAIL)
    offered = offered_to(visit, known)
    chosen = _chosen("with", offered, _followed(known, found.arrangement, offered))
    result = _draft_beside(offered[chosen].read(), found) if chosen else None
    return render("arrangements/compare.html", title="Compare the draft", caption=found.title, back=address(visit, draft_id), offered=_listed(offered),
                  chosen=chosen, words=offered, result=result, draft=found)  # fmt: skip


def _draft_beside(other: Arrangement | Pack, draft: drafting.Draft) -> Compared:
    """A draft beside another. Who has signed it so far is no difference, and stands on a page of its own."""
    told = draft.arrangement
    if isinstance(other, Arrangement) and draft.state != "entered":
        told = replace(told, signed=other.signed)
    return beside(other, told)


def beside(before: Arrangement | Pack, after: Arrangement | Pack) -> Compared:
    """How `after` differs from `before`, for a page."""
    own = services()
    try:
        found = compare(own.governance.catalogue, before, after, area_names(own.library))
    except ThreefoldError as error:
        return Compared(wrong=error.sentence)
    headings = tuple(Told(heading, len(told), tuple(_lines(told))) for heading, told in grouped(found))
    return Compared(len(found), headings, are_two_bodies(before, after))


def _lines(told: list[Difference]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Many differences of one thing under its title, which each sentence then leaves out; few as they are."""
    for title, same in groupby(told, key=lambda one: one.title):
        sentences = [one.sentence for one in same]
        named = f"“{title}”"
        if len(sentences) < MANY or not all(s.startswith(named) for s in sentences):
            yield from ((sentence, ()) for sentence in sentences)
        else:
            yield named, tuple(s.removeprefix(named).lstrip(": ") for s in sentences)


def offered_to(visit: Visit, known: tuple[Arrangement, ...]) -> dict[str, Offered]:
    """What this body may compare, by its name in the address: what is in force, its other versions from the newest, other
    areas' versions, shared packs."""
    own = services()
    try:
        current = own.governance.pin(known, visit.today)[1]
    except BeforeAnyVersion:
        current = None
    found = {"in-force": _own(current, "In force: ")} if current else {}
    found |= {f"version:{v.version}": _own(v) for v in reversed(known) if v is not current}
    found |= {one.key: Offered(OTHERS, f"{one.body}: {_called(one)}", one.read) for one in versions_elsewhere(visit)}
    packs = sorted(own.library.packs.items(), key=lambda named: named[1].title)
    under = {layer for version in known for layer in _layers(version)}
    return found | {
        f"pack:{name}": Offered(ITS_PACKS if name in under else PACKS, pack.title, partial(_same, pack)) for name, pack in packs
    }


def _own(version: Arrangement, before: str = "") -> Offered:
    return Offered(OWN, f"{before}{_called(version)}", partial(_same, version))


def _same(told: Arrangement | Pack) -> Arrangement | Pack:
    return told


def _layers(told: Arrangement | Pack) -> set[str]:
    """The shared packs, by name, from which lines of a version come."""
    return {layer.removesuffix(".toml") for use in told.uses for layer in use.layers}


def _followed(known: tuple[Arrangement, ...], draft: Arrangement, offered: Mapping[str, Offered]) -> str:
    """What a draft is held beside at first: the version it corrects, or that is in force on the day before it begins."""
    corrected = next((v for v in known if v.version == draft.corrects), None) if draft.corrects else None
    before = corrected or (governing(known, draft.begins - timedelta(days=1)) if draft.begins else None)
    return next((k for k, o in offered.items() if o.group == OWN and o.read() is before), next(iter(offered), ""))


def _called(version: Arrangement | Elsewhere) -> str:
    if version.begins is not None:
        return f"{version.title} (begins {said(version.begins)})"
    since = f"; not before {said(version.not_before)}" if version.not_before else ""
    return f"{version.title} (beginning: not known{since})"


def _beside(this: str, offered: Mapping[str, Offered]) -> str:
    """The version before, else the first pack it extends; none where a person must choose."""
    told = offered[this].read() if this else None
    before = next((k for k, o in offered.items() if k != this and o.group == OWN and _is_before(o.read(), told)), "")
    layers = _layers(told) if told else set()
    return before or next((k for k in offered if k != this and k.removeprefix("pack:") in layers), "")


def _is_before(other: Arrangement | Pack, told: Arrangement | Pack | None) -> bool:
    """Whether a version of the body began before another; one whose beginning is not known may have."""
    if not isinstance(other, Arrangement) or not isinstance(told, Arrangement):
        return False
    return other.begins is None or told.begins is None or other.begins <= told.begins


def _chosen(name: str, offered: Mapping[str, Offered], otherwise: str) -> str:
    asked = request.args.get(name, "")
    return asked if asked in offered else otherwise


def _listed(offered: Mapping[str, Offered]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The lists of a page, under their headings."""
    return [
        (group, rows)
        for group in (OWN, ITS_PACKS, OTHERS, PACKS)
        if (rows := [(k, o.words) for k, o in offered.items() if o.group == group])
    ]
