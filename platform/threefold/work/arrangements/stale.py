"""One line of a draft as two people changed it: what fits together is kept of both; where it does not, a person chooses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
    kinds: Kinds, wrong: Callable[[Mapping[str, Any]], str] | None = None, by_key: Collection[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The fields to be changed in `line`, as it stands now: what one person answered (`values`) who saw it as it was `before`.

    Where the two made something of another of its `kinds`, or what each of them answered of it does not fit together, all the fields of
    these stay or go as one. `wrong` says what is wrong with a line, "" where nothing is. Raises `StaleDraft` with what is to be chosen,
    and `PackError` where it is wrong all the same. `by_key`: fields that hold one answer for each key of their own, such as what each
    seat is called: two people who answered of different keys are asked nothing.
    """
    before, values = _by_key(before, values, line, by_key)
    mine = {**before, **values}
    others = {
        name
        for name, each in kinds.items()
        if name in keep or (len(each) > 1 and len({_kind(of, each) for of in (before, mine, line)}) > 1)
    }
    two = _two(before, values, line, keep, _fields(kinds, others))
    if wrong and before != line and any(wrong(_whole(line, side)) for side in two.sides):
        if told := wrong(_whole(before, values)):  # it is no answer that could be chosen
            raise PackError(f"{told.rstrip('.')}. What somebody else changed meanwhile is shown here. Nothing was saved.")
        two = _two(before, values, line, keep, _fields(kinds, set(kinds)))
    if two.clashes:
        raise StaleDraft(
            tuple(
                FieldClash(n, labels.get(n, n.replace("_", " ")), two.theirs.get(n), two.new.get(n))
                for n in sorted(two.clashes, key=_place_in(labels))
            )
        )
    if wrong and before != line and (told := wrong(_whole(line, two.sides[0]))):
        raise PackError(f"{told.rstrip('.')}. Nothing was saved.")
    return two.sides[0]


def _by_key(
    before: Mapping[str, Any], values: Mapping[str, Any], line: Mapping[str, Any], names: Collection[str]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What was seen and answered, as one would have who saw what the other set under other keys of a field."""
    for name in names:
        old, new, theirs = (of.get(name) or {} for of in (before, values, line))
        if name in values and all(isinstance(one, Mapping) for one in (old, new, theirs)) and old != theirs:
            merged, clashes = merge(old, new, theirs, {})
            if not clashes:
                whole = {key: told for key, told in merged.items() if told is not None}
                before, values = {**before, name: line.get(name)}, {**values, name: whole or None}
    return before, values


def _place_in(labels: Mapping[str, str]) -> Callable[[str], tuple[int, str]]:
    """Where a field stands in the form, whose order the labels have: questions are asked in that order."""
    order = {name: no for no, name in enumerate(labels)}
    return lambda name: (order.get(name, len(order)), name)


@dataclass(frozen=True, slots=True)
class _Two:
    """What two people made of a line. `sides`: the fields as they would be saved with the one's answers to what both changed, and with
    the other's; the same where nothing is to be asked."""

    new: Mapping[str, Any]
    theirs: Mapping[str, Any]
    clashes: list[str]
    sides: tuple[dict[str, Any], dict[str, Any]]


def _fields(kinds: Kinds, names: set[str]) -> dict[str, list[str]]:
    return {name: [n for fields in each for n in fields] for name, each in kinds.items() if name in names}


def _two(
    before: Mapping[str, Any], values: Mapping[str, Any], line: Mapping[str, Any], keep: Mapping[str, str],
    groups: Mapping[str, Sequence[str]],
) -> _Two:  # fmt: skip
    """Field by field, and what belongs together (`groups`) as one."""
    mine = {**line, **{n: before.get(n) for fields in groups.values() for n in fields}, **values}
    old, new, theirs = (_as_one({n: d.get(n) for n in values}, d, groups) for d in (before, mine, line))
    merged, clashes = merge(old, new, theirs, keep)
    # A choice of what was shown then, where the other has changed it once more since: asked anew, be it as it was at first.
    clashes += [
        n
        for n in new
        if n in keep and n not in clashes and new.get(n) != theirs.get(n) and chosen(keep, n, theirs.get(n)) is None
    ]
    yours, others = (_apart({**merged, **{n: of.get(n) for n in clashes}}, groups) for of in (new, theirs))
    return _Two(new, theirs, sorted(clashes), (yours, others))


def _whole(line: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The line as it would be saved: what is emptied is left away."""
    return {n: v for n, v in {**line, **changed}.items() if v is not None}


def _apart(merged: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields again, where some of them stood as one."""
    alone = {n: v for n, v in merged.items() if n not in groups}
    return alone | {n: (merged.get(name) or {}).get(n) for name, fields in groups.items() for n in fields}


def theirs_of(line: Mapping[str, Any], kinds: Kinds, keep: Mapping[str, str]) -> list[str]:
    """Of what was asked of a person the fields, and the names of kinds, of which they chose what stands in `line`, having seen that."""
    return [
        name
        for name in keep
        if chosen(
            keep,
            name,
            _as_one({}, line, {name: [n for fields in kinds[name] for n in fields]})[name] if name in kinds else line.get(name),
        )
        == "theirs"
    ]


def _kind(line: Mapping[str, Any], each: Sequence[Sequence[str]]) -> int:
    """Which kind a line has: the first of which something is set; one more than all where nothing is."""
    return next((no for no, fields in enumerate(each) if any(line.get(n) not in (None, "", []) for n in fields)), len(each))


def _as_one(given: Mapping[str, Any], line: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields of a line, and in the place of those that belong together one that holds what is set of them; None where nothing is."""
    alone = {n: v for n, v in given.items() if not any(n in fields for fields in groups.values())}
    return alone | {
        name: {n: line[n] for n in fields if line.get(n) not in (None, "", [])} or None for name, fields in groups.items()
    }
