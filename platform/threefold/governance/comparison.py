"""Two arrangements compared in words: what a person would notice, from what their rules provide, never a text diff.

Versions, areas, or a version and the pack it extends: each is told by who takes part and by what its local rules bring.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from threefold.domain.calendar import UNIT_WORDS
from threefold.domain.findings import Provided
from threefold.governance.catalogue import Catalogue
from threefold.governance.configured import configured
from threefold.governance.pack import Arrangement, Pack
from threefold.plugin_api.facts import EVENTS, label_of
from threefold.plugin_api.hooks import QUESTIONS

What = Literal["added", "removed", "changed"]
# What stands first: what is done by when, who decides; then the rest by name.
_ORDER = ("head", "step", "reminder", "way", "organisation", "seat", "criterion", "question", "outcome", "route", "agency", "group", "quorum",
          "ladder_stage", "carve_out")  # fmt: skip
NOUNS: Mapping[str, str] = {
    "step": "step", "way": "decision", "organisation": "organisation", "seat": "seat", "criterion": "criterion", "question": "question",
    "outcome": "outcome", "route": "way of referring", "agency": "agency", "group": "group", "quorum": "quorum", "ladder_stage": "stage of a disagreement",
    "carve_out": "carve-out", "fund": "contribution", "scrutiny": "form of scrutiny", "publication": "rule on publishing", "narrative": "statement",
    "report_year": "report year", "reminder": "reminder", "meeting": "meeting", "duty": "duty", "retention": "rule on keeping",
}  # fmt: skip
# How a detail is called; what a rule tells under a name that nobody listed is called by that name's own words.
DETAILS: Mapping[str, str] = {
    "span": "it is due within", "day": "the day", "from_day": "the first day", "who": "who does it", "optional": "whether it is optional",
    "start_events": "what starts it", "start_event": "what starts it", "ends_with": "what completes it", "serves": "what it is for", "when": "when it applies",
    "decides": "who decides", "how": "how it is decided", "acts": "who performs the final act", "signs": "whose signature is sought",
    "views_from": "whose view is sought", "recommends": "who recommends", "invited": "who is invited to comment", "members": "who belongs to it", "chair": "the chair",
    "lead_days": "how many days ahead", "needed": "who must be there", "count": "how many must be there", "role": "its part", "organisation": "its organisation",
    "deputy": "who stands in", "kind": "its kind", "partner": "whether it is a safeguarding partner", "acts_for": "for whom it acts",
    "source": "where it comes from", "not_before": "the earliest it is done", "mandatory_when": "when a referral must be made",
    "phone_first_when": "when to telephone before sending the form", "invited_days": "the working days the invitation stays open",
    "of_members": "what is said of its members", "called": "what each seat is called", "clock_starts": "what starts its clock",
    "clock": "its clock", "output": "what comes of it", "methods": "the ways of working", "good_practice": "whether it is also for good practice",
    "national": "whether it is sent to the national Panel", "needs_notification": "whether it needs a notification", "timescale": "what is said of its time",
    "published": "whether it is published", "limit": "the limit it sets", "amount": "how long, in months or working days", "after": "what follows then",
    "about": "which decision it is about", "effect": "what it does", "speaks_against": "what it speaks against", "hint": "the hint beside it",
    "stage": "its stage", "formal": "whether it is formal", "event": "when it happens", "whom": "who is told", "form": "the form", "who_may": "who may refer",
    "first": "what must happen first", "by": "through whom or on which form", "warning": "what it must not be used for", "sits_with": "with whom it sits",
    "asked": "when it is asked", "schedule": "its place in the list of agencies", "payer": "who pays", "pounds": "the sum in pounds", "year": "the year",
    "split": "how it is split", "in_kind": "what is given in kind", "chair_rotates": "whether the chair moves between partners", "vice_chair": "the vice-chair",
    "reports_to": "to whom it reports", "joint_with": "with whom it is shared", "deputies_need": "what a deputy needs", "times": "how many times", "per": "in each",
    "every_weeks": "every how many weeks", "at_least": "whether that is the least", "among": "among whom they are counted", "substitutes": "who may stand in for whom",
    "chair_may_vary": "whether the chair may vary it", "chair_may_choose_items": "whether the chair may pick the items that go ahead", "quorum": "the quorum",
    "independent": "whether it is independent", "also": "what else it does", "number": "how many", "plan": "its plan", "section": "the section it stands in",
    "part": "its part", "answers": "which required content it tells", "begins": "when it begins", "ends": "when it ends", "due": "when it is due",
    "goes_to": "to whom it goes", "months": "how many months it covers",
}  # fmt: skip
_QUIET = frozenset({"statutory", "working_days", "reads"})  # told by another detail already


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
    details: tuple[tuple[str, Any], ...]
    field: str = ""

    def get(self, name: str) -> Any:
        return dict(self.details).get(name)


def compare(catalogue: Catalogue, before: Arrangement | Pack, after: Arrangement | Pack) -> tuple[Difference, ...]:
    """How `after` differs from `before`, in words. Raises `ThreefoldError` where a rule or its settings cannot be read."""
    names = _names(before) | _names(after)
    old, new = _things(catalogue, before), _things(catalogue, after)
    found: list[Difference] = []
    if isinstance(before, Arrangement) and isinstance(after, Arrangement):
        found += _head(before, after)
    else:  # a pack says nothing of who takes part
        old, new = ({k: t for k, t in told.items() if t.kind not in ("organisation", "seat")} for told in (old, new))
    renamed = _renamed(old, new)
    for key in sorted(old.keys() | new.keys()):
        if key in renamed.values():
            continue
        was, now = old.get(key), new.get(renamed.get(key, key))
        if was is None and now is not None:
            found.append(_one("added", now, f"New {NOUNS.get(now.kind, 'entry')}: {_quoted(now)}.{_also(now)}"))
        elif now is None and was is not None:
            found.append(_one("removed", was, f"No longer there: the {NOUNS.get(was.kind, 'entry')} {_quoted(was)}."))
        elif was is not None and now is not None:
            found += _changes(was, now, names)
    return tuple(
        sorted(found, key=lambda d: (_ORDER.index(d.kind) if d.kind in _ORDER else len(_ORDER), d.kind, d.title, d.sentence))
    )


def _things(catalogue: Catalogue, told: Arrangement | Pack) -> dict[tuple[str, str], _Thing]:
    """What there is by (kind, use/key). That a thing moved to another use of a rule is found by its title."""
    found: dict[tuple[str, str], _Thing] = {}
    for use in told.uses:
        for thing in configured(catalogue, use)[1]:
            found[thing.kind, f"{use.use}/{thing.key}"] = _provided(thing, use.use)
    if isinstance(told, Arrangement):
        for o in told.organisations:
            details = (("kind", o.kind), ("partner", o.partner), ("acts_for", o.acts_for))
            found["organisation", o.key] = _Thing("organisation", o.key, o.name, "", details, f"organisations.{o.key}")
        for s in told.seats:
            details_s = (("role", s.role), ("organisation", s.organisation), ("deputy", s.deputy))
            found["seat", s.key] = _Thing("seat", s.key, s.title, "", details_s, f"seats.{s.key}")
    return found


def _provided(thing: Provided, use: str) -> _Thing:
    details = tuple((name, value) for name, value in thing.values if name not in _QUIET)
    title = QUESTIONS.get(thing.key, thing.title) if thing.kind == "way" else thing.title
    return _Thing(
        thing.kind,
        thing.key,
        title,
        thing.sentence,
        (*details, ("source", thing.source.ref)),
        f"rules.{use}.{thing.kind}s.{thing.key}",
    )


def _renamed(
    old: Mapping[tuple[str, str], _Thing], new: Mapping[tuple[str, str], _Thing]
) -> dict[tuple[str, str], tuple[str, str]]:
    """What moved to another use of a rule, or whose key alone changed: the one left of its kind and key, else of its title."""
    found: dict[tuple[str, str], tuple[str, str]] = {}

    def by_key(thing: _Thing) -> tuple[str, str]:
        return thing.kind, thing.key

    def by_title(thing: _Thing) -> tuple[str, str]:
        return thing.kind, thing.title

    for same in (by_key, by_title):
        gone = {k: t for k, t in old.items() if k not in new and k not in found}
        come = {k: t for k, t in new.items() if k not in old and k not in found.values()}
        left = Counter(same(t) for t in gone.values())
        arrived = Counter(same(t) for t in come.values())
        for key, thing in gone.items():
            if left[same(thing)] == arrived[same(thing)] == 1:
                found[key] = next(k for k, t in come.items() if same(t) == same(thing))
    return found


def _changes(was: _Thing, now: _Thing, names: Mapping[str, str]) -> list[Difference]:
    """One sentence a detail; the rule's own sentence where no detail says what changed."""
    found: list[Difference] = []
    if was.title != now.title:
        found.append(_one("changed", now, f"{_quoted(was)} is now called {_quoted(now)}."))
    for name in dict.fromkeys(n for n, _ in (*was.details, *now.details)):
        before, after = was.get(name), now.get(name)
        if (_empty(before) and _empty(after)) or before == after:
            continue
        words = DETAILS.get(name, name.replace("_", " "))
        if name in ("source", "text"):
            continue
        said = f"{_quoted(now)}: {words} is now {_say(name, after, names)}, was {_say(name, before, names)}."
        if name == "span":
            said = f"{_quoted(now)} {_due(before, after)}."
        found.append(_one("changed", now, said))
    if was.get("text") != now.get("text"):
        found.append(_one("changed", now, _now_says(now, now.get("text"), was.get("text"))))
    if not found and was.sentence != now.sentence:
        found.append(_one("changed", now, _now_says(now, now.sentence, was.sentence)))
    if not found and was.get("source") != now.get("source"):
        found.append(
            _one(
                "changed",
                now,
                f"{_quoted(now)} now comes from: {_ended(now.get('source') or 'no source')} It came from: {_ended(was.get('source') or 'no source')}",
            )
        )
    return found


