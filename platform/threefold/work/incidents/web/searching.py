"""Searching for a person over the body's cases. What is typed goes by POST, so that it stands in no address and no log."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from threefold.domain.nhs_number import LENGTH, adds_up, digits_of
from threefold.work.incidents import stories
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import SEARCH
from threefold.work.incidents.web.words import PARTS
from threefold.work.people.own_cases import has_every_case
from threefold.work.people.web import Filled, Form, Visit, day, fill, page, render, text

NUMBER_HINT = "10 numbers, such as 999 000 0018."
WAYS = {
    "number": "Same NHS number",
    "name_and_birth": "Same name and date of birth",
    "name": "Same name",
    "sound_and_birth": "Name sounds alike, same date of birth",
    "sound": "Name sounds alike",
    "birth": "Same date of birth",
}


class Search(Form):
    name = text("Name", required=False, hint="One name or several. Names that sound alike are found too.")
    born_on = day("Date of birth", required=False)
    nhs_number = text("NHS number", required=False, hint=NUMBER_HINT)


@blueprint.route("/b/<slug>/search", methods=["GET", "POST"])
@page(needs=SEARCH)
def search(visit: Visit) -> ResponseReturnValue:
    form, found, more = fill(Search), None, False
    refuse_number(form)
    if form.valid:
        sought = stories.Sought(form["name"] or "", form["born_on"], form["nhs_number"] or "")
        with form.refusals(), visit.unit("search for a person") as unit:
            found, more = stories.find_people(unit, sought, visit.sign_in)
    return render(
        "incidents/search.html", title="Search for a person", form=form, found=found, more=more, ways=WAYS, parts=PARTS,
        doubted=form.valid and doubtful(form["nhs_number"] or ""), own_only=not has_every_case(visit.actor), back=f"/b/{visit.body.slug}/cases",
    )  # fmt: skip


def refuse_number(form: Filled) -> None:
    """An NHS number is ten digits. One that does not pass its own check is taken, and the page says so: records hold such numbers."""
    if form.valid and form["nhs_number"] and len(digits_of(form["nhs_number"])) != LENGTH:
        form.errors["nhs_number"] = "NHS number must be 10 numbers, such as 999 000 0018"


def doubtful(number: str) -> bool:
    """Whether a number was given and cannot be right."""
    return bool(number) and not adds_up(digits_of(number))
