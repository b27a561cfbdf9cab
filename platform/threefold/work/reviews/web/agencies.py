"""Asking agencies for what they know, and closing a link."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import NotFound
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.access import AGENCY, ROLES
from threefold.work.people.web import Form, Visit, choice, email, fill, long_text, page, render, services, text
from threefold.work.reviews import stories
from threefold.work.reviews.requests import LINK_DAYS
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import ASK
from threefold.work.reviews.web.review import to_ask

ROUTES = {
    "phone": "I tell them a code by phone, on a number known for the agency",
    "link": "By the link only: no other route is known",
}


AGENCY_NAME = text(
    "Which agency do you ask?",
    missing="Enter which agency you ask",
    hint="Its name, such as the school or the health visiting service.",
)
QUESTION = long_text(
    "What do you ask?", missing="Enter what you ask", longest=5000,
    hint="It is shown to whoever opens the link. Say what they need in order to check their records, and no more.",
)  # fmt: skip
OF_PERSON = long_text(
    "What do you ask?", missing="Enter what you ask", longest=5000,
    hint="Only they see it. Say what they need in order to check their records, and no more.",
)  # fmt: skip


class Ask(Form):
    agency = AGENCY_NAME
    email = email(
        "Their email address",
        missing="Enter their email address",
        hint="The link goes there. The email itself holds no details.",
    )
    question = QUESTION
    route = choice(
        "What else opens the link?", ROUTES, missing="Select what else opens the link",
        hints={"phone": "The code is shown to you once, after this page, and works for a few minutes. Whoever reads the mailbox alone learns nothing. Calls can be diverted: ring a number you had before, and be sure whom you speak to.",
               "link": "Whoever reads the mailbox can open the question."},
    )  # fmt: skip
    why = text("Why by the link only?", required=False, hint="Only if no other route is known. It is noted with the request.")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/agencies/ask", methods=["GET", "POST"])
@page(needs=ASK)
def ask(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    base = f"{case_address(visit, case_id)}/review"
    form = fill(Ask, initial={"agency": request.args.get("agency", "")[:200]})
    form.only_with("why", "route", "link", "where a code opens it")
    if form.valid:
        with form.refusals(), visit.unit("ask an agency") as unit:
            asked = stories.ask_agency(
                unit,
                case_id,
                form["agency"],
                form["email"],
                form["question"],
                form.token,
                route=form["route"],
                why=form["why"] or "",
                lasts=_lasts(),
            )
            return _told_once(asked, base) if asked.code else redirect(f"{base}?done=asked", 303)
    with visit.unit("ask an agency") as unit:
        state = incidents.see_case(unit, case_id)
        waiting = to_ask(state, stories.requests(unit, case_id))
    return render("reviews/ask.html", title="Ask an agency", form=form, back=base, waiting=waiting, days=LINK_DAYS)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/agencies/ask-person", methods=["GET", "POST"])
@page(needs=ASK)
def ask_person(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    """Asking somebody who answers for an agency in an account of their own."""
    base = f"{case_address(visit, case_id)}/review"
    with visit.unit("ask somebody of an agency") as unit:
        incidents.see_case(unit, case_id)
        people = {str(c.person_id): f"{c.display_name} ({c.email})" for c in stories.people_to_ask(unit)}
    form = fill(_ask_person(people), initial={"agency": request.args.get("agency", "")[:200]})
    if form.valid:
        with form.refusals(), visit.unit("ask somebody of an agency") as unit:
            stories.ask_person(unit, case_id, form["agency"], UUID(form["person"]), form["question"], form.token)
            return redirect(f"{base}?done=asked_person", 303)
    return render(
        "reviews/ask_person.html", title="Ask somebody who has an account", form=form, back=f"{base}/agencies/ask", people=people, days=LINK_DAYS,
        role=ROLES[AGENCY], by_link=f"{base}/agencies/ask",
    )  # fmt: skip


def _ask_person(people: dict[str, str]) -> type[Form]:
    fields = {
        "person": choice("Whom do you ask?", people, missing="Select whom you ask"),
        "agency": AGENCY_NAME,
        "question": OF_PERSON,
    }
    return cast(type[Form], type("AskPerson", (Form,), fields))


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/agencies/<uuid:request_id>/code", methods=["GET", "POST"])
@page(needs=ASK, leaves_closed=True)
def new_code(visit: Visit, case_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """Another code, when the one before was used, has run out, was tried too often or forgotten. It is shown once."""
    base, form = f"{case_address(visit, case_id)}/review", fill(Form)
    if form.valid:
        with form.refusals(), visit.unit("make a code for an agency's link") as unit:
            return _told_once(stories.new_code(unit, case_id, request_id, lasts=_lasts()), base)
    with visit.unit("make a code for an agency's link") as unit:
        incidents.see_case(unit, case_id)
        found = next((a for a in stories.requests(unit, case_id) if a.id == request_id), None)
    if found is None:
        raise NotFound
    return render("reviews/code.html", title=f"Make a new code for {found.agency}", form=form, back=base, one=found)


def _lasts() -> timedelta:
    return timedelta(minutes=services().settings.link_code_minutes)


def _told_once(asked: stories.Asked, base: str) -> ResponseReturnValue:
    return render("reviews/code.html", title=f"Tell {asked.agency} this code by phone", one=asked, next=base)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/agencies/<uuid:request_id>/revoke", methods=["GET", "POST"])
@page(needs=ASK, leaves_closed=True)
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
    return render(
        "reviews/revoke.html",
        title=f"Close the {'question to' if found.route == 'account' else 'link of'} {found.agency}",
        form=form,
        back=base,
        one=found,
    )
