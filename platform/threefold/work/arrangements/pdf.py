"""A published arrangement as an accessible PDF (PDF/UA-1), made of data only, in a process of its own with limits.

`python -m threefold.work.arrangements.pdf` reads the document as JSON from standard input and writes the PDF.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from threefold.domain.errors import ThreefoldError
from threefold.governance.printed import printed
from threefold.governance.prose import blocks

TEMPLATE = Path(__file__).with_name("document.typ")
SECONDS = 30
MEMORY = 2 * 1024**3
TRIES = 4
_LONG = re.compile(r"\S{50,}")  # a line of the page holds about eighty letters
MARK = "\ufffd"
WHICH_IS_WHICH = "“It” is this version, “the other” the version before it."
LOST = f"Where {MARK} stands, the text has a character that the fonts of this PDF do not have. The page on screen has the text as it was written."


def make_pdf(
    document: dict[str, Any], *, synthetic: bool, standing: Sequence[str] = (), after: Sequence[dict[str, Any]] = ()
) -> bytes:
    """The PDF of a published document. `standing`: where the version stands on the day on which the PDF is made; `after`: the
    sections that stand behind what it says and what changed, as the document's own are.

    Raises `ThreefoldError` when it cannot be made.
    """
    told_of_both = any("the other" in line for line in document["differences"])
    head = [*standing, *head_of(document)]
    return pdf_of({
        **document, "synthetic": synthetic, "head": head, "after": list(after), "which_is_which": WHICH_IS_WHICH if told_of_both else "",
    })  # fmt: skip


def pdf_of(document: dict[str, Any]) -> bytes:
    """The PDF of any document that has the parts of a published one. Raises `ThreefoldError` when it cannot be made."""
    told = _in_blocks(printed(document))
    whole_letters = json.loads(unicodedata.normalize("NFC", json.dumps(told, ensure_ascii=False)))
    data = json.dumps(_fitting(whole_letters)).encode()
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(  # noqa: S603 - a program of ours
                [sys.executable, "-m", "threefold.work.arrangements.pdf", empty], input=data, capture_output=True, timeout=SECONDS, check=False,
                preexec_fn=_limits,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ThreefoldError("The PDF took too long to make. Read the page instead, or try again later.") from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise ThreefoldError("The PDF could not be made. Read the page instead, and tell the platform’s operator.")
    return done.stdout


def _in_blocks(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each text that people write in paragraphs and lists read into these."""

    def read(text: str) -> list[dict[str, Any]]:
        return [block.plain for block in blocks(text)]

    def of(sections: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**section, "items": [{**item, "text": read(item["text"])} for item in section["items"]]} for section in sections
        ]

    return {
        **document, "note": read(document["note"]), "sections": of(document["sections"]), "after": of(document.get("after", ())),
    }  # fmt: skip


def _fitting(value: Any) -> Any:
    """The same (but for what is to be copied letter by letter) with a place to break in each word too long for a line, such as a web address, and spaces for tabs."""
    if isinstance(value, str):
        return _LONG.sub(lambda word: "\u200b".join(re.findall(".{1,20}", word[0])), value.replace("\t", "    "))
    if isinstance(value, dict):
        return {name: inner if name == "fingerprint" else _fitting(inner) for name, inner in value.items()}
    return [_fitting(inner) for inner in value] if isinstance(value, list) else value


def head_of(document: dict[str, Any]) -> list[str]:
    """What stands above a published arrangement: when it begins, by whom it is signed, under which law."""
    begins = _day(document["begins"])
    lines = [f"Begins on {begins}" if begins else "Since when it applies is not known: no source gives the day"]
    if document["until"]:
        lines[0] += f"; a temporary variation, its last day is {_day(document['until'])}"
    if document["entered"] == "signed":
        lines += [
            f"Signed by: {seat}{', ' + _day(on) if on else ''}{' (' + how + ')' if how else ''}"
            for seat, on, how in document["signed"]
        ]
    else:
        lines.append("Adopted from published pages; the partners have not signed it here")
    return [*lines, f"Law: {document['law']}", document["open_cases"]]


def _day(value: str | None) -> str:
    day = date.fromisoformat(value) if value else None
    return f"{day.day} {day:%B %Y}" if day else ""


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main(root: str) -> None:
    """Compile the template over standard input, with an empty folder as all it could read."""
    import typst

    compile_: Any = typst.compile  # its types want the root to be of the template's own type

    def made(told: dict[str, Any]) -> bytes:
        data = {"document": json.dumps(told)}
        return bytes(
            compile_(TEMPLATE.read_bytes(), root=root, sys_inputs=data, pdf_standards="ua-1", ignore_system_fonts=True)
        )

    told, lost = json.loads(sys.stdin.read()), False
    for attempt in range(TRIES):
        try:
            sys.stdout.buffer.write(made({**told, "head": [*told["head"], LOST]} if lost else told))
            return
        except typst.TypstError as error:
            without = _marked(told, _not_shown(str(error.diagnostic)), everything=attempt == TRIES - 2)
            if without == told:
                raise
            told, lost = without, True


def _not_shown(diagnostic: str) -> list[str]:
    """The texts that no font at hand shows, from what the program says: `\\u{f0b7}` is how it writes what it cannot show."""
    found = re.findall(r'the (?:text|text contains the disallowed codepoint) `"((?:[^"\\]|\\.)+)"`', diagnostic)
    return [re.sub(r"\\u\{([0-9a-f]+)\}|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text) for text in found]


def _marked(value: Any, lost: list[str], *, everything: bool) -> Any:
    """The document with a visible mark for each text that cannot be shown; for `everything` outside Latin, at last."""
    if isinstance(value, str):
        for text in lost:
            value = value.replace(text, MARK) if not text.isascii() else value
        return re.sub(r"[^\x00-\u024f\u2010-\u2027]", MARK, value) if everything else value
    if isinstance(value, dict):
        return {key: _marked(inner, lost, everything=everything) for key, inner in value.items()}
    return [_marked(inner, lost, everything=everything) for inner in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main(sys.argv[1])
