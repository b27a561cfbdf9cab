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


_MADE = re.compile(r"create (?:or replace )?(?:function|trigger|policy) (?:if not exists )?([\w.]+)", re.IGNORECASE)


@pytest.mark.parametrize("one", DEFENCES, ids=lambda one: one.name)
def test_what_is_switched_off_of_a_migration_is_what_stands_in_the_database(one: Defence) -> None:
    """Of a function that a later migration writes anew, an earlier text can be changed and nothing is switched off."""
    for file, before, _ in one.changes:
        if not file.startswith("migrations/versions/"):
            continue
        text = (ROOT / file).read_text(encoding="utf-8")
        made = [found for found in _MADE.finditer(text) if found.start() <= text.index(before)]
        if not made:
            continue
        name = re.escape(made[-1][1])
        anew = re.compile(rf"create (?:or replace )?(?:function|trigger|policy) (?:if not exists )?{name}\b", re.IGNORECASE)
        later = [
            p.name
            for p in (ROOT / "migrations" / "versions").glob("0*.sql")
            if p.name > Path(file).name and anew.search(p.read_text(encoding="utf-8"))
        ]
        assert not later, f"{made[-1][1]} is written anew in {later}: change it there"


@pytest.mark.parametrize("one", DEFENCES, ids=lambda one: one.name)
def test_what_is_switched_off_stands_once_in_its_file(one: Defence) -> None:
    for file, before, after in one.changes:
        assert (ROOT / file).read_text(encoding="utf-8").count(before) == 1 and before != after
