"""What a file under `tenants/` may say: unknown keys refused, every mistake with its file and key.

`pack_text.py` reads the TOML; this module checks its values; `pack.py` layers them into arrangements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from functools import cache
from typing import Any, get_args

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from threefold.domain.errors import ManyErrors, PackError, ThreefoldError
from threefold.domain.sources import FORCES, SURES
from threefold.governance.pack_text import called
from threefold.governance.source_names import header_of
from threefold.plugin_api.arrangement import OrganisationKind, SeatRole
from threefold.plugin_api.facts.days import in_record
from threefold.plugin_api.plain_errors import MISSING, plainly
from threefold.plugin_api.rule import drafts_only, written_now
from threefold.plugin_api.settings import refuse_no_address

FORMAT = 1
BODY_KINDS = ("partnership", "child_death_panel", "national")
_KEY = validate.Regexp(
    r"^[a-z0-9][a-z0-9_.-]{0,79}$", error="Use lower-case letters, digits and hyphens, at most 80 characters."
)
_BODY = validate.Regexp(
    r"^[a-z0-9][a-z0-9-]{1,59}$", error="Use lower-case letters, digits and hyphens, at most 60 characters."
)
_LAYER = validate.Regexp(r"^[a-z0-9_][a-z0-9_/-]{1,119}$", error="Name a pack, such as _shared/england, or body/version.")
CLOSED_YEARS = range(2000, 2201)  # what a day on which an area is closed may lie in
AREA_CODE = re.compile(r"^[EWSNJLM][0-9]{8}$")


class Strict(Schema):
    class Meta:
        unknown = "raise"


@drafts_only
def _in_record(day: date) -> None:
    in_record(day)


@drafts_only
def _may_be_closed(day: date) -> None:
    if day.year not in CLOSED_YEARS:
        raise ValidationError(f"Give a day in the years {CLOSED_YEARS[0]} to {CLOSED_YEARS[-1]}.")


class _Day(fields.Field[Any]):
    """A TOML date, or the word "unknown": a day no source gives is never filled in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date | None:
        if value == "unknown":
            return None
        if type(value) is date:
            _in_record(value)
            return value
        raise ValidationError('Give a date such as 2026-01-01 (no quotes), or "unknown".')


class _ClosedDay(fields.Field[Any]):
    """A TOML date; a day that nobody knows closes nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if type(value) is date:
            _may_be_closed(value)
            return value
        raise ValidationError("Give a date such as 2026-12-24 (no quotes).")


class _YesOrNo(fields.Boolean):
    """true or false, and no word that might mean one of them: a file says one thing in one way."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


def prose(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=20_000), **kwargs)


def address() -> fields.String:
    """The web address of a source."""
    return fields.String(load_default="", validate=[validate.Length(max=20_000), refuse_no_address])


class SourceSchema(Strict):
    where = address()
    title = prose(load_default="")
    ref = prose(load_default="")
    sure = fields.String(load_default="V", validate=validate.OneOf(SURES))
    force = fields.String(load_default="LOCAL", validate=validate.OneOf(FORCES))
    read = prose(load_default="")
    note = prose(load_default="")


class RuleUseSchema(Strict):
    use = fields.String(required=True, validate=_KEY)
    rule = fields.String(required=True, validate=_KEY)
    major = fields.Integer(load_default=1, strict=True)
    settings = fields.Dict(load_default=dict)
    # What an export says it came from: none for a rule that was added in a draft; not given in a file written by hand.
    layers = fields.List(prose(), load_default=None, validate=validate.Length(max=20))


class AdoptedSchema(Strict):
    from_ = fields.List(fields.String(), required=True, data_key="from", validate=validate.Length(min=1))
    read = prose(required=True)
    note = prose(load_default="")


class SignedSchema(Strict):
    seat = fields.String(required=True, validate=_KEY)
    on = _Day(required=True)
    how = prose(load_default="")
    former = fields.Boolean(load_default=False)  # a seat of the version before, which this one has no more


