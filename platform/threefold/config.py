"""Settings, from the environment: typed, all problems told at once, unknown names refused."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from threefold.addresses import PATTERNS, split, wrong_with
from threefold.connections import in_the_clear, is_loopback, open_secrets
from threefold.domain.errors import ManyErrors, ThreefoldError


class SettingsError(ThreefoldError):
    """A setting is missing, of the wrong type, or not one of ours; the field is the variable's name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that varies between installations. See docs/operators.md for each."""

    database_url: str
    redis_url: str
    secret_key_file: Path
    master_key_file: Path | None = None
    other_master_key_files: str = ""
    kms_url: str = ""
    kms_token_file: str = ""
    mode: str = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    proxies: str = "127.0.0.1 ::1"
    migration_database_url: str = ""
    smtp_url: str = ""
    mail_from: str = "threefold@localhost"
    mail_certificate_file: str = ""
    tenants: Path = Path("tenants")
    var: Path = Path("var")
    anchors: Path | None = None
    audit_lines: Path | None = None
    web_workers: int = 2
    log_level: str = "info"
    prepared_statements: bool = True
    pooled: bool = False
    limits_url: str = ""
    clamd: str = ""
    network: str = ""
    security_contact: str = ""
    second_step: str = ""
    code_grace: int = 0
    link_code_minutes: int = 10
    sign_in_days: int = 400
    reads: int = 600
    same_place: str = "16 32"
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: str = ""
    oidc_name: str = "your organisation's account"
    oidc_second_step: str = "mfa"
    staff_sign_in: str = "any"

    @property
    def second_step_required(self) -> bool:
        """Whether nobody may work here without a second step. A demonstration and the tests only offer it."""
        return (self.second_step or ("required" if self.mode == "production" else "offered")) == "required"

    @property
    def staff_by_provider(self) -> bool:
        """Whether platform staff look into a body only from a sign-in that began at the provider, which knows the device."""
        return self.staff_sign_in == "provider"

    @property
    def trusted_proxies(self) -> tuple[tuple[IPv4Network | IPv6Network, ...], bool]:
        """(the addresses of the proxies that are believed, whether whoever reaches a unix socket is). Raises `ValueError`."""
        told = self.proxies.split()
        networks = tuple(ip_network(one) for one in told if one != "unix")
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("That is every address there is.")
        return networks, "unix" in told

    @property
    def place_lengths(self) -> tuple[int, int] | None:
        """How many bits of an IPv4 and of an IPv6 address are one place for a sign-in; None: no place is asked about. Raises `ValueError`."""
        if self.same_place == "any":
            return None
        four, six = (int(length) for length in self.same_place.split())
        if not (8 <= four <= 32 and 16 <= six <= 128):
            raise ValueError("That is no part of an address.")
        return four, six

    @property
    def oidc_strong(self) -> frozenset[str]:
        """Which values of `amr` or `acr` from the provider stand for a second step that it saw itself."""
        return frozenset(self.oidc_second_step.split())

    def oidc_client_secret(self) -> str:
        path = self.oidc_client_secret_file
        return Path(path).read_text(encoding="utf-8").strip() if path else ""

    @property
    def demonstration(self) -> bool:
        return self.mode == "demonstration"

    @property
    def anchors_folder(self) -> Path:
        """Where the ends of the audit's chains are written down."""
        return self.anchors or self.var / "anchors"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    def secret_key(self) -> bytes:
        return bytes.fromhex(self.secret_key_file.read_text(encoding="ascii").strip())


