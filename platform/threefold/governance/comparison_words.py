"""What a person reads for each detail that a comparison tells: the names of kinds and details, and a value in words.

What a coded value means is said by the rule itself (the `words` of its settings); what a key stands for, by the arrangement
it stands in: its seats, organisations, groups and steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields

from threefold.governance.plain import apart
from threefold.governance.questions import OWN
from threefold.governance.wording import asked_by_label
from threefold.plugin_api.arrangement import NO_DUTY, ORGANISATION_KINDS, SEAT_ROLES, SERVES
from threefold.plugin_api.facts import EVENTS, label_of
from threefold.plugin_api.saying import FOR, SAYS, spoken

NOUNS: Mapping[str, str] = {
    "step": "step", "way": "decision", "organisation": "organisation", "seat": "seat", "criterion": "criterion", "question": "question",
    "outcome": "outcome", "route": "way of referring", "agency": "agency", "group": "group", "quorum": "quorum", "ladder_stage": "stage of a disagreement",
    "telling": "line on who is told in a disagreement", "agency_terms": "line on how the list of agencies is kept",
    "carve_out": "matter of a disagreement", "fund": "contribution", "scrutiny": "form of scrutiny", "publication": "rule on publishing", "narrative": "statement",
    "report_year": "report year", "reminder": "reminder", "meeting": "meeting", "duty": "duty", "retention": "rule on keeping",
}  # fmt: skip
_SEVERAL: Mapping[str, str] = {"criterion": "criteria", "agency": "agencies", "duty": "duties", "entry": "entries"}
# How a detail is called, before "is now ..."; one that nobody listed is called by its own words.
DETAILS: Mapping[str, str] = {
    "who": "who does it", "start_events": "what starts it", "ends_with": "what completes it", "serves": "what it is for", "when": "when it applies", "met_when": "when it is met",
    "decides": "who decides", "how": "how it is decided", "acts": "who performs the final act", "signs": "whose signature is sought",
    "views_from": "whose view is sought", "recommends": "who recommends", "invited": "who is invited to comment", "members": "who belongs to it",
    "chair": "who chairs it", "lead_days": "when people are reminded", "needed": "who must be there", "count": "how many must be there", "role": "its part",
    "organisation": "its organisation", "deputy": "who stands in", "kind": "its kind", "acts_for": "for whom it acts", "not_before": "the earliest it is done",
    "mandatory_when": "when a referral must be made", "phone_first_when": "when to telephone before sending the form",
    "invited_days": "how many working days the invitation stays open", "of_members": "what is said of its members", "called": "what each seat is called",
    "clock_starts": "what starts its clock", "clock": "its clock", "output": "what comes of it", "methods": "its way of working",
    "timescale": "what is said of its time", "limit": "what it limits", "amount": "the number it sets", "after": "what follows then",
    "about": "what it is about", "effect": "what it does to the national test", "speaks_against": "what it speaks against", "hint": "the hint beside it",
    "stage": "its stage", "event": "when it happens", "whom": "who is told", "form": "the form", "who_may": "who may refer",
    "first": "what must happen first", "by": "through whom or on which form", "warning": "what it must not be used for", "sits_with": "with whom it sits",
    "schedule": "its place in the list of agencies", "payer": "who pays", "pounds": "the sum", "year": "the year", "split": "how it is split",
    "vice_chair": "who is vice-chair", "reports_to": "to whom it reports", "joint_with": "with whom it is shared", "deputies_need": "what a deputy needs",
    "times": "how many times it meets", "per": "in each", "every_weeks": "every how many weeks it meets", "among": "among whom they are counted",
    "substitutes": "who may stand in for whom", "group": "the group whose quorum holds", "also": "what else it does", "number": "how many people", "plan": "its plan",
    "section": "the section it stands in", "answers": "which required content it tells", "begins": "when it begins", "ends": "when it ends",
    "due": "when it is due", "goes_to": "to whom it goes", "months": "how many months it covers",
    "cases": "which closed cases it is about", "unit": "its unit", "starts": "from when it counts", "confirms": "the seat that confirms destroying",
}  # fmt: skip
# What a yes says, as the end of "It is ...".
YES: Mapping[str, str] = {
    "optional": "optional", "partner": "a safeguarding partner", "chair_rotates": "chaired by the partners in turn",
    "at_least": "told as the least number", "chair_may_vary": "for the chair to vary, with a reason",
    "chair_may_choose_items": "open to the chair to pick which items go ahead", "national": "sent to the national Panel", "formal": "a formal stage",
    "needs_notification": "open only after a notification", "good_practice": "also for good practice", "asked": "asked in every rapid review",
    "in_kind": "given in kind", "kept_out": "kept out of the procedure",
}  # fmt: skip
# Coded details that read as the end of "It is now ..., was ..." as well.
READS_AS_IS = frozenset({"published", "independent"})
# What it means that nothing is said, where that is more than "not said".
NOTHING: Mapping[str, str] = {
    "who": "not said",
    **dict.fromkeys(("decides", "acts", "signs", "recommends", "deputy", "views_from", "invited", "acts_for"), "nobody"),
    "when": "always", "met_when": "left to the partners’ judgement", "limit": "none", "also": "nothing else", "group": "none",
    "mandatory_when": "not said", "span": "no time that is said", "clock": "none",
}  # fmt: skip
_PEOPLE = frozenset({
    "who", "decides", "acts", "signs", "views_from", "recommends", "invited", "members", "chair", "vice_chair", "needed", "among", "deputy",
    "reports_to", "sits_with", "payer", "organisation", "acts_for", "group", "whom",
})  # fmt: skip
# What is told in people's own words only: where it is a key's word, it is that word all the same.
_OWN_WORDS = frozenset({
    "deputies_need", "joint_with", "form", "hint", "section", "after", "who_may", "first", "by", "warning", "schedule", "goes_to", "year", "split",
    "timescale", "output", "methods", "plan",
})  # fmt: skip
_FACTS = ("incident.", "review.")  # how the path of a fact begins
_KEY = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")
_OF_ALL = frozenset({"when", "not_before", "serves"})  # what the contract gives a meaning, whoever wrote the rule
_NUMBER = re.compile(r"-?[0-9]{1,12}")
_CITED = re.compile(r"(?<!\w)'(.+?)'(?!\w)")
_OWN: Mapping[str, Mapping[Any, str]] = {"kind": dict(ORGANISATION_KINDS), "role": dict(SEAT_ROLES)}


@lru_cache(maxsize=256)
def words_of(settings: type[Schema]) -> Mapping[str, Mapping[Any, str]]:
    """What a person reads for each coded value of a rule's settings, by the name of the setting."""
    found: dict[str, Mapping[Any, str]] = {}
    for name, setting in settings._declared_fields.items():
        inner = setting.inner if isinstance(setting, fields.List) else setting
        if isinstance(inner, fields.Nested):
            found |= words_of(type(inner.schema))
        elif "words" in setting.metadata:
            found[setting.data_key or name] = setting.metadata["words"]
    return found


