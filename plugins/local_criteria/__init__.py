"""An area's own criteria, and questions of its own.

In plain words: an area may ask more than the national test does. A criterion of its own adds (treat it as serious), hints
(look again), or narrows (the area asks for something before any review). What it adds speaks against deciding not to
notify, and stops nothing. What narrows the national test is shown and pointed out by the law's own rules; it never takes a
duty away. Unclear stays unclear.

Source: each area's published arrangements, named with each criterion.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from threefold.plugin_api import (
    MOVES,
    Answer,
    AnswerKeyField,
    Card,
    ConditionField,
    Criterion,
    CriterionState,
    Facts,
    ListedSchema,
    Objection,
    Provided,
    Rule,
    Source,
    answers,
    ended,
    listed,
)
from threefold.plugin_api import (
    Config as Settings,
)

EFFECTS = {
    "adds": "More incidents count: it stands beside the national test",
    "hint": "It is a hint to look again, and decides nothing",
    "narrows": "Fewer incidents count: it must be met as well, and so narrows the test",
}  # fmt: skip
ABOUT = {
    "notify": "Whether to notify", "rapid-review": "The rapid review", "local-review": "Whether to carry out a local review",
    "local-type": "A kind of review of the area's own",
}  # fmt: skip
_STATE: dict[Answer, CriterionState] = {"yes": "met", "no": "not_met", "unclear": "unclear"}
_WORDS: dict[Answer, str] = {
    "yes": "It is met.",
    "no": "It is not met.",
    "unclear": "Whether it is met is not clear, which does not mean no.",
}
_EFFECT_WORDS = {
    "adds": "With it, more incidents count here than the national test asks for.",
    "hint": "A hint to look again; it decides nothing.",
    "narrows": "It narrows the national test. The law's own test stays as it is.",
}


class CriterionSchema(ListedSchema):
    """One criterion: a condition over facts, or (with none) a judgement of the partners."""

    when = ConditionField(
        load_default=None, allow_none=True, metadata={"label": "Met when", "hint": "Empty: a judgement; no fact decides it."}
    )
    effect = fields.String(
        load_default="hint",
        validate=validate.OneOf(tuple(EFFECTS)),
        metadata={"label": "What it does to the test", "words": EFFECTS},
    )
    about = fields.String(load_default="notify", validate=validate.OneOf(tuple(ABOUT)), metadata={
        "label": "What it is about", "words": ABOUT})  # fmt: skip
    speaks_against = fields.List(fields.String(validate=validate.OneOf(tuple(MOVES))), load_default=list, metadata={
        "label": "When met, it speaks against", "words": {move: f"{words[:1].upper()}{words[1:]}" for move, words in MOVES.items()}, "hint": "Shown on the pages of the act once it is met, or the partners found that it applies, and kept with its record. It stops nothing."})  # fmt: skip


class QuestionSchema(ListedSchema):
    """A question of the area's own, answered yes, no or unclear, and kept under its key."""

    key = AnswerKeyField("Key", required=True)
    title = fields.String(required=True, validate=validate.Length(1, 300), metadata={
        "label": "The question", "hint": "Whoever records an incident answers yes, no or unclear, on the page “The area’s own questions”."})  # fmt: skip
    text = fields.String(load_default="", validate=validate.Length(max=4000), metadata={"label": "What it is about"})
    hint = fields.String(load_default="", validate=validate.Length(max=500), metadata={"label": "Hint shown beside it"})


