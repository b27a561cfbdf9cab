"""A condition in parts: comparisons of facts in groups, said as a sentence and tried at once on an example."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.governance import drafts, questions, wording
from threefold.governance.drafts import AGREED, Content, NoSuchPlace, Place
from threefold.governance.questions import OWN
from threefold.governance.wording import CHILD, GROUPS, Group, NoSuchPart, Tree, Way
from threefold.plugin_api.conditions import read_condition
from threefold.plugin_api.facts import FIELDS, Facts, label_of, read_facts
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.offers import said_in_words
from threefold.work.arrangements.web.shapes import line_at
from threefold.work.arrangements.web.shown import DONE, PREPARE, address, after, leave, may_change, place_in, rule_at, titled
from threefold.work.people.access import NotHere
from threefold.work.people.web import Form, Visit, answers_with, asked, choice, fill, page, render, whole_number

answers_with(NoSuchPart, 409)
NOT_ASKED = "not_asked"
COUNTS = {"at_least": "At least the number below", "is": "Exactly the number below"}
DRAFT = "/b/<slug>/arrangement/drafts/<uuid:draft_id>"
TURNS = ("all", "any", "not", "any_child", "out", "remove")


@blueprint.get(f"{DRAFT}/when/<path:at>")
@page(needs=PREPARE)
def when(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """The condition: its sentence, its parts, and an example to try it on."""
    place, base = place_in(at), address(visit, draft_id)
    found, tree, label = _seen(visit, draft_id, place)
    if not may_change(found):
        return leave(found, base)
    content, condition = found.content, read_condition(tree) if tree else None
    reads, asks = condition.reads if condition else (), _own_questions(content)
    form = asked(Form.from_dict({f"try-{no}": _tried(path, content) for no, path in enumerate(reads, 1)}))
    for name, question in form.schema.fields.items():
        if question.metadata["control"] == "select" and not form.values[name]:
            form.values[name] = NOT_ASKED
    given = {path: value for no, path in enumerate(reads, 1) if (value := form.answers.get(f"try-{no}")) not in (None, "")}
    tried = condition.answer(_example(given)) if condition and "try" in request.args and not form.wrong else ""
    return render(
        "arrangements/when.html", title=label, caption=found.title, draft=found, form=form, tried=tried, back=f"{base}/line/{'/'.join(place[:-1])}", base=base, at=at,
        parts=[(replace(part, words=wording.with_questions(part.words, asks)), _told(part.way)) for part in wording.parts(tree)], seen=_mark(tree),
        sentence=wording.with_questions(condition.sentence, asks) if condition else "",
        done={"saved": "The condition is saved.", "voided": DONE["voided"]},
    )  # fmt: skip


@blueprint.route(f"{DRAFT}/when-fact/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def when_fact(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """Which fact a comparison is about; and, for a new group, which group. Its answers go on to the next page."""
    place, base = place_in(at), address(visit, draft_id)
    found, tree, label = _seen(visit, draft_id, place)
    if not may_change(found):
        return leave(found, base)
    content = found.content
    do, way = request.args.get("do", "add"), _way(request.args.get("part", ""))
    questions: dict[str, Any] = {}
    if do == "group":
        questions["group"] = choice(
            "Which group do you add?", {str(k): words for k, words in GROUPS.items()}, missing="Select a group"
        )
    questions["fact"] = choice("Which fact is compared?" if do != "group" else "Which fact is the first in it?", _facts(content),
                           as_list=True, missing="Select a fact")  # fmt: skip
    old = _old(tree, way) if do == "change" and tree else None
    form = fill(Form.from_dict(questions), initial={"fact": old[0]} if old else {})
    if form.valid:
        query = {
            "do": do, "part": _told(way), "fact": form["fact"], "group": form.answers.get("group", ""), "seen": request.args.get("seen") or _mark(tree),
        }  # fmt: skip
        return redirect(f"{base}/when-is/{at}?{urlencode(query)}", 303)
    title = {"change": "Change a comparison", "group": "Add a group"}.get(do, "Add a comparison")
    return render(
        "arrangements/when_part.html",
        title=title,
        caption=label,
        draft=found,
        form=form,
        back=f"{base}/when/{at}",
        go_on="Continue",
    )


@blueprint.route(f"{DRAFT}/when-is/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def when_is(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """What the fact of a comparison must be."""
    place, base = place_in(at), address(visit, draft_id)
    found, tree, label = _seen(visit, draft_id, place)
    if not may_change(found):
        return leave(found, base)
    content = found.content
    do, way, fact = request.args.get("do", "add"), _way(request.args.get("part", "")), request.args.get("fact", "")
    group = request.args.get("group", "")
    if fact not in _facts(content) or group not in ("", *get_args(Group)):
        raise NotHere
    seen, mark = request.args.get("seen"), _mark(tree)
    stale = request.method == "POST" and bool(seen) and mark != seen
    fits = stale and _still_fits(tree, do, way, fact)
    asked = _comparison_asked(fact, content) | (_which_is_kept(mark) if fits else {})
    form = fill(Form.from_dict(asked), initial=_initial(tree, way, fact, do))
    if fits and do == "change" and tree and _is_so(tree, way, form.values):  # it was sent twice
        return redirect(f"{base}/when/{at}?done=saved", 303)
    if form.valid and str(form.answers.get("keep", "")).startswith("theirs"):
        return redirect(f"{base}/when/{at}", 303)
    if form.valid:
        counted = "number" in form.schema.fields
        new = wording.comparison(fact, form["how"] if counted else "is", form["number"] if counted else form["how"])

        def made(now: Tree | None) -> Tree | None:
            if do == "change" and now is not None:
                return wording.changed(now, way, new)
            return wording.added(now, way, new, group if do == "group" else "")  # type: ignore[arg-type]

        with form.refusals():
            return _save(visit, draft_id, place, label, made, mark if form.answers.get("keep") else seen)
    meanwhile = _in_words(tree, content) if stale else ""
    about = f"For at least one child: {FIELDS[fact].label}" if fact.startswith(CHILD) else _label(fact, content)
    return render(
        "arrangements/when_part.html",
        title=about,
        caption=label,
        draft=found,
        form=form,
        back=f"{base}/when/{at}",
        go_on="Save",
        meanwhile=meanwhile,
    )


def _still_fits(tree: Tree | None, do: str, way: Way, fact: str) -> bool:
    """Whether an answer about a condition that another changed can be put into it as it is now: one more part can; a part that is to be
    changed must still stand there, about the same fact."""
    if do != "change":
        return True
    try:
        old = _old(tree, way) if tree else None
    except NoSuchPart:
        return False
    return old is not None and old[0] == fact


def _is_so(tree: Tree, way: Way, answers: Mapping[str, Any]) -> bool:
    """Whether the comparison that stands there says what was answered already."""
    old = _old(tree, way)
    if old is None:
        return False
    _, kind, value = old
    said = (kind, str(value)) if "number" in answers else (value, "")
    return (answers.get("how"), str(answers.get("number", ""))) == said


def _which_is_kept(mark: str) -> dict[str, Any]:
    """What is asked of whoever answered about a condition that another changed meanwhile. `mark`: of the condition as it is now, so that it
    is asked again where it changes once more."""
    return {"keep": choice(
        "Somebody else changed this condition while you were writing. Which is kept?",
        {f"yours:{mark}": "Yours: what I answer below is put into the condition as it is now", f"theirs:{mark}": "Theirs: the condition stays as it is now"},
        missing="Somebody else changed this condition while you were writing. Select which is kept",
    )}  # fmt: skip


def _in_words(tree: Tree | None, content: Content) -> str:
    """The condition as it stands, for whoever saw another."""
    if tree is None:
        return "No condition is set now."
    return f"It applies when {wording.in_words(tree, _own_questions(content))}."


@blueprint.post(f"{DRAFT}/when-turn/<path:at>")
@page(needs=PREPARE)
def when_turn(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One part of the condition turned, put into a group, taken out of one, or removed."""
    place = place_in(at)
    _, _, label = _seen(visit, draft_id, place)
    way, to = _way(request.form.get("part", "")), request.form.get("to", "")
    if to not in TURNS:
        raise NotHere

    def made(now: Tree | None) -> Tree | None:
        if now is None:
            raise NoSuchPart
        return wording.without(now, way) if to == "remove" else wording.turned(now, way, to)

    return _save(visit, draft_id, place, label, made, request.form.get("seen"))


