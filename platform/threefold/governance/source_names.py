"""What each source of an arrangement is called in its file: by the name it came with, so that two exports differ where it differs.

The names are no part of what is signed (like the names of files): whoever writes a file chooses them. A source that came from no file is
given a name that nothing else has, once, where its draft is saved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Names = tuple[tuple[str, Mapping[str, str]], ...]  # in the order in which the file tells them; some may be in use no more


def in_order(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The entries of a table in the order in which the database keeps them (shorter keys first): the same, wherever it was read from."""
    return iter(sorted(table.items(), key=lambda entry: (len(entry[0].encode()), entry[0].encode())))


def header_of(name: str) -> str:
    """The line of a file under which a source of that name stands."""
    return f"[sources.{name if re.fullmatch(r'[A-Za-z0-9_-]+', name) else json.dumps(name, ensure_ascii=False)}]"


def is_source(key: str, value: Any) -> bool:
    """Whether what stands under a key of some settings is a source that was resolved."""
    return key == "source" and isinstance(value, Mapping) and "ref" in value


def same(source: Mapping[str, Any]) -> str:
    """Equal for sources that a file would tell as one."""
    return json.dumps({key: str(value) for key, value in source.items()}, sort_keys=True)


def all_named(
    known: Iterable[tuple[str, Mapping[str, str]]], settings: Iterable[Any], others: Iterable[Mapping[str, Any]] = ()
) -> Names:
    """The names that are `known`, and after them one for each source of some settings, and of the `others`, that has none yet."""
    names = dict(known)
    by = {same(source): name for name, source in reversed(list(names.items()))}  # of two that are one the first
    for source in _all(settings, others):
        if same(source) not in by:
            name = _new_name(source, names)
            names[name] = {key: str(value) for key, value in in_order(source)}
            by[same(source)] = name
    return tuple(names.items())


def in_use(known: Names, settings: Iterable[Any], others: Iterable[Mapping[str, Any]] = ()) -> Names:
    """Of the names that are `known`, those of some settings' sources and of the `others`: what a draft had once is no part of a version."""
    by = {same(source): (name, source) for name, source in reversed(known)}
    wanted = {same(source) for source in _all(settings, others)}
    return tuple(one for one in known if same(one[1]) in wanted and by[same(one[1])] == one)


def _all(settings: Iterable[Any], others: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for value in settings:
        yield from _sources(value)
    yield from others


def _sources(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in in_order(value):
            if is_source(key, inner):
                yield inner
            else:
                yield from _sources(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _sources(inner)


def _new_name(source: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> str:
    """S and the number after the highest; of a source that is another but for how sure or how binding it is, that one's name with this."""
    for name, other in names.items():
        if (source.get("ref"), source.get("where", "")) == (other.get("ref"), other.get("where", "")):
            told = [str(source[key]) for key in ("sure", "force") if key in source and source[key] != other.get(key)]
            made = "-".join((name, *told))
            if made not in names:
                return made
    numbers = [int(name[1:]) for name in names if re.fullmatch(r"S[0-9]{1,9}", name)]
    return f"S{max(numbers, default=0) + 1}"
