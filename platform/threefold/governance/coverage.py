"""What of each real body's published facts is enforced, told or unknown: the table `docs/coverage.md`, made of the data.

`python -m threefold.governance.coverage > docs/coverage.md` writes it; a test holds the written table against the data, and
another that every place it names is there.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from threefold.domain.findings import Provided
from threefold.governance.catalogue import Catalogue
from threefold.governance.configured import configured
from threefold.governance.pack import Arrangement, Body, Library, load_library

Status = Literal["enforced", "narrated", "unknown", "not_expressible"]
# Kinds that are shown and on which no rule acts. What rests on nothing else is narrated.
TOLD_KINDS = frozenset({"narrative", "group", "meeting", "fund", "agency_terms", "carve_out", "change"})
# Of these kinds a rule works only with a thing that has one of these values. Without it the thing is shown all the same, and is told.
WORKED_BY: Mapping[str, tuple[str, ...]] = {
    "quorum": ("needed", "count"), "report_year": ("due",), "ladder_stage": ("start_events",), "publication": ("limit",),
    "agency": ("asked",),
}  # fmt: skip
LEGEND = """# What is enforced, told and unknown

Made of the files under `tenants/` by `python -m threefold.governance.coverage`; do not edit it by hand.

- **enforced**: a rule works with it, or the body's own data hold it: a step and its date, a way of deciding, a question, a
  criterion, an outcome, a quorum, a seat, an organisation.
- **narrated**: it is shown with its source, and no rule acts on it: what is only in the words of a way of deciding, or to whom
  a report goes, too.
- **unknown**: the pages read do not give it. Nothing was filled in.
- **not expressible**: the platform has no place for it yet; the table says so rather than bend the fact.

A place is written `<version>#<use>/<kind>/<key>` (what a rule of that version brings) or `body#<part>/<key>`. A quorum is
worked out by the rule from who was there, as the record of each meeting says; it is told, and stops nothing.
"""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One codable fact of a body's published pages."""

    body: str
    section: str
    fact: str
    status: Status
    by: tuple[str, ...]
    sources: tuple[str, ...]


def coverage_of(body: Body) -> list[CoverageLine]:
    """The facts of one body, in the order of its page."""
    sources: Mapping[str, Mapping[str, Any]] = body.details.get("sources", {})
    return [
        CoverageLine(
            body.id, f["section"], f["text"], f["status"], tuple(f["by"]),
            tuple(sources[s]["where"] or sources[s]["ref"] if s in sources else f"no such source: {s}" for s in f["sources"]),
        )
        for f in body.details.get("facts", ())
    ]  # fmt: skip


def unresolved(body: Body, catalogue: Catalogue) -> list[str]:
    """Every place a fact of the body names that is not there, and every fact whose status does not fit its places."""
    places, told = places_of(body, catalogue), _told_places(body, catalogue)
    wrong: list[str] = []
    for line in coverage_of(body):
        wrong += [f"{body.id}: '{line.fact}' names {place}, which is not there" for place in line.by if place not in places]
        wrong += [f"{body.id}: '{line.fact}': {source}" for source in line.sources if source.startswith("no such source")]
        if line.status in ("unknown", "not_expressible"):
            wrong += [f"{body.id}: '{line.fact}' is {line.status}, and yet names {place}" for place in line.by]
        elif not line.by:
            wrong.append(f"{body.id}: '{line.fact}' is {line.status} by nothing")
        elif line.status == "enforced" and all(p in told or places.get(p, "") in TOLD_KINDS for p in line.by):
            wrong.append(f"{body.id}: '{line.fact}' is called enforced, and is only told")
    return wrong


def places_of(body: Body, catalogue: Catalogue) -> dict[str, str]:
    """Every place a fact may name, with its kind."""
    places = {f"body#organisations/{o.key}": "organisation" for o in body.organisations}
    places |= {f"body#seats/{s.key}": "seat" for s in body.seats}
    places |= {f"body#footprint/{code}": "footprint" for code in body.area_codes}
    places |= {f"body#changes/{c['key']}": "change" for c in body.details.get("changes", ())}
    for version in body.versions:
        places |= {place: thing.kind for place, thing in _provided(version, catalogue).items()}
    return places


def _provided(version: Arrangement, catalogue: Catalogue) -> dict[str, Provided]:
    return {
        f"{version.version}#{use.use}/{thing.kind}/{thing.key}": thing
        for use in version.uses
        for thing in configured(catalogue, use)[1]
    }


def _told_places(body: Body, catalogue: Catalogue) -> frozenset[str]:
    """The places of a body at which something is told with which no rule works, though rules work with others of its kind."""
    return frozenset(
        place
        for version in body.versions
        for place, thing in _provided(version, catalogue).items()
        if not _is_worked_with(thing)
    )


def _is_worked_with(thing: Provided) -> bool:
    if thing.kind == "scrutiny":  # where the role writes reviews too, each of them says so
        also = thing.get("also")
        return isinstance(also, tuple) and "authors" in also
    return thing.kind not in WORKED_BY or any(thing.get(name) for name in WORKED_BY[thing.kind])


def things_of(catalogue: Catalogue, version: Arrangement, use: str) -> tuple[Provided, ...]:
    """What one rule of a version provides. Raises `ThreefoldError` where its settings cannot be read."""
    return tuple(thing for one in version.uses if one.use == use for thing in configured(catalogue, one)[1])


def as_markdown(library: Library) -> str:
    """The whole table, real bodies only."""
    bodies = [b for b in sorted(library.bodies.values(), key=lambda b: b.id) if not b.synthetic]
    lines = {b.id: coverage_of(b) for b in bodies}
    parts = [LEGEND, _counts(bodies, lines)]
    for body in bodies:
        parts.append(f"\n## {body.name}\n\n| section | fact | status | where | source |\n| --- | --- | --- | --- | --- |\n")
        parts += [
            f"| {_cell(x.section)} | {_cell(x.fact)} | {x.status.replace('_', ' ')} | {_cell(', '.join(x.by))} | {_cell(' '.join(x.sources))} |\n"
            for x in lines[body.id]
        ]
    return "".join(parts)


def _counts(bodies: Iterable[Body], lines: Mapping[str, list[CoverageLine]]) -> str:
    rows = ["\n| body | enforced | narrated | unknown | not expressible |\n| --- | --- | --- | --- | --- |\n"]
    for body in bodies:
        found = Counter(line.status for line in lines[body.id])
        rows.append(
            f"| {body.name} | {found['enforced']} | {found['narrated']} | {found['unknown']} | {found['not_expressible']} |\n"
        )
    return "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(folder: str = "tenants") -> None:
    """Write the table to standard output."""
    sys.stdout.write(as_markdown(load_library(Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:2])
