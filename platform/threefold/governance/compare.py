"""Two arrangements compared in words: what a person would notice, from what their rules provide, never a text diff.

Versions, areas, or a version and the pack it extends: each is told by who takes part and by what its local rules bring.
Things are matched by kind and key wherever they stand, so that a rule use that was renamed is no difference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from threefold.domain.calendar import UNIT_WORDS
from threefold.governance.catalogue import Catalogue
from threefold.governance.pack import Arrangement, Pack
from threefold.plugin_api.facts import EVENTS, label_of
from threefold.plugin_api.facts import known_path as is_fact
from threefold.plugin_api.hooks import MOVES, QUESTIONS

What = Literal["added", "removed", "changed"]
_SOURCES = "Where it comes from"
_STATUTORY = 1  # what concerns the law stands right behind when it applies
# The headings in order, each with the kinds under it; a kind that nobody listed stands under the last.
_HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("When it applies", ("head",)),
    ("What is done by when", ("duty", "step", "reminder")),
    ("Who decides", ("way", "quorum")),
    ("Who takes part", ("organisation", "seat")),
    ("Criteria and kinds of review", ("criterion", "question", "outcome", "route")),
    ("Groups and disagreements", ("group", "meeting", "ladder_stage", "carve_out")),
    ("Agencies", ("agency",)),
    ("The rest", ()),
)  # fmt: skip
_KINDS = tuple(kind for _, kinds in _HEADINGS for kind in kinds)
NOUNS: Mapping[str, str] = {
    "step": "step", "way": "decision", "organisation": "organisation", "seat": "seat", "criterion": "criterion", "question": "question",
    "outcome": "outcome", "route": "way of referring", "agency": "agency", "group": "group", "quorum": "quorum", "ladder_stage": "stage of a disagreement",
    "carve_out": "carve-out", "fund": "contribution", "scrutiny": "form of scrutiny", "publication": "rule on publishing", "narrative": "statement",
    "report_year": "report year", "reminder": "reminder", "meeting": "meeting", "duty": "duty", "retention": "rule on keeping",
}  # fmt: skip
# The lists of an arrangement in which the kinds are mended, where the plural is not the word with an s.
_LISTS: Mapping[str, str] = {
    "criterion": "criteria", "agency": "agencies", "outcome": "types", "narrative": "statements", "publication": "texts", "scrutiny": "forms",
    "ladder_stage": "stages", "meeting": "groups", "quorum": "groups",
}  # fmt: skip
# How a detail is called; what a rule tells under a name that nobody listed is called by that name's own words.
DETAILS: Mapping[str, str] = {
    "day": "the day", "from_day": "the first day", "who": "who does it", "serves": "what it is for", "when": "when it applies",
    "acts": "who performs the final act", "signs": "whose signature is sought", "views_from": "whose view is sought", "recommends": "who recommends",
    "invited": "who is invited to comment", "members": "who belongs to it", "chair": "the chair", "vice_chair": "the vice-chair",
    "reports_to": "to whom it reports", "joint_with": "with whom it is shared", "deputies_need": "what a deputy needs", "lead_days": "how many days ahead",
    "times": "how many times it meets", "per": "the time in which it meets so often", "every_weeks": "every how many weeks it meets",
    "needed": "who must all be there", "count": "how many must be there", "among": "who counts for the quorum", "substitutes": "who may stand in",
    "role": "the part it has", "organisation": "whose seat it is", "deputy": "who stands in", "kind": "what kind of organisation it is", "acts_for": "for whom it acts",
    "stage": "the number of the stage", "whom": "who is told", "form": "the form it is done on", "effect": "what it does beside the national test",
    "about": "what it is about", "speaks_against": "what it speaks against", "hint": "the hint", "section": "where it is told", "answers": "what it answers of what must be told",
    "published": "whether it is published", "limit": "the limit it sets", "amount": "the number of months or days", "after": "what follows then",
    "who_may": "who may refer", "first": "what comes first", "by": "how it is done", "warning": "what must not be in it", "sits_with": "with whom it sits",
    "schedule": "the schedule that names it", "begins": "the day it begins", "ends": "the day it ends", "due": "the day it is due", "goes_to": "to whom it goes",
    "months": "how many months it covers", "payer": "who pays", "pounds": "the sum", "year": "the year", "split": "how it is shared out",
    "output": "what comes of it", "methods": "the ways of working", "independent": "whether the source calls it independent", "also": "what else the role does",
    "number": "how many people", "plan": "the plan", "unit": "the unit", "up_to_age": "the highest age",
}  # fmt: skip
# Details that hold or do not: what is said when they begin to hold, and when they cease to.
_HOLDS: Mapping[str, tuple[str, str]] = {
    "optional": ("may now be left out", "may no longer be left out"),
    "partner": ("is now a safeguarding partner", "is no longer a safeguarding partner"),
    "chair_rotates": ("now has a chair that moves between partners", "no longer has a chair that moves between partners"),
    "chair_may_vary": ("may now be varied by the chair", "may no longer be varied by the chair"),
    "chair_may_choose_items": ("now lets the chair pick which items go ahead", "no longer lets the chair pick which items go ahead"),
    "at_least": ("is now the least that is asked", "is no longer only the least that is asked"),
    "formal": ("is now a formal stage", "is no longer called a formal stage"),
    "kept_out": ("is now kept out", "is no longer kept out"),
    "needs_notification": ("now needs a notification", "no longer needs a notification"),
    "national": ("is now sent to the national Panel", "is no longer sent to the national Panel"),
    "good_practice": ("is now also for good practice", "is no longer for good practice"),
    "asked": ("is now asked for what it knows", "is no longer asked for what it knows"),
    "in_kind": ("is now given in kind", "is no longer given in kind"),
}  # fmt: skip
_STARTS: Mapping[str, str] = {"start_events": "starts", "start_event": "starts", "event": "happens", "ends_with": "ends"}
_SPANS = ("span", "clock")
# How a decision is made: by one, by several; and the same of the arrangement it is held against.
_HOW: Mapping[str, tuple[str, str, str]] = {
    "one_decides": ("decides alone", "decide, one of them having the last word", "had the last word"),
    "all_agree": ("must agree", "must all agree", "had to agree"),
    "joint_view": ("takes a joint view", "take a joint view", "took a joint view"),
    "group_decides": ("decides as a group", "decide as groups", "decided as a group"),
    "": ("decides", "decide", "decided"),
}  # fmt: skip
_SAID: Mapping[str, str] = {
    **MOVES, **UNIT_WORDS, "publish.available_months": "months that a report stays available", "adds": "asks for more", "narrows": "narrows it",
    "publish.advance_copy_working_days": "working days that a copy is sent ahead", "publish.briefing_available_months": "months that a briefing stays available",
    "hint": "a hint to look again",
}  # fmt: skip
_PEOPLE = frozenset(
    {"who", "decides", "acts", "signs", "recommends", "views_from", "invited", "members", "chair", "payer", "deputy"}
)
_QUIET = frozenset(
    {"statutory", "working_days", "reads", "part", "judgement"}
)  # told by another detail already, or nothing to see
_KEY = re.compile(r"[a-z][a-z0-9]*([-_.][a-z0-9]+)*")
_LONG = 60  # characters; what is longer stands in a sentence of its own


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a person would notice. `where` is the rule use; `field` the place that holds it, as the floor's remarks name
    places. `before` and `after` are in words, empty where there is nothing. `quiet`: only the source is another one."""

    kind: str
    key: str
    where: str
    what: What
    title: str
    sentence: str
    before: str = ""
    after: str = ""
    field: str = ""
    quiet: bool = False
    statutory: bool = False


