"""Which steps that were done before an incident was notified anew still count, whatever rule they are of.

A step's own clock says so (decision 0038), so the rule that has the step is asked. What is counted from such a step then starts with it,
in another rule too; and may count itself, so the rules are asked until nothing is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from threefold.domain.findings import Step
from threefold.governance.ask import ask
from threefold.governance.rule_set import RuleSet
from threefold.governance.time_limit import bounded
from threefold.plugin_api.facts import Facts


def with_still_done(facts: Facts, steps: Callable[[Facts], Iterable[tuple[str, Step]]]) -> Facts:
    """The facts with `Review.still_done`. `steps`: of given facts, every step with the use of its rule. Whether the end of a step counts
    is said by the rule that the end is of: one step may be completed by the end of another, whose clock is another."""
    while before := facts.review.done_before:
        own = {(step.ends_with, step.done_on) for use, step in steps(facts) if step.ends_with.startswith(f"done:{use}.")}
        found = tuple(e for e in before if (e.name, e.day) in own or e in facts.review.still_done)
        if found == facts.review.still_done:
            break
        facts = replace(facts, review=facts.review.with_still_done(found))
    return facts


def told_what_still_counts(rules: RuleSet, facts: Facts) -> Facts:
    """The facts as the rules of a rule set are told them."""

    def steps(known: Facts) -> list[tuple[str, Step]]:
        law, _ = ask(rules, "steps", "law", facts=known, days=rules.days)
        with bounded():
            local, _ = ask(rules, "steps", "local", facts=known, days=rules.days)
        return [(said.rule.use, said.finding) for said in (*law, *local)]

    return with_still_done(facts, steps)
