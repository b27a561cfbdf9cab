"""A fact: what is said, since when it was known or suspected, who gave it and when.

In JSON a fact is either its bare value (`"yes"`) or an object `{"value": "yes", "known_on": ..., "given_by": ...,
"given_on": ...}`. A fact that is absent was never asked; "unclear" is an answer. Neither of them means no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from marshmallow import Schema, ValidationError, fields, validate

from threefold.plugin_api.facts.days import in_record

T = TypeVar("T", bound=str | int | date)
Kind = Literal["answer", "date", "area", "count", "text", "choice"]


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One fact. `value` None: never asked, or not known on the day asked about."""

    value: T | None = None
    known_on: date | None = None
    given_by: str = ""
    given_on: date | None = None

    def known_by(self, day: date) -> bool:
        """Whether this fact stood on record, and was known or suspected, on `day`."""
        return (self.given_on is None or self.given_on <= day) and (self.known_on is None or self.known_on <= day)


UNASKED: Fact[Any] = Fact()
AnswerFact = Fact[str]

_VALUE: dict[Kind, fields.Field[Any]] = {
    "answer": fields.String(validate=validate.OneOf(("yes", "no", "unclear"))),
    "date": fields.Date(format="iso", validate=in_record),
    "area": fields.String(validate=validate.Regexp(r"^[EWSNJLM][0-9]{8}\Z", error="Give a nine-character area code, such as E10000008.")),
    "count": fields.Integer(strict=True, validate=validate.Range(min=0, max=10_000)),
    "text": fields.String(validate=validate.Length(max=20_000)),
}  # fmt: skip


class _FactSchema(Schema):
    class Meta:
        unknown = "raise"

    known_on = fields.Date(load_default=None, allow_none=True, validate=in_record)
    given_by = fields.String(load_default="", validate=validate.Length(max=200))
    given_on = fields.Date(load_default=None, allow_none=True, validate=in_record)


_PROVENANCE = _FactSchema()


class FactField(fields.Field[Fact[Any]]):
    """A fact of a declared kind, with the label a person reads and what it means when unclear.

    `highest`: of a count, the highest that a screen offers to compare it with; what is on record is read all the same.
    """

    def __init__(self, kind: Kind, label: str, *, hint: str = "", choices: tuple[str, ...] = (), highest: int = 10_000) -> None:
        super().__init__(load_default=UNASKED, allow_none=True, metadata={"label": label, "hint": hint, "kind": kind})
        self.kind = kind
        self.choices = choices
        self.label = label
        self.highest = highest
        self._value = fields.String(validate=validate.OneOf(choices)) if kind == "choice" else _VALUE[kind]

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The finite values `what_if` may try; empty where the values are not finite."""
        return ("yes", "no", "unclear") if self.kind == "answer" else self.choices

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Fact[Any]:
        if value is None:
            return UNASKED
        return super().deserialize(value, attr, data, **kwargs)  # type: ignore[no-any-return]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Fact[Any]:
        if not isinstance(value, dict):
            return Fact(self._value.deserialize(value, attr, data))
        rest = dict(value)
        if "value" not in rest:
            raise ValidationError("Give the fact's value, or leave the fact out.")
        inner = rest.pop("value")
        return Fact(None if inner is None else self._value.deserialize(inner, attr, data), **_PROVENANCE.load(rest))

    def _serialize(self, value: Fact[Any] | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None or value == UNASKED:
            return None
        shown = value.value.isoformat() if isinstance(value.value, date) else value.value
        if value.known_on is None and not value.given_by and value.given_on is None:
            return shown
        return {
            "value": shown,
            "known_on": value.known_on.isoformat() if value.known_on else None,
            "given_by": value.given_by,
            "given_on": value.given_on.isoformat() if value.given_on else None,
        }

    def json_schema(self) -> dict[str, Any]:
        value: dict[str, Any]
        match self.kind:
            case "date":
                value = {"type": "string", "format": "date"}
            case "count":
                value = {"type": "integer", "minimum": 0, "maximum": 10_000}
            case "area":
                value = {"type": "string", "pattern": "^[EWSNJLM][0-9]{8}$"}
            case "text":
                value = {"type": "string", "maxLength": 20_000}
            case _:
                value = {"enum": list(self.alternatives)}
        day = {"type": ["string", "null"], "format": "date"}
        whole = {
            "type": "object",
            "properties": {
                "value": {"anyOf": [value, {"type": "null"}]},
                "known_on": {**day, "description": "the day this was first known or suspected"},
                "given_by": {"type": "string", "maxLength": 200},
                "given_on": {**day, "description": "the day this was put on record; later days are not looked at"},
            },
            "required": ["value"],
            "additionalProperties": False,
        }
        described = {"title": self.label} | ({"description": self.metadata["hint"]} if self.metadata["hint"] else {})
        return {**described, "anyOf": [value, whole, {"type": "null"}]}
