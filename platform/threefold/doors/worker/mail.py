"""Sending e-mail: real SMTP; in a demonstration without a mail server, to files under `var/mail`."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

SECONDS = 20.0


class Mailer(Protocol):
    """Sends one plain-text e-mail; raises `OSError` or `smtplib.SMTPException` when it cannot."""

    def send(self, to: str, subject: str, text: str) -> None: ...


class SmtpMailer:
    """`smtp://user:password@host:port` (STARTTLS where the server offers it) or `smtps://...`."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "smtps"
        self._host, self._port = parts.hostname or "localhost", parts.port or (465 if self._secure else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
            if self._secure
            else smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        ) as server:
            if not self._secure and server.has_extn("starttls"):
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            server.send_message(_message(self._sender, to, subject, text))


class FolderMailer:
    """Writes each e-mail to a file: what a demonstration does instead of sending."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    def send(self, to: str, subject: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / f"{uuid4()}.eml").write_bytes(bytes(_message(self._sender, to, subject, text)))


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
