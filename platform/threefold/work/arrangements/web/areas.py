"""What other areas' arrangements say, in the words of the published page: each as it was read, or as the area published it here."""

from __future__ import annotations

from itertools import groupby

from flask.typing import ResponseReturnValue

from threefold.governance.arrangement import Arrangement
from threefold.governance.publishing import document
from threefold.walls.audit import DETAIL
from threefold.work.arrangements.pdf import head_of
from threefold.work.arrangements.web.days import area_names
from threefold.work.arrangements.web.elsewhere import Elsewhere, begins_in_words, read_in_words, versions_elsewhere
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.arrangements.web.versions import in_words
from threefold.work.people.access import NotHere
from threefold.work.people.web import Visit, page, render, services


@blueprint.get("/b/<slug>/arrangement/areas")
@page(needs=SEE_ARRANGEMENT, staff=True)
def areas(visit: Visit) -> ResponseReturnValue:
    """Every other area of which an arrangement is known here, with its versions: what it uses now first."""
    found = [(name, list(told)) for name, told in groupby(versions_elsewhere(visit), key=lambda one: one.body)]
    with visit.unit("see whose arrangements are known") as unit:
        unit.audit("other areas listed", "arrangement", kind=DETAIL)
    home = f"/b/{visit.body.slug}/arrangement"
    return render(
        "arrangements/areas.html",
        title="Read another area’s arrangement",
        back=home,
        home=home,
        areas=found,
        days=_days,
        read=read_in_words,
    )


@blueprint.get("/b/<slug>/arrangement/areas/<area>/<version>")
@page(needs=SEE_ARRANGEMENT, staff=True)
def area_version(visit: Visit, area: str, version: str) -> ResponseReturnValue:
    """All of another area's version in the words of the published page, with the pages that it was read from."""
    of_area = [known for known in versions_elsewhere(visit) if known.area == area]
    one = next((known for known in of_area if known.version == version), None)
    if one is None:
        raise NotHere
    found = one.read()
    with visit.unit("read another area's arrangement") as unit:
        unit.audit("arrangement of another area read", f"{area}:{version}", kind=DETAIL)
    told, unread = in_words(lambda: document(services().governance, found, one.body, areas=area_names()), None)
    home = f"/b/{visit.body.slug}/arrangement"
    return render(
        "arrangements/area_version.html", title=found.title, caption=one.body, back=f"{home}/areas", home=home, one=one, version=found,
        told=told, unread=unread, not_read=_not_read(area, found) if found.entered == "adopted" else [], head=head_of(told) if told else [], others=[known for known in of_area if known is not one],
        days=_days, read=read_in_words, synthetic=one.synthetic or visit.body.synthetic,
    )  # fmt: skip


def _not_read(area: str, version: Arrangement) -> list[str]:
    """Who is listed as taking part though the pages that were read do not say so, or not by that name; each with why it stands there."""
    body, there = services().library.bodies.get(area), {o.key for o in version.organisations}
    listed = body.details.get("organisations", ()) if body is not None else ()
    return [
        f"{one['name']}: {one.get('note') or 'The pages that were read do not say so.'}"
        for one in listed
        if one["key"] in there and one.get("sure", "V") not in ("V", "V2")
    ]


def _days(version: Elsewhere) -> str:
    words = begins_in_words(version)
    return f"{words[:1].upper()}{words[1:]}"
