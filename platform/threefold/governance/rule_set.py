"""The rules that apply: built once per (arrangement version, edition of the law), and cached under that.

Nothing here is ever invalidated, because a version never changes. pluggy registers the rules, checks that each hook's
arguments are ones the contract names, and finds who answers what; asking is ours (`ask.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from weakref import WeakKeyDictionary

import pluggy

from threefold.domain.calendar import WorkingDays, england_and_wales
from threefold.domain.errors import CalendarEnds, PackError, RuleError
from threefold.domain.findings import Provided
from threefold.governance.catalogue import Catalogue, code_version
from threefold.governance.configured import configured
from threefold.governance.names import quoted, title_of_use
from threefold.governance.pack import Arrangement, Edition
from threefold.governance.questions import is_asked
from threefold.plugin_api.arrangement import ArrangementView, RuleProvides
from threefold.plugin_api.hooks import PROJECT, QUESTIONS, Hooks
from threefold.plugin_api.rule import Days, Rule

HOOKS: tuple[str, ...] = tuple(name for name, f in vars(Hooks).items() if hasattr(f, "combining"))
SOLE: tuple[str, ...] = tuple(name for name, f in vars(Hooks).items() if getattr(f, "combining", "") == "sole")


@dataclass(frozen=True, slots=True)
class RuleRef:
    """Which rule said something: its use in the arrangement, its name and code, its layer and the pack it came with."""

    use: str
    rule: str
    code: str
    layer: Literal["law", "local"]
    version: str  # the edition of the law, or the version of the arrangement
    title: str = ""  # what its use is called; empty where the rule is not at hand

    @property
    def quoted(self) -> str:
        """The rule as a sentence names it."""
        return quoted(self.title, self.use)

    def __lt__(self, other: RuleRef) -> bool:
        return (self.layer != "law", self.use, self.rule) < (other.layer != "law", other.use, other.rule)


@dataclass(frozen=True, slots=True)
class Bound:
    """One rule's answer to one hook, with the arguments it names."""

    ref: RuleRef
    call: Callable[..., Any]
    arguments: tuple[str, ...]
    rule: Rule


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Everything that applies under one version and one edition. `bound[hook]` lists the law first, then by use."""

    edition: Edition
    arrangement: Arrangement | None
    bound: Mapping[str, tuple[Bound, ...]]
    sole: Mapping[str, Bound]
    law_ways: Mapping[str, Bound]
    provided: tuple[tuple[RuleRef, Provided], ...]
    days: Days
    fingerprint: str
    has_local: bool
    questions: Mapping[str, str]  # the area's own questions as they are asked, by key

    @property
    def version(self) -> str | None:
        return self.arrangement.version if self.arrangement else None

    def view(self) -> ArrangementView:
        """What the floor sees."""
        if self.arrangement is None:
            raise RuleError("There is no arrangement here to look at.")
        return view_of(self.arrangement, self.provided, self.days.law)


def view_of(arrangement: Arrangement, provided: tuple[tuple[RuleRef, Provided], ...], law: WorkingDays) -> ArrangementView:
    def open_by_law(day: date) -> bool:
        try:
            return law.is_working(day)
        except CalendarEnds:  # its bank holidays are not known
            return day.weekday() < 5

    by_use: dict[str, tuple[str, list[Provided]]] = {}
    for ref, thing in provided:
        if ref.layer == "local":
            by_use.setdefault(ref.use, (ref.rule, []))[1].append(thing)
    return ArrangementView(
        body=arrangement.body, version=arrangement.version, entered=arrangement.entered, begins=arrangement.begins,
        area_codes=arrangement.area_codes, organisations=arrangement.organisations, seats=arrangement.seats,
        rules=tuple(RuleProvides(use, rule, tuple(things)) for use, (rule, things) in by_use.items()),
        kind=arrangement.kind, closures=frozenset(filter(open_by_law, arrangement.closures)),
    )  # fmt: skip


def build(
    arrangement: Arrangement | None, edition: Edition, catalogue: Catalogue, extra_holidays: frozenset[date] = frozenset()
) -> RuleSet:
    """The rule set of one version under one edition. Raises `RuleError` or `PackError` naming the use and setting."""
    manager = _Manager(PROJECT)
    manager.add_hookspecs(Hooks)
    refs: dict[str, tuple[RuleRef, Rule]] = {}
    provided: list[tuple[RuleRef, Provided]] = []
    uses = [("law", edition.id, u) for u in edition.uses]
    uses += [("local", arrangement.version, u) for u in arrangement.uses] if arrangement else []
    parts: list[Any] = []
    for layer, version, use in uses:
        rule, things = configured(catalogue, use, layer)
        name = f"{layer}:{use.use}"
        ref = RuleRef(use.use, rule.card.name, code_version(type(rule)), rule.card.layer, version, title_of_use(catalogue, use))
        _register(manager, rule, name)
        refs[name] = (ref, rule)
        provided += [(ref, thing) for thing in things]
        parts.append([layer, use.use, ref.rule, ref.code, use.settings])
    bound = {
        hook: tuple(sorted(
            (Bound(refs[impl.plugin_name][0], impl.function, impl.argnames, refs[impl.plugin_name][1])
             for impl in getattr(manager.hook, hook).get_hookimpls()),
            key=lambda b: b.ref,
        ))
        for hook in HOOKS
    }  # fmt: skip
    sole, law_ways = _sole(provided, bound["decision"])
    law = england_and_wales(extra_holidays)
    days = Days(law, law.without(arrangement.closures) if arrangement and arrangement.closures else law)
    text = json.dumps([edition.id, arrangement.version if arrangement else None, parts], sort_keys=True, default=str)
    has_local = any(layer == "local" for layer, _, _ in uses)
    questions = {thing.key: thing.title for ref, thing in provided if ref.layer == "local" and is_asked(thing)}
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    return RuleSet(edition, arrangement, bound, sole, law_ways, tuple(provided), days, fingerprint, has_local, questions)


class _Manager(pluggy.PluginManager):
    """pluggy's manager, which looks a class of rules through for its hooks once and not for each rule that is made of it: that was
    half of what building a rule set cost."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        if name in getattr(plugin, "__dict__", ()):  # what a rule has of its own, beside its class
            return super().parse_hookimpl_opts(plugin, name)
        hooks = _hooks_of.get(type(plugin))
        if hooks is None:
            kind = type(plugin)
            hooks = _hooks_of[kind] = frozenset(n for n in dir(kind) if super(_Manager, self).parse_hookimpl_opts(kind, n))
        return super().parse_hookimpl_opts(plugin, name) if name in hooks else None


