"""What a document that somebody sends may be: told by its content, never by what the browser says of it.

Allowed are PDF, DOCX, ODT, PNG, JPEG and plain text. Nothing here opens a document to show it: it is kept sealed, and
given out to be saved. So the checks keep out what is not what it says, what carries code, and what bursts when unpacked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from threefold.domain.errors import ThreefoldError
from threefold.work.people.archives import refuse_unsafe_archive

_FIRST, _END_OF_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_MARKUP = re.compile(
    r"\s*(?:<(?:!doctype|!--|\?xml|(?:html|head|body|title|meta|link|style|script|svg|p|div|span|a|b|i|img|iframe|table|form|object|embed|h[1-6]|br)\b)|\{\\rtf|#!|%!)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_IN_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_BY_NUMBER = re.compile(rb"#([0-9A-Fa-f]{2})")  # a letter of a name in a PDF (ISO 32000-1, 7.3.5)
_LONGEST_NAME = 80


class WrongDocument(ThreefoldError):
    """A document is not of a kind that is taken, or holds what none may hold."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="document")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its ending, its other endings, and its words."""

    ending: str
    words: str
    also: tuple[str, ...] = ()


PDF, PNG, JPEG = Kind("pdf", "PDF"), Kind("png", "PNG"), Kind("jpg", "JPEG", ("jpeg",))
DOCX, ODT, TEXT = Kind("docx", "Word (DOCX)"), Kind("odt", "OpenDocument text (ODT)"), Kind("txt", "plain text")
KINDS = (PDF, DOCX, ODT, PNG, JPEG, TEXT)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be kept: a clean name, its kind and its bytes."""

    name: str
    kind: Kind
    content: bytes


def checked(name: str, content: bytes, largest: int, kinds: tuple[Kind, ...] = KINDS) -> Document:
    """The document, if it may be kept. `largest` in bytes. Raises `WrongDocument` with what to do."""
    if not content:
        raise WrongDocument("The file is empty. Attach the document itself.")
    if len(content) > largest:
        raise WrongDocument(f"The file is too large. Attach one of at most {largest // 1024 // 1024} megabytes.")
    kind, words = _kind_of(content), ", ".join(k.words for k in kinds)
    if kind is None or kind not in kinds:
        raise WrongDocument(f"The file is none of: {words}. Save the document as one of these and attach it again.")
    ending = name.rpartition(".")[2].lower()
    if ending not in (kind.ending, *kind.also):
        raise WrongDocument(f"The name of the file does not say what it is ({kind.words}). Save it again under its own ending.")
    return Document(clean_name(name, kind), kind, content)


def clean_name(name: str, kind: Kind) -> str:
    """The last part of a name, without what hides, reorders or leads elsewhere, and with its kind's ending."""
    last = re.split(r"[\\/]", name)[-1].rpartition(".")[0]
    plain = "".join(c for c in unicodedata.normalize("NFKC", last) if c.isalnum() or c in " -_()")
    return f"{' '.join(plain.split())[:_LONGEST_NAME] or 'document'}.{kind.ending}"


def _kind_of(content: bytes) -> Kind | None:
    """The kind, by content. Raises `WrongDocument` for one that is not whole, or is a second thing too."""
    if content.startswith(_FIRST):
        return DOCX if refuse_unsafe_archive(content, WrongDocument) == "docx" else ODT
    kind = _plain_kind(content)
    if kind is not None and _END_OF_ZIP in content[-(64 * 1024 + 22) :]:
        raise WrongDocument("The file has an archive at its end. Save the document again and attach that.")
    return kind


def _plain_kind(content: bytes) -> Kind | None:
    if content.startswith(b"%PDF-"):
        _refuse(b"%%EOF" not in content[-1024:], "is not whole")
        plain = _BY_NUMBER.sub(lambda letter: bytes.fromhex(letter[1].decode()), content)
        _refuse(any(word in plain for word in _IN_PDF), "holds a script, a form program or another file")
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _refuse(_end_of_png(content) != len(content), "is not whole, or something follows the picture")
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        _refuse(not content.rstrip(b"\x00").endswith(b"\xff\xd9"), "is not whole, or something follows the picture")
        return JPEG
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) or _MARKUP.match(text) else TEXT


def _end_of_png(content: bytes) -> int:
    """Where the picture's own parts end: each says how long it is, and the last is called IEND (ISO/IEC 15948, 5.3). -1 where none is last."""
    at = 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        at += length + 12
        if name == b"IEND":
            return at
    return -1


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise WrongDocument(f"The file {why}. Save or print it as a new PDF and attach that.")
