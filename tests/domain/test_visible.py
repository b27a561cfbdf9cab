"""What can be seen of a text, and what is left of it without the ends that cannot."""

from __future__ import annotations

import pytest

from threefold.domain.visible import is_visible, read_as, trimmed

NOTHING = ["", " ", "\u00a0", "\u200b", "\u200b \u2060\n", "\u200d", "\ufeff", "\u00ad", "\u202e", "\u2066\u2069", "\u3164", "\u2800", "\u115f", "\U000e0041", "\t\r\n", "\x85", "\u2028", "\ufe0f"]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_of_which_nothing_can_be_seen_is_empty(text: str) -> None:
    assert not is_visible(text) and trimmed(text) == ""
    assert is_visible(f"{text}a{text}") and trimmed(f"{text}12{text}").rstrip("\ufe0f") == "12"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12\u200b", "12"), ("\u202e12", "12"), ("  a\u200bb \n", "a\u200bb"), ("क्\u200dष", "क्\u200dष"), ("é e\u0301", "é e\u0301"),
        ("❤\ufe0f ", "❤\ufe0f"), ("- one\n- two\n", "- one\n- two"), ("🏴", "🏴"),
    ],
)  # fmt: skip
def test_what_can_be_seen_stays_as_it_was_written(text: str, kept: str) -> None:
    assert trimmed(text) == kept and trimmed(kept) == kept


def test_two_texts_that_look_the_same_are_read_as_one() -> None:
    assert read_as("Youth  caf\u00e9 ") == read_as("youth cafe\u0301\u200b") == "youth caf\u00e9"
    assert read_as("Cafe") != read_as("Caf\u00e9")
