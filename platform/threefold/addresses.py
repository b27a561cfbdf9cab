"""Whether the addresses of the settings can be read at all. What is told of one never quotes it: it may hold a password."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_ESCAPES = "(in a user's name or a password write @ : / ? # and % as %40 %3A %2F %3F %23 and %25)."
# What a right one looks like, by the name of the setting.
PATTERNS = {
    "DATABASE_URL": "postgresql+psycopg://threefold_app:PASSWORD@host:5432/threefold",
    "MIGRATION_DATABASE_URL": "postgresql+psycopg://threefold_owner:PASSWORD@host:5432/threefold",
    "REDIS_URL": "rediss://threefold-queue:PASSWORD@host:6379/0",
    "THREEFOLD_LIMITS_URL": "rediss://threefold-limits:PASSWORD@host:6379/0",
    "SMTP_URL": "smtp://user:PASSWORD@host:587",
    "PUBLIC_URL": "https://threefold.example.org",
    "THREEFOLD_KMS_URL": "https://keys.example.org",
    "THREEFOLD_OIDC_ISSUER": "https://accounts.example.org",
}


def split(url: str) -> SplitResult:
    """The parts of an address; of one that cannot be read, empty ones (`wrong_with` tells why)."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def wrong_with(name: str, url: str) -> str:
    """Why the address in the setting of that name cannot be used, and what a right one looks like; empty where it can, or is unset."""
    why, pattern = _why_not(url) if url else "", PATTERNS[name]
    return f"{why} A right one looks like this: {pattern} {_ESCAPES if 'PASSWORD' in pattern else ''}".rstrip() if why else ""


def _why_not(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "This address cannot be read."
    if parts.scheme.startswith("postgresql"):
        return _database(url)
    try:
        return _port(parts.port)
    except ValueError:
        return _WRONG_PORT


_WRONG_PORT = "The port in this address is no number from 1 to 65535."


def _port(port: int | None) -> str:
    return "" if port is None or 1 <= port <= 65535 else _WRONG_PORT


def _database(url: str) -> str:
    """As the driver reads it: a password with a / in it is none to it that ends the host, as it is for other addresses."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo
    from sqlalchemy.engine.url import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        read = make_url(url)
    except ArgumentError:
        return "This address cannot be read."
    except ValueError:
        return _WRONG_PORT
    asked = read.query.get("port", ())
    ports = [port for one in ([asked] if isinstance(asked, str) else asked) for port in one.split(",") if port]
    if not all(port.isascii() and port.isdecimal() and not _port(int(port)) for port in ports):
        return _WRONG_PORT
    try:
        make_conninfo(**{key: value if isinstance(value, str) else value[-1] for key, value in read.query.items()})
    except ProgrammingError:
        return "After the ? in this address stands something that the database's driver does not know."
    return _port(read.port)