_hooks_of: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()


def _register(manager: pluggy.PluginManager, rule: Rule, name: str) -> None:
    try:
        manager.register(rule, name=name)
    except pluggy.PluginValidationError as error:
        raise RuleError(f"Rule {rule.card.name} does not meet the contract: {error}", field=rule.use) from error


def _sole(provided: list[tuple[RuleRef, Provided]], deciding: tuple[Bound, ...]) -> tuple[dict[str, Bound], dict[str, Bound]]:
    """Who answers each question: exactly one rule of the arrangement, else the law's own way. Two are refused."""
    answering = {b.ref: b for b in deciding}
    found: dict[str, dict[str, Bound]] = {"local": {}, "law": {}}
    for ref, thing in provided:
        if thing.kind != "way":
            continue
        if thing.key not in QUESTIONS:
            raise PackError(
                f"'{thing.key}' is not a question that can be answered: use one of {', '.join(QUESTIONS)}.", field=ref.use
            )
        if ref not in answering:
            raise RuleError(f"Rule {ref.rule} provides a way for '{thing.key}' but does not answer 'decision'.", field=ref.use)
        if thing.key in found[ref.layer]:
            other = found[ref.layer][thing.key].ref.quoted
            raise PackError(
                f"Two answers where one may be: both {other} and {ref.quoted} say how '{QUESTIONS[thing.key]}' is settled. "
                "Keep one of them.", field=f"rules.{ref.use}.ways.{thing.key}")  # fmt: skip
        found[ref.layer][thing.key] = answering[ref]
    return found["local"], found["law"]
