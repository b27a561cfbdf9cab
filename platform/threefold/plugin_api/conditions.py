"""Conditions an area lead words: a small typed tree over declared facts, three-valued and bounded.

`{all = [...]}`, `{any = [...]}`, `{not = ...}`, `{any_child = ...}`, `{is = {fact = "...", value = "yes"}}`,
`{at_least = {fact = "...", number = 18}}` and `{less_than = {fact = "...", number = 1}}`. Unknown stays unknown: a fact that was never asked, or is unclear, makes the
leaf unclear, and the tree says "no" only where no unclear leaf could change that. `None` in code is "unclear".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError, fields

from threefold.domain.errors import ThreefoldError
from threefold.domain.findings import Answer
from threefold.plugin_api.facts import FIELDS, UNASKED, Child, Facts, label_of

MOST_DEEP = 8
MOST_NODES = 100
LEAVES = ("is", "at_least", "less_than")  # one comparison of one fact
KINDS = ("all", "any", "not", "any_child", *LEAVES)
_ONE_OF = f"Give one of: {', '.join(KINDS)}."
NOT_SO = "it is not so that "
FOR_A_CHILD = "for at least one child, "
Truth = bool | None  # None: unclear


class ConditionError(ThreefoldError):
    """A condition cannot be read: too deep, too many parts, or a fact or value that does not exist."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. `test` is total: it never raises on facts; `reads` are the paths it looks at.

    `sentence`: its words as they stand, for people. `meaning`: the same words with the parts of each `all` and `any` in one order and each
    once, so that two that differ in nothing else are one: what a finding says of the condition that it depends on.
    """

    tree: Mapping[str, Any]
    sentence: str
    meaning: str
    reads: tuple[str, ...]
    _test: Callable[[Facts, Child | None], Truth]

    def test(self, facts: Facts) -> Truth:
        return self._test(facts, None)

    def answer(self, facts: Facts) -> Answer:
        truth = self._test(facts, None)
        return "unclear" if truth is None else "yes" if truth else "no"


def read_condition(tree: Any, *, field: str = "condition") -> Condition:
    """A condition of its tree. Raises `ConditionError` naming the place."""
    count = 0

    def read(node: Any, where: str, depth: int, in_child: bool) -> tuple[Callable[[Facts, Child | None], Truth], str, set[str]]:
        nonlocal count
        count += 1
        if depth > MOST_DEEP:
            raise ConditionError(f"This condition is more than {MOST_DEEP} levels deep. Split it in two.", field=where)
        if count > MOST_NODES:
            raise ConditionError(f"This condition has more than {MOST_NODES} parts. Split it in two.", field=where)
        if not isinstance(node, Mapping) or len(node) != 1:
            raise ConditionError(_ONE_OF, field=where)
        ((kind, inner),) = node.items()
        match kind:
            case "all" | "any":
                if not isinstance(inner, list) or not inner:
                    raise ConditionError(f"'{kind}' needs a list of at least one condition.", field=where)
                parts = [read(n, f"{where}.{kind}[{i}]", depth + 1, in_child) for i, n in enumerate(inner)]
                tests = [p[0] for p in parts]
                joined = (" and " if kind == "all" else " or ").join(
                    f"({p[1]})" if _joined(p[1]) else p[1] for p in parts) if len(parts) > 1 else parts[0][1]  # fmt: skip
                return (_all(tests) if kind == "all" else _any(tests)), joined, set().union(*(p[2] for p in parts))
            case "not":
                test, sentence, reads = read(inner, f"{where}.not", depth + 1, in_child)
                return (lambda f, c: None if (t := test(f, c)) is None else not t), _not_so(sentence), reads
            case "any_child":
                if in_child:
                    raise ConditionError("'any_child' cannot stand inside another.", field=where)
                test, sentence, reads = read(inner, f"{where}.any_child", depth + 1, True)
                return _any_child(test), f"{FOR_A_CHILD}{sentence}", reads
            case "is" | "at_least" | "less_than":
                return _leaf(kind, inner, where, in_child)
        raise ConditionError(f"There is no condition '{kind}'. {_ONE_OF}", field=where)

    test, sentence, reads = read(tree, field, 1, False)
    count = 0
    _, meaning, _ = read(_in_one_order(tree), field, 1, False)
    return Condition(tree, sentence, meaning, tuple(sorted(reads)), test)


def _in_one_order(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A condition that can be read, with the parts of each `all` and `any` in one order, each once, and none within one of its own kind."""
    ((kind, inner),) = node.items()
    if kind in ("not", "any_child"):
        return {kind: _in_one_order(inner)}
    if kind not in ("all", "any"):
        return node
    parts = [part for one in map(_in_one_order, inner) for part in one.get(kind, [one])]
    ordered = [part for _, part in sorted({json.dumps(part, sort_keys=True): part for part in parts}.items())]
    return ordered[0] if len(ordered) == 1 else {kind: ordered}


