"""Recording by hand what the Panel replied, where the national body is not on this platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.web import words
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.people.web import Form, Visit, choice, fill, long_text, moment, page, render, services, yes_no_unclear
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import REPLY
from threefold.work.reviews.web.review import REPLIES


class Reply(Form):
    view = choice("What did the Panel reply?", REPLIES, missing="Select what the Panel replied")
    replied_at = moment("When did it reply?", missing="Enter the day and time the Panel replied")
    national_review = yes_no_unclear("Will there be a national review?")
    reason = long_text("Its reason or question", required=False, hint="Needed unless the Panel agrees. Name nobody.")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/replies/add", methods=["GET", "POST"])
@page(needs=REPLY)
def record_reply(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, known = _read(visit, case_id)
    national, form = national_body_if_here(visit), fill(Reply, seen_no=state.no)
    base, sent_on = f"{case_address(visit, case_id)}/review", state.facts.review.on("rapid_review_sent")
    asked = national is None and sent_on is not None
    if not asked:
        form.not_asked("Nothing can be recorded here now: the page says why. What you had typed stands below, to be copied.")
    if form.valid:
        with form.refusals({"review.events.panel_replied": "replied_at"}), visit.unit("record what the Panel replied") as unit:
            stories.record_reply(
                unit, services().governance, case_id, national, form["view"], form["national_review"], form["reason"] or "",
                form["replied_at"], form.token, seen_no=form.seen_no)  # fmt: skip
            return redirect(f"{base}?done=replied", 303)
    if form.meanwhile:
        state, known = _read(visit, case_id)
    form.shows(state.no)
    return render("reviews/reply.html", title="Record what the Panel replied", form=form, back=base, base=base, here=national is not None,
                  sent_on=sent_on, to_copy=not asked, replies=REPLIES, words=words, **known)  # fmt: skip


def _read(visit: Visit, case_id: UUID) -> tuple[CaseState, dict[str, Any]]:
    """The case, the replies that are on record, and the names of who recorded them."""
    with visit.unit("record what the Panel replied") as unit:
        state = incidents.see_case(unit, case_id)
        return state, {"found": stories.panel_replies(unit, case_id), "names": staff_names(unit)}
