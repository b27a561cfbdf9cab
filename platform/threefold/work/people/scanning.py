"""Asking a malware scanner about a document: clamd's own protocol (INSTREAM), over a unix socket or TCP.

Source of the protocol: clamd(8), section COMMANDS. The document goes over the wire in chunks and is written to no file of ours.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from threefold.domain.errors import ThreefoldError

NONE = "none"
CHUNK = 64 * 1024
SECONDS = 30.0
_LONGEST_ANSWER = 4096


class Infected(ThreefoldError):
    """The scanner knows what the document carries. What it is called is for the log of the scanner, not for the page."""

    def __init__(self) -> None:
        super().__init__("This document carries malicious software and was not kept. Tell your IT service.", field="document")


class NotScanned(ThreefoldError):
    """The document could not be scanned: it is refused, and nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One clamd. `address` is `unix:///run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`."""

    address: str

    def scan(self, content: bytes) -> None:
        """Return where clamd finds nothing. Raises `Infected`, or `NotScanned` when it gives no clear answer in half a minute."""
        try:
            with self._connected() as wire:
                answer = _asked(wire, content)
        except OSError as error:  # refused, broken off, or too slow
            raise _unreachable() from error
        if answer == b"stream: OK":
            return
        if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
            raise Infected
        raise _unreachable()

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            wire.settimeout(SECONDS)
            try:
                wire.connect(parts.path)
            except OSError:
                wire.close()
                raise
            return wire
        return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=SECONDS)


def _asked(wire: socket.socket, content: bytes) -> bytes:
    """Send a document; clamd may answer and hang up before all of it was sent, when it is larger than it takes."""
    wire.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        part = content[start : start + CHUNK]
        wire.sendall(struct.pack(">I", len(part)) + part)
    wire.sendall(struct.pack(">I", 0))
    answer = b""
    while not answer.endswith(b"\0"):
        more = wire.recv(_LONGEST_ANSWER)
        if not more or len(answer) > _LONGEST_ANSWER:
            raise _unreachable()
        answer += more
    return answer.removesuffix(b"\0")


def scanned(address: str, content: bytes, *, production: bool) -> str:
    """Have a document scanned as the installation is set: "clean", or "not scanned" where it was decided to do without.

    With nothing set, production takes no documents: whoever operates it has to say `none` to do without a scanner.
    """
    if address == NONE or not (address or production):
        return "not scanned"
    if not address:
        raise NotScanned(
            "Documents are not taken here yet, because no malware scanner is set up. Tell whoever operates this service.",
            field="document",
        )
    Scanner(address).scan(content)
    return "clean"


def _unreachable() -> NotScanned:
    return NotScanned(
        "The document could not be checked for malicious software, so it was not kept. Try again in a few minutes.",
        field="document",
    )
