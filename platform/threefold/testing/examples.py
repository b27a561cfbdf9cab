"""The worked examples beside a rule, each as the bar holds the rule to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from threefold.domain.errors import RuleError
from threefold.governance.rule_set import HOOKS
from threefold.governance.worked import cases_beside
from threefold.plugin_api.facts import Facts
from threefold.plugin_api.rule import Rule

KEYS = ("name", "hook", "settings", "facts", "args", "expect", "count")


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example: settings, facts, the hook asked with which arguments, and what must be among the findings."""

    name: str
    settings: Mapping[str, Any]
    facts: Facts
    hook: str
    arguments: Mapping[str, Any]
    expect: list[dict[str, Any]]
    count: int | None


def examples_of(rule: type[Rule]) -> list[Example]:
    """The worked examples in the rule's folder (`examples/*.toml`). Raises `ThreefoldError` where one cannot be read."""
    found = []
    for case in cases_beside(rule):
        written, name = case.written, f"{case.file}: {case.name}"
        hook, expect = written.get("hook"), written.get("expect", [])
        for key in sorted(written.keys() - set(KEYS)):
            near = get_close_matches(key, KEYS, 1)
            raise RuleError(
                f"A worked example has no '{key}'.{f' Did you mean {near[0]}?' if near else ''} It has: {', '.join(KEYS)}.",
                field=name,
            )
        if hook not in ("provides", *HOOKS) or not callable(getattr(rule, hook, None)):
            said = f"hook = {hook!r}: this rule answers no such hook" if hook else "it names no hook"
            raise RuleError(f"{said}. Write the name of one that it answers.", field=name)
        if not isinstance(expect, list) or not all(isinstance(one, dict) for one in expect):
            raise RuleError("expect is no list of tables. Write each finding that is expected as [[case.expect]].", field=name)
        if not isinstance(written.get("args", {}), dict) or not isinstance(written.get("count", 0), int):
            raise RuleError("args is a table, and count a whole number.", field=name)
        if not expect and written.get("count") is None:
            raise RuleError(
                "It expects nothing, and would hold whatever the rule says. Write [[case.expect]], or count = 0 where nothing is said.",
                field=name,
            )
        found.append(Example(name, case.settings, case.facts, hook, written.get("args", {}), expect, written.get("count")))
    return found
