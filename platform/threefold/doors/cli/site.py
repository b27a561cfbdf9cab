"""The database of a site, for commands that do without one too: a configured site's, or that of the demonstration running here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from threefold.domain.errors import ThreefoldError

if TYPE_CHECKING:
    from threefold.config import Settings

DATABASE = "threefold"  # of a demonstration


def has_site() -> bool:
    """Whether there is a database to ask: one that is set, or that of a demonstration running here."""
    return bool(os.environ.get("DATABASE_URL")) or _running()


def site_settings(*, owner: bool = False) -> Settings:
    """The settings of the site: those of the environment; where it names no database, those of the demonstration running here.

    `owner`: for an act of the database's owner: a demonstration's files hold the owner's password too.
    Raises `ThreefoldError` where there is neither, `SettingsError` or `ManyErrors` where the settings are wrong.
    """
    from threefold.config import read_settings

    if os.environ.get("DATABASE_URL"):
        return read_settings()
    if not _running():
        raise ThreefoldError(
            "What is on record stands in a database, and none is known here. Leave `make run` running beside this command, or set "
            "DATABASE_URL and what goes with it (docs/operators.md).", field="DATABASE_URL",
        )  # fmt: skip
    return read_settings(local_environment(_var(), owner=owner) | dict(os.environ))


def local_environment(var: Path, *, owner: bool = False) -> dict[str, str]:
    """What a demonstration whose files are in `var` sets of its database and keys, for whoever may read these files."""
    from threefold.doors.local.postgres import socket_folder

    keys, host = var / "keys", socket_folder(var / "postgres")

    def address(role: str) -> str:
        return database_url(role, (keys / f"{role}.password").read_text(encoding="ascii"), str(host))

    return {
        "DATABASE_URL": address("app"), **({"MIGRATION_DATABASE_URL": address("owner")} if owner else {}),
        "REDIS_URL": "redis://127.0.0.1", "THREEFOLD_MODE": "demonstration", "THREEFOLD_VAR": str(var),
        "THREEFOLD_SECRET_KEY_FILE": str(keys / "secret.key"), "THREEFOLD_MASTER_KEY_FILE": str(keys / "master.key"),
    }  # fmt: skip


def database_url(role: str, password: str, host: str) -> str:
    """The address of a demonstration's database. `role`: app or owner; `host`: its folder of sockets."""
    return f"postgresql+psycopg://threefold_{role}:{password}@/{DATABASE}?host={host}"


def _var() -> Path:
    return Path(os.environ.get("THREEFOLD_VAR", "") or "var").resolve()


def _running() -> bool:
    """Whether a demonstration's database takes connections here: its files are in `var`, and its socket is there."""
    if not (_var() / "keys" / "app.password").exists():
        return False
    from threefold.doors.local.postgres import socket_folder

    return (socket_folder(_var() / "postgres") / ".s.PGSQL.5432").exists()
