"""What partners write, read into paragraphs and lists: real lists, and nothing lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threefold.governance.prose import Block, blocks


def paragraph(text: str) -> Block:
    return Block("paragraph", (text,))


@pytest.mark.parametrize(("text", "read"), [
    ("", ()),
    ("One line", (paragraph("One line"),)),
    ("One line\nand the next\n\nAnother\n\n\nThird", (paragraph("One line\nand the next"), paragraph("Another"), paragraph("Third"))),
    ("We meet:\n- weekly\n- when asked\nAnd so on.", (paragraph("We meet:"), Block("points", ("weekly", "when asked")), paragraph("And so on."))),
    ("• one\r\n* two\r\n– three", (Block("points", ("one", "two", "three")),)),
    ("- one\n\n- two\n   goes on\n\nAfter", (Block("points", ("one", "two\ngoes on")), paragraph("After"))),
    ("1. one\n2. two\n\n3) three", (Block("numbered", ("one", "two", "three")),)),
    ("Steps\n1. one\nThen:\n2. two\n3. three", (
        paragraph("Steps"), Block("numbered", ("one",)), paragraph("Then:"), Block("numbered", ("two", "three"), 2))),
    ("12. March was the day", (paragraph("12. March was the day"),)),
    ("See page\n14. It says so.", (paragraph("See page\n14. It says so."),)),
    ("1. one\n- a\n- b\n2. two", (Block("numbered", ("one",)), Block("points", ("a", "b")), Block("numbered", ("two",), 2))),
    ("1999. 2000\n1.5 days\n-minus\n*star*", (paragraph("1999. 2000\n1.5 days\n-minus\n*star*"),)),
    ("5. five\n6. six", (Block("numbered", ("five", "six"), 5),)),
])  # fmt: skip
def test_paragraphs_and_lists(text: str, read: tuple[Block, ...]) -> None:
    assert blocks(text) == read


LINES = st.sampled_from(("- ", "• ", "1. ", "2. ", "3) ", "", "  ", "\t")).flatmap(
    lambda mark: st.text("ab <&. -1\n", max_size=8).map(mark.__add__)
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_no_word_is_lost_and_none_is_made(text: str) -> None:
    def words(told: str) -> str:
        return re.sub(r"[\s•*–.)\d-]", "", told)

    assert "".join(words(one) for block in blocks(text) for one in block.texts) == words(text)
    assert all(one.strip() for block in blocks(text) for one in block.texts)


def test_the_longest_text_is_read_at_once() -> None:
    started = time.process_time()
    for text in ("1. a\n\n" * 3400, "- \n" * 6600, "\n" * 20_000, "1. " * 6600, " " * 20_000 + "x", "7. a\nb\n" * 2800):
        blocks(text)
    assert time.process_time() - started < 2