def _save(
    visit: Visit, draft_id: UUID, place: Place, label: str, made: Callable[[Tree | None], Tree | None], seen: str | None
) -> Response:
    """Change the condition as it stands now. `seen`: the mark of the one the person saw; another is not changed blindly."""
    base = address(visit, draft_id)

    def edit(now: Content) -> Content:
        line = line_at(now, place[:-1])
        tree = line.get(place[-1])
        if seen and _mark(tree) != seen:
            raise NoSuchPart
        wanted = made(tree)
        if isinstance(line.get("source"), Mapping) and wanted != tree:  # no longer what the cited page says
            now = drafts.put(now, (*place[:-1], "source"), dict(AGREED))
        return drafts.put(now, place, wanted) if wanted is not None else drafts.remove(now, place)

    with visit.unit("prepare a change of the arrangement") as unit:
        before = drafting.load_draft(unit, draft_id)
        now = drafting.change_draft(unit, draft_id, f"condition: {label}", edit)
    return redirect(f"{base}/when/{'/'.join(place)}?done={after(before, now)}", 303)


def _seen(visit: Visit, draft_id: UUID, place: Place) -> tuple[drafting.Draft, Tree | None, str]:
    """The draft, the condition at a place of it, and what the condition is called."""
    with visit.unit("prepare a change of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
    content = found.content
    if len(place) < 3:
        raise NotHere
    try:
        schema, is_list = lines.schema_at(place[:-1], rule_at(content, place))
        part = next(p for p in lines.parts_of(schema) if p.name == place[-1] and p.kind == "condition")
    except (KeyError, StopIteration) as error:
        raise NotHere from error
    if is_list:
        raise NoSuchPlace
    return found, line_at(content, place[:-1]).get(place[-1]), f"{part.label}: {titled(content, place[:-1])}"


def _facts(content: Content) -> dict[str, str]:
    """The facts that can be compared, the area's own questions among them, as a person chooses one."""
    own = {f"{OWN}{key}": f"The area’s own question: {title}" for key, title in _own_questions(content).items()}
    return {
        path: ("For at least one child: " if path.startswith(CHILD) else "") + fact.label
        for path, fact in FIELDS.items()
        if fact.kind in ("answer", "count", "choice")
    } | own


def _own_questions(content: Content) -> dict[str, str]:
    return questions.own_questions(use["settings"] for use in content["uses"])


def _label(path: str, content: Content) -> str:
    own = _own_questions(content).get(path.removeprefix(OWN))
    return own or label_of(path)


def _comparison_asked(fact: str, content: Content) -> dict[str, Any]:
    if fact in FIELDS and FIELDS[fact].kind == "count":
        return {
            "how": choice("How is it compared?", COUNTS, missing="Select how it is compared"),
            "number": whole_number("Number", missing="Enter a number", low=0, high=FIELDS[fact].highest),
        }
    items = {answer: f"{answer[:1].upper()}{answer[1:]}" for answer in _answers(fact)}
    hint = "Unclear is an answer of its own: it never means no." if "unclear" in items else ""
    return {"how": choice("What must the answer be?", items, hint=hint, missing="Select what the answer must be")}


def _initial(tree: Tree | None, way: Way, fact: str, do: str) -> dict[str, Any]:
    old = _old(tree, way) if do == "change" and tree else None
    if old is None or old[0] != fact:
        return {}
    counted = fact in FIELDS and FIELDS[fact].kind == "count"
    return {"how": old[1], "number": old[2]} if counted else {"how": old[2]}


def _old(tree: Tree, way: Way) -> tuple[str, str, Any] | None:
    node = wording.part_at(tree, way)
    return wording.compared(node) if wording.is_comparison(node) else None


def _way(told: str) -> Way:
    """A part's way from the address: "0.2". Raises `NotHere`."""
    pieces = told.split(".") if told else []
    if len(pieces) > 20 or not all(p.isdecimal() and len(p) < 4 for p in pieces):
        raise NotHere
    return tuple(int(p) for p in pieces)


def _mark(tree: Tree | None) -> str:
    """A short mark of a condition as it stands, to tell it from a later one."""
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:16]


