"""Asking agencies for what they know, and closing a link."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.web import Form, Visit, email, fill, long_text, page, render, text
from threefold.work.reviews import stories
from threefold.work.reviews.requests import LINK_DAYS
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import ASK
from threefold.work.reviews.web.review import to_ask


class Ask(Form):
    agency = text(
        "Which agency do you ask?",
        missing="Enter which agency you ask",
        hint="Its name, such as the school or the health visiting service.",
    )
    email = email(
        "Their email address",
        missing="Enter their email address",
        hint="The link goes there. The email itself holds no details.",
    )
    question = long_text(
        "What do you ask?", missing="Enter what you ask", longest=5000,
        hint="It is shown to whoever opens the link. Say what they need in order to check their records, and no more.",
    )  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/agencies/ask", methods=["GET", "POST"])
@page(needs=ASK)
def ask(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    base = f"{case_address(visit, case_id)}/review"
    form = fill(Ask, initial={"agency": request.args.get("agency", "")[:200]})
    if form.valid:
        with form.refusals(), visit.unit("ask an agency") as unit:
            stories.ask_agency(unit, case_id, form["agency"], form["email"], form["question"], form.token)
            return redirect(f"{base}?done=asked", 303)
    with visit.unit("ask an agency") as unit:
        state = incidents.see_case(unit, case_id)
        waiting = to_ask(state, stories.requests(unit, case_id))
    return render("reviews/ask.html", title="Ask an agency", form=form, back=base, waiting=waiting, days=LINK_DAYS)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/agencies/<uuid:request_id>/revoke", methods=["GET", "POST"])
@page(needs=ASK)
def revoke(visit: Visit, case_id: UUID, request_id: UUID) -> ResponseReturnValue:
    base, form = f"{case_address(visit, case_id)}/review", fill(Form)
    if form.valid:
        with form.refusals(), visit.unit("close an agency's link") as unit:
            stories.revoke_request(unit, case_id, request_id)
            return redirect(f"{base}?done=revoked", 303)
    with visit.unit("close an agency's link") as unit:
        incidents.see_case(unit, case_id)
        found = next((a for a in stories.requests(unit, case_id) if a.id == request_id), None)
    if found is None:
        raise NotFound
    return render("reviews/revoke.html", title=f"Close the link of {found.agency}", form=form, back=base, one=found)
