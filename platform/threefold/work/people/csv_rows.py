"""The one place where a line of CSV is written: a cell that a spreadsheet would run as a formula is written as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# What begins a formula, in letters of either width; and what some programs pass over before it.
_BEGINS = tuple("=+-@|\uff1d\uff0b\uff0d\uff20")
_BREAKS = tuple("\t\r\n")


def csv_line(values: Iterable[object]) -> str:
    """The cells as one line with its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(str(value)) for value in values])
    return out.getvalue()


def _cell(text: str) -> str:
    return (
        f"'{text}" if text.startswith(_BREAKS) or text.lstrip(" \u00a0\ufeff\u200b").startswith((*_BEGINS, *_BREAKS)) else text
    )
