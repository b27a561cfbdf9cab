"""What marshmallow says of a wrong value, in plain words: its own are for programmers."""

from __future__ import annotations

import re
from typing import Any

MISSING = "Missing data for required field."
UNKNOWN = "Unknown field."

# What it says; what is said of a named setting (“day” ...); what is said to somebody who writes a file. None: nothing of a setting.
_WORDS: dict[str, tuple[str | None, str]] = {
    UNKNOWN: (None, "There is no such key here; check its spelling."),
    MISSING: ("is missing", "This key is needed and is missing."),
    "Field may not be null.": ("is empty", "This is empty. Give a value, or leave the key out."),
    "Not a valid integer.": ("is not a whole number", "Give a whole number, without quotes."),
    "Not a valid number.": ("is not a number", "Give a number, without quotes."),
    "Not a valid string.": ("is not text", "Give text, in quotes."),
    "Not a valid boolean.": ("is neither yes nor no", "Give true or false, without quotes."),
    "Not a valid list.": ("is not a list", "Give a list, in square brackets."),
    "Invalid input type.": ("is not a group of settings", "Give a table of keys and values."),
    "Not a valid mapping type.": ("is not a group of settings", "Give a table of keys and values."),
    "String does not match expected pattern.": ("is not written in the way it must be", "This is not written in the way it must be."),
}  # fmt: skip
_SHAPES = (
    (re.compile(r"Must be one of: (?:, )?(.*)\.$", re.DOTALL), r"Choose one of: \1."),
    (re.compile(r"Must be g\w+ than or equal to (\S+) and less than or equal to (\S+)\."), r"Give a number from \1 to \2."),
    (re.compile(r"Must be g\w+ than or equal to (\S+)\."), r"Give \1 or more."),
    (re.compile(r"Must be less than or equal to (\S+)\."), r"Give \1 or less."),
    (re.compile(r"Longer than maximum length (\d+)\."), r"This is too long: at most \1{of}."),
    (re.compile(r"Shorter than minimum length (\d+)\."), r"This is too short: at least \1{of}."),
    (re.compile(r"Length must be between (\d+) and (\d+)\."), r"This must be from \1 to \2{of} long."),
    (re.compile(r"Length must be (\d+)\."), r"This must be \1{of} long."),
)


def of_a_setting(message: str) -> str | None:
    """What comes after the name of a setting, such as "is not a whole number"; None where it is not said in that way."""
    return _WORDS.get(message, (None, ""))[0]


def plainly(message: str, value: Any = None) -> str:
    """The message as a sentence of its own; one that is ours already stays as it is. `value`: what it is said of: a text is counted in
    characters and a list in entries."""
    if message in _WORDS:
        return _WORDS[message][1]
    for shape, words in _SHAPES:
        if found := shape.fullmatch(message):
            counted = " characters" if isinstance(value, str) else " entries" if isinstance(value, list) else ""
            return found.expand(words).replace("{of}", counted)
    return message
