"""Which version of the contract this release of Threefold has, and what ends: said a release before it does.

A rule that ends says so on its card (`Card.deprecated`). A part of the contract that ends stands in `CONTRACT.ending`, and
every rule that uses it is told. Telling changes nothing else: the rule is asked as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from threefold.domain.errors import RuleError

Part = Literal["hook", "fact", "name"]
_RELEASE = re.compile(r"^\d+(\.\d+)*$")


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The end of something, told beforehand.

    `since`: the first release that says so. `last`: the last release that still has it; the one after may not. Both are
    releases such as "2.1": of the rule's own package on a card, of Threefold for a part of the contract. `instead`: what to
    use, as a whole sentence in plain words.
    """

    since: str
    last: str
    instead: str

    def faults(self) -> list[str]:
        """What is wrong with the telling itself: releases that are none, an end before it was told, no way on."""
        if not (_RELEASE.fullmatch(self.since) and _RELEASE.fullmatch(self.last)):
            return ["Give `since` and `last` as releases, such as 2.1."]
        wrong = []
        if _parts(self.last) < _parts(self.since):
            wrong.append(f"It ends with release {self.last}, before release {self.since} says so. Say it a release ahead.")
        if not self.instead.strip():
            wrong.append("Say in `instead` what to use in its place.")
        return wrong


@dataclass(frozen=True, slots=True)
class Ending:
    """A part of the contract that ends: a hook by its name, a fact by its path, or a name rules import."""

    part: Part
    name: str
    deprecation: Deprecation


@dataclass(frozen=True, slots=True)
class Contract:
    """The version of the contract, the one the next release will have (the same, unless it is known to change), and what ends."""

    version: int
    next: int
    ending: tuple[Ending, ...] = ()


CONTRACT = Contract(version=1, next=1)
API = CONTRACT.version  # a rule's card names the versions it was written for


def check_deprecation(deprecated: Deprecation, name: str) -> None:
    """Raise `RuleError` unless a card's telling of its end is whole."""
    for fault in deprecated.faults():
        raise RuleError(f"The card of {name} says that it ends, and not how. {fault}", field="deprecated")


def _parts(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
