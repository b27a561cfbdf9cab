"""Two arrangements compared in words: what a person would notice, from what their rules provide, never a text diff.

Versions, areas, or a version and the pack it extends: each is told by who takes part and by what its local rules bring.
Of two versions of one body is told what is now and what was; of two areas, or an area and a pack, what is here and there.
The order of things in a list is told; the order of names in an answer (who is invited) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison_head import area_names, differing_head
from threefold.governance.comparison_prose import by_paragraphs, in_common, many, one_line, shortened
from threefold.governance.comparison_sides import Sides, are_two_bodies, sides_of
from threefold.governance.comparison_sources import differing_sources
from threefold.governance.comparison_things import Key, Side, Thing, names_in, paired, things_of
from threefold.governance.comparison_told import also, full_stop, label_of_detail, of_another, worded
from threefold.governance.comparison_words import (
    READS_AS_IS,
    YES,
    Names,
    joined,
    last_word,
    nothing,
    said,
    several,
    span_in_words,
)
from threefold.governance.pack import Arrangement, Pack
from threefold.governance.publishing import HEADINGS, OTHER, PARTNERS

What = Literal["added", "removed", "changed"]
_OF_A_GROUP = frozenset({"meeting", "quorum"})  # whose title and place in the list are their group's
_FIRST = {"head": "When it applies", "step": "What is done by when", "reminder": "What is done by when", "way": "Who decides",
          "organisation": PARTNERS, "seat": PARTNERS}  # fmt: skip
_LAST = {"narrative": "What is told", "source": "Where it comes from"}
_HEADINGS = {**{kind: title for title, kinds in HEADINGS for kind in kinds}, **_FIRST, **_LAST}
_ORDER = tuple(dict.fromkeys((*_FIRST.values(), *(title for title, _ in HEADINGS), OTHER, *_LAST.values())))
# Of two bodies: what is done by when, then who decides. Who takes part differs in any case, and stands last.
_ORDER_ACROSS = (
    "What is done by when", "Who decides", *(title for title in _ORDER if title not in _FIRST.values()), "When it applies", PARTNERS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a person would notice. `field` is the place that holds it, as the floor's remarks name places; `order`: which of
    several that are told of one thing, in the order of its text; `at`: of two bodies, where it stands in the order of days."""

    kind: str
    key: str
    what: What
    title: str
    sentence: str
    field: str = ""
    order: int = 0
    at: tuple[int, float] = (0, 0.0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one differs from another, in order. `same`: of two bodies, each thing that both tell alike (“Step “Huddle””), in order.

    `sides`: what the two are called; None for two versions of one body.
    """

    differences: tuple[Difference, ...]
    same: tuple[str, ...]
    sides: Sides | None

    @property
    def same_in_words(self) -> str:
        """How many things two bodies tell alike: `7 things are the same`, or a sentence that there is none. Empty for one body."""
        count = len(self.same)
        if self.sides is None:
            return ""
        if not count:
            return "Nothing is the same in both, word for word."
        return f"{count} {'things are' if count > 1 else 'thing is'} the same"


def compare(
    catalogue: Catalogue, before: Arrangement | Pack, after: Arrangement | Pack, areas: Mapping[str, str] | None = None
) -> tuple[Difference, ...]:
    """The differences alone of `compared`, for two versions of one body. Raises as it does."""
    return compared(catalogue, before, after, areas).differences


def compared(
    catalogue: Catalogue, before: Arrangement | Pack, after: Arrangement | Pack, areas: Mapping[str, str] | None = None,
    bodies: Mapping[str, str] | None = None,
) -> Comparison:  # fmt: skip
    """How `after` differs from `before`, in words. `areas`: what area codes stand for (`area_names`); `bodies`: names by id.

    Raises `ThreefoldError` where a rule or its settings cannot be read.
    """
    sides = sides_of(before, after, bodies)
    across = sides is not None
    old, new = things_of(catalogue, before, across), things_of(catalogue, after, across)
    names = names_in(before, old), names_in(after, new)
    found: list[Difference] = []
    if isinstance(before, Arrangement) and isinstance(after, Arrangement):
        seats = {**names[0].who, **names[1].who}
        found += (
            Difference("head", k, "changed", t, s, k) for k, t, s in differing_head(before, after, areas or {}, seats, sides)
        )
    else:  # a pack says nothing of who takes part
        old, new = ({k: t for k, t in told.items() if t.kind not in ("organisation", "seat")} for told in (old, new))
    if not across:
        found += _other_majors(catalogue, before, after)
        names = names[0].with_those_of(names[1]), names[1].with_those_of(names[0])
    telling = _Telling(sides, *names)
    order = _ORDER_ACROSS if across else _ORDER
    told = tuple(sorted([*found, *telling.all(old, new)], key=lambda one: _place_of(one, order)))
    alike = sorted(telling.alike(old, new), key=lambda t: (order.index(_HEADINGS.get(t.kind, OTHER)), t.at)) if across else ()
    return Comparison(told, tuple(f"{t.noun[:1].upper()}{t.noun[1:]} {t.quoted}" for t in alike), sides)


def _other_majors(catalogue: Catalogue, before: Arrangement | Pack, after: Arrangement | Pack) -> Iterator[Difference]:
    """Rules of which another major is used: it may say something else of cases, though it brings the same."""
    was = {use.use: use for use in before.uses}
    for use in after.uses:
        old = was.get(use.use)
        if old is not None and old.rule == use.rule and old.major != use.major:
            title = catalogue.get(use.rule, use.major, field=use.where).card.title
            said = f"The rule “{title}” is now version {use.major}, was {old.major}. It may say something else of cases."
            yield Difference("head", f"major/{use.use}", "changed", title, said, f"rules.{use.use}")


def grouped(differences: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Differences under the headings a page shows, in order."""
    found: dict[str, list[Difference]] = {}
    for one in differences:
        found.setdefault(_HEADINGS.get(one.kind, OTHER), []).append(one)
    return list(found.items())


def _place_of(one: Difference, order: tuple[str, ...]) -> tuple[int, tuple[int, float], str, int, str, int, str]:
    """Under each heading what changed, then what came, then what went; the steps of two bodies by their days."""
    what = ("changed", "added", "removed").index(one.what)
    return order.index(_HEADINGS.get(one.kind, OTHER)), one.at, one.kind, what, one.title, one.order, one.sentence


@dataclass(frozen=True, slots=True)
class _Telling:
    """How differences are worded: of two versions of one body, or (`sides`) of two bodies by their names."""

    sides: Sides | None
    before: Names
    after: Names

    def all(self, old: Side, new: Side) -> Iterator[Difference]:
        pairs = paired(old, new, self.sides is not None)
        for key, was in old.items():
            if key in pairs:
                yield from self._changes(was, new[pairs[key]])
            else:
                more = also(was, self.before) if self.sides else ""
                head = f"Only {self.sides.other}" if self.sides else "No longer there"
                yield _one("removed", was, f"{head}: the {was.noun} {was.quoted}.{more}")
        for key in new.keys() - set(pairs.values()):
            now = new[key]
            head = f"Only {self.sides.this}: the {now.noun}" if self.sides else f"New {now.noun}:"
            yield _one("added", now, f"{head} {now.quoted}.{also(now, self.after)}")
        yield from self._orders(old, new, pairs)
        if not self.sides:
            for first, sentence in differing_sources([(old[key], new[other]) for key, other in pairs.items()]):
                yield Difference("source", first.key, "changed", first.title, sentence, first.field)

    def alike(self, old: Side, new: Side) -> Iterator[Thing]:
        """What stands in both and is told in the same way, as it stands in the one told."""
        pairs = paired(old, new, self.sides is not None)
        return (new[other] for key, other in pairs.items() if not any(self._changes(old[key], new[other])))

    def _changes(self, was: Thing, now: Thing) -> Iterator[Difference]:
        """One sentence a detail; the rule's own sentence where what is said is no detail."""
        if was.title != now.title and now.kind not in _OF_A_GROUP:
            called = (
                f"{now.quoted} is called {was.quoted} in {self.sides.other}."
                if self.sides
                else f"{was.quoted} is now called {now.quoted}."
            )
            yield _one("changed", now, called)
        names = dict.fromkeys(n for n in (*was.details, *now.details) if n != "text")
        told = [sentence for name in names if (sentence := self._detail(name, was, now))]
        yield from (_one("changed", now, sentence) for sentence in told)
        if "text" in now.details or was.details == now.details:
            text = [thing.details.get("text", thing.sentence) or "" for thing in (was, now)]
            if text[0] != text[1]:
                for order, sentence in enumerate(self._texts(was, now, *text)):
                    yield replace(_one("changed", now, sentence), order=order)

    def _detail(self, name: str, was: Thing, now: Thing) -> str:
        before, after = was.details.get(name), now.details.get(name)
        if (nothing(before) and nothing(after)) or before == after:
            return ""
        if name == "ends_with" and (before, after) == (f"done:{was.use}.{was.key}", f"done:{now.use}.{now.key}"):
            return ""  # each is done when it is done itself, whatever it is known by
        if isinstance(before, tuple) and isinstance(after, tuple):
            return self._set(name, was, now, before, after)
        if name == "not_before" and not self.sides and _stated(before) == after:
            return ""  # told of its time already
        if name == "span":
            return f"{now.quoted} {self._due(before, after)}."
        if name in YES and not of_another(now, name) and {type(before), type(after)} <= {bool, type(None)}:
            return f"{now.quoted} {self._yes(YES[name], before, after)}."
        if name == "when" and now.kind == "criterion":  # without a condition it is no criterion that is met always
            name = "met_when"
        as_is = name in READS_AS_IS and not of_another(now, name)
        told = [said(name, value, names, thing.words or {}, of_another=of_another(thing, name)) for value, names, thing in (
            (before, self.before, was), (after, self.after, now))]  # fmt: skip
        if told[0] == told[1]:
            return (
                "" if self.sides else f"{now.quoted}: {label_of_detail(name, now)} is now another one that is called {told[1]}."
            )
        if self.sides:
            head = "" if as_is else f"{label_of_detail(name, now)} "
            return f"{now.quoted}: in {self.sides.this}, {head}is {told[1]}; in {self.sides.other}, {told[0]}."
        head = f"{now.quoted} is now" if as_is else f"{now.quoted}: {label_of_detail(name, now)} is now"
        return f"{head} {told[1]}, was {told[0]}."

    def _set(self, name: str, was: Thing, now: Thing, before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
        """What came and what went: in whatever order they stand. Where nothing stayed, the whole of both."""
        told = [list(dict.fromkeys(said(name, one, names, thing.words or {}, of_another=of_another(thing, name)) for one in values)) for values, names, thing in (
            (before, self.before, was), (after, self.after, now))]  # fmt: skip
        come, gone = [t for t in told[1] if t not in told[0]], [t for t in told[0] if t not in told[1]]
        if not come and not gone:
            if self.sides or set(before) == set(after):  # in another order, or one of them twice: it is the same
                return ""
            return f"{now.quoted}: {label_of_detail(name, now)} is now {joined(told[1], last_word(name))}, of whom one is another by the same name."
        if len(come) == len(told[1]) or len(gone) == len(told[0]):
            nobody = said(name, (), self.after, {}, of_another=of_another(now, name))
            whole = [joined(t, last_word(name)) or nobody for t in told]
            if self.sides:
                return f"{now.quoted}: in {self.sides.this}, {label_of_detail(name, now)} is {whole[1]}; in {self.sides.other}, {whole[0]}."
            return f"{now.quoted}: {label_of_detail(name, now)} is now {whole[1]}{';' if '; ' in ''.join(whole) else ','} was {whole[0]}."
        if self.sides:
            more = [
                f"in {who} also {joined(t, last_word(name))}"
                for who, t in ((self.sides.this, come), (self.sides.other, gone))
                if t
            ]
            return f"{now.quoted}: {label_of_detail(name, now)} is {'; '.join(more)}."
        parts = [
            f"{lead} {joined(t, last_word(name))}" for lead, t in zip(("now also", "no longer"), (come, gone), strict=True) if t
        ]
        return f"{now.quoted}: {label_of_detail(name, now)} is {', and '.join(parts)}."

    def _yes(self, words: str, before: bool | None, after: bool | None) -> str:
        if self.sides:
            states = {True: words, False: f"not {words}", None: f"not said to be {words}"}
            plain = {True: "it is", False: "it is not", None: "that is not said"}
            return f"is {states[after]} in {self.sides.this}; in {self.sides.other} {plain[before]}"
        told = {
            (True, False): f"is no longer {words}",
            (True, None): f"is no longer said to be {words}",
            (False, True): f"is now {words}, was not",
            (False, None): f"was not {words}; now that is not said",
            (None, True): f"is now {words}; before, that was not said",
            (None, False): f"is now said not to be {words}; before, that was not said",
        }
        return told[before, after]

    def _due(self, before: str | None, after: str | None) -> str:
        """Two spans: where only the number is another one, as the number of the day.

        A day that the partners set anew is no longer inferred from a page: that its source is another one says so.
        """
        was, now = (
            re.fullmatch(r"(\d+) (working|calendar) days?(?:, unit inferred)?(.*)", text or "") for text in (before, after)
        )
        is_, here, then = ("is now", "", ", was ")
        if self.sides:
            is_, here, then = ("is", f" in {self.sides.this}", f"; in {self.sides.other}, ")
        if not self.sides and before and after and before != after and _stated(before) == after:
            unit = "calendar" if "calendar" in after else "working"
            return f"counts in {unit} days by the partners’ agreement now; before, because its source, which names no unit, was read so"
        if was and now and was[1] != now[1] and was.groups()[1:] == now.groups()[1:]:
            return f"{is_} due by {now[2]} day {now[1]}{here}{then}{was[1]}"
        within = [f"due within {span_in_words(text)}" if text else "due at no time that is said" for text in (after, before)]
        return f"{is_} {within[0]}{here}{then}{within[1]}"

    def _texts(self, was: Thing, thing: Thing, before: str, after: str) -> Iterator[str]:
        """A text that people wrote in several paragraphs is told by these, never whole twice; of two areas, what they share."""
        before, after = worded(was, before, self.before), worded(thing, after, self.after)
        by_parts = bool(before and after) and before != after and (many(before) or many(after))
        if by_parts and (not self.sides or in_common(before, after)):
            yield from by_paragraphs(thing.quoted, before, after, sides=self.sides)
        else:
            yield self._says(thing, before, after)

    def _says(self, thing: Thing, before: str, after: str) -> str:
        if not after:
            says = f"says nothing more in {self.sides.this}; in {self.sides.other} it says" if self.sides else "no longer says"
            return f"{thing.quoted} {says}: {full_stop(shortened(before))}"
        says, said_there = (
            (f"says in {self.sides.this}", f"In {self.sides.other} it says") if self.sides else ("now says", "It said")
        )
        head = f"{thing.quoted} {says}: {full_stop(one_line(after) if before else shortened(after))}"
        return f"{head} {said_there}: {full_stop(one_line(before))}" if before else head

    def _orders(self, old: Side, new: Side, pairs: Mapping[Key, Key]) -> Iterator[Difference]:
        """Where what stayed stands in another order: once for a rule and kind, from the first that moved to the last."""
        lists: dict[tuple[str, str, str], list[Key]] = {}
        for key, other in pairs.items():
            thing = new[other]
            if thing.kind not in _OF_A_GROUP and thing.use:
                lists.setdefault((thing.kind, old[key].use, thing.use), []).append(other)
        place = {key: number for number, key in enumerate(new)}
        for keys in lists.values():
            was, now = [new[k] for k in keys], [new[k] for k in sorted(keys, key=place.__getitem__)]
            moved = [number for number, (a, b) in enumerate(zip(was, now, strict=True)) if a is not b]
            if moved:
                part = slice(moved[0], moved[-1] + 1)
                orders = [", then ".join(t.quoted for t in told[part]) for told in (now, was)]
                first = now[moved[0]]
                word, then = (
                    (f"come in {self.sides.this}", f"In {self.sides.other}") if self.sides else ("now come", "They came")
                )
                yield _one(
                    "changed",
                    first,
                    f"These {several(first.noun)} {word} in this order: {orders[0]}. {then}: {orders[1]}.",
                )


def _stated(span: object) -> str:
    return str(span or "").replace(", unit inferred", "")


def _one(what: What, thing: Thing, sentence: str) -> Difference:
    return Difference(thing.kind, thing.key, what, thing.title, full_stop(sentence), thing.field, at=thing.at)


__all__ = ["Comparison", "Difference", "Sides", "are_two_bodies", "area_names", "compare", "compared", "grouped"]
