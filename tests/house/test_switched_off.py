"""The table of defences is the one that `make defences` tries, and each of its rows still finds what it switches off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.defence import Defence
from tests.proof.switched_off import DEFENCES, TABLE, written

ROOT = Path(__file__).parents[2]


def test_the_table_in_the_documents_is_the_one_that_is_tried() -> None:
    assert TABLE.read_text(encoding="utf-8") == written(), "write it again: python -m tests.proof.switched_off --write"


@pytest.mark.parametrize("one", DEFENCES, ids=lambda one: one.name)
def test_what_is_switched_off_stands_once_in_its_file(one: Defence) -> None:
    for file, before, after in one.changes:
        assert (ROOT / file).read_text(encoding="utf-8").count(before) == 1 and before != after
