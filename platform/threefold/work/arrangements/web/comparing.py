"""Comparing in words: a draft, a version, another area's version or a shared pack beside any other of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import BeforeAnyVersion, ThreefoldError
from threefold.governance import in_force
from threefold.governance.comparison import Difference, Sides, area_names, compared, grouped
from threefold.governance.pack import Arrangement, Pack
from threefold.governance.publishing import PARTNERS
from threefold.walls.audit import DETAIL
from threefold.work.arrangements import asking, drafting
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web.elsewhere import Elsewhere, begins_in_words, versions_elsewhere
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.arrangements.web.shown import SEE_DRAFT, address
from threefold.work.people.web import Visit, page, render, services

MANY = 3  # differences of one thing, from which on they stand together under its title
OWN, ITS_PACKS, OTHERS, PACKS = (
    "Our own",
    "Shared packs that our arrangement stands on",
    "Other areas",
    "Other shared packs",
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be compared: under which heading of the list it stands, how it is called there, and how the thing itself is read.

    `whose`: the name of the area, of another body's version; `href`: the page that says it, where there is one.
    """

    group: str
    words: str
    read: Callable[[], Arrangement | Pack]
    whose: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Differences under one heading: each a sentence, or what one thing is called and the many that are told of it.

    `folded`: they differ in any case, as who takes part in two areas does, and are shown to whoever asks.
    """

    heading: str
    count: int
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences of two under their headings, and of two bodies (`sides`) what both tell alike; `wrong` says why they
    cannot be compared."""

    count: int = 0
    headings: tuple[Told, ...] = ()
    sides: Sides | None = None
    same: tuple[str, ...] = ()
    same_in_words: str = ""
    wrong: str = ""


@blueprint.get("/b/<slug>/arrangement/compare")
@page(needs=SEE_ARRANGEMENT, staff=True)
def compare_two(visit: Visit) -> ResponseReturnValue:
    """Any two of this body's versions, other areas' and the shared packs; at first what is in force and what was before it."""
    with visit.unit("compare arrangements") as unit:
        known = versions(unit)
        unit.audit("arrangements compared", "arrangement", kind=DETAIL)
    offered = offered_to(visit, known)
    this = _chosen("this", offered, next((key for key, one in offered.items() if one.group == OWN), ""))
    that = _chosen("with", offered, _beside(this, offered))
    result = beside(offered[that].read(), offered[this].read(), _bodies(visit, offered)) if this and that else None
    either = not known or bool(request.args.get("either"))  # two that are not ours: a long list, for whoever asks for it
    ours = offered if either else {key: one for key, one in offered.items() if one.group == OWN or key == this}
    others = {key: one for key, one in offered.items() if key == that or key != this or len(known) > 1}  # not with itself
    return render("arrangements/compare_two.html", title="Compare arrangements", back=f"/b/{visit.body.slug}/arrangement", offered=_listed(others),
                  ours=_listed(ours), known=known, either=either, this=this, that=that, words=offered, result=result)  # fmt: skip


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
    result = None
    if chosen:
        before, after = offered[chosen].read(), found.arrangement
        if found.state == "open" and isinstance(before, Arrangement):  # its reasons are given when it is sent
            before, after = (replace(one, note=asking.without_reasons(one.note)) for one in (before, after))
        result = beside(before, after, _bodies(visit, offered))
    return render("arrangements/compare.html", title="Compare the draft", caption=found.title, back=address(visit, draft_id), offered=_listed(offered),
                  chosen=chosen, words=offered, result=result, draft=found)  # fmt: skip


def _bodies(visit: Visit, offered: Mapping[str, Offered]) -> dict[str, str]:
    """The names of all bodies whose versions can be compared, by id."""
    files = {body.id: body.name for body in services().library.bodies.values()}
    here = {key.partition(":")[2].partition("/")[0]: one.whose for key, one in offered.items() if one.whose}
    return files | here | {visit.body.slug: visit.body.name}


def beside(before: Arrangement | Pack, after: Arrangement | Pack, bodies: Mapping[str, str]) -> Compared:
    """How `after` differs from `before`, for a page. `bodies`: names by id."""
    own = services()
    try:
        found = compared(own.governance.catalogue, before, after, area_names(own.library), bodies)
    except ThreefoldError as error:
        return Compared(wrong=error.sentence)
    headings = tuple(
        Told(heading, len(told), tuple(_lines(told)), folded=heading == PARTNERS and found.sides is not None)
        for heading, told in grouped(found.differences)
    )
    return Compared(len(found.differences), headings, found.sides, found.same, found.same_in_words)


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
    home = f"/b/{visit.body.slug}/arrangement"
    found = {"in-force": _own(home, current, "in force, ")} if current else {}
    found |= {f"version:{v.version}": _own(home, v) for v in reversed(known) if v is not current}
    found |= {
        one.key: Offered(OTHERS, _called(one), one.read, one.body, f"{home}{one.at}") for one in versions_elsewhere(visit)
    }
    packs = sorted(own.library.packs.items(), key=lambda named: named[1].title)
    under = {layer for version in known for layer in _layers(version)}
    return found | {
        f"pack:{name}": Offered(ITS_PACKS if name in under else PACKS, pack.title, partial(_same, pack)) for name, pack in packs
    }


def _own(home: str, version: Arrangement, stands: str = "") -> Offered:
    return Offered(OWN, _called(version, stands), partial(_same, version), href=f"{home}/versions/{version.version}")


def _same(told: Arrangement | Pack) -> Arrangement | Pack:
    return told


def _layers(told: Arrangement | Pack) -> set[str]:
    """The shared packs, by name, from which lines of a version come."""
    return {layer.removesuffix(".toml") for use in told.uses for layer in use.layers}


def _followed(known: tuple[Arrangement, ...], draft: Arrangement, offered: Mapping[str, Offered]) -> str:
    """What a draft is held beside at first: what stands in the place of what it corrects, or is in force on the day before it begins."""
    before = in_force.before(known, draft)
    return next((k for k, o in offered.items() if o.group == OWN and o.read() is before), next(iter(offered), ""))


def _called(version: Arrangement | Elsewhere, stands: str = "") -> str:
    return f"{version.title} ({stands}{begins_in_words(version)})"


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


def _listed(offered: Mapping[str, Offered]) -> list[tuple[str, list[tuple[str, Offered]]]]:
    """The lists of a page, under their headings."""
    return [
        (group, rows)
        for group in (OWN, OTHERS, ITS_PACKS, PACKS)
        if (rows := [(k, o) for k, o in offered.items() if o.group == group])
    ]
