"""What one thing of two that are compared is called, and told as: its own words, its details by their names."""

from __future__ import annotations

from threefold.domain.findings import Provided
from threefold.domain.sources import Source
from threefold.governance.comparison_prose import shortened
from threefold.governance.comparison_things import Thing
from threefold.governance.comparison_words import DETAILS, Names, nothing, said
from threefold.governance.plain import around_words, beside, counted, text_of, title_once, who_named


def also(thing: Thing, names: Names) -> str:
    """What is said of a thing that stands in one of the two only, where that is more than its title."""
    if thing.kind in ("organisation", "seat"):
        return who_it_is(thing, names)
    more, called = worded(thing, thing.sentence, names), {**names.steps, **names.who}
    if thing.kind in ("quorum", "ladder_stage", "telling"):  # who is counted, and what a stage starts with, by their names
        more = text_of(as_provided(thing, more), called)
    more = title_once(more, thing.title)
    told = f" {full_stop(shortened(more))}" if more and more.rstrip(".") != thing.title.rstrip(".") else ""
    told = " ".join((told, *beside(as_provided(thing, ""), called)))
    who = thing.details.get("who") if thing.kind in ("step", "ladder_stage") else ""
    named = said("who", who, names, thing.words or {}) if who else ""
    said_already = f"Done by: {full_stop(named)}" in told
    return f"{told} Done by: {full_stop(named)}" if named and not said_already else told


def who_it_is(thing: Thing, names: Names) -> str:
    """Which part a seat has and whose it is, and what an organisation is: whoever signs sees who takes part."""
    told = [
        f" {label[:1].upper()}{label[1:]}: {said(name, value, names, {})}."
        for name in ("kind", "role", "organisation", "deputy", "acts_for")
        if not nothing(value := thing.details.get(name)) and (label := label_of_detail(name))
    ]
    return f"{''.join(told)}{' It is a safeguarding partner.' if thing.details.get('partner') else ''}"


def worded(thing: Thing, text: str, names: Names) -> str:
    """A rule's own sentence with names for its keys; what partners wrote themselves, as they wrote it: a rule repeats their
    words, or the title they gave, within its sentence."""
    if thing.kind == "narrative":
        return text
    of_it = as_provided(thing, text)
    return around_words(of_it, lambda sentence: counted(who_named(of_it, names.sentence(sentence), names.who)))


def as_provided(thing: Thing, text: str) -> Provided:
    return Provided(
        thing.kind, thing.key, thing.title, text, thing.source or Source("", "LOCAL", "unknown"), tuple(thing.details.items())
    )


def of_another(thing: Thing, name: str) -> bool:
    """Whether a detail is a setting of a rule that did not come with the platform: its own label says what it is."""
    return name in (thing.labels or {})


def label_of_detail(name: str, thing: Thing | None = None) -> str:
    if thing is not None and thing.labels and name in thing.labels:
        return f"“{thing.labels[name]}”"
    return DETAILS.get(name, name.replace("_", " "))


def full_stop(text: str) -> str:
    return text if text.rstrip("”)").endswith((".", "?", "!")) else f"{text}."
