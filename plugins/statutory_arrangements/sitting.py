"""Who is meant where a seat, an organisation or a group is named: a group is looked through to those listed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from threefold.plugin_api import ArrangementView, Organisation, Provided

# Whoever sits in a group with one of these parts decides with it; who advises, writes or attends does not.
DECIDING = frozenset({"member", "decides"})


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom some names come to. `unread`: the names that may mean anybody, since they are words or a group whose members are
    not listed. `through`: the titles of the groups that were looked through."""

    seats: frozenset[str]
    organisations: tuple[Organisation, ...]
    unread: tuple[str, ...]
    through: tuple[str, ...]


def chosen(arrangement: ArrangementView, name: str) -> bool:
    """Whether a name is one of a seat, an organisation or a group, by its key or by what it is called; all else is words."""
    return bool(key_of(arrangement, name))


def key_of(arrangement: ArrangementView, name: str) -> str:
    """The key of the seat, the organisation or the group that a name is of; empty where it is words."""
    keys = _keys(arrangement)
    return keys.get(name) or keys.get(_plainly(name), "")


def _plainly(name: str) -> str:
    return name.strip(" .").casefold().removeprefix("the ")


def _keys(arrangement: ArrangementView) -> dict[str, str]:
    """The key of whoever may be named, under the key itself and, where that is one's alone, under what it is called."""
    seats = [(s.key, _plainly(s.title)) for s in arrangement.seats]
    organisations = [(o.key, _plainly(o.name)) for o in arrangement.organisations]
    groups = [(g.key, _plainly(g.title)) for _, g in arrangement.all("group")]
    titles = [
        {title: key for key, title in of if Counter(t for _, t in of)[title] == 1} for of in (groups, seats, organisations)
    ]
    keys = {key: key for of in (groups, seats, organisations) for key, _ in of}
    return {**titles[0], **titles[1], **titles[2], **keys}


def meant(arrangement: ArrangementView, names: Iterable[str]) -> Meant:
    """Look each name up: a seat stands for its organisation, a group for those listed in it, and for a group in it likewise."""
    seats = {s.key: s.organisation for s in arrangement.seats}
    organisations = {o.key: o for o in arrangement.organisations}
    groups = {g.key: g for _, g in arrangement.all("group")}
    seated: set[str] = set()
    found: dict[str, Organisation] = {}
    unread: list[str] = []
    through: dict[str, str] = {}
    waiting = [key_of(arrangement, name) or name for name in names]
    while waiting:
        name = waiting.pop(0)
        if name in seats:
            seated.add(name)
            if seats[name] in organisations:
                found[seats[name]] = organisations[seats[name]]
            elif seats[name]:
                unread.append(name)
        elif name in organisations:
            found[name] = organisations[name]
        elif name in groups and (deciding := deciding_in(groups[name])):
            if name not in through:  # a group may sit in one that sits in it
                through[name] = groups[name].title
                waiting += [key_of(arrangement, name) or name for name in deciding]
        else:
            unread.append(name)
    return Meant(frozenset(seated), tuple(found.values()), tuple(unread), tuple(through.values()))


def deciding_in(group: Provided) -> list[str]:
    """Those listed in a group who decide in it, and its chair with them; nobody where no such member is listed."""
    listed = [who for who, part in members(group) if part in DECIDING]
    chair = group.get("chair")
    return [*listed, chair] if listed and isinstance(chair, str) and chair else listed


def members(group: Provided) -> Iterator[tuple[str, str]]:
    """Who sits in a group, by key or in the source's words, and the part they have in it."""
    listed = group.get("members")
    for member in listed if isinstance(listed, tuple) else ():
        who, _, part = member.rpartition(": ")
        yield who, part
