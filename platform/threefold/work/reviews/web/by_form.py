"""Recording that the rapid review was sent by the official form: where the national body is not on this platform there is no other way."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.people.web import Form, Visit, fill, moment, page, render, services, text
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import SEND
from threefold.work.reviews.web.sending import asks_reason, before_sending, why_without


def _sent_by_form(with_reason: bool) -> type[Form]:
    class SentByForm(Form):
        sent_at = moment("When was the form sent?", missing="Enter the day and time the form was sent")
        sent_by = text("Who sent it?", missing="Enter who sent the form", hint="A role, such as business manager.")
        reference = text("Reference of the form", missing="Enter the reference that the form was given")
        if with_reason:
            reason = why_without("It is kept with the rapid review, so that the gap is seen.")

    return SentByForm


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/send/form", methods=["GET", "POST"])
@page(needs=SEND)
def send_by_form(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    against, shown = before_sending(visit, case_id)
    national, form = national_body_if_here(visit), fill(_sent_by_form(asks_reason(against)))
    form.asks_nothing = bool(shown["sent_on"] or shown["refused"])
    if form.asks_nothing and not form.valid:
        meanwhile = "That the rapid review was sent was recorded meanwhile. The first sending counts."
        form.not_asked(meanwhile if shown["sent_on"] else "Nothing was recorded: the page says why.")
    if form.valid:
        with form.refusals({"review.events.rapid_review_sent": "sent_at"}), visit.unit("send a rapid review") as unit:
            stories.send_rapid_review(
                unit, services().governance, case_id, national, "", form.answers.get("reason") or "", form.token,
                sent_at=form["sent_at"], sent_by=form["sent_by"], reference=form["reference"])  # fmt: skip
            return redirect(f"{shown['base']}?done=form_sent", 303)
    return render(
        "reviews/send_by_form.html",
        title="Record that the rapid review was sent",
        form=form,
        here=national is not None,
        **shown,
    )
