"""A body that leaves, on screen: what comes first, who proposes, who confirms, and what happens then."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.people.access import NotHere, declare
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render, text
from threefold.work.records.stories import leaving as stories
from threefold.work.records.stories.exporting import AGREEING, ASKING
from threefold.work.records.web import blueprint

SEE = declare("see whether the body leaves", ASKING | AGREEING).act
PROPOSE = declare("propose that the body leaves", ASKING).act
TAKE_BACK = declare("take back that the body leaves", ASKING).act
CONFIRM = declare("confirm that the body leaves", AGREEING).act
WHAT = (
    "The keys of this body are destroyed: its cases, people and letters cannot be read here any more. Backups made before end later. Everybody’s role here ends at once. "
    "Numbers and the audit stay. What it published stays, and says that it left. Letters it sent to others are those others’ records."
)
DONE = {
    "proposed": "It is proposed. Nothing happens until another person confirms it.",
    "declined": "It is declined. Nothing changes.",
    "taken_back": "It is taken back. Nothing changes.",
}


@blueprint.get("/b/<slug>/records/leaving")
@page(needs=SEE)
def leaving(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see whether the body leaves") as unit:
        found, reason = stories.see_leaving(unit)
    return render("records/leaving.html", title="Leave this service", found=found, reason=reason, what=WHAT, done=DONE, may_propose=visit.may(PROPOSE),
                  may_take_back=visit.may(TAKE_BACK), may_confirm=visit.may(CONFIRM) and found is not None, back=f"/b/{visit.body.slug}/records/everything")  # fmt: skip


@blueprint.route("/b/<slug>/records/leaving/propose", methods=["GET", "POST"])
@page(needs=PROPOSE, fresh=True)
def propose_leaving(visit: Visit) -> ResponseReturnValue:
    class Propose(Form):
        digest = text("SHA-256 of the file", missing="Enter the SHA-256 of the file", longest=80,
                      hint="Work it out from the file you hold, not from a page: 64 letters and numbers.")  # fmt: skip
        why = long_text("Reason", missing="Enter the reason", longest=2000)

    form, base = fill(Propose), f"/b/{visit.body.slug}/records/leaving"
    if form.valid:
        with form.refusals(), visit.unit("propose that the body leaves") as unit:
            stories.propose_leaving(unit, form["digest"], form["why"], form.token)
            return redirect(f"{base}?done=proposed", 303)
    return render(
        "threefold/one_form.html",
        title=f"Propose that {visit.body.name} leaves",
        form=form,
        back=base,
        send="Propose it",
        about=[WHAT, "Another person confirms it."],
    )


@blueprint.post("/b/<slug>/records/leaving/<uuid:leaving_id>/take-back")
@page(needs=TAKE_BACK)
def take_back_leaving(visit: Visit, leaving_id: UUID) -> ResponseReturnValue:
    with visit.unit("take back that the body leaves") as unit:
        stories.take_back_leaving(unit, leaving_id)
    return redirect(f"/b/{visit.body.slug}/records/leaving?done=taken_back", 303)


@blueprint.route("/b/<slug>/records/leaving/<uuid:leaving_id>", methods=["GET", "POST"])
@page(needs=CONFIRM, fresh=True)
def confirm_leaving(visit: Visit, leaving_id: UUID) -> ResponseReturnValue:
    with visit.unit("confirm that the body leaves") as unit:
        found, _ = stories.see_leaving(unit)
    if found is None or found.id != leaving_id:
        raise NotHere

    class Confirm(Form):
        answer = choice(
            "What do you decide?",
            {"confirm": "The body leaves now", "decline": "It does not leave"},
            missing="Select what you decide",
        )
        digest = text(
            "SHA-256 of the file",
            required=False,
            hint="Needed to confirm. Work it out from the file you hold: 64 letters and numbers.",
            longest=80,
        )

    form, base = fill(Confirm), f"/b/{visit.body.slug}/records/leaving"
    if form.valid:
        with form.refusals(), visit.unit("confirm that the body leaves") as unit:
            stories.answer_leaving(unit, leaving_id, form["answer"] == "confirm", form["digest"] or "")
            return redirect("/my-work" if form["answer"] == "confirm" else f"{base}?done=declined", 303)
    return render("threefold/one_form.html", title=f"{visit.body.name} leaves?", form=form, back=base, send="Decide", about=[
        f"{found.proposed_name} ({found.proposed_as}) proposed it: {found.why}", WHAT, "It comes back by no means."])  # fmt: skip
