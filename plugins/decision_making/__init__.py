"""Groups, and who decides what.

In plain words: an area has groups whose members decide, advise, author or attend, with a chair, a rhythm and a quorum that
counts organisations. For each question it says whose view is sought, who recommends, who is invited to comment, who
decides, who performs the final act and whose signature is sought. A missing view, signature or quorum never stops an act
that the law asks for: it is shown, a reason is asked for, and the gap goes with what is sent.

Source: each area's published arrangements, named with each group and question; that all partners sign off a rapid review:
rows RR-6 and RR-7 of the domain notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from plugins.decision_making.quorum import Terms, quorate
from plugins.decision_making.settings import GroupSchema, WaySchema
from threefold.plugin_api import (
    AGREED_HERE,
    FOR,
    QUESTIONS,
    SAYS,
    Card,
    Facts,
    Meeting,
    Objection,
    Provided,
    Quorate,
    Rule,
    Source,
    Way,
    answers,
    drafts_only,
    ended,
    listed,
    spoken,
)
from threefold.plugin_api import (
    Config as Settings,
)

SIGNED_OFF = Source("RR-6 and RR-7: the rapid review is the partners' own, and all of them sign it off", "SG", "K")
HOW_WORDS = {
    "joint_view": "Their joint view is sought.", "all_agree": "All of them must agree.", "one_decides": "One has the last word.",
    "group_decides": "The group decides.", "not_stated": "How is not stated in the source.",
}  # fmt: skip


class DecisionMaking(Rule):
    """Groups, and who decides what. Source: each area's published arrangements; RR-6 and RR-7."""

    card = Card(
        id="decision-making",
        major=1,
        title="Groups and decisions",
        summary="Which groups there are, who decides each question and how, and whose signatures are sought.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"review.signed_by"}),
    )

    class Config(Settings):
        groups = listed(GroupSchema, "Groups")
        ways = fields.List(fields.Nested(WaySchema), load_default=list, validate=validate.Length(max=len(QUESTIONS)), metadata={
            "label": "Who decides what", "one": "a question and who decides it"})  # fmt: skip

        @validates_schema
        def each_question_is_settled_once(self, data: dict[str, Any], **_: Any) -> None:
            asked = [w["question"] for w in data.get("ways", ())]
            doubled = {q for q in asked if asked.count(q) > 1}
            if doubled:
                twice = {i: [f"“{QUESTIONS[q]}” is settled twice. Keep one."] for i, q in enumerate(asked) if q in doubled}
                raise ValidationError({"ways": {index: {"question": told} for index, told in twice.items()}})
            groups = [g["key"] for g in data.get("groups", ())]
            unknown = {
                index: {"group": [f"There is no group '{way['group']}' here. Choose one of this rule's groups, or none."]}
                for index, way in enumerate(data.get("ways", ()))
                if way["group"] and way["group"] not in groups
            }
            if unknown:
                raise ValidationError({"ways": unknown})

        @validates_schema
        @drafts_only
        def no_group_leads_itself(self, data: dict[str, Any], **_: Any) -> None:
            said = {
                "chair": "A group cannot chair itself. Choose who chairs it.",
                "vice_chair": "A group cannot be its own vice-chair. Choose who that is.",
                "reports_to": "A group cannot report to itself. Choose to whom it reports.",
            }
            wrong = {
                index: {name: [words] for name, words in said.items() if group["key"] in (group[name], *_many(group[name]))}
                for index, group in enumerate(data.get("groups", ()))
            }
            if any(wrong.values()):
                raise ValidationError({"groups": {index: told for index, told in wrong.items() if told}})

    def prepare(self) -> None:
        self._quorums = {g["key"]: _terms(g["quorum"]) for g in self.settings["groups"] if g["quorum"]}
        names = {g["key"]: g["title"] for g in self.settings["groups"]}
        self._ways: dict[str, dict[str, Any]] = {w["question"]: w for w in self.settings["ways"]}
        self._answers = {q: _way(q, w, names, self._quorum_words(w["group"])) for q, w in self._ways.items()}

    @answers
    def quorum(self, meeting: Meeting) -> Iterable[Quorate]:
        terms = self._quorums.get(meeting.group)
        if terms is not None:
            yield quorate(terms, meeting)

    def _quorum_words(self, group: str) -> str:
        return next((_quorum_sentence(g["quorum"]) for g in self.settings["groups"] if g["key"] == group and g["quorum"]), "")

    def provides(self) -> Iterable[Provided]:
        for g in self.settings["groups"]:
            members = tuple(f"{m['who']}: {m['part']}" for m in g["members"])
            yield Provided("group", g["key"], g["title"], g["text"] or f"{g['title']}.", g["source"], (
                ("members", members), ("chair", g["chair"]), ("chair_rotates", g["chair_rotates"]), ("vice_chair", g["vice_chair"]),
                ("reports_to", tuple(g["reports_to"])), ("joint_with", g["joint_with"]), ("deputies_need", g["deputies_need"]), ("of_members", _of_members(g)), ("text", g["text"])))  # fmt: skip
            if g["meets"]:
                yield Provided("meeting", g["key"], f"How often {g['title']} meets", _meets(g["meets"]), g["meets"]["source"], (
                    ("times", g["meets"]["times"]), ("per", g["meets"]["per"]), ("every_weeks", g["meets"]["every_weeks"]),
                    ("at_least", g["meets"]["at_least"]), ("text", g["meets"]["text"]), ("set_in", "meets")))  # fmt: skip
            if g["quorum"]:
                q = g["quorum"]
                yield Provided("quorum", g["key"], f"Quorum of {g['title']}", _quorum_sentence(q), q["source"], (
                    ("needed", tuple(q["needed"])), ("count", q["count"]), ("among", tuple(q["among"])),
                    ("substitutes", tuple(f"{s['by']}{FOR}{s['whom']}" for s in q["substitutes"])),
                    ("chair_may_vary", q["chair_may_vary"]), ("chair_may_choose_items", q["chair_may_choose_items"]), ("text", q["note"]),
                    ("set_in", "quorum")))  # fmt: skip
        for question, way in self._answers.items():
            yield Provided("way", question, QUESTIONS[question], way.sentence, way.source, (
                ("views_from", way.views_from), ("recommends", way.recommends), ("invited", way.invited), ("invited_days", way.invited_days), ("decides", way.decides),
                ("how", way.how), ("acts", way.acts), ("signs", way.signs), ("quorum", way.quorum), ("group", self._ways[question]["group"]),
                ("deputies_need", self._ways[question]["deputies_need"]), ("text", self._ways[question]["text"]),
                ("called", tuple(f"{seat}{SAYS}{words}" for seat, words in sorted(self._ways[question]["titles"].items())))))  # fmt: skip

    @answers
    def decision(self, question: str) -> Way | None:
        return self._answers.get(question)

    @answers
    def objections(self, facts: Facts, move: str) -> Iterable[Objection]:
        question = "sign_rapid_review"
        if move != "send_rapid_review" or question not in self._ways:
            return
        way = self._ways[question]
        signed = facts.review.signed_by
        for seat in way["signs"]:
            if seat not in signed:
                title = way["titles"].get(seat, seat.replace("-", " "))
                yield Objection(f"unsigned/{seat}", move, f"Not signed by {title}. {_asks_all(way['source'])}", SIGNED_OFF,
                                ("review.signed_by",), field="signed_by", question=question)  # fmt: skip


