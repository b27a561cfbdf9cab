"""CSV is written in one place, and no cell of it is run by a spreadsheet."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest

from threefold.work.people.csv_rows import csv_line

RUN = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|x", "  =cmd|' /C calc'!A0", "\u00a0=1", "\ufeff=1", "\uff1d1+1", "\uff20SUM(A1)"]  # fmt: skip


@pytest.mark.parametrize("cell", RUN)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert _read(csv_line([cell, "after"])) == [f"'{cell}", "after"]


@pytest.mark.parametrize("cell", ["", "a=1", "2027-03-09", "12", "Case 2027-0001", 'O\'Neill, "and" others'])
def test_what_does_not_stays_as_it_is(cell: str) -> None:
    assert _read(csv_line([cell])) == [cell]


def test_csv_is_written_in_that_one_place(project: Path) -> None:
    found = []
    for path in sorted((project / "platform").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {a.name for a in node.names} if isinstance(node, ast.Import) else {getattr(node, "module", "")}
            if isinstance(node, ast.Import | ast.ImportFrom) and "csv" in names:
                found.append(path.name)
    assert found == ["csv_rows.py"]


def _read(line: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(line, newline=""))
    return row
