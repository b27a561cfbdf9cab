"""An authority of certificates, and TLS in front of a server that has none.

The PostgreSQL and the Valkey that tests start were built without TLS. What stands here before them does what a pooler or a
tunnel on their machine would: it takes nobody without a certificate of the authority, made out to a name that it knows, and passes
the rest on to the server's unix socket. To PostgreSQL's clients it speaks their own way of asking for TLS.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_ASKS_FOR_TLS = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a certificate and of its key (mode 600), and one that holds both."""

    cert: Path
    key: Path
    both: Path


class Authority:
    """Makes certificates that are good for a day. `root`: the file of its own."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = _begun(self._name, self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.root = folder / f"{name}.crt"
        self.root.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> Certificate:
        """A certificate made out to `name`, as a host's and as a person's or service's."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = _begun(subject, self._name, key).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        cert = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        stem = self._folder / f"{self.root.stem}-{name}"
        files = Certificate(stem.with_suffix(".crt"), stem.with_suffix(".key"), stem.with_suffix(".pem"))
        for path, content in ((files.cert, cert), (files.key, secret), (files.both, cert + secret)):
            path.touch(mode=0o600)
            path.write_bytes(content)
        return files

    def asks_for_certificates(self, own: Certificate) -> ssl.SSLContext:
        """What a server speaks TLS with that shows `own`, and wants one of this authority from whoever connects."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own.both)
        context.load_verify_locations(self.root)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )  # fmt: skip


@contextmanager
def in_front(socket: str, context: ssl.SSLContext, *names: str, postgres: bool = False) -> Iterator[int]:
    """The port of localhost behind which the server of `socket` is, for whoever has a certificate made out to one of `names`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, ssl.SSLError):
            if postgres:
                if await reader.readexactly(8) != _ASKS_FOR_TLS:
                    return writer.close()
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(context)
            shown = dict(pair[0] for pair in (writer.get_extra_info("peercert") or {}).get("subject", ()))
            if shown.get("commonName") not in names:
                return writer.close()
            back, forth = await asyncio.open_unix_connection(socket)
            await asyncio.gather(_pass_on(reader, forth), _pass_on(back, writer))
        return None

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(take, "127.0.0.1", 0, ssl=None if postgres else context)

    async def end() -> None:
        server.close()
        open_still = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in open_still:
            task.cancel()
        await asyncio.gather(*open_still, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError, ssl.SSLError):
            while part := await reader.read(65536):
                writer.write(part)
                await writer.drain()
    finally:
        writer.close()