@dataclass(frozen=True, slots=True)
class _Thing:
    kind: str
    key: str
    use: str
    title: str
    text: str
    source: str
    details: Mapping[str, Any]

    @property
    def field(self) -> str:
        if self.kind in ("organisation", "seat"):
            return f"{self.kind}s.{self.key}"
        return f"rules.{self.use}.{_LISTS.get(self.kind, f'{self.kind}s')}.{self.key}"

    @property
    def statutory(self) -> bool:
        """A duty, a step of the law, or a safeguarding partner."""
        return self.kind == "duty" or any(self.details.get(name) is True for name in ("statutory", "partner"))


@dataclass(frozen=True, slots=True)
class _Told:
    """One side: its things, and what the keys on it are called."""

    things: tuple[_Thing, ...]
    names: Mapping[str, str] = field(default_factory=dict)


def compare(catalogue: Catalogue, before: Arrangement | Pack, after: Arrangement | Pack) -> tuple[Difference, ...]:
    """How `after` differs from `before`, in words. Raises `ThreefoldError` where a rule or its settings cannot be read."""
    whole = isinstance(before, Arrangement) and isinstance(after, Arrangement)
    old, new = _told(catalogue, before, whole), _told(catalogue, after, whole)
    # A pack names nobody: what its keys are called is known from the other side.
    was, now = {**new.names, **old.names}, {**old.names, **new.names}
    found = _head(before, after) if isinstance(before, Arrangement) and isinstance(after, Arrangement) else []
    for gone, come in _matched(old.things, new.things):
        if gone is None and come is not None:
            text = _ended(_plain(come.text, now))
            said = "" if text.rstrip(".") == come.title.rstrip(".") else f" {text.removeprefix(f'{come.title}. ')}"
            found.append(_one("added", come, f"New {_noun(come)}: {_quoted(come)}.{said}", "", text))
        elif come is None and gone is not None:
            found.append(
                _one(
                    "removed", gone, f"No longer there: the {_noun(gone)} {_quoted(gone)}.", _ended(_plain(gone.text, was)), ""
                )
            )
        elif gone is not None and come is not None:
            found += _changes(gone, come, was, now)
    return tuple(sorted(found, key=_order))


