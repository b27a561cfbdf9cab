"""Looking into a document that is an archive (DOCX, ODT) without trusting what it says of itself."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

MOST_ENTRIES = 1_000
MOST_BYTES = 64 * 1024 * 1024  # unpacked, over all entries
MOST_RELATIONS = 4 * 1024 * 1024  # of a part that only says what the others are
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
# What a part may be to the text (the end of a relationship's type). A link leads elsewhere when a person follows it; all else that lies
# elsewhere is fetched when the document is opened. Of the others each is another file, whichever way it is put in.
_LEADS_ELSEWHERE = "/hyperlink"
_OTHER_FILES = ("/afchunk", "/oleobject", "/package", "/control", "/subdocument", "/vbaproject")
# In the parts that are XML: names of its own, which stand for anything; a field that starts a program; what runs at an event.
_IN_WORDS = re.compile(
    rb"<!DOCTYPE|<!ENTITY|instrText[^<>]{0,400}>\s*DDE|w:instr\s*=\s*[\"']\s*DDE|office:dde-source|dde-connection-decl|:event-listener\b",
    re.IGNORECASE,
)
_DESCRIPTOR = 0x8  # of a part's flags: what it measures stands behind it
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
            _refuse_unlisted(content, archive, refuse)
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
    """Nothing stands before or behind: what another reader takes for the archive is the same one."""
    ends_at = content.rfind(b"PK\x05\x06")
    if archive.comment or ends_at + 22 != len(content) or min((e.header_offset for e in archive.infolist()), default=1) != 0:
        refuse("has something hidden before or behind it")


def _refuse_unlisted(content: bytes, archive: zipfile.ZipFile, refuse: Callable[[str], NoReturn]) -> None:
    """Nothing stands between either: each part begins where the one before ends, and the list where the last of them does."""
    parts = sorted(archive.infolist(), key=lambda one: one.header_offset)
    for part, begins in zip(parts, [*(one.header_offset for one in parts[1:]), archive.start_dir], strict=True):
        named, more = struct.unpack_from("<HH", content, part.header_offset + 26)
        between = content[part.header_offset + 30 + named + more + part.compress_size : begins]
        if between not in (_descriptors(part) if part.flag_bits & _DESCRIPTOR else (b"",)):
            refuse("has something hidden between its parts")


def _descriptors(part: zipfile.ZipInfo) -> tuple[bytes, ...]:
    """What may stand behind a part that was written without knowing its size."""
    measured = (part.CRC, part.compress_size, part.file_size)
    both = [struct.pack(form, *measured) for form in ("<LLL", "<LQQ")]
    return tuple(signature + one for one in both for signature in (b"", b"PK\x07\x08"))


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
    size, first, last, of_words = 0, b"", b"", _is_of_words(entry.filename)
    with archive.open(entry) as part:
        while some := part.read(_PART):
            first, size = first or some[:16], size + len(some)
            if of_words and _IN_WORDS.search(last + some):
                refuse("holds a macro, or names of its own")
            last = some[-128:]
            if size > left or (size > 1024 * 1024 and size > MOST_RATIO * max(entry.compress_size, 1)):
                refuse("is far larger unpacked than it looks")
    if first.startswith(_ARCHIVES) or first.startswith(_PROGRAMS):
        refuse("holds a macro or another file")
    return size


def _is_of_words(name: str) -> bool:
    """Whether a part is XML. The list of an old OpenDocument text's parts begins with a declaration of its own, and says nothing."""
    return name.lower().endswith((".xml", ".rels")) and name != "META-INF/manifest.xml"


def _kind(archive: zipfile.ZipFile, names: set[str], refuse: Callable[[str], NoReturn]) -> str:
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        _each_element(archive, "[Content_Types].xml", _refuse_macros(refuse), refuse)
        for name in names:
            if name.lower().endswith(".rels"):
                _each_element(archive, name, _refuse_related(refuse), refuse)
        return "docx"
    if "mimetype" in names and archive.infolist()[0].filename == "mimetype" and archive.read("mimetype") == _ODT:
        return "odt"
    return refuse("is an archive, and neither a Word nor an OpenDocument text")


Looked = Callable[[list[tuple[str, str]]], None]  # at the attributes of one element, each name and value in small letters


def _refuse_macros(refuse: Callable[[str], NoReturn]) -> Looked:
    def look(told: list[tuple[str, str]]) -> None:
        if any("macroenabled" in value for _, value in told):
            refuse("holds a macro or another file")

    return look


def _refuse_related(refuse: Callable[[str], NoReturn]) -> Looked:
    """What a part may be to the text. Where an attribute stands twice, in small letters and large, each is looked at."""

    def look(told: list[tuple[str, str]]) -> None:
        kinds = [value.strip() for name, value in told if name == "type"]
        if any(kind.endswith(_OTHER_FILES) for kind in kinds):
            refuse("holds a macro or another file")
        outside = any(name == "targetmode" and value.strip() == "external" for name, value in told)
        if outside and not (kinds and all(kind.endswith(_LEADS_ELSEWHERE) for kind in kinds)):
            refuse("fetches a part of itself from elsewhere")

    return look


def _each_element(archive: zipfile.ZipFile, name: str, look: Looked, refuse: Callable[[str], NoReturn]) -> None:
    """Show the attributes of each element of a part to `look`: as whoever opens the document reads them, however they are written down."""
    if archive.getinfo(name).file_size > MOST_RELATIONS:
        refuse("is far larger unpacked than it looks")
    reader = expat.ParserCreate()

    def declares(*_: object) -> None:  # names of its own could stand for anything, and for far more than they look
        refuse("says of itself what it is made of")

    def begins(_: str, told: dict[str, str]) -> None:
        if told:
            look([(key.lower(), value.lower()) for key, value in told.items()])

    reader.StartDoctypeDeclHandler = declares
    reader.StartElementHandler = begins
    try:
        reader.Parse(archive.read(name), True)
    except (expat.ExpatError, LookupError, ValueError):  # what is no XML; a code that is not known, or one of several bytes
        refuse("is damaged")
