"""Looking into a document that is an archive (DOCX, ODT) without trusting what it says of itself."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NoReturn

MOST_ENTRIES = 1_000
MOST_BYTES = 64 * 1024 * 1024  # unpacked, over all entries
MOST_RATIO = 200  # unpacked to packed, of an entry above a megabyte
_PART = 256 * 1024
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"MSCF",
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # the last: an OLE object
_CODE = ("vbaproject", "vbadata", "activex", "embeddings/", "basic/", "scripts/")
# Neither format knows another way (ISO/IEC 29500-2 and OpenDocument 1.3, part 2), and each is one more reader to trust.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ODT = b"application/vnd.oasis.opendocument.text"


def refuse_unsafe_archive(content: bytes, wrong: Callable[[str], Exception]) -> str:
    """ "docx" or "odt". Raises what `wrong` makes of a sentence for anything else, and for one that is dangerous to open.

    Every entry is really unpacked, in parts and up to a limit: the sizes that an archive states are its own claim.
    """

    def refuse(why: str) -> NoReturn:
        raise wrong(f"The document {why}. Save or print it as a new PDF and attach that.")

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_more_than_one(content, archive, refuse)
            names = _names(archive, refuse)
            left = MOST_BYTES
            for entry in archive.infolist():
                left -= _unpacked(archive, entry, left, refuse)
            return _kind(archive, names, refuse)
    except (  # what the library raises for an archive that is damaged or of a kind it does not read; each has been seen
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        UnicodeDecodeError,
    ):
        refuse("is damaged")


def _refuse_more_than_one(content: bytes, archive: zipfile.ZipFile, refuse: Callable[[str], NoReturn]) -> None:
    """Nothing stands before, behind or between: what another reader takes for the archive is the same one."""
    ends_at = content.rfind(b"PK\x05\x06")
    if archive.comment or ends_at + 22 != len(content) or min((e.header_offset for e in archive.infolist()), default=1) != 0:
        refuse("has something hidden before or behind it")


def _names(archive: zipfile.ZipFile, refuse: Callable[[str], NoReturn]) -> set[str]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        refuse(f"has more than {MOST_ENTRIES:,} parts")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        refuse("has two parts of one name")
    for name in names:
        if name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name or ":" in name:
            refuse("has parts that lead elsewhere")
        if any(code in name.lower() for code in _CODE):
            refuse("holds a macro or another file")
    return set(names)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, refuse: Callable[[str], NoReturn]) -> int:
    """How many bytes an entry really has. Bounded: unpacking ends when it is too much."""
    if entry.flag_bits & 0x1:
        refuse("is locked with a password")
    if entry.compress_type not in _PACKED:
        refuse("is packed in a way that Word and OpenDocument do not use")
    size, first = 0, b""
    with archive.open(entry) as part:
        while some := part.read(_PART):
            first, size = first or some[:16], size + len(some)
            if size > left or (size > 1024 * 1024 and size > MOST_RATIO * max(entry.compress_size, 1)):
                refuse("is far larger unpacked than it looks")
    if first.startswith(_ARCHIVES) or first.startswith(_PROGRAMS):
        refuse("holds a macro or another file")
    return size


def _kind(archive: zipfile.ZipFile, names: set[str], refuse: Callable[[str], NoReturn]) -> str:
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        if b"macroenabled" in archive.read("[Content_Types].xml").lower():
            refuse("holds a macro or another file")
        for name in names:
            told = archive.read(name).lower() if name.endswith(".rels") else b""
            if b'"external"' in told and (b"/attachedtemplate" in told or b"/oleobject" in told):
                refuse("fetches a part of itself from elsewhere")
        return "docx"
    if "mimetype" in names and archive.infolist()[0].filename == "mimetype" and archive.read("mimetype") == _ODT:
        return "odt"
    return refuse("is an archive, and neither a Word nor an OpenDocument text")
