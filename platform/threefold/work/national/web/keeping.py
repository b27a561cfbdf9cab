"""Until when what areas sent is kept, on screen: closing, holding and reviewing it; what is left of what was destroyed."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.national import keeping
from threefold.work.national.keeping import Received
from threefold.work.national.standing_aside import opened
from threefold.work.national.web import CLOSE, DECIDE, HOLD, REVIEW, SEE, blueprint
from threefold.work.national.web.desk import refuse_elsewhere
from threefold.work.people.web import Form, Visit, day, fill, page, render, services
from threefold.work.records.web import place
from threefold.work.records.web.lists import paged
from threefold.work.records.web.place import Place

GOES = "what the area sent of the case, the replies to it, the reasons of conflicts of interest, the day and the place of the incident, and the content of the letters kept here"
STAYS = (
    "What stays: the area’s reference, the days and states by which timeliness is counted, which replies were given and when, who did what in the audit, "
    "and the hash of each letter. What the area holds of the case is its own record."
)


def place_of(visit: Visit, sender: UUID, case_ref: UUID) -> Place:
    """A received case, as the pages of records know it. Raises `NotHere` in a body that has no desk."""
    refuse_elsewhere(visit)
    own, matter, desk = services().governance, Received(sender, case_ref), f"/b/{visit.body.slug}/desk"
    case = f"{desk}/{sender}/{case_ref}"
    return Place(
        lambda unit: f"case {opened(unit, sender, case_ref).reference}", case, f"{case}/records", f"{desk}/records", GOES, STAYS,
        "Another officer confirms this.",
        line=lambda unit: keeping.see_received_kept(unit, own, sender, case_ref), past=lambda unit: keeping.received_reviews(unit, matter),
        holds=lambda unit: keeping.received_holds(unit, matter, of_body_too=True), put=lambda unit, why, token: keeping.hold_received(unit, matter, why, token),
        lift=lambda unit, hold, why: keeping.lift_received(unit, matter, hold, why),
        propose=lambda unit, outcome, reason, until, token: keeping.propose_received(unit, own, matter, outcome, reason, until, token),
        decline=lambda unit, disposal, reason: keeping.decline_received(unit, matter, disposal, reason),
        confirm=lambda unit, disposal, answer: keeping.confirm_received(unit, own, matter, disposal, answer),
        may_confirm=lambda visit, seat: keeping.may_confirm(visit.actor, seat),
        certificate=lambda unit: keeping.see_received_certificate(unit, matter),
    )  # fmt: skip


@blueprint.get("/b/<slug>/desk/records")
@page(needs=SEE)
def received_kept(visit: Visit) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    own = services().governance
    with visit.unit("see how long received cases are kept") as unit:
        lines, rules = keeping.list_received_kept(unit, own), keeping.rules_for_received(unit, own)
        holds = keeping.received_holds(unit, None)
    return render("national/kept.html", title="How long received cases are kept", back=f"/b/{visit.body.slug}/desk", paged=paged(visit, lines), rules=rules,
                  holds=holds, done=place.DONE)  # fmt: skip


@blueprint.route("/b/<slug>/desk/records/hold", methods=["GET", "POST"])
@page(needs=HOLD)
def hold_desk(visit: Visit) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    return place.put(visit, f"/b/{visit.body.slug}/desk/records", "Hold all records", "Nothing that this body keeps is destroyed until the hold is lifted.",
                     lambda unit, why, token: keeping.hold_received(unit, None, why, token))  # fmt: skip


@blueprint.route("/b/<slug>/desk/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@page(needs=HOLD)
def lift_desk(visit: Visit, hold_id: UUID) -> ResponseReturnValue:
    refuse_elsewhere(visit)
    return place.lift(visit, hold_id, f"/b/{visit.body.slug}/desk/records", "Lift the hold on all records",
                      lambda unit: keeping.received_holds(unit, None), lambda unit, hold, why: keeping.lift_received(unit, None, hold, why))  # fmt: skip


@blueprint.get("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records")
@page(needs=SEE)
def received_records(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    here = place_of(visit, sender, case_ref)
    return place.show(visit, here, may_close=visit.may(CLOSE), may_hold=visit.may(HOLD), may_review=visit.may(REVIEW))


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/close", methods=["GET", "POST"])
@page(needs=CLOSE)
def close_received(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    here = place_of(visit, sender, case_ref)
    with visit.unit("close a received case") as unit:
        row = opened(unit, sender, case_ref)
        reference, waits = row.reference, row.arrived_on is None and row.taken_back_on is None

    class Close(Form):
        on = day(
            "On which day was the case closed?",
            missing="Enter the day",
            hint="The day on which nothing more was to be done with it. For example, 31 3 2026",
        )

    form = fill(Close, initial={"on": visit.today})
    if form.valid:
        with form.refusals(), visit.unit("close a received case") as unit:
            keeping.close_received(unit, sender, case_ref, form["on"], form.token)
            return redirect(f"{here.base}?done=closed", 303)
    return render("threefold/one_form.html", title=f"Close case {reference}", form=form, back=here.base, send="Close the case", about=[
        "The time for keeping it begins. If a letter comes, or somebody replies or links it, it is open again.",
        *(["The rapid review has not arrived. Close it only if nothing more is to come."] if waits else [])])  # fmt: skip


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/open", methods=["GET", "POST"])
@page(needs=CLOSE)
def open_received(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    here = place_of(visit, sender, case_ref)
    with visit.unit("open a received case again") as unit:
        reference = opened(unit, sender, case_ref).reference
    form = fill(Form)
    if form.valid:
        with form.refusals(), visit.unit("open a received case again") as unit:
            keeping.open_received_again(unit, sender, case_ref, form.token)
            return redirect(f"{here.base}?done=opened", 303)
    return render("threefold/one_form.html", title=f"Open case {reference} again", form=form, back=here.base, send="Open the case again",
                  about=["No time runs any more. When it is closed again, the time begins on that day."])  # fmt: skip


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/hold", methods=["GET", "POST"])
@page(needs=HOLD)
def hold_received(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    here = place_of(visit, sender, case_ref)
    with visit.unit("put a legal hold") as unit:
        reference = opened(unit, sender, case_ref).reference
    return place.put(
        visit,
        here.base,
        f"Hold the records of case {reference}",
        "Nothing of this case is destroyed until the hold is lifted.",
        here.put,
    )


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@page(needs=HOLD)
def lift_received(visit: Visit, sender: UUID, case_ref: UUID, hold_id: UUID) -> ResponseReturnValue:
    here = place_of(visit, sender, case_ref)
    with visit.unit("lift a legal hold") as unit:
        reference = opened(unit, sender, case_ref).reference
    return place.lift(visit, hold_id, here.base, f"Lift the hold on case {reference}",
                      lambda unit: keeping.received_holds(unit, Received(sender, case_ref)), here.lift)  # fmt: skip


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/review", methods=["GET", "POST"])
@page(needs=REVIEW)
def review_received(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    return place.review(visit, place_of(visit, sender, case_ref))


@blueprint.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/reviews/<uuid:disposal_id>", methods=["GET", "POST"])
@page(needs=DECIDE, fresh=True)
def decide_received(visit: Visit, sender: UUID, case_ref: UUID, disposal_id: UUID) -> ResponseReturnValue:
    return place.decide(visit, place_of(visit, sender, case_ref), disposal_id)


@blueprint.get("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/certificate")
@page(needs=SEE)
def received_certificate(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    return place.certificate(visit, place_of(visit, sender, case_ref))


@blueprint.get("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/records/certificate.pdf")
@page(needs=SEE)
def received_certificate_pdf(visit: Visit, sender: UUID, case_ref: UUID) -> ResponseReturnValue:
    return place.certificate_pdf(visit, place_of(visit, sender, case_ref))
