"""Publishing a version: what anyone may read of an arrangement, kept as it was published."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.errors import PackError
from threefold.governance.comparison import compare
from threefold.governance.decide import Governance
from threefold.governance.in_force import before
from threefold.governance.pack import Arrangement
from threefold.governance.publishing import document
from threefold.walls.session import Unit
from threefold.walls.tables import Publication
from threefold.work.arrangements.drafting import PREPARING
from threefold.work.arrangements.stories import versions
from threefold.work.people.access import NotHere, needs

KIND = "arrangement"


@needs("publish the arrangement", PREPARING)
def publish_version(
    unit: Unit, governance: Governance, body_name: str, version: str, areas: Mapping[str, str] | None = None
) -> UUID:
    """Publish a version that the partners signed; once: published again, it is the same publication.

    `areas`: the names of areas by their codes.

    Raises `PackError` for one that was only adopted from published pages: it is published where it was read.
    """
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
        select(Publication).where(Publication.publisher_id == unit.scope.body_id, Publication.kind == KIND)
    ).all()
    for row in before:
        if row.content["version"] == version:
            return row.id
    made = Publication(
        publisher_id=unit.scope.body_id, id=uuid4(), kind=KIND, title=known[place].title,
        content=document(governance, known[place], body_name, since(governance, known, known[place]), areas), published_at=unit.at,
    )  # fmt: skip
    unit.session.add(made)
    unit.session.flush()
    unit.audit("arrangement published", f"arrangement:{version}", {"publication": str(made.id)})
    return made.id


def since(governance: Governance, known: tuple[Arrangement, ...], version: Arrangement) -> tuple[str, ...]:
    """What changed from the version before, in words. Raises `ThreefoldError` where a rule of either cannot be read."""
    earlier = before(known, version)
    if earlier is None:
        return ()
    # How each came to be, what it is called and its note may be of a version that is not published.
    return tuple(
        one.sentence for one in compare(governance.catalogue, earlier, version) if one.key not in ("note", "signed", "title")
    )
