"""The children of an incident: adding one, the pages of each, and taking one off again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.plugin_api.facts import Child, Facts
from threefold.walls.session import Unit
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseState, ChildGone, NotFound, first_time
from threefold.work.incidents.web import blueprint
from threefold.work.incidents.web.acts import RECORD
from threefold.work.incidents.web.cases import DONE, case_address
from threefold.work.incidents.web.questions import (
    CHILD,
    answered,
    form_of,
    initial,
    name_areas,
    progress,
    refuse_future_and_gaps,
    section,
    sections_for,
)
from threefold.work.incidents.web.recording import after_saving, answer_rows, areas_offered, given_by, save
from threefold.work.incidents.web.words import NOT_ASKED, NOT_RECORDED, PARTS, child_name
from threefold.work.people.web import Form, Visit, fill, page, render, services

Json = dict[str, Any]


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/children", methods=["GET", "POST"])
@page(needs=RECORD)
def children(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    form, base = fill(Form), f"{case_address(visit, case_id)}/record"
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "add_child", case_id) is not None:
                return redirect(base, 303)
            return redirect(f"{base}/children/{stories.add_child(unit, services().governance, case_id)}", 303)
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
    found = [(child_name(c.key), f"{base}/children/{c.key}") for c in state.facts.incident.children]
    return render("incidents/children.html", title="Children in this incident", form=form, back=base, found=found)


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/record/children/<key>")
@page(needs=RECORD)
def child(visit: Visit, case_id: UUID, key: str) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        one = child_of(unit, stories.see_case(unit, case_id), key)
    base = f"{case_address(visit, case_id)}/record"
    tasks = [(s.title, f"{base}/children/{key}/{s.key}", progress(s, one)) for s in sections_for(one)]
    return render("incidents/child.html", title=child_name(key), back=base, base=base, key=key, tasks=tasks, done=DONE)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/children/<key>/<part>", methods=["GET", "POST"])
@page(needs=RECORD)
def child_page(visit: Visit, case_id: UUID, key: str, part: str) -> ResponseReturnValue:
    wanted = section(CHILD, part)
    if wanted is None:
        raise NotFound
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        one = child_of(unit, state, key)
    areas = areas_offered(visit)
    asked = form_of(wanted, child=True, areas=areas, families=families(state.facts))
    form = fill(asked, initial=initial(wanted, one, areas), seen_no=state.no)
    if form.valid:
        refuse_future_and_gaps(wanted, form, visit.today)
    if form.valid:
        fields = {f"incident.children[{key}].{name}": name for name in wanted.facts if name.endswith("_on")}
        with form.refusals(fields), visit.unit("record an incident") as unit:

            def edit(old: Json) -> Json:
                by = given_by(visit)
                changed = [
                    answered(wanted, c, form, by, visit.today) if c["key"] == key else c for c in old.get("children", [])
                ]
                return {**old, "children": changed}

            save(unit, case_id, form, edit)
            back = after_saving(visit, case_id)
            return redirect(back if back.endswith("/check") else f"{back}/children/{key}", 303)
    name_areas(form, areas)
    back = f"{case_address(visit, case_id)}/record/children/{key}"
    return render("incidents/questions.html", title=f"{child_name(key)}: {wanted.title[:1].lower()}{wanted.title[1:]}", form=form, back=back,
                  said=wanted.said, names=list(form.schema.fields))  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/record/children/<key>/remove", methods=["GET", "POST"])
@page(needs=RECORD)
def remove_child(visit: Visit, case_id: UUID, key: str) -> ResponseReturnValue:
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
    form, base = fill(Form, seen_no=state.no), f"{case_address(visit, case_id)}/record"
    if form.valid:
        with form.refusals(), visit.unit("record an incident") as unit:
            if first_time(unit, form.token, "remove_child", case_id) is None:
                seen = form.saw("seen_people")
                stories.remove_child(
                    unit, services().governance, case_id, key, seen_no=form.seen_no, seen_people=int(seen) if seen.isdecimal() else None
                )  # fmt: skip
            return redirect(base, 303)
    with visit.unit("record an incident") as unit:
        state = stories.see_case(unit, case_id)
        one, beside = child_of(unit, state, key), stories.of_child(unit, case_id, key)
    form.shows(state.no)
    areas = areas_offered(visit)
    told = [row for s in sections_for(one) for row in answer_rows(s, state.facts, key, "", areas)]
    return render("incidents/remove_child.html", title=f"Take {child_name(key)} off this incident", form=form, back=f"{base}/children/{key}",
                  beside=beside, parts=PARTS, seen_people=len(beside) if form.meanwhile else form.saw("seen_people") or len(beside),
                  told=[row for row in told if row["value"] not in (NOT_RECORDED, NOT_ASKED)])  # fmt: skip


def child_of(unit: Unit, state: CaseState, key: str) -> Child:
    """The child of that key. Raises `ChildGone` where it was taken off the incident, `NotFound` where there never was one."""
    found = next((c for c in state.facts.incident.children if c.key == key), None)
    if found is None:
        raise ChildGone(child_name(key)) if key in stories.keys_of_children(unit, state.id) else NotFound
    return found


def families(facts: Facts) -> list[str]:
    """The families in use, and one more."""
    used = sorted({c.family for c in facts.incident.children if c.family})
    number = 1
    while f"family-{number}" in used:
        number += 1
    return [*used, f"family-{number}"]
