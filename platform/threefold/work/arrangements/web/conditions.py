"""A condition as a form: facts and comparisons, joined by all or any, said as a sentence and tried at once on an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.drafts import Content, NoSuchPlace
from threefold.plugin_api.conditions import ConditionError, read_condition
from threefold.plugin_api.facts import FIELDS, Facts, label_of, read_facts
from threefold.work.arrangements import drafting
from threefold.work.arrangements.web import lines
from threefold.work.arrangements.web.main import blueprint
from threefold.work.arrangements.web.shown import PREPARE, address, place_in, rule_at
from threefold.work.people.access import NotHere
from threefold.work.people.web import Form, Visit, choice, fill, page, render, whole_number

ROWS = 5
COMPARE = {
    "yes": "is yes", "no": "is no", "unclear": "is unclear", "not_yes": "is not yes", "at_least": "is at least the number below",
}  # fmt: skip
CHILD = "incident.children[]."


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/when/<path:at>", methods=["GET", "POST"])
@page(needs=PREPARE)
def when(visit: Visit, draft_id: UUID, at: str) -> ResponseReturnValue:
    place, base = place_in(at), address(visit, draft_id)
    with visit.unit("prepare a change of the arrangement") as unit:
        content = drafting.see_draft(unit, draft_id).content
    line, label = _line(content, place)
    tree = line.get(place[-1])
    told = leaves_of(tree) if tree else ("all", [])
    form = fill(Form.from_dict(_asked(content)), initial=_initial(told) if told else {"joined": "all"})
    back = f"{base}/line/{'/'.join(place[:-1])}"
    if form.valid:
        wanted = _tree(form.answers)
        if wanted is None:
            form.errors["fact-0"] = "Select at least one fact"
        else:
            form.general += _wrong(wanted)
        if form.valid and wanted is not None:
            with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
                drafting.change_draft(unit, draft_id, f"condition: {label}", lambda now: drafts.put(now, place, wanted))
                return redirect(f"{base}/when/{at}?done=saved", 303)
    condition = read_condition(tree) if tree else None
    return render(
        "arrangements/when.html", title=label, form=form, back=back, rows=ROWS, sentence=condition.sentence if condition else "", deep=told is None,
        facts=[(path, label_of(path), _answers(path)) for path in condition.reads] if condition else [], remove=f"{base}/remove/{at}",
        tried=condition.answer(_example(condition.reads, request.args)) if condition and "try" in request.args else "",
        done={"saved": "The condition is saved."},
    )  # fmt: skip


def leaves_of(tree: Mapping[str, Any]) -> tuple[str, list[tuple[str, str, int | None]]] | None:
    """How a condition's comparisons are joined, and (fact, comparison, number) of each; None for one built in more steps."""
    ((kind, inner),) = tree.items()
    nodes = inner if kind in ("all", "any") else [tree]
    found = [_leaf(node) for node in nodes]
    if len(found) > ROWS or any(leaf is None for leaf in found):
        return None
    return ("any" if kind == "any" else "all"), [leaf for leaf in found if leaf]


def _leaf(node: Any) -> tuple[str, str, int | None] | None:
    ((kind, inner),) = node.items()
    if kind == "any_child":
        return _leaf(inner)
    if kind == "not":
        inside = _leaf(inner)
        return (inside[0], "not_yes", None) if inside and inside[1] == "yes" else None
    if kind == "is" and inner.get("value") in ("yes", "no", "unclear"):
        return inner["fact"], inner["value"], None
    if kind == "at_least":
        return inner["fact"], "at_least", inner["number"]
    return None


def _tree(answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """The condition of a form; None where no fact is chosen."""
    nodes = []
    for no in range(ROWS):
        fact, how = answers.get(f"fact-{no}"), answers.get(f"compare-{no}") or "yes"
        if not fact:
            continue
        number = answers.get(f"number-{no}")
        leaf: dict[str, Any] = {"at_least": {"fact": fact, "number": number}} if how == "at_least" else {
            "is": {"fact": fact, "value": "yes" if how == "not_yes" else how}}  # fmt: skip
        if fact.startswith(CHILD):
            leaf = {"any_child": leaf}
        nodes.append({"not": leaf} if how == "not_yes" else leaf)
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else {str(answers.get("joined") or "all"): nodes}


def _wrong(tree: Mapping[str, Any]) -> list[str]:
    try:
        read_condition(tree)
    except ConditionError as error:
        return [error.sentence]
    return []


def _asked(content: Content) -> dict[str, Any]:
    own = {
        f"incident.local.{q['key']}": f"The area’s own: {q['title']}"
        for use in content["uses"]
        for q in use["settings"].get("questions", ())
        if isinstance(q, Mapping) and {"key", "title"} <= set(q)
    }
    facts = {"": "None"} | {
        path: ("For at least one child: " if path.startswith(CHILD) else "") + fact.label
        for path, fact in FIELDS.items()
        if fact.kind in ("answer", "count")
    } | own  # fmt: skip
    asked: dict[str, Any] = {
        "joined": choice(
            "If there are several comparisons, which must hold?", {"all": "All of them", "any": "Any of them"}, inline=True
        )
    }
    for no in range(ROWS):
        asked[f"fact-{no}"] = choice("Fact", facts, required=False, as_list=True)
        asked[f"compare-{no}"] = choice("Comparison", COMPARE, required=False, as_list=True)
        asked[f"number-{no}"] = whole_number("Number", low=0, high=10_000, required=False, hint="Only for “is at least”.")
    return asked


def _initial(told: tuple[str, list[tuple[str, str, int | None]]]) -> dict[str, Any]:
    joined, leaves = told
    shown: dict[str, Any] = {"joined": joined}
    for no, (fact, how, number) in enumerate(leaves):
        shown |= {f"fact-{no}": fact, f"compare-{no}": how, f"number-{no}": number}
    return shown


def _answers(path: str) -> tuple[str, ...]:
    if path.startswith("incident.local."):
        return ("yes", "no", "unclear")
    return FIELDS[path].alternatives


def _example(reads: tuple[str, ...], given: Mapping[str, str]) -> Facts:
    """A made-up case with one child and the answers given; what is left empty was never asked."""
    child: dict[str, Any] = {"key": "child-1"}
    incident: dict[str, Any] = {"children": [child]}
    for path in reads:
        answer: Any = given.get(path, "")
        if not answer:
            continue
        if path in FIELDS and FIELDS[path].kind == "count":
            if not answer.isdecimal() or len(answer) > 5:
                raise ThreefoldError("Give a whole number.", field=path)
            answer = int(answer)
        if path.startswith(CHILD):
            child[path.removeprefix(CHILD)] = answer
        elif path.startswith("incident.local."):
            incident.setdefault("local", {})[path.removeprefix("incident.local.")] = answer
        elif path.startswith("incident."):
            incident[path.removeprefix("incident.")] = answer
    return read_facts({"incident": incident, "review": {
        p.removeprefix("review."): given[p] for p in reads if p.startswith("review.") and given.get(p)}})  # fmt: skip


def _line(content: Content, place: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The line that holds the condition of a place, and what the condition is called."""
    try:
        schema, is_list = lines.schema_at(place[:-1], rule_at(content, place))
        part = next(p for p in lines.parts_of(schema) if p.name == place[-1] and p.kind == "condition")
    except (KeyError, StopIteration) as error:
        raise NotHere from error
    if is_list:
        raise NoSuchPlace
    return dict(drafts.node_at(content, place[:-1])), part.label
