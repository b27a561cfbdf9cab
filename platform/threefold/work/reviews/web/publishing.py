"""The report of a local review: whether it is published, and what else holds it up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.web import words
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.deciding import newer_than
from threefold.work.people.web import Filled, Form, Visit, fill, long_text, page, render, services, yes_no_unclear
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import DECIDE

NO_REPORT = (
    "No local review is decided in this case, so there is no report of one. What you had typed stands below, to be copied."
)


class Publication(Form):
    appropriate = yes_no_unclear(
        "Is it appropriate to publish the report?",
        hint="The law asks for it, unless it is inappropriate. Then at least what is to be improved is published.",
    )
    reason = long_text("If not: why?", required=False, optional=False, hint="Needed if you say no. Name nobody.")
    sibling_identifiable = yes_no_unclear("Could a surviving brother or sister be identified by the report?")


class Delay(Form):
    delays = yes_no_unclear("Do criminal proceedings or an inquest delay the report?")
    reason = long_text(
        "If so: what delays it?",
        required=False,
        optional=False,
        hint="Needed if you say yes. The Panel and the Secretary of State are told why. Name nobody.",
    )


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/publication", methods=["GET", "POST"])
@page(needs=DECIDE)
def publication(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    def settle(unit: Any, form: Filled) -> None:
        stories.settle_publication(
            unit, services().governance, case_id, form["appropriate"], form["reason"] or "", form["sibling_identifiable"],
            form.token, seen_no=form.seen_no)  # fmt: skip

    def initial(state: CaseState) -> dict[str, Any]:
        said = state.facts.review
        return {"appropriate": said.publication_appropriate.value, "reason": said.publication_reason,
                "sibling_identifiable": said.sibling_identifiable.value}  # fmt: skip

    return _settled(visit, case_id, Publication, initial, settle, stories.PUBLICATION, "Publishing the report")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/delay", methods=["GET", "POST"])
@page(needs=DECIDE)
def delay(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    def settle(unit: Any, form: Filled) -> None:
        stories.settle_delay(
            unit, services().governance, case_id, form["delays"], form["reason"] or "", form.token, seen_no=form.seen_no
        )

    def initial(state: CaseState) -> dict[str, Any]:
        return {"delays": state.facts.review.proceedings_delay.value}

    return _settled(visit, case_id, Delay, initial, settle, stories.DELAY, "What delays the report")


def _settled(
    visit: Visit, case_id: UUID, asks: type[Form], initial: Any, settle: Any, question: str, title: str
) -> ResponseReturnValue:
    """The page of a question of the report: what was said before, and the form to say it, or say it again."""
    state, decided, names = _read(visit, case_id, question)
    form, base = fill(asks, initial=initial(state), seen_no=state.no), f"{case_address(visit, case_id)}/review"
    decided_on = state.facts.review.on("local_review_decided")
    if decided_on is None:
        form.not_asked(NO_REPORT)
    if form.valid:
        with form.refusals(), visit.unit("settle what the report asks") as unit:
            settle(unit, form)
            return redirect(f"{base}?done={question}", 303)
    if form.meanwhile:
        state, decided, names = _read(visit, case_id, question)
    unseen = newer_than(form, decided)
    form.shows(state.no)
    return render("reviews/report.html", title=title, form=form, back=base, decided=decided, unseen=unseen, names=names, words=words,
                  decided_on=decided_on, to_copy=decided_on is None)  # fmt: skip


def _read(visit: Visit, case_id: UUID, question: str) -> tuple[CaseState, list[dict[str, Any]], dict[UUID | None, str]]:
    with visit.unit("settle what the report asks") as unit:
        decided = [d for d in incidents.decisions(unit, case_id) if d["question"] == question]
        return incidents.see_case(unit, case_id), decided, staff_names(unit)
