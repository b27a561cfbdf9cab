"""What partners write in a box, read into paragraphs and lists: the page, the PDF and the comparison all read it here.

A blank line begins a new paragraph. Lines that begin with "- " (or "• ", "* ", "– ") are the points of a list; lines that begin
with "1. " or "1) " and count on are those of a numbered one. Blank lines between points keep the list together, and a line that is
set in goes on with its point. Everything else is text as it stands; nothing in it is taken for markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["paragraph", "points", "numbered"]
_POINT = re.compile(r"\s*[-•*–][ \t]+(?=\S)")
_NUMBER = re.compile(r"\s*(\d{1,3})[.)][ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one text, in which a line may break), or a list of texts. `first`: the number of a numbered list's first."""

    kind: Kind
    texts: tuple[str, ...]
    first: int = 1

    @property
    def plain(self) -> dict[str, Any]:
        """As the maker of the PDF takes it."""
        return {"kind": self.kind, "texts": list(self.texts), "first": self.first}


def blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text, in order. Nothing of the text is lost but the marks of points and blank lines."""
    lines = re.split(r"\r\n|\r|\n", text)
    return tuple(_together(_read(lines)))


def _read(lines: list[str]) -> Iterator[Block]:
    """Paragraphs and runs of points between blank lines."""
    kind: Kind = "paragraph"
    texts: list[str] = []
    first, last = 1, 0  # of the numbered list that is read, and the last number of any before it

    def done() -> Iterator[Block]:
        if texts:
            yield Block(kind, tuple(texts), first)
            texts.clear()

    for at, line in enumerate(lines):
        if not line.strip():
            yield from done()
            kind = "paragraph"
        elif mark := _POINT.match(line) or _counted(lines, at, last):
            now: Kind = "numbered" if mark.re is _NUMBER else "points"
            number = int(mark[1]) if now == "numbered" else 0
            if now != kind or (number and number != last + 1):
                yield from done()
                kind, first = now, number or 1
            last = number or last
            texts.append(line[mark.end() :].rstrip())
        elif texts and (kind == "paragraph" or line[:1] in " \t"):
            texts[-1] = f"{texts[-1]}\n{line.strip()}"
        else:
            yield from done()
            kind = "paragraph"
            texts.append(line.strip())
    yield from done()


def _counted(lines: list[str], at: int, last: int) -> re.Match[str] | None:
    """The mark of a line that is a point of a numbered list: it begins with 1, counts on, or the next line counts on from it.

    "12. March was the day" alone is a sentence.
    """
    found = _NUMBER.match(lines[at])
    if found is None or int(found[1]) in (1, last + 1):
        return found
    following = next((_NUMBER.match(line) for line in lines[at + 1 :] if line.strip()), None)
    return found if following is not None and int(following[1]) == int(found[1]) + 1 else None


def _together(found: Iterator[Block]) -> Iterator[Block]:
    """Lists that only blank lines part are one: of points, or of numbers that count on."""
    waiting: Block | None = None
    for block in found:
        if (
            waiting is not None
            and waiting.kind == block.kind != "paragraph"
            and (block.kind == "points" or block.first == waiting.first + len(waiting.texts))
        ):
            waiting = Block(block.kind, (*waiting.texts, *block.texts), waiting.first)
            continue
        if waiting is not None:
            yield waiting
        waiting = block
    if waiting is not None:
        yield waiting
