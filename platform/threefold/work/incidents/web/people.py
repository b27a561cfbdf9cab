"""The people of a case: who the children are, and who is around them. Names stand only here, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.domain.nhs_number import digits_of
from threefold.walls.audit import DETAIL
from threefold.walls.session import Unit
from threefold.work.incidents import stories
from threefold.work.incidents.records import Clash, NotFound, first_time, load
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import RECORD
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.searching import NUMBER_HINT, doubtful, refuse_number
from threefold.work.incidents.web.words import PARTS, child_name
from threefold.work.people.web import Filled, Form, Visit, choice, day, fill, long_text, page, render, text
from threefold.work.people.web.render import day as day_in_words


class Person(Form):
    part = choice("Who is this?", PARTS, missing="Select who this is")
    child_key = choice("Which child", {"": "No child in particular"}, required=False)
    name = text("Name", missing="Enter the name, or “not known”", hint="Enter “not known” if nobody knows it yet.")
    aliases = text("Other names", required=False, hint="Also known as, or names used before.")
    born_on = day("Date of birth", required=False)
    nhs_number = text("NHS number", required=False, hint=NUMBER_HINT)
    addresses = long_text("Addresses", required=False, rows=4, longest=2000, hint="One on a line, earlier addresses included.")


def person_form(keys: Mapping[str, str]) -> type[Form]:
    """The form with the children of this case to choose from."""

    class PersonHere(Person):
        child_key = choice(
            "Which child is this, or is this person near to?", {"": "No child in particular", **keys}, required=False
        )

    return PersonHere


class Removed(Form):
    reason = long_text("Why is this person taken off the case?", missing="Enter why this person is taken off the case", rows=3)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/people", methods=["GET", "POST"])
@page(needs=RECORD)
def people(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        known, gone, names = (
            stories.people(unit, case_id),
            stories.taken_off(unit, case_id),
            {str(who): name for who, name in staff_names(unit).items()},
        )
    keys = {c.key: child_name(c.key) for c in state.facts.incident.children}
    form, base = fill(person_form(keys)), case_address(visit, case_id)
    _refuse_gaps(form, visit, keys)
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "add_person", case_id) is None:
                stories.add_person(unit, case_id, form["part"], _details(form), form["child_key"] or "")
            return redirect(f"{base}/record/people?done=added", 303)
    return render("incidents/people.html", title="People around the child", form=form, back=f"{base}/record", people=known, parts=PARTS,
                  child_name=child_name, base=base, many=len(keys) > 0, button="Add this person", doubtful=doubtful, gone=gone, names=names)  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/people/<uuid:person_id>", methods=["GET", "POST"])
@page(needs=RECORD)
def correct_person(visit: Visit, case_id: UUID, person_id: UUID) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        person = _one(unit, case_id, person_id)
    keys, base = {c.key: child_name(c.key) for c in state.facts.incident.children}, case_address(visit, case_id)
    if person.child_key and person.child_key not in keys:
        keys[person.child_key] = f"{child_name(person.child_key)} (taken off this incident)"
    form = fill(person_form(keys), initial=_initial(person), seen_no=person.no)
    _refuse_gaps(form, visit, keys)
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "correct_person", case_id) is None:
                stories.correct_person(
                    unit, case_id, person_id, form["part"], _details(form), form["child_key"] or "", seen_no=form.seen_no, keep=form.keep
                )  # fmt: skip
            return redirect(f"{base}/record/people?done=corrected", 303)
    if form.clashes:
        with visit.unit("record an incident") as unit:
            person = _one(unit, case_id, person_id)
        form.clashes = tuple(_in_words(clash, form) for clash in form.clashes)
        then = person if form.seen_no is None else person.before(form.seen_no)
        form.catch_up(
            _initial(then), _initial(person), ("child_key",) if any(c.path == stories.WHO for c in form.clashes) else ()
        )
    return render("incidents/person.html", title="Correct what is known of a person", form=form, back=f"{base}/record/people",
                  many=len(keys) > 0, button="Save", before=_before(person), parts=PARTS, child_name=child_name, doubtful=doubtful)  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/people/<uuid:person_id>/remove", methods=["GET", "POST"])
@page(needs=RECORD)
def remove_person(visit: Visit, case_id: UUID, person_id: UUID) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        person = _one(unit, case_id, person_id)
        unit.audit("case read", f"case:{case_id}", kind=DETAIL)
    form, base = fill(Removed, seen_no=person.no), f"{case_address(visit, case_id)}/record/people"
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "remove_person", case_id) is None:
                stories.remove_person(unit, case_id, person_id, form["reason"], seen_no=form.seen_no)
            return redirect(f"{base}?done=removed", 303)
    form.shows(person.no)
    return render("incidents/remove_person.html", title="Take a person off this case", form=form, back=base, person=person, parts=PARTS,
                  before=_before(person) if form.meanwhile else [], child_name=child_name, doubtful=doubtful)  # fmt: skip


def _one(unit: Unit, case_id: UUID, person_id: UUID) -> stories.Person:
    load(unit, case_id)
    found = next((person for person in stories.people(unit, case_id) if person.id == person_id), None)
    if found is None:
        raise NotFound
    return found


def _refuse_gaps(form: Filled, visit: Visit, keys: Mapping[str, str]) -> None:
    refuse_number(form)
    if form.valid and form["born_on"] and form["born_on"] > visit.today:
        form.errors["born_on"] = "Date of birth must be today or in the past"
    if form.valid and form["part"] == "child" and keys and not form["child_key"]:
        form.errors["child_key"] = "Select which child this is"


def _details(form: Filled) -> dict[str, Any]:
    born = form["born_on"].isoformat() if form["born_on"] else None
    addresses = [line.strip() for line in (form["addresses"] or "").splitlines() if line.strip()]
    number = digits_of(form["nhs_number"] or "")
    return {
        "name": form["name"],
        "aliases": form["aliases"] or "",
        "born_on": born,
        "nhs_number": number,
        "addresses": addresses,
    }


def _before(person: stories.Person) -> list[tuple[str, stories.Person]]:
    """Until when something else stood of a person, and what it was; the newest first."""
    earlier = person.details.get("earlier", ())
    return [(earlier[no]["until"], person.before(no)) for no in reversed(range(len(earlier)))]


def _in_words(clash: Clash, form: Filled) -> Clash:
    """What two people told of a person, as the page asks and shows it."""

    def said(value: Any) -> str:
        if clash.path == stories.WHO:
            part, child = value
            return f"{PARTS[part]} ({child_name(child)})" if child else PARTS[part]
        if clash.path == "born_on":
            return day_in_words(value)
        return ", ".join(value) if isinstance(value, list) else str(value or "")

    return replace(clash, called=form.field(clash.path).metadata["label"], words=(said(clash.theirs), said(clash.yours)))


def _initial(person: stories.Person) -> dict[str, Any]:
    told = person.details
    return {
        "part": person.part, "child_key": person.child_key, "name": told["name"], "aliases": told.get("aliases", ""),
        "born_on": date.fromisoformat(told["born_on"]) if told.get("born_on") else None,
        "nhs_number": told.get("nhs_number", ""), "addresses": "\n".join(told.get("addresses", ())),
    }  # fmt: skip
