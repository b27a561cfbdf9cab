"""A source keeps the name it has in the file it came from, so that two exports differ only where an arrangement does."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from difflib import ndiff
from pathlib import Path

import pytest

from tests.arrangements.vale import LIBRARY, NOW_IN_FORCE
from threefold.governance.arrangement import Arrangement
from threefold.governance.drafts import as_arrangement, begin_from, put
from threefold.governance.pack import read_arrangement
from threefold.governance.pack_export import to_toml
from threefold.governance.source_names import all_named, in_use

BY_HAND = """format = 1
kind = "arrangement"
id = "april"
title = "April"
body = "example-vale"
entered = "draft"
begins = 2027-04-01

[sources.S7]
ref = "Seven"

[sources."a page"]
ref = "A page"
where = "https://www.example.org/page"

[sources.S3]
ref = "Nobody names this"

[[rules]]
use = "told"
rule = "narrative"
settings = { statements = [
  { key = "one", title = "One", text = "1", source = "a page" },
  { key = "two", title = "Two", text = "2", source = "S7" },
  { key = "three", title = "Three", text = "3", source = "a page", sure = "K" },
] }
"""
STATEMENTS = ("rules", "told", "statements")


def read(text: str, folder: Path) -> Arrangement:
    file = folder / "file.toml"
    file.write_text(text, encoding="utf-8")
    return read_arrangement(file, file.name, LIBRARY.bodies["example-vale"])


def names(text: str) -> list[str]:
    return re.findall(r"^\[sources\.(.*)\]$", text, re.MULTILINE)


def test_names_and_their_order_are_those_of_the_file_and_once_more_to_the_byte(tmp_path: Path) -> None:
    once = to_toml(read(BY_HAND, tmp_path))
    assert names(once) == ["S7", '"a page"', '"a page-K"'], "and of what is less sure there, a name of its own that stays"
    assert to_toml(read(once, tmp_path)) == once


def test_a_new_source_in_front_of_all_changes_no_other_line(tmp_path: Path) -> None:
    draft = begin_from(read(BY_HAND, tmp_path), "next", "Next")
    before = to_toml(as_arrangement(draft))
    new = {"key": "none", "title": "None", "text": "0", "source": {"ref": "New", "force": "LOCAL", "sure": "V", "where": ""}}
    after = to_toml(as_arrangement(put(draft, STATEMENTS, [new, *draft["uses"][0]["settings"]["statements"]])))
    changed = [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert [line for line in changed if not line.startswith(("- settings", "+ settings"))] == [
        "+ [sources.S8]", '+ ref = "New"', '+ sure = "V"', '+ force = "LOCAL"', '+ where = ""', "+ ",
    ]  # fmt: skip
    told = {one["key"]: one["source"] for one in tomllib.loads(after)["rules"][0]["settings"]["statements"]}
    assert told == {"none": "S8", "one": "a page", "two": "S7", "three": "a page-K"}


def test_a_name_that_was_in_use_once_is_given_to_nothing_else_in_the_same_draft(tmp_path: Path) -> None:
    read_in = read(BY_HAND, tmp_path)
    without = replace(read_in, uses=())
    other = {"ref": "Other", "where": ""}
    assert [name for name, _ in all_named(without.source_names, [{"source": other}])] == ["S7", "a page", "a page-K", "S8"]
    assert names(to_toml(without)) == [] and in_use(without.source_names, []) == ()


def test_names_are_no_part_of_what_is_signed_nor_of_what_is_kept_apart() -> None:
    bare = replace(NOW_IN_FORCE, source_names=())
    assert NOW_IN_FORCE.source_names and bare == NOW_IN_FORCE
    assert (bare.signed_hash, bare.content_hash) == (NOW_IN_FORCE.signed_hash, NOW_IN_FORCE.content_hash)
    assert Arrangement.from_stored(NOW_IN_FORCE.stored()).source_names == NOW_IN_FORCE.source_names


@pytest.mark.parametrize("name", ["S1", "a page", 'with "quotes"', "a.b", ""])
def test_any_name_that_a_file_may_give_is_written_so_that_it_is_read_again(name: str, tmp_path: Path) -> None:
    source = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": ""}
    version = replace(
        NOW_IN_FORCE,
        source_names=((name, source),),
        uses=(replace(NOW_IN_FORCE.uses[0], settings={"source": source}),),
        adopted_from=(),
    )
    assert [*tomllib.loads(to_toml(version))["sources"]] == [name]
