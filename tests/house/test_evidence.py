"""What the documents claim is shown by tests that exist: each named file, and each named test in it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.proof.switched_off import DEFENCES

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "threat-model.md",
    "asvs.md",
    "defences.md",
    "cryptography.md",
    "data-levels.md",
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
COMMANDS = re.compile(r"`make (\w+)")


def _tests_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = set(NAMED.findall(text))
    assert named
    missing = [
        f"{file}::{test}" if test else file
        for file, test in sorted(named)
        if not (ROOT / file).is_file() or (test and test not in _tests_in(ROOT / file))
    ]
    assert not missing, missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_a_document_names_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(COMMANDS.findall((ROOT / "docs" / document).read_text(encoding="utf-8"))) <= targets


def test_every_requirement_of_the_standard_says_how_it_stands() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if re.match(r"\| \d+\.\d+\.\d+ ", line)]
    assert len(rows) > 150 and len({row[1].strip() for row in rows}) == len(rows)
    for row in rows:
        stands = row[3].strip()
        assert stands in ("met", "in part", "not met", "operator", "does not apply"), row[1]
        assert stands != "met" or "`" in row[4] or "](" in row[4], f"{row[1].strip()} is said to be met and shows nothing"


def test_the_counts_at_the_head_of_the_standard_s_table_are_those_of_its_rows() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    stands = Counter(line.split("|")[3].strip() for line in text.splitlines() if re.match(r"\| \d+\.\d+\.\d+ ", line))
    assert (
        f"{stands['met']} met, {stands['in part']} in part, {stands['not met']} not met, {stands['operator']} the operator's, "
        f"{stands['does not apply']} do not apply." in text
    )


def test_every_link_between_the_documents_leads_somewhere() -> None:
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    lost = [
        f"{file.relative_to(ROOT)}: {link}"
        for file in files
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8"))
        if "://" not in link and not (file.parent / link).exists()
    ]
    assert not lost, lost


def test_each_defence_can_still_be_switched_off() -> None:
    """What a row of the defences takes away stands once in its file, and its test exists: the long run tries them."""
    rows = [(one, file, words) for one in DEFENCES for file, words, _ in one.changes]
    moved = [f"{one.name}: {file}" for one, file, words in rows if (ROOT / file).read_text(encoding="utf-8").count(words) != 1]
    tests = sorted({one.test.partition("[")[0] for one in DEFENCES})  # a file, or one test in it
    gone = [t for t in tests for file, _, name in [t.partition("::")] if name and name not in _tests_in(ROOT / file)]
    gone += [t for t in tests if not (ROOT / t.partition("::")[0]).is_file()]
    assert not moved and not gone, (moved, gone)
