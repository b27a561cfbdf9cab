"""The people of a case: who the children are, and who is around them. Names stand only here, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.work.incidents import stories
from threefold.work.incidents.records import first_time
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import RECORD
from threefold.work.incidents.web.cases import case_address
from threefold.work.incidents.web.words import PARTS, child_name
from threefold.work.people.web import Form, Visit, choice, day, fill, long_text, page, render, text


class Person(Form):
    part = choice("Who is this?", PARTS, missing="Select who this is")
    child_key = choice("Which child", {"": "No child in particular"}, required=False)
    name = text("Name", missing="Enter the name, or “not known”", hint="Enter “not known” if nobody knows it yet.")
    aliases = text("Other names", required=False, hint="Also known as, or names used before.")
    born_on = day("Date of birth", required=False)
    addresses = long_text("Addresses", required=False, rows=4, longest=2000, hint="One on a line, earlier addresses included.")


def person_form(keys: Mapping[str, str]) -> type[Form]:
    """The form with the children of this case to choose from."""

    class PersonHere(Person):
        child_key = choice(
            "Which child is this, or is this person near to?", {"": "No child in particular", **keys}, required=False
        )

    return PersonHere


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/people", methods=["GET", "POST"])
@page(needs=RECORD)
def people(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        known = stories.people(unit, case_id)
    keys = {c.key: child_name(c.key) for c in state.facts.incident.children}
    form, base = fill(person_form(keys)), case_address(visit, case_id)
    if form.valid and form["born_on"] and form["born_on"] > visit.today:
        form.errors["born_on"] = "Date of birth must be today or in the past"
    if form.valid and form["part"] == "child" and keys and not form["child_key"]:
        form.errors["child_key"] = "Select which child this is"
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "add_person") is None:
                born = form["born_on"].isoformat() if form["born_on"] else None
                addresses = [line.strip() for line in (form["addresses"] or "").splitlines() if line.strip()]
                details = {"name": form["name"], "aliases": form["aliases"] or "", "born_on": born, "addresses": addresses}
                stories.add_person(unit, case_id, form["part"], details, form["child_key"] or "")
            return redirect(f"{base}/record/people?done=added", 303)
    return render("incidents/people.html", title="People around the child", form=form, back=f"{base}/record", people=known, parts=PARTS,
                  child_name=child_name, base=base, many=len(keys) > 0)  # fmt: skip
