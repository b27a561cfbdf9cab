"""The ways out after a notification: withdrawing it, or recording that the criteria were not met. Each with its reason."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import NOTIFY
from threefold.work.incidents.web.cases import case_address
from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render, services


class Leave(Form):
    way_out = choice(
        "What is recorded?",
        {"notification_withdrawn": "The notification is withdrawn", "criteria_not_met": "The criteria for notifying were not met"},
        hints={"notification_withdrawn": "It was sent in error, or about the wrong matter.",
               "criteria_not_met": "It was rightly sent on what was known, and the criteria turned out not to be met."},
        missing="Select what is recorded",
    )  # fmt: skip
    reason = long_text(
        "Reason",
        missing="Enter the reason; it is sent to the national body",
        hint="It is sent to the national body. Name nobody.",
    )


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/leave", methods=["GET", "POST"])
@page(needs=NOTIFY)
def leave(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("take back a notification") as unit:
        state = stories.see_case(unit, case_id)
    form, base = fill(Leave), case_address(visit, case_id)
    if form.valid:
        with form.refusals():
            national = national_body_if_here(visit)
            with visit.unit("take back a notification") as unit:
                stories.leave(unit, services().governance, case_id, form["way_out"], form["reason"], national, form.token)
                return redirect(f"{base}?done=left", 303)
    return render("incidents/leave.html", title="Take back the notification", form=form, back=base, state=state)
