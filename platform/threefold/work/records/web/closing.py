"""Closing a case and opening it again, on screen."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories as incidents
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.web import Form, Visit, day, fill, page, render
from threefold.work.people.web.render import day as day_of
from threefold.work.records import stories
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import CLOSE
from threefold.work.reviews.requests import requests


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/close", methods=["GET", "POST"])
@page(needs=CLOSE, leaves_closed=True)
def close(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("close a case") as unit:
        state = incidents.see_case(unit, case_id)
        asked = [one for one in requests(unit, case_id) if one.is_open(unit.at)]

    class Close(Form):
        on = day(
            "On which day was the case closed?",
            missing="Enter the day",
            hint="The day on which nothing more was to be done in it. For example, 31 3 2026",
        )

    form, base = fill(Close, initial={"on": visit.today}), f"{case_address(visit, case_id)}/records"
    if form.valid:
        with form.refusals(), visit.unit("close a case") as unit:
            stories.close_case(unit, case_id, form["on"], form.token)
            return redirect(f"{base}?done=closed", 303)
    return render("threefold/one_form.html", title=f"Close case {state.reference}", form=form, back=base, send="Close the case", about=[
        "The time for keeping its records begins. If the case is changed later, it is open again.",
        *(f"{one.agency} can answer what it was asked until {day_of(one.last_day)}, and an answer opens the case again. To have none come, "
          f"close {'the question' if one.person_id else 'its link'} first, on the page of the review." for one in asked),
        *(["Something is still due in this case. Close it only if nothing more is to be done."] if _due(state.verdict) else [])])  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/open", methods=["GET", "POST"])
@page(needs=CLOSE, leaves_closed=True)
def open_again(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("open a case again") as unit:
        reference = incidents.see_case(unit, case_id).reference
    form, base = fill(Form), f"{case_address(visit, case_id)}/records"
    if form.valid:
        with form.refusals(), visit.unit("open a case again") as unit:
            stories.open_again(unit, case_id, form.token)
            return redirect(f"{base}?done=opened", 303)
    return render("threefold/one_form.html", title=f"Open case {reference} again", form=form, back=base, send="Open the case again",
                  about=["No time runs any more. When it is closed again, the time begins on that day."])  # fmt: skip


def _due(verdict: dict[str, list[dict[str, dict[str, str]]]]) -> bool:
    return any(s["statutory"] and s["statutory"]["due_on"] and not s["statutory"]["done_on"] for s in verdict["steps"])
