"""Days and moments as they are read from outside: within the years a record can speak of.

Beyond these years arithmetic on dates runs out of calendar, and a slip of the pen ("0206") would be taken for a fact.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields

FIRST_YEAR, LAST_YEAR = 1900, 2199
IN_RECORD = f"Give a day in the years {FIRST_YEAR} to {LAST_YEAR}."


def in_record(moment: date | datetime) -> None:
    """Refuse a day outside the years a record can speak of; to be used as `validate=` of any date or time that comes in."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(IN_RECORD)


class DayOrMoment(fields.Field[date | datetime]):
    """A date, or a time with its offset where hours count."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date | datetime:
        if not isinstance(value, str):
            raise ValidationError("Give a date such as 2026-03-30, or a time with its offset.")
        try:
            moment = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError as error:
            raise ValidationError("Give a date such as 2026-03-30, or a time with its offset.") from error
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise ValidationError("Give the time with its offset, such as 2026-03-31T00:30:00+01:00.")
        in_record(moment)
        return moment

    def _serialize(self, value: date | datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return value.isoformat() if value else None
