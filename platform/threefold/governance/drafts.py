"""A version in the making, as values: where each line stands, and how it is changed.

The content of a draft is what `Arrangement.stored()` makes, so that the files, the store and the screen hold one thing.
A *place* is a path in it: `("rules", "rapid-review-plan", "steps", "huddle")`, `("seats", "council-lead")`. Things in a list
are found by their key (or question); where they have none, by their number from 0. Nothing here changes its argument.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from threefold.domain.clashes import chosen
from threefold.domain.errors import ThreefoldError
from threefold.governance.arrangement import FORMAT, Arrangement, Body, RuleUse
from threefold.governance.traced import name_in_list

Content = dict[str, Any]
Place = tuple[str, ...]
LISTS = ("organisations", "seats")
AGREED = {"ref": "Agreed by the partners in this version", "force": "LOCAL", "sure": "V", "where": ""}


class NoSuchPlace(ThreefoldError):
    """A line of the draft that is not there: somebody else removed or renamed it."""

    def __init__(self) -> None:
        super().__init__("This is not in the draft, or not any more: somebody may have removed or renamed it.")


def begin_from(arrangement: Arrangement, version: str, title: str) -> Content:
    """A draft that starts as a copy of a version. It was agreed by nobody yet."""
    return replace(
        arrangement, version=version, title=title, entered="signed", begins=None, not_before=None, signed=(), adopted_from=(), read="",
        until=None, corrects="", note="", format=FORMAT,
    ).stored()  # fmt: skip


def begin_empty(body: Body, uses: Iterable[RuleUse], version: str, title: str) -> Content:
    """A draft of what the law has by itself (`uses` empty), or of a shared pack, for a body as it stands."""
    return Arrangement(
        body=body.id, kind=body.kind, version=version, title=title, entered="signed", begins=None, not_before=None,
        uses=tuple(sorted(uses, key=lambda u: u.use)), closures=frozenset(), area_codes=body.area_codes, organisations=body.organisations,
        seats=body.seats,
    ).stored()  # fmt: skip


def as_arrangement(content: Content) -> Arrangement:
    """The version a draft would be. Raises `ThreefoldError` where a value cannot be read."""
    return Arrangement.from_stored(content)


def _told(value: Any) -> Any:
    """A value to be compared: what a form sends empty and what a file leaves away are one. No is not one of them."""
    return None if value in ("", [], {}) else value


def node_at(content: Content, place: Place) -> Any:
    """What stands at a place. Raises `NoSuchPlace`."""
    node: Any = content
    for depth, part in enumerate(place):
        if depth == 0 and part == "rules":
            node = content["uses"]
        elif isinstance(node, list):
            node = node[_index(node, part)]
            if depth == 1 and place[0] == "rules":
                node = node["settings"]
        elif isinstance(node, Mapping) and part in node:
            node = node[part]
        else:
            raise NoSuchPlace
    return node


def put(content: Content, place: Place, node: Any) -> Content:
    """The draft with another thing at a place."""
    made = _copy(content)
    if not place:
        return dict(node)
    holder = _holder(made, place)
    if isinstance(holder, list):
        index = _index(holder, place[-1])
        holder[index] = {**holder[index], "settings": node} if place[0] == "rules" and len(place) == 2 else node
    else:
        holder[place[-1]] = node
    return made


def add(
    content: Content, place: Place, item: Mapping[str, Any], in_order_of: str = "", taken: Iterable[str] = ()
) -> tuple[Content, Place]:
    """The draft with one more thing at the end of a list (made where there is none), and where it stands.

    A thing that has a title and no key gets a key of its title, single in its list and none of those that are `taken` by what is not there
    now. `in_order_of`: the name of a number by which the list is in order; then it stands before the first thing whose number is higher.
    """
    made = _copy(content)
    holder = _holder(made, place)
    listed = holder.setdefault(place[-1], []) if isinstance(holder, dict) else holder[_index(holder, place[-1])]
    entry = dict(item)
    if "key" in entry and not entry["key"]:
        entry["key"] = free_key(
            str(entry.get("title") or entry.get("name") or "entry"),
            [*taken, *(str(e.get("key")) for e in listed), *(named_keys(made) if _can_be_named(place) else ())],
        )
    number = entry.get(in_order_of)
    later = [
        i
        for i, e in enumerate(listed)
        if isinstance(e.get(in_order_of), int) and isinstance(number, int) and e[in_order_of] > number
    ]
    listed.insert(later[0] if later else len(listed), entry)
    return made, (*place, name_of(entry, listed.index(entry)))


def remove(content: Content, place: Place) -> Content:
    """The draft without the thing at a place of a list, or with nothing at a place of a mapping."""
    made = _copy(content)
    holder = _holder(made, place)
    if isinstance(holder, list):
        del holder[_index(holder, place[-1])]
    elif place[-1] in holder:
        del holder[place[-1]]
    else:
        raise NoSuchPlace
    return made


def move(content: Content, place: Place, by: int, rank: str = "") -> Content:
    """The draft with a thing moved up (-1) or down (1) in its list; at the end of the list it stays.

    `rank`: the setting that numbers the things of the list, if there is one: where the two that changed places are numbered the other way
    round, they exchange their numbers.
    """
    made = _copy(content)
    listed = _holder(made, place)
    index = _index(listed, place[-1])
    to = min(max(index + by, 0), len(listed) - 1)
    listed.insert(to, listed.pop(index))
    one, other = listed[min(index, to)], listed[max(index, to)]
    if rank and all(isinstance(line.get(rank), int) for line in (one, other)) and one[rank] > other[rank]:
        one[rank], other[rank] = other[rank], one[rank]
    return made


def add_rule(content: Content, rule: str, major: int, settings: Mapping[str, Any] | None = None) -> tuple[Content, Place]:
    """The draft with one more use of a rule, with the settings it begins with; the others are still to be made."""
    made = _copy(content)
    use = free_key(rule, [u["use"] for u in made["uses"]])
    made["uses"] = sorted(
        [*made["uses"], {"use": use, "rule": rule, "major": major, "settings": dict(settings or {}), "layers": [], "file": ""}],
        key=lambda u: str(u["use"]),
    )
    return made, ("rules", use)


def use_major(content: Content, use: str, major: int, known: Iterable[str]) -> tuple[Content, list[str]]:
    """The draft with another major of a rule it uses, and the settings left out: those not `known` to that major."""
    made = _copy(content)
    entry = made["uses"][_index(made["uses"], use)]
    left_out = sorted(set(entry["settings"]) - set(known))
    entry["major"], entry["settings"] = major, {k: v for k, v in entry["settings"].items() if k not in left_out}
    return made, left_out


def name_of(entry: Any, index: int) -> str:
    """What a thing in a list is called in a place: its key, its question, its use, or its number.

    Who stands in such a list without a key, a member of a group, is called by number and by who it is: whoever has its page open
    means that one, and not what stands under the number once somebody took another away.
    """
    known = known_by(entry)
    return known if known and not known.startswith(_BY_WHO) else f"{index}{known}"


def known_by(entry: Any) -> str:
    """What of the name of a thing in a list stays its own wherever it stands; nothing where it has only its number."""
    if not isinstance(entry, Mapping):
        return ""
    who = next((str(entry[name]) for name in _WHO if entry.get(name)), "")
    return str(entry.get("use") or "") or name_in_list(entry) or (_mark(who) if who else "")


_WHO = ("who", "for")
_BY_WHO = "~"


def _mark(who: str) -> str:
    return f"{_BY_WHO}{crc32(who.encode()):08x}"


def index_at(content: Content, place: Place) -> int:
    """Where a thing stands in its list. Raises `NoSuchPlace`."""
    return _index(node_at(content, place[:-1]) if len(place) > 1 else content["uses"], place[-1])


def named_in(settings: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The things of one list of a rule's settings that have a key and a title; what is of another shape is passed over."""
    listed = settings.get(name)
    for entry in listed if isinstance(listed, list | tuple) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("key"), str) and isinstance(entry.get("title"), str):
            yield entry


