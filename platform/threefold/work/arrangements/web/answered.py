"""A line's form as it was answered: the values it gives, what the rule says is wrong with them, and whose source they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from threefold.domain.visible import trimmed
from threefold.governance.drafts import AGREED, Content
from threefold.plugin_api import ConditionField, SourceField
from threefold.plugin_api.plain_errors import of_a_setting, plainly
from threefold.plugin_api.rule import written_now
from threefold.plugin_api.settings import KeyField
from threefold.work.arrangements.web.lines import (
    Values,
    default_of,
    first_of,
    form_of,
    initial_of,
    is_asked_of_new,
    is_inline,
    named,
    parts_of,
    telling,
)
from threefold.work.arrangements.web.offers import offered


def own_source(schema: type[Schema], line: Mapping[str, Any], values: Values, first: Mapping[str, Any] | None = None) -> Values:
    """The values with what the partners agree as their source, where they differ from what a page was cited for.

    A title may be worded anew; a day, a person or a condition that is another one is no longer what the page says. Then its
    unit is what the partners agree too, and no inference from the page. What is changed back to what it was in `first`, the
    line as the draft began with it, is what the page says again.
    """
    source, fields_of = line.get("source"), named(schema)
    now = {**line, **values}
    if first and now != line and source == AGREED == values.get("source") and same_but_source(schema, now, first):
        own = {"title", *(n for n, field in fields_of.items() if is_asked_of_new(field))}
        return {n: v if n in own else first.get(n) for n, v in values.items()}  # what it left out is left out again
    if not isinstance(source, Mapping) or source == AGREED or values.get("source") != source:
        return values
    # Whether its unit is written there is said of the page itself; which duty of the law it is, no page says.
    said = {n: v for n, v in values.items() if n not in ("source", "title", "unit_from") and not is_asked_of_new(fields_of[n])}
    same = all(
        _stated(_whole(fields_of[n], v or None)) == _stated(_whole(fields_of[n], line.get(n, default_of(fields_of[n])) or None))
        for n, v in said.items()
    )
    if same:
        return values
    sourced: Values = _stated({n: _stated(v) for n, v in values.items()})
    return {**sourced, "source": dict(AGREED)}


def same_but_source(schema: type[Schema], line: Mapping[str, Any], first: Mapping[str, Any]) -> bool:
    """Whether two lines say the same, whatever they are called, and whoever says so."""
    fields_of = named(schema)

    apart = {
        part.name for part in parts_of(schema) if part.schema is not None and "source" in named(part.schema)
    }  # they cite their own pages

    def told(of: Mapping[str, Any]) -> Values:
        plain = {
            n: _stated(_whole(f, of.get(n, default_of(f))))
            for n, f in fields_of.items()
            if n not in (*apart, "source", "title") and not is_asked_of_new(f)
        }
        stated: Values = _stated(plain)
        return {n: _in_no_order(v) or None for n, v in stated.items()}

    return told(line) == told(first)


def _in_no_order(value: Any) -> Any:
    """Of several that are chosen the order says nothing."""
    return sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value


def _whole(field: fields.Field[Any], value: Any) -> Any:
    """A small part with the defaults that it leaves out."""
    if not isinstance(field, fields.Nested) or not isinstance(value, Mapping):
        return value
    return {n: value.get(n, default_of(one)) for n, one in named(type(field.schema)).items()}


def _stated(value: Any) -> Any:
    """A time whose unit was inferred from a page, with its unit as the partners state it."""
    return {**value, "unit_from": "stated"} if isinstance(value, Mapping) and value.get("unit_from") == "inferred" else value


def values_of(
    schema: type[Schema], answers: Mapping[str, Any], content: Content, line: Mapping[str, Any], prefix: str = ""
) -> Values:
    """The plain values of a line as the form was answered: what `save_line` takes."""  # fmt: skip
    made: Values = {}
    for name, field in named(schema).items():
        own = f"{prefix}{name}"
        match field:
            case KeyField() | ConditionField():
                continue
            case SourceField():
                made[name] = _source(answers, own, line.get(name))
            case fields.Nested():
                if is_inline(field):
                    inner = values_of(type(field.schema), answers, content, line.get(name) or {}, f"{own}__")
                    made[name] = inner if any(answers.get(f"{own}__{k}") not in (None, "") for k in telling(field)) else None
            case fields.List() if isinstance(field.inner, fields.Nested):
                continue
            case fields.Dict():
                start = f"{own}__"
                others = {
                    k: v
                    for k, v in (line.get(name) or {}).items()
                    if k not in offered(str(field.metadata.get("offers")), content)
                }
                made[name] = others | {k.removeprefix(start): v for k, v in answers.items() if k.startswith(start) and v}
            case fields.List():
                made[name] = _listed(own, field, answers)
            case fields.Boolean():
                made[name] = {"yes": True, "no": False}.get(str(answers.get(own)))
            case _:
                chosen, words = answers.get(own), answers.get(f"{own}__other")
                # Words that stood there already give way to what is chosen now.
                value = chosen if chosen and words == line.get(name) else words or chosen
                if value in (None, ""):
                    made[name] = None if field.allow_none else default_of(field)
                else:
                    made[name] = int(value) if isinstance(field, fields.Integer) else value
    return {k: v for k, v in made.items() if v is not None or line.get(k) is not None}


def only_changed(schema: type[Schema], values: Values, content: Content, line: Mapping[str, Any]) -> Values:
    """The values of a line with each answer that nobody changed as the line has it: to save a page as it was changes nothing.

    A form says more than a line may: each default, the parts of a time, what is chosen in the order of its list. What a line
    leaves out stays out while it is answered by its default. `line`: as whoever answered saw it.
    """
    shown, asked = initial_of(schema, line, content), form_of(schema, content)
    for name, question in asked.items():
        if question.metadata["control"] == "choices":
            shown[name] = [one for one in question.metadata["items"] if one in (shown.get(name) or ())]
    return _as_it_was(schema, values, values_of(schema, shown, content, line), line)


def _as_it_was(schema: type[Schema], now: Mapping[str, Any], shown: Mapping[str, Any], line: Mapping[str, Any]) -> Values:
    kept: Values = {}
    for name, value in now.items():
        field, before = named(schema)[name], line.get(name)
        if isinstance(field, fields.Nested) and isinstance(value, Mapping):
            inner = before if isinstance(before, Mapping) else {}
            value = _as_it_was(type(field.schema), value, shown.get(name) or {}, inner)
            kept[name] = before if value == before else value
        elif name in line:
            kept[name] = before if _plainly(value) == _plainly(shown.get(name)) else value
        elif value not in (None, [], {}, "") and value != default_of(field):
            kept[name] = value
    return kept


def _plainly(value: Any) -> Any:
    """Words as a browser sends them back."""
    return trimmed(value.replace("\r\n", "\n")) if isinstance(value, str) else value


def half_said(schema: type[Schema], answers: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, str]:
    """A unit without its number, by the form's question that is missing; and what is said in two ways, one of which would be lost. Clearing the number of a time that was there takes it away."""
    told: dict[str, str] = {}
    for name, field in named(schema).items():
        chosen, words = answers.get(name), answers.get(f"{name}__other")
        if isinstance(chosen, str) and chosen and words and line.get(name) not in (chosen, words):
            told[f"{name}__other"] = "Choose one from the list, or say it in other words here, not both"
        if not (isinstance(field, fields.Nested) and is_inline(field)) or line.get(name):
            continue
        said_by = telling(field)
        inside = named(type(field.schema))
        needed = {inner: one.metadata.get("proposed") for inner, one in inside.items() if one.required and inner not in said_by}
        # What the form itself proposed says nothing yet.
        said = any(answers.get(f"{name}__{k}") not in (None, "", proposed) for k, proposed in needed.items())
        if said and all(answers.get(f"{name}__{k}") in (None, "") for k in said_by):
            told[f"{name}__{said_by[0]}"] = (
                "Enter how long, or choose no unit"
                if "unit" in inside
                else f"Enter the {inside[said_by[0]].metadata.get('label', said_by[0])} too".lower().capitalize()
            )
    return told


