"""A version's own rules tried on the worked examples, to see whether each can be worked out at all.

A rule that raises costs a case nothing but its own lines; whoever signs a version is told beforehand that it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from threefold.domain.errors import ThreefoldError
from threefold.governance.ask import Failure, ask, ask_one
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.remark import Remark
from threefold.governance.replay import without_the_law
from threefold.governance.rule_set import RuleSet
from threefold.governance.time_limit import TOO_LONG, bounded
from threefold.governance.worked import cases_beside
from threefold.plugin_api import from_the_form
from threefold.plugin_api.facts import Facts
from threefold.plugin_api.hooks import MOVES, QUESTIONS
from threefold.plugin_api.rule import Rule

_HOOKS = ("duties", "steps", "criteria", "outcomes", "agencies", "limits")


def remarks_of_failures(governance: Governance, arrangement: Arrangement) -> list[Remark]:
    """Each rule of a version that cannot be worked out on worked examples: to be mended where on none of them."""
    try:
        rules = governance.rule_set(arrangement, without_the_law(governance, arrangement))
    except ThreefoldError:  # it cannot be read at all: other remarks say where
        return []
    try:
        return list(_remarks(rules, tuple(governance.catalogue.rules.values())))
    except _TooLong as error:
        return list(error.remarks)


class _TooLong(Exception):
    """What is said where a rule ran out of time: true of a moment, so that it is not remembered."""

    def __init__(self, remarks: tuple[Remark, ...]) -> None:
        self.remarks = remarks


@lru_cache(maxsize=64)
def _remarks(rules: RuleSet, kinds: tuple[type[Rule], ...]) -> tuple[Remark, ...]:
    """What is said of a rule set that never changes, on examples that never do: worked out once, though page after page of a draft tells it."""
    examples, often, first = _examples(kinds), Counter[str](), dict[str, Failure]()
    for facts in examples:
        failures = {failure.rule.use: failure for failure in _failures(rules, facts)}
        often.update(failures.keys())
        first = failures | first
        if any(failure.what == TOO_LONG for failure in failures.values()):
            break  # the others would take as long
    told = tuple(
        Remark(
            "mend" if often[use] == len(examples) or failure.what == TOO_LONG else "warned",
            f"The rule {failure.rule.quoted} could not be worked out on {_many(often[use], len(examples))}{_why(failure)}. "
            "What it says would be missing from each such case; what the law requires is not affected. "
            f"Remove it, or ask its author{_to_tell(failure)}.",
            field=f"rules.{use}", key=f"fails-{use}",
        )
        for use, failure in sorted(first.items())
    )  # fmt: skip
    if any(failure.what == TOO_LONG for failure in first.values()):
        raise _TooLong(told)
    return told


def _why(failure: Failure) -> str:
    return f": {TOO_LONG}" if failure.what == TOO_LONG else ""


def _to_tell(failure: Failure) -> str:
    """The error, for who wrote the rule: whoever reads the check can do nothing with it but pass it on."""
    return "" if failure.what == TOO_LONG else f" and pass this on: {failure.what[:200]}"


def _failures(rules: RuleSet, facts: Facts) -> Iterator[Failure]:
    with bounded():
        for hook in _HOOKS:
            if rules.bound[hook]:
                yield from ask(rules, hook, "local", facts=facts, days=rules.days)[1]
        for move in MOVES if rules.bound["objections"] else ():
            yield from ask(rules, "objections", "local", facts=facts, move=move)[1]
        for event in {e.name for e in (*facts.review.events, *from_the_form(facts))} if rules.bound["to_tell"] else ():
            yield from ask(rules, "to_tell", "local", facts=facts, event=event)[1]
        for question in QUESTIONS if rules.sole else ():
            yield from ask_one(rules, question, facts)[1]


@lru_cache(maxsize=4)
def _examples(rules: tuple[type[Rule], ...]) -> tuple[Facts, ...]:
    """The facts of the worked examples beside some rules; a file that cannot be read is its author's to mend, and is left out."""
    found: list[Facts] = []
    for rule in rules:
        try:
            found += [case.facts for case in cases_beside(rule)]
        except ThreefoldError:
            continue
    return tuple(found)


def _many(failed: int, of: int) -> str:
    return f"{failed} of the {of} worked examples" if failed < of else f"any of the {of} worked examples"
