"""The clock of a request for one's own records on screen: what the person is asked for first, when it came, and two more months."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.people.web import Form, Visit, choice, day, fill, long_text, page, render
from threefold.work.people.web.render import day as in_words
from threefold.work.records.period import source_on
from threefold.work.records.stories import asking, clock
from threefold.work.records.web import blueprint
from threefold.work.records.web.acts import ANSWER
from threefold.work.records.web.asking import KINDS

EFFECT = {
    "identity": "Until then the time does not begin.", "fee": "Until it is paid the time does not begin.",
    "clarification": "Until they answer the clock stands. Ask only if you reasonably need it to know which records are meant.",
}  # fmt: skip


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/questions/new", methods=["GET", "POST"])
@page(needs=ANSWER)
def ask_subject(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    class Ask(Form):
        kind = choice("What was the person asked to do?", KINDS, missing="Select what the person was asked to do", hints=EFFECT)
        asked = long_text(
            "What did you ask?", missing="Enter what you asked", longest=2000, hint="Kept sealed; it is in no answer."
        )
        on = day("On which day were they asked?", missing="Enter the day")

    with visit.unit("ask somebody who wants their records") as unit:
        request = asking.request_of(unit, subject_id)  # there is one, before anything is shown
    form, base = fill(Ask, initial={"on": visit.today}), f"/b/{visit.body.slug}/records/requests/{subject_id}"
    if form.valid:
        with form.refusals(), visit.unit("ask somebody who wants their records") as unit:
            clock.ask(unit, subject_id, form["kind"], form["asked"], form["on"], form.token)
            return redirect(f"{base}?done=asked", 303)
    return render("threefold/one_form.html", title="Record what the person was asked first", form=form, back=base, send="Record it", about=[
        f"Write to them yourself; this puts it on record. Source: {source_on(request.received_on)}."])  # fmt: skip


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/questions/<int:question>", methods=["GET", "POST"])
@page(needs=ANSWER)
def subject_question(visit: Visit, subject_id: UUID, question: int) -> ResponseReturnValue:
    class Came(Form):
        what = choice(
            "What became of it?",
            {"came": "It came", "back": "It counts for nothing"},
            missing="Select what became of it",
            hints={"back": "It was written down wrongly, or is not needed. It stays to be read here."},
        )
        on = day("On which day did it come?", required=False, hint="Only if it came. For example, 31 3 2027")

    with visit.unit("see what somebody who wants their records was asked") as unit:
        _, one = clock.see_question(unit, subject_id, question)
    form = fill(Came, initial={"what": "came" if one.came_on else "", "on": one.came_on}, seen_no=clock.shown_as(one.came_on))
    base = f"/b/{visit.body.slug}/records/requests/{subject_id}"
    if form.valid:
        with form.refusals(), visit.unit("note what came of asking somebody who wants their records") as unit:
            if form["what"] == "came":
                clock.it_came(unit, subject_id, question, form["on"], seen_no=form.seen_no)
            else:
                clock.take_back(unit, subject_id, question, seen_no=form.seen_no)
            return redirect(f"{base}?done={form['what']}", 303)
    if form.meanwhile:
        with visit.unit("see what somebody who wants their records was asked") as unit:
            _, one = clock.see_question(unit, subject_id, question)
    form.shows(clock.shown_as(one.came_on))
    return render("threefold/one_form.html", title=f"Asked: {KINDS[one.kind].lower()}", form=form, back=base, send="Save", about=[
        f"Asked on {in_words(one.asked_on)}: {one.asked}", *([f"It is on record that it came on {in_words(one.came_on)}."] if one.came_on else [])])  # fmt: skip


@blueprint.route("/b/<slug>/records/requests/<uuid:subject_id>/extend", methods=["GET", "POST"])
@page(needs=ANSWER)
def extend_request(visit: Visit, subject_id: UUID) -> ResponseReturnValue:
    class Extend(Form):
        why = long_text(
            "Reason",
            missing="Enter the reason",
            longest=2000,
            hint="For example, that it is complex, or that there are many requests.",
        )
        on = day("On which day was the person told, with the reason?", missing="Enter the day")

    with visit.unit("extend the time of a request") as unit:
        request = asking.request_of(unit, subject_id)  # there is one, before anything is shown
    form, base = fill(Extend, initial={"on": visit.today}), f"/b/{visit.body.slug}/records/requests/{subject_id}"
    if form.valid:
        with form.refusals(), visit.unit("extend the time of a request") as unit:
            clock.extend(unit, subject_id, form["why"], form["on"])
            return redirect(f"{base}?done=extended", 303)
    first = request.period.first_ends_on
    by = f"by {in_words(first)}" if first else "within the first month"
    return render("threefold/one_form.html", title="Take two more months", form=form, back=base, send="Extend the time", about=[
        f"Possible once, where the request is complex or there are many. The person is told, with the reasons, {by}. Source: {source_on(request.received_on)}."])  # fmt: skip
