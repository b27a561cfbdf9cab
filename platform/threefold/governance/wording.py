"""A condition in the making: its parts in order, and the condition with one part added, changed, turned or taken out.

A *part* is named by the way to it from the whole: `()` is the whole condition, `(0, 2)` the third part of its first part.
A comparison about one child outside any group "for at least one child" is wrapped in one of its own, so that a person
never has to know. Every condition made here can be read, or `ConditionError` says why not. Nothing changes its argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from threefold.domain.errors import ThreefoldError
from threefold.governance.questions import OWN
from threefold.plugin_api.conditions import FOR_A_CHILD, LEAVES, ConditionError, read_condition
from threefold.plugin_api.facts import label_of

Tree = dict[str, Any]
Way = tuple[int, ...]
Group = Literal["all", "any", "not", "any_child"]
GROUPS: dict[Group, str] = {
    "all": "All of these hold", "any": "At least one of these holds", "not": "It is not so that", "any_child": "For at least one child",
}  # fmt: skip
CHILD = "incident.children[]."


class NoSuchPart(ThreefoldError):
    """The part of a condition is not there, or is another one now: somebody changed the condition meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "This condition was changed meanwhile. Look at it as it is now, and change it again.", field="condition"
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part as a page shows it: `words` says a comparison whole, of a group only its head. `group` "" : a comparison.

    `apart`: it is a group of parts that must all hold, and two of them are each about at least one child, so that "same_child" turns it.
    `single`: it is a group of one part, so that "out" leaves that alone.
    """

    way: Way
    group: Group | Literal[""]
    words: str
    in_child: bool
    apart: bool = False
    single: bool = False


def with_questions(sentence: str, questions: Mapping[str, str]) -> str:
    """A sentence with the area's own questions as they are asked (`questions`: titles by key): a condition knows their keys only.

    It names one beside the answer that it wants. The same words alone are somebody's own, and stay; so does what stands in “ ”.
    """
    if not questions:
        return sentence
    asked = asked_by_label(questions)
    named = re.compile(
        rf"“[^”]*”|'({'|'.join(re.escape(label) for label in sorted(asked, key=len, reverse=True))})'(?= is (?:yes|no|unclear)\b)"
    )
    return named.sub(lambda m: f"“{asked[m[1]]}”" if m[1] else m[0], sentence)


def asked_by_label(questions: Mapping[str, str]) -> dict[str, str]:
    """The area's own questions as they are asked, by what a condition calls them."""
    return {label_of(f"{OWN}{key}"): title for key, title in questions.items()}


def in_words(tree: Tree, questions: Mapping[str, str]) -> str:
    """A condition as its sentence; of one that cannot be read, why. `questions`: the area's own, titles by key."""
    try:
        return with_questions(read_condition(tree).sentence, questions)
    except ConditionError as error:
        return error.sentence


def parts(tree: Tree | None) -> tuple[Part, ...]:
    """Every part of a condition, each before its own parts."""
    return tuple(_parts(tree, (), False)) if tree else ()


def part_at(tree: Tree | None, way: Way) -> Tree:
    """The part at a way. Raises `NoSuchPart`."""
    node = tree
    for index in way:
        inner = _inner(node) if node and not is_comparison(node) else []
        if index >= len(inner):
            raise NoSuchPart
        node = inner[index]
    if node is None:
        raise NoSuchPart
    return node


def is_comparison(node: Tree) -> bool:
    """Whether a part is one comparison: of a fact, or of a fact of at least one child."""
    ((kind, inner),) = node.items()
    return kind in LEAVES or (kind == "any_child" and next(iter(inner)) in LEAVES)


def compared(node: Tree) -> tuple[str, str, Any]:
    """(fact, the comparison, the value or number) of a comparison."""
    ((kind, inner),) = node.items()
    if kind == "any_child":
        return compared(inner)
    return inner["fact"], kind, inner["value" if kind == "is" else "number"]


def comparison(fact: str, kind: str, value: Any) -> Tree:
    """A comparison as it is stored."""
    return {kind: {"fact": fact, "value" if kind == "is" else "number": value}}


def joins_one(tree: Tree | None, way: Way) -> bool:
    """Whether what is added at `way` joins one condition alone, so that it is to be said how the two belong together."""
    try:
        node = part_at(tree, way)
    except NoSuchPart:
        return False
    ((kind, inner),) = node.items()
    return is_comparison(node) or (kind not in ("all", "any") and next(iter(inner)) not in ("all", "any"))


def is_group(tree: Tree | None, way: Way) -> bool:
    """Whether at `way` stands a group of which all parts must hold, or one is enough."""
    try:
        return bool({"all", "any"} & part_at(tree, way).keys())
    except NoSuchPart:
        return False