NAMED = ("groups", "steps", "stages")  # the lists of rules whose things others name by their keys


def _can_be_named(place: Place) -> bool:
    return place[-1] in ("organisations", "seats", *NAMED)


def named_keys(content: Content) -> Iterator[str]:
    """The keys by which a sentence may name something: one key for two things, and nobody knows which of them is meant."""
    yield from (str(one.get("key")) for name in ("organisations", "seats") for one in content[name])
    for use in content["uses"]:
        yield from (str(one["key"]) for name in NAMED for one in named_in(use["settings"], name))


def free_key(words: str, taken: Iterable[str]) -> str:
    """A key of some words, that nothing else in its list has: "Executive huddle" gives `executive-huddle`."""
    base = (
        re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:55].strip("-") or "entry"
    )  # with a number behind it still what an answer can be kept under
    used, key, number = set(taken), base, 2
    while key in used:
        key, number = f"{base}-{number}", number + 1
    return key


def merge(
    before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], keep: Mapping[str, str]
) -> tuple[Content, list[str]]:
    """One line as two people changed it since both saw `before`: the merged line, and the fields both changed differently.

    `keep` says for such a field "mine" or "theirs".
    """  # fmt: skip
    merged, clashes = dict(theirs), []
    for name in before.keys() | mine.keys() | theirs.keys():
        own, old, now = (_told(line.get(name)) for line in (mine, before, theirs))
        if own in (old, now):
            continue
        choice = chosen(keep, name, theirs.get(name))
        if now != old and choice is None:
            clashes.append(name)
        elif now == old or choice == "yours":
            merged[name] = mine.get(name)
    return merged, sorted(clashes)


def _holder(content: Content, place: Place) -> Any:
    """What holds the last part of a place, to be changed."""
    return node_at(content, place[:-1]) if len(place) > 1 else content["uses"] if place[0] == "rules" else content


def _index(listed: list[Any], part: str) -> int:
    names = [name_of(entry, index) for index, entry in enumerate(listed)]
    if part in names:
        return names.index(part)
    number, _, mark = part.partition("~")
    if not mark:  # a number alone: of what a message names, which is made of the list as it stands
        found = [i for i, name in enumerate(names) if name.partition("~")[0] == number]
    else:  # it moved
        found = [i for i, name in enumerate(names) if name.partition("~")[2] == mark]
    if len(found) == 1:
        return found[0]
    raise NoSuchPlace


def _copy(content: Content) -> Content:
    made: Content = json.loads(json.dumps(content))
    return made
