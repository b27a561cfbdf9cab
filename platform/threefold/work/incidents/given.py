"""An answer as a case keeps it: with who gave it and when, by page and by program alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


def fact_json(old: Any, value: Any, known_on: date | None, given_by: str, given_on: date) -> Any:
    """A fact in JSON: the old one where nothing changed, else the new value with who gave it and when."""
    known = known_on.isoformat() if known_on else None
    shown = value.isoformat() if isinstance(value, date) else value
    before = (old.get("value"), old.get("known_on")) if isinstance(old, Mapping) else (old, None)
    if old is not None and before == (shown, known):
        return old
    return {"value": shown, "known_on": known, "given_by": given_by, "given_on": given_on.isoformat()}
