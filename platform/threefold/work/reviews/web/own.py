"""The pages of whoever answers for an agency in their own account: what they were asked, and the answer to each.

An address here names the case as well as the request, so that a half-written answer goes when the case's records do. It opens
nothing of the case.
"""

from __future__ import annotations

from uuid import UUID

from flask import g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.walls.sealed import ContentDestroyed
from threefold.walls.session import Unit
from threefold.work.people.awaiting import Awaiting, awaits
from threefold.work.people.web import Form, Visit, add_navigation, email, fill, page, render
from threefold.work.people.web.typed import typed_in
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import ANSWER
from threefold.work.reviews.web.answering import CHOICES, FORMS, ROLE, Choose

WHERE = ("partnership", "child_death_panel")
add_navigation("Questions to your agency", "reviews.own_questions", needs=ANSWER, kinds=WHERE, order=10)
DONE = {
    "answered": "Your answer was received. You can change it until the last day.",
    "passed_on": "It was passed to your colleague. You do not see it any more.",
}


class PassedOn(Form):
    colleague = email("Your colleague’s email address", missing="Enter your colleague’s email address",
                      hint="They get a link by email, which opens with a code that the partnership tells them by phone. You see the question no more.")  # fmt: skip
    by = ROLE


OWN_FORMS: dict[str, type[Form]] = {**FORMS, "passed_on": PassedOn}


@awaits
def questions(unit: Unit) -> list[Awaiting]:
    """What somebody's agency is asked and has not answered. One statement, for those who answer for one."""
    if not unit.actor.roles & stories.ANSWERING:
        return []
    waiting = [one for one in stories.own_requests(unit) if stories.still_waits(one, unit.today)]
    return [
        Awaiting(f"Answer for {one.agency}: asked on {one.asked_at:%-d %B %Y}", f"asked/{one.case_id}/{one.id}", one.last_day)
        for one in waiting
    ]


@blueprint.get("/b/<slug>/asked")
@page(needs=ANSWER)
def own_questions(visit: Visit) -> ResponseReturnValue:
    with visit.unit("see what my agency is asked") as unit:
        asked = stories.own_requests(unit)
    return render(
        "answer/own_list.html",
        title="Questions to your agency",
        asked=asked,
        done=DONE,
        today=visit.today,
        waits=stories.still_waits,
    )


@blueprint.route("/b/<slug>/asked/<uuid:about>/<uuid:question_id>", methods=["GET", "POST"])
@page(needs=ANSWER)
def own_question(visit: Visit, about: UUID, question_id: UUID) -> ResponseReturnValue:
    """First what kind of answer, in the address; then its one question, which is sent. `about`: the case, which it does not open."""
    try:
        return _own_question(visit, about, question_id)
    except (stories.LinkEnded, ContentDestroyed) as ended:
        said = ended.sentence if isinstance(ended, stories.LinkEnded) else "What was asked here is not kept any more."
        typed = typed_in(g.get("held") or request.form)  # sent now, or kept while their sign-in had ended
        return render(
            "answer/ended.html",
            title="This question has ended",
            status=410,
            ended=said,
            typed=typed,
            back=f"/b/{visit.body.slug}/asked",
        )


def _own_question(visit: Visit, about: UUID, question_id: UUID) -> Response:
    chosen = request.args.getlist("answer")[-1:]  # an empty one stands before the choice, so that choosing nothing is seen
    kind, base = chosen[0] if chosen else "", f"/b/{visit.body.slug}/asked"
    form = fill(OWN_FORMS.get(kind, Choose))
    if form.valid and kind in OWN_FORMS:
        given = {name: value for name, value in form.answers.items() if value}
        with form.refusals(), visit.unit("answer for an agency") as unit:
            stories.answer_own(unit, about, question_id, stories.Given(kind, **given), form.token)
            return make_response(redirect(f"{base}?done={'passed_on' if kind == 'passed_on' else 'answered'}", 303))
    with visit.unit("read what my agency is asked") as unit:
        asked = stories.own_request(unit, about, question_id)
    own = f"{base}/{about}/{question_id}"
    if kind == "answered" and not form.sent and not g.get("held"):  # what they told is theirs to go on from
        form = fill(OWN_FORMS[kind], initial={"text": asked.told})
    if kind in OWN_FORMS:
        return render("answer/give.html", title=CHOICES[kind], form=form, asked=asked, back=own)
    if chosen:
        form.errors["answer"] = "Select your answer"
    return render(
        "answer/own.html",
        title=f"{visit.body.name} asks {asked.agency}",
        form=form,
        asked=asked,
        name=visit.body.name,
        choices=CHOICES,
        back=base,
    )
