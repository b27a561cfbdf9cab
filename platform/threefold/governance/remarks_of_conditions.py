"""What is said of conditions: of those that rest on what nobody is asked any more, can never be met, or are met by two children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from threefold.governance.drafts import name_of, named_in
from threefold.governance.pack import Arrangement
from threefold.governance.questions import OWN
from threefold.governance.remark import Remark
from threefold.governance.wording import may_be_two_children
from threefold.plugin_api.conditions import KINDS, LEAVES, ConditionError, read_condition
from threefold.plugin_api.facts import FIELDS, label_of

Tree = Mapping[str, Any]


def of_conditions(arrangement: Arrangement) -> Iterator[Remark]:
    """All that is said of the conditions of a draft. One that cannot be read is told with its rule's settings."""
    asked = {q["key"]: str(q["title"]) for use in arrangement.uses for q in named_in(use.settings, "questions")}
    for use in arrangement.uses:
        for path, title, tree in _conditions(use.settings, f"rules.{use.use}", use.use):
            try:
                reads = read_condition(tree).reads
            except ConditionError:
                continue
            for key in [r.removeprefix(OWN) for r in reads if r.startswith(OWN) and r.removeprefix(OWN) not in asked]:
                said = f"The condition of “{title}” rests on a question of the area’s own, “{key.replace('-', ' ')}”, which is not asked any more."
                yield Remark(
                    "mend", f"{said} Change the condition, or add the question again.", field=path, key=f"lost-{key}-{path}"
                )
            for fact, wanted in dict.fromkeys(_beyond(tree)):
                yield Remark(
                    "mend",
                    f"The condition of “{title}” compares “{label_of(fact)}” with {wanted}, and it is a whole number from 0 to "
                    f"{FIELDS[fact].highest}. Compare it with one of these.",
                    field=path,
                    key=f"beyond-{fact}-{path}",
                )
            for fact in dict.fromkeys(never_met(tree)):
                label = asked.get(fact.removeprefix(OWN), "") if fact.startswith(OWN) else label_of(fact)
                yield Remark(
                    "warned",
                    f"The condition of “{title}” asks of “{label}” what cannot be so at once, so that this part of it is never met. "
                    "Remove one of the comparisons, or let any of them be enough.",
                    field=path,
                    key=f"never-{fact}-{path}",
                )
            if may_be_two_children(dict(tree)):
                yield Remark(
                    "noted",
                    f"The condition of “{title}” asks of at least one child more than once, and these may be two different children.",
                    field=path,
                    key=f"two-children-{path}",
                )


def never_met(tree: Tree) -> Iterator[str]:
    """The facts of which a condition, or a part of it, asks at once what no one answer fulfils: yes and no, 2 and at least 5.

    What must hold together is looked at fact by fact; two children may differ, so that each "for at least one child" stands alone.
    """
    together, apart = _together(tree)
    for fact in dict.fromkeys(path for path, _, _, _ in together):
        asked = [(kind, wanted, so) for path, kind, wanted, so in together if path == fact]
        if len(asked) > 1 and not any(all(_fits(value, *one) for one in asked) for value in _answers(fact, asked)):
            yield fact
    for part in apart:
        yield from never_met(part)


def _beyond(node: Tree) -> Iterator[tuple[str, str]]:
    """Each count that a condition compares with what the count never is, and what that is: no form takes it, and a file may bring it."""
    ((kind, inner),) = node.items()
    if kind not in LEAVES:
        for part in inner if isinstance(inner, list | tuple) else (inner,):
            yield from _beyond(part)
        return
    fact, wanted = inner["fact"], inner["value" if kind == "is" else "number"]
    if fact in FIELDS and FIELDS[fact].kind == "count":
        if isinstance(wanted, bool):
            yield fact, "yes" if wanted else "no"
        elif not 0 <= wanted <= FIELDS[fact].highest:
            yield fact, str(wanted)


def _together(node: Tree) -> tuple[list[tuple[str, str, Any, bool]], list[Tree]]:
    """The comparisons that must all hold for a condition to hold, (fact, comparison, value, whether it is to be so); and its other parts."""
    ((kind, inner),) = node.items()
    if kind == "all":
        told = [_together(part) for part in inner]
        return [one for found, _ in told for one in found], [part for _, parts in told for part in parts]
    if kind in LEAVES:
        return [(inner["fact"], kind, inner["value" if kind == "is" else "number"], True)], []
    if kind == "not":
        ((within, leaf),) = inner.items()
        if within in LEAVES:
            return [(leaf["fact"], within, leaf["value" if within == "is" else "number"], False)], []
        return [], [inner]
    return [], list(inner) if kind == "any" else [inner]


def _answers(fact: str, asked: list[tuple[str, Any, bool]]) -> list[Any]:
    """One answer of each kind that the comparisons can tell apart."""
    numbers = [wanted for _, wanted, _ in asked if isinstance(wanted, int)]
    if numbers:
        near = {n + d for n in numbers for d in (-1, 0, 1)}
        highest = FIELDS[fact].highest if fact in FIELDS else None
        return sorted(n for n in near if highest is None or 0 <= n <= highest) or [0]
    if fact in FIELDS and FIELDS[fact].kind == "area":
        return [*(wanted for _, wanted, _ in asked), "any other area", "unclear"]
    return [*(FIELDS[fact].alternatives if fact in FIELDS else ("yes", "no")), "unclear"]


def _fits(value: Any, kind: str, wanted: Any, so: bool) -> bool:
    """Whether a comparison holds of an answer. Of an unclear one nothing does but that it is unclear."""
    if kind == "at_least":
        return bool(value >= wanted) is so
    if kind == "less_than":
        return bool(value < wanted) is so
    return (value == wanted) is so and (value != "unclear" or wanted == "unclear")


def _conditions(value: Any, path: str, title: str) -> Iterator[tuple[str, str, Any]]:
    """(place, title of what it is the condition of, tree) of every condition in some settings."""
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in KINDS:
            yield path.rpartition(".")[0], title, value
            return
        own = str(value.get("title") or title)
        for name, inner in value.items():
            yield from _conditions(inner, f"{path}.{name}", own)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _conditions(inner, f"{path}.{name_of(inner, index)}", title)
