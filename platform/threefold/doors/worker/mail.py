"""Sending e-mail: real SMTP; in a demonstration without a mail server, to files under `var/mail`."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from threefold.connections import is_loopback

SECONDS = 20.0


class Mailer(Protocol):
    """Sends one plain-text e-mail; raises `OSError` or `smtplib.SMTPException` when it cannot."""

    def send(self, to: str, subject: str, text: str) -> None: ...


class SmtpMailer:
    """`smtp://user:password@host:port` with STARTTLS, or `smtps://...`; the server's certificate is checked.

    Mails hold links that open something. Where the server offers no encryption none is sent, but on this machine itself or
    where `network_encrypted`: the network between does it. `certificate`: a file with a certificate of the service's own and its
    key, which is shown to a server that asks for one; it is read with each mail, so that one that was renewed is in use at once.
    """

    def __init__(self, url: str, sender: str, *, network_encrypted: bool = False, certificate: str = "") -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "smtps"
        self._host, self._port = parts.hostname or "localhost", parts.port or (465 if self._secure else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._plain_will_do = sender, network_encrypted or is_loopback(self._host)
        self._certificate = certificate

    def send(self, to: str, subject: str, text: str) -> None:
        context = ssl.create_default_context()
        if self._certificate:
            context.load_cert_chain(self._certificate)
        with (
            smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
            if self._secure
            else smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        ) as server:
            server.ehlo_or_helo_if_needed()  # before it, smtplib knows of nothing that the server offers
            if not self._secure and server.has_extn("starttls"):
                server.starttls(context=context)
            elif not self._secure and not self._plain_will_do:
                raise smtplib.SMTPNotSupportedError("The mail server offers no STARTTLS. Use one that does, or smtps://.")
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
