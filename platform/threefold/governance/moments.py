"""Which moments of a body's own start its clocks, and which of them nothing else puts on record.

A clock starts with an event of the core, with the end of another step, or with a moment that the area's procedure names and
no step ends with ("it was not agreed"). The last must be offered to people to record, or the clock would never start.
"""

from __future__ import annotations

from collections.abc import Iterable

from threefold.domain.errors import ThreefoldError
from threefold.governance.catalogue import Catalogue
from threefold.governance.configured import configured
from threefold.governance.pack import Arrangement

OWN = "done:"


def clocks_of(catalogue: Catalogue, version: Arrangement) -> list[tuple[str, tuple[str, ...], str]]:
    """Each step or stage of a version: its title, the events that start it, and the event that ends it.

    A rule that is not installed any more, or cannot read its settings, has none here; the verdict names it.
    """
    found = []
    for use in version.uses:
        try:
            _, things = configured(catalogue, use)
        except ThreefoldError:
            continue
        for thing in things:
            starts = thing.get("start_events")
            if isinstance(starts, tuple) and starts:
                found.append(
                    (thing.title, tuple(map(str, starts)), str(thing.get("ends_with") or f"{OWN}{use.use}.{thing.key}"))
                )
    return found


def by_hand(catalogue: Catalogue, versions: Iterable[Arrangement]) -> dict[str, str]:
    """The moments of the versions' own that start a clock and end none, each in words that say what it starts."""
    found: dict[str, str] = {}
    for version in versions:
        clocks = clocks_of(catalogue, version)
        ends = {end for _, _, end in clocks}
        for title, starts, _ in clocks:
            for name in starts:
                if name.startswith(OWN) and name not in ends:
                    found.setdefault(name, f"{moment_words(name)} (starts: {title[:1].lower()}{title[1:]})")
    return found


def moment_words(name: str) -> str:
    """The last part of an own event as words: `done:escalation.not-agreed` is "Not agreed"."""
    words = name.removeprefix(OWN).rpartition(".")[2].replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