NAMES: dict[str, str] = {
    "database_url": "DATABASE_URL", "redis_url": "REDIS_URL", "host": "HOST", "port": "PORT", "public_url": "PUBLIC_URL", "proxies": "THREEFOLD_PROXIES",
    "migration_database_url": "MIGRATION_DATABASE_URL", "smtp_url": "SMTP_URL", "mail_from": "MAIL_FROM", "mail_certificate_file": "THREEFOLD_MAIL_CERTIFICATE_FILE",
    "secret_key_file": "THREEFOLD_SECRET_KEY_FILE", "master_key_file": "THREEFOLD_MASTER_KEY_FILE",
    "other_master_key_files": "THREEFOLD_OTHER_MASTER_KEY_FILES", "kms_url": "THREEFOLD_KMS_URL", "kms_token_file": "THREEFOLD_KMS_TOKEN_FILE",
    "mode": "THREEFOLD_MODE",
    "tenants": "THREEFOLD_TENANTS", "var": "THREEFOLD_VAR", "anchors": "THREEFOLD_ANCHORS", "audit_lines": "THREEFOLD_AUDIT_LINES", "web_workers": "THREEFOLD_WEB_WORKERS",
    "log_level": "THREEFOLD_LOG_LEVEL", "prepared_statements": "THREEFOLD_PREPARED_STATEMENTS",
    "pooled": "THREEFOLD_POOLED", "limits_url": "THREEFOLD_LIMITS_URL", "clamd": "THREEFOLD_CLAMD", "security_contact": "THREEFOLD_SECURITY_CONTACT",
    "network": "THREEFOLD_NETWORK", "sign_in_days": "THREEFOLD_SIGN_IN_DAYS", "reads": "THREEFOLD_READS", "same_place": "THREEFOLD_SAME_PLACE",
    "second_step": "THREEFOLD_SECOND_STEP", "code_grace": "THREEFOLD_CODE_GRACE", "link_code_minutes": "THREEFOLD_LINK_CODE_MINUTES", "oidc_issuer": "THREEFOLD_OIDC_ISSUER", "oidc_client_id": "THREEFOLD_OIDC_CLIENT_ID",
    "oidc_client_secret_file": "THREEFOLD_OIDC_CLIENT_SECRET_FILE", "oidc_name": "THREEFOLD_OIDC_NAME",
    "oidc_second_step": "THREEFOLD_OIDC_SECOND_STEP", "staff_sign_in": "THREEFOLD_STAFF_SIGN_IN",
}  # fmt: skip
# Set by and for the tests and the Makefile; not settings of the service.
ALSO_KNOWN = ("THREEFOLD_TEST_SOCKET", "THREEFOLD_TEST_PASSWORD", "THREEFOLD_CHROMIUM", "THREEFOLD_RUN")
MODES = ("production", "demonstration", "test")
# Addresses that hold a password, and where each may be instead: in a file that a vault writes. A database's address names files itself.
IN_FILES = {name: f"{name}_FILE" for name in ("REDIS_URL", "THREEFOLD_LIMITS_URL", "SMTP_URL")}


