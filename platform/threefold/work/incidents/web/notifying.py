"""Notifying: by letter from here, or recording that the official form was sent, with the answers laid out to copy across."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.work.arrangements.stories import Called
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.web import against, blueprint, words
from threefold.work.incidents.web.acts import NOTIFY
from threefold.work.incidents.web.cases import case_address, events_shown
from threefold.work.incidents.web.questions import INCIDENT, sections_for
from threefold.work.incidents.web.recording import answer_rows, areas_offered
from threefold.work.incidents.web.under import followed
from threefold.work.incidents.web.words import plainly
from threefold.work.people.web import Filled, Form, Visit, choice, fill, moment, page, render, services, text


class Way(Form):
    way = choice(
        "How is the incident notified?",
        {"letter": "By letter from this service", "form": "By the official form on GOV.UK"},
        hints={"letter": "It goes to the national body at once, with no name in it.",
               "form": "You send the form yourself, then record here when and under which reference."},
        missing="Select how the incident is notified",
    )  # fmt: skip


NOTIFIED = "The incident was notified meanwhile. It is not notified twice: the first sending counts."


class OfficialForm(Form):
    sent_at = moment("When was the form sent?", missing="Enter the day and time the form was sent")
    sent_by = text("Who sent it?", missing="Enter who sent the form", hint="A role, such as duty manager.")
    reference = text("Reference of the form", missing="Enter the reference that the form was given")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/notify", methods=["GET", "POST"])
@page(needs=NOTIFY, leaves_closed=True)
def notify(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    (state, spoken, versions), base = _read(visit, case_id), case_address(visit, case_id)
    form = fill(Way)
    if state.facts.review.notified and not form.valid:
        form.not_asked(NOTIFIED)
    if form.valid:
        return redirect(f"{base}/notify/{form['way']}", 303)
    told = [line for line in state.verdict["duties"] if line["key"] == "notify-panel"]
    duty = [{**line, "sentence": plainly(line["sentence"])} for line in told]
    return render(
        "incidents/notify.html", title="Notify the national body", form=form, back=base, base=base, state=state, duty=duty,
        here=national_body_if_here(visit) is not None, spoken=spoken, words=words, versions=versions,
    )  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/notify/letter", methods=["GET", "POST"])
@page(needs=NOTIFY)
def by_letter(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    (state, spoken, _), base, form = _read(visit, case_id), case_address(visit, case_id), fill(Form)
    if form.valid:
        with form.refusals():
            national = national_body(visit)
            with visit.unit("notify the national body") as unit:
                stories.notify(unit, services().governance, case_id, national, form.token)
                return redirect(f"{base}?done=notified", 303)
    return render("incidents/letter.html", title="Send the notification", form=form, back=f"{base}/notify", base=base, state=state,
                  nature=words.NATURES[stories.nature(state.facts)], areas=areas_offered(visit), spoken=spoken, words=words)  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/notify/form", methods=["GET", "POST"])
@page(needs=NOTIFY)
def by_form(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    (state, spoken, _), base, form = _read(visit, case_id), case_address(visit, case_id), fill(OfficialForm)
    if form.valid:
        with form.refusals({"review.events.notification_sent": "sent_at", "notification_sent": "sent_at"}):
            _record_form(visit, case_id, form)
            return redirect(f"{base}?done=recorded", 303)
    if state.facts.review.notified:  # asked last: a second click on what it just recorded is answered as the first
        form.not_asked(NOTIFIED)
    return render("incidents/official_form.html", title="Record that the official form was sent", form=form, back=f"{base}/notify", base=base,
                  state=state, spoken=spoken, words=words)  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/notify/answers")
@page(needs=NOTIFY)
def answers(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    """Everything on record, laid out to copy into the official form. It is read with the names, and noted as such."""
    with visit.unit("copy answers into the official form") as unit:
        state = stories.see_case(unit, case_id)
        people = stories.people(unit, case_id)
    areas, facts = areas_offered(visit), state.facts
    sections = [(s.title, answer_rows(s, facts, "", "", areas)) for s in INCIDENT]
    children = [
        (words.child_name(c.key), [row for s in sections_for(c) for row in answer_rows(s, facts, c.key, "", areas)])
        for c in facts.incident.children
    ]
    return render("incidents/answers.html", title="Answers to copy across", back=f"{case_address(visit, case_id)}/notify/form", sections=sections,
                  children=children, people=people, parts=words.PARTS, child_name=words.child_name, events=events_shown(state), state=state)  # fmt: skip


def national_body(visit: Visit) -> UUID:
    """The national body that this body answers to. Raises `ThreefoldError` where it is not on this platform."""
    found = None
    if visit.body.national_body:
        with visit.walls.directory() as directory:
            found = directory.body_by_slug(visit.body.national_body)
    if found is None or not found.on_platform:
        raise ThreefoldError(
            "The national body is not on this platform. Send the official form, and record here when it was sent and under which reference.",
            field="national_body",
        )
    return found.id


def national_body_if_here(visit: Visit) -> UUID | None:
    """The national body, or None where it is not on this platform: what is sent to it is then recorded by hand."""
    try:
        return national_body(visit)
    except ThreefoldError:
        return None


def _read(visit: Visit, case_id: UUID) -> tuple[CaseState, against.Spoken, dict[str, Called]]:
    with visit.unit("notify the national body") as unit:
        state = stories.see_case(unit, case_id)
        return state, against.before(unit, state, "notify"), followed(unit, state)


def _record_form(visit: Visit, case_id: UUID, form: Filled) -> None:
    national = national_body_if_here(visit)
    with visit.unit("notify the national body") as unit:
        stories.notify(unit, services().governance, case_id, national, form.token, sent_at=form["sent_at"], sent_by=form["sent_by"],
                       reference=form["reference"])  # fmt: skip
