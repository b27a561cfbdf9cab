"""The facts of an incident: what happened, where, and each child in it. No names: a child is a key.

Incident, notification, review and child-in-incident are four things. One incident may concern several children; the
notification(s) and the review(s) that follow are told by the events of `facts.review`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from threefold.plugin_api.facts.values import UNASKED, AnswerFact, Fact, FactField

MOST_CHILDREN = 50
LOCAL_KEY = r"^[a-z0-9][a-z0-9_-]{0,59}\Z"  # what an answer to a question of the area's own can be kept under
MOST_LOCAL = 500  # of all the versions that a case has followed


def child_name(key: str) -> str:
    """`child-1` is "Child 1": on the screens a child is a number, and names stand in one sealed place."""
    words = key.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Child:
    """One child (or care leaver) in an incident. Areas are nine-character codes; each of them may be unknown."""

    key: str
    age_years: Fact[int] = UNASKED
    unborn: AnswerFact = UNASKED
    lives_in: Fact[str] = UNASKED
    looked_after_by: Fact[str] = UNASKED
    died_in: Fact[str] = UNASKED
    family: str = ""
    abuse_or_neglect: AnswerFact = UNASKED
    died: AnswerFact = UNASKED
    died_on: Fact[date] = UNASKED
    seriously_harmed: AnswerFact = UNASKED
    recovered: AnswerFact = UNASKED
    looked_after: AnswerFact = UNASKED
    care_leaver: AnswerFact = UNASKED
    live_born: AnswerFact = UNASKED
    external_cause: AnswerFact = UNASKED
    sudden_unexplained: AnswerFact = UNASKED
    in_custody_or_detained: AnswerFact = UNASKED
    suspicious: AnswerFact = UNASKED
    unattended_stillbirth: AnswerFact = UNASKED
    regulated_setting: AnswerFact = UNASKED
    suspected_suicide: AnswerFact = UNASKED

    @property
    def called(self) -> str:
        """What a page calls this child. The title of a step that is said of one child ends with it, in brackets."""
        return child_name(self.key)


def day_of_death(child: Child) -> date | None:
    """The day on which a child died; None: not known, or it is said to live. A day that was left beside that answer is nobody's."""
    return None if child.died.value == "no" else child.died_on.value


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. `local` holds the answers to an area's own questions, by question key."""

    happened_on: Fact[date] = UNASKED
    happened_in: Fact[str] = UNASKED
    outside_england: AnswerFact = UNASKED
    large_exploitation: AnswerFact = UNASKED
    family_known_recently: AnswerFact = UNASKED
    single_agency_concern: AnswerFact = UNASKED
    no_agency_involved: AnswerFact = UNASKED
    more_than_one_area: AnswerFact = UNASKED
    institutional_setting: AnswerFact = UNASKED
    good_practice: AnswerFact = UNASKED
    near_miss: AnswerFact = UNASKED
    learning_likely: AnswerFact = UNASKED
    working_together_concern: AnswerFact = UNASKED
    urgent: AnswerFact = UNASKED
    media_interest: AnswerFact = UNASKED
    children: tuple[Child, ...] = ()
    local: dict[str, Fact[Any]] = field(default_factory=dict, hash=False)


def answer(label: str, hint: str = "") -> FactField:
    return FactField("answer", label, hint=hint)


class ChildSchema(Schema):
    """One child in the incident."""

    class Meta:
        unknown = "raise"

    key = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,39}\Z"), metadata={
        "label": "A key for this child, such as child-1", "hint": "Never a name."})  # fmt: skip
    age_years = FactField("count", "Age in completed years when it happened", highest=25)
    unborn = answer("Is this an unborn child?")
    lives_in = FactField("area", "Area where the child normally lives")
    looked_after_by = FactField("area", "Area whose council looks after the child")
    died_in = FactField("area", "Area where the death was")
    family = fields.String(load_default="", validate=validate.Length(max=40), metadata={
        "label": "A key shared by brothers and sisters", "hint": "Siblings share a key, such as family-1."})  # fmt: skip
    abuse_or_neglect = answer("Is abuse or neglect of the child known or suspected?", "Yes means known or suspected.")
    died = answer("Has the child died?")
    died_on = FactField("date", "Date of death")
    seriously_harmed = answer(
        "Has the child been seriously harmed?",
        "Serious or long-term impairment of mental or physical health or of development. Recovery does not undo it.",
    )
    recovered = answer("Has the child recovered?", "Recovery does not undo that the harm was serious.")
    looked_after = answer("Was the child looked after by a council?")
    care_leaver = answer("Is the person a care leaver known to the council?")
    live_born = answer("Was the child born alive?")
    external_cause = answer("Was the death due to external causes?")
    sudden_unexplained = answer("Was the death sudden, with no immediately apparent cause?")
    in_custody_or_detained = answer("Was the child in custody or detained under the Mental Health Act?")
    suspicious = answer("Do the first circumstances raise a suspicion that the death may not be natural?")
    unattended_stillbirth = answer("Was it a stillbirth with no healthcare professional present?")
    regulated_setting = answer("Did the child die in a regulated setting or service?")
    suspected_suicide = answer("Is suicide suspected?")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Child:
        return Child(**data)


class IncidentSchema(Schema):
    """What happened, and to whom."""

    class Meta:
        unknown = "raise"

    happened_on = FactField("date", "Date it happened")
    happened_in = FactField("area", "Area where it happened")
    outside_england = answer("Did it happen outside England?")
    large_exploitation = answer("Is this part of a large sexual-exploitation operation?")
    family_known_recently = answer("Is the family known to social care through a recent incident or concern?")
    single_agency_concern = answer("Is there concern about one agency's actions?")
    no_agency_involved = answer("Was no agency involved, and is that a concern?")
    more_than_one_area = answer("Is more than one council, health or police area concerned?")
    institutional_setting = answer("Did it happen in an institutional setting?")
    good_practice = answer("Does the case show good practice to learn from?")
    near_miss = answer("Was it a near miss?")
    learning_likely = answer("Do partners think learning is likely?")
    working_together_concern = answer("Is there concern about how agencies worked together?")
    urgent = answer("Is it urgent?")
    media_interest = answer("Is media interest likely?")
    children = fields.List(fields.Nested(ChildSchema), load_default=list, validate=validate.Length(max=MOST_CHILDREN))
    local = fields.Dict(
        keys=fields.String(validate=validate.Regexp(LOCAL_KEY)),
        values=FactField("answer", "Answer to a local question"),
        load_default=dict, validate=validate.Length(max=MOST_LOCAL),
        metadata={"label": "Answers to the area's own questions, by question key"},
    )  # fmt: skip

    @validates_schema
    def children_have_keys_of_their_own(self, data: dict[str, Any], **_: Any) -> None:
        keys = [child.key for child in data.get("children", ())]
        if len(set(keys)) != len(keys):
            raise ValidationError("Give each child a key of its own.", "children")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Incident:
        return Incident(**(data | {"children": tuple(data["children"])}))
