"""Two arrangements compared in words: what a person would notice, from what their rules provide, never a text diff.

Versions, areas, or a version and the pack it extends: each is told by who takes part and by what its local rules bring.
Of two versions of one body is told what is now and what was; of two areas, or an area and a pack, what is here and there.
The order of things in a list is told; the order of names in an answer (who is invited) is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from threefold.domain.findings import Provided
from threefold.domain.sources import FORCE_WORDS, SURE_WORDS, Source
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison_head import area_names, differing_head
from threefold.governance.comparison_words import DETAILS, NOUNS, READS_AS_IS, YES, Names, joined, nothing, said, span_in_words, words_of
from threefold.governance.pack import Arrangement, Pack, RuleUse
from threefold.governance.publishing import HEADINGS, OTHER
from threefold.plugin_api.hooks import QUESTIONS

What = Literal["added", "removed", "changed"]
_QUIET = frozenset({"statutory", "working_days", "reads"})  # told by another detail already
_QUIET_OF: Mapping[str, frozenset[str]] = {"narrative": frozenset({"part"}), "way": frozenset({"quorum"})}
_OF_A_GROUP = frozenset({"meeting", "quorum"})  # whose title and place in the list are their group's
_FIRST = {"head": "When it applies", "step": "What is done by when", "reminder": "What is done by when", "way": "Who decides",
          "organisation": "Who takes part", "seat": "Who takes part"}  # fmt: skip
_LAST = {"narrative": "What is told", "source": "Where it comes from"}
_HEADINGS = {**{kind: title for title, kinds in HEADINGS for kind in kinds}, **_FIRST, **_LAST}
_ORDER = tuple(dict.fromkeys((*_FIRST.values(), *(title for title, _ in HEADINGS), OTHER, *_LAST.values())))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a person would notice. `field` is the place that holds it, as the floor's remarks name places."""

    kind: str
    key: str
    what: What
    title: str
    sentence: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class _Thing:
    kind: str
    key: str
    title: str
    sentence: str
    details: Mapping[str, Any]
    field: str = ""
    use: str = ""
    layers: frozenset[str] = frozenset()
    source: Source | None = None
    words: Mapping[str, Mapping[Any, str]] | None = None

    @property
    def quoted(self) -> str:
        return f"“{self.title}”"

    @property
    def noun(self) -> str:
        return NOUNS.get(self.kind, "entry")


_Key = tuple[str, str]
_Side = dict[_Key, _Thing]


def compare(
    catalogue: Catalogue, before: Arrangement | Pack, after: Arrangement | Pack, areas: Mapping[str, str] | None = None
) -> tuple[Difference, ...]:
    """How `after` differs from `before`, in words. `areas`: what area codes stand for (`area_names`).

    Raises `ThreefoldError` where a rule or its settings cannot be read.
    """
    across = are_two_bodies(before, after)
    old, new = _things(catalogue, before, across), _things(catalogue, after, across)
    names = _names(before, old), _names(after, new)
    found: list[Difference] = []
    if isinstance(before, Arrangement) and isinstance(after, Arrangement):
        seats = {**names[0].who, **names[1].who}
        found += (Difference("head", k, "changed", t, s, k) for k, t, s in differing_head(before, after, areas or {}, seats))
    else:  # a pack says nothing of who takes part
        old, new = ({k: t for k, t in told.items() if t.kind not in ("organisation", "seat")} for told in (old, new))
    if not across:
        names = names[0].with_those_of(names[1]), names[1].with_those_of(names[0])
    return tuple(sorted([*found, *_Telling(across, *names).all(old, new)], key=_place_of))


def are_two_bodies(before: Arrangement | Pack, after: Arrangement | Pack) -> bool:
    """Whether these are not two versions of one body: then nothing "now is" what it "was", and each cites its own pages."""
    return not (isinstance(before, Arrangement) and isinstance(after, Arrangement) and before.body == after.body)


