"""What a draft's rules name that is not there any more: a group, a seat, an organisation or a step that was removed.

A rule may name somebody in words of its own, so a word that is no key of the draft is not wrong by itself. What was a key in the
version before, or in an earlier state of the draft, and is none now, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields

from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison_words import joined
from threefold.governance.drafts import Content, name_of, named_in
from threefold.governance.remark import Remark
from threefold.plugin_api import QUESTIONS

_WHO = ("who", "seats", "seat", "group", "organisations", "organisation")
_WHEN = ("event", "events")
Named = tuple[str, str, str]  # the field that names, how its line is called, the key that is named


def keys_of(content: Content) -> dict[str, str]:
    """What a draft's rules may name, by key, with its title: its seats, organisations and groups, and that a step of it is done."""
    found = {s["key"]: s["title"] for s in content["seats"]} | {o["key"]: o["name"] for o in content["organisations"]}
    for use in content["uses"]:
        found |= {g["key"]: g["title"] for g in named_in(use["settings"], "groups")}
        for name in ("steps", "stages"):
            found |= {f"done:{use['use']}.{s['key']}": s["title"] for s in named_in(use["settings"], name)}
    return found


def may_be_key(named: str) -> bool:
    """Whether words could be a key: of what is there, of what is gone, or of nothing."""
    return named.startswith("done:") or re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", named) is not None


def named_by(catalogue: Catalogue, content: Content) -> Iterator[Named]:
    """Everything that the rules of a draft name by its key, or in words of their own."""
    return _all(catalogue, content, (*_WHO, *_WHEN))


def _all(catalogue: Catalogue, content: Content, offering: tuple[str, ...]) -> Iterator[Named]:
    for use in content["uses"]:
        rule = catalogue.rules.get((use["rule"], use["major"]))
        if rule is not None:
            yield from _within(rule.Config, use["settings"], f"rules.{use['use']}", rule.card.title, offering)


def gone(catalogue: Catalogue, content: Content, once: Mapping[str, str]) -> list[Remark]:
    """A remark for each line that names what was there `once` (key and title) and is not there now, though another may be called so now."""
    there = keys_of(content)
    called_now = set(there.values())
    missing: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for field, line, key in named_by(catalogue, content):
        if key in once and key not in there:
            missing.setdefault((field.rpartition(".")[0], line), []).append((field, once[key]))
    return [
        Remark("mend", f"“{line}” names {_quoted(titles)}, {'which is' if len(titles) == 1 else 'which are'} not there any more. {_instead(titles, called_now)}",
               field=field, key=f"gone-{place}")
        for (place, line), told in missing.items()
        for field, titles in [(told[0][0], dict.fromkeys(title for _, title in told))]
    ]  # fmt: skip


def _instead(titles: Iterable[str], called_now: Collection[str]) -> str:
    """What to choose in place of what is gone."""
    again = [title for title in titles if title in called_now]
    if not again:
        return "Choose another."
    return f"What is called {_quoted(again)} now was added since: choose it if it is what you mean, or choose another."


def _quoted(titles: Iterable[str]) -> str:
    return joined([f"“{title}”" for title in titles])


def by_hand(catalogue: Catalogue, content: Content, once: Collection[str] = ()) -> list[Remark]:
    """A remark for each line that waits for a step to be done that no line ends with: somebody puts it on record by hand, or nothing comes.

    `once`: what was there and is not there now; that is to be mended (`gone`), and nobody puts it on record.
    """
    ends = {key for key in keys_of(content) if key.startswith("done:")} | {
        key for *_, key in _all(catalogue, content, ("event",))
    }
    waits: dict[tuple[str, str], list[str]] = {}
    for field, line, key in _all(catalogue, content, ("events",)):
        if key.startswith("done:") and key not in ends and key not in once:
            waits.setdefault((field, line), []).append(key.rpartition(".")[2].replace("-", " "))
    return [
        Remark("noted", f"“{line}” waits for {_quoted(dict.fromkeys(told))} to be done, and no step here is called so. It begins once somebody puts that on record by hand.",
               field=field, key=f"by-hand-{field}")
        for (field, line), told in waits.items()
    ]  # fmt: skip


def one_key_for_two(content: Content) -> list[Remark]:
    """A remark for each group whose key is an organisation's or a seat's too, and each seat whose key is an organisation's: whoever names the one is taken to name the other.

    On screen no such key is made; a file may have it.
    """
    taken = {o["key"]: o["name"] for o in content["organisations"]} | {s["key"]: s["title"] for s in content["seats"]}
    seats = {s["key"]: s["title"] for s in content["seats"]}
    of_seats = [
        Remark("mend", f"The seat “{seats[o['key']]}” and the organisation “{o['name']}” have one key, {o['key']}: where one is named, the other is read. "
               "Take the seat out and add it again.", field=f"seats.{o['key']}", key=f"one-key-{o['key']}")
        for o in content["organisations"]
        if o["key"] in seats
    ]  # fmt: skip
    return of_seats + [
        Remark("mend", f"“{group['title']}” and “{taken[group['key']]}” have one key, {group['key']}: where one is named, the other is read. "
               "Take the group out and add it again.", field=f"rules.{use['use']}.groups.{group['key']}", key=f"one-key-{group['key']}")
        for use in content["uses"]
        for group in named_in(use["settings"], "groups")
        if group["key"] in taken
    ]  # fmt: skip


def names_it(catalogue: Catalogue, content: Content, keys: Iterable[str]) -> list[str]:
    """How the lines are called that name one of these."""
    wanted = set(keys)
    return list(dict.fromkeys(line for _, line, key in named_by(catalogue, content) if key in wanted))


def _within(
    schema: type[Schema], line: Mapping[str, Any], place: str, called: str, offering: tuple[str, ...]
) -> Iterator[Named]:
    for own, field in schema._declared_fields.items():
        name = field.data_key or own
        value, offers = line.get(name), field.metadata.get("offers")
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            inner = type(field.inner.schema)
            for index, entry in enumerate(value if isinstance(value, list) else ()):
                if not isinstance(entry, Mapping):
                    continue  # of a draft that holds what no page makes: other remarks tell so
                # Who is a member is called by what names them alone: told of the group that they are in.
                title = QUESTIONS.get(str(entry.get("question"))) or next(
                    (str(entry[n]) for n in ("title", "name") if entry.get(n)), called
                )
                yield from _within(inner, entry, f"{place}.{name}.{name_of(entry, index)}", title, offering)
        elif isinstance(field, fields.Nested) and isinstance(value, Mapping):
            yield from _within(type(field.schema), value, f"{place}.{name}", called, offering)
        elif offers in offering:
            # What a thing is called on screen names nobody, once it is gone.
            told = value if isinstance(value, list) else [] if isinstance(value, Mapping) else [value]
            yield from ((f"{place}.{name}", called, one) for one in told if isinstance(one, str) and one)