def says_nothing(schema: type[Schema], values: Mapping[str, Any]) -> bool:
    """Whether a part of its own was sent with nothing in it but what its form proposes, and perhaps where it comes from."""
    asked = named(schema)
    return not any(
        value not in (None, "", [], asked[name].load_default, asked[name].metadata.get("proposed"))
        for name, value in values.items()
        if name in asked and not isinstance(asked[name], SourceField)
    )


def first_wrong(schema: type[Schema], line: Mapping[str, Any]) -> str:
    """The first thing that the rule says is wrong with a line; "" where nothing is."""
    return next(iter(wrong_in(schema, line, named(schema)).values()), "")


def wrong_in(schema: type[Schema], line: Mapping[str, Any], form_names: Iterable[str]) -> dict[str, str]:
    """What the rule itself says is wrong with a line, by the form's question it is about; "" for the line as a whole."""
    names, told = set(form_names), {}
    try:
        with written_now():
            schema().load({k: v for k, v in line.items() if not isinstance(v, dict) or "$date" not in v})
    except ValidationError as error:
        for name, messages in dict(error.messages_dict).items():
            field = named(schema).get(str(name))
            if name == "_schema":
                told[""] = first_of(messages)
            elif field is None:
                told[""] = (
                    f"There is no setting “{name}” here. Take it out first: see “settings that it does not take” on this page."
                )
            elif str(name) in names:
                told[str(name)] = _plain(field, str(name), messages)
                if f"{name}__other" in names and line.get(str(name)) in (None, ""):
                    told[str(name)] = f"{field.metadata.get('label', name)}: select one of the list, or write it below"
            elif own := next((n for n in names if n.startswith(f"{name}__")), ""):
                told[own] = _plain(field, str(name), messages)
            elif not (
                isinstance(field, KeyField) or (isinstance(field, fields.List) and isinstance(field.inner, fields.Nested))
            ):
                told[""] = _plain(field, str(name), messages)
    return told


