"""What there is to choose from in a draft, and what its parts are called on screen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from threefold.governance.drafts import Content, name_of, named_in
from threefold.governance.remarks_of_names import keys_of, may_be_key
from threefold.plugin_api import EVENTS, MOVES, QUESTIONS
from threefold.plugin_api.arrangement import SERVES

GONE = " (not there any more)"
MANY = 15  # steps of a draft, from which on they are folded away where one of them is to be chosen


def offered(what: str, content: Content) -> dict[str, str]:
    """What there is to choose from in this draft."""
    seats = {s["key"]: s["title"] for s in content["seats"]}
    organisations = {o["key"]: o["name"] for o in content["organisations"]}
    match what:
        case "seats":
            return seats
        case "seat":
            return {"": "Nobody", **seats}
        case "organisations":
            return organisations
        case "partners":
            return {o["key"]: o["name"] for o in content["organisations"] if o.get("partner")}
        case "organisation":
            return {"": "None: an independent person", **organisations}
        case "who":
            return {**_groups(content), **organisations, **seats}
        case "group":
            return {"": "None", **_groups(content, content.get("asked_within", ""))}
        case "events" | "event":
            return ({"": "None"} if what == "event" else {}) | _events(content)
        case "serves":
            return dict(SERVES)
    return {}


def first(usual: Sequence[str], offers: Mapping[str, str]) -> tuple[str, ...]:
    """What of many is offered first: what is usual, and the steps of this draft, unless there are many of them."""
    steps = [one for one in offers if one.startswith("done:")]
    return (*usual, *steps) if usual and len(steps) < MANY else tuple(usual)


def _groups(content: Content, within: str = "") -> dict[str, str]:
    """The groups of the draft; of one rule where its use is told."""
    uses = [use for use in content["uses"] if within in ("", use["use"])]
    return {g["key"]: g["title"] for use in uses for g in named_in(use["settings"], "groups")}


def others(content: Content, place: Sequence[str], line: Mapping[str, Any]) -> Content:
    """The draft as a line chooses from it: a seat or an organisation without itself, unless it names itself already and is to be mended;
    a line of a rule with the groups of that rule where only these can be meant."""
    if place[0] == "rules" and len(place) > 1:
        return {**_without_itself(content, place, line), "asked_within": place[1]}
    listed, own = place[0], line.get("key")
    names_itself = own in (line.get("acts_for") or ()) or own == line.get("deputy")
    if listed not in ("seats", "organisations") or len(place) != 2 or names_itself:
        return content
    left = [one for one in content[listed] if one["key"] != own]
    named = set(line.get("acts_for") or ())  # no partner perhaps: there to be taken out
    return {**content, listed: [{**one, "partner": True} if one["key"] in named else one for one in left]}


def _without_itself(content: Content, place: Sequence[str], line: Mapping[str, Any]) -> Content:
    """The draft without the group that the line is, which neither reports to itself nor sits in itself; with it where the line says so, to be
    mended."""
    if (
        len(place) < 4
        or place[2] != "groups"
        or any(place[3] in (one if isinstance(one, list) else [one]) for name, one in line.items() if name != "key")
    ):
        return content
    uses = [
        use
        if use["use"] != place[1]
        else {
            **use,
            "settings": {**use["settings"], "groups": [g for g in named_in(use["settings"], "groups") if g["key"] != place[3]]},
        }
        for use in content["uses"]
    ]
    return {**content, "uses": uses}


def named_and_not_there(content: Content, lines: Iterable[Any]) -> set[str]:
    """What some lines may name, by its key, and the draft does not have."""
    told = [value for line in lines if isinstance(line, Mapping) for value in line.values()]
    each = {one for value in told for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
    return {one for one in each - keys_of(content).keys() if may_be_key(one)}


def with_what_is_gone(content: Content, states: Sequence[Content], gone_by_key: Collection[str]) -> Content:
    """The draft with what was removed and is named still: seats, organisations, groups and steps. So the page of what names them calls them by
    their names, and they can be taken out there. `states`: those that the draft was in, oldest first."""
    back: Content = dict(content)
    named = set(gone_by_key)
    for state in reversed(states):  # as it was called last
        for listed, called in (("seats", "title"), ("organisations", "name")):
            gone = [one for one in state[listed] if one["key"] in named]
            back[listed] = [*back[listed], *({**one, called: f"{one[called]}{GONE}"} for one in gone)]
            named -= {one["key"] for one in gone}
        for use in state["uses"]:
            for listed in ("groups", "steps", "stages"):
                by_key = {
                    f"done:{use['use']}.{one['key']}" if listed != "groups" else one["key"]: one
                    for one in named_in(use["settings"], listed)
                }
                gone = [{**one, "title": f"{one['title']}{GONE}"} for key, one in by_key.items() if key in named]
                named -= by_key.keys()
                back["uses"] = _with_lines(back["uses"], use, listed, gone)
    return back


def _with_lines(
    uses: Sequence[dict[str, Any]], of: Mapping[str, Any], listed: str, gone: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rules of a draft with some lines more in one; of a rule that was removed whole only what is named comes back."""
    if not gone:
        return list(uses)
    there = [*uses, *([] if any(use["use"] == of["use"] for use in uses) else [{**of, "settings": {}}])]
    return [
        use
        if use["use"] != of["use"]
        else {**use, "settings": {**use["settings"], listed: [*use["settings"].get(listed, ()), *gone]}}
        for use in there
    ]