@lru_cache(maxsize=256)
def labels_of(settings: type[Schema]) -> Mapping[str, str]:
    """What a rule calls each of its settings, by the name of the setting; of one name that stands in several places the first."""
    found: dict[str, str] = {}
    within: dict[str, str] = {}
    for name, setting in settings._declared_fields.items():
        inner = setting.inner if isinstance(setting, fields.List) else setting
        if label := setting.metadata.get("label"):
            found[setting.data_key or name] = str(label)
        if isinstance(inner, fields.Nested):
            within |= labels_of(type(inner.schema))
    return within | found


@dataclass(frozen=True, slots=True)
class Names:
    """What each key stands for in one arrangement. `steps`: a step's title by `<use>.<key>` and by its key.

    `questions`: the area's own questions as they are asked, by key.
    """

    who: Mapping[str, str]
    steps: Mapping[str, str]
    questions: Mapping[str, str] = field(default_factory=dict)

    def with_those_of(self, other: Names) -> Names:
        """Its own names, and the other's for what it does not name."""
        return Names({**other.who, **self.who}, {**other.steps, **self.steps}, {**other.questions, **self.questions})

    def of(self, key: str) -> str:
        """A seat, organisation or group by its key; the source's own words as they are."""
        return self.who.get(key) or (spoken(key) if _KEY.fullmatch(key) else key)

    def event(self, name: str) -> str:
        step = name.removeprefix("done:")
        return (
            f"that {EVENTS[name]}"
            if name in EVENTS
            else f"that “{self.steps.get(step) or spoken(step.rpartition('.')[2])}” is done"
        )

    def sentence(self, text: str) -> str:
        """A rule's own sentence, with names in place of the keys that it holds in quotation marks."""
        return self._cited(text, lambda key: self.who.get(key) or self.steps.get(key) or spoken(key))

    def condition(self, text: str) -> str:
        """A condition's sentence: what it asks of a case in quotation marks, the area's own questions as they are asked."""
        return self._cited(text, str)

    def _cited(self, text: str, named: Callable[[str], str]) -> str:
        # In one go: what a question is called may hold quotation marks of its own.
        asked = asked_by_label(self.questions)
        return _CITED.sub(lambda m: f"“{asked.get(m[1]) or (named(m[1]) if _KEY.fullmatch(m[1]) else m[1])}”", text)


