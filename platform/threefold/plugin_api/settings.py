"""Fields that many rules' settings share.

A field's metadata draws its question on screen: `label`, `hint`, `words` (what a person reads for each value), and `offers`
(what there is to choose from in this arrangement: "who" for seats, organisations and groups; "seats"; "event" and "events";
"serves" for what a statutory step serves), `suggests` (words of the rule's own to choose from, beside any others),
`answering` (of those words, which requirement for published arrangements each answers), `one`
(what one thing of a list is called, such as "a stage"), `asked` ("always": something that may be empty and still is the point
of the rule, so that it does not stand under "More settings"; "seldom": it stands there; "new": it must be answered of what is made
new, as what the area itself says of its line and no page that is cited), `usual` (of what is offered, what
stands first, the rest folded away), `proposed` (what a form has filled in for something that is made new), and `for_all` (that
every line of the rule's lists stands on it, so that it is told beside each).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from threefold.domain.calendar import UNIT_WORDS, UNITS, Span, Unit
from threefold.domain.sources import AGREED_HERE, FORCES, SURES, Source
from threefold.domain.visible import is_visible
from threefold.domain.web_addresses import EXAMPLE, is_web_address
from threefold.plugin_api.arrangement import as_duty
from threefold.plugin_api.facts.incident import LOCAL_KEY
from threefold.plugin_api.rule import drafts_only

UNIT_HINT = (
    "Choose “days (unit not stated)” only for what a page says without a unit: a case then shows the day of each reading."
)
UNIT_PROPOSED: Unit = "working_days"  # what is made new counts as the law's own clocks do, until somebody says otherwise
UNIT_FROM = "Is this unit written in the source?"
UNIT_FROM_WORDS = {"stated": "Yes, or the partners agree it here", "inferred": "No: it is inferred, and shown so"}
START_DAY_WORDS = {0: "No: the day after it is day 1", 1: "Yes: it is day 1"}
KEY = validate.Regexp(
    r"^[a-z0-9][a-z0-9_.-]{0,79}$", error="Use lower-case letters, digits and hyphens, at most 80 characters."
)


@drafts_only
def refuse_a_dot(key: str) -> None:
    """Raise `ValidationError` where what is written now has a dot in a key: in an event and in a place a dot parts one key from the next,
    so that two things could come to have one name."""
    if "." in key:
        raise ValidationError(
            "Its key has a dot, which parts one key from the next. On screen, remove this and add it again; in a file, write letters, digits and hyphens."
        )


@drafts_only
def answers_are_kept_under(key: str) -> None:
    """Raise `ValidationError` where what is written now as the key of a question is none that an answer can be kept under."""
    if not re.fullmatch(LOCAL_KEY, key):
        raise ValidationError(
            "No answer can be kept under its key. On screen, remove this and add it again; in a file, write letters, digits and hyphens, at most 60."
        )


class KeyField(fields.String):
    """A short key, stable across versions: lower-case letters, digits, hyphens."""

    checks: tuple[Callable[[str], Any], ...] = (KEY, refuse_a_dot)

    def __init__(self, label: str, **kwargs: Any) -> None:
        metadata = {"label": label, **kwargs.pop("metadata", {})}
        super().__init__(validate=self.checks, metadata=metadata, **kwargs)


class AnswerKeyField(KeyField):
    """The key of a question of the area's own, under which the answers to it are kept."""

    checks = (*KeyField.checks, answers_are_kept_under)


@drafts_only
def refuse_no_address(where: str) -> None:
    """Raise `ValidationError` where what is written now as the address of a source is no web address; empty is none given."""
    if where and not is_web_address(where):
        raise ValidationError(f"Give the address of the source as a web address, like {EXAMPLE}, or leave it out.")


