"""What proves a rule: the bar that first-party rules and anyone's meet alike.

Card complete, signatures as the contract has them, declared reads are the real reads, same facts give the same result
twice, inputs unchanged, forbidden imports absent, findings well-formed, every worked example in its folder holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, cast

import pluggy

from threefold.domain.calendar import england_and_wales
from threefold.domain.errors import ThreefoldError
from threefold.domain.findings import KINDS, Meeting, Way
from threefold.domain.visible import is_visible
from threefold.domain.well_made import wrong_in
from threefold.governance.ask import FINDS, claimed_of_the_law
from threefold.governance.catalogue import forbidden_in
from threefold.governance.configured import wrong_with
from threefold.governance.questions import is_asked
from threefold.governance.rule_set import HOOKS
from threefold.plugin_api.arrangement import ArrangementView
from threefold.plugin_api.facts import EVENTS, FIELDS, Facts, known_path, read_facts, write_facts
from threefold.plugin_api.hooks import MOVES, PROJECT, QUESTIONS, Hooks
from threefold.plugin_api.rule import Days, Rule, check_card
from threefold.testing.asking import Unanswered, answered, ask_hook, provided_by
from threefold.testing.examples import Example as Example
from threefold.testing.examples import examples_of
from threefold.testing.tracing import TracedFacts, covered


@dataclass(slots=True)
class Proof:
    """What was found: faults in plain words (none: the rule is sound), and how many worked examples were run."""

    faults: list[str] = field(default_factory=list)
    examples: int = 0


_CHANGES = "changes the facts or its settings"


def plain_days() -> Days:
    """The bank-holiday calendar without local closures."""
    calendar = england_and_wales()
    return Days(calendar, calendar)


def prove(rule: type[Rule]) -> Proof:
    """Hold one rule against the whole bar."""
    proof = Proof()
    try:
        check_card(rule)
    except ThreefoldError as error:
        proof.faults.append(str(error))
        return proof
    proof.faults += [f"forbidden: {what}" for what in forbidden_in(rule)]
    proof.faults += _signatures(rule)
    if rule.provides is Rule.provides:
        proof.faults.append(
            "It has no provides(): what it brings would be told on no page, published nowhere and compared with nothing."
        )
    try:
        examples = examples_of(rule)
    except ThreefoldError as error:
        proof.faults.append(f"A worked example cannot be read: {error}")
        return proof
    proof.examples = len(examples)
    if not examples:
        proof.faults.append("There is no worked example: add examples/*.toml beside the rule.")
    traced: set[str] = set()
    told: set[str] = set()
    try:
        _ask_all(rule, examples, proof, traced, told)
    except Unanswered as error:  # it never answers: nothing more is asked of it
        proof.faults = list(dict.fromkeys([*proof.faults, str(error)]))
        return proof
    declared = rule.card.reads
    proof.faults += [f"reads '{p}', which its card does not declare" for p in sorted(traced) if not covered(p, declared)]
    proof.faults += [
        f"says it rests on '{p}', which it never looks at" for p in sorted(told) if not covered(p, frozenset(traced))
    ]
    if examples:
        proof.faults += [
            f"declares that it reads '{d}', and never does" for d in sorted(declared)
            if d not in ANY_FACT and not any(covered(path, frozenset({d})) for path in traced)
        ]  # fmt: skip
    proof.faults = list(dict.fromkeys(proof.faults))
    return proof


def _ask_all(rule: type[Rule], examples: list[Example], proof: Proof, traced: set[str], told: set[str]) -> None:
    """Ask a rule everything, in each of its worked examples. Raises `Unanswered` for one that does not answer in time."""

    def held(asked: Callable[[], Iterable[str]], about: str = "") -> None:
        try:
            proof.faults += [f"{about}{fault}" for fault in asked()]
        except Unanswered as error:
            if error.endless:
                raise
            proof.faults.append(f"{about}{error}")
        except ThreefoldError as error:
            proof.faults.append(f"{about}{error}")

    def reads(instance: Rule, facts: Facts) -> Iterable[str]:
        seen, said = _traced(instance, facts)
        traced.update(seen)
        told.update(said)
        return ()

    settings_seen: list[Mapping[str, Any]] = []
    for example in examples:
        instance = _instance(rule, example, proof)
        if instance is None:
            continue
        given = repr(dict(instance.settings))
        if example.settings not in settings_seen:
            settings_seen.append(example.settings)
            held(partial(_provides_well, instance))
        held(partial(_holds, instance, example), f"{example.name}: ")
        for facts in (example.facts, *_stirring_facts()):
            held(partial(_pure, instance, facts))
            held(partial(reads, instance, facts))
        if repr(dict(instance.settings)) != given:  # also where the change is the same each time, and over after the first
            proof.faults.append(_CHANGES)


def _instance(rule: type[Rule], example: Example, proof: Proof) -> Rule | None:
    try:
        return answered("'prepare'", lambda: rule(example.settings))
    except (ThreefoldError, Unanswered) as error:
        if isinstance(error, Unanswered) and error.endless:
            raise
        proof.faults.append(str(error) if isinstance(error, Unanswered) else f"{example.name}: {error}")
        return None


def _signatures(rule: type[Rule]) -> list[str]:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    marked = [n for n in dir(rule) if hasattr(getattr(rule, n, None), f"{PROJECT}_impl")]
    unknown = [f"answers '{n}', which the contract does not have" for n in marked if n not in HOOKS]
    forgotten = [
        f"has a method '{n}' that is not marked with @answers"
        for n in HOOKS
        if callable(getattr(rule, n, None)) and n not in marked
    ]
    instance = rule.__new__(rule)  # not initialised: only its signatures are looked at
    try:
        manager.register(instance, name=rule.card.id)
    except pluggy.PluginValidationError as error:
        return [*unknown, *forgotten, f"does not meet the contract: {error}"]
    return unknown + forgotten


def _provides_well(instance: Rule) -> list[str]:
    faults: list[str] = []
    settings = repr(dict(instance.settings))
    things = provided_by(instance)
    again = provided_by(instance)
    if wrong := [f"'provides': {what}" for thing in things if (what := wrong_with(thing))]:
        return wrong
    for thing in things:
        if thing.kind not in KINDS:
            faults.append(f"provides a '{thing.kind}', which is not a kind of the contract")
        if not is_visible(thing.sentence) or not is_visible(thing.title):
            faults.append(f"provides {thing.kind} '{thing.key}' without a title or sentence")
        if thing.kind == "question" and not is_asked(thing):
            faults.append(
                f"provides the question '{thing.key}', under which no answer can be kept: use at most 60 lower-case letters, digits and hyphens"
            )
        if thing.kind == "way" and thing.key not in QUESTIONS:
            faults.append(f"provides a way for '{thing.key}', which is not a question of the contract")
    faults += ["brings something else each time it is asked in 'provides'"] if again != things else []
    faults += ["changes its settings in 'provides'"] if repr(dict(instance.settings)) != settings else []
    keys = [(t.kind, t.key) for t in things]
    faults += [f"provides {kind} '{key}' twice" for kind, key in sorted({k for k in keys if keys.count(k) > 1})]
    return faults


def _arguments(instance: Rule, hook: str, facts: Any) -> Iterator[dict[str, Any]]:
    base = {"facts": facts, "days": plain_days()}
    match hook:
        case "objections":
            yield from ({**base, "move": move} for move in MOVES)
        case "to_tell":
            yield from ({**base, "event": event} for event in EVENTS)
        case "decision":
            yield from ({**base, "question": question} for question in QUESTIONS)
        case "quorum":
            for group in ("", *(thing.key for thing in provided_by(instance) if thing.kind == "quorum")):
                yield from ({**base, "meeting": meeting} for meeting in _meetings(instance, group))
        case "floor":
            yield {"arrangement": _EMPTY, "on": date(2026, 1, 1)}
        case _:
            yield base


def _meetings(instance: Rule, group: str) -> Iterator[Meeting]:
    """Nobody there, nothing known, everybody there, a substitute there; with an item that the chair let go ahead."""
    plain = Meeting(group, agenda=("item-1", "item-2"), let_ahead=("item-2",))
    yield plain
    for told in ask_hook(instance, "quorum", {"meeting": plain}):
        yield replace(plain, not_known=told.counts)
        yield replace(plain, present=told.counts)
        yield replace(plain, present=told.counts[1:], stood_in=told.may_stand_in)


def _meeting(told: Any) -> Meeting:
    """A worked example's meeting, from its table."""
    more: dict[str, Any] = {n: tuple(tuple(v) if isinstance(v, list) else v for v in told[n]) for n in told if n != "group"}
    return Meeting(told["group"], **more)


