"""What is asked about a condition: which facts can be compared, what the answer must be, and the answers of an example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from threefold.domain.findings import Answer
from threefold.governance import questions, wording
from threefold.governance.drafts import Content
from threefold.governance.questions import OWN
from threefold.governance.wording import CHILD, Tree, Way
from threefold.plugin_api.conditions import FOR_A_CHILD, Condition
from threefold.plugin_api.facts import FIELDS, Facts, label_of, read_facts
from threefold.work.arrangements.web.offers import said_in_words
from threefold.work.people.web import choice, whole_number

NOT_ASKED = "not_asked"
SAME_CHILD = "same-"  # and which of the parts about a child it is, from 0
_BELONGS = "How does this belong to what stands there already?"
_EITHER = {"any": "Either is enough"}
COUNTS = {"at_least": "At least the number below", "less_than": "Less than the number below", "is": "Exactly the number below"}


def facts_of(content: Content) -> dict[str, str]:
    """The facts that can be compared, the area's own questions among them, as a person chooses one."""
    own = {f"{OWN}{key}": f"The area’s own question: {title}" for key, title in own_questions(content).items()}
    return {
        path: ("For at least one child: " if path.startswith(CHILD) else "") + fact.label
        for path, fact in FIELDS.items()
        if fact.kind in ("answer", "count", "choice")
    } | own


def own_questions(content: Content) -> dict[str, str]:
    return questions.own_questions(use["settings"] for use in content["uses"])


def label_in(path: str, content: Content) -> str:
    own = own_questions(content).get(path.removeprefix(OWN))
    return own or label_of(path)


def comparison_asked(fact: str, content: Content) -> dict[str, Any]:
    if fact in FIELDS and FIELDS[fact].kind == "count":
        return {
            "how": choice("How is it compared?", COUNTS, missing="Select how it is compared"),
            "number": whole_number("Number", missing="Enter a number", low=0, high=FIELDS[fact].highest),
        }
    items = {answer: f"{answer[:1].upper()}{answer[1:]}" for answer in _answers(fact)}
    hint = "Unclear is an answer of its own: it never means no." if "unclear" in items else ""
    return {"how": choice("What must the answer be?", items, hint=hint, missing="Select what the answer must be")}


def together_asked(tree: Tree | None, way: Way, fact: str, group: str, content: Content) -> dict[str, Any]:
    """How a new comparison belongs to what stands there; nothing where its group says that and no child can be another than meant.

    Of a fact about a child it is asked first whether one child is meant: two comparisons side by side may be met by two children.
    """
    alone = wording.joins_one(tree, way)
    beside = wording.children_beside(tree, way) if fact.startswith(CHILD) and group != "not" else ()
    if not beside:
        missing = "Select whether both must hold or either is enough"
        return {"together": choice(_BELONGS, {"all": "Both must hold", **_EITHER}, missing=missing)} if alone else {}
    if alone:
        both = {f"{SAME_CHILD}0": "Both must hold of the same child", "all": "Both must hold, of the same child or of two"}
        missing = "Select whether both must hold of the same child, both must hold, or either is enough"
        return {"together": choice(_BELONGS, both | _EITHER, missing=missing)}
    said = [wording.in_words(wording.part_at(tree, one), own_questions(content)) for one in beside]
    same = {f"{SAME_CHILD}{no}": f"Of the same child as here: {one.removeprefix(FOR_A_CHILD)}" for no, one in enumerate(said)}
    missing = "Select of which child this must hold"
    return {
        "together": choice(
            "Of which child must this hold?", same | {"all": "Of any child, the same or another"}, missing=missing
        )
    }


def whole_asked(tree: Tree | None, way: Way, seen: Tree | None, stood: Way) -> dict[str, Any]:
    """How a new comparison belongs to what is a group by now, where it was one comparison when the person said how (`seen`, at `stood`)."""
    if not wording.joins_one(seen, stood) or not wording.is_group(tree, way):
        return {}
    missing = "More stands there now: select whether both must hold or either is enough"
    return {
        "whole": choice(
            _BELONGS,
            {"all": "All of it must hold, and this too", "any": "Either is enough: all of it, or this"},
            missing=missing,
        )
    }


def added(tree: Tree | None, way: Way, new: Tree, group: str, together: str, whole: str = "") -> Tree:
    """The condition with a comparison as it was answered how it belongs there. Raises `ConditionError`, `NoSuchPart`."""
    if whole in ("all", "any") and tree is not None:
        return wording.added_to_whole(tree, way, new, group, whole)  # type: ignore[arg-type]
    if together.startswith(SAME_CHILD):
        beside = wording.children_beside(tree, way)
        meant = next((one for no, one in enumerate(beside) if together == f"{SAME_CHILD}{no}"), None)
        if meant is None:
            raise wording.NoSuchPart
        return wording.added_of_same_child(tree, meant, new, group)  # type: ignore[arg-type]
    return wording.added(tree, way, new, group, "any" if together == "any" else "all")  # type: ignore[arg-type]