class DutyField(fields.String):
    """Which duty of the law something serves, or words of the area's own for what it is for."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        said = super()._deserialize(value, attr, data, **kwargs)
        return as_duty(said) if isinstance(said, str) else said


class SourceField(fields.Field[Source]):
    """Where a setting comes from: the mapping a pack's loader puts in place of a source's name, or a plain citation."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("load_default", Source("not stated", "LOCAL", "unknown"))
        metadata = {"label": "Source", "hint": "The page or paragraph this comes from.", **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Source:
        if isinstance(value, str):
            return Source(value, "LOCAL", "unknown")
        if isinstance(value, dict) and set(value) == {"source"} and isinstance(value["source"], dict):
            value = value["source"]  # a setting that is nothing but a source: `clock_source = { source = "S2" }`
        if not isinstance(value, dict) or not set(value) <= {"ref", "force", "sure", "where"} or "ref" not in value:
            raise ValidationError("Give the name of one of the pack's sources.")
        force, sure = value.get("force", "LOCAL"), value.get("sure", "unknown")
        if force not in FORCES or sure not in SURES:
            raise ValidationError(f"force is one of {', '.join(FORCES)}; sure is one of {', '.join(SURES)}.")
        refuse_no_address(str(value.get("where", "")))
        return Source(str(value["ref"]), force, sure, str(value.get("where", "")))

    def _serialize(self, value: Source | None, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else {"ref": value.ref, "force": value.force, "sure": value.sure, "where": value.where}


class SpanSchema(Schema):
    """A length of time as a source states it."""

    class Meta:
        unknown = "raise"

    amount = fields.Integer(required=True, strict=True, validate=validate.Range(0, 3660), metadata={"label": "How long"})
    unit = fields.String(required=True, validate=validate.OneOf(UNITS), metadata={
        "label": "Unit", "hint": UNIT_HINT, "words": UNIT_WORDS, "proposed": UNIT_PROPOSED})  # fmt: skip
    unit_from = fields.String(load_default="stated", validate=validate.OneOf(("stated", "inferred")), metadata={
        "label": UNIT_FROM, "words": UNIT_FROM_WORDS, "asked": "seldom"})  # fmt: skip
    start_is_day = fields.Integer(load_default=0, strict=True, validate=validate.OneOf((0, 1)), metadata={
        "label": "Does the day on which it starts count?", "words": START_DAY_WORDS, "asked": "seldom"})  # fmt: skip

    @validates_schema
    @drafts_only
    def does_not_end_before_it_starts(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("amount") == 0 and data.get("start_is_day") == 1:
            raise ValidationError("The start’s own day is counted as day 1. Enter 1 or more.", "amount")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Span:
        return Span(**data)


class ListedSchema(Schema):
    """One thing in a list of settings: a stable key, a title, what is said of it, and where that comes from."""

    class Meta:
        unknown = "raise"

    key = KeyField("Key", required=True)
    title = fields.String(required=True, validate=validate.Length(1, 300), metadata={"label": "Title"})
    text = fields.String(load_default="", validate=validate.Length(max=4000), metadata={"label": "In plain words"})
    source = SourceField()

    @validates_schema
    @drafts_only
    def title_is_seen(self, data: dict[str, Any], **_: Any) -> None:
        if not is_visible(data.get("title", "none given")):
            raise ValidationError("Nothing of this title can be seen. Write it anew.", "title")


@dataclass(frozen=True, slots=True)
class Option:
    """One kind of what a line may set: its name, what a person chooses it by, and the settings that belong to it.

    `for_all`: what the rule sets for all its lines is told beside it, since it means little without. `needs`: the setting without which
    it means nothing, by its name, and what is said where that is not answered by whoever chooses this.
    """

    name: str
    label: str
    settings: tuple[str, ...]
    hint: str = ""
    for_all: bool = False
    needs: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Either:
    """Settings of a line of which one kind is meant. A schema lists them as its `eithers`; a form asks first which kind.

    `name`: that of the question in the form; no setting has it. The schema still says itself which settings go together.
    """

    name: str
    label: str
    options: tuple[Option, ...]


def named(schema: type[Schema]) -> dict[str, fields.Field[Any]]:
    """The fields of a schema by the name they have in the files."""
    return {field.data_key or name: field for name, field in schema._declared_fields.items()}


def eithers_of(schema: type[Schema]) -> tuple[Either, ...]:
    """What a schema asks in one of several ways (`eithers` of the schema)."""
    return tuple(getattr(schema, "eithers", ()))


def chosen_in(schema: type[Schema], line: Mapping[str, Any]) -> dict[str, str]:
    """Which kind a line has of each: the first of which something is set; "" where nothing is."""
    return {
        one.name: next(
            (option.name for option in one.options if any(line.get(n) not in (None, "", []) for n in option.settings)), ""
        )
        for one in eithers_of(schema)
    }


def rests_on(schema: type[Schema], line: Mapping[str, Any], for_all: Collection[str]) -> bool:
    """Whether a line says something by one of some settings of its rule that hold for all its lines: it has no answer of its own to that
    question, or is of the kind that goes by what holds for all."""
    own, kinds = named(schema), chosen_in(schema, line)
    by_all = any(option.for_all and kinds[one.name] == option.name for one in eithers_of(schema) for option in one.options)
    return any(not line.get(name) if name in own else by_all for name in for_all)


def untimed(source: Source) -> str:
    """What is said of a step without a time. What partners agreed here rests on no page that could state one."""
    return "No time is set." if source.ref == AGREED_HERE else "No time is stated in the source."


def listed(
    schema: type[Schema], label: str, *, one: str = "", each_alone: bool = False, in_order_of: str = ""
) -> fields.List[Any]:
    """A list of things with keys of their own, each at most once. `one`: what one of them is called, such as "a stage".
    `in_order_of`: the number by which a thing that is added finds its place; at the end where it has none.

    `each_alone`: the rule says of each thing what it would say if the others were not there. A replay of a draft then
    asks only about the things that the draft changes.
    """

    def keys_once(entries: list[dict[str, Any]]) -> None:
        keys = [e["key"] for e in entries]
        for key in keys:
            if keys.count(key) > 1:
                raise ValidationError(f"'{key}' stands twice. Give each a key of its own.")

    return fields.List(
        fields.Nested(schema),
        load_default=list,
        validate=[validate.Length(max=100), keys_once],
        metadata={"label": label, "one": one, "each_alone": each_alone, "in_order_of": in_order_of},
    )
