"""A draft as its public page would be: drawn by what draws that page, so that nobody sees it first when it is signed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.governance.begin_days import wrong_day
from threefold.governance.in_force import OnRecord, Standing, for_a_time
from threefold.governance.pack import Arrangement
from threefold.walls.published import Published
from threefold.work.arrangements import asking, drafting
from threefold.work.arrangements.pdf import head_of
from threefold.work.arrangements.publishing import KIND, document_among
from threefold.work.arrangements.stories import on_record
from threefold.work.arrangements.web.days import COLOURS, area_names
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.publishing import Shelf
from threefold.work.arrangements.web.shown import PREPARE, SEE_DRAFT, address, body_of
from threefold.work.people.web import Visit, page, render, services


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/as-published")
@page(needs=SEE_DRAFT)
def as_published(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """The draft as anyone would read it, before anybody signs; one that is on record has its own page instead."""
    with visit.unit("see a draft as it would be published") as unit:
        found = drafting.see_draft(unit, draft_id)
        version, record = asking.as_it_would_be(unit, found), on_record(unit)
        said = asking.said_of(unit, services().governance, found, body_of(visit))
        given, _ = asking.reasons_held(unit, services().governance, found, said, body_of(visit))
    if found.state == "entered":
        return redirect(f"/b/{visit.body.slug}/arrangement/versions/{version.version}", 303)
    known = sorted([*record, OnRecord(version, visit.today)], key=lambda one: one.version.begins or date.min)
    with services().walls.published() as reading:
        found_here = reading.of(visit.body.id, KIND)
    told, unread = _told(visit, tuple(one.version for one in known), version, {one.content["version"] for one in found_here})
    wanted = Published(draft_id, visit.body.id, version.title, told, visit.at)
    # Beside the others it stands once its day is set and can be: what they say of their days is then as it would be.
    ready = bool(told) and not any(wrong_day(version, [one.version for one in record], visit.today))
    shelf = Shelf(visit.body, [*([wanted] if ready else []), *found_here], tuple(known) if ready else record, visit.today)
    base = address(visit, draft_id)
    return render(
        "arrangements/as_published.html", title="As it would be published", caption=found.title, back=base, base=base, draft=found, arrangement=version, told=told,
        unread=unread, for_a_time=for_a_time(version, [one.version for one in record], visit.today) if version.corrects else "", head=_head(told, version), publisher=visit.body, shelf=shelf, wanted=wanted, one=_coming(shelf, wanted) if ready else None,
        colours=COLOURS, lacking=sum(1 for r in said if r.effect == "needs_reason" and not given.get(r.known_by)), may=visit.may(PREPARE),
    )  # fmt: skip


def _told(
    visit: Visit, known: tuple[Arrangement, ...], version: Arrangement, published: set[str]
) -> tuple[dict[str, Any], str]:
    """The document of a draft, or why it cannot be made: a rule may not be set yet."""
    try:
        made = document_among(
            services().governance, known, version, visit.body.name, area_names(), published=published, today=visit.today
        )
        return made, ""
    except ThreefoldError as error:
        return {}, error.sentence


def _head(told: dict[str, Any], version: Arrangement) -> list[str]:
    """What stands above it. Of a draft without a day it is not said that no source gives one: it is still to be set."""
    if not told:
        return []
    head = head_of(told)
    return head if version.begins else ["On which day it begins is not said yet", *head[1:]]


def _coming(shelf: Shelf, wanted: Published) -> Standing | None:
    """Where it would stand today; nothing of a correction, which would be told as in force already."""
    one = shelf.standing(wanted)
    return one if one.state == "coming" else None
