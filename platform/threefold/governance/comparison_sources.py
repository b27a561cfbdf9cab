"""Where things come from, compared: what cites another page, and what is surer or more binding than it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from threefold.domain.sources import FORCE_WORDS, SURE_WORDS, Source
from threefold.governance.comparison_things import Thing
from threefold.governance.comparison_words import joined


def differing_sources(pairs: Iterable[tuple[Thing, Thing]]) -> Iterator[tuple[Thing, str]]:
    """What cites another page, or is surer or more binding: the first thing of which the same is so, with one sentence for all."""
    found: dict[str, list[Thing]] = {}
    for was, now in pairs:
        if was.source is not None and now.source is not None:
            for sentence in _source(was.source, now.source):
                found.setdefault(sentence, []).append(now)
    for sentence, things in found.items():
        titles = joined(dict.fromkeys(t.quoted for t in things))
        yield things[0], f"{titles}: {sentence}"


def _source(was: Source, now: Source) -> Iterator[str]:
    if was.ref != now.ref:
        yield f"the source is now {_page(now.ref)}, was {_page(was.ref)}."
    elif was.where != now.where:
        yield f"the address of the source is now {now.where or 'not given'}, was {was.where or 'not given'}."
    if was.force != now.force:
        yield f"the source is now {FORCE_WORDS[now.force]}, was {FORCE_WORDS[was.force]}."
    if was.sure != now.sure:
        yield f"how sure it is: now “{SURE_WORDS[now.sure]}”, was “{SURE_WORDS[was.sure]}”."


def _page(ref: str) -> str:
    return f"“{ref.rstrip('.')}”" if ref and ref != "not stated" else "not stated"
