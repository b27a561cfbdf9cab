"""Taking out everything of a body, on screen: asked by one person, agreed by another, fetched by either for some days."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Response, redirect, stream_with_context
from flask.typing import ResponseReturnValue

from threefold.work.people.access import declare
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render
from threefold.work.records.stories import exporting
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import SEE_EXPORTS as SEE

ASK = declare("take everything out of the body", exporting.ASKING).act
TAKE_BACK = declare("take back that everything goes out", exporting.ASKING | exporting.AGREEING).act
AGREE = declare("agree to take everything out", exporting.AGREEING).act
FETCH = declare("fetch what was taken out", exporting.ASKING | exporting.AGREEING).act
DONE = {"asked": "It is asked for. It is made once another person agrees.", "agreed": "You agreed. It is being made, and stands here for three days.",
        "declined": "It is declined. Nothing is made.", "back": "It is taken back. Nothing is made."}  # fmt: skip
STATES = {
    "asked": ("Waits for another person", "yellow"), "declined": ("Declined or taken back", "grey"), "waiting": ("Being made", "blue"), "running": ("Being made", "blue"),
    "ready": ("Ready", "green"), "failed": ("Could not be made yet; it is tried again", "red"),
    "given_up": ("Could not be made, and is not tried again", "red"), "expired": ("Not here any more", "grey"),
}  # fmt: skip
WHAT = "It holds every case, restricted ones too, with the names and accounts of children and families, in plain. Whoever has the file has all of it."


@blueprint.get("/b/<slug>/records/everything")
@page(needs=SEE)
def everything(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see what was taken out of the body") as unit:
        found = exporting.list_exports(unit)
    return render("records/everything.html", title="Take everything out", found=found, states=STATES, may_ask=visit.may(ASK), may_agree=visit.may(AGREE), done=DONE,
                  what=WHAT, me=visit.actor.person_id, going=exporting.GOING)  # fmt: skip


@blueprint.route("/b/<slug>/records/everything/ask", methods=["GET", "POST"])
@page(needs=ASK, fresh=True)
def ask_everything(visit: Visit) -> ResponseReturnValue:
    class Ask(Form):
        why = long_text("What is it for?", missing="Enter what it is for", longest=2000, hint="Kept sealed. Name no child.")

    form, base = fill(Ask), f"/b/{visit.body.slug}/records/everything"
    if form.valid:
        with form.refusals(), visit.unit("take everything out of the body") as unit:
            exporting.ask_export(unit, form["why"], form.token)
            return redirect(f"{base}?done=asked", 303)
    return render("threefold/one_form.html", title="Take out everything that this body keeps", form=form, back=base, send="Ask for it", about=[
        WHAT, "Another person must agree: a lead. Then it is made, and the two of you can fetch it for three days."])  # fmt: skip


@blueprint.route("/b/<slug>/records/everything/<uuid:export_id>", methods=["GET", "POST"])
@page(needs=AGREE, fresh=True)
def agree_everything(visit: Visit, export_id: UUID) -> ResponseReturnValue:
    class Agree(Form):
        answer = choice("Do you agree?", {"yes": "Yes: make the file", "no": "No"}, missing="Select whether you agree")

    with visit.unit("agree to take everything out") as unit:
        one = exporting.export_of(unit, export_id)
    form, base = fill(Agree), f"/b/{visit.body.slug}/records/everything"
    if form.valid:
        with form.refusals({"why": "answer"}), visit.unit("agree to take everything out") as unit:
            exporting.answer_export(unit, export_id, form["answer"] == "yes")
            return redirect(f"{base}?done={'agreed' if form['answer'] == 'yes' else 'declined'}", 303)
    return render("threefold/one_form.html", title="Agree that everything is taken out?", form=form, back=base, send="Answer", about=[
        f"{one.asked_name} ({one.asked_as}) asks to take out everything that this body keeps, for: {one.why}", WHAT])  # fmt: skip


@blueprint.route("/b/<slug>/records/everything/<uuid:export_id>/back", methods=["GET", "POST"])
@page(needs=TAKE_BACK, fresh=True)
def take_back_everything(visit: Visit, export_id: UUID) -> ResponseReturnValue:
    with visit.unit("take back that everything goes out") as unit:
        exporting.export_of(unit, export_id)  # there is one, before anything is shown
    form, base = fill(Form), f"/b/{visit.body.slug}/records/everything"
    if form.valid:
        with form.refusals(), visit.unit("take back that everything goes out") as unit:
            exporting.take_back(unit, export_id)
            return redirect(f"{base}?done=back", 303)
    return render("threefold/one_form.html", title="Take back what was asked for", form=form, back=base, send="Take it back", about=[
        "Nothing is made. Another export can be asked for afterwards."])  # fmt: skip


@blueprint.get("/b/<slug>/records/everything/<uuid:export_id>/file")
@page(needs=FETCH, fresh=True)
def everything_file(visit: Visit, export_id: UUID) -> ResponseReturnValue:
    """The file itself, part by part. That it was fetched is noted first."""
    with visit.unit("fetch what was taken out") as unit:
        one = exporting.fetch_export(unit, export_id)
    name = f"{visit.body.slug}-{visit.today.isoformat()}.zip"
    return Response(stream_with_context(_parts(visit, export_id)), mimetype="application/zip", headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(one.bytes), "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store"})  # fmt: skip


def _parts(visit: Visit, export_id: UUID) -> Iterator[bytes]:
    no = 1
    while True:
        with visit.unit("fetch what was taken out") as unit:
            part = exporting.some_of(unit, export_id, no)
        if part is None:
            return
        yield part
        no += 1