# What a rule with conditions declares: an area may word a condition over any fact.
ANY_FACT = frozenset({"incident.*", "incident.children[].*", "review.*"})
_EMPTY = ArrangementView("example", "draft", "signed", date(2026, 1, 1), (), (), (), ())


def _answered(instance: Rule) -> list[str]:
    return [h for h in HOOKS if callable(getattr(instance, h, None))]


def _pure(instance: Rule, facts: Facts) -> list[str]:
    faults: list[str] = []
    before, settings = write_facts(facts), repr(dict(instance.settings))
    for hook in _answered(instance):
        for arguments in _arguments(instance, hook, facts):
            first, second = ask_hook(instance, hook, arguments), ask_hook(instance, hook, arguments)
            if first != second:
                faults.append(f"says different things on the same facts in '{hook}'")
            faults += _well_formed(hook, first, facts)
            if instance.card.layer == "local":
                faults += [
                    f"'{hook}' gives '{finding.key}' with {claim}: that is the law's alone, and is taken from it on every case"
                    for finding in first
                    if not _wrong_in(hook, finding) and (claim := claimed_of_the_law(finding))
                ]
    if write_facts(facts) != before or repr(dict(instance.settings)) != settings:
        faults.append(_CHANGES)
    return faults


def _wrong_in(hook: str, finding: Any) -> str:
    wanted = Way if hook == "decision" else FINDS[hook]
    if type(finding) is not wanted:
        return f"gives a {type(finding).__name__}"
    wrong = wrong_in(finding)
    return f"gives something else than it has to: {wrong}" if wrong else ""


