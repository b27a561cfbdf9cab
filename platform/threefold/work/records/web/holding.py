"""Legal holds on screen: on a case, or on everything the body keeps."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents.stories import reference_of
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.access import NotHere
from threefold.work.people.web import Form, Visit, fill, long_text, page, render
from threefold.work.records import stories
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import HOLD

SEALED = "Kept sealed. Name no child."


class Put(Form):
    why = long_text(
        "Reason for the hold",
        missing="Enter the reason",
        longest=2000,
        hint=f"For example, an inquiry, a claim or a complaint. {SEALED}",
    )


class Lift(Form):
    why = long_text("Reason for lifting it", missing="Enter the reason", longest=2000, hint=SEALED)


@blueprint.route("/b/<slug>/records/hold", methods=["GET", "POST"])
@page(needs=HOLD)
def put_on_body(visit: Visit) -> ResponseReturnValue:
    return _put(visit, None, f"/b/{visit.body.slug}/records", "Hold all records",
                "Nothing of any case of this body, and no request for one’s own records, is destroyed until the hold is lifted.")  # fmt: skip


@blueprint.route("/b/<slug>/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@page(needs=HOLD)
def lift_of_body(visit: Visit, hold_id: UUID) -> ResponseReturnValue:
    return _lift(visit, None, hold_id, f"/b/{visit.body.slug}/records", "Lift the hold on all records")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/hold", methods=["GET", "POST"])
@page(needs=HOLD)
def put_on_case(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("put a legal hold") as unit:
        reference = reference_of(unit, case_id)
    return _put(visit, case_id, f"{case_address(visit, case_id)}/records", f"Hold the records of case {reference}",
                "Nothing of this case is destroyed until the hold is lifted, nor any request for one’s own records for which something of it was gathered.")  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@page(needs=HOLD)
def lift_of_case(visit: Visit, case_id: UUID, hold_id: UUID) -> ResponseReturnValue:
    with visit.unit("lift a legal hold") as unit:
        reference = reference_of(unit, case_id)
    return _lift(visit, case_id, hold_id, f"{case_address(visit, case_id)}/records", f"Lift the hold on case {reference}")


def _put(visit: Visit, case_id: UUID | None, back: str, title: str, about: str) -> ResponseReturnValue:
    form = fill(Put)
    if form.valid:
        with form.refusals(), visit.unit("put a legal hold") as unit:
            stories.put_hold(unit, case_id, form["why"], form.token)
            return redirect(f"{back}?done=held", 303)
    return render(
        "threefold/one_form.html",
        title=title,
        form=form,
        back=back,
        send="Put the hold",
        about=[about, "It stands at once, and on record with your name."],
    )


def _lift(visit: Visit, case_id: UUID | None, hold_id: UUID, back: str, title: str) -> ResponseReturnValue:
    with visit.unit("lift a legal hold") as unit:
        one = next((h for h in stories.holds(unit, case_id) if h.id == hold_id), None)
    if one is None:
        raise NotHere
    form = fill(Lift)
    if form.valid:
        with form.refusals(), visit.unit("lift a legal hold") as unit:
            stories.lift_hold(unit, hold_id, case_id, form["why"])
            return redirect(f"{back}?done=lifted", 303)
    return render("threefold/one_form.html", title=title, form=form, back=back, send="Lift the hold", about=[
        f"Put by {one.put_name} ({one.put_as}): {one.why}", "Lifting it destroys nothing of a case: two people still decide on each. A request for one’s own records whose time has ended goes within a day."])  # fmt: skip
