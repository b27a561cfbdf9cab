"""The text of one file under `tenants/`, or of one taken in on screen, as plain values: bounded, and only what can be kept.

TOML can say more than an arrangement can hold: times of day, not-a-number, characters that no page can show. All of it is
refused here, once, with the key it stands at, so that the command line and the screen say the same.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

from threefold.domain.errors import ManyErrors, PackError, ThreefoldError

MOST_BYTES = 512 * 1024
MOST_DEEP = 64  # far more than the deepest condition that is taken: that one is told as what it is
_BIGGEST = 2**63 - 1  # what TOML promises of a whole number
# Controls, halves of characters, and the marks that turn the direction of what follows: a title could read as another.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HEADING_TWICE = re.compile(r"Cannot declare \((?P<parts>.*)\) twice \(at line (?P<line>\d+)")
_INLINE_TWICE = re.compile(r"Duplicate inline table key '(?P<key>[^']*)' \(at line (?P<line>\d+)")
_GIVEN_WHOLE = re.compile(r"Cannot mutate immutable namespace \((?P<parts>.*)\) \(at line (?P<line>\d+)")
_CUT_OFF = " (at end of document)"
_KEY_TWICE = re.compile(r"Cannot overwrite a value \(at (?:line (?P<line>\d+), column (?P<column>\d+))")
_HEADING = re.compile(r"\s*\[\[?([^\[\]]*)\]\]?")
_LONGEST_KEY = 80
# Parts of a key with dots between them; nothing is tried twice, whatever stands there.
_MANY_PARTS = re.compile(
    r"""(?<![\w.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d}""" % MOST_DEEP  # noqa: UP031 - braces of its own
)
_NAMED = 8  # levels of a place that are named: enough to find it by
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class EmptyFile(PackError):
    """A file with nothing in it: what a shell leaves of a command that was to write there and was stopped."""


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """The values of one file: text, whole and decimal numbers, yes and no, days, lists and tables of these.

    UTF-8, with or without a byte order mark; at most `MOST_BYTES` and `MOST_DEEP` levels. Raises `PackError` or `ManyErrors`,
    each with the file and the line or key.
    """
    text = _text(_bytes(path, name), name)
    if _MANY_PARTS.search(text):  # the reader of TOML would take minutes for it
        raise PackError(f"A key in this file has more than {MOST_DEEP} parts with dots between them. Shorten it.", field=name)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, lines = str(error), _lines(text)
        if said.startswith("Cannot overwrite"):  # the last line of a file that does not end with a line's end
            said = said.replace(_CUT_OFF, f" (at line {len(lines)}, column {len(lines[-1]) + 1})")
        raise PackError(_twice(said, text) or _not_toml(said, text), field=name) from error
    except RecursionError as error:
        raise PackError(f"This file is nested too deeply; at most {MOST_DEEP} levels are read.", field=name) from error
    except ValueError as error:  # a number of some thousand digits, a day that no calendar has
        why = "a number has too many digits" if "int_max_str_digits" in str(error) else str(error)
        raise PackError(f"A value in this file cannot be read: {why}.", field=name) from error
    if deep := _too_deep(data):
        raise PackError(f"This is nested more than {MOST_DEEP} levels deep. Flatten it.", field=f"{name}: {deep}")
    if wrong := [PackError(told, field=f"{name}: {where}") for where, told in _unkept(data, "")]:
        raise wrong[0] if len(wrong) == 1 else ManyErrors(list[ThreefoldError](wrong))
    return data


def _bytes(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise PackError("This is a folder, though its name ends in .toml. Give it another name, or take it away.", field=name)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise PackError(f"This file is {size:,} bytes; at most {MOST_BYTES:,} are read. Split it into packs.", field=name)
        return path.read_bytes()
    except OSError as error:  # a link to what is gone, a file of somebody else
        raise PackError(
            f"This file cannot be read ({error.strerror}). See that it is there and may be read.", field=name
        ) from error


def _text(raw: bytes, name: str) -> str:
    if raw.startswith(_WIDE) or b"\x00" in raw[:4]:
        raise PackError("This file is saved as UTF-16 or UTF-32. Save it as UTF-8.", field=name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError(f"This file is not UTF-8 text (byte {error.start}). Save it as UTF-8.", field=name) from error
    if not text.strip():
        raise EmptyFile("This file is empty.", field=name)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise PackError(f"Line {line} of this file has a character that no text holds (NUL). Take it out.", field=name)
    if text.lstrip().startswith("{"):
        raise PackError("This file is JSON. Save it as TOML: what an export gives is the pattern.", field=name)
    return text


def _lines(text: str) -> list[str]:
    """The lines as TOML counts them: a line separator that was pasted from a word processor ends none."""
    return text.split("\n")


def _not_toml(said: str, text: str) -> str:
    if said.endswith(_CUT_OFF):
        last = len(_lines(text.rstrip()))
        return f"This is not TOML that can be read: {said.removesuffix(_CUT_OFF)}. It ends with line {last}, and may be cut off there."
    return f"This is not TOML that can be read: {said}."


def _twice(said: str, text: str) -> str:
    """What stands twice, where that is what the reader of TOML stumbled over; else nothing."""
    if whole := _GIVEN_WHOLE.match(said):
        return f"“{_parts(whole)}” stands twice: it was given as a whole before, and again on line {whole['line']}. Keep one."
    if heading := _HEADING_TWICE.match(said):
        parts = _parts(heading)
        if re.search(rf"^\s*\[\[\s*{re.escape(parts)}\s*\]\]", text, re.MULTILINE):
            return (
                f"The heading [{parts}] on line {heading['line']} is written [[{parts}]] before. Write [[{parts}]] there too."
            )
        return (
            f"The heading [{parts}] stands twice; the second is on line {heading['line']}. Keep one, with what belongs to both."
        )
    if inline := _INLINE_TWICE.match(said):
        return f"“{inline['key']}” stands twice within {{ }} on line {inline['line']}. Keep one."
    if found := _KEY_TWICE.match(said):
        line = _lines(text)[int(found["line"]) - 1]
        written = line[: int(found["column"])]
        if heading := _HEADING.match(line):
            return _another_way(heading[0].strip(), heading[1].strip(), found["line"], text)
        keys = re.findall(r"([\w.-]+|\"[^\"]*\")\s*=", written)
        return f"“{keys[-1] if keys else written.strip()}” stands twice; the second is on line {found['line']}. Keep one."
    return ""


def _another_way(heading: str, name: str, line: str, text: str) -> str:
    """That a heading does not go with what stands before it under that name."""
    if heading.startswith("[[") and re.search(rf"^\s*\[\s*{re.escape(name)}\s*\]", text, re.MULTILINE):
        return f"The heading {heading} on line {line} is written [{name}] before. Write {heading} there too."
    return f"The heading {heading} on line {line} stands for what has a value before it. Keep one of the two."


def _parts(found: re.Match[str]) -> str:
    return ".".join(re.findall(r"'([^']*)'", found["parts"]))


def _too_deep(value: Any) -> str:
    """The key under which something is nested too deeply; "" where nothing is."""
    waiting: list[tuple[Any, int, str]] = [(value, 1, "")]
    while waiting:
        here, level, where = waiting.pop()
        if level > MOST_DEEP:
            return where
        known = where if level > _NAMED else ""
        if isinstance(here, dict):
            waiting += [(v, level + 1, known or f"{where}.{k}".lstrip(".")) for k, v in here.items()]
        elif isinstance(here, list):
            waiting += [(v, level + 1, known or f"{where}.{called(v, no)}") for no, v in enumerate(here)]
    return ""


def _unkept(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Each value that an arrangement cannot hold: its key, and what to write instead."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _UNSEEN.search(key):
                yield where or "the first level", "A key has a character that cannot be shown. Take it out."
            elif key.startswith("$"):
                yield f"{where}.{key}".lstrip("."), "A key begins with no $. Write a day as it is: 2026-01-01, without quotes."
            else:
                yield from _unkept(inner, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for no, inner in enumerate(value):
            yield from _unkept(inner, f"{where}.{called(inner, no)}")
    elif told := _wrong_with(value):
        yield where, told


def called(entry: Any, no: int) -> str:
    """A thing in a list as a person finds it: by its use or key, else by its number from 1."""
    named = entry.get("use") or entry.get("key") if isinstance(entry, Mapping) else ""
    if isinstance(named, str) and 0 < len(named) <= _LONGEST_KEY and not _UNSEEN.search(named):
        return named
    return str(no + 1)


def _wrong_with(value: Any) -> str:
    match value:
        case str() if found := _UNSEEN.search(value):
            return f"This text has a character that cannot be shown (U+{ord(found[0]):04X}). Take it out."
        case float() if not math.isfinite(value):
            return "This is not a number. Give one, or leave the key out."
        case datetime():
            return "This is a day with a time. Give the day alone, such as 2026-01-01."
        case time():
            return "This is a time of day, which no setting takes. Write it in words, in quotes."
        case int() if abs(value) > _BIGGEST:
            return "This number is too large."
        case _:
            return ""


__all__ = ["MOST_BYTES", "MOST_DEEP", "EmptyFile", "read_toml"]
