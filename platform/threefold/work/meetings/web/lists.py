"""The list of a body's meetings, beginning the record of one, and one meeting."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.work.incidents.web.cases import staff_names
from threefold.work.meetings import records, stories
from threefold.work.meetings.agenda import closed_items, unseen_items
from threefold.work.meetings.set_right import set_right_since
from threefold.work.meetings.web import blueprint
from threefold.work.meetings.web.acts import RECORD, SEE
from threefold.work.meetings.web.shown import (
    CHAIR_MAY,
    COLOURS,
    DONE,
    QUORUM,
    STATES,
    address,
    doubts,
    rows_of,
    title_of,
    way_words,
)
from threefold.work.people.access import ROLES, permission
from threefold.work.people.web import Filled, Form, Visit, choice, day, fill, page, render, services

_FARTHEST_PAGE = 100_000


@blueprint.get("/b/<slug>/meetings")
@page(needs=SEE)
def meetings(visit: Visit) -> ResponseReturnValue:
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), _FARTHEST_PAGE) if asked.isdecimal() and len(asked) < 8 else 1
    with visit.unit("list meetings") as unit:
        lines, more = stories.list_meetings(unit, page=number)
        groups = stories.groups_known(unit, services().governance, visit.today)
    return render("meetings/list.html", title="Meetings", lines=lines, more=more, number=number, may_record=visit.may(RECORD) and bool(groups),
                  groups=groups, quorum=QUORUM, colours=COLOURS, states=STATES, who_records=who_records())  # fmt: skip


@blueprint.route("/b/<slug>/meetings/new", methods=["GET", "POST"])
@page(needs=RECORD)
def new(visit: Visit) -> ResponseReturnValue:
    with visit.unit("record a meeting") as unit:
        groups = stories.groups_known(unit, services().governance, visit.today)

    class Begin(Form):
        group = choice("Which group met?", groups, missing="Select which group met")
        day = day("On which day?", missing="Enter the day of the meeting")

    form = fill(Begin)
    if form.valid:
        with form.refusals({"as-of": "day"}), visit.unit("record a meeting") as unit:
            meeting_id = stories.begin(unit, services().governance, form["group"], form["day"], form.token)
            return redirect(f"/b/{visit.body.slug}/meetings/{meeting_id}/who", 303)
    return render(
        "meetings/new.html", title="Record a meeting", form=form, back=f"/b/{visit.body.slug}/meetings", groups=groups
    )


@blueprint.get("/b/<slug>/meetings/<uuid:meeting_id>")
@page(needs=SEE)
def meeting(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    return shown(visit, meeting_id)


@blueprint.route("/b/<slug>/meetings/<uuid:meeting_id>/check", methods=["GET", "POST"])
@page(needs=RECORD)
def check(visit: Visit, meeting_id: UUID) -> ResponseReturnValue:
    """The last page of recording: everything at once, to be saved."""
    form = fill(Form)
    if form.valid:
        with form.refusals(), visit.unit("record a meeting") as unit:
            stories.finish(unit, meeting_id, seen_no=form.seen_no)
            return redirect(f"/b/{visit.body.slug}/meetings/{meeting_id}?done=saved", 303)
    return shown(visit, meeting_id, check=form)


def shown(visit: Visit, meeting_id: UUID, *, check: Filled | None = None) -> ResponseReturnValue:
    """One meeting, with what the rules answered, each item, and every record of it. `check`: the form with which its record is saved."""
    with visit.unit("see a meeting") as unit:
        found = stories.see_meeting(unit, meeting_id)
        closed, unseen = closed_items(unit, found.content["agenda"]), unseen_items(unit, found.content["agenda"])
        past, names = records.history(unit, meeting_id), staff_names(unit)
        since = set_right_since(unit, services().governance, found)
    base, there = address(visit, found), records.kept_places(found)
    may = visit.may(RECORD) and found.state != "set_aside"
    if check is not None:
        check.shows(found.no)
    return render(
        "meetings/meeting.html", title=f"Check: {title_of(found)}" if check is not None else title_of(found), back=f"/b/{visit.body.slug}/meetings",
        meeting=found, base=base, may=may, rows=rows_of(found, there, base if may else ""), past=past, names=names, quorum=QUORUM,
        colours=COLOURS, states=STATES, chair_may=CHAIR_MAY, done=DONE, way_words=way_words, form=check or (fill(Form) if may else None),
        doubts=doubts(found, there) if check is not None else [], who_records=who_records(), asks_items=found.quorum != "met" and any(item.key not in unseen for item in found.items), check=check is not None,
        closed=closed, since=since,
    )  # fmt: skip


def who_records() -> str:
    """Whose roles let them record a meeting, for a person whose own does not."""
    covered = permission(RECORD).roles
    return " or ".join(f"{words[:1].lower()}{words[1:]}" for role, words in ROLES.items() if role in covered)
