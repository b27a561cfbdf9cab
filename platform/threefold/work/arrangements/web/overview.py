"""The rules of a draft in its overview: what each brings, and where each thing that it brings is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.coverage import things_of
from threefold.governance.drafts import Content
from threefold.governance.names import called
from threefold.governance.notices import ending_words
from threefold.work.arrangements.web.shown import layer_words
from threefold.work.arrangements.web.told import of_thing, titles_in
from threefold.work.people.web import services


@dataclass(frozen=True, slots=True)
class Brought:
    """One thing that a rule brings, in the rule's words, which may be its title alone. `at`: its line's place in an address; empty where it has none."""

    title: str
    words: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of a draft in the overview: what it is, what it brings, where it comes from, and whether it was changed."""

    use: str
    title: str
    summary: str
    brings: tuple[Brought, ...]
    layers: tuple[str, ...]
    changed: bool
    ends: str  # that this major of the rule ends, and what to use instead; empty where it does not


def rule_line(content: Content, use: Mapping[str, Any], first: Content) -> RuleLine:
    """A rule of the draft in the overview."""
    rule = services().governance.catalogue.rules.get((use["rule"], use["major"]))
    before = next((u for u in first["uses"] if u["use"] == use["use"]), None)
    title, summary = (
        (services().governance.catalogue.called(rule), rule.card.summary)
        if rule
        else (use["rule"], "This rule is not installed here.")
    )
    return RuleLine(
        use["use"], called(title, use), summary, _brought(content, use, first), tuple(layer_words(layer) for layer in use["layers"]),
        before is None or (before["settings"], before["major"]) != (use["settings"], use["major"]), ending_words(rule.card) if rule else "",
    )  # fmt: skip


def _brought(content: Content, use: Mapping[str, Any], first: Content) -> tuple[Brought, ...]:
    try:
        things = things_of(services().governance.catalogue, drafts.as_arrangement(content), use["use"])
    except ThreefoldError:  # its settings cannot be read yet
        return ()
    places, found = list(_places(use["settings"])), []
    titles = titles_in(content, first)
    for thing in things:
        told = of_thing(thing, titles, content)
        title, words = thing.title, "" if told == thing.title else told
        lines = [at for key, called_so, at in places if (key, called_so) == (thing.key, thing.title)]
        found.append(Brought(title, words, f"rules/{use['use']}/{lines[0]}" if len(lines) == 1 else ""))
    return tuple(found)


def _places(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The key, the title and the place of each line in a list of a rule's settings."""
    for name, listed in settings.items():
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, Mapping) and isinstance(entry.get("key"), str):
                yield entry["key"], str(entry.get("title", "")), f"{name}/{entry['key']}"
