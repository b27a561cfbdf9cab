"""How the service reaches its other servers: over TLS that is checked, or not at all; and which files of keys its addresses name.

Each function gives what is wrong with the settings as (name of the setting, what to do).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from threefold.addresses import split

if TYPE_CHECKING:
    from threefold.config import Settings

Wrong = tuple[str, str]
OR_ENCRYPTED = "Where the network between encrypts by itself, say THREEFOLD_NETWORK=encrypted."
# Where a database's address may say which server is meant; a service file is not followed, so it counts as another machine.
_WHERE = ("host", "hostaddr", "service")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's own loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def in_the_clear(settings: Settings) -> Iterator[Wrong]:
    """What production would say over a network for anybody on it to read, or to whoever answers, unless the network itself encrypts.

    The mail server's encryption is looked at when a mail is sent: it offers that, or it does not.
    """
    if settings.network not in ("", "encrypted"):
        yield "THREEFOLD_NETWORK", "Say encrypted, or leave it out."
        return
    if settings.mode != "production" or settings.network == "encrypted":
        return
    for name, url in _databases(settings):
        if _elsewhere(url) and _asked(url).get("sslmode") != ["verify-full"]:
            yield name, f"Add sslmode=verify-full to the address. {OR_ENCRYPTED}"
    for name, url in _queues(settings):
        parts, asked = split(url), _asked(url)
        if parts.scheme not in ("redis", "rediss") or is_loopback(parts.hostname or ""):
            continue
        if parts.scheme == "redis":
            yield name, f"Begin the address with rediss://. {OR_ENCRYPTED}"
        elif asked.get("ssl_cert_reqs", ["required"]) != ["required"] or asked.get("ssl_check_hostname", ["true"]) != ["true"]:
            yield name, f"Leave ssl_cert_reqs and ssl_check_hostname out: the server’s certificate is checked. {OR_ENCRYPTED}"
    if settings.clamd.startswith("tcp://") and not is_loopback(split(settings.clamd).hostname or ""):
        yield "THREEFOLD_CLAMD", f"Documents would go to the scanner in the clear: run one on this machine. {OR_ENCRYPTED}"


def open_secrets(settings: Settings, named: Mapping[str, str]) -> Iterator[Wrong]:
    """In production nobody but the service's user, and its group, has any business with a file of a secret; the group may read.

    `named`: files in which addresses stood, by their settings.
    """
    if settings.mode != "production":
        return
    for name, path in (*_files_of_secrets(settings), *named.items()):
        if path and _is_open(path):
            yield name, "Others on this machine may get at that file: chmod 600, or 640 for a group that may read it."


def _files_of_secrets(settings: Settings) -> Iterator[Wrong]:
    """(the setting, the file that it names), those that stand in an address too."""
    yield "THREEFOLD_SECRET_KEY_FILE", str(settings.secret_key_file)
    yield "THREEFOLD_MASTER_KEY_FILE", str(settings.master_key_file or "")
    for one in settings.other_master_key_files.split(os.pathsep):
        yield "THREEFOLD_OTHER_MASTER_KEY_FILES", one
    yield "THREEFOLD_KMS_TOKEN_FILE", settings.kms_token_file
    yield "THREEFOLD_OIDC_CLIENT_SECRET_FILE", settings.oidc_client_secret_file
    yield "THREEFOLD_MAIL_CERTIFICATE_FILE", settings.mail_certificate_file
    for name, url in _databases(settings):
        for path in (*_asked(url).get("sslkey", ()), *_asked(url).get("passfile", ())):
            yield name, path
    for name, url in _queues(settings):
        for path in _asked(url).get("ssl_keyfile", ()):
            yield name, path


def _databases(settings: Settings) -> tuple[Wrong, ...]:
    named = (("DATABASE_URL", settings.database_url), ("MIGRATION_DATABASE_URL", settings.migration_database_url))
    return tuple((name, url) for name, url in named if split(url).scheme.startswith("postgresql"))


def _queues(settings: Settings) -> tuple[Wrong, ...]:
    return ("REDIS_URL", settings.redis_url), ("THREEFOLD_LIMITS_URL", settings.limits_url)


def _asked(url: str) -> dict[str, list[str]]:
    return parse_qs(split(url).query, keep_blank_values=True)


def _elsewhere(url: str) -> bool:
    """Whether any of the servers that a database's address names may be another machine. A path or an `@` is a unix socket."""
    asked = _asked(url)
    named = [split(url).hostname or "", *(value for where in _WHERE for value in asked.get(where, ()))]
    hosts = [host for value in named for host in value.split(",") if host]
    return any(not (host.startswith(("/", "@")) or is_loopback(host)) for host in hosts)


def _is_open(path: str) -> bool:
    try:
        return bool(Path(path).stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP))
    except OSError:
        return False  # it is not there, or not for us: whoever reads it says so
