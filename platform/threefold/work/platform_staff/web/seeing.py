"""The body's own page about platform staff: who looked in, why, from when until when, and what they opened; and ending it."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.walls.audit import REFUSED
from threefold.walls.session import Unit
from threefold.work.audit.web.words import about, did
from threefold.work.people.access import declare
from threefold.work.people.web import Visit, page, render
from threefold.work.platform_staff import stories
from threefold.work.platform_staff.web import blueprint

SEE = declare("see platform staff access", stories.SEEING).act
END = declare("end platform staff access", stories.SEEING).act
DONE = {"ended": "The session has ended. Their next page is not there any more."}


@blueprint.get("/b/<slug>/platform-staff")
@page(needs=SEE)
def access(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see platform staff access") as unit:
        found = stories.see_access(unit)
        names = _names(unit)
    return render("platform_staff/access.html", title="Platform staff access", back=f"/b/{visit.body.slug}/", found=found, names=names, done=DONE,
                  base=f"/b/{visit.body.slug}/platform-staff")  # fmt: skip


@blueprint.get("/b/<slug>/platform-staff/<uuid:staff_access_id>")
@page(needs=SEE)
def one(visit: Visit, staff_access_id: UUID) -> ResponseReturnValue:
    with visit.unit("see platform staff access") as unit:
        found, lines, more = stories.see_one(unit, staff_access_id)
        names = _names(unit)
    base = f"/b/{visit.body.slug}/platform-staff"
    return render(
        "platform_staff/one.html", title=f"Platform staff access of {found.session.name}", back=base, base=base, one=found, lines=lines, more=more,
        names=names, did=did, about=about, refused=REFUSED, may_read_audit=visit.may("read the audit"),
    )  # fmt: skip


@blueprint.post("/b/<slug>/platform-staff/<uuid:staff_access_id>/end")
@page(needs=END)
def end(visit: Visit, staff_access_id: UUID) -> ResponseReturnValue:
    with visit.unit("end platform staff access") as unit:
        stories.end_access(unit, staff_access_id)
    return redirect(f"/b/{visit.body.slug}/platform-staff?done=ended", 303)


def _names(unit: Unit) -> dict[UUID, str]:
    return {c.person_id: c.display_name for c in unit.staff()}
