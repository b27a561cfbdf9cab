"""Every version of a package's rules, for its own test: a major that is added later is proved too."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threefold.plugin_api.rule import Rule


def rules_of(package: ModuleType) -> list[type[Rule]]:
    """The rules that a package's modules define, in order of id and major. A module that cannot be imported raises what it raises."""
    from threefold.plugin_api.rule import Rule

    modules = [import_module(found.name) for found in walk_packages(package.__path__, f"{package.__name__}.")]
    found = {
        one
        for module in (package, *modules)
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, Rule) and one.__module__ == module.__name__ and hasattr(one, "card")
    }
    return sorted(found, key=lambda rule: (rule.card.id, rule.card.major))
