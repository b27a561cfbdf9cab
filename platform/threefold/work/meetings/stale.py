"""Two people who record the same meeting at once: what clashes, in words, so that a person can choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from threefold.domain.clashes import offered
from threefold.domain.errors import ThreefoldError
from threefold.work.meetings.records import COUNTED, Places


@dataclass(frozen=True, slots=True)
class PartClash:
    """One thing two people recorded differently: for the form, its label ("": that of its box) and both values in words. `of`: see `clashes.offered`."""

    path: str
    label: str
    theirs: str
    yours: str
    of: str


class StaleMeeting(ThreefoldError):
    """Somebody else recorded the same thing differently meanwhile. Both are kept; a person chooses."""

    def __init__(self, clashes: tuple[PartClash, ...]) -> None:
        super().__init__(
            "Somebody changed the same answers while you were writing. Choose which to keep.", field=clashes[0].path
        )
        self.clashes = clashes


def clash(name: str, theirs: Any, yours: Any, there: Places) -> PartClash:
    """What clashes of who was there, and who chaired: a key and words, of which one is empty. What is a box of its own is called as its box is: by the form, which knows it."""
    if name == "chair":
        said = ["".join((there.name(one[0]) if one[0] else "", one[1])) if one else "not recorded" for one in (theirs, yours)]
        return PartClash(name, "Who chaired?", said[0], said[1], offered(theirs))
    label = there.name(name.removeprefix(COUNTED)) if name.startswith(COUNTED) else ""
    said = [str(value or "nothing") if name.endswith("_words") else how_words(value, there) for value in (theirs, yours)]
    return PartClash(name, label, said[0], said[1], offered(theirs))


def how_words(how: Any, there: Places) -> str:
    """How an organisation was there, as a person reads it."""
    if isinstance(how, list):
        return ", ".join(there.name(one) for one in how) or "nobody"
    kind, _, key = str(how or "not_known").partition(":")
    match kind:
        case "seat":
            return there.name(key)
        case "by":
            return f"{there.name(key)} stood in"
        case "own":
            return "was there"
        case "other":
            return "somebody else stood in"
        case "nobody":
            return "nobody"
        case "not_known":
            return "not recorded"
    return there.name(str(how))


def said_words(one: Mapping[str, str] | None) -> str:
    if not one or not one["way"]:
        return "nothing recorded"
    return f"went ahead: {one['reason']}" if one["way"] == "ahead" else "put off"
