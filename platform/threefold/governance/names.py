"""What the keys in an arrangement stand for: the titles of its seats, organisations, groups, steps, questions and rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from threefold.governance.arrangement import RuleUse
from threefold.governance.catalogue import Catalogue
from threefold.governance.drafts import Content, named_in


def titles_of(catalogue: Catalogue, content: Content) -> dict[str, str]:
    """A title by each key that a sentence of a rule may name: `beta`, `plan.beta` (a step of one rule), `plan` (the rule itself).

    Where one key is that of several things, a seat comes before an organisation, then a group, a step, a question of the
    area's own, and a rule.
    """
    found: dict[str, str] = {use["use"]: _rule(catalogue, use) for use in content["uses"]}
    for use in content["uses"]:
        steps = [(s["key"], s["title"]) for name in ("steps", "stages") for s in named_in(use["settings"], name)]
        found |= {f"{use['use']}.{key}": title for key, title in steps} | dict(steps)
    groups = [g for use in content["uses"] for g in named_in(use["settings"], "groups")]
    found |= {g["key"]: g["title"] for g in groups}
    found |= {o["key"]: o["name"] for o in content["organisations"]} | {s["key"]: s["title"] for s in content["seats"]}
    return {key: title for key, title in found.items() if title}


def _rule(catalogue: Catalogue, use: Mapping[str, Any]) -> str:
    rule = catalogue.rules.get((use["rule"], use["major"]))
    return called(rule.card.title, use) if rule else ""


def title_of_use(catalogue: Catalogue, use: RuleUse) -> str:
    """What one use of a rule is called; empty where the rule is not at hand."""
    return _rule(catalogue, {"use": use.use, "rule": use.rule, "major": use.major})


def quoted(title: str, key: str) -> str:
    """What a sentence names a thing by: its title, and its key only where no title is known."""
    return f"“{title}”" if title else f"'{key}'"


def called(title: str, use: Mapping[str, Any]) -> str:
    """A rule as one arrangement uses it: one that is used twice is told apart by the name of its use, or by its number."""
    if again := re.fullmatch(re.escape(use["rule"]) + r"-(\d+)", use["use"]):
        return f"{title} ({again[1]})"
    words = re.sub(r"[_-]", " ", use["use"])
    return title if use["use"].startswith(use["rule"]) or words.lower() in title.lower() else f"{title}: {words.lower()}"