def where_now(then: Tree | None, now: Tree | None, way: Way) -> Way | None:
    """Where the comparison at `way` of a condition as it was (`then`) stands in it as it is `now`, moved or changed; None where it was removed.

    What stands in its place and was not there before is what it became, where it is of the same fact, or nothing was removed beside; another
    that was there has only moved up, be it changed or not.
    """
    before, after = _comparisons(then), _comparisons(now)
    same = [at for at, said in after.items() if said == before.get(way)]
    if way in same or len(same) == 1:
        return way if way in same else same[0]
    came = Counter(after.values()) - Counter(before.values())
    if same or way not in before or after.get(way) not in came:
        return None
    return way if after[way][0] == before[way][0] or len(before) == len(after) else None


def group_now(then: Tree | None, now: Tree | None, way: Way) -> Way | None:
    """Where the group at `way` of a condition as it was (`then`) stands in it as it is `now`, so that what is added to it goes into no other;
    None where it was removed. In its place it may have lost or gained comparisons, and is the same while one of them is left."""
    ways = {tuple(part.way): wording.part_at(now, part.way) for part in wording.parts(now)}
    stood = next((wording.part_at(then, part.way) for part in wording.parts(then) if part.way == way), None)
    same = [at for at, part in ways.items() if part == stood]
    if way in same or len(same) == 1:
        return way if way in same else same[0]
    if same or stood is None or way not in ways:
        return None
    left = {said for at, said in _comparisons(then).items() if at[: len(way)] == way}
    here = {said for at, said in _comparisons(now).items() if at[: len(way)] == way}
    return way if left & here else None


def _comparisons(tree: Tree | None) -> dict[Way, tuple[str, str, Any]]:
    return {part.way: wording.compared(wording.part_at(tree, part.way)) for part in wording.parts(tree) if not part.group}


def _answers(path: str) -> tuple[str, ...]:
    if path.startswith(OWN):
        return ("yes", "no", "unclear")
    return FIELDS[path].alternatives


def example_asked(condition: Condition, content: Content) -> dict[str, Any]:
    """The questions of an example; those about a child once more, of a second one, where the condition says more than one thing of a child."""
    paths = dict(enumerate(condition.reads, 1))
    child = {no: path for no, path in paths.items() if path.startswith(CHILD)}
    others = {f"try-{no}": _tried(path, content) for no, path in paths.items() if no not in child}
    if not has_two_children(dict(condition.tree)):
        return {f"try-{no}": _tried(path, content) for no, path in child.items()} | others
    first = {f"try-{no}": _tried(path, content, "First child: ") for no, path in child.items()}
    return first | {f"other-{no}": _tried(path, content, "Second child: ") for no, path in child.items()} | others


def has_two_children(tree: Tree | None) -> bool:
    """Whether a condition is tried on two children: where it says more than one thing of a child, it matters of which."""
    return tree is not None and wording.said_of_children(tree) > 1


def tried(condition: Condition, answers: Mapping[str, Any]) -> Answer:
    """What the condition comes to on the answers to `example_asked`. A second child of whom nothing is answered is not there."""

    def given(of: str) -> dict[str, Any]:
        told = {path: answers.get(f"{of}-{no}") for no, path in enumerate(condition.reads, 1)}
        return {path: answer for path, answer in told.items() if answer not in (None, "", NOT_ASKED)}

    return condition.answer(_example(given("try"), given("other")))


def _tried(path: str, content: Content, whose: str = "") -> Any:
    """The question about one fact of an example."""
    label = f"{whose}{label_in(path, content)}"
    if path in FIELDS and FIELDS[path].kind == "count":
        return whole_number(label, low=0, high=FIELDS[path].highest, required=False)
    items = {answer: said_in_words(answer) for answer in _answers(path)}
    return choice(label, {NOT_ASKED: "Not asked yet", **items}, required=False, as_list=True)


def _example(given: Mapping[str, Any], second: Mapping[str, Any]) -> Facts:
    """A made-up case with one child, or two where something of a `second` is given; what is not given was never asked."""
    child: dict[str, Any] = {"key": "child-1"}
    other = {path.removeprefix(CHILD): answer for path, answer in second.items()}
    incident: dict[str, Any] = {"children": [child, *([{"key": "child-2", **other}] if other else [])]}
    review: dict[str, Any] = {}
    for path, answer in given.items():
        if path.startswith(CHILD):
            child[path.removeprefix(CHILD)] = answer
        elif path.startswith(OWN):
            incident.setdefault("local", {})[path.removeprefix(OWN)] = answer
        elif path.startswith("incident."):
            incident[path.removeprefix("incident.")] = answer
        else:
            review[path.removeprefix("review.")] = answer
    return read_facts({"incident": incident, "review": review})