def steps_that_are_gone(content: Content, first: Content) -> dict[str, str]:
    """The steps that the draft was begun with and has no more, each by its rule and key, as it is called where it is still named."""
    there = {f"{use['use']}.{step['key']}" for use in content["uses"] for _, step in _steps(use)}
    were = {f"{use['use']}.{step['key']}": f"{step['title']}{GONE}" for use in first["uses"] for _, step in _steps(use)}
    return {key: called for key, called in were.items() if key not in there}


def _steps(use: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The steps and stages of a rule, each with the list that it stands in."""
    return ((name, step) for name in ("steps", "stages") for step in named_in(use["settings"], name))


def _events(content: Content) -> dict[str, str]:
    steps = {
        f"done:{use['use']}.{step['key']}": (f"Done: {step['title']}", step)
        for use in content["uses"]
        for _, step in _steps(use)
    }
    named = dict.fromkeys(_ends(content["uses"]))
    others = {name: f"Done: {name.rpartition('.')[2].replace('-', ' ')}" for name in named}
    # A step that is done with an event is offered as that event; by its own name only where something waits for it so, to be mended.
    own = {name: words for name, (words, step) in steps.items() if name in named or step.get("ends_with") in (None, "", name)}
    return {name: words[:1].upper() + words[1:] for name, words in EVENTS.items()} | others | own


def _ends(value: Any) -> Iterator[str]:
    """Every event of a step's own that the settings name, whichever step ends with it."""
    if isinstance(value, str):
        yield from (value,) if value.startswith("done:") else ()
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _ends(inner)


def heading_of(entry: Any, index: int, content: Content) -> str:
    """What a thing in a list is called on screen; what is told by whom it names, by what that is called in the draft."""
    if isinstance(entry, Mapping):
        if entry.get("question") in tuple(QUESTIONS):
            return QUESTIONS[entry["question"]]
        for name in ("title", "name", "who", "for", "key"):
            if entry.get(name):
                told = str(entry[name])
                return offered("who", content).get(told, told) if name in ("who", "for") else told
    return str(entry) if isinstance(entry, str | int) else f"Number {index + 1}"


def rows_of(entries: list[Any], content: Content) -> list[tuple[str, str]]:
    """(name in a place, words) of each thing in a list."""
    return [(name_of(entry, i), heading_of(entry, i, content)) for i, entry in enumerate(entries)]


def said_in_words(value: Any) -> str:
    """A stored word as a person reads it: `joint_view` is "Joint view"."""
    known = {**{k: v[:1].upper() + v[1:] for k, v in MOVES.items()}, **QUESTIONS, **EVENTS}
    words = known.get(str(value), re.sub(r"[_-]", " ", str(value)))
    return words[:1].upper() + words[1:]