def _plain(field: fields.Field[Any], name: str, messages: Any) -> str:
    """What is wrong with one setting, with its label: marshmallow's own words are for programmers."""
    label, found = str(field.metadata.get("label", name)), first_of(messages)
    if told := of_a_setting(found):
        if isinstance(messages, dict):  # of a part of it, such as the unit of a time
            return f"“{label}”: its {str(next(iter(messages))).replace('_', ' ')} {told}."
        return f"“{label}” {told}."
    return found if found.startswith(label) else f"{label}: {plainly(found)}"


def _source(answers: Mapping[str, Any], own: str, before: Any) -> dict[str, str] | None:
    told = dict(before) if isinstance(before, Mapping) else dict(AGREED)
    ref, where = answers.get(f"{own}__ref") or "", answers.get(f"{own}__where") or ""
    if not ref and not where:
        return None
    ref = ref or where
    if (told.get("ref"), told.get("where", "")) == (ref, where):
        return told
    return {**told, "ref": ref, "where": where, "sure": "V"}


def _listed(own: str, field: fields.List[Any], answers: Mapping[str, Any]) -> list[Any]:
    value = answers.get(own) or []
    if isinstance(field.inner, fields.Integer):
        return [int(part) for part in str(value).split(",")] if value else []
    chosen = list(value) if isinstance(value, list) else [trimmed(ln) for ln in str(value).splitlines()]
    others = [trimmed(ln) for ln in str(answers.get(f"{own}__other") or "").splitlines()]
    return [v for v in (*chosen, *others) if v]
