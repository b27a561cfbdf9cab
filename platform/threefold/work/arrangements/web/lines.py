"""One line of a draft as a form: drawn from the rule's own settings schema, and read back into its plain values.

A line is an object of the draft: a rule's settings, a step, a seat, a quorum. Its plain fields are one form; lists, larger
parts and conditions within it have pages of their own. What a rule declares in a field's metadata (label, hint, words,
offers) is all that is known of it here: a rule nobody knew yet draws its form the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from threefold.domain.web_addresses import EXAMPLE, WEB_ADDRESS
from threefold.governance.drafts import AGREED, Content, Place
from threefold.plugin_api import ConditionField, Rule, SourceField
from threefold.plugin_api.arrangement import ORGANISATION_KINDS, SEAT_ROLES
from threefold.plugin_api.settings import KEY, KeyField
from threefold.plugin_api.settings import named as named
from threefold.work.arrangements.web.offers import first, offered, said_in_words
from threefold.work.people.web import choice, choices, long_text, text, whole_number

Values = dict[str, Any]
MOST_INLINE = 4  # a part with more questions has a page of its own
NONE = "none"


class OrganisationLine(Schema):
    """An organisation that takes part."""

    key = KeyField("Key", required=True)
    name = fields.String(required=True, validate=validate.Length(1, 300), metadata={"label": "Name of the organisation"})
    kind = fields.String(
        required=True,
        validate=validate.OneOf(tuple(ORGANISATION_KINDS)),
        metadata={"label": "Kind", "words": ORGANISATION_KINDS},
    )
    partner = fields.Boolean(load_default=False, metadata={
        "label": "Is it a statutory safeguarding partner?", "hint": "Every partner’s lead signs the arrangement."})  # fmt: skip
    acts_for = fields.List(fields.String(validate=KEY), load_default=list, metadata={
        "label": "Which other partners does it act for, by a recorded delegation?", "hint": "Select none where each acts for itself.", "offers": "partners"})  # fmt: skip


class SeatLine(Schema):
    """A place at the table, never a person."""

    key = KeyField("Key", required=True)
    title = fields.String(required=True, validate=validate.Length(1, 300), metadata={"label": "What the seat is called"})
    role = fields.String(
        required=True,
        validate=validate.OneOf(tuple(SEAT_ROLES)),
        metadata={"label": "What part does it have?", "words": SEAT_ROLES},
    )
    organisation = fields.String(load_default="", metadata={"label": "Organisation", "offers": "organisation"})
    deputy = fields.String(load_default="", metadata={"label": "Who stands in for it", "offers": "seat"})


@dataclass(frozen=True, slots=True)
class Part:
    """Something within a line that has a page of its own: a list, a larger part, a condition."""

    name: str
    label: str
    kind: str  # list, object, condition
    schema: type[Schema] | None = None


def schema_at(place: Place, rule: type[Rule] | None) -> tuple[type[Schema], bool]:
    """The schema of the line at a place, and whether the place is a list of such lines. Raises `KeyError`."""
    if place[0] in ("organisations", "seats") and len(place) < 3:
        return OrganisationLine if place[0] == "organisations" else SeatLine, len(place) == 1
    if rule is None:
        raise KeyError(place[-1])
    schema, in_list = rule.Config, False
    rest = list(place[2:])
    found: type[Schema] = schema
    while rest:
        name = rest.pop(0)
        if in_list:
            in_list = False
            continue
        field = named(found)[name]
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            found, in_list = type(field.inner.schema), True
        elif isinstance(field, fields.Nested):
            found = type(field.schema)
        else:
            raise KeyError(name)
    return found, in_list


def called_one(place: Place, rule: type[Rule] | None) -> str:
    """What one thing of the list at a place is called, where the rule says so."""
    try:
        field = named(schema_at(place[:-1], rule)[0])[place[-1]]
    except (KeyError, IndexError):
        return ""
    return str(field.metadata.get("one", ""))


def parts_of(schema: type[Schema]) -> list[Part]:
    """What of a line has pages of its own, in the order of the schema."""
    found = []
    for name, field in named(schema).items():
        label = field.metadata.get("label", name)
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            found.append(Part(name, label, "list", type(field.inner.schema)))
        elif isinstance(field, fields.Nested) and not is_inline(field):
            found.append(Part(name, label, "object", type(field.schema)))
        elif isinstance(field, ConditionField):
            found.append(Part(name, label, "condition"))
    return found


def form_of(schema: type[Schema], content: Content, prefix: str = "") -> dict[str, Any]:
    """The questions about a line's plain fields, by their name in the form."""
    asked: dict[str, Any] = {}
    for name, field in named(schema).items():
        own = f"{prefix}{name}"
        match field:
            case KeyField() | ConditionField():
                continue
            case SourceField():
                asked[f"{own}__ref"] = text(
                    field.metadata["label"], required=False, longest=500, hint=field.metadata.get("hint", "")
                )
                asked[f"{own}__where"] = text(
                    "Web address of the source",
                    required=False,
                    longest=500,
                    pattern=WEB_ADDRESS,
                    wrong=f"Enter a web address, like {EXAMPLE}, or leave it empty",
                )
            case fields.Nested():
                if is_inline(field):
                    asked |= {
                        k: _under(v, field.metadata["label"])
                        for k, v in form_of(type(field.schema), content, f"{own}__").items()
                    }
            case fields.List() if isinstance(field.inner, fields.Nested):
                continue
            case _:
                asked |= _asked(own, field, content)
    return asked