def _told(way: Way) -> str:
    return ".".join(str(index) for index in way)


def _answers(path: str) -> tuple[str, ...]:
    if path.startswith(OWN):
        return ("yes", "no", "unclear")
    return FIELDS[path].alternatives


def _tried(path: str, content: Content) -> Any:
    """The question about one fact of an example."""
    label = _label(path, content)
    if path in FIELDS and FIELDS[path].kind == "count":
        return whole_number(label, low=0, high=FIELDS[path].highest, required=False)
    items = {answer: said_in_words(answer) for answer in _answers(path)}
    return choice(label, {NOT_ASKED: "Not asked yet", **items}, required=False, as_list=True)


def _example(given: Mapping[str, Any]) -> Facts:
    """A made-up case with one child and the answers given; what is left empty was never asked."""
    child: dict[str, Any] = {"key": "child-1"}
    incident: dict[str, Any] = {"children": [child]}
    review: dict[str, Any] = {}
    for path, answer in given.items():
        if answer == NOT_ASKED:
            continue
        if path.startswith(CHILD):
            child[path.removeprefix(CHILD)] = answer
        elif path.startswith(OWN):
            incident.setdefault("local", {})[path.removeprefix(OWN)] = answer
        elif path.startswith("incident."):
            incident[path.removeprefix("incident.")] = answer
        else:
            review[path.removeprefix("review.")] = answer
    return read_facts({"incident": incident, "review": review})
