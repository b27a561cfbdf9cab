"""What marshmallow says of a wrong value, in the words of somebody who writes an arrangement."""

from __future__ import annotations

import re

_WORDS = {
    "Unknown field.": "There is no such key here; check its spelling.",
    "Missing data for required field.": "This key is needed and is missing.",
    "Field may not be null.": "This is empty. Give a value, or leave the key out.",
    "Not a valid integer.": "Give a whole number, without quotes.",
    "Not a valid number.": "Give a number, without quotes.",
    "Not a valid string.": "Give text, in quotes.",
    "Not a valid boolean.": "Give true or false, without quotes.",
    "Not a valid list.": "Give a list, in square brackets.",
    "Invalid input type.": "Give a table of keys and values.",
    "Not a valid mapping type.": "Give a table of keys and values.",
    "String does not match expected pattern.": "This is not written in the way it must be.",
}
_SHAPES = (
    (re.compile(r"Must be one of: (.*)\.$", re.DOTALL), r"Choose one of: \1."),
    (re.compile(r"Must be g\w+ than or equal to (\S+) and less than or equal to (\S+)\."), r"Give a number from \1 to \2."),
    (re.compile(r"Must be g\w+ than or equal to (\S+)\."), r"Give \1 or more."),
    (re.compile(r"Must be less than or equal to (\S+)\."), r"Give \1 or less."),
    (re.compile(r"Longer than maximum length (\d+)\."), r"This is too long: at most \1."),
    (re.compile(r"Shorter than minimum length (\d+)\."), r"This is too short: at least \1."),
    (re.compile(r"Length must be between (\d+) and (\d+)\."), r"This must be from \1 to \2 long."),
    (re.compile(r"Length must be (\d+)\."), r"This must be \1 long."),
)


def plainly(message: str) -> str:
    """The message as it is said; one that is ours already stays as it is."""
    if message in _WORDS:
        return _WORDS[message]
    for shape, words in _SHAPES:
        if found := shape.fullmatch(message):
            return found.expand(words)
    return message