def children_beside(tree: Tree | None, way: Way) -> tuple[Way, ...]:
    """The parts about at least one child beside which what is added at `way` must hold: it may be about the same child as one of them.

    None where it comes into a group of which one part is enough, or into one about a child, where it is about that child anyway.
    """
    try:
        node = part_at(tree, way)
    except NoSuchPart:
        return ()
    ((kind, inner),) = node.items()
    if tree is None or _in_child(tree, way):
        return ()
    if kind == "not":
        return ((*way, 0),) if "any_child" in inner else children_beside(tree, (*way, 0))
    if kind == "all":
        return tuple((*way, index) for index, part in enumerate(inner) if "any_child" in part)
    return (way,) if kind == "any_child" and is_comparison(node) else ()


def may_be_two_children(node: Tree) -> bool:
    """Whether a condition asks of at least one child more than once in what must hold together: two children may meet it then."""
    ((kind, _),) = node.items()
    if kind == "any_child" or kind in LEAVES:
        return False
    inner = _inner(node)
    return (kind == "all" and sum(map(_asks_of_a_child, inner)) > 1) or any(map(may_be_two_children, inner))


def said_of_children(node: Tree) -> int:
    """How many comparisons of a condition are about a child."""
    ((kind, inner),) = node.items()
    return int(str(inner["fact"]).startswith(CHILD)) if kind in LEAVES else sum(map(said_of_children, _inner(node)))


def added(
    tree: Tree | None, way: Way, new: Tree, group: Group | Literal[""] = "", together: Literal["all", "any"] = "all"
) -> Tree:
    """The condition with one comparison more in the part at `way`, in a group of its own where `group` says which.

    `together`: where it joins one condition alone, whether both must hold or either is enough. Raises `ConditionError`, `NoSuchPart`.
    """
    if tree is None:
        return _read(_fitting(_grouped(new, group), False))
    node = part_at(tree, way)
    more = _fitting(_grouped(new, group), _in_child(tree, way) or (next(iter(node)) == "any_child" and not is_comparison(node)))
    ((kind, inner),) = node.items()
    if kind in ("all", "any"):
        made: Tree = {kind: [*inner, more]}
    elif is_comparison(node):
        made = {together: [node, more]}
    else:  # not, any_child: what stands in it is one condition
        within = inner if next(iter(inner)) in ("all", "any") else {together: [inner]}
        ((joined, rest),) = within.items()
        made = {kind: {joined: [*rest, more]}}
    return _read(_put(tree, way, made))


def added_to_whole(tree: Tree, way: Way, new: Tree, group: Group | Literal[""], how: Literal["all", "any"]) -> Tree:
    """The condition with one comparison more beside the whole of the part at `way`, a group: whether both must hold or either is enough.
    Raises `ConditionError`, `NoSuchPart`."""
    node = part_at(tree, way)
    more = _fitting(_grouped(new, group), _in_child(tree, way))
    return _read(_put(tree, way, {how: [*node[how], more]} if how in node else {how: [node, more]}))


def added_of_same_child(tree: Tree | None, way: Way, new: Tree, group: Group | Literal[""] = "") -> Tree:
    """The condition with one comparison more of the child that the part at `way` is about. Raises `ConditionError`, `NoSuchPart`."""
    node = part_at(tree, way)
    if tree is None or "any_child" not in node:
        raise NoSuchPart
    more = _bare(_grouped(new, group))
    return _read(_put(tree, way, _of_one_child([node, {"any_child": more}])))


def changed(tree: Tree, way: Way, new: Tree) -> Tree:
    """The condition with another comparison in place of the one at `way`. Raises `ConditionError`, `NoSuchPart`."""
    part_at(tree, way)
    return _read(_put(tree, way, _fitting(new, _in_child(tree, way))))


def without(tree: Tree, way: Way) -> Tree | None:
    """The condition without the part at `way`: a group that is left empty goes too; None where nothing is left."""
    part_at(tree, way)
    if not way:
        return None
    above = part_at(tree, way[:-1])
    ((kind, inner),) = above.items()
    if kind in ("all", "any") and len(inner) > 1:
        return _read(_put(tree, way[:-1], {kind: [n for i, n in enumerate(inner) if i != way[-1]]}))
    return without(tree, way[:-1])


def turned(tree: Tree, way: Way, to: str) -> Tree:
    """The condition with the part at `way` turned: "all" or "any" turns a group into the other or puts a part into one,
    "within" puts a group into one of the other kind, so that something more is asked beside the whole of it, "any_child" puts it into such a group, and so does "not", which takes it out of one that it is in already, "out" takes its parts out of it. "same_child" makes its parts that are each about
    at least one child one part, about one child. Raises `ConditionError`, `NoSuchPart`.
    """  # fmt: skip
    node = part_at(tree, way)
    ((kind, inner),) = node.items()
    if to == "out":
        if is_comparison(node) or (kind in ("all", "any") and len(inner) > 1 and way and not _takes_many(tree, way)):
            raise NoSuchPart
        return _taken_out(tree, way, kind, inner)
    if to == "same_child":
        return _read(_put(tree, way, _with_one_child(tree, way)))
    if to in ("all", "any") and kind in ("all", "any"):
        made: Tree = {to: inner}
    elif to in ("all", "any"):
        made = {to: [node]}
    elif to == "within" and kind in ("all", "any"):
        made = {"any" if kind == "all" else "all": [node]}
    elif to == "any_child":
        bare = _bare(node)
        made = {"any_child": bare if next(iter(bare)) in ("all", "any") else {"all": [bare]}}
    elif to == "not" and way and "not" in part_at(tree, way[:-1]):  # the opposite of what is denied already: it is so
        return _read(_put(tree, way[:-1], node))
    elif to == "not":
        made = {"not": node}
    else:
        raise NoSuchPart
    return _read(_put(tree, way, made))


