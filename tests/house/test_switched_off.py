"""The table of defences is the one that `make defences` tries, and each of its rows still finds what it switches off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.proof.defence import Defence
from tests.proof.switched_off import DEFENCES, TABLE, written

ROOT = Path(__file__).parents[2]


def test_the_table_in_the_documents_is_the_one_that_is_tried() -> None:
    assert TABLE.read_text(encoding="utf-8") == written(), "write it again: python -m tests.proof.switched_off --write"


# What is made, by its name; a trigger and a policy belong to a table, and each table has its own of one name.
_MADE = re.compile(
    r"create (?:or replace )?(?:function ([\w.]+)|trigger (\w+) (?:before|after) [\w ]+? on ([\w.]+)|policy (\w+) on ([\w.]+))",
    re.IGNORECASE,
)


def _names(text: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(found.start(), tuple(part.lower() for part in found.groups() if part)) for found in _MADE.finditer(text)]


@pytest.mark.parametrize("one", DEFENCES, ids=lambda one: one.name)
def test_what_is_switched_off_of_a_migration_is_what_stands_in_the_database(one: Defence) -> None:
    """Of a function that a later migration writes anew, an earlier text can be changed and nothing is switched off."""
    for file, before, _ in one.changes:
        if not file.startswith("migrations/versions/"):
            continue
        text = (ROOT / file).read_text(encoding="utf-8")
        made = [name for at, name in _names(text) if at <= text.index(before)]
        if not made:
            continue
        later = [
            p.name
            for p in (ROOT / "migrations" / "versions").glob("0*.sql")
            if p.name > Path(file).name and made[-1] in {name for _, name in _names(p.read_text(encoding="utf-8"))}
        ]
        assert not later, f"{' on '.join(made[-1])} is written anew in {later}: change it there"
