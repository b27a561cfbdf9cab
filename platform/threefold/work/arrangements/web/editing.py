"""Changing a draft line by line: a line's form, one more line, a line removed or moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.governance import drafts
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shown import (
    DONE,
    PREPARE,
    Row,
    address,
    apart,
    body_of,
    brings,
    one_of,
    origin_words,
    place_in,
    rows_of,
    rule_at,
    schema_of,
    titled,
    up_from,
)
from threefold.work.people.web import (
    Form,
    Visit,
    fill,
    page,
    render,
)


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/line/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def line(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One line of the draft: its questions, and the lists and larger parts within it. For a list: its lines."""
    place, base = place_in(at), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        first = drafting.content_at(unit, draft_id, 1)
    content = found.content
    rule, (schema, is_list) = rule_at(content, place), schema_of(content, place)
    if is_list:
        entries = _entries(content, place)
        return render("arrangements/list.html", title=titled(content, place), back=up_from(base, place), base=base, at=at,
                      rows=rows_of(content, first, place, entries), done=DONE, one=one_of(place, content))  # fmt: skip
    node = dict(drafts.node_at(content, place))
    form = fill(
        Form.from_dict(lines.form_of(schema, content)), initial=lines.initial_of(schema, node, content), seen_no=found.no
    )
    if form.valid:
        values = lines.values_of(schema, form.answers, content, node)
        wrong = lines.wrong_in(schema, {**node, **values}, form.schema.fields)
        form.errors |= {name: told for name, told in wrong.items() if name}
        form.general += [told for name, told in wrong.items() if not name]
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            labels = {n: f.metadata.get("label", n) for n, f in lines.named(schema).items()}
            drafting.save_line(
                unit, draft_id, place, values, form.seen_no or found.no, titled(content, place), keep=form.keep, labels=labels
            )
            return redirect(f"{base}/line/{at}?done=saved", 303)
    parts = [(part, _part_rows(content, first, place, node, part)) for part in lines.parts_of(schema)]
    return render(
        "arrangements/line.html", title=titled(content, place), form=form, back=up_from(base, place), base=base, at=at, parts=parts, done=DONE,
        origin=origin_words(content, first, place), card=rule.card if rule and len(place) == 2 else None, in_list=len(place) > 1,
        **apart(form, schema, whole_rule=len(place) == 2),
        brings=brings(content, place[1]) if rule and len(place) == 2 else (), conditions=_conditions(node), one_of=lambda name: one_of((*place, name), content),
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/add/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def add(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One more line of a list, or a larger part that is not there yet."""
    place, base = place_in(at), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    content = found.content
    schema, is_list = schema_of(content, place)
    proposed = _proposed(visit, place, content)
    form = fill(Form.from_dict(lines.form_of(schema, content)), initial=lines.initial_of(schema, proposed, content))
    if form.valid:
        values = lines.values_of(schema, form.answers, content, {})
        node = {**({"key": proposed.get("key", "")} if "key" in lines.named(schema) else {}), **values}
        wrong = lines.wrong_in(schema, {**node, **({"key": "new"} if "key" in node else {})}, form.schema.fields)
        form.errors |= {name: told for name, told in wrong.items() if name}
        form.general += [told for name, told in wrong.items() if not name]
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            where: list[Place] = [place]

            def edit(now: Content) -> Content:
                if not is_list:
                    return drafts.put(now, place, node)
                made, where[0] = drafts.add(now, place, node)
                return made

            drafting.change_draft(unit, draft_id, f"added: {lines.heading_of(node, 0)}", edit)
            return redirect(f"{base}/line/{'/'.join(where[0])}?done=added", 303)
    return render("arrangements/add.html", title=f"Add {one_of(place, content)}", form=form, back=f"{base}/line/{at}" if is_list else up_from(base, place),
                  **apart(form, schema, whole_rule=False))  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/remove/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def remove(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base, form = place_in(at), address(visit, draft_id), fill(Form)
    with visit.unit("prepare a change of the arrangement") as unit:
        content = drafting.see_draft(unit, draft_id).content
    heading = titled(content, place)
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            drafting.change_draft(unit, draft_id, f"removed: {heading}", lambda now: drafts.remove(now, place))
            return redirect(f"{up_from(base, place)}?done=removed", 303)
    return render("arrangements/remove.html", title=f"Remove “{heading}”", form=form, back=up_from(base, place))


@blueprint.post("/b/<slug>/arrangement/drafts/<uuid:draft_id>/move/<path:at>")
@page(needs=PREPARE)
def move(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base = place_in(at), address(visit, draft_id)
    by = -1 if request.form.get("way") == "up" else 1
    with visit.unit("prepare a change of the arrangement") as unit:
        drafting.change_draft(unit, draft_id, f"moved: {place[-1]}", lambda now: drafts.move(now, place, by))
    return redirect(f"{up_from(base, place)}?done=moved", 303)


def _proposed(visit: Visit, place: Place, content: Content) -> dict[str, Any]:
    """What a link to the page that adds a line has filled in: a seat's role and organisation, or a partner put back as it was."""
    if place == ("seats",):
        return {name: request.args[name] for name in ("role", "organisation") if name in request.args}
    body = body_of(visit)
    back = request.args.get("back")
    there = {o["key"] for o in content["organisations"]}
    if place == ("organisations",) and body and back not in there:
        return next((asdict(o) for o in body.organisations if o.key == back), {})
    return {}


def _entries(content: Content, place: Place) -> list[Any]:
    try:
        return list(drafts.node_at(content, place))
    except NoSuchPlace:
        drafts.node_at(content, place[:-1])  # the list is empty; what holds it must be there
        return []


def _part_rows(content: Content, first: Content, place: Place, node: Mapping[str, Any], part: lines.Part) -> list[Row]:
    value = node.get(part.name)
    if part.kind == "list":
        return rows_of(content, first, (*place, part.name), list(value or ()))
    return [Row(part.name, part.label)] if value else []


def _conditions(node: Mapping[str, Any]) -> dict[str, str]:
    from threefold.plugin_api.conditions import ConditionError, read_condition

    found = {}
    for name, value in node.items():
        if (
            isinstance(value, Mapping)
            and len(value) == 1
            and set(value) <= {"all", "any", "not", "any_child", "is", "at_least"}
        ):
            try:
                found[name] = read_condition(value).sentence
            except ConditionError as error:
                found[name] = error.sentence
    return found
