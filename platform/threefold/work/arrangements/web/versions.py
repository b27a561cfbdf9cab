"""The versions on record, each on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.governance import in_force
from threefold.governance.publishing import OPEN_CASES, document
from threefold.walls.audit import DETAIL
from threefold.work.arrangements.publishing import since
from threefold.work.arrangements.record import how_made
from threefold.work.arrangements.stories import on_record
from threefold.work.arrangements.web.days import COLOURS, area_names, public
from threefold.work.arrangements.web.elsewhere import read_in_words
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.people.access import NotHere
from threefold.work.people.web import Visit, page, render, services

T = TypeVar("T")


@blueprint.get("/b/<slug>/arrangement/versions/<version>")
@page(needs=SEE_ARRANGEMENT, staff=True)
def version(visit: Visit, version: str) -> ResponseReturnValue:
    """All of a version in the words of the published page, who signed it, how it was made, and what it changed."""
    governance = services().governance
    with visit.unit("read a version of the arrangement") as unit:
        record = on_record(unit)
        one = next((s for s in in_force.standings(record, visit.today) if s.version.version == version), None)
        if one is None:
            raise NotHere
        made = how_made(unit, one.version)
        unit.audit("arrangement version read", f"arrangement:{version}", kind=DETAIL)
    known = tuple(r.version for r in record)
    nothing: tuple[str, ...] = ()
    differences, uncompared = in_words(lambda: since(governance, known, one.version), nothing)
    told, unread = in_words(lambda: document(governance, one.version, visit.body.name, differences, area_names()), None)
    return render(
        "arrangements/version.html", title=one.version.title, back=f"/b/{visit.body.slug}/arrangement", one=one, version=one.version,
        told=told, unread=unread, differences=differences, uncompared=uncompared, made=made, colours=COLOURS, open_cases=OPEN_CASES,
        earlier=in_force.before(known, one.version), public=public(visit.body.id).get(version),
        may_publish=visit.may("publish the arrangement"), read=read_in_words,
    )  # fmt: skip


def in_words(tell: Callable[[], T], otherwise: T) -> tuple[T, str]:
    """What is told, or why it cannot be: a rule of an old version may not be installed any more, and its record is shown still."""
    try:
        return tell(), ""
    except ThreefoldError as error:
        return otherwise, error.sentence