def grouped(differences: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Differences under the headings a page shows, in order."""
    found: dict[str, list[Difference]] = {}
    for one in differences:
        found.setdefault(_HEADINGS.get(one.kind, OTHER), []).append(one)
    return list(found.items())


def _place_of(one: Difference) -> tuple[int, str, int, str, str]:
    """Under each heading what changed, then what came, then what went."""
    what = ("changed", "added", "removed").index(one.what)
    return _ORDER.index(_HEADINGS.get(one.kind, OTHER)), one.kind, what, one.title, one.sentence


def _things(catalogue: Catalogue, told: Arrangement | Pack, across: bool) -> _Side:
    """What there is by (kind, use/key), in order. Across two bodies, who takes part is known by name: keys are each body's own."""
    found: _Side = {}
    for use in told.uses:
        rule = catalogue.get(use.rule, use.major, field=use.where)(use.settings, use=use.use, file=use.file)
        for thing in rule.provides():
            found[thing.kind, f"{use.use}/{thing.key}"] = _provided(thing, use, words_of(rule.Config))
    if isinstance(told, Arrangement):
        for o in told.organisations:
            details = {"kind": o.kind, "partner": o.partner, "acts_for": o.acts_for}
            found["organisation", o.name if across else o.key] = _Thing(
                "organisation", o.key, o.name, "", details, f"organisations.{o.key}"
            )
        for s in told.seats:
            details = {"role": s.role, "organisation": s.organisation, "deputy": s.deputy}
            found["seat", s.title if across else s.key] = _Thing("seat", s.key, s.title, "", details, f"seats.{s.key}")
    return found


def _provided(thing: Provided, use: RuleUse, words: Mapping[str, Mapping[Any, str]]) -> _Thing:
    quiet = _QUIET | _QUIET_OF.get(thing.kind, frozenset())
    title = QUESTIONS.get(thing.key, thing.title) if thing.kind == "way" else thing.title
    return _Thing(
        thing.kind, thing.key, title, thing.sentence, {n: v for n, v in thing.values if n not in quiet},
        f"rules.{use.use}.{thing.kind}s.{thing.key}", use.use, frozenset(use.layers), thing.source, words,
    )  # fmt: skip


def _names(told: Arrangement | Pack, things: _Side) -> Names:
    who = {t.key: t.title for t in things.values() if t.kind == "group"}
    if isinstance(told, Arrangement):
        who |= {o.key: o.name for o in told.organisations} | {s.key: s.title for s in told.seats}
    steps = [t for t in things.values() if t.kind in ("step", "ladder_stage", "outcome")]
    return Names(who, {t.key: t.title for t in steps} | {f"{t.use}.{t.key}": t.title for t in steps})


def _same(old: _Side, new: _Side, across: bool) -> dict[_Key, _Key]:
    """Which thing before is which after: by use and key; else moved to another use of a rule, or only its key changed: the one
    left of its kind and key, else of its title. Two bodies that share no layer chose their keys apart: there the title says it."""

    def one_thing(was: _Thing, now: _Thing) -> bool:
        return not across or was.title == now.title or bool(was.layers & now.layers)

    found = {key: key for key in old if key in new and one_thing(old[key], new[key])}

    def by_key(thing: _Thing) -> tuple[str, str]:
        return thing.kind, thing.key

    def by_title(thing: _Thing) -> tuple[str, str]:
        return thing.kind, thing.title

    for same in (by_title,) if across else (by_key, by_title):
        taken = set(found.values())
        gone = {k: t for k, t in old.items() if k not in found and t.use}
        come = {k: t for k, t in new.items() if k not in taken and t.use}
        left, arrived = Counter(map(same, gone.values())), Counter(map(same, come.values()))
        where = {same(t): k for k, t in come.items()}
        found |= {k: where[same(t)] for k, t in gone.items() if left[same(t)] == arrived[same(t)] == 1}
    return found


@dataclass(frozen=True, slots=True)
class _Telling:
    """How differences are worded: of two versions of one body, or (`across`) of two bodies."""

    across: bool
    before: Names
    after: Names

    def all(self, old: _Side, new: _Side) -> Iterator[Difference]:
        pairs = _same(old, new, self.across)
        for key, was in old.items():
            if key in pairs:
                yield from self._changes(was, new[pairs[key]])
            else:
                head = "Only in the other" if self.across else "No longer there"
                yield _one("removed", was, f"{head}: the {was.noun} {was.quoted}.")
        for key in new.keys() - set(pairs.values()):
            now = new[key]
            head = f"Only in this one: the {now.noun}" if self.across else f"New {now.noun}:"
            yield _one("added", now, f"{head} {now.quoted}.{self._also(now)}")
        yield from self._orders(old, new, pairs)
        if not self.across:
            yield from _sources([(old[key], new[other]) for key, other in pairs.items()])

    def _also(self, thing: _Thing) -> str:
        more = self.after.sentence(thing.sentence)
        return f" {_ended(more)}" if more and more.rstrip(".") != thing.title.rstrip(".") else ""

    def _changes(self, was: _Thing, now: _Thing) -> Iterator[Difference]:
        """One sentence a detail; the rule's own sentence where what is said is no detail."""
        if was.title != now.title and now.kind not in _OF_A_GROUP:
            called = f"{now.quoted} is called {was.quoted} in the other." if self.across else f"{was.quoted} is now called {now.quoted}."
            yield _one("changed", now, called)
        names = dict.fromkeys(n for n in (*was.details, *now.details) if n != "text")
        told = [sentence for name in names if (sentence := self._detail(name, was, now))]
        yield from (_one("changed", now, sentence) for sentence in told)
        if "text" in now.details or not told:
            text = [thing.details.get("text", thing.sentence) or "" for thing in (was, now)]
            if text[0] != text[1]:
                yield _one("changed", now, self._says(now, *text))

    def _detail(self, name: str, was: _Thing, now: _Thing) -> str:
        before, after = was.details.get(name), now.details.get(name)
        if (nothing(before) and nothing(after)) or before == after:
            return ""
        if isinstance(before, tuple) and isinstance(after, tuple):
            return self._set(name, was, now, before, after)
        if name == "span":
            return f"{now.quoted} {self._due(before, after)}."
        if name in YES:
            return f"{now.quoted} {self._yes(YES[name], before, after)}."
        told = [said(name, value, names, thing.words or {}) for value, names, thing in (
            (before, self.before, was), (after, self.after, now))]  # fmt: skip
        if told[0] == told[1]:
            return "" if self.across else f"{now.quoted}: {_label(name)} is now another one that is called {told[1]}."
        is_ = "is" if self.across else "is now"
        head = f"{now.quoted} {is_}" if name in READS_AS_IS else f"{now.quoted}: {_label(name)} {is_}"
        return f"{head} {told[1]}{'; in the other, ' if self.across else ', was '}{told[0]}."

    def _set(self, name: str, was: _Thing, now: _Thing, before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
        """What came and what went: in whatever order they stand. Where nothing stayed, the whole of both."""
        told = [list(dict.fromkeys(said(name, one, names, thing.words or {}) for one in values)) for values, names, thing in (
            (before, self.before, was), (after, self.after, now))]  # fmt: skip
        come, gone = [t for t in told[1] if t not in told[0]], [t for t in told[0] if t not in told[1]]
        if not come and not gone:
            if self.across or Counter(before) == Counter(after):
                return ""
            return f"{now.quoted}: {_label(name)} is now {joined(told[1])}, of whom one is another by the same name."
        if len(come) == len(told[1]) or len(gone) == len(told[0]):
            nobody = said(name, (), self.after, {})
            whole = [joined(t) or nobody for t in told]
            if self.across:
                return f"{now.quoted}: {_label(name)} is {whole[1]}; in the other, {whole[0]}."
            return f"{now.quoted}: {_label(name)} is now {whole[1]}{';' if '; ' in ''.join(whole) else ','} was {whole[0]}."
        parts = [f"{lead} {joined(t)}" for lead, t in zip(
            ("in this one also", "in the other also") if self.across else ("now also", "no longer"), (come, gone), strict=True) if t]  # fmt: skip
        return f"{now.quoted}: {_label(name)} is {'; '.join(parts) if self.across else ', and '.join(parts)}."

    def _yes(self, words: str, before: bool | None, after: bool | None) -> str:
        states = {True: words, False: f"not {words}", None: f"not said to be {words}"}
        if self.across:
            plain = {True: "it is", False: "it is not", None: "that is not said"}
            return f"is {states[after]}; in the other {plain[before]}"
        if before and after is False:
            return f"is no longer {words}"
        return f"is now {states[after]}, was {'not' if before is False else states[before]}"

    def _due(self, before: str | None, after: str | None) -> str:
        """Two spans: where only the number is another one, as the number of the day."""
        was, now = (re.fullmatch(r"(\d+) (working|calendar) days?(.*)", text or "") for text in (before, after))
        then, is_ = ("; in the other, ", "is") if self.across else (", was ", "is now")
        if was and now and was.groups()[1:] == now.groups()[1:]:
            return f"{is_} due by {now[2]} day {now[1]}{then}{was[1]}"
        within = [f"due within {span_in_words(text)}" if text else "due at no time that is said" for text in (after, before)]
        return f"{is_} {within[0]}{then}{within[1]}"

    def _says(self, thing: _Thing, before: str, after: str) -> str:
        before, after = self.before.sentence(before), self.after.sentence(after)
        if not after:
            return f"{thing.quoted} {'says nothing more; the other says' if self.across else 'no longer says'}: {_ended(before)}"
        head = f"{thing.quoted} {'says' if self.across else 'now says'}: {_ended(after)}"
        return f"{head} {'The other says' if self.across else 'It said'}: {_ended(before)}" if before else head

    def _orders(self, old: _Side, new: _Side, pairs: Mapping[_Key, _Key]) -> Iterator[Difference]:
        """Where what stayed stands in another order: once for a rule and kind, from the first that moved to the last."""
        lists: dict[tuple[str, str, str], list[_Key]] = {}
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
                word = "come" if self.across else "now come"
                of = {"ladder_stage": "stages of a disagreement", "criterion": "criteria", "agency": "agencies", "way": "decisions"}
                plural = of.get(first.kind, f"{first.noun}s")
                yield _one("changed", first, f"These {plural} {word} in this order: {orders[0]}. {'The order of the other' if self.across else 'They came'}: {orders[1]}.")


def _label(name: str) -> str:
    return DETAILS.get(name, name.replace("_", " "))


def _sources(pairs: Iterable[tuple[_Thing, _Thing]]) -> Iterator[Difference]:
    """What cites another page, or is surer or more binding: one sentence for all things of which the same is so."""
    found: dict[str, list[_Thing]] = {}
    for was, now in pairs:
        if was.source is not None and now.source is not None:
            for sentence in _source(was.source, now.source):
                found.setdefault(sentence, []).append(now)
    for sentence, things in found.items():
        titles = joined(dict.fromkeys(t.quoted for t in things))
        yield Difference("source", things[0].key, "changed", things[0].title, f"{titles}: {sentence}", things[0].field)


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


def _ended(text: str) -> str:
    return text if text.rstrip("”)").endswith((".", "?", "!")) else f"{text}."


def _one(what: What, thing: _Thing, sentence: str) -> Difference:
    return Difference(thing.kind, thing.key, what, thing.title, _ended(sentence), thing.field)


__all__ = ["Difference", "are_two_bodies", "area_names", "compare", "grouped"]