def _with_one_child(tree: Tree, way: Way) -> Tree:
    """The group at a way with one part about a child, where the first of several stood."""
    if not _apart(part_at(tree, way)):
        raise NoSuchPart
    parts, (first, *others) = part_at(tree, way)["all"], [way[-1] for way in children_beside(tree, way)]
    one = _of_one_child([parts[index] for index in (first, *others)])
    left = [one if index == first else part for index, part in enumerate(parts) if index not in others]
    return {"all": left} if len(left) > 1 else one


def _of_one_child(parts: list[Tree]) -> Tree:
    """What several parts ask of at least one child each, asked of one child."""
    inner = [part["any_child"] for part in parts]
    return {"any_child": {"all": [one for part in inner for one in part.get("all", [part])]}}


def _apart(node: Tree) -> bool:
    return sum("any_child" in part for part in node.get("all", ())) > 1


def _asks_of_a_child(node: Tree) -> bool:
    return "any_child" in node or (next(iter(node)) in ("all", "any") and any(map(_asks_of_a_child, _inner(node))))


def _taken_out(tree: Tree, way: Way, kind: str, inner: Any) -> Tree:
    kept = inner if isinstance(inner, list) else [inner]
    if kind == "any_child":  # a comparison about a child stays about at least one child
        kept = [_fitting(n, False) for n in kept]
    if len(kept) == 1:
        return _read(_put(tree, way, kept[0]))
    if not way:
        raise NoSuchPart
    above, place = part_at(tree, way[:-1]), way[-1]
    ((joined, others),) = above.items()
    return _read(_put(tree, way[:-1], {joined: [*others[:place], *kept, *others[place + 1 :]]}))


def _takes_many(tree: Tree, way: Way) -> bool:
    return next(iter(part_at(tree, way[:-1]))) in ("all", "any")


def _parts(node: Tree, way: Way, in_child: bool) -> Iterator[Part]:
    ((kind, _),) = node.items()
    if is_comparison(node):
        said = node if not in_child or kind == "any_child" else {"any_child": node}
        words = read_condition(said).sentence.removeprefix(FOR_A_CHILD if in_child else "")
        yield Part(way, "", words[:1].upper() + words[1:], in_child)
        return
    yield Part(way, kind, GROUPS[kind], in_child, _apart(node), kind in ("all", "any") and len(_inner(node)) == 1)  # type: ignore[arg-type,index]
    for index, inner in enumerate(_inner(node)):
        yield from _parts(inner, (*way, index), in_child or kind == "any_child")


def _inner(node: Tree) -> list[Tree]:
    ((_, inner),) = node.items()
    return inner if isinstance(inner, list) else [inner]


def _put(tree: Tree, way: Way, node: Tree) -> Tree:
    if not way:
        return node
    ((kind, inner),) = tree.items()
    if isinstance(inner, list):
        return {kind: [_put(n, way[1:], node) if i == way[0] else n for i, n in enumerate(inner)]}
    return {kind: _put(inner, way[1:], node)}


def _in_child(tree: Tree, way: Way) -> bool:
    return any("any_child" in part_at(tree, way[:depth]) for depth in range(len(way)))


def _grouped(node: Tree, group: str) -> Tree:
    if group in ("all", "any"):
        return {group: [node]}
    if group == "any_child":  # a group to put more in, and not one comparison about a child
        return {"any_child": {"all": [_bare(node)]}}
    return {group: node} if group else node


def _fitting(node: Tree, in_child: bool) -> Tree:
    """The node with a comparison about a child in a group of its own just where it is in none."""
    ((kind, inner),) = node.items()
    if kind == "any_child":
        return inner if in_child else node
    if kind in LEAVES:
        about_child = isinstance(inner, Mapping) and str(inner.get("fact")).startswith(CHILD)
        return {"any_child": node} if about_child and not in_child else node
    return {kind: [_fitting(n, in_child) for n in inner] if isinstance(inner, list) else _fitting(inner, in_child)}


def _bare(node: Tree) -> Tree:
    """The node without groups "for at least one child" in it."""
    ((kind, inner),) = node.items()
    if kind == "any_child":
        return _bare(inner)
    if kind in LEAVES:
        return node
    return {kind: [_bare(n) for n in inner] if isinstance(inner, list) else _bare(inner)}


def _read(tree: Tree) -> Tree:
    read_condition(tree)
    return tree