def _well_formed(hook: str, found: list[Any], facts: Facts) -> list[str]:
    faults = [f"'{hook}' {wrong}" for finding in found if (wrong := _wrong_in(hook, finding))]
    if faults:
        return faults
    keys = [f.key for f in found]
    faults += [f"'{hook}' gives the key '{k}' twice" for k in sorted({k for k in keys if keys.count(k) > 1})]
    for finding in found:
        if not finding.sentence:
            faults.append(f"'{hook}' gives '{finding.key}' without a sentence")
        for path in finding.reads:
            bare = path.split("[", 1)[0] + "[]" + path.split("]", 1)[1] if "[" in path else path
            if not known_path(bare):
                faults.append(f"'{hook}' says it read '{path}'; there is no such fact")
    return faults


def _traced(instance: Rule, facts: Facts) -> tuple[set[str], set[str]]:
    """The paths the rule looked at, and the paths its findings say they rest on."""
    seen: set[str] = set()
    told: set[str] = set()
    for hook in _answered(instance):
        if hook == "floor":
            continue
        traced = TracedFacts(facts)
        for arguments in _arguments(instance, hook, cast(Facts, traced)):
            for finding in ask_hook(instance, hook, arguments):
                if _wrong_in(hook, finding):
                    continue  # told where it is asked for the first time
                told |= {p.split("[", 1)[0] + "[]" + p.split("]", 1)[1] if "[" in p else p for p in finding.reads}
        seen |= traced.reads
    return seen, told


def _stirring_facts() -> tuple[Facts, ...]:
    """Facts that send a rule down many of its ways: everything yes, no or unclear, with every event."""
    return _STIRRING


def _everything(value: str, at: str = "2026-02-02") -> Facts:
    incident = {n: value for n, kind in _names("incident.") if kind == "answer"}
    child = {n: value for n, kind in _names("incident.children[].") if kind == "answer"} | {"age_years": 15}
    events = [{"name": n, "at": at} for n in EVENTS] if value == "yes" else []
    review: dict[str, Any] = {n: value for n, kind in _names("review.") if kind == "answer"}
    return read_facts({
        "incident": {**incident, "happened_on": "2026-02-02", "happened_in": "E99000001",
                     "children": [{"key": "child-1", "family": "f", **child}, {"key": "child-2", "family": "f", **child, "age_years": 20},
                                  {"key": "child-3", **child}]},
        "review": {**review, "events": events},
    })  # fmt: skip


def _names(prefix: str) -> list[tuple[str, str]]:
    return [
        (p.removeprefix(prefix), f.kind)
        for p, f in FIELDS.items()
        if p.startswith(prefix) and "." not in p.removeprefix(prefix)
    ]


# An event may have a time as well as a day: what a rule makes of it has to be a day all the same.
_STIRRING = (
    *tuple(_everything(value) for value in ("yes", "no", "unclear")),
    _everything("yes", "2026-02-02T09:30+00:00"),
    Facts(),
)


def _holds(instance: Rule, example: Example) -> list[str]:
    arguments = {"facts": example.facts, "days": plain_days(), **example.arguments}
    if "meeting" in arguments:
        arguments["meeting"] = _meeting(arguments["meeting"])
    found = ask_hook(instance, example.hook, arguments)
    faults = []
    if example.count is not None and len(found) != example.count:
        faults.append(f"gives {len(found)} findings where {example.count} were worked out by hand")
    for wanted in example.expect:
        if not any(all(_shown(getattr(f, k, None)) == _shown(v) for k, v in wanted.items()) for f in found):
            near = [{k: _shown(getattr(f, k, None)) for k in wanted} for f in found]
            faults.append(f"expected {wanted}, found {near}")
    return faults


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return [_shown(v) for v in value] if isinstance(value, tuple | list) else value
