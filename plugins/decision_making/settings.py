"""What an area may set of its groups and of who decides."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from threefold.plugin_api import QUESTIONS, ListedSchema, SourceField, drafts_only

PARTS = {
    "member": "Member", "decides": "Decides", "advises": "Advises", "authors": "Writes", "attends": "Attends",
}  # fmt: skip
HOW = {
    "joint_view": "Their joint view is sought", "all_agree": "All of them must agree", "one_decides": "One has the last word",
    "group_decides": "The group decides", "not_stated": "Not stated",
}  # fmt: skip
PER = {"week": "Week", "month": "Month", "year": "Year"}
_TEXT = validate.Length(max=2000)


def keys(label: str, hint: str = "Keys of seats, organisations or groups.") -> fields.List[str]:
    return fields.List(fields.String(validate=validate.Length(1, 120)), load_default=list, validate=validate.Length(max=60),
                       metadata={"label": label, "hint": hint, "offers": "who"})  # fmt: skip


class _Strict(Schema):
    class Meta:
        unknown = "raise"


class MemberSchema(_Strict):
    """A member of a group: a seat, an organisation, or a kind of member in the source's words."""

    who = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"label": "Seat, organisation or kind of member", "offers": "who"},
    )
    part = fields.String(load_default="member", validate=validate.OneOf(tuple(PARTS)), metadata={
        "label": "Part in the group", "words": PARTS, "hint": "If you only know that they are members, choose “Member”."})  # fmt: skip
    number = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 200), metadata={"label": "How many"}
    )
    note = fields.String(load_default="", validate=_TEXT, metadata={"label": "Note"})


class SubstituteSchema(_Strict):
    whom = fields.String(
        required=True,
        data_key="for",
        validate=validate.Length(1, 120),
        metadata={"label": "For which organisation", "offers": "who"},
    )
    by = fields.String(required=True, validate=validate.Length(1, 120), metadata={"label": "Who may stand in", "offers": "who"})


class QuorumSchema(_Strict):
    """What makes a group able to decide. Organisations are counted."""

    needed = keys("Who must all be there?")
    count = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 100),
        metadata={"label": "How many of some must be there?", "hint": "A number, such as 4 of the six that you choose next."},
    )
    among = keys("Of which of them?")
    substitutes = fields.List(
        fields.Nested(SubstituteSchema), load_default=list, metadata={"label": "Who may stand in for whom", "one": "a stand-in"}
    )
    chair_may_vary = fields.Boolean(load_default=False, metadata={"label": "May the chair vary it, with a recorded reason?"})
    chair_may_choose_items = fields.Boolean(load_default=False, metadata={"label": "May the chair pick which items go ahead?"})
    note = fields.String(load_default="", validate=_TEXT, metadata={"label": "Note"})
    source = SourceField()

    @validates_schema
    @drafts_only
    def a_count_can_be_met(self, data: dict[str, Any], **_: Any) -> None:
        count, among = data.get("count", 0), set(data.get("among", ()))
        if count and not among:
            raise ValidationError(f"Say of which organisations {count} must be there, or leave the number empty.", "among")
        if among and not count:
            raise ValidationError("Enter how many of them must be there, or choose nobody.", "count")
        if count > len(among):
            raise ValidationError(
                f"{count} cannot be there: only {len(among)} are chosen. Choose more, or a lower number.", "count"
            )


class MeetsSchema(_Strict):
    """How often a group meets."""

    times = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 400), metadata={"label": "Times"}
    )
    per = fields.String(load_default="year", validate=validate.OneOf(tuple(PER)), metadata={"label": "Per", "words": PER})
    every_weeks = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 104),
        metadata={"label": "Or every so many weeks"},
    )
    at_least = fields.Boolean(load_default=False, metadata={"label": "At least so often"})
    text = fields.String(load_default="", validate=_TEXT, metadata={"label": "In plain words"})
    source = SourceField()

    @validates_schema
    @drafts_only
    def one_rhythm(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("times") and data.get("every_weeks"):
            raise ValidationError(
                "How many times it meets is set too, and would be told nowhere. Keep one of the two.", "every_weeks"
            )


class GroupSchema(ListedSchema):
    """A group that meets: its members and their parts, its chair, its rhythm, its quorum."""

    members = fields.List(
        fields.Nested(MemberSchema), load_default=list, validate=validate.Length(max=80), metadata={"label": "Members"}
    )
    chair = fields.String(load_default="", validate=_TEXT, metadata={"label": "Chair: a seat, or words", "offers": "who"})
    chair_rotates = fields.Boolean(load_default=False, metadata={"label": "Does the chair move between partners?"})
    vice_chair = fields.String(load_default="", validate=_TEXT, metadata={"label": "Vice-chair", "offers": "who"})
    meets = fields.Nested(MeetsSchema, load_default=None, allow_none=True, metadata={"label": "How often it meets"})
    quorum = fields.Nested(QuorumSchema, load_default=None, allow_none=True, metadata={"label": "Quorum"})
    reports_to = keys("Reports to")
    deputies_need = fields.String(load_default="", validate=_TEXT, metadata={"label": "What a deputy needs to stand in"})
    joint_with = fields.String(load_default="", validate=_TEXT, metadata={"label": "Shared with other areas or boards"})


class WaySchema(_Strict):
    """How one question is settled."""

    question = fields.String(required=True, validate=validate.OneOf(tuple(QUESTIONS)), metadata={
        "label": "Question", "words": QUESTIONS})  # fmt: skip
    text = fields.String(load_default="", validate=_TEXT, metadata={"label": "In plain words"})
    views_from = keys("Whose view is sought")
    recommends = fields.String(
        load_default="", validate=validate.Length(max=120), metadata={"label": "Who recommends", "offers": "who"}
    )
    invited = keys("Who is invited to comment", "Silence is recorded and delays nothing.")
    invited_days = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 60), metadata={
        "label": "Working days the invitation stays open"})  # fmt: skip
    decides = keys("Who decides")
    how = fields.String(load_default="not_stated", validate=validate.OneOf(tuple(HOW)), metadata={
        "label": "How it is decided", "words": HOW})  # fmt: skip
    acts = fields.String(
        load_default="", validate=validate.Length(max=120), metadata={"label": "Who performs the final act", "offers": "who"}
    )
    signs = keys("Whose signature is sought", "Keys of seats.")
    group = fields.String(
        load_default="", validate=validate.Length(max=80), metadata={"label": "The group whose quorum holds", "offers": "group"}
    )
    deputies_need = fields.String(load_default="", validate=_TEXT, metadata={"label": "What a deputy needs to stand in"})
    titles = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(1, 120)), load_default=dict, metadata={
        "label": "What each seat is called on screen", "offers": "seats"})  # fmt: skip
    source = SourceField()