def _now_says(thing: _Thing, after: str | None, before: str | None) -> str:
    if not after:
        return f"{_quoted(thing)} no longer says: {_ended(before or '')}"
    return f"{_quoted(thing)} now says: {_ended(after)}" + (f" It said: {_ended(before)}" if before else "")


def _head(before: Arrangement, after: Arrangement) -> list[Difference]:
    told: list[tuple[str, str, str]] = []
    if before.begins != after.begins:
        told.append(("begins", "The day it begins", f"It begins on {_day(after.begins)}, the other on {_day(before.begins)}."))
    if before.until != after.until:
        told.append(("until", "The day it ends", f"It ends {_until(after)}; the other ends {_until(before)}."))
    if before.open_cases != after.open_cases:
        words = (
            "finish under the version before" if after.open_cases == "finish_under_old" else "move to it at their next stage"
        )
        told.append(("open_cases", "Open cases", f"Open cases now {words}."))
    for code in sorted(set(after.area_codes) ^ set(before.area_codes)):
        told.append(
            (
                "area_codes",
                "Areas covered",
                f"The area {code} is {'now covered' if code in after.area_codes else 'no longer covered'}.",
            )
        )
    closed = len(after.closures - before.closures), len(before.closures - after.closures)
    if any(closed):
        told.append(("closures", "Closing days", f"Closing days: {closed[0]} more, {closed[1]} fewer."))
    return [Difference("head", key, "changed", title, sentence, key) for key, title, sentence in told]