def several(noun: str) -> str:
    """A kind's name for several of it: `rules on keeping`."""
    one, of, rest = re.fullmatch(r"(.+?)( (?:of|on) |$)(.*)", noun).groups()  # type: ignore[union-attr]  # it matches all that is no empty text
    return f"{_SEVERAL.get(one, f'{one}s')}{of}{rest}"


def said(name: str, value: Any, names: Names, words: Mapping[str, Mapping[Any, str]], *, of_another: bool = False) -> str:
    """A detail's value as a person reads it, in the middle of a sentence: without the stop that somebody ended their words with.

    `of_another`: of a rule that did not come with the platform, where a name of a setting means what its label says and nothing else.
    """
    if of_another and name not in _OF_ALL:
        name, words = "", {"": words.get(name, {})}
    return _said(name, value, names, words).rstrip(".")


def _said(name: str, value: Any, names: Names, words: Mapping[str, Mapping[Any, str]]) -> str:
    coded = words.get(name) or _OWN.get(name) or {}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if nothing(value):
        return NOTHING.get(name, "not said")
    if isinstance(value, tuple | list):
        return joined((said(name, one, names, words) for one in value), last_word(name))
    if value in coded:
        return _lowered(coded[value]) if name in READS_AS_IS else f"“{_lowered(coded[value])}”"
    text = str(value)
    if name in _OWN_WORDS:
        return _as_written(text)
    match name:
        case "serves":
            if text == NO_DUTY:
                return "none of the law’s duties"
            if text in SERVES:
                return _lowered(SERVES[text])
            return spoken(text) if _KEY.fullmatch(text) else _as_written(text)
        case "when" | "met_when" | "mandatory_when" | "phone_first_when":
            return names.condition(text)
        case "not_before" | "clock":
            return span_in_words(text)
        case "pounds" if _NUMBER.fullmatch(text):
            return f"£{int(text):,}"
        case "lead_days" if _NUMBER.fullmatch(text):
            return ahead(int(text))
        case "members":
            who, _, part = text.rpartition(": ")
            return names.of(who) if part == "member" else f"{names.of(who)} ({_lowered(words.get('part', {}).get(part, part))})"
        case "of_members" | "called":
            who, rest = apart(text, SAYS)
            return f"{names.of(who)}: {rest}"
        case "substitutes":
            return " for ".join(names.of(who) for who in apart(text, FOR))
    if text in EVENTS or text.startswith("done:"):
        return names.event(text)
    if name in _PEOPLE or text in names.who:
        return names.of(text)
    if text.startswith(_FACTS) and _KEY.fullmatch(text):
        own = text.removeprefix(OWN)
        return f"“{names.questions[own]}”" if own in names.questions and own != text else label_of(text)
    return _as_written(text)


def span_in_words(span: str) -> str:
    """A length of time, with how it is counted in brackets, so that another clause may follow."""
    length, comma, counted = span.partition(", ") if "," in span else span.partition("; ")
    return f"{length} ({counted})" if comma else span


def ahead(days: int) -> str:
    """When a reminder comes, as calendar days before what is due."""
    if days == 0:
        return "on the day itself"
    return f"{abs(days)} day{'s' if abs(days) > 1 else ''} {'ahead' if days > 0 else 'after'}"


def nothing(value: Any) -> bool:
    return value is None or value == "" or value == ()


def last_word(name: str) -> str:
    """What stands before the last of several values of a detail: of what starts a clock, any one does."""
    return "or" if name in ("start_events", "clock_starts") else "and"


def joined(parts: Iterable[str], last: str = "and") -> str:
    """One, two and three; with semicolons where a part holds a comma of its own. `last`: "or", where it is any one of them."""
    told = list(parts)
    if len(told) < 2:
        return "".join(told)
    comma = "; " if any("," in one for one in told) else ", "
    return f"{comma.join(told[:-1])}{';' if comma == '; ' else ''} {last} {told[-1]}"


def _as_written(text: str) -> str:
    return f"“{text.rstrip('.')}”" if len(text) > 40 or re.search(r"[,;.:]", text) else text


def _lowered(text: str) -> str:
    """A label in the middle of a sentence: an abbreviation or a numbered row keeps its capital."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