def grouped(differences: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Differences under the headings a page shows, in order."""
    found: dict[str, list[Difference]] = {}
    for one in differences:
        heading = next((words for words, kinds in _HEADINGS if one.kind in kinds), _HEADINGS[-1][0])
        found.setdefault(_SOURCES if one.quiet else heading, []).append(one)
    return list(found.items())


def _order(one: Difference) -> tuple[bool, int, str, str, str, str, str]:
    place = _KINDS.index(one.kind) + _STATUTORY if one.kind in _KINDS else len(_KINDS) + _STATUTORY
    first = 0 if one.kind == "head" else _STATUTORY if one.statutory else place + 1
    return one.quiet, first, one.kind, one.title, one.key, one.where, one.sentence


def _told(catalogue: Catalogue, told: Arrangement | Pack, whole: bool) -> _Told:
    things = [
        _Thing(
            p.kind,
            p.key,
            use.use,
            QUESTIONS.get(p.key, p.title) if p.kind == "way" else p.title,
            p.sentence,
            p.source.ref,
            dict(p.values),
        )
        for use in told.uses
        for p in catalogue.get(use.rule, use.major, field=use.where)(use.settings, use=use.use, file=use.file).provides()
    ]
    names = {f"done:{t.use}.{t.key}": t.title for t in things} | {t.key: t.title for t in things if t.kind == "group"}
    if isinstance(told, Arrangement):
        names |= {o.key: o.name for o in told.organisations} | {s.key: s.title for s in told.seats}
    if isinstance(told, Arrangement) and whole:
        things += [
            _Thing("organisation", o.key, "", o.name, "", "", {"kind": o.kind, "partner": o.partner, "acts_for": o.acts_for})
            for o in told.organisations
        ]
        things += [
            _Thing("seat", s.key, "", s.title, "", "", {"role": s.role, "organisation": s.organisation, "deputy": s.deputy})
            for s in told.seats
        ]
    return _Told(tuple(things), names)


def _matched(old: Iterable[_Thing], new: Iterable[_Thing]) -> list[tuple[_Thing | None, _Thing | None]]:
    """Pairs by kind and key, the same use first; then things of which only the key is another one. What is left has no other."""
    pairs: list[tuple[_Thing | None, _Thing | None]] = []
    old, new = sorted(old, key=_name), sorted(new, key=_name)
    alike: tuple[Callable[[_Thing], tuple[str, ...]], ...] = (lambda t: (t.kind, t.key, t.use), lambda t: (t.kind, t.key))
    for same in alike:
        waiting: dict[tuple[str, ...], list[_Thing]] = defaultdict(list)
        for thing in new:
            waiting[same(thing)].append(thing)
        found = [(thing, waiting[same(thing)].pop(0)) for thing in old if waiting[same(thing)]]
        pairs += found
        old, new = _without(old, [a for a, _ in found]), _without(new, [b for _, b in found])
    by_title = [(a, b) for a in old for b in new if (a.kind, a.title) == (b.kind, b.title)]
    renamed = [(a, b) for a, b in by_title if sum(a is x for x, _ in by_title) == 1 == sum(b is y for _, y in by_title)]
    old, new = _without(old, [a for a, _ in renamed]), _without(new, [b for _, b in renamed])
    return [*pairs, *renamed, *((a, None) for a in old), *((None, b) for b in new)]


def _without(things: Iterable[_Thing], taken: Iterable[_Thing]) -> list[_Thing]:
    ids = {id(t) for t in taken}
    return [t for t in things if id(t) not in ids]


def _name(thing: _Thing) -> tuple[str, str, str]:
    return thing.kind, thing.key, thing.use


def _changes(gone: _Thing, come: _Thing, was: Mapping[str, str], now: Mapping[str, str]) -> list[Difference]:
    """One sentence a detail; the rule's own text where it says more than they do; the source where nothing else changed."""
    found: list[Difference] = []
    if gone.title != come.title:
        found.append(_one("changed", come, f"{_quoted(gone)} is now called {_quoted(come)}.", gone.title, come.title))
    if (decided := _deciding(gone, come, was, now)) is not None:
        found.append(decided)
    for name in dict.fromkeys((*gone.details, *come.details)):
        if name in _QUIET or (come.kind == "way" and name in ("decides", "how")):
            continue
        before, after = gone.details.get(name), come.details.get(name)
        a, b = _say(name, before, was), _say(name, after, now)
        if a != b and not (_empty(before) and _empty(after)):
            found.append(_one("changed", come, f"{_quoted(come)}{_detail(name, before, after, was, now)}", a, b))
    a, b = _plain(gone.text, was), _plain(come.text, now)
    if _says_more(a, b, found):
        found.append(
            _one(
                "changed", come, f"{_quoted(come)} now says: {_ended(b) or 'nothing.'} It said: {_ended(a) or 'nothing.'}", a, b
            )
        )
    if not found and gone.source != come.source:
        said = f"{_quoted(come)} now comes from: {_ended(come.source or 'no source')} It came from: {_ended(gone.source or 'no source')}"
        found.append(_one("changed", come, said, gone.source, come.source, quiet=True))
    return found


def _says_more(before: str, after: str, told: Iterable[Difference]) -> bool:
    """Whether the text changed in words that no difference told of the same thing has: rules make their text of details."""
    known = {w for one in told for text in (one.sentence, one.before, one.after) for w in _words(text)}
    return bool((_words(before) ^ _words(after)) - known) if known else before != after


def _words(text: str) -> set[str]:
    return {w.removesuffix("s") for w in re.findall(r"[\w£]+", text.lower()) if len(w) > 3 or w.isdigit()}


def _deciding(gone: _Thing, come: _Thing, was: Mapping[str, str], now: Mapping[str, str]) -> Difference | None:
    """Who decides and how, in one sentence."""
    if come.kind != "way":
        return None
    (a, past), (b, present) = (_who_decides(t, names) for t, names in ((gone, was), (come, now)))
    if a == b:
        return None
    return _one("changed", come, f"{_quoted(come)}: now {present[0]}, where {past[1]}.", a, b)


def _who_decides(way: _Thing, names: Mapping[str, str]) -> tuple[str, tuple[str, str]]:
    how = str(way.details.get("how") or "").replace("not_stated", "")
    keys = way.details.get("decides")
    deciding = tuple(keys) if isinstance(keys, tuple | list) else (keys,) if keys else ()
    if not deciding and not how:
        return "", ("it is not said who decides", "it was not said who decided")
    who = _say("decides", deciding, names) if deciding else "those who decide"
    one, many, past = _HOW.get(how, _HOW[""])
    present = f"{who} {one if len(deciding) == 1 else many}"
    return present, (present, f"{who} {past}")


def _detail(name: str, before: Any, after: Any, was: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What follows the thing's title."""
    a, b = _say(name, before, was), _say(name, after, now)
    if name in _SPANS:
        return f" {_due(before, after)}."
    if name in _HOLDS and {type(before), type(after)} <= {bool, type(None)}:
        return f" {_HOLDS[name][0 if after else 1]}."
    if name in _STARTS:
        return _starts(_STARTS[name], a if not _empty(before) else "", b if not _empty(after) else "")
    words = DETAILS.get(name, _spaced(name))
    if {type(before), type(after)} == {bool}:
        return f": {words} is now {b}, was {a}."
    if _empty(before) or _empty(after):
        one = f"is now {b}, where nothing was said" if _empty(before) else f"is no longer said; it was {a}"
        return f": {words} {one}."
    if isinstance(before, tuple | list) and isinstance(after, tuple | list) and max(len(before), len(after)) > 1:
        return f": {words} is another list. {_joined_and_left(_each(name, before, was), _each(name, after, now))}"
    if max(len(a), len(b)) > _LONG:
        return f": {words} is now: {_ended(b)} It was: {_ended(a)}"
    return f": {words} is now {b}, was {a}."


def _joined_and_left(before: list[str], after: list[str]) -> str:
    come, gone = [x for x in after if x not in before], [x for x in before if x not in after]
    said = [f"New: {_listed(come)}." if come else "", f"No longer: {_listed(gone)}." if gone else ""]
    return " ".join(s for s in said if s)


def _starts(verb: str, before: str, after: str) -> str:
    if not before:
        return f" now {verb} {after}, where nothing was said."
    if not after:
        return f" no longer {verb} {before}; nothing is said instead."
    return f" now {verb} {after}, was {before}."


def _due(before: Any, after: Any) -> str:
    """Two spans: where only the number is another one, as the number of the day."""
    was, now = (re.fullmatch(r"(\d+) (working|calendar) days?(.*)", str(text or "")) for text in (before, after))
    if was and now and was.groups()[1:] == now.groups()[1:]:
        return f"is now due by {now[2]} day {now[1]}, was {was[1]}"
    if _empty(before):
        return f"is now due within {after}, where no time was said"
    return (
        f"is now due within {after}, where it was {before}" if not _empty(after) else f"has no time any more; it was {before}"
    )


def _head(before: Arrangement, after: Arrangement) -> list[Difference]:
    """When it applies, to whom and to which cases."""
    told: list[tuple[str, str, str, str, str]] = []
    begins = tuple(_begins(a) for a in (before, after))
    if begins[0] != begins[1]:
        told.append(("begins", "The day it begins", *begins, f"It begins {begins[1]}; the other begins {begins[0]}."))
    if before.until != after.until:
        until = tuple(f"on {_day(a.until)}" if a.until else "with the next version" for a in (before, after))
        told.append(("until", "The day it ends", *until, f"It ends {until[1]}; the other ends {until[0]}."))
    if before.open_cases != after.open_cases:
        cases = tuple(_CASES.get(a.open_cases, _spaced(a.open_cases)) for a in (before, after))
        told.append(("open_cases", "Open cases", *cases, f"Open cases now {cases[1]}; with the other they {cases[0]}."))
    for code in sorted(set(after.area_codes) ^ set(before.area_codes)):
        words = ("", code, "now covered") if code in after.area_codes else (code, "", "no longer covered")
        told.append(("area_codes", "Areas covered", words[0], words[1], f"The area {code} is {words[2]}."))
    for days, words, at in (
        (after.closures - before.closures, "New closing days", 1),
        (before.closures - after.closures, "No longer closing days", 0),
    ):
        if days:
            said = _listed([_day(d) for d in sorted(days)])
            told.append(("closures", "Closing days", "" if at else said, said if at else "", f"{words}: {said}."))
    return [Difference("head", key, "", "changed", title, sentence, a, b, key) for key, title, a, b, sentence in told]


_CASES = {"finish_under_old": "finish under the version before", "move_at_next_stage": "move to it at their next stage"}


def _begins(told: Arrangement) -> str:
    if told.begins:
        return f"on {_day(told.begins)}"
    return f"not before {_day(told.not_before)}, on a day not known" if told.not_before else "on a day not known"


def _say(name: str, value: Any, names: Mapping[str, str]) -> str:
    """A detail's value as a person reads it. The order of a list is nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _empty(value):
        return "nobody" if name in _PEOPLE else "not said"
    if isinstance(value, tuple | list | set | frozenset):
        said = sorted(_each(name, value, names))
        return " or ".join(said) if name in _STARTS else _listed(said)
    if isinstance(value, int | float):
        return f"£{value:,}" if name == "pounds" else str(value)
    return _text(name, _day(value) if isinstance(value, date) else str(value), names)


def _text(name: str, text: str, names: Mapping[str, str]) -> str:
    if text in EVENTS or text.startswith("done:"):
        done = f"“{names.get(text) or _spaced(text.rpartition('.')[2].removeprefix('done:'))}” is done"
        return f"when {EVENTS.get(text, done)}" if name in _STARTS else EVENTS.get(text, done)
    who, _, part = text.rpartition(": ")
    if name == "members" and who:
        named = names.get(who) or _plain(who, names)
        return named if part == "member" else f"{named} ({_spaced(part)})"
    if text in names or text in _SAID:
        return names.get(text) or _SAID[text]
    if "." in text and " " not in text and is_fact(text):
        return label_of(text)
    return _spaced(text) if _KEY.fullmatch(text) else _plain(text, names)


def _each(name: str, values: Iterable[Any], names: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(_say(name, one, names) for one in values))


def _plain(text: str, names: Mapping[str, str]) -> str:
    """A rule's own text, with the keys that stand in it by their names."""
    return re.sub(
        r"(?<![\w-])[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+(?![\w-])", lambda m: names.get(m[0]) or m[0].replace("_", " "), text
    )


def _listed(said: list[str]) -> str:
    """Words in a row; a semicolon where one of them has a comma of its own."""
    if len(said) < 2:
        return "".join(said)
    comma = "; " if any("," in one for one in said) else ", "
    return f"{comma.join(said[:-1])}{';' if comma == '; ' else ''} and {said[-1]}"


def _empty(value: Any) -> bool:
    return value is None or value is False or value in ("", "not_stated", 0) or (isinstance(value, tuple | list) and not value)


def _spaced(key: str) -> str:
    return re.sub(r"[-_.]+", " ", key)


def _noun(thing: _Thing) -> str:
    return NOUNS.get(thing.kind, _spaced(thing.kind))


def _quoted(thing: _Thing) -> str:
    return f"“{thing.title}”"


def _ended(text: str) -> str:
    """The text with a full stop behind it, and one only."""
    text = text.strip()
    if text.endswith(".)"):
        text = f"{text[:-2]})"
    return text if not text or text.endswith(".") else f"“{text}”." if text.endswith(("?", "!")) else f"{text}."


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "a day not known"


def _one(what: What, thing: _Thing, sentence: str, before: str, after: str, *, quiet: bool = False) -> Difference:
    return Difference(
        thing.kind,
        thing.key,
        thing.use,
        what,
        thing.title,
        _ended(sentence),
        before,
        after,
        thing.field,
        quiet,
        thing.statutory,
    )