def _asked(name: str, field: fields.Field[Any], content: Content) -> dict[str, Any]:
    meta = field.metadata
    label, hint, required = meta.get("label", name), meta.get("hint", ""), bool(field.required)
    missing = f"Answer: {label}" if label.endswith("?") else ""
    offers = _offers(field, content)
    options, kind = _one_of(field, meta.get("words")), meta.get("offers", "")
    if is_asked_of_new(field):
        return _asked_of_new(name, field, options or offers)
    match field:
        case fields.Dict():
            seats = offered("seats", content)
            return {f"{name}__{key}": text(f"{label}: {words}", required=False) for key, words in seats.items()}
        case fields.List():
            inner = _one_of(field.inner, meta.get("words"))
            if inner or (offers and kind in ("events", "organisations", "partners", "seats")):
                return {name: choices(label, inner or offers, hint=hint, usual=first(meta.get("usual", ()), offers))}
            if isinstance(field.inner, fields.Integer):
                return {name: text(label, hint=f"Whole numbers with commas between them. {hint}".strip(), required=False,
                                   pattern=r"-?\d+(\s*,\s*-?\d+)*", wrong="Enter whole numbers with commas between them, like 7, 2, 0")}  # fmt: skip
            lines = {f"{name}__other": long_text(f"{label}: others, one on a line", required=False, rows=2, longest=8000)}
            return {name: choices(label, offers, hint="Select all that apply."), **lines} if offers else {
                name: long_text(label, hint="One on a line.", required=False, rows=3, longest=8000)}  # fmt: skip
        case fields.Boolean():
            words = {"yes": "Yes", "no": "No"} | ({NONE: "Not stated"} if field.allow_none else {})
            return {name: choice(label, words, hint=hint, missing=missing, required=True, inline=True)}
        case _ if options:
            answered = (
                None if default_of(field) in (None, "") else False
            )  # something always holds, so it is not called optional
            return {
                name: choice(
                    label, options, hint=hint, missing=missing, required=required, as_list=len(options) > 6, optional=answered
                )
            }
        case _ if offers and kind in ("event", "organisation", "seat", "group"):
            return {name: choice(label, offers, hint=hint, required=required, as_list=True)}
        case _ if offers:
            either = False if required else None  # one of the two is needed, so that neither is called optional
            pick = choice(label, {"": "None of these", **offers}, required=False, as_list=True, optional=either,
                          missing=f"“{label}”: select one of the list, or “None of these”")  # fmt: skip
            said = text(f"{label}: in other words", required=False, optional=either, longest=_longest(field))
            return {name: pick, f"{name}__other": said}
        case fields.Integer():
            low, high = _range(field)
            return {name: whole_number(label, low=low, high=high, hint=hint, required=required)}
    longest = _longest(field)
    if longest > 300:
        return {name: long_text(label, hint=hint, required=required, longest=longest, rows=3)}
    return {name: text(label, hint=hint, required=required, longest=longest)}


