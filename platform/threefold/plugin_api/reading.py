"""What a floor reads of the things that other rules provide: how they are called, what starts them, and what ends them."""

from __future__ import annotations

import re

from threefold.domain.findings import Provided

_IN_BRACKETS = re.compile(r"\([^)]*\)")


def plain_title(thing: Provided) -> str:
    """A title in small letters, without what stands in brackets, such as the abbreviation of it."""
    return " ".join(_IN_BRACKETS.sub(" ", thing.title.lower()).split())


def starts_of(step: Provided) -> tuple[str, ...]:
    """The events that start a step's time; of a kind of review, its clock's."""
    several, one = step.get("start_events") or step.get("clock_starts"), step.get("start_event")
    return (*(several if isinstance(several, tuple) else ()), *((one,) if isinstance(one, str) else ()))


def ends_by_itself(step: Provided) -> bool:
    """Whether nothing but its own being done ends a step."""
    return str(step.get("ends_with") or "done:").startswith("done:")
