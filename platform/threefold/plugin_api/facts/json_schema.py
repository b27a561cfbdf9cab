"""The JSON Schema of the facts, drawn from the same schemas that read them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from threefold.plugin_api.facts import EVENTS, FactsSchema
from threefold.plugin_api.facts.days import DayOrMoment
from threefold.plugin_api.facts.values import FactField


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the facts of one case."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Threefold: the facts of one case",
        "description": "A fact that is left out was never asked; 'unclear' is an answer; neither means no. "
        "No names: a child is a key. Facts given after the day asked about are not looked at.",
        **_object(FactsSchema),
    }


def _object(schema: type[Schema]) -> dict[str, Any]:
    declared = schema._declared_fields
    required = [name for name, f in declared.items() if f.required]
    return {
        "type": "object",
        "properties": {f.data_key or name: _field(name, f) for name, f in declared.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _field(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    label = field.metadata.get("label")
    described: dict[str, Any] = {"title": label} if label else {}
    if hint := field.metadata.get("hint"):
        described["description"] = hint
    match field:
        case FactField():
            return field.json_schema()
        case fields.Nested():
            nested: Any = field.nested
            return {**described, **_object(nested)}
        case fields.List():
            return {**described, "type": "array", "items": _field(name, field.inner)}
        case fields.Dict():
            inner = field.value_field
            return {**described, "type": "object", "additionalProperties": _field(name, inner) if inner else True}
        case DayOrMoment():
            return {**described, "type": "string", "description": "a date, or a time with its offset"}
        case fields.Date():
            return {**described, "type": ["string", "null"], "format": "date"}
        case fields.Integer():
            return {**described, "type": "integer"}
        case fields.String() if name == "name":
            return {**described, "anyOf": [{"enum": list(EVENTS)}, {"type": "string", "pattern": "^done:"}]}
    return {**described, "type": "string", **_limits(field)}


def _limits(field: fields.Field[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            found["enum"] = list(check.choices)
        elif isinstance(check, validate.Regexp):
            found["pattern"] = check.regex.pattern
        elif isinstance(check, validate.Length) and check.max:
            found["maxLength"] = check.max
    return found
