"""Taking in what somebody sends as a file: the one place where a file of a request is read."""

from __future__ import annotations

from flask import request

from threefold.walls.audit import CHANGE
from threefold.walls.session import Unit
from threefold.work.people.documents import KINDS, Document, Kind, checked
from threefold.work.people.scanning import NONE, scanned
from threefold.work.people.web.services import services


def scans() -> bool:
    """Whether what is taken in here is scanned for malicious software."""
    return services().settings.clamd not in ("", NONE)


def sent_file(field: str, largest: int) -> tuple[str, bytes] | None:
    """The name and the bytes of a file as they were sent: at most one byte more than the largest, and nothing checked yet."""
    sent = request.files.get(field)
    return (sent.filename, sent.stream.read(largest + 1)) if sent and sent.filename else None


def take_document(field: str, largest: int, *, kinds: tuple[Kind, ...] = KINDS) -> tuple[Document, str] | None:
    """The document of a form once it was checked and scanned, with how the scan went; nothing where none was sent.

    Raises `WrongDocument`, `Infected` or `NotScanned`, at the form's box `document`. Outside any unit: scanning takes its time.
    """
    sent = sent_file(field, largest)
    if sent is None:
        return None
    document, own = checked(sent[0], sent[1], largest, kinds), services().settings
    return document, scanned(own.clamd, document.content, production=own.mode == "production")


def take_file(field: str, largest: int) -> tuple[str, bytes, str] | None:
    """The name and the bytes of a file that is read here and not kept, once it was scanned, with how the scan went.

    Of at most one byte more than the largest, so that its reader refuses it. Raises `Infected` or `NotScanned`. Outside any unit.
    """
    sent = sent_file(field, largest)
    if sent is None:
        return None
    own = services().settings
    return sent[0], sent[1], scanned(own.clamd, sent[1], production=own.mode == "production")


def note_file(unit: Unit, taken: tuple[str, bytes, str], kind: Kind, subject: str) -> None:
    """As `note_document`, of a file that was read and not kept."""
    told = {"kind": kind.ending, "bytes": len(taken[1]), "scan": taken[2]}
    unit.audit("file taken in", subject, told, kind=CHANGE)


def note_document(unit: Unit, taken: tuple[Document, str], subject: str) -> None:
    """Leave in the audit what was taken in: its kind, its size and whether it was scanned, and not its name."""
    document, scan = taken
    told = {"kind": document.kind.ending, "bytes": len(document.content), "scan": scan}
    unit.audit("document taken in", subject, told, kind=CHANGE)
