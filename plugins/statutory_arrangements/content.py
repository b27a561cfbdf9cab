"""What published arrangements must tell, requirement by requirement (A1 to A18), and which of it an arrangement leaves out.

In plain words: guidance lists what an area's published arrangements say: who the partners are, which areas they cover, how
schools take part, how disagreements are settled. Each edition of the law says which of these it asks for, from which day,
and where that comes from. What an arrangement holds is judged from who stands in it and what its rules provide; what can
only be told in words counts where a statement is made under its section, or says that it answers the requirement.

Source: rows A1 to A18 of the domain notes (section 6), from Working Together 2018 to 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from plugins.statutory_arrangements.told import (
    PARTS,
    Gap,
    areas,
    disputes,
    funds,
    in_words,
    local_reviews,
    named_partners,
    relevant_agencies,
    roles,
    scrutinised,
)
from threefold.plugin_api import ArrangementView, Objection, Source, SourceField

ROWS: dict[str, str] = {
    "A1": "Who the safeguarding partners are",
    "A2": "Which areas are covered",
    "A3": "How the partners work together",
    "A4": "Commissioning and publishing local reviews",
    "A5": "Independent scrutiny",
    "A6": "Relevant agencies: which, why and how they work together",
    "A7": "Early years settings, schools and other education",
    "A8": "Youth custody and children's residential homes",
    "A9": "Use of data and intelligence",
    "A10": "Training across agencies, and audits",
    "A11": "Funding",
    "A12": "Learning from reviews",
    "A13": "The voice of children and families",
    "A14": "The threshold document",
    "A15": "Lead and delegated partners, the chair, delegation and business support",
    "A16": "Settling disagreements",
    "A17": "Looked-after children, accountability, inequalities and data-sharing",
    "A18": "Designated agencies and multi-agency child protection teams",
}

Judged = Callable[[ArrangementView, date | None], Gap | None]
# What is told by who stands in the arrangement, with or without words beside it.
_STANDS: dict[str, Judged] = {"A1": named_partners, "A2": areas, "A15": roles}
# What a rule tells; a statement in words does as well.
_RULES: dict[str, Judged] = {
    "A4": local_reviews, "A5": scrutinised, "A6": relevant_agencies, "A11": funds, "A16": disputes,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Required:
    """One requirement as an edition of the law asks it. `to_confirm`: parts of it whose source was not re-read."""

    row: str
    source: Source
    begins: date | None = None  # None: from the edition's own first day
    commenced: bool = True
    may_from: date | None = None  # the first day on which it may already be asked, where the day itself is not known
    to_confirm: tuple[str, ...] = ()

    def applies(self, on: date | None) -> bool:
        """Whether it is asked on a day. On a day that is not known, only what has no first day of its own is asked."""
        return self.commenced and (self.begins is None or (on is not None and on >= self.begins))

    @property
    def asked_from(self) -> str:
        """When it is asked, in plain words."""
        if not self.commenced and self.may_from:
            return f"It may be asked from {self.may_from:%-d %B %Y} on: the day is not known."
        if not self.commenced:
            return "Not asked yet: it has not come into force."
        return f"Asked from {self.begins:%-d %B %Y}." if self.begins else "Asked from the first day of this edition."


class DayField(fields.Field[date]):
    """A day: as TOML gives it, or as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("Give a date such as 2027-09-01.") from error


class RequiredSchema(Schema):
    """One requirement that an edition of the law asks of published arrangements."""

    class Meta:
        unknown = "raise"

    row = fields.String(required=True, validate=validate.OneOf(tuple(ROWS)), metadata={"label": "Requirement", "words": ROWS})
    begins = DayField(load_default=None, allow_none=True, data_key="from", metadata={
        "label": "Asked from", "hint": "Leave empty where it is asked from the edition's own first day."})  # fmt: skip
    commenced = fields.Boolean(load_default=True, metadata={
        "label": "Has it come into force?", "hint": "Until it has, it is asked of nobody."})  # fmt: skip
    may_from = DayField(load_default=None, allow_none=True, metadata={
        "label": "May be asked from", "hint": "Where it is not known whether or since when it is in force: the first possible day."})  # fmt: skip
    to_confirm = fields.List(
        fields.String(), load_default=list, metadata={"label": "Parts of it whose source is to be confirmed"}
    )
    source = SourceField()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Required:
        strange = [part for part in data["to_confirm"] if part not in PARTS.get(data["row"], {})]
        if strange:
            raise ValidationError(f"{data['row']} has no part '{strange[0]}'.", "to_confirm")
        return Required(**{**data, "to_confirm": tuple(data["to_confirm"])})


def each_once(required: list[Required]) -> None:
    """Raise `ValidationError` where an edition asks for a requirement twice."""
    rows = [r.row for r in required]
    for row in rows:
        if rows.count(row) > 1:
            raise ValidationError(f"'{row}' stands twice. Keep one.")


def content(arrangement: ArrangementView, on: date | None, required: Iterable[Required]) -> Iterable[Objection]:
    """One objection for each requirement of `required` that is asked on the day and that the arrangement does not tell."""
    for one in required:
        if not one.applies(on):
            continue
        gap = gap_in(arrangement, on, one.row)
        if gap is not None:
            yield _said(arrangement, one, gap)


def not_yet(arrangement: ArrangementView, on: date | None, required: Iterable[Required]) -> Iterable[Objection]:
    """One note of all that may be asked already of what begins on that day, by law whose day is not known, and is not told.

    Only of what partners sign here: what was adopted was published before.
    """
    begins = arrangement.begins or on
    if arrangement.entered == "adopted" or begins is None:
        return
    found = [(one, gap) for one in required if not one.commenced and one.may_from and begins >= one.may_from
             and (gap := gap_in(arrangement, on, one.row)) is not None]  # fmt: skip
    if not found:
        return
    told = "; ".join(f"{gap.what} ({one.row})" for one, gap in found)
    refs = "; ".join(f"{one.row}: {one.source.ref}" for one, _ in found)
    # With no force of its own until its day is known: it is noted, and stops and asks for nothing.
    yield Objection(
        "content/may-apply", "in_force",
        f"The arrangements do not say {told}. This may be asked of them already: no source here gives the day. Look again when it is known.",
        Source(refs, "LOCAL", "K"), field=found[0][1].field,
    )  # fmt: skip


def gap_in(arrangement: ArrangementView, on: date | None, row: str) -> Gap | None:
    """What the arrangement leaves out of one requirement; None where it tells it."""
    if row in _STANDS:
        return _STANDS[row](arrangement, on)
    words = in_words(arrangement, row)
    return _RULES[row](arrangement, on) if words is not None and row in _RULES else words


def _said(arrangement: ArrangementView, one: Required, gap: Gap) -> Objection:
    """What partners sign here departs from guidance where it does not say it. Of a page that was adopted it is only known
    that what was read does not say it: that is warned of, whatever asks for it, and never refused."""
    sure = "K" if set(gap.parts) & set(one.to_confirm) else one.source.sure
    source = replace(one.source, ref=f"{one.row}: {one.source.ref}", sure=sure)
    key, field = f"content/{one.row}", gap.field
    if arrangement.entered == "adopted":
        told = f"Not stated in the published pages: {gap.what}."
        return Objection(key, "in_force", told, replace(source, force="PG"), field=field)
    return Objection(key, "in_force", f"The arrangements do not say {gap.what.rstrip('. ')}.", source, field=field, warns=True)


__all__ = ["PARTS", "ROWS", "Gap", "Required", "RequiredSchema", "content", "each_once", "gap_in", "not_yet"]
