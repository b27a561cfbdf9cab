"""A real SMTP server for tests: what it took can be read."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Inbox:
    """What a real SMTP server took; told to, it refuses a recipient."""

    mails: list[Message] = field(default_factory=list)
    refused: str = ""
    encrypted: list[bool] = field(default_factory=list)  # of each mail: whether it came over TLS

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address == self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.encrypted.append(session.ssl is not None)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[Message]:
        return [m for m in self.mails if m["To"] == address]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Inbox, int]]:
    """An inbox, and the port of this machine on which its server listens. `tls`: it offers STARTTLS with it."""
    found = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port, tls_context=tls)
    server.start()
    try:
        yield found, port
    finally:
        server.stop()


def text_of(mail: Message) -> str:
    return bytes(mail.get_payload(decode=True)).decode()