def is_asked_of_new(field: fields.Field[Any]) -> bool:
    """Whether a setting must be answered of what is made new. Of what is there it may be open still."""
    return bool(field.metadata.get("asked") == "new")


def _asked_of_new(name: str, field: fields.Field[Any], items: Mapping[str, str]) -> dict[str, Any]:
    """One of several, of which none is chosen before somebody chose: that nobody said is no answer."""
    label = field.metadata.get("label", name)
    asked = choice(
        label, {k: v for k, v in items.items() if k}, hint=field.metadata.get("hint", ""), required=False, optional=False
    )
    if not field.metadata.get("offers"):
        return {name: asked}
    return {name: asked, f"{name}__other": text(f"{label}: in other words", required=False, longest=_longest(field))}


def unanswered(schema: type[Schema], values: Mapping[str, Any]) -> dict[str, str]:
    """What must be answered of something made new and was not, by the form's question."""
    return {
        name: f"Select an answer to “{field.metadata.get('label', name)}”, or “None of these”"
        for name, field in named(schema).items()
        if is_asked_of_new(field) and not values.get(name)
    }


def ranked_by(schema: type[Schema]) -> str:
    """The setting by which the lines of a list are numbered, where the rule says so; "" where they only stand in their order."""
    return next((name for name, field in named(schema).items() if field.metadata.get("ranks")), "")


def seldom(schema: type[Schema], *, whole_rule: bool) -> set[str]:
    """The questions that stand under "More settings", by their beginning: where it comes from, times of its own, events, names on screen."""
    found: set[str] = set()
    for name, field in named(schema).items():
        if isinstance(field, fields.Nested) and is_inline(field):
            found |= {
                f"{name}__{inner}" for inner, one in named(type(field.schema)).items() if one.metadata.get("asked") == "seldom"
            }
        if field.metadata.get("asked") == "always":
            continue
        events = not whole_rule and field.metadata.get("offers") in ("events", "event")
        if (
            isinstance(field, SourceField | fields.Dict)
            or field.metadata.get("asked") == "seldom"
            or events
            or (isinstance(field, fields.Nested) and is_inline(field) and not field.required)
        ):
            found.add(name)
    return found


def initial_of(schema: type[Schema], line: Mapping[str, Any], content: Content, prefix: str = "") -> Values:
    """What the form shows of a line: its plain values, with the defaults a rule would fill in."""
    shown: Values = {}
    for name, field in named(schema).items():
        own = f"{prefix}{name}"
        value = line.get(name, default_of(field))
        match field:
            case KeyField() | ConditionField():
                continue
            case SourceField():
                told = value if isinstance(value, Mapping) else {} if line else AGREED  # only a new line has a source proposed
                shown |= {f"{own}__ref": told.get("ref", ""), f"{own}__where": told.get("where", "")}
            case fields.Nested():
                if is_inline(field):
                    inner = type(field.schema)
                    shown |= (
                        initial_of(inner, value, content, f"{own}__")
                        if value
                        else {f"{own}__{n}": told for n, told in proposed_by(inner).items()}
                    )
            case fields.List() if isinstance(field.inner, fields.Nested):
                continue
            case fields.Dict():
                known = offered(str(field.metadata.get("offers")), content)
                shown |= {f"{own}__{key}": words for key, words in (value or {}).items() if key in known}
            case fields.Boolean():
                shown[own] = NONE if value is None and field.allow_none else "yes" if value else "no"
            case fields.List():
                shown |= _shown_list(own, field, value or [], content)
            case _:
                offers = _offers(field, content)
                outside = bool(value) and f"{own}__other" in _asked(own, field, content) and value not in offers
                shown[own] = (
                    "" if outside else value if isinstance(field, fields.Integer) and not _one_of(field, None) else _said(value)
                )
                if outside:
                    shown[f"{own}__other"] = value
    return shown


