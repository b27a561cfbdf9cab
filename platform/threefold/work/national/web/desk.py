"""The desk: what is due and has not arrived, what arrived and whether in time; per area and quarter; and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import Response, request
from flask.typing import ResponseReturnValue

from threefold.walls.audit import EXPORT, LIST, SEARCH
from threefold.work.national import stories
from threefold.work.national.web import SEE, blueprint
from threefold.work.people.access import NotHere
from threefold.work.people.web import Visit, page, render

BASE = "Counts letters received; statutory dates only. An area’s own targets and days of closing play no part."
COLOURS: Mapping[str, str] = {
    "due": "blue", "overdue": "red", "arrived_in_time": "green", "arrived_late": "yellow", "taken_back": "grey", "no_due_date": "grey",
    "arrived": "grey",
}  # fmt: skip
REPLIES: Mapping[str, str] = {"": "None yet", "agree": "Agree", "disagree": "Disagree", "query": "Question"}
WAYS: Mapping[str, str] = {"notification_withdrawn": "Notification withdrawn", "criteria_not_met": "Criteria found not met"}
DONE = {"aside": "Your conflict of interest is on record. You see nothing of that case until another officer has decided."}
SIZE = 50
_FILTERS = ("area", "quarter", "state")


@blueprint.get("/b/<slug>/desk")
@page(needs=SEE)
def desk(visit: Visit) -> ResponseReturnValue:
    every = read_desk(visit, SEARCH if any(_wanted().values()) else LIST)
    wanted = _wanted()
    lines = stories.only(every, **wanted)
    last = max(1, -(-len(lines) // SIZE))
    number = min(_page_number(), last)
    counted = [ln for ln in lines if ln.counts_by_itself]
    counts = {state: sum(1 for ln in counted if ln.state == state) for state in stories.STATES}
    return render(
        "national/desk.html", title="Desk", lines=lines[(number - 1) * SIZE : number * SIZE], counts=counts, wanted=wanted, base=BASE,
        areas=sorted({ln.sender_name for ln in every}), quarters=sorted({ln.quarter for ln in every}, reverse=True), states=stories.STATES,
        colours=COLOURS, replies=REPLIES, ways=WAYS, done=DONE, number=number, last=last, kept=urlencode({k: v for k, v in wanted.items() if v}), total=len(lines),
        linked=len(lines) - len(counted),
    )  # fmt: skip


@blueprint.get("/b/<slug>/desk/timeliness")
@page(needs=SEE)
def timeliness(visit: Visit) -> ResponseReturnValue:
    found = stories.timeliness(read_desk(visit))
    return render(
        "national/timeliness.html",
        title="Timeliness by area and quarter",
        found=found,
        base=BASE,
        back=f"/b/{visit.body.slug}/desk",
    )


@blueprint.get("/b/<slug>/desk.csv")
@page(needs=SEE, fresh=True)
def desk_csv(visit: Visit) -> ResponseReturnValue:
    lines: Iterable[stories.DeskLine] = stories.only(read_desk(visit, EXPORT), **_wanted())
    name = f"desk-{visit.today.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stories.to_csv(lines), mimetype="text/csv", headers=headers)


def read_desk(visit: Visit, kind: str = LIST) -> list[stories.DeskLine]:
    """Everything received. Raises `NotHere` in a body that is no national body: it has no desk."""
    refuse_elsewhere(visit)
    with visit.unit("read the desk") as unit:
        return stories.desk(unit, kind)


def refuse_elsewhere(visit: Visit) -> None:
    if visit.body.kind != "national":
        raise NotHere


def _wanted() -> dict[str, str]:
    return {name: request.args.get(name, "")[:200] for name in _FILTERS}


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 8 else 1