class LocalCriteria(Rule):
    """An area's own criteria and questions. Source: each area's published arrangements."""

    card = Card(
        id="local-criteria",
        major=1,
        title="Local criteria, and questions of your own on the incident form",
        summary="What the area looks at beside the national test, and the questions it asks of its own.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"incident.*", "incident.children[].*", "review.*"}),
    )

    class Config(Settings):
        questions = listed(QuestionSchema, "Questions of your own on the incident form", one="a question", each_alone=True)
        criteria = listed(CriterionSchema, "Criteria", each_alone=True)

    def provides(self) -> Iterable[Provided]:
        for c in self.settings["criteria"]:
            yield Provided("criterion", c["key"], c["title"], _in_full(c), c["source"], (
                ("effect", c["effect"]), ("about", c["about"]), ("reads", c["when"].reads if c["when"] else ()),
                ("when", c["when"].sentence if c["when"] else None), ("speaks_against", tuple(c["speaks_against"])), ("text", c["text"])))  # fmt: skip
        for q in self.settings["questions"]:
            yield Provided(
                "question",
                q["key"],
                q["title"],
                _asked_in_full(q),
                q["source"],
                (("hint", q["hint"]), ("text", q["text"])),
            )

    @answers
    def criteria(self, facts: Facts) -> Iterable[Criterion]:
        for c in self.settings["criteria"]:
            if c["when"] is None:  # a matter to consider, like those of the law: the partners' view of it is on record or not
                matter = _matter(c)
                found = facts.review.considers(matter)
                yield Criterion(
                    c["key"],
                    c["title"],
                    "considered" if found else "to_be_considered",
                    f"{_text(c)} {_effect(c)}",
                    c["source"],
                    (f"review.considered.{matter}",),
                    judgement=True,
                    view=found.view if found else "",
                    reason=found.reason if found else "",
                    **_does(c),
                )
                continue
            answer: Answer = c["when"].answer(facts)
            yield Criterion(
                c["key"],
                c["title"],
                _STATE[answer],
                f"{_text(c)} {_WORDS[answer]} {_effect(c)}",
                c["source"],
                c["when"].reads,
                when=c["when"].meaning,
                **_does(c),
            )
        for q in self.settings["questions"]:
            given = facts.incident.local.get(q["key"])
            said: Answer = given.value if given and given.value in ("yes", "no") else "unclear"
            yield Criterion(
                f"question/{q['key']}",
                q["title"],
                _STATE[said],
                q["text"] or q["title"],
                q["source"],
                (f"incident.local.{q['key']}",),
            )

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        for c in self.settings["criteria"]:
            if move not in c["speaks_against"]:
                continue
            told = f" {ended(c['text'])}" if c["text"] else ""
            if c["when"] is not None and c["when"].test(facts):
                yield Objection(c["key"], move, f"“{c['title']}” is met.{told}", c["source"], c["when"].reads)
            found = facts.review.considers(_matter(c)) if c["when"] is None else None
            if found is not None and found.view == "applies":
                reads = (f"review.considered.{_matter(c)}",)
                yield Objection(c["key"], move, f"The partners found that “{c['title']}” applies.{told}", c["source"], reads)


def _matter(c: dict[str, Any]) -> str:
    """Under which name the partners' view of a criterion is kept that is left to their judgement."""
    return f"local-{c['key']}"


def _effect(c: dict[str, Any]) -> str:
    """What a criterion does, in a sentence: to what it is about, which need not be the national test."""
    number = {"adds": "more", "narrows": "fewer"}.get(c["effect"])
    if number and c["about"] != "notify":
        return f"With it, {number} cases count for what it is about than without it."
    return _EFFECT_WORDS[c["effect"]]


def _does(c: dict[str, Any]) -> dict[str, Any]:
    return {"effect": c["effect"], "about": c["about"], "speaks_against": tuple(c["speaks_against"])}


def _in_full(c: dict[str, Any]) -> str:
    """A criterion as the arrangement tells it: what is written of it, and each of its settings."""
    about = ABOUT[c["about"]]
    against = (
        f"When it is met, it speaks against this, and stops nothing: {'; '.join(MOVES[m] for m in c['speaks_against'])}."
        if c["speaks_against"]
        else ""
    )
    return " ".join(
        filter(None, (_text(c), _met_when(c), _effect(c), f"It is about: {about[:1].lower()}{about[1:]}.", against))
    )


def _asked_in_full(q: dict[str, Any]) -> str:
    hint = f"Hint beside it: {q['hint'].rstrip('. ')}." if q["hint"] else ""
    if not q["text"]:  # its title is told beside this
        return hint or str(q["title"])
    return f"{ended(q['text'])} {hint}" if hint else str(q["text"])


def _met_when(c: dict[str, Any]) -> str:
    return f"It is met when {c['when'].sentence}." if c["when"] else "Whether it is met is the partners’ judgement."


def _text(c: dict[str, Any]) -> str:
    return ended(c["text"] or c["title"])
