"""Asking five rules through the contract, against plain Python that makes the same objects.

The plain side calls the same five rules' logic directly and builds the same findings and lines in a list: no registration,
no layers, no failures caught, no version pinned.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from benchmarks.measure import Result, at_least, speed, turns
from plugins.statutory_arrangements import StatutoryArrangements
from plugins.statutory_child_death import StatutoryChildDeath
from plugins.statutory_notification import StatutoryNotification
from plugins.statutory_practice_review import StatutoryPracticeReview
from plugins.statutory_rapid_review import StatutoryRapidReview
from threefold.doors.cli.packs import tenants_folder
from threefold.governance.ask import Said
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import load_library
from threefold.governance.verdict import Line, Pin
from threefold.plugin_api.facts import Facts, read_facts
from threefold.plugin_api.hooks import MOVES, QUESTIONS

ROUNDS = 25
TIMES = 60
RULES = (StatutoryNotification, StatutoryRapidReview, StatutoryPracticeReview, StatutoryArrangements, StatutoryChildDeath)
DAY = date(2026, 4, 17)


def case() -> Facts:
    return read_facts({
        "incident": {"happened_on": "2026-03-28", "happened_in": "E99000001", "children": [
            {"key": "child-1", "died": "yes", "abuse_or_neglect": "yes", "age_years": 3, "live_born": "yes", "lives_in": "E99000001"},
            {"key": "child-2", "seriously_harmed": "unclear", "died": "no", "abuse_or_neglect": "yes", "age_years": 5}]},
        "review": {"events": [{"name": "aware", "at": "2026-03-30"}, {"name": "notification_sent", "at": "2026-04-08"}]},
    })  # fmt: skip


def by_hand(instances: list[Any], days: Any) -> list[tuple[str, Any, str]]:
    """(hook, a call of one argument, what the argument is) for everything the rules answer, written out beforehand."""
    calls: list[tuple[str, Any, str]] = []
    for rule in instances:
        for hook in ("duties", "steps", "criteria", "outcomes", "agencies", "limits", "objections", "to_tell", "decision"):
            method = getattr(rule, hook, None)
            if method is None:
                continue
            names = method.__code__.co_varnames[1 : method.__code__.co_argcount]
            calls.append(
                (
                    hook,
                    _of(method, names, days),
                    {"objections": "move", "to_tell": "event", "decision": "question"}.get(hook, ""),
                )
            )
    return calls


def _of(method: Any, names: tuple[str, ...], days: Any) -> Any:
    match names:
        case ("facts",):
            return lambda facts, _: method(facts)
        case ("facts", "days"):
            return lambda facts, _: method(facts, days)
        case ("facts", "move") | ("facts", "event"):
            return method
        case ("question", "facts"):
            return lambda facts, value: method(value, facts)
        case ("move",) | ("event",) | ("question",):
            return lambda _, value: method(value)
    return lambda *_: method()


VALUES = {"move": tuple(MOVES), "event": ("aware", "notification_sent"), "question": tuple(QUESTIONS), "": ("",)}


def plain(calls: list[tuple[str, Any, str]], facts: Facts, ref: Any, pin: Pin) -> list[Line]:
    """The same findings, asked for by hand."""
    lines: list[Line] = []
    for hook, call, argument in calls:
        for value in VALUES[argument]:
            found = call(facts, value)
            if hook == "decision":
                found = (found,) if found is not None else ()
            lines += [Line(hook, Said(ref, finding), pin) for finding in found or ()]
    return lines


def run() -> list[Result]:
    library = load_library(tenants_folder())
    governance = Governance(library.editions, Catalogue.installed())
    facts = case()
    edition, _ = governance.edition_on(DAY)
    rules = governance.rule_set(None, edition)
    by_rule = {use.rule: use.settings for use in edition.uses}
    instances = [rule(by_rule[rule.card.id]) for rule in RULES]
    ref, pin = rules.bound["duties"][0].ref, Pin(None, edition.id)
    ours = governance.decide("bench", (), facts, DAY)
    calls = by_hand(instances, rules.days)
    theirs = plain(calls, facts, ref, pin)
    same = len(ours.lines) == len(theirs)
    found = turns(
        lambda: [governance.decide("bench", (), facts, DAY) for _ in range(TIMES)],
        lambda: [plain(calls, facts, ref, pin) for _ in range(TIMES)],
        ROUNDS,
    )
    result = at_least(
        f"evaluation with five rules ({len(theirs)} findings) against plain Python making the same", speed(found), 0.5, ROUNDS
    )
    return [result if same else Result(result.name + " (FINDINGS DIFFER)", 0.0, result.goal, False, ROUNDS)]
