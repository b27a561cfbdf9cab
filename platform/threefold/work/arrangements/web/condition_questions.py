"""What is asked about a condition: which facts can be compared, what the answer must be, and the answers of an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from threefold.governance import questions
from threefold.governance.drafts import Content
from threefold.governance.questions import OWN
from threefold.governance.wording import CHILD
from threefold.plugin_api.facts import FIELDS, Facts, label_of, read_facts
from threefold.work.arrangements.web.offers import said_in_words
from threefold.work.people.web import choice, whole_number

NOT_ASKED = "not_asked"
TOGETHER = {
    "together": choice(
        "How does this belong to what stands there already?", {"all": "Both must hold", "any": "Either is enough"},
        missing="Select whether both must hold or either is enough",
    )
}  # fmt: skip
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


def _answers(path: str) -> tuple[str, ...]:
    if path.startswith(OWN):
        return ("yes", "no", "unclear")
    return FIELDS[path].alternatives


def tried(path: str, content: Content) -> Any:
    """The question about one fact of an example."""
    label = label_in(path, content)
    if path in FIELDS and FIELDS[path].kind == "count":
        return whole_number(label, low=0, high=FIELDS[path].highest, required=False)
    items = {answer: said_in_words(answer) for answer in _answers(path)}
    return choice(label, {NOT_ASKED: "Not asked yet", **items}, required=False, as_list=True)


def example(given: Mapping[str, Any]) -> Facts:
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
