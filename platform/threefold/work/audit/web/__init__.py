"""The audit on screen: with filters, page by page, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from threefold.walls.audit import REFUSED
from threefold.walls.session import Unit
from threefold.work.audit import stories
from threefold.work.audit.stories import READ, Line, Place, Wanted
from threefold.work.audit.web.words import KIND_WORDS, OUTCOMES, about, did, whence, who
from threefold.work.people.csv_rows import csv_line
from threefold.work.people.staff_sessions import StaffSession, staff_sessions
from threefold.work.people.web import Filled, Form, Visit, add_navigation, asked, choice, day, page, render, text
from threefold.work.people.web.render import moment

blueprint = Blueprint("audit", __name__, template_folder="templates")
add_navigation("Audit", "audit.audit", needs=READ, order=90)

BATCH = 500  # entries of an export that are held at once
COLUMNS = ("time", "person", "what", "about", "for", "kind", "outcome", "from", "entry")
_NOBODY = str(stories.NOBODY)


def asking(names: Mapping[UUID | None, str], sessions: Sequence[StaffSession]) -> type[Form]:
    """The filters, with the people of this body to choose from, and the times in which platform staff looked in."""
    people = {_NOBODY: "No person: Threefold itself, or an agency by its link"}
    people |= {str(key): name for key, name in sorted(names.items(), key=lambda n: n[1]) if key}

    class Asking(Form):
        since = day("From", required=False, hint="For example, 31 3 2026")
        until = day("Until", required=False, hint="This day is included.")
        person = choice("Person", people, required=False, as_list=True)
        kind = choice("What was done", KIND_WORDS, required=False, as_list=True)
        outcome = choice("Outcome", OUTCOMES, required=False, as_list=True)
        reference = text("Reference of a case", required=False, longest=40, width="10")
        staff = choice("Platform staff access", {str(one.id): f"{one.name}, {moment(one.begins)}" for one in sessions}, required=False,
                       as_list=True)  # fmt: skip

    return Asking


@blueprint.get("/b/<slug>/audit")
@page(needs=READ)
def audit(visit: Visit) -> ResponseReturnValue:
    lines: list[Line] = []
    more = False
    with visit.unit("read the audit") as unit:
        sessions = staff_sessions(unit)
        names = _names(unit, sessions)
        form = asked(asking(names, sessions))
        if not form.wrong:
            lines, more = stories.read_audit(unit, _wanted(form), _place())
        state = stories.audit_state(unit)
    kept = {name: value for name, value in request.args.items() if name != "after" and value}
    older = urlencode(kept | {"after": _written(lines[-1].place)}) if more else ""
    return render(
        "audit/audit.html", title="Audit", form=form, lines=lines, older=older, kept=urlencode(kept), state=state, names=names,
        who=who, did=did, about=about, whence=whence, refused=REFUSED, kinds=KIND_WORDS, later="after" in request.args, staffed=bool(sessions),
    )  # fmt: skip


@blueprint.get("/b/<slug>/audit.csv")
@page(needs=READ, fresh=True)
def audit_csv(visit: Visit) -> ResponseReturnValue:
    """Everything asked for, some entries at a time: it may be long. That it was taken out is noted first."""
    with visit.unit("export the audit") as unit:
        sessions = staff_sessions(unit)
        names = _names(unit, sessions)
        form = asked(asking(names, sessions))
        wanted = Wanted() if form.wrong else _wanted(form)
        stories.begin_export(unit, wanted)
    headers = {"Content-Disposition": f'attachment; filename="audit-{visit.today.isoformat()}.csv"'}
    return Response(stream_with_context(_rows(visit, wanted, names)), mimetype="text/csv", headers=headers)


def _rows(visit: Visit, wanted: Wanted, names: Mapping[UUID | None, str]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    after: Place | None = None
    while True:
        with visit.unit("export the audit") as unit:
            lines = stories.some_lines(unit, wanted, after, BATCH)
        for line in lines:
            subject = line.reference or line.subject
            yield csv_line((line.at.isoformat(), who(line, names), did(line), subject, line.purpose, line.kind, line.outcome,
                        line.source, str(line.id)))  # fmt: skip
        if len(lines) < BATCH:
            return
        after = lines[-1].place


def _names(unit: Unit, sessions: Sequence[StaffSession]) -> dict[UUID | None, str]:
    """Who works here or looked in as platform staff, by id."""
    found: dict[UUID | None, str] = {one.person_id: f"{one.name} (platform staff)" for one in sessions}
    return found | {colleague.person_id: colleague.display_name for colleague in unit.staff()}


def _wanted(form: Filled) -> Wanted:
    given = form.answers
    return Wanted(
        given["since"], given["until"], UUID(given["person"]) if given["person"] else None, given["kind"] or "",
        given["outcome"] or "", (given["reference"] or "").strip(), UUID(given["staff"]) if given["staff"] else None,
    )  # fmt: skip


def _written(place: Place) -> str:
    return f"{place.at.isoformat()}_{place.id}"


def _place() -> Place | None:
    """Where the page begins, from its address; an address that makes no sense begins at the newest."""
    at, _, entry = request.args.get("after", "").partition("_")
    try:
        place = Place(datetime.fromisoformat(at), UUID(entry))
    except ValueError:
        return None
    return place if place.at.tzinfo else None


__all__ = ["audit", "audit_csv", "blueprint"]