def read_settings(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings of the environment; `given` (by field name) wins. Raises `ManyErrors` with every problem."""
    environment = os.environ if environment is None else environment
    errors: list[ThreefoldError] = []
    values: dict[str, Any] = {}
    known = {*NAMES.values(), *ALSO_KNOWN, *IN_FILES.values()}
    named = {file: environment[file] for file in IN_FILES.values() if environment.get(file)}
    for name in sorted(environment):
        if name.startswith("THREEFOLD_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            errors.append(SettingsError(f"There is no setting of this name.{hint}", field=name))
    try:
        environment = with_files(environment)
    except ThreefoldError as error:
        errors.append(error)
    for field in fields(Settings):
        name = NAMES[field.name]
        if field.name in given:
            values[field.name] = given[field.name]
        elif environment.get(name, "") != "":
            try:
                values[field.name] = _READ.get(str(field.type), str)(environment[name])
            except ValueError as error:
                errors.append(SettingsError(str(error), field=name))
        elif field.default is field.default_factory:  # both are MISSING: there is no default
            errors.append(SettingsError(f"This setting is needed and is missing. {HINTS[field.name]}", field=name))
    if not (values.get("master_key_file") or values.get("kms_url")):
        errors.append(SettingsError(_ONE_MASTER_KEY, field=NAMES["master_key_file"]))
    if not errors:
        settings = Settings(**values)
        errors += _contradictions(settings, named)
        if not errors:
            return settings
    raise errors[0] if len(errors) == 1 else ManyErrors(errors)


HINTS = {
    "database_url": "Give the running role's address, such as postgresql+psycopg://threefold_app:...@host/threefold.",
    "redis_url": "Give the queue's address, such as redis://:password@host:6379/0.",
    "secret_key_file": "Give the file that holds the key for cookies: 64 hexadecimal characters.",
}


_ONE_MASTER_KEY = "Give the file that holds the master key (64 hexadecimal characters), or THREEFOLD_KMS_URL, and not both."


def with_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with each address that is in a file (`IN_FILES`) in its place. Raises `SettingsError`."""
    found = dict(environment)
    for name, file in IN_FILES.items():
        path = found.pop(file, "")
        if path and found.get(name):
            raise SettingsError(f"Give this or {file}, and not both.", field=name)
        if path:
            try:
                found[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                raise SettingsError(f"That file cannot be read ({type(error).__name__}).", field=file) from None
    return found


def _contradictions(settings: Settings, named: Mapping[str, str]) -> list[ThreefoldError]:
    """`named`: the files, by their settings, in which addresses stood."""
    wrong: list[ThreefoldError] = []
    if settings.mode not in MODES:
        wrong.append(SettingsError(f"Use one of: {', '.join(MODES)}.", field="THREEFOLD_MODE"))
    if settings.demonstration and not is_loopback(settings.host):
        wrong.append(
            SettingsError(
                "A demonstration has published passwords and is served on loopback only: use 127.0.0.1.", field="HOST"
            )
        )
    if settings.mode == "production" and not settings.smtp_url:
        wrong.append(SettingsError("Reminders need a mail server: give smtp://user:password@host:port.", field="SMTP_URL"))
    wrong += _addresses(settings)
    for name, url, schemes in (
        ("DATABASE_URL", settings.database_url, ("postgresql+psycopg",)),
        ("MIGRATION_DATABASE_URL", settings.migration_database_url, ("postgresql+psycopg",)),
        ("REDIS_URL", settings.redis_url, ("redis", "rediss", "unix")),
        ("PUBLIC_URL", settings.public_url, ("http", "https")),
        ("SMTP_URL", settings.smtp_url, ("smtp", "smtps")),
    ):
        if url and split(url).scheme not in schemes:
            wrong.append(SettingsError(f"Begin the address with {' or '.join(s + '://' for s in schemes)}.", field=name))
    if settings.second_step not in ("", "required", "offered"):
        wrong.append(SettingsError("Say required or offered.", field="THREEFOLD_SECOND_STEP"))
    wrong += _proxies(settings)
    wrong += _place(settings)
    wrong += [SettingsError(told, field=name) for name, told in (*open_secrets(settings, named), *in_the_clear(settings))]
    wrong += _provider(settings)
    wrong += _master_key(settings)
    if settings.clamd != "none" and not re.fullmatch(r"(unix:///.+|tcp://[^/@:]+:\d{1,5})?", settings.clamd):
        wrong.append(SettingsError("Say unix:///path/of/clamd.ctl, tcp://host:port, or none.", field="THREEFOLD_CLAMD"))
    if not re.fullmatch(r"((mailto:|https://|tel:)[\x21-\x7e]+)?", settings.security_contact):
        wrong.append(SettingsError("Begin it with mailto:, https:// or tel:.", field="THREEFOLD_SECURITY_CONTACT"))
    if not 1 <= settings.port <= 65535:
        wrong.append(SettingsError("Give a port between 1 and 65535.", field="PORT"))
    if not 0 <= settings.code_grace <= 30:
        wrong.append(SettingsError("Give a number of seconds between 0 and 30.", field="THREEFOLD_CODE_GRACE"))
    if not 1 <= settings.link_code_minutes <= 10:
        wrong.append(SettingsError("Give a number of minutes between 1 and 10.", field="THREEFOLD_LINK_CODE_MINUTES"))
    if not 90 <= settings.sign_in_days <= 3660:
        wrong.append(SettingsError("Give a number of days between 90 and 3660.", field="THREEFOLD_SIGN_IN_DAYS"))
    if not 60 <= settings.reads <= 100_000:
        wrong.append(
            SettingsError("Give how many pages one person may read in five minutes, 60 to 100000.", field="THREEFOLD_READS")
        )
    if not 1 <= settings.web_workers <= 64:
        wrong.append(SettingsError("Give a number of workers between 1 and 64.", field="THREEFOLD_WEB_WORKERS"))
    if settings.log_level not in ("debug", "info", "warning", "error"):
        wrong.append(SettingsError("Use one of: debug, info, warning, error.", field="THREEFOLD_LOG_LEVEL"))
    return wrong


def _addresses(settings: Settings) -> list[ThreefoldError]:
    """Each address that no program could read."""
    given = {name: getattr(settings, field) for field, name in NAMES.items() if name in PATTERNS}
    return [SettingsError(told, field=name) for name, url in given.items() if (told := wrong_with(name, url))]


def _master_key(settings: Settings) -> list[ThreefoldError]:
    """The current master key is in a file or in a key management service: in one of them."""
    if settings.master_key_file is not None and settings.kms_url:
        return [SettingsError(_ONE_MASTER_KEY, field="THREEFOLD_MASTER_KEY_FILE")]
    parts = split(settings.kms_url)
    if settings.kms_url and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return [SettingsError("Begin the address with https://, or use this machine's own.", field="THREEFOLD_KMS_URL")]
    return []


def _proxies(settings: Settings) -> list[ThreefoldError]:
    """Each proxy that is believed is an address, or a network that is not all of them."""
    try:
        settings.trusted_proxies  # noqa: B018
    except ValueError:
        told = "Give the proxies' addresses or networks with spaces between, such as 127.0.0.1 10.1.2.0/24, or unix."
        return [SettingsError(told, field="THREEFOLD_PROXIES")]
    return []


def _place(settings: Settings) -> list[ThreefoldError]:
    """What counts as one place is so much of an address of each kind."""
    try:
        settings.place_lengths  # noqa: B018
    except ValueError:
        told = "Give how many bits of an IPv4 address (8 to 32) and of an IPv6 address (16 to 128) are one place, such as 16 32, or any."
        return [SettingsError(told, field="THREEFOLD_SAME_PLACE")]
    return []


def _provider(settings: Settings) -> list[ThreefoldError]:
    """Signing in with an OpenID provider needs all of its settings, and a way to it that nobody can listen to."""
    if settings.staff_sign_in not in ("any", "provider"):
        return [SettingsError("Say any or provider.", field="THREEFOLD_STAFF_SIGN_IN")]
    if settings.staff_by_provider and not settings.oidc_issuer:
        return [SettingsError("Name the provider too: THREEFOLD_OIDC_ISSUER.", field="THREEFOLD_STAFF_SIGN_IN")]
    if not settings.oidc_issuer:
        return []
    wrong: list[ThreefoldError] = []
    parts = split(settings.oidc_issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        wrong.append(SettingsError("Begin the address with https://.", field="THREEFOLD_OIDC_ISSUER"))
    if not settings.oidc_client_id:
        wrong.append(SettingsError("Give the client id that the provider gave you.", field="THREEFOLD_OIDC_CLIENT_ID"))
    if not settings.oidc_client_secret_file:
        wrong.append(SettingsError("Give the file that holds the client secret.", field="THREEFOLD_OIDC_CLIENT_SECRET_FILE"))
    return wrong


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a whole number.") from None


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("Say yes or no.")
    return text == "yes"


_READ: dict[str, Callable[[str], Any]] = {"int": _whole, "Path": Path, "Path | None": Path, "bool": _yes_or_no, "str": str}
