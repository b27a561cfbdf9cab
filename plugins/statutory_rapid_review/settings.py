"""The dated settings of the rapid review: what starts its clock, and its aims, each from its day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from threefold.plugin_api import EVENTS, SourceField

AIMS = {
    "facts": "Gather the facts, so far as they can be readily established",
    "facts_in_detail": "Gather the facts, with detail of how agencies were involved and an analysis of key practice episodes",
    "safety": "Discuss what is done at once to make children safe, and share learning",
    "improvement": "Consider the potential for improvement",
    "inequalities": "Understand the context of children's and families' lives, racism and other inequalities included",
    "next_steps": "Decide on next steps, a local review included",
}

# RR-7: what the Panel's guidance of 2022 expects in a rapid review. Told, not tested.
CONTENTS = {
    "overview": "An overview of the incident, with dates",
    "household": "The household or a genogram",
    "identity": "Ethnicity, culture and disability",
    "involvement": "Each agency's involvement",
    "appraisal": "A critical appraisal, not only a chronology",
    "voice": "The child's voice",
    "safety": "The immediate safeguarding of brothers and sisters",
    "learning": "Learning already identified, and actions",
    "factors": "How the factors of regulation 11 were applied",
    "decision": "The decision on a local review and, if there is to be one, its scope and lines of enquiry",
    "sign_off": "Sign-off by all safeguarding partners",
}


class DayField(fields.Field[date]):
    """A day: as TOML gives it, or as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("Give a date such as 2025-06-01.") from error


class ClockSchema(Schema):
    """What starts the clock of a review notified on or after a day."""

    class Meta:
        unknown = "raise"

    from_ = DayField(required=True, data_key="from", metadata={"label": "Notified on or after"})
    event = fields.String(required=True, validate=validate.OneOf(tuple(EVENTS)), metadata={"label": "The clock starts with"})
    source = SourceField()


class AimSchema(Schema):
    """One aim of a rapid review, and the days of notification it is for: from its first day, before its last."""

    class Meta:
        unknown = "raise"

    aim = fields.String(required=True, validate=validate.OneOf(tuple(AIMS)), metadata={"label": "Aim"})
    from_ = DayField(load_default=date.min, data_key="from", metadata={"label": "Notified on or after"})
    until = DayField(load_default=date.max, metadata={"label": "Notified before"})
    source = SourceField()