def _shown_list(own: str, field: fields.List[Any], value: list[Any], content: Content) -> Values:
    if isinstance(field.inner, fields.Integer):
        return {own: ", ".join(str(v) for v in value)}
    asked = _asked(own, field, content)
    if f"{own}__other" not in asked:
        return {own: value if asked[own].metadata["control"] == "choices" else "\n".join(value)}
    offers = _offers(field, content)
    return {own: [v for v in value if v in offers], f"{own}__other": "\n".join(v for v in value if v not in offers)}


def _offers(field: fields.Field[Any], content: Content) -> dict[str, str]:
    """What a field offers: something of this draft, or words of its rule's own (`suggests`)."""
    return dict(field.metadata.get("suggests", {})) or offered(str(field.metadata.get("offers", "")), content)


def _one_of(field: fields.Field[Any], words: Mapping[Any, str] | None) -> dict[str, str]:
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return {str(c): (words or {}).get(c) or (said_in_words(c) if c != "" else "None") for c in check.choices}
    return {}


def is_inline(field: fields.Nested) -> bool:
    inner = named(type(field.schema))
    return len(inner) <= MOST_INLINE and not any(
        isinstance(f, fields.List | fields.Nested | ConditionField) for f in inner.values()
    )


def inline_names(field: fields.Field[Any]) -> list[str]:
    """The names within a small part that is asked on the line's own page; none of any other setting."""
    return list(named(type(field.schema))) if isinstance(field, fields.Nested) and is_inline(field) else []


def telling(field: fields.Nested) -> list[str]:
    """The fields of a small part that say it is there: those without a default. A unit alone is no length of time."""
    required = [name for name, inner in named(type(field.schema)).items() if inner.required]
    return required[:1] or list(named(type(field.schema)))


def _under(field: Any, label: str) -> Any:
    """A question of a small part, said with the part's own name; it is asked for only where the part is there."""
    field.metadata["label"] = f"{label}: {field.metadata['label'][:1].lower()}{field.metadata['label'][1:]}"
    field.required, field.allow_none = False, True
    if field.metadata["control"] == "choice":
        field.metadata["items"] = {**field.metadata["items"]}
    return field


def proposed_by(schema: type[Schema]) -> Values:
    """What the settings propose for something that is made new, by the name they have in the files."""
    return {name: field.metadata["proposed"] for name, field in named(schema).items() if "proposed" in field.metadata}


def begins_with(schema: type[Schema]) -> Values:
    """The settings of a rule that is added: what it proposes, which the partners then agree here."""
    proposed = proposed_by(schema)
    sources = {name: dict(AGREED) for name, field in named(schema).items() if isinstance(field, SourceField)}
    return proposed | sources if proposed else {}


def default_of(field: fields.Field[Any]) -> Any:
    default = field.load_default
    if callable(default):
        return default()
    return default if isinstance(default, str | int | bool | list) else None


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _longest(field: fields.Field[Any]) -> int:
    return next((c.max for c in field.validators if isinstance(c, validate.Length) and c.max), 300)


def _range(field: fields.Field[Any]) -> tuple[int, int]:
    bounds = next((c for c in field.validators if isinstance(c, validate.Range)), None)
    low, high = (bounds.min, bounds.max) if bounds else (0, 1_000_000)
    return int(low if low is not None else 0), int(high if high is not None else 1_000_000)


def first_of(messages: Any) -> str:
    """The first of what marshmallow says is wrong."""
    while not isinstance(messages, str):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return messages
