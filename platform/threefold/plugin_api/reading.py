"""What a floor reads of the things that other rules provide: how they are called, what they serve, what starts them, and what ends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from threefold.domain.findings import Provided
from threefold.plugin_api.arrangement import NO_DUTY, SERVES, ArrangementView

_IN_BRACKETS = re.compile(r"\([^) ]*\)")


def plain_title(thing: Provided) -> str:
    """A title in small letters, without its own abbreviation in brackets. Other words there say what else it is."""
    title = thing.title.lower()
    without = _IN_BRACKETS.sub(" ", title)
    initials = iter("".join(word[0] for word in re.findall(r"[a-z0-9]+", without)))
    inside = "".join(_IN_BRACKETS.findall(title))
    abbreviated = all(letter in initials for letter in re.sub(r"[^a-z0-9]", "", inside).removesuffix("s"))
    return " ".join((without if abbreviated else title).split())


def starts_of(step: Provided) -> tuple[str, ...]:
    """The events that start a step's time; of a kind of review, its clock's."""
    several, one = step.get("start_events") or step.get("clock_starts"), step.get("start_event")
    return (*(several if isinstance(several, tuple) else ()), *((one,) if isinstance(one, str) else ()))


def serves_of(thing: Provided) -> str:
    """The duty of the law that a thing is said to serve, `NO_DUTY` where it is said to serve none; empty where nobody said."""
    return str(thing.get("serves") or "")


def left_open(thing: Provided) -> bool:
    """Whether a thing could say which duty of the law it serves, and nobody said."""
    return not serves_of(thing) and any(name == "serves" for name, _ in thing.values)


def by_their_ends(arrangement: ArrangementView) -> dict[str, Provided]:
    """The steps of an arrangement by the event that each ends with."""
    return {str(step.get("ends_with") or f"done:{rule.use}.{step.key}"): step for rule, step in arrangement.all("step")}


def by_ends_of_no_duty(arrangement: ArrangementView) -> dict[str, Provided]:
    """The same of those steps that end by themselves and serve no duty of the law: what follows one that does, or an event of the case,
    is something else than that duty."""
    return {
        end: step
        for end, step in by_their_ends(arrangement).items()
        if ends_by_itself(step) and serves_of(step) not in SERVES.keys() - {NO_DUTY}
    }


def ends_serving(arrangement: ArrangementView, duty: str) -> frozenset[str]:
    """The events that end the steps which are said to serve a duty of the law."""
    return frozenset(end for end, step in by_their_ends(arrangement).items() if serves_of(step) == duty)


def steps_before(
    step: Provided, ends: Mapping[str, Provided], law: Collection[str], takes: Callable[[Provided], float]
) -> tuple[Provided, ...]:
    """The local steps that are counted one after another before a step's own time begins: of several starts the earliest counts.

    `ends`: the steps by what ends them; `law`: the events from which the law itself counts, however long what ends with them
    takes; `takes`: how long a step takes at the most.
    """
    return _before(step, ends, law, takes, (), {})


def _before(
    step: Provided,
    ends: Mapping[str, Provided],
    law: Collection[str],
    takes: Callable[[Provided], float],
    seen: tuple[str, ...],
    known: dict[str, tuple[Provided, ...]],
) -> tuple[Provided, ...]:
    """`seen`: the ends on the way here, since steps may start each other in a circle; `known`: what came of each end, so that each is
    gone through once however many steps are counted from it."""
    ways: list[tuple[Provided, ...]] = []
    for event in starts_of(step):
        other = ends.get(event) if event not in law and event not in seen else None
        chained = other is not None and other is not step
        if chained and other is not None and event not in known:
            known[event] = (*_before(other, ends, law, takes, (*seen, event), known), other)
        ways.append(known[event] if chained else ())
    return min(ways, key=lambda way: sum(map(takes, way)), default=())


def roots_of(step: Provided, ends: Mapping[str, Provided]) -> frozenset[str]:
    """What a step is counted from, and what the local steps before it are counted from, to the first of them."""
    found, waiting = set[str](), [*starts_of(step)]
    while waiting:
        event = waiting.pop()
        if event not in found:
            found.add(event)
            waiting += starts_of(ends[event]) if event in ends else ()
    return frozenset(found)


def ends_by_itself(step: Provided) -> bool:
    """Whether nothing but its own being done ends a step."""
    return str(step.get("ends_with") or "done:").startswith("done:")
