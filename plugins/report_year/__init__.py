"""The area's own report year, and when its yearly report is due.

In plain words: the yearly report covers a year of the area's own, such as April to March or October to September. Where the
area gives a day by which it is due, that is a local date beside the statutory one. Where it gives none, none is made up.

Source: each area's published arrangements; Children Act 2004, section 16G(7) for the report itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from threefold.plugin_api import Card, Days, Facts, Provided, Rule, Source, SourceField, Step, add_months, answers, drafts_only
from threefold.plugin_api import Config as Settings

MONTHS = tuple(f"{date(2001, month, 1):%B}" for month in range(1, 13))


class DayOfYearSchema(Schema):
    """A day of the year, in no year."""

    class Meta:
        unknown = "raise"

    day = fields.Integer(required=True, strict=True, validate=validate.Range(1, 31), metadata={"label": "Day"})
    month = fields.Integer(required=True, strict=True, validate=validate.Range(1, 12), metadata={"label": "Month"})

    @validates_schema
    def is_a_day(self, data: dict[str, Any], **_: Any) -> None:
        try:
            date(2001, data["month"], data["day"])
        except (KeyError, ValueError) as error:
            raise ValidationError("There is no such day in every year.", "day") from error


class ReportYear(Rule):
    """The area's own report year. Source: each area's published arrangements."""

    card = Card(
        id="report-year",
        major=1,
        title="Report year",
        summary="Which year the yearly report covers, when it is due locally, and to whom it goes.",
        source=Source("The area's published arrangements", "LOCAL", "V"),
        owner="Threefold maintainers",
        review_by=date(2027, 11, 1),
        reads=frozenset({"review.events.yearly_report_period_ended", "review.events.yearly_report_published"}),
    )

    class Config(Settings):
        begins = fields.Nested(
            DayOfYearSchema,
            load_default=None,
            allow_none=True,
            metadata={"label": "The year begins on", "hint": "Empty: not stated.", "asked": "always"},
        )
        ends = fields.Nested(
            DayOfYearSchema,
            load_default=None,
            allow_none=True,
            metadata={"label": "The year ends on", "hint": "Empty: not stated.", "asked": "always"},
        )
        due = fields.Nested(
            DayOfYearSchema,
            load_default=None,
            allow_none=True,
            metadata={"label": "The report is due on", "hint": "Empty: not stated.", "asked": "always"},
        )
        months = fields.Integer(
            load_default=12, strict=True, validate=validate.Range(1, 36), metadata={"label": "How many months it covers"}
        )
        goes_to = fields.List(
            fields.String(validate=validate.Length(1, 200)), load_default=list, metadata={"label": "Who gets it"}
        )
        source = SourceField()

        @validates_schema
        def a_year_has_both_ends(self, data: dict[str, Any], **_: Any) -> None:
            if bool(data.get("begins")) != bool(data.get("ends")):
                raise ValidationError("Give both the first and the last day of the year, or neither.", "ends")

        @validates_schema
        @drafts_only
        def its_days_are_its_months(self, data: dict[str, Any], **_: Any) -> None:
            begins, ends, months = data.get("begins"), data.get("ends"), data.get("months", 12)
            if not begins or not ends:
                return
            last = add_months(date(2001, begins["month"], begins["day"]), months) - timedelta(days=1)
            if (last.month, last.day) != (ends["month"], ends["day"]):
                length = f"{months} {'month' if months == 1 else 'months'}"
                said = f"From {_said(begins)} to {_said(ends)} are not {length}. Change one of the days, or how many months it covers."
                raise ValidationError(said, "ends")

    def provides(self) -> Iterable[Provided]:
        s = self.settings
        to = f" It goes to {', '.join(s['goes_to'])}." if s["goes_to"] else ""
        due = f" It is due by {_said(s['due'])}." if s["due"] else " No local due date is stated."
        months = f"{s['months']} {'month' if s['months'] == 1 else 'months'}"
        length = "" if s["months"] == 12 else f", {months}" if s["begins"] else f"; it covers {months}"
        year = (
            f"From {_said(s['begins'])} to {_said(s['ends'])}{length}."
            if s["begins"]
            else f"Which year it covers is not stated{length}."
        )
        yield Provided("report_year", "year", "Report year", f"{year}{due}{to}", s["source"], (
            ("begins", _said(s["begins"]) if s["begins"] else None), ("ends", _said(s["ends"]) if s["ends"] else None), ("due", _said(s["due"]) if s["due"] else None), ("goes_to", tuple(s["goes_to"])), ("months", s["months"])))  # fmt: skip

    @answers
    def steps(self, facts: Facts, days: Days) -> Iterable[Step]:
        ended = facts.review.on("yearly_report_period_ended")
        if ended is None or self.settings["due"] is None:
            return
        day = self.settings["due"]
        due = date(ended.year, day["month"], day["day"])
        due = due if due > ended else date(ended.year + 1, day["month"], day["day"])
        yield Step(
            "yearly-report", "Publish the yearly report", "yearly-report", f"Local target: by {due:%-d %B %Y}.", self.settings["source"],
            ("review.events.yearly_report_period_ended", "review.events.yearly_report_published"), False, "yearly_report_period_ended",
            starts_on=ended, due_on=due, who="business_manager", ends_with="yearly_report_published",
            done_on=facts.review.on("yearly_report_published"),
        )  # fmt: skip


def _said(day: dict[str, int]) -> str:
    return f"{day['day']} {MONTHS[day['month'] - 1]}"
