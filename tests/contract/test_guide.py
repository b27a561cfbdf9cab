"""The guide for rule authors is followed to the letter: each block done in its order, each command's words compared."""

from __future__ import annotations

import re
from pathlib import Path

from tests.contract.guide import GUIDE, blocks, desk, fences, printed_as_shown

LONGEST = 2200  # words: what is read and typed in twenty minutes


def test_every_fenced_block_has_a_name_of_its_own_and_says_where_it_goes() -> None:
    found = blocks()
    assert fences() == len(found), "a fenced block without <!-- code: name --> before it is run by nothing"
    names = [block.name for block in found]
    assert sorted(names) == sorted(set(names))
    for block in found:
        assert (block.kind == "console") == (not block.file), block.name
        assert not block.file or f"`{block.file}`" in block.before, f"{block.name}: a reader is not told of {block.file}"
        assert block.kind != "console" or block.text.startswith("$ "), block.name


def test_what_it_says_to_set_up_brings_what_its_commands_need() -> None:
    """Its blocks are run here where everything is installed; a reader has what the guide has them set up."""
    text = GUIDE.read_text(encoding="utf-8")
    (target,) = re.findall(r"set up with `make (\w+)`", text)
    makefile = (GUIDE.parents[1] / "Makefile").read_text(encoding="utf-8")
    (needs,) = re.findall(rf"^{target}:([^#\n]*)", makefile, re.MULTILINE)
    assert "pytest" not in text or "$(VENV)/.dev-ready" in needs.split()


def test_it_can_be_read_in_twenty_minutes() -> None:
    assert len(GUIDE.read_text(encoding="utf-8").split()) <= LONGEST


def test_the_guide_works_as_it_is_written(tmp_path: Path) -> None:
    author = desk(tmp_path)
    for block in blocks():
        printed = author.follow(block)
        assert block.kind != "console" or printed_as_shown(block.text, printed), f"{block.name} printed:\n{printed}"