def _joined(sentence: str) -> bool:
    """Whether it needs brackets to be one part among others: what is denied, or said of a child, would else reach over the next part."""
    return " and " in sentence or " or " in sentence or sentence.startswith((NOT_SO, FOR_A_CHILD))


def _not_so(sentence: str) -> str:
    return f"{NOT_SO}({sentence})" if _joined(sentence) else f"{NOT_SO}{sentence}"


def _all(tests: list[Callable[[Facts, Child | None], Truth]]) -> Callable[[Facts, Child | None], Truth]:
    def test(facts: Facts, child: Child | None) -> Truth:
        result: Truth = True
        for t in tests:
            truth = t(facts, child)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return test


def _any(tests: list[Callable[[Facts, Child | None], Truth]]) -> Callable[[Facts, Child | None], Truth]:
    def test(facts: Facts, child: Child | None) -> Truth:
        result: Truth = False
        for t in tests:
            truth = t(facts, child)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return test


def _any_child(inner: Callable[[Facts, Child | None], Truth]) -> Callable[[Facts, Child | None], Truth]:
    def test(facts: Facts, _: Child | None) -> Truth:
        # Without any child on record nothing is known of the children: unclear, not no.
        result: Truth = False if facts.incident.children else None
        for child in facts.incident.children:
            truth = inner(facts, child)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return test


def _leaf(kind: str, inner: Any, where: str, in_child: bool) -> tuple[Callable[[Facts, Child | None], Truth], str, set[str]]:
    other = "value" if kind == "is" else "number"
    if not isinstance(inner, Mapping) or set(inner) != {"fact", other}:
        raise ConditionError(f"'{kind}' needs 'fact' and '{other}'.", field=where)
    path, wanted = inner["fact"], inner[other]
    get, label, fact_kind = _reader(path, where, in_child)
    if kind == "is":
        allowed = FIELDS[path].alternatives if path in FIELDS else ("yes", "no", "unclear")
        if fact_kind in ("answer", "choice") and wanted not in allowed:
            raise ConditionError(f"'{wanted}' is not an answer to '{label}'. Use one of: {', '.join(allowed)}.", field=where)
        if fact_kind in ("date", "text", "count") and not (fact_kind == "count" and isinstance(wanted, int)):
            raise ConditionError(f"'{label}' cannot be compared with 'is'.", field=where)
        return _is(get, wanted), f"'{label}' is {wanted}", {path}
    if fact_kind != "count":
        raise ConditionError(f"'{kind}' compares a number; '{label}' is not one.", field=where)
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise ConditionError(
            f"'{label}' is compared with a whole number, such as 1, and {_written(wanted)} is none.", field=where
        )
    if kind == "less_than":
        if wanted < 1:
            raise ConditionError(f"'{label}' is never less than {wanted}. Compare it with 1 or more.", field=where)
        return (lambda f, c: None if (v := get(f, c)) is None else v < wanted), f"'{label}' is less than {wanted}", {path}
    return (lambda f, c: None if (v := get(f, c)) is None else v >= wanted), f"'{label}' is at least {wanted}", {path}


def _written(value: Any) -> str:
    return (
        f"“{value[:40]}”"
        if isinstance(value, str)
        else str(value)[:40].lower()
        if isinstance(value, bool | float)
        else "what stands there"
    )


def _is(get: Callable[[Facts, Child | None], Any], wanted: Any) -> Callable[[Facts, Child | None], Truth]:
    def test(facts: Facts, child: Child | None) -> Truth:
        value = get(facts, child)
        if wanted == "unclear":
            return None if value is None else value == "unclear"
        return None if value is None or value == "unclear" else value == wanted

    return test


def _reader(path: Any, where: str, in_child: bool) -> tuple[Callable[[Facts, Child | None], Any], str, str]:
    if isinstance(path, str) and path.startswith("incident.local.") and len(path) > len("incident.local."):
        key = path.removeprefix("incident.local.")
        return (lambda f, c: f.incident.local.get(key, UNASKED).value), label_of(path), "answer"
    if not isinstance(path, str) or path not in FIELDS:
        near = get_close_matches(str(path), FIELDS, 1, cutoff=0.8)
        raise ConditionError(
            f"No fact of a case is called '{str(path)[:80]}'." + (f" Did you mean '{near[0]}'?" if near else ""), field=where
        )
    declared = FIELDS[path]
    name = path.rsplit(".", 1)[-1]
    if path.startswith("incident.children[]."):
        if not in_child:
            raise ConditionError(f"'{declared.label}' is about one child: put it inside 'any_child'.", field=where)
        return (lambda f, c: getattr(c, name).value), declared.label, declared.kind
    if path.startswith("incident."):
        return (lambda f, c: getattr(f.incident, name).value), declared.label, declared.kind
    return (lambda f, c: getattr(f.review, name).value), declared.label, declared.kind


class ConditionField(fields.Field[Condition]):
    """A condition as a setting of a rule."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Condition:
        try:
            return read_condition(value, field=attr or "condition")
        except ConditionError as error:
            raise ValidationError(str(error)) from error

    def _serialize(self, value: Condition | None, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else dict(value.tree)
