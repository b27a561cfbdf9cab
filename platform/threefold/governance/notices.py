"""What is told of a rule a release ahead: that it ends, or that something it was written for does.

A notice stops nothing and changes nothing that a rule says. `whose` says who can act on it: an arrangement that uses an
ending rule can choose another; what ends in the contract is for the rule's owner, who brings a release without it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from threefold.governance.catalogue import Catalogue, source_files
from threefold.governance.pack import Arrangement, RuleUse
from threefold.plugin_api.contract import CONTRACT, Contract, Ending
from threefold.plugin_api.facts import label_of
from threefold.plugin_api.hooks import PROJECT
from threefold.plugin_api.rule import Card, Rule


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told of a rule, in plain words."""

    whose: Literal["arrangement", "owner"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Needed:
    """A rule that a version of a body uses and that is not installed here."""

    rule: str
    body: str
    version: str
    use: str


def notices_of(rule: type[Rule], contract: Contract = CONTRACT) -> tuple[Notice, ...]:
    """Everything told of one rule, its own end first."""
    card = rule.card
    found = [Notice("arrangement", ending_words(card))] if card.deprecated else []
    low, high = card.api
    if high < contract.next:
        written = f"version {high}" if low == high else f"versions {low} to {high}"
        found.append(Notice(
            "owner",
            f"It was written for {written} of the contract, and the next release of Threefold has version {contract.next}. "
            f"Install a release of it for that version before then; its owner is: {card.owner}.",
        ))  # fmt: skip
    found += [Notice("owner", _ends(one)) for one in contract.ending if _uses(rule, one)]
    return tuple(found)


def notices_of_use(catalogue: Catalogue, use: RuleUse) -> tuple[Notice, ...]:
    """What is told of a rule as an arrangement uses it: of the rule, and of the facts that its conditions look at.

    Nothing of a rule that is not installed; see `needed`.
    """
    rule = catalogue.rules.get((use.rule, use.major))
    if rule is None:
        return ()
    looked_at = set(_facts_in(use.settings))
    return notices_of(rule, catalogue.contract) + tuple(
        Notice("arrangement", _ends(one, "A condition that is set here looks at", label_of(one.name)))
        for one in catalogue.contract.ending
        if one.part == "fact" and one.name in looked_at
    )


def notices(catalogue: Catalogue) -> dict[tuple[str, int], tuple[Notice, ...]]:
    """What is told of each rule at hand of which something is told."""
    told = {key: notices_of(rule, catalogue.contract) for key, rule in sorted(catalogue.rules.items())}
    return {key: found for key, found in told.items() if found}


def ending_words(card: Card) -> str:
    """That a rule ends, and what to use: for area leads and operators alike. Empty for one that does not end."""
    if card.deprecated is None:
        return ""
    return (
        f"“{card.title}” (version {card.major}) ends: release {card.deprecated.last} of its package is the last that has it. "
        f"{card.deprecated.instead}"
    )


def needed(catalogue: Catalogue, versions: Iterable[Arrangement]) -> list[Needed]:
    """The rules that versions of arrangements use and that are not installed: their cases could not be worked out."""
    return [
        Needed(f"{use.rule}@{use.major}", version.body, version.version, use.use)
        for version in versions
        for use in version.uses
        if (use.rule, use.major) not in catalogue.rules
    ]


_DOES = {"hook": "It answers the hook", "fact": "It reads the fact", "name": "It imports the name"}


def _ends(ending: Ending, does: str = "", called: str = "") -> str:
    end = ending.deprecation
    return (
        f"{does or _DOES[ending.part]} ‘{called or ending.name}’, which ends: release {end.last} of Threefold is the last that "
        f"has it. {end.instead}"
    )


def _facts_in(settings: Any) -> Iterator[str]:
    """The paths of the facts that conditions within settings name."""
    if isinstance(settings, Mapping):
        if isinstance(settings.get("fact"), str):
            yield settings["fact"]
        settings = settings.values()
    elif not isinstance(settings, list | tuple):
        return
    for inner in settings:
        yield from _facts_in(inner)


def _uses(rule: type[Rule], ending: Ending) -> bool:
    if ending.part == "hook":
        return hasattr(getattr(rule, ending.name, None), f"{PROJECT}_impl")
    if ending.part == "fact":
        return ending.name in rule.card.reads
    return ending.name in _imported(rule)


def _imported(rule: type[Rule]) -> Iterator[str]:
    """The names of the contract that the rule's own modules import."""
    for path in source_files(rule):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("threefold.plugin_api"):
                yield from (alias.name for alias in node.names)