def _many(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _asks_all(source: Source) -> str:
    return f"The local arrangement asks for this signature ({source.ref})."


def _terms(q: dict[str, Any]) -> Terms:
    return Terms(tuple(q["needed"]), q["count"], tuple(q["among"]), tuple((s["whom"], s["by"]) for s in q["substitutes"]),
                 q["chair_may_vary"], q["chair_may_choose_items"], q["source"])  # fmt: skip


def _quorum_sentence(q: dict[str, Any]) -> str:
    parts = []
    if q["needed"]:
        parts.append(f"All of {', '.join(map(_plainly, q['needed']))} must be there.")
    if q["count"]:
        parts.append(f"{q['count']} of {', '.join(map(_plainly, q['among']))} must be there.")
    elif q["among"]:
        parts.append(f"Of these some must be there, and how many is not stated: {', '.join(map(_plainly, q['among']))}.")
    parts += [f"{_plainly(s['by'])} may stand in for {_plainly(s['whom'])}." for s in q["substitutes"]]
    if q["chair_may_vary"]:
        parts.append("The chair may vary it; the reason is recorded.")
    if q["chair_may_choose_items"]:
        parts.append("On a miss the chair picks which items go ahead; the reason is recorded.")
    return " ".join([*parts, q["note"]]).strip() or "A quorum is named; its value is not stated."


def _plainly(who: str) -> str:
    """A seat or organisation as a sentence names it where only its key is known; the source's own words stay."""
    return spoken(who) if who.islower() and " " not in who else who


def _of_members(g: dict[str, Any]) -> tuple[str, ...]:
    """What is said of single members: how many, and a note."""
    return tuple(
        f"{m['who']}{SAYS}{', '.join(part for part in (str(m['number'] or ''), m['note']) if part)}"
        for m in g["members"]
        if m["number"] or m["note"]
    )


def _meets(m: dict[str, Any]) -> str:
    least = "At least " if m["at_least"] else ""
    if m["every_weeks"]:
        often = f"{least}every {'week' if m['every_weeks'] == 1 else str(m['every_weeks']) + ' weeks'}."
    elif m["times"]:
        times = "once" if m["times"] == 1 else f"{m['times']} times"
        often = f"{least}{times} a {m['per']}."
    else:
        often = ""
    return " ".join(p for p in (often[:1].upper() + often[1:], m["text"]) if p) or "How often is not stated."


def _way(question: str, w: dict[str, Any], groups: dict[str, str], quorum: str) -> Way:
    def named(key: str) -> str:
        return str(w["titles"].get(key) or groups.get(key) or _plainly(key))

    # What is set is said beside what is written: words that were right once may say another thing than what holds.
    parts = [ended(w["text"])] if w["text"] else []
    for label, found in (("Views are sought from", w["views_from"]), ("Decided by", w["decides"]), ("Signed by", w["signs"])):
        if found:
            parts.append(f"{label} {', '.join(named(k) for k in found)}.")
    if w["recommends"]:
        parts.append(f"{named(w['recommends'])} recommends.")
    if w["how"] != "not_stated" or not w["text"]:
        agreed = w["how"] == "not_stated" and w["source"].ref == AGREED_HERE  # no page could state what was agreed here
        one = named(w["decides"][0]) if w["how"] == "one_decides" and len(w["decides"]) == 1 else ""
        parts.append(
            "How they decide is not set." if agreed else f"The last word is with {one}." if one else HOW_WORDS[w["how"]]
        )
    if w["acts"]:
        parts.append(f"The final act is by {named(w['acts'])}.")
    if w["invited"]:
        until = (
            f" for {w['invited_days']} working {'day' if w['invited_days'] == 1 else 'days'}"
            if w["invited_days"] is not None
            else ""
        )
        parts.append(f"{', '.join(named(k) for k in w['invited'])} may comment{until}; silence is recorded and delays nothing.")
    if w["deputies_need"]:
        parts.append(f"A deputy needs: {w['deputies_need']}.")
    if quorum:
        parts.append(f"The quorum of {named(w['group'])} holds for it.")
    return Way(question, " ".join(parts), w["source"], tuple(w["views_from"]), w["recommends"], tuple(w["invited"]), w["invited_days"],
               tuple(w["decides"]), w["how"], w["acts"], tuple(w["signs"]), (), quorum)  # fmt: skip


__all__ = ["DecisionMaking", "Terms", "quorate"]