# What only a body's arrangement has, and when something begins, which only that and the law have.
OF_A_BODY = (
    "body",
    "entered",
    "until",
    "corrects",
    "open_cases",
    "closures",
    "adopted",
    "signed",
    "organisations",
    "seats",
    "area_codes",
)
BEGINNING = ("begins", "begins_sure", "not_before")


class LayerSchema(Strict):
    """A law edition, a shared pack, or one version of a body's arrangement."""

    format = fields.Integer(required=True, strict=True, validate=validate.Equal(FORMAT, error="This program reads format 1."))
    kind = fields.String(required=True, validate=validate.OneOf(("law", "pack", "arrangement")))
    id = fields.String(required=True, validate=_KEY)
    title = prose(required=True)
    note = prose(load_default="")
    body = fields.String(load_default="", validate=validate.Length(max=60))
    extends = fields.List(fields.String(validate=_LAYER), load_default=list, validate=validate.Length(max=10))
    entered = fields.String(load_default="", validate=validate.OneOf(("", "adopted", "signed", "draft")))
    begins = _Day(load_default=None)
    begins_sure = fields.String(load_default="unknown", validate=validate.OneOf(SURES))
    not_before = _Day(load_default=None)
    until = _Day(load_default=None)
    corrects = fields.String(load_default="", validate=validate.Length(max=80))
    open_cases = fields.String(
        load_default="finish_under_old", validate=validate.OneOf(("finish_under_old", "move_at_next_stage"))
    )
    closures = fields.List(_ClosedDay(), load_default=list, validate=validate.Length(max=2000))
    drop = fields.List(fields.String(validate=_KEY), load_default=list)
    adopted = fields.Nested(AdoptedSchema, load_default=None)
    signed = fields.List(fields.Nested(SignedSchema), load_default=list)
    sources = fields.Dict(keys=fields.String(), values=fields.Nested(SourceSchema), load_default=dict)
    rules = fields.List(fields.Nested(RuleUseSchema), load_default=list, validate=validate.Length(max=100))
    # Who takes part, where this version has it otherwise than the body's own file; each as a whole.
    organisations = fields.List(fields.Nested(lambda: OrganisationSchema()), load_default=None)
    seats = fields.List(fields.Nested(lambda: SeatSchema()), load_default=None)
    area_codes = fields.List(
        fields.String(validate=validate.Regexp(AREA_CODE, error="Give a nine-character area code.")), load_default=None
    )

    @validates_schema(pass_original=True)
    def nothing_is_said_that_is_not_read(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> None:
        kind = data.get("kind")
        if kind == "arrangement":
            if data.get("begins_sure") not in ("V", "unknown"):
                raise ValidationError(
                    'The day on which an arrangement begins is stated, or begins = "unknown" with not_before. Leave this out, and say in the note how it is known.',
                    "begins_sure",
                )
            return
        wrong = {
            name: [f"This is of one body’s arrangement. A {'pack that several share' if kind == 'pack' else 'law edition'} does not have it: take it out, or give it in each body’s own file."]
            for name in (*OF_A_BODY, *(BEGINNING if kind == "pack" else ()))
            if name in original
        }  # fmt: skip
        if wrong:
            raise ValidationError(wrong)

    @validates_schema
    def a_variation_ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("until") and data.get("begins") and data["until"] < data["begins"]:
            raise ValidationError("A temporary variation ends on or after the day it begins.", "until")

    @validates_schema
    @drafts_only
    def area_codes_are_single(self, data: dict[str, Any], **_: Any) -> None:
        codes = data.get("area_codes") or ()
        if twice := next((code for code in codes if codes.count(code) > 1), ""):
            raise ValidationError(f"'{twice}' stands twice.", "area_codes")

    @validates_schema
    @drafts_only
    def sources_are_named(self, data: dict[str, Any], **_: Any) -> None:
        _sources_are_named(data, "organisations", "seats")

    @validates_schema
    def who_takes_part_is_single(self, data: dict[str, Any], **_: Any) -> None:
        for name in ("organisations", "seats"):
            if data.get(name):
                _no_doubles(data, name)

    @validates_schema
    def entry_is_told(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("kind") != "arrangement":
            return
        if not data.get("body"):
            raise ValidationError("Say which body's arrangement this is.", "body")
        if data.get("entered") == "adopted" and not data.get("adopted"):
            raise ValidationError("Say what it was adopted from: [adopted] with 'from' and 'read'.", "adopted")
        if data.get("entered") == "signed" and not data.get("signed"):
            raise ValidationError("Say who signed it: one [[signed]] a lead seat.", "signed")
        if not data.get("entered"):
            raise ValidationError("Say how it was entered: 'adopted', 'signed' or 'draft'.", "entered")


class FootprintSchema(Strict):
    code = fields.String(required=True, validate=validate.Regexp(AREA_CODE, error="Give a nine-character area code."))
    name = prose(required=True)
    from_ = _Day(load_default=None, data_key="from")
    until = _Day(load_default=None)
    sure = fields.String(load_default="V", validate=validate.OneOf(SURES))
    source = fields.String(load_default="")
    note = prose(load_default="")


class OrganisationSchema(Strict):
    key = fields.String(required=True, validate=_KEY)
    name = prose(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(get_args(OrganisationKind)))
    partner = _YesOrNo(load_default=False)
    acts_for = fields.List(fields.String(validate=_KEY), load_default=list)
    source = fields.String(load_default="")
    sure = fields.String(load_default="V", validate=validate.OneOf(SURES))
    note = prose(load_default="")


class SeatSchema(Strict):
    key = fields.String(required=True, validate=_KEY)
    title = prose(required=True)
    role = fields.String(required=True, validate=validate.OneOf(get_args(SeatRole)))
    organisation = fields.String(load_default="")
    deputy = fields.String(load_default="")
    source = fields.String(load_default="")
    sure = fields.String(load_default="V", validate=validate.OneOf(SURES))
    note = prose(load_default="")


class FrontDoorSchema(Strict):
    text = prose(required=True)
    where = address()
    source = fields.String(load_default="")


class ChangeSchema(Strict):
    """A dated change of the body itself: how it came to be, split, merged, or shares something with neighbours."""

    key = fields.String(required=True, validate=_KEY)
    what = fields.String(
        required=True, validate=validate.OneOf(("formed", "renamed", "merged", "split", "joined", "left", "shares", "ended"))
    )
    on = _Day(required=True)
    until = _Day(load_default=None)
    bodies = fields.List(prose(), load_default=list)
    text = prose(required=True)
    source = fields.String(load_default="")
    sure = fields.String(load_default="V", validate=validate.OneOf(SURES))


class CoverageSchema(Strict):
    section = prose(required=True)
    text = prose(required=True)
    sources = fields.List(fields.String(), load_default=list)
    status = fields.String(required=True, validate=validate.OneOf(("enforced", "narrated", "unknown", "not_expressible")))
    by = fields.List(fields.String(), load_default=list)


class BodySchema(Strict):
    """Who a body is."""

    format = fields.Integer(required=True, strict=True, validate=validate.Equal(FORMAT, error="This program reads format 1."))
    id = fields.String(required=True, validate=_BODY)
    name = prose(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(BODY_KINDS))
    synthetic = _YesOrNo(load_default=False)
    national_body = fields.String(load_default="", validate=validate.Length(max=60))
    succeeds = fields.List(fields.String(validate=_BODY), load_default=list)
    until = _Day(load_default=None)
    note = prose(load_default="")
    changes = fields.List(fields.Nested(ChangeSchema), load_default=list)
    footprint = fields.List(fields.Nested(FootprintSchema), load_default=list)
    organisations = fields.List(fields.Nested(OrganisationSchema), load_default=list)
    seats = fields.List(fields.Nested(SeatSchema), load_default=list)
    front_door = fields.Nested(FrontDoorSchema, load_default=None)
    sources = fields.Dict(keys=fields.String(), values=fields.Nested(SourceSchema), load_default=dict)
    facts = fields.List(fields.Nested(CoverageSchema), load_default=list)

    @post_load(pass_original=True)
    def ended(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """A body with a last day ended, also where no source gives that day."""
        return data | {"ended": "until" in original}

    @validates_schema
    def sources_are_named(self, data: dict[str, Any], **_: Any) -> None:
        _sources_are_named(data, "footprint", "organisations", "seats", "changes", "front_door")

    @validates_schema
    def keys_are_single_and_known(self, data: dict[str, Any], **_: Any) -> None:
        organisations = _no_doubles(data, "organisations")
        seats = _no_doubles(data, "seats")
        _no_doubles(data, "changes")
        for seat in data.get("seats", ()):
            if seat["organisation"] and seat["organisation"] not in organisations:
                raise ValidationError(
                    f"Seat '{seat['key']}' names organisation '{seat['organisation']}', which is not listed.", "seats"
                )
            if seat["deputy"] and seat["deputy"] not in seats:
                raise ValidationError(f"Seat '{seat['key']}' names deputy '{seat['deputy']}', which is not a seat.", "seats")


def _sources_are_named(data: Mapping[str, Any], *names: str) -> None:
    """Raise `ValidationError` for each thing of these tables whose source is none of the file's."""
    wrong: dict[str, Any] = {}
    for name in names:
        told = data.get(name) or ()
        for index, one in enumerate([told] if isinstance(told, Mapping) else told):
            if (source := one["source"]) and source not in data.get("sources", {}):
                said = {"source": [f"There is no source '{source[:80]}' in this file. Add {header_of(source[:80])}."]}
                wrong.setdefault(name, {}).update(said if isinstance(told, Mapping) else {index: said})
    if wrong:
        raise ValidationError(wrong)


def _no_doubles(data: Mapping[str, Any], name: str) -> set[str]:
    keys = [entry["key"] for entry in data.get(name, ())]
    doubled = {k for k in keys if keys.count(k) > 1}
    if doubled:
        raise ValidationError(f"'{min(doubled)}' stands twice.", name)
    return set(keys)


@cache
def _made(schema: type[Schema]) -> Schema:
    """A schema holds nothing of what it reads, and making one costs as much as reading a file."""
    return schema()


def check(schema: type[Schema], data: Mapping[str, Any], name: str, *, as_it_is: bool = False) -> dict[str, Any]:
    """The checked values of one file. Raises `ManyErrors` with every mistake in it. `as_it_is`: of what was signed already, which is held
    to no more than it was then (`drafts_only`)."""
    try:
        with nullcontext() if as_it_is else written_now():
            loaded: dict[str, Any] = _made(schema).load(dict(data))
    except ValidationError as error:
        raise ManyErrors(list(_errors(error.messages, f"{name}: ", data))) from error
    return loaded


def _errors(messages: Any, path: str, data: Any) -> list[ThreefoldError]:
    if isinstance(messages, dict):
        return [
            e for k, v in messages.items() for e in (_errors(v, path, data) if _between(k, v, data) else _errors(v, *_below(path, data, k)))
        ]  # fmt: skip
    if isinstance(messages, list):
        return [e for m in messages for e in _errors(m, path, data)]
    return [PackError(plainly(str(messages), data), field=path)]


def _between(key: Any, messages: Any, data: Any) -> bool:
    """Whether it is a word that marshmallow puts between, and no key of the file: of a whole table, or of one key of a table of any keys."""
    if key == "_schema":
        return True
    return key in ("key", "value") and isinstance(data, Mapping) and key not in data and messages != [MISSING]


def _below(path: str, data: Any, key: Any) -> tuple[str, Any]:
    """The path and the value one step further in. A thing of a list is told by its use or key, where it has one, else by its number from 1."""
    inner, named = None, str(key)
    if isinstance(data, Mapping):
        inner = data.get(key)
    elif isinstance(data, list) and isinstance(key, int) and key < len(data):
        inner, named = data[key], called(data[key], key)
    return f"{path.rstrip('.')}{'' if path.endswith(': ') else '.'}{named}", inner
