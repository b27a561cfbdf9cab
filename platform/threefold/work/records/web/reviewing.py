"""Reviewing the records of a closed case, and deciding on what another person proposed."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents.records import NotFound
from threefold.work.incidents.stories import reference_of
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.web import Form, Visit, choice, day, fill, long_text, page, render, services
from threefold.work.records import stories
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import DECIDE, REVIEW
from threefold.work.records.web.holding import SEALED

OUTCOMES = {"destroy": "Destroy the records", "keep": "Keep them longer, until a day", "hold": "Put a legal hold on them"}


class Review(Form):
    outcome = choice(
        "What do you propose?", OUTCOMES, missing="Select what you propose",
        hints={"destroy": "Possible once the time has ended. Another person confirms it.", "keep": "Another person confirms it.",
               "hold": "It stands at once, without anybody else."},
    )  # fmt: skip
    until = day("Keep them until", required=False, hint="Only if they are kept longer. For example, 31 3 2036")
    reason = long_text("Reason", missing="Enter the reason", longest=2000, hint=SEALED)


class Decide(Form):
    answer = choice("What do you decide?", {"confirm": "Confirm it", "decline": "Decline it: the records stay as they are"},
                    missing="Select what you decide")  # fmt: skip
    reason = long_text("Reason", required=False, longest=2000, hint=f"Needed if you decline it. {SEALED}")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/review", methods=["GET", "POST"])
@page(needs=REVIEW)
def review(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    own = services().governance
    with visit.unit("review the records of a case") as unit:
        line = stories.see_kept(unit, own, case_id)
        reference = reference_of(unit, case_id)
    form, base = fill(Review), f"{case_address(visit, case_id)}/records"
    if form.valid:
        with form.refusals({"keep_until": "until", "why": "reason"}), visit.unit("review the records of a case") as unit:
            if form["outcome"] == "hold":
                stories.put_hold(unit, case_id, form["reason"], form.token)
            else:
                stories.propose(unit, own, case_id, form["outcome"], form["reason"], form["until"], form.token)
            return redirect(f"{base}?done={'held' if form['outcome'] == 'hold' else 'proposed'}", 303)
    return render("records/review.html", title=f"Review the records of case {reference}", form=form, back=base, line=line)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/reviews/<uuid:disposal_id>", methods=["GET", "POST"])
@page(needs=DECIDE, fresh=True)
def decide(visit: Visit, case_id: UUID, disposal_id: UUID) -> ResponseReturnValue:
    own = services().governance
    with visit.unit("decide what becomes of records") as unit:
        line = stories.see_kept(unit, own, case_id)
        reference = reference_of(unit, case_id)
        one = next((p for p in stories.disposals(unit, case_id) if p.id == disposal_id), None)
    if one is None:
        raise NotFound
    form, base = fill(Decide), f"{case_address(visit, case_id)}/records"
    if one.state != "proposed":
        form.not_asked("This is not to be decided any more. What became of it stands below; nothing of yours was saved.")
    if form.valid:
        with form.refusals({"outcome": "answer"}), visit.unit("decide what becomes of records") as unit:
            if form["answer"] == "decline":
                stories.decline(unit, case_id, disposal_id, form["reason"])
                return redirect(f"{base}?done=declined", 303)
            certificate = stories.confirm(unit, own, case_id, disposal_id, form["reason"])
            return redirect(f"{base}/certificate?done=destroyed" if certificate else f"{base}?done=kept", 303)
    mine = one.proposed_by == visit.actor.person_id
    return render(
        "records/decide.html", title=f"{'Destroy' if one.outcome == 'destroy' else 'Keep'} the records of case {reference}?", form=form, back=base, line=line, one=one,
        mine=mine, may=not mine and stories.may_confirm(visit.actor, one.confirms), decided=one.state != "proposed",
    )  # fmt: skip
