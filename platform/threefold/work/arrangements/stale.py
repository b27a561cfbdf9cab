"""One line of a draft as two people changed it: what fits together is kept of both; where it does not, a person chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from threefold.domain.clashes import chosen, offered
from threefold.domain.errors import PackError, ThreefoldError
from threefold.governance.drafts import merge

# By one name, the fields of each kind of something of which one is meant.
Kinds = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class FieldClash:
    """One field that two people changed: its path for the form, its label, and both values."""

    path: str
    label: str
    theirs: Any
    yours: Any
    words: tuple[str, str] = ("", "")  # of both, where they are no single values

    @property
    def of(self) -> str:
        return offered(self.theirs)


class StaleDraft(ThreefoldError):
    """Somebody else changed the same fields of the same line meanwhile. Both values are kept; a person chooses."""

    def __init__(self, clashes: tuple[FieldClash, ...]) -> None:
        super().__init__(
            "Somebody changed the same answers while you were writing. Choose which to keep.", field=clashes[0].path
        )
        self.clashes = clashes


def as_two_changed_it(
    before: Mapping[str, Any], values: Mapping[str, Any], line: Mapping[str, Any], keep: Mapping[str, str], labels: Mapping[str, str],
    kinds: Kinds, wrong: Callable[[Mapping[str, Any]], str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The fields to be changed in `line`, as it stands now: what one person answered (`values`) who saw it as it was `before`.

    Where the two made something of another of its `kinds`, all the fields of these stay or go as one. `wrong` says what is wrong with a
    line, "" where nothing is: what each of two people answered may be right, and not fit together. Raises `StaleDraft` with what is
    to be chosen, and `PackError` where what was chosen does not fit together either.
    """
    mine = {**before, **values}
    groups = {
        name: [n for fields in each for n in fields]
        for name, each in kinds.items()
        if len({_kind(of, each) for of in (before, mine, line)}) > 1
    }
    mine = {**line, **{n: before.get(n) for fields in groups.values() for n in fields}, **values}
    old, new, theirs = (_as_one({n: d.get(n) for n in values}, d, groups) for d in (before, mine, line))
    merged, clashes = merge(old, new, theirs, keep)
    if not clashes and wrong and before != line:
        differ = [n for n in new if new.get(n) != theirs.get(n)]
        told = wrong(_whole(line, _apart(merged, groups)))
        if told and not any(theirs.get(n) != old.get(n) for n in differ):
            raise PackError(f"{told.rstrip('.')}.")  # by itself, whatever another answered
        if told:
            sides = {n: chosen(keep, n, theirs.get(n)) for n in differ}
            clashes = sorted(n for n, side in sides.items() if side is None)
            merged = {**merged, **{n: (new if side == "yours" else theirs).get(n) for n, side in sides.items()}}
            if not clashes and (told := wrong(_whole(line, _apart(merged, groups)))):
                raise PackError(f"{told.rstrip('.')}. What you chose does not fit together, and nothing was saved.")
    if clashes:
        raise StaleDraft(tuple(FieldClash(n, labels.get(n, n.replace("_", " ")), theirs.get(n), new.get(n)) for n in clashes))
    return _apart(merged, groups)


def _whole(line: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The line as it would be saved: what is emptied is left away."""
    return {n: v for n, v in {**line, **changed}.items() if v is not None}


def _apart(merged: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields again, where some of them stood as one."""
    alone = {n: v for n, v in merged.items() if n not in groups}
    return alone | {n: (merged.get(name) or {}).get(n) for name, fields in groups.items() for n in fields}


def _kind(line: Mapping[str, Any], each: Sequence[Sequence[str]]) -> int:
    """Which kind a line has: the first of which something is set; one more than all where nothing is."""
    return next((no for no, fields in enumerate(each) if any(line.get(n) not in (None, "", []) for n in fields)), len(each))


def _as_one(given: Mapping[str, Any], line: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields of a line, and in the place of those that belong together one that holds what is set of them; None where nothing is."""
    alone = {n: v for n, v in given.items() if not any(n in fields for fields in groups.values())}
    return alone | {
        name: {n: line[n] for n in fields if line.get(n) not in (None, "", [])} or None for name, fields in groups.items()
    }