def _until(told: Arrangement) -> str:
    return f"on {_day(told.until)}" if told.until else "with the version that follows"


def _names(told: Arrangement | Pack) -> dict[str, str]:
    if not isinstance(told, Arrangement):
        return {}
    return {o.key: o.name for o in told.organisations} | {s.key: s.title for s in told.seats}


def _say(name: str, value: Any, names: Mapping[str, str]) -> str:
    """A detail's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _empty(value):
        return (
            "nobody"
            if name in ("who", "decides", "acts", "signs", "recommends", "deputy", "views_from", "invited")
            else "not said"
        )
    if isinstance(value, tuple | list):
        return ", ".join(_say(name, one, names) for one in value)
    text = str(value)
    if text in EVENTS or text.startswith("done:"):
        return f"that {EVENTS[text]}" if text in EVENTS else f"that “{text.rpartition('.')[2].replace('-', ' ')}” is done"
    if text in names:
        return names[text]
    who, _, part = text.rpartition(": ")
    if name == "members" and who:  # who it is, and the part it has in the group
        return names.get(who, who) if part == "member" else f"{names.get(who, who)} ({part.replace('_', ' ')})"
    if text in UNIT_WORDS:
        return UNIT_WORDS[text]
    if "." in text and " " not in text:
        return label_of(text)
    return text if " " in text else text.replace("_", " ").replace("-", " ")


def _due(before: str | None, after: str | None) -> str:
    """Two spans: where only the number is another one, as the number of the day."""
    was, now = (re.fullmatch(r"(\d+) (working|calendar) days?(.*)", text or "") for text in (before, after))
    if was and now and was.groups()[1:] == now.groups()[1:]:
        return f"is now due by {now[2]} day {now[1]}, was {was[1]}"
    return f"is now due within {after or 'no time that is said'}, was {before or 'no time that was said'}"


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == () or value is False


def _quoted(thing: _Thing) -> str:
    return f"“{thing.title}”"


def _also(thing: _Thing) -> str:
    return f" {_ended(thing.sentence)}" if thing.sentence and thing.sentence.rstrip(".") != thing.title.rstrip(".") else ""


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "a day not known"


def _one(what: What, thing: _Thing, sentence: str) -> Difference:
    return Difference(thing.kind, thing.key, what, thing.title, _ended(sentence), thing.field)


def grouped(differences: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Differences under the headings a page shows, in order."""
    headings = {"head": "When it applies", "step": "What is done by when", "reminder": "What is done by when", "way": "Who decides",
                "organisation": "Who takes part", "seat": "Who takes part"}  # fmt: skip
    found: dict[str, list[Difference]] = {}
    for one in differences:
        found.setdefault(headings.get(one.kind, "The rest"), []).append(one)
    return list(found.items())
