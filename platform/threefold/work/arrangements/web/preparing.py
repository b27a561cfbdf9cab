"""Preparing a change of the arrangement: begin a draft, see it whole, change a line, add, move and remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.coverage import provided_by
from threefold.governance.drafts import Content, NoSuchPlace, Place
from threefold.governance.pack import Arrangement
from threefold.governance.pack_files import AREA_CODE
from threefold.plugin_api import Rule
from threefold.walls.session import Unit
from threefold.work.arrangements import drafting
from threefold.work.arrangements.drafting import PREPARING, Draft, StaleDraft
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.people.access import NotHere, declare
from threefold.work.people.web import (
    Filled,
    Form,
    Visit,
    answers_with,
    choice,
    day,
    fill,
    long_text,
    page,
    render,
    services,
    text,
)

PREPARE = declare("prepare a change of the arrangement", PREPARING).act
answers_with(NoSuchPlace, 404)
answers_with(StaleDraft, 409)

DONE = {
    "begun": "The draft is begun. Nothing changes for any case until it is signed and its day has come.",
    "saved": "Saved. Anything signed of this draft before counts no more.",
    "added": "Added. Set it below.",
    "removed": "Removed from this draft.",
    "moved": "Moved.",
    "given_up": "The draft is put aside. Its record stays.",
}
WAYS = {
    "finish_under_old": "They finish under the version before",
    "move_at_next_stage": "They move to the new version at their next stage",
}
HEADINGS = {"organisations": "Organisations that take part", "seats": "Seats", "rules": "Rules"}


class Start(Form):
    base = choice("What do you start from?", {"in_force": "What is in force", "default": "What the law asks for, and nothing else"},
                  missing="Select what you start from")  # fmt: skip
    title = text(
        "What is this change called?",
        hint="For example: huddle on day 12, from April",
        missing="Enter what this change is called",
    )


class Head(Form):
    title = text("What is this version called?", missing="Enter what this version is called")
    begins = day("When does it begin?", required=False, hint="It begins on this day by itself, once every seat has signed it.")
    until = day(
        "When does it end?", required=False, hint="Only for a temporary variation: then what was in force before governs again."
    )
    open_cases = choice("What happens to cases that are open on that day?", WAYS, missing="Select what happens to open cases")
    corrects = choice("Does it set right a version that was written down wrongly?", {"": "No"}, required=False, as_list=True)
    area_codes = long_text("Which local authority areas does it cover?", required=False, rows=3,
                           hint="Their nine-character codes, one on a line, such as E10000008.")  # fmt: skip
    note = long_text("Note", required=False, hint="It is published with the version.", rows=3)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of a draft in the overview: what it is, what it brings, where it comes from, and whether it was changed."""

    use: str
    title: str
    summary: str
    brings: tuple[str, ...]
    layers: tuple[str, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule of the catalogue, with what a person chooses it by."""

    value: str
    title: str
    summary: str
    source: str
    owner: str
    review_by: date
    used_by: int


@blueprint.route("/b/<slug>/arrangement/drafts/new", methods=["GET", "POST"])
@page(needs=PREPARE)
def start(visit: Visit) -> ResponseReturnValue:
    packs = {f"pack:{name}": pack.title for name, pack in services().library.packs.items()}
    with visit.unit("prepare a change of the arrangement") as unit:
        known = versions(unit)
    offered = {f"version:{v.version}": f"Version: {v.title}" for v in reversed(known)}
    form = fill(_with_items(Start, "base", {**dict(Start().fields["base"].metadata["items"]), **offered, **packs}))
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            content, what = _content(visit, unit, known, form["base"], form["title"])
            draft = drafting.start_draft(unit, content, what)
            return redirect(f"{_base(visit, draft.id)}?done=begun", 303)
    return render("arrangements/start.html", title="Prepare a change", form=form, back=f"/b/{visit.body.slug}/arrangement")


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>")
@page(needs=SEE_ARRANGEMENT)
def draft(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("see a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        first = drafting.content_at(unit, draft_id, 1)
        changes, names = drafting.revisions(unit, draft_id)[:5], _names(unit)
    said = drafts.remarks(services().governance, found.content, visit.today)
    return render(
        "arrangements/draft.html", title=found.title, back=f"/b/{visit.body.slug}/arrangement", draft=found, base=_base(visit, draft_id),
        rules=[rule_line(found.content, use, first) for use in found.content["uses"]], ways=WAYS, changes=changes, names=names,
        stops=sum(1 for r in said if r.stops), remarks=len(said), may=visit.may(PREPARE), done=DONE, arrangement=found.arrangement,
        seat_roles=lines.SEAT_ROLES,
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/about", methods=["GET", "POST"])
@page(needs=PREPARE)
def about(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        known = {"": "No", **{v.version: v.title for v in versions(unit)}}
    content, base = found.content, _base(visit, draft_id)
    start = {
        **content,
        "area_codes": "\n".join(content["area_codes"]),
        "begins": _day(content["begins"]),
        "until": _day(content.get("until")),
    }
    form = fill(_with_items(Head, "corrects", known), initial=start, seen_no=found.no)
    if form.valid and form["until"] and (not form["begins"] or form["until"] < form["begins"]):
        form.errors["until"] = "The day it ends must be on or after the day it begins"
    codes = [code.strip() for code in (form.answers.get("area_codes") or "").splitlines() if code.strip()] if form.valid else []
    if wrong := [code for code in codes if not AREA_CODE.match(code)]:
        form.errors["area_codes"] = f"“{wrong[0][:20]}” is not a nine-character area code, such as E10000008"
    if form.valid:
        values = {
            "area_codes": codes, "title": form["title"], "begins": _iso(form["begins"]), "until": _iso(form["until"]), "open_cases": form["open_cases"],
            "corrects": form["corrects"] or None, "note": form["note"] or "",
        }  # fmt: skip
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            labels = {name: str(form.field(name).metadata["label"]) for name in values}
            drafting.save_line(
                unit, draft_id, (), values, form.seen_no or found.no, "about this version", keep=form.keep, labels=labels
            )
            return redirect(f"{base}?done=saved", 303)
    return render("arrangements/about.html", title="About this version", form=form, back=base)


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/line/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def line(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One line of the draft: its questions, and the lists and larger parts within it. For a list: its lines."""
    place, base = _place(at), _base(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    content = found.content
    rule, (schema, is_list) = rule_at(content, place), _schema(content, place)
    if is_list:
        entries = _entries(content, place)
        return render("arrangements/list.html", title=_heading(content, place), back=_up(base, place), base=base, at=at,
                      rows=lines.rows_of(entries), done=DONE, one=one_of(place, content))  # fmt: skip
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
                unit, draft_id, place, values, form.seen_no or found.no, _heading(content, place), keep=form.keep, labels=labels
            )
            return redirect(f"{base}/line/{at}?done=saved", 303)
    parts = [(part, _part_rows(node, part)) for part in lines.parts_of(schema)]
    return render(
        "arrangements/line.html", title=_heading(content, place), form=form, back=_up(base, place), base=base, at=at, parts=parts, done=DONE,
        card=rule.card if rule and len(place) == 2 else None, in_list=len(place) > 1,
        **_apart(form, schema, whole_rule=len(place) == 2),
        brings=_brings(content, place[1]) if rule and len(place) == 2 else (), conditions=_conditions(node), one_of=lambda name: one_of((*place, name), content),
    )  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/add/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def add(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One more line of a list, or a larger part that is not there yet."""
    place, base = _place(at), _base(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    content = found.content
    schema, is_list = _schema(content, place)
    form = fill(Form.from_dict(lines.form_of(schema, content)), initial=lines.initial_of(schema, {}, content))
    if form.valid:
        values = lines.values_of(schema, form.answers, content, {})
        node = {**({"key": ""} if "key" in lines.named(schema) else {}), **values}
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
    return render("arrangements/add.html", title=f"Add {one_of(place, content)}", form=form, back=f"{base}/line/{at}" if is_list else _up(base, place),
                  **_apart(form, schema, whole_rule=False))  # fmt: skip


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/remove/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def remove(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base, form = _place(at), _base(visit, draft_id), fill(Form)
    with visit.unit("prepare a change of the arrangement") as unit:
        content = drafting.see_draft(unit, draft_id).content
    heading = _heading(content, place)
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            drafting.change_draft(unit, draft_id, f"removed: {heading}", lambda now: drafts.remove(now, place))
            return redirect(f"{_up(base, place)}?done=removed", 303)
    return render("arrangements/remove.html", title=f"Remove “{heading}”", form=form, back=_up(base, place))


@blueprint.post("/b/<slug>/arrangement/drafts/<uuid:draft_id>/move/<path:at>")
@page(needs=PREPARE)
def move(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base = _place(at), _base(visit, draft_id)
    by = -1 if request.form.get("way") == "up" else 1
    with visit.unit("prepare a change of the arrangement") as unit:
        drafting.change_draft(unit, draft_id, f"moved: {place[-1]}", lambda now: drafts.move(now, place, by))
    return redirect(f"{_up(base, place)}?done=moved", 303)


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/rules/add", methods=["GET", "POST"])
@page(needs=PREPARE)
def add_rule(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """The catalogue: what each rule does in plain words, its source, its owner, when it is due for review, who uses it."""
    base = _base(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        drafting.see_draft(unit, draft_id)
    offered = catalogue()
    hints = {
        c.value: f"{c.summary} Source: {c.source}. Kept by: {c.owner}. Due for review on {c.review_by.day} {c.review_by:%B %Y}. "
        f"Used by {c.used_by} {'area' if c.used_by == 1 else 'areas'} here."
        for c in offered
    }
    asked = choice("Which rule do you add?", {c.value: c.title for c in offered}, hints=hints, missing="Select a rule")
    form = fill(Form.from_dict({"rule": asked}))
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            name, _, major = str(form["rule"]).rpartition("@")
            where: list[Place] = []

            def edit(now: Content) -> Content:
                made, place = drafts.add_rule(now, name, int(major))
                where.append(place)
                return made

            drafting.change_draft(unit, draft_id, f"rule added: {name}", edit)
            return redirect(f"{base}/line/{'/'.join(where[-1])}?done=added", 303)
    return render("arrangements/catalogue.html", title="Add a rule", form=form, back=base, offered=offered)


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/give-up", methods=["GET", "POST"])
@page(needs=PREPARE)
def give_up(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    form = fill(Form)
    with visit.unit("prepare a change of the arrangement") as unit:
        drafting.see_draft(unit, draft_id)
    if form.valid:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            drafting.give_up_draft(unit, draft_id)
            return redirect(f"/b/{visit.body.slug}/arrangement?done=given_up", 303)
    return render("arrangements/give_up.html", title="Put this draft aside", form=form, back=_base(visit, draft_id))


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/history")
@page(needs=SEE_ARRANGEMENT)
def history(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("see a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        changes, names = drafting.revisions(unit, draft_id), _names(unit)
    return render(
        "arrangements/history.html",
        title="Changes of this draft",
        back=_base(visit, draft_id),
        draft=found,
        changes=changes,
        names=names,
    )


def catalogue() -> list[Choice]:
    """The local rules at hand, by title. `used_by` counts the real bodies whose newest version uses the rule."""
    own = services()
    newest = [b.versions[-1] for b in own.library.bodies.values() if b.versions and not b.synthetic]
    found = []
    for (name, major), rule in own.governance.catalogue.rules.items():
        card = rule.card
        if card.layer == "local":
            used = sum(1 for v in newest if any((u.rule, u.major) == (name, major) for u in v.uses))
            found.append(Choice(f"{name}@{major}", card.title, card.summary, card.source.ref, card.owner, card.review_by, used))
    return sorted(found, key=lambda c: c.title)


def rule_at(content: Content, place: Place) -> type[Rule] | None:
    """The rule a place belongs to, where it belongs to one. Raises `NoSuchPlace`."""
    if place[0] != "rules" or len(place) < 2:
        return None
    use = next((u for u in content["uses"] if u["use"] == place[1]), None)
    if use is None:
        raise NoSuchPlace
    return services().governance.catalogue.get(use["rule"], use["major"], field=f"rules.{place[1]}")


def rule_line(content: Content, use: Mapping[str, Any], first: Content) -> RuleLine:
    """A rule of the draft in the overview."""
    rule = services().governance.catalogue.rules.get((use["rule"], use["major"]))
    before = next((u for u in first["uses"] if u["use"] == use["use"]), None)
    title, summary = (rule.card.title, rule.card.summary) if rule else (use["rule"], "This rule is not installed here.")
    return RuleLine(
        use["use"], _called(title, use), summary, _brings(content, use["use"]), tuple(layer_words(layer) for layer in use["layers"]),
        before is None or before["settings"] != use["settings"],
    )  # fmt: skip


def _called(title: str, use: Mapping[str, Any]) -> str:
    """A rule as this draft uses it: one that is used twice is told apart by the name of its use."""
    words = lines.said_in_words(use["use"])
    return title if use["use"].startswith(use["rule"]) or words.lower() in title.lower() else f"{title}: {words.lower()}"


def layer_words(layer: str) -> str:
    """The file a rule came with, as people call it: a body's version, or a shared pack."""
    library = services().library
    body, _, rest = layer.removesuffix(".toml").partition("/arrangements/")
    if rest and body in library.bodies:
        found = library.bodies[body]
        return next(
            (f"{found.name}, {v.title[:1].lower()}{v.title[1:]}" for v in found.versions if v.version == rest), found.name
        )
    pack = library.packs.get(layer.removesuffix(".toml"))
    return pack.title if pack else layer


def one_of(place: Place, content: Content) -> str:
    """One line of a list, in a word or two: "a step", "a seat"."""
    words = {"organisations": "an organisation", "seats": "a seat"}.get(place[-1])
    if words:
        return words
    label = lines.said_in_words(place[-1]).lower()
    one = label[:-3] + "y" if label.endswith("ies") else label.removesuffix("s")
    if label == "criteria":
        one = "criterion"
    return f"{'an' if one[:1] in 'aeiou' else 'a'} {one}"


def _apart(form: Filled, schema: Any, *, whole_rule: bool) -> dict[str, Any]:
    """The questions of a line for its template: those asked at once, and those under "More settings" (open where one is wrong)."""
    rare = lines.seldom(schema, whole_rule=whole_rule)
    names = list(form.schema.fields)
    more = [n for n in names if n.split("__", 1)[0] in rare]
    if len(more) == len(names):
        more = []
    return {"names": [n for n in names if n not in more], "more": more, "more_open": any(n in form.errors for n in more)}


def _content(visit: Visit, unit: Unit, known: tuple[Arrangement, ...], base: str, title: str) -> tuple[Content, str]:
    kind, _, name = base.partition(":")
    version = drafting.free_version(unit, None)
    body = services().library.bodies.get(visit.body.slug)
    if kind == "in_force":
        _, current, _ = services().governance.pin(known, visit.today)
        if current is None:
            raise ThreefoldError(
                "No version is known to be in force today. Start from one of the versions, or from what the law asks for.",
                field="base",
            )
        return drafts.begin_from(current, version, title), f"begun from what is in force: {current.title}"
    if kind == "version":
        chosen = next(v for v in known if v.version == name)
        return drafts.begin_from(chosen, version, title), f"begun from the version: {chosen.title}"
    if known:
        last = known[-1]
        empty = drafts.begin_from(last, version, title) | {"uses": [], "closures": []}
    elif body is not None:
        empty = drafts.begin_empty(body, (), version, title)
    else:
        raise ThreefoldError(
            "Nothing is known of who takes part here. Ask the platform’s operator to load this body.", field="base"
        )
    if kind == "pack":
        pack = services().library.packs[name]
        uses = [
            {
                "use": u.use,
                "rule": u.rule,
                "major": u.major,
                "settings": dict(u.settings),
                "layers": list(u.layers),
                "file": u.file,
            }
            for u in pack.uses
        ]
        return empty | {"uses": uses}, f"begun from the shared pack: {pack.title}"
    return empty, "begun from what the law asks for"


def _with_items(form: type[Form], name: str, items: Mapping[str, str]) -> type[Form]:
    """A form whose one choice offers these items."""
    asked = form().fields[name]
    meta = asked.metadata
    wanted = choice(meta["label"], items, hint=meta["hint"], required=asked.required, as_list=meta["control"] == "select")
    return type(form.__name__, (form,), {name: wanted})


def _brings(content: Content, use: str) -> tuple[str, ...]:
    """What a rule brings as it is set now, in the words of the rule itself; nothing while its settings cannot be read."""
    try:
        return provided_by(services().governance.catalogue, drafts.as_arrangement(content), use)
    except ThreefoldError:
        return ()


def _schema(content: Content, place: Place) -> tuple[Any, bool]:
    try:
        return lines.schema_at(place, rule_at(content, place))
    except KeyError as error:
        raise NotHere from error


def _entries(content: Content, place: Place) -> list[Any]:
    try:
        return list(drafts.node_at(content, place))
    except NoSuchPlace:
        drafts.node_at(content, place[:-1])  # the list is empty; what holds it must be there
        return []


def _part_rows(node: Mapping[str, Any], part: lines.Part) -> list[tuple[str, str]]:
    value = node.get(part.name)
    if part.kind == "list":
        return lines.rows_of(list(value or ()))
    return [(part.name, part.label)] if value else []


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


def _heading(content: Content, place: Place) -> str:
    if len(place) == 1:
        return HEADINGS.get(place[0], place[0])
    if place[0] == "rules" and len(place) == 2:
        rule = rule_at(content, place)
        use = next(u for u in content["uses"] if u["use"] == place[1])
        return _called(rule.card.title, use) if rule else place[1]
    try:
        node = drafts.node_at(content, place)
    except NoSuchPlace:
        node = None
    if isinstance(node, Mapping) and any(node.get(n) for n in ("title", "name", "who", "question", "for")):
        return lines.heading_of(node, 0)
    return (
        lines.said_in_words(place[-1])
        if not place[-1].isdecimal()
        else f"{one_of(place[:-1], content)[2:].strip().capitalize()} {int(place[-1]) + 1}"
    )


def _place(at: str) -> Place:
    place = tuple(part for part in at.split("/") if part)
    if not place or place[0] not in HEADINGS or len(place) > 12:
        raise NotHere
    return place


def _up(base: str, place: Place) -> str:
    """The page that holds a place."""
    if len(place) <= 2 and place[0] == "rules":
        return base
    if len(place) == 1:
        return base
    return f"{base}/line/{'/'.join(place[:-1])}"


def _base(visit: Visit, draft_id: UUID) -> str:
    return f"/b/{visit.body.slug}/arrangement/drafts/{draft_id}"


def _names(unit: Unit) -> dict[UUID | None, str]:
    return {c.person_id: c.display_name for c in unit.staff()}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


__all__ = ["Draft", "PREPARE", "catalogue", "rule_at"]
