"""A condition in parts: comparisons of facts in groups, said as a sentence and tried at once on an example."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from threefold.governance import drafts, wording
from threefold.governance.drafts import AGREED, Content, NoSuchPlace, Place
from threefold.governance.questions import OWN
from threefold.governance.wording import CHILD, GROUPS, Group, NoSuchPart, Tree, Way
from threefold.plugin_api.conditions import MOST_DEEP, MOST_NODES, ConditionError, read_condition
from threefold.plugin_api.facts import FIELDS
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import condition_questions as asking
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shapes import line_at
from threefold.work.arrangements.web.shown import (
    DONE,
    PREPARE,
    address,
    after,
    ask_unaware,
    leave,
    may_change,
    place_in,
    refuse_unaware,
    rule_at,
    there,
    titled,
)
from threefold.work.people.access import NotHere
from threefold.work.people.web import Filled, Form, Visit, answers_with, asked, choice, fill, page, render

answers_with(NoSuchPart, 409)
DRAFT = "/b/<slug>/arrangement/drafts/<uuid:draft_id>"
TURNS = ("all", "any", "within", "not", "any_child", "same_child", "out", "remove")
MEANWHILE = {
    who: f"{told} changed this condition after you had opened it. It stands here as it is now; what you pressed was not done."
    for who, told in {"own": "You, in another window,", "other": "Somebody else"}.items()
} | {
    "gone": "The question that you were comparing was removed from this draft meanwhile. Nothing was saved.",
    "deep": f"This would be more than {MOST_DEEP} levels deep, or of more than {MOST_NODES} parts, and was not done. Say it in fewer, or as two conditions.",
}


@blueprint.get(f"{DRAFT}/when/<path:at>")
@page(needs=PREPARE)
def when(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """The condition: its sentence, its parts, and an example to try it on."""
    place, base = place_in(at), address(visit, draft_id)
    found, tree, label = _seen(visit, draft_id, place)
    if not may_change(found):
        return leave(found, base)
    content, condition = found.content, read_condition(tree) if tree else None
    asks = asking.own_questions(content)
    form = asked(Form.from_dict(asking.example_asked(condition, content) if condition else {}))
    for name, question in form.schema.fields.items():
        if question.metadata["control"] == "select" and not form.values[name]:
            form.values[name] = asking.NOT_ASKED
    tried = asking.tried(condition, form.answers) if condition and "try" in request.args and not form.wrong else ""
    return render(
        "arrangements/when.html", title=label, caption=found.title, draft=found, form=form, tried=tried, back=f"{base}/line/{'/'.join(place[:-1])}", base=base, at=at,
        parts=[(replace(part, words=wording.with_questions(part.words, asks)), _told(part.way)) for part in wording.parts(tree)], seen=_mark(tree),
        sentence=wording.with_questions(condition.sentence, asks) if condition else "", may_be_two=bool(tree and wording.may_be_two_children(tree)),
        two_tried=asking.has_two_children(tree),
        done={"saved": "The condition is saved.", "voided": DONE["voided"]}, meanwhile=MEANWHILE.get(request.args.get("meanwhile", ""), ""),
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
    questions["fact"] = choice("Which fact is compared?" if do != "group" else "Which fact is the first in it?", asking.facts_of(content),
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
    if fact.startswith(OWN) and fact not in asking.facts_of(content):
        return redirect(f"{base}/when/{at}?meanwhile=gone", 303)
    if fact not in asking.facts_of(content) or group not in ("", *get_args(Group)):
        raise NotHere
    seen, mark = request.args.get("seen"), _mark(tree)
    stale = request.method == "POST" and bool(seen) and mark != seen
    questions, initial = asking.comparison_asked(fact, content), _initial(tree, way, fact, do)
    answer = fill(Form.from_dict(questions), initial=initial)
    new = _answered(answer, fact) if answer.valid else {}

    def made(now: Tree | None, stands: Way | None = way) -> Tree | None:
        if do == "change":
            if now is None or stands is None:
                raise NoSuchPart
            return wording.changed(now, stands, new)
        return asking.added(
            now,
            way if stands is None else stands,
            new,
            group if do == "group" else "",
            request.form.get("together", ""),
            request.form.get("whole", ""),
        )

    then = _as_seen(visit, draft_id, place, seen) if stale and seen else None
    if then and new and "keep" not in request.form and made(then.tree) == tree:  # it was sent twice
        return redirect(f"{base}/when/{at}?done=saved", 303)
    own = then.own if then else False
    stands: Way | None = way  # where the answer goes: one more part can be put in whatever was changed
    if stale and (do == "change" or way):
        follows = asking.where_now if do == "change" else asking.group_now
        stands = follows(then.tree, tree, way) if then else None
    fits = stale and stands is not None
    if do != "change":
        into = way if stands is None else stands
        belongs = asking.together_asked(tree, into, fact, group, content)
        questions = questions | (belongs or (asking.whole_asked(tree, into, then.tree, way) if then else {}))
    instead = (
        wording.in_words(wording.part_at(tree, stands), asking.own_questions(content))
        if do == "change" and fits and stands is not None
        else ""
    )
    form = fill(Form.from_dict(questions | (_which_is_kept(mark, own=own, instead=instead) if fits else {})), initial=initial)
    ask_unaware(found, form)
    if fits and do == "change" and new and made(tree, stands) == tree:  # it is so already
        return redirect(f"{base}/when/{at}?done=saved", 303)
    if form.valid and str(form.answers.get("keep", "")).startswith("theirs"):
        return redirect(f"{base}/when/{at}", 303)
    if form.valid:
        with form.refusals():
            return _save(
                visit, draft_id, place, label, lambda now: made(now, stands), mark if form.answers.get("keep") else seen
            )
    meanwhile = _in_words(tree, content) if stale else ""
    about = f"For at least one child: {FIELDS[fact].label}" if fact.startswith(CHILD) else asking.label_in(fact, content)
    return render(
        "arrangements/when_part.html",
        title=about,
        caption=label,
        draft=found,
        form=form,
        back=f"{base}/when/{at}",
        go_on="Save",
        meanwhile=meanwhile,
        by_oneself=own,
    )


def _answered(form: Filled, fact: str) -> dict[str, Any]:
    """The comparison that a form answers."""
    counted = "number" in form.schema.fields
    return wording.comparison(fact, form["how"] if counted else "is", form["number"] if counted else form["how"])


@dataclass(frozen=True, slots=True)
class _Then:
    """A condition as it was when a page of it was opened, and whether all that changed since was changed by whoever opened it."""

    tree: Tree | None
    own: bool


def _as_seen(visit: Visit, draft_id: UUID, place: Place, seen: str) -> _Then | None:
    """`seen`: the mark of the condition that was seen. None where it was never so."""

    def was(content: Content) -> bool:
        return _mark(_at(content, place)) == seen

    with visit.unit("prepare a change of the arrangement") as unit:
        last = drafting.last_that(unit, draft_id, was)
        return _Then(_at(last[1], place), drafting.changed_by_oneself(unit, draft_id, last[0])) if last else None


def _at(content: Content, place: Place) -> Tree | None:
    line = there(content, place[:-1])
    return line.get(place[-1]) if isinstance(line, Mapping) else None


def _which_is_kept(mark: str, *, own: bool, instead: str) -> dict[str, Any]:
    """What is asked of whoever answered about a condition that another, or they themselves in another window (`own`), changed meanwhile.
    `mark`: of the condition as it is now, so that it is asked again where it changes once more. `instead`: what stands now in the place of the
    comparison that is changed, which may be another that was added there; empty where one is added."""
    told = f"{'You changed this condition in another window' if own else 'Somebody else changed this condition'} while you were writing"
    theirs = "What was set there" if own else "Theirs"
    yours = f"takes the place of “{instead}”" if instead else "is put into the condition as it is now"
    return {"keep": choice(
        f"{told}{' here' if own else ''}. Which is kept?",
        {f"yours:{mark}": f"{'This' if own else 'Yours'}: what I answer below {yours}", f"theirs:{mark}": f"{theirs}: the condition stays as it is now"},
        missing=f"{told}{' here' if own else ''}. Select which is kept",
    )}  # fmt: skip


def _in_words(tree: Tree | None, content: Content) -> str:
    """The condition as it stands, for whoever saw another."""
    if tree is None:
        return "No condition is set now."
    return f"It applies when {wording.in_words(tree, asking.own_questions(content))}."


@blueprint.post(f"{DRAFT}/when-turn/<path:at>")
@page(needs=PREPARE)
def when_turn(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    """One part of the condition turned, put into a group, taken out of one, or removed."""
    place = place_in(at)
    found, tree, label = _seen(visit, draft_id, place)
    refuse_unaware(found, address(visit, draft_id))
    way, to = _way(request.form.get("part", "")), request.form.get("to", "")
    if to not in TURNS:
        raise NotHere

    def made(now: Tree | None) -> Tree | None:
        if now is None:
            raise NoSuchPart
        return wording.without(now, way) if to == "remove" else wording.turned(now, way, to)

    seen = request.form.get("seen")
    try:
        return _save(visit, draft_id, place, label, made, seen)
    except ConditionError as error:
        if "Split it in two" not in error.sentence:
            raise
        return redirect(f"{address(visit, draft_id)}/when/{at}?meanwhile=deep", 303)
    except NoSuchPart:
        then = _as_seen(visit, draft_id, place, seen) if seen else None
        known = (
            "done=saved"
            if then and _comes_to(made, then.tree, tree)
            else f"meanwhile={'own' if then and then.own else 'other'}"
        )
        return redirect(f"{address(visit, draft_id)}/when/{at}?{known}", 303)


def _comes_to(made: Callable[[Tree | None], Tree | None], before: Tree | None, now: Tree | None) -> bool:
    """Whether a change of the condition as it was gives the one that stands now, so that it was sent twice."""
    try:
        return made(before) == now
    except NoSuchPart:
        return False


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
