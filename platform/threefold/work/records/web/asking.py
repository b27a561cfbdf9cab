"""Subject access on screen: a request, who is found, each thing that is held, what is withheld and why, and the answer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from threefold.work.people.web import Form, Visit, choice, choices, day, fill, long_text, page, render, services, text
from threefold.work.records.answer import answer_file
from threefold.work.records.period import source_on
from threefold.work.records.questions import counted, if_it_came
from threefold.work.records.stories import answering, asking, ending, reminding
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import ANSWER

DONE = {
    "opened": "The request is on record.", "gathered": "What is held was gathered. Go through it.", "decided": "It is on record.", "extended": "The time is extended.",
    "closed": "The request is closed.", "asked": "It is on record that the person was asked.", "came": "It is on record. The day it is due is worked out anew.",
    "back": "It counts for nothing any more.",
}  # fmt: skip
DECISIONS = {
    "undecided": ("Not decided", "yellow"),
    "given": ("Given", "green"),
    "part": ("Given in part", "turquoise"),
    "withheld": ("Withheld", "red"),
}
GOES = (
    "When that time has ended it goes by itself, within a day, and nobody confirms it: who asked and about whom, how that was checked, how the person was told, why "
    "the time was extended, what they were asked first, and why each thing was withheld or what was given of it. The reference, the days, and each decision with its ground stay."
)
KINDS = {"identity": "Show who they are", "fee": "Pay a fee", "clarification": "Say what they are looking for"}
STATES = {"open": ("Open", "yellow"), "answered": ("Answered", "green"), "refused": ("Refused", "grey")}


def is_late(one: asking.Request | asking.Listed, today: date) -> bool:
    return one.state == "open" and one.due_on is not None and one.due_on < today


@blueprint.get("/b/<slug>/records/requests")
@page(needs=ANSWER)
def subject_requests(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see requests for one’s records") as unit:
        found = asking.list_requests(unit)
        times, rules = ending.times(unit, services().governance), ending.rules_for_requests(unit, services().governance)
    return render(
        "records/requests.html",
        title="Requests for one’s own records",
        found=found,
        times=times,
        rules=rules,
        goes=GOES,
        states=STATES,
        late={one.id for one in found if is_late(one, visit.today)},
        law=source_on(visit.today),
        back=f"/b/{visit.body.slug}/records",
    )


@blueprint.route("/b/<slug>/records/requests/new", methods=["GET", "POST"])
@page(needs=ANSWER)
def new_request(visit: Visit) -> ResponseReturnValue:
    class New(Form):
        who = text(
            "Who asks?",
            missing="Enter who asks",
            hint="The person, or whoever asks for them. The answer names them.",
            longest=500,
        )
        checked = long_text(
            "How did you check that they may?", required=False, longest=2000, hint="Kept sealed; it is in no answer."
        )
        name = text("Name of the person asked about", required=False)
        born_on = day("Date of birth", required=False)
        nhs_number = text("NHS number", required=False, hint="10 numbers")
        received_on = day("On which day was the request received?", missing="Enter the day")

    form, base = fill(New, initial={"received_on": visit.today}), f"/b/{visit.body.slug}/records/requests"
    if form.valid:
        born = form["born_on"]
        about = {
            "asks": form["who"],
            "checked": form["checked"] or "",
            "name": form["name"] or "",
            "born_on": born.isoformat() if born else "",
            "nhs_number": form["nhs_number"] or "",
        }
        with form.refusals({"asks": "who"}), visit.unit("put a request for one’s records on record") as unit:
            made = asking.open_request(unit, about, form["received_on"], form.token)
            return redirect(f"{base}/{made}?done=opened", 303)
    return render("threefold/one_form.html", title="Record a request for one’s own records", form=form, back=base, send="Record the request", about=[
        f"It is answered within one calendar month, which runs from the day it was received, or from the day on which the person showed who they are where you asked them to. Source: {source_on(visit.today)}."])  # fmt: skip


@blueprint.get("/b/<slug>/records/requests/<uuid:subject_id>")
@page(needs=ANSWER)
def subject_request(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    with visit.unit("see a request for one’s records") as unit:
        gone = ending.see_ended(unit, subject_id)
        if gone is None:
            request, found = answering.see_request(unit, subject_id)
            time = ending.times(unit, services().governance, subject_id).get(subject_id)
            reminded = reminding.subject_reminders_of(unit, subject_id)
            names = {c.person_id: c.display_name for c in unit.staff()} if reminded else {}
    if gone is not None:
        return render(
            "records/request_gone.html", title=f"Request {gone.reference}", gone=gone, states=STATES, decisions=DECISIONS, grounds=asking.GROUNDS,
            back=f"/b/{visit.body.slug}/records/requests",
        )  # fmt: skip
    return render(
        "records/request.html", title=f"Request {request.reference}", request_=request, items=found.items, found=found, back=f"/b/{visit.body.slug}/records/requests",
        base=f"/b/{visit.body.slug}/records/requests/{subject_id}", states=STATES, decisions=DECISIONS, grounds=asking.GROUNDS, done=DONE,
        late=is_late(request, visit.today), left=sum(item.waits for item in found.items), time=time, goes=GOES, kinds=KINDS, law=source_on(request.received_on),
        if_today=if_it_came(request.received_on, counted(request.questions), request.extended_on, visit.today),
        failed=[(names.get(one.person_id, "somebody who no longer works here"), one.made_at) for one in reminded if one.state == "failed" and one.error != reminding.NEEDLESS],
    )  # fmt: skip


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/find", methods=["GET", "POST"])
@page(needs=ANSWER)
def find_subject(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    with visit.unit("find whom a request is about") as unit:
        found, more = asking.look_for(unit, subject_id)
    base = f"/b/{visit.body.slug}/records/requests/{subject_id}"
    surest: dict[str, str] = {}
    for one in found:  # somebody may be on a case twice: the surest way stands first
        surest.setdefault(str(one.case_id), f"{one.reference} ({WAYS[one.way]})")

    class Find(Form):
        cases = choices("On which of these cases is the person?", surest)

    form = fill(Find)
    if form.valid:
        with form.refusals(), visit.unit("gather what is held of somebody") as unit:
            answering.gather(unit, subject_id, [UUID(one) for one in form["cases"]])
            return redirect(f"{base}?done=gathered", 303)
    return render("records/find.html", title="Find the person", form=form, back=base, found=found, more=more)


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/again", methods=["GET", "POST"])
@page(needs=ANSWER)
def gather_again(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    with visit.unit("gather what is held of somebody") as unit:
        asking.request_of(unit, subject_id)  # there is one, before anything is shown
    form, base = fill(Form), f"/b/{visit.body.slug}/records/requests/{subject_id}"
    if form.valid:
        with form.refusals(), visit.unit("gather what is held of somebody") as unit:
            answering.gather_again(unit, subject_id)
            return redirect(f"{base}?done=gathered", 303)
    return render("threefold/one_form.html", title="Gather what is new", form=form, back=base, send="Gather what is new", about=[
        "What came on record since, in the cases that something was gathered of. What was decided stays."])  # fmt: skip


WAYS = {
    "number": "same NHS number", "name_and_birth": "same name and date of birth", "name": "same name", "sound_and_birth": "name sounds alike, same date of birth",
    "sound": "name sounds alike", "birth": "same date of birth",
    "taken_off": "was on it, and was taken off", "corrected": "was on it, until the entry was corrected",
}  # fmt: skip


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/things/<int:thing>", methods=["GET", "POST"])
@page(needs=ANSWER)
def subject_item(visit: Visit, subject_id: UUID, thing: int) -> ResponseReturnValue:
    with visit.unit("go through what is held of somebody") as unit:
        request, one, numbers = answering.see_item(unit, subject_id, thing)

    class Decide(Form):
        decision = choice(
            "Is it given?",
            {"given": "Yes, all of it", "part": "In part", "withheld": "No"},
            missing="Select whether it is given",
        )
        part = long_text(
            "What is given of it",
            required=False,
            longest=100_000,
            hint="Only if it is given in part: take out what is withheld.",
        )
        ground = choice("On which ground is something withheld?", asking.GROUNDS, required=False)
        why = long_text(
            "Why does this ground apply here?", required=False, longest=2000, hint="Kept sealed; not told to the person."
        )
        seen = text("What was shown", required=False, kind="hidden")  # not asked: the digest of the text on the page

    base = f"/b/{visit.body.slug}/records/requests/{subject_id}"
    initial = {
        "decision": one.decision if one.decision != "undecided" else "",
        "part": one.told or one.text,
        "ground": one.ground,
        "why": one.why,
    }
    form = fill(Decide, initial=initial)
    if form.valid:
        with form.refusals(), visit.unit("go through what is held of somebody") as unit:
            left = answering.decide_item(
                unit, subject_id, thing, form["decision"], form["ground"] or "", form["why"] or "", form["part"] or "", form["seen"] or "", form.saw("decided"),
            )  # fmt: skip
            return redirect(f"{base}/things/{left}" if left else f"{base}?done=decided", 303)
    if form.meanwhile:
        with visit.unit("go through what is held of somebody") as unit:
            one = answering.see_item(unit, subject_id, thing)[1]
    # What they decide about is what was shown to them, also where the form was kept meanwhile; once told of a change, it is what stands now.
    told_of_change = form.sent and "changed since it was shown" in form.errors.get("decision", "")
    return render(
        "records/item.html",
        seen=one.seen if told_of_change else form.saw("seen") or one.seen,
        decided=one.decided if form.meanwhile else form.saw("decided") or one.decided,
        decisions=DECISIONS,
        grounds=asking.GROUNDS,
        title=one.title,
        form=form,
        back=base,
        one=one,
        request_=request,
        of=len(numbers),
        position=numbers.index(thing) + 1,
    )


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/close", methods=["GET", "POST"])
@page(needs=ANSWER)
def close_request(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    class Close(Form):
        state = choice(
            "What became of it?",
            {"answered": "It was answered", "refused": "It was refused"},
            missing="Select what became of it",
        )
        on = day("On which day?", missing="Enter the day")
        how = long_text("How was the person told?", missing="Enter how the person was told", longest=2000)

    with visit.unit("close a request for one’s records") as unit:
        asking.request_of(unit, subject_id)  # there is one, before anything is shown
    form, base = fill(Close, initial={"on": visit.today}), f"/b/{visit.body.slug}/records/requests/{subject_id}"
    if form.valid:
        with form.refusals(), visit.unit("close a request for one’s records") as unit:
            answering.close_request(unit, subject_id, form["state"], form["on"], form["how"])
            return redirect(f"{base}?done=closed", 303)
    return render(
        "threefold/one_form.html", title="Close the request", form=form, back=base, send="Close the request", about=[]
    )


@blueprint.get("/b/<slug>/records/requests/<uuid:subject_id>/file")
@page(needs=ANSWER, fresh=True)
def subject_file(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    with visit.unit("take out the answer to a request") as unit:
        request, items = answering.answer_of(unit, subject_id)
    return Response(answer_file(visit.body.name, request, items, visit.at), mimetype="application/zip", headers={
        "Content-Disposition": f'attachment; filename="{request.reference}.zip"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})  # fmt: skip
