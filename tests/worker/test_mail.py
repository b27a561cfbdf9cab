"""Mails go to a real server over TLS whose certificate is checked; none goes in the clear to another machine; headers hold."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.inbox import receiving
from tests.support.tls import Authority
from threefold.doors.worker.mail import SmtpMailer

SENDER = "threefold@threefold.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine's own address, with its key, which no authority knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "mail.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_server_that_offers_it_is_spoken_to_over_tls(
    certificate: Path, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(tls) as (inbox, port):
        SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).send("one@vale.example", "A step is due", "Sign in to see it.")
    assert inbox.encrypted == [True] and inbox.mails[0]["To"] == "one@vale.example"


def test_a_server_whose_certificate_no_authority_knows_gets_no_mail(tls: ssl.SSLContext) -> None:
    with receiving(tls) as (inbox, port), pytest.raises(ssl.SSLCertVerificationError):
        SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).send("one@vale.example", "A step is due", "Sign in to see it.")
    assert not inbox.mails


def test_a_server_that_asks_for_a_certificate_is_shown_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of a password that stays, or beside it (ASVS 13.2.1)."""
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    asking, own = authority.asks_for_certificates(authority.issue("localhost")), tmp_path / "own.pem"
    asking.maximum_version = ssl.TLSVersion.TLSv1_2  # where who shows none is refused before a word is said
    own.write_bytes(stranger.issue("threefold").both.read_bytes())
    with receiving(asking) as (inbox, port):
        plain, shown = (SmtpMailer(f"smtp://localhost:{port}", SENDER, certificate=path) for path in ("", str(own)))
        for mailer in (plain, shown):
            with pytest.raises((ssl.SSLError, ConnectionError, smtplib.SMTPException)):
                mailer.send("one@vale.example", "A step is due", "Sign in to see it.")
        assert not inbox.mails
        own.write_bytes(authority.issue("threefold").both.read_bytes())
        shown.send("one@vale.example", "A step is due", "Sign in to see it.")
    assert inbox.encrypted == [True]


def test_another_machine_that_offers_no_tls_gets_a_mail_only_over_an_encrypted_network() -> None:
    with receiving() as (inbox, port):
        elsewhere = f"smtp://0.0.0.0:{port}"  # not this machine by its name, and this machine all the same
        with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
            SmtpMailer(elsewhere, SENDER).send("one@vale.example", "A step is due", "Sign in to see it.")
        assert not inbox.mails
        SmtpMailer(elsewhere, SENDER, network_encrypted=True).send("one@vale.example", "A step is due", "Sign in to see it.")
        assert inbox.encrypted == [False]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nothing_that_is_put_into_a_mail_makes_another_header(end: str) -> None:
    """Addresses and subjects with line ends are refused before a word is sent (ASVS 1.3.11)."""
    with receiving() as (inbox, port):
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER)
        for to, subject in (
            (f"one@vale.example{end}Bcc: all@elsewhere.example", "A step is due"),
            ("one@vale.example", f"A step is due{end}Bcc: all@elsewhere.example"),
        ):
            with pytest.raises(ValueError, match=r"(?i)linefeed|newline|carriage"):
                mailer.send(to, subject, "Sign in to see it.")
        mailer.send("one@vale.example", "A step is due", f"First line{end}Bcc: all@elsewhere.example")
    assert [(m["To"], m["Bcc"]) for m in inbox.mails] == [("one@vale.example", None)]
