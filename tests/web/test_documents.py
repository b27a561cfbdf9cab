"""Documents that people send: told by their content, unpacked with a limit, scanned by a real process, given out to be saved."""

from __future__ import annotations

import io
import random
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from tests.arrangements.area import Area, area
from tests.support.clamd_like import EICAR, clamd
from threefold.domain.errors import ThreefoldError
from threefold.work.people.archives import MOST_BYTES, MOST_ENTRIES
from threefold.work.people.documents import DOCX, JPEG, ODT, PDF, PNG, TEXT, Kind, WrongDocument, checked, clean_name
from threefold.work.people.scanning import Infected, NotScanned, Scanner, scanned

__all__ = ["area"]
MOST = 10 * 1024 * 1024
TYPES, WORD = "[Content_Types].xml", "word/document.xml"
OPEN = "application/vnd.oasis.opendocument.text"


def archive(*parts: tuple[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as writing:
        for name, content in parts:
            writing.writestr(name, content)
    return made.getvalue()


def docx(*more: tuple[str, bytes], types: bytes = b"<Types/>") -> bytes:
    return archive((TYPES, types), (WORD, b"<document/>"), *more)


def odt(*more: tuple[str, bytes]) -> bytes:
    return archive(("mimetype", OPEN.encode()), ("content.xml", b"<content/>"), *more)


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def _related(
    kind: str, mode: str = '"External"', *, where: str = "word/_rels/document.xml.rels", code: str = ""
) -> tuple[str, bytes]:
    """A part that says of the text what belongs to it, and whether that lies elsewhere."""
    head = f'<?xml version="1.0" encoding="{code}"?>' if code else ""
    target = f'Target="http://evil.example/t" TargetMode={mode}'
    relation = f'{head}<Relationships><Relationship Id="a" Type="http://x/relationships/{kind}" {target}/></Relationships>'
    return where, relation.encode(code or "utf-8")


def _hiding(*, descriptor: bool = False) -> bytes:
    """An archive with a part between two others that its list does not tell of."""
    made = io.BytesIO()
    with zipfile.ZipFile(_Unseekable(made) if descriptor else made, "w", zipfile.ZIP_DEFLATED) as writing:
        for name in (TYPES, "word/evil.exe", WORD):
            writing.writestr(name, b"MZ" + bytes(90) if "evil" in name else b"<document/>")
        writing.filelist = [part for part in writing.filelist if "evil" not in part.filename]
    return made.getvalue()


class _Unseekable(io.RawIOBase):
    """As written to a pipe: the sizes of a part follow it."""

    def __init__(self, to: io.BytesIO) -> None:
        self.to = to

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        return self.to.write(some)


def _streamed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(_Unseekable(made), "w", zipfile.ZIP_DEFLATED) as writing:
        for name in (TYPES, WORD):
            writing.writestr(name, b"<document/>")
    return made.getvalue()


LINK, STREAMED = _related("hyperlink"), _streamed()
PLAIN = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40) + b"\xff\xd9"
GOOD: list[tuple[str, bytes, Kind]] = [
    ("a.docx", docx(("word/footnotes.xml", b"<a><w:t>The DDE said so.</w:t></a>")), DOCX), ("a.txt", b"<john@x.example> wrote", TEXT), ("a.txt", b"<redacted> said so", TEXT),
    ("a.odt", odt(("META-INF/manifest.xml", b"<!DOCTYPE manifest:manifest><a/>")), ODT),
    ("a.pdf", PLAIN, PDF), ("a.docx", docx(), DOCX), ("a.odt", odt(), ODT), ("a.png", png(), PNG), ("a.jpeg", PHOTO, JPEG),
    ("A.JPG", PHOTO, JPEG), ("streamed.docx", STREAMED, DOCX), ("linked.docx", docx(LINK), DOCX), ("a.txt", "Minutes \u2013 agreed.\r\n".encode(), TEXT),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[name for name, _, _ in GOOD])
def test_what_is_what_it_says_is_taken(name: str, content: bytes, kind: Kind) -> None:
    assert checked(name, content, MOST).kind == kind


def _many() -> bytes:
    return docx(*((f"word/p{no}.xml", b"") for no in range(MOST_ENTRIES)))


def _lying() -> bytes:
    """A bomb that says of itself, in both of its heads, that it is small."""
    content = docx(("word/big.xml", bytes(MOST_BYTES + 1024)))
    return content.replace(struct.pack("<I", MOST_BYTES + 1024), struct.pack("<I", 1000))


def _flagged(bit: int) -> bytes:
    """An archive whose heads say of each part that it is patched, or encrypted in a way that the library does not read."""
    content = bytearray(docx())
    for head, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = content.find(head)
        while start >= 0:
            content[start + at] |= bit
            start = content.find(head, start + 4)
    return bytes(content)


MACROS = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
WRONG: dict[str, tuple[str, bytes]] = {
    "packed with LZMA": ("a.docx", archive((TYPES, b"<Types/>"), (WORD, b"<document/>"), packed=zipfile.ZIP_LZMA)),
    "packed with bzip2": ("a.docx", archive((TYPES, b"<Types/>"), (WORD, b"<document/>"), packed=zipfile.ZIP_BZIP2)),
    "patched parts": ("a.docx", _flagged(0x20)),
    "strong encryption": ("a.docx", _flagged(0x40)),
    "empty": ("a.pdf", b""),
    "too large": ("a.txt", b"a" * (MOST + 1)),
    "a program": ("a.pdf", b"MZ" + bytes(200)),
    "a page": ("a.txt", b"  <!DOCTYPE html><script>alert(1)</script>"),
    "a drawing with a script": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "another ending": ("a.html", PLAIN),
    "no ending": ("minutes", PLAIN),
    "two endings": ("minutes.pdf.exe", PLAIN),
    "a word file called a pdf": ("a.pdf", docx()),
    "old word file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "truncated pdf": ("a.pdf", PLAIN[:-10]),
    "truncated picture": ("a.png", png()[:-6]),
    "truncated photo": ("a.jpg", PHOTO[:-1]),
    "truncated word file": ("a.docx", docx()[:-8]),
    "pdf and archive": ("a.pdf", PLAIN + docx()),
    "pdf later on": ("a.pdf", b"GIF89a" + PLAIN),
    "picture and page": ("a.png", png() + b"<script>alert(1)</script>"),
    "picture, program and another end": ("a.png", png() + b"MZ" + bytes(90) + png()[-12:]),
    "a drawing behind a comment": ("a.txt", b"<!-- x --><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "a page without a head": ("a.txt", b"<p><script>alert(1)</script>"),
    "a text that says what it is made of": ("a.docx", docx(("word/footnotes.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"))),
    "a field that starts a program": ("a.docx", docx(("word/footnotes.xml", b"<a><w:instrText xml:space='preserve'> DDEAUTO c:\\\\cmd.exe</w:instrText></a>"))),
    "the same in another place": ("a.docx", docx(("word/footnotes.xml", b"<a><w:fldSimple w:instr=' ddeauto c:\\\\cmd.exe'/></a>"))),
    "what runs at an event": ("a.odt", odt(("styles.xml", b"<a><script:event-listener xlink:href='vnd.sun.star.script:x.py'/></a>"))),
    "picture and archive": ("a.png", png() + archive(("x", b"x"))),
    "photo and archive": ("a.jpg", PHOTO + archive(("x", b"x"))),
    "archive after something": ("a.docx", b"PK\x03\x04 not really" + docx()),
    "archive before something": ("a.docx", docx() + b"<script>"),
    "pdf with a script": ("a.pdf", PLAIN.replace(b"<<>>", b"<</S/JavaScript>>", 1)),
    "pdf with a file": ("a.pdf", PLAIN.replace(b"<<>>", b"<</EmbeddedFile 2 0 R>>", 1)),
    "plain archive": ("a.docx", archive(("readme.txt", b"x"))),
    "macro": ("a.docx", docx(("word/vbaProject.bin", b"x"))),
    "macro by type": ("a.docx", docx(types=b"<Types ct='application/vnd.ms-word.document.macroEnabled.main+xml'/>")),
    "macro in odt": ("a.odt", odt(("Basic/Standard/Module1.xml", b"x"))),
    "nested archive": ("a.docx", docx(("word/media/picture.png", archive(("x", b"x"))))),
    "object inside": ("a.docx", docx(("word/media/picture.png", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))),
    "program inside": ("a.odt", odt(("Pictures/a.png", b"MZ\x90"))),
    "template from elsewhere": ("a.docx", docx(("word/_rels/settings.xml.rels",
        b'<Relationship Type="http://x/attachedTemplate" Target="http://evil.example/t" TargetMode="External"/>'))),
    "template in single quotes": ("a.docx", docx(_related("attachedTemplate", "'External'"))),
    "template in UTF-16": ("a.docx", docx(_related("attachedTemplate", code="utf-16"))),
    "template by a number of a letter": ("a.docx", docx(_related("attachedTemplate", '"&#69;xternal"'))),
    "template in capitals": ("a.docx", docx(_related("attachedTemplate", where="word/_rels/settings.xml.RELS"))),
    "template behind a second type": ("a.docx", docx(_related('attachedTemplate" type="http://x/hyperlink'))),
    "template behind a second mode": ("a.docx", docx(_related("attachedTemplate", '"External" targetmode="Internal"'))),
    "relations that are very many": ("a.docx", docx(("word/_rels/a.rels", b"<r>" + random.Random(1).randbytes(3 * 1024 * 1024).hex().encode() + b"</r>"))),
    "frame from elsewhere": ("a.docx", docx(_related("frame"))),
    "picture from elsewhere": ("a.docx", docx(_related("image"))),
    "text from elsewhere": ("a.docx", docx(_related("subDocument"))),
    "another text from elsewhere": ("a.docx", docx(_related("aFChunk"))),
    "another text within": ("a.docx", docx(_related("aFChunk", '"Internal"'), ("word/afchunk.rtf", b"{\\rtf1}"))),
    "relations that say what they are made of": ("a.docx", docx(("word/_rels/a.rels", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"))),
    "relations that cannot be read": ("a.docx", docx(("word/_rels/a.rels", b"<a"))),
    "macro by type in UTF-16": ("a.docx", docx(types=f'<?xml version="1.0" encoding="utf-16"?>{MACROS}'.encode("utf-16"))),
    "a part that is not listed": ("a.docx", _hiding()),
    "a part that is not listed, with its sizes behind it": ("a.docx", _hiding(descriptor=True)),
    "pdf with a script by numbers": ("a.pdf", PLAIN.replace(b"<<>>", b"<</S/J#61vaScript>>", 1)),
    "pdf with a program by numbers": ("a.pdf", PLAIN.replace(b"<<>>", b"<</S/#4c#61unch>>", 1)),
    "path": ("a.docx", docx(("../../etc/cron.d/x", b"x"))),
    "one name twice": ("a.docx", docx(("WORD/document.xml", b"other"))),
    "bomb": ("a.docx", docx(("word/big.xml", bytes(8 * 1024 * 1024)))),
    "bomb in many": ("a.docx", docx(*((f"word/b{no}.xml", bytes(1024 * 1024)) for no in range(MOST_BYTES // 1024 // 1024 + 1)))),
    "bomb that lies": ("a.docx", _lying()),
    "many parts": ("a.docx", _many()),
    "bytes": ("a.txt", b"\xff\xfe\x00\x01"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), WRONG.values(), ids=list(WRONG))
def test_what_is_not_or_carries_something_is_refused_with_what_to_do(name: str, content: bytes) -> None:
    with pytest.raises(WrongDocument) as told:
        checked(name, content, MOST)
    assert told.value.field == "document" and any(w in told.value.sentence for w in ("ttach", "Save"))


@given(st.sampled_from([content for _, content, _ in GOOD]), st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_spoilt_document_is_taken_or_refused_and_never_breaks_anything(
    content: bytes, chance: random.Random, how: int
) -> None:
    spoilt = bytearray(content)
    for _ in range(how):
        at = chance.randrange(len(spoilt))
        spoilt[at : at + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(3))) or b"\x00"
    for ending in ("pdf", "docx", "odt", "png", "jpg", "txt"):
        try:
            checked(f"a.{ending}", bytes(spoilt), MOST)
        except WrongDocument:
            continue


@given(st.text(max_size=200))
def test_a_name_is_one_plain_name_whatever_was_sent(name: str) -> None:
    cleaned = clean_name(name, PDF)
    assert cleaned.endswith(".pdf") and len(cleaned) <= 84 and not set(cleaned) & set('/\\"\r\n\x00;:<>')
    assert "\u202e" not in clean_name("minutes\u202efdp.exe", PDF) and clean_name("../../etc/passwd.x", PDF) == "passwd.pdf"


def test_a_scanner_passes_what_is_clean_and_finds_what_it_knows(tmp_path: Path) -> None:
    for address in (str(tmp_path / "clamd.ctl"), "0"):
        with clamd(address) as set_to:
            assert scanned(set_to, PLAIN, production=True) == "clean"
            assert scanned(set_to, random.Random(1).randbytes(300_000), production=True) == "clean"
            for content in (EICAR, PLAIN + EICAR, bytes(200_000) + EICAR):
                with pytest.raises(Infected):
                    scanned(set_to, content, production=True)
        with pytest.raises(NotScanned, match="Try again"):  # it has ended
            scanned(set_to, PLAIN, production=False)


def test_a_scanner_that_says_anything_but_ok_is_no_scanner(tmp_path: Path) -> None:
    with clamd(str(tmp_path / "clamd.ctl"), "1000") as small, pytest.raises(NotScanned):
        Scanner(small).scan(bytes(500_000))
    for said in (b"stream: Can't allocate memory ERROR", b"", b"stream: OK but", b"OK", b"UNKNOWN COMMAND"):
        with answering(str(tmp_path / "odd.ctl"), said + b"\0") as odd, pytest.raises(NotScanned):
            Scanner(odd).scan(PLAIN)


@contextmanager
def answering(path: str, said: bytes) -> Iterator[str]:
    """A process that takes whatever is sent and answers one thing, whatever it was."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        Path(path).unlink(missing_ok=True)
        door.bind(path)
        door.listen(1)

        def answer() -> None:
            wire, _ = door.accept()
            with wire:
                taken = b""
                while not taken.endswith(b"\0\0\0\0"):
                    taken += wire.recv(65_536)
                wire.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"unix://{path}"
        thread.join(5)


def test_with_no_scanner_production_takes_nothing_unless_it_was_decided_so() -> None:
    with pytest.raises(NotScanned, match="no malware scanner"):
        scanned("", PLAIN, production=True)
    assert scanned("none", PLAIN, production=True) == "not scanned"
    assert scanned("", PLAIN, production=False) == "not scanned"


def test_every_refusal_is_an_error_that_pages_show() -> None:
    assert all(issubclass(kind, ThreefoldError) for kind in (Infected, NotScanned, WrongDocument))


def test_what_is_uploaded_is_written_to_no_file(area: Area) -> None:
    """Half a megabyte and more would otherwise lie unsealed in a temporary file while it is looked at."""
    head = b'--x\r\nContent-Disposition: form-data; name="document"; filename="minutes.pdf"\r\n\r\n'
    sent = head + b"%PDF-1.7 " + b"x" * 1_500_000 + b"%%EOF\r\n--x--\r\n"
    with area.site.app.test_request_context("/", method="POST", data=sent, content_type="multipart/form-data; boundary=x"):
        stream = request.files["document"].stream
        assert type(stream) is io.BytesIO and len(stream.getvalue()) > 1_500_000
