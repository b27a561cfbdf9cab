"""`threefold doctor`: what this machine and its settings have, what is missing, and what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threefold.domain.errors import ThreefoldError

if TYPE_CHECKING:
    from threefold.config import Settings
    from threefold.governance.pack import Arrangement

Check = Callable[[], str]


@click.command("doctor")
def command() -> None:
    """Check Python, rules and who needs them, assets, memory, settings, database, walls, migrations, how long sign-ins are kept, queue, mail, disk and clock."""
    bad = 0
    for name, check in _checks().items():
        try:
            said = check()
        except Exception as error:  # noqa: BLE001 - a doctor tells what is wrong, whatever it is, and goes on
            bad += 1
            click.echo(f"problem  {name}: {_told(error)}")
        else:
            click.echo(f"ok       {name}: {said}")
    if bad:
        sys.exit(1)


def _told(error: Exception) -> str:
    from threefold.doors.cli.unreachable import not_reached, not_set_up

    if isinstance(error, ThreefoldError):
        return str(error)
    if told := not_reached(error):
        return told
    if not_set_up(error):
        return "The database lacks what is asked of it: see what is said of the migrations and of the walls."
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def _checks() -> dict[str, Check]:
    return {
        "python": _python, "rules": _rules, "bodies": _bodies, "rules in use": _in_use, "page assets": _assets, "disk": _disk, "memory": _memory, "clock": _clock, "settings": _settings,
        "database": _database, "migrations": _migrations, "walls": _walls, "old sign-ins": _old_sign_ins, "queue": _queue, "mail": _mail,
    }  # fmt: skip


def _python() -> str:
    return sys.version.split()[0]


def _rules() -> str:
    from threefold.governance.catalogue import Catalogue
    from threefold.governance.notices import notices

    catalogue = Catalogue.installed()
    if catalogue.refused:
        raise ThreefoldError("; ".join(catalogue.refused.values()))
    if not catalogue.rules:
        raise ThreefoldError("No rule is installed. Run `make setup`.")
    told = ", ".join(f"{name}@{major}" for name, major in notices(catalogue))
    return f"{len(catalogue.rules)} installed" + (f"; told to end, see `threefold rules list`: {told}" if told else "")


def _bodies() -> str:
    from threefold.doors.cli.packs import open_library

    library, _ = open_library()
    return f"{len(library.bodies)} bodies, {len(library.editions)} editions of the law"


def _in_use() -> str:
    """Whether every rule that a version needs is installed: those of the files, and where there is a database those on
    record there too, each body's in its own scope."""
    from threefold.config import read_settings
    from threefold.doors.cli.packs import open_library
    from threefold.governance.notices import needed

    library, governance = open_library()
    found = [v for body in library.bodies.values() for v in body.versions]
    if os.environ.get("DATABASE_URL"):
        found += _on_record(read_settings())
    missing = sorted({(one.rule, f"{one.body}/{one.version}") for one in needed(governance.catalogue, found)})
    if missing:
        told = "; ".join(
            f"{rule} is needed by {', '.join(w for r, w in missing if r == rule)}" for rule in {r: 0 for r, _ in missing}
        )
        raise ThreefoldError(f"{told}. Install it: what these versions say of their cases cannot be worked out without it.")
    return f"{len(found)} versions have theirs"


def _on_record(settings: Settings) -> list[Arrangement]:
    from threefold.walls.session import SYSTEM, Scope
    from threefold.wiring import open_walls
    from threefold.work.arrangements.stories import versions

    walls, now = open_walls(settings), datetime.now(UTC)
    found: list[Arrangement] = []
    try:
        with walls.directory() as directory:
            bodies = directory.bodies()
        for body in bodies:
            with walls.open(Scope(body.id), actor=SYSTEM, purpose="see which rules are in use", at=now) as unit:
                found += versions(unit)
    finally:
        walls.engine.dispose()
    return found


def _assets() -> str:
    folder = Path(os.environ.get("THREEFOLD_VAR", "var")) / "assets" / "manifest.json"
    if not folder.exists():
        raise ThreefoldError("The page assets are missing. Run `make setup`.")
    return "set up"


def _disk() -> str:
    free = shutil.disk_usage(Path.cwd()).free
    if free < 500 * 1024 * 1024:
        raise ThreefoldError(f"Only {free // 1024 // 1024} MiB are free. Free at least 500 MiB, or the database may stop.")
    return f"{free // 1024 // 1024 // 1024} GiB free"


def _memory() -> str:
    """What the C library does with freed memory is the machine's. Whether the processes ask it to, each of them says when it starts."""
    from threefold.doors.memory import wiped_here

    if not wiped_here():
        raise ThreefoldError(
            "This machine's C library does not overwrite freed memory. What was opened stays there until it is used again."
        )
    return "overwritten when it is freed, by processes that were started so"


def _clock() -> str:
    from threefold.domain.calendar import LONDON, england_and_wales

    now = datetime.now(UTC)
    ends = england_and_wales().known_to
    if now.year < 2025 or now.date() > ends:
        raise ThreefoldError(
            f"The clock says {now:%-d %B %Y}; bank holidays are known until {ends:%-d %B %Y}. Set the clock, or update the list."
        )
    return f"{now.astimezone(LONDON):%-d %B %Y %H:%M} in London; bank holidays are known until {ends:%-d %B %Y}"


def _settings() -> str:
    from threefold.config import read_settings

    settings = read_settings()
    return f"{settings.mode}, {settings.public_url}"


def _database() -> str:
    from sqlalchemy import create_engine, text

    from threefold.config import read_settings

    engine = create_engine(read_settings().database_url)
    with engine.connect() as connection:
        version = str(connection.execute(text("show server_version")).scalar())
    engine.dispose()
    return f"PostgreSQL {version}"


def _migrations() -> str:
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine, text

    from threefold.app import MIGRATIONS
    from threefold.config import read_settings

    engine = create_engine(read_settings().database_url)
    with engine.connect() as connection:
        found = connection.execute(text("select version_num from directory.migration")).scalar()
    engine.dispose()
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found != newest:
        raise ThreefoldError(f"The database is at {found}, the program at {newest}. Run the migrations as the owner.")
    return str(found)


def _walls() -> str:
    from threefold.config import read_settings
    from threefold.walls.check import refuse_unless_safe
    from threefold.wiring import open_walls
    from threefold.work import models

    _ = models
    walls = open_walls(read_settings())
    try:
        refuse_unless_safe(walls.engine, walls.scope_key)
    finally:
        walls.engine.dispose()
    return "they stand"


def _old_sign_ins() -> str:
    """The owner puts the setting in force, and a service that was given another one goes on as before."""
    from threefold.config import NAMES, read_settings
    from threefold.wiring import open_walls

    settings = read_settings()
    walls = open_walls(settings)
    try:
        with walls.directory() as directory:
            days = directory.sign_in_days()
    finally:
        walls.engine.dispose()
    if days != settings.sign_in_days:
        kept = f"removes them after {days}" if days else "removes none"
        raise ThreefoldError(
            f"{NAMES['sign_in_days']} says {settings.sign_in_days} days, and the database {kept}. "
            "Run `threefold tenants load` with the setting that is meant."
        )
    return f"removed after {days} days"


def _queue() -> str:
    from threefold.config import read_settings
    from threefold.doors.worker.queue import open_queue

    open_queue(read_settings()).ping()
    return "answers"


def _mail() -> str:
    from threefold.config import read_settings

    settings = read_settings()
    if not settings.smtp_url:
        return "no mail server: a demonstration writes e-mail to var/mail"
    import smtplib
    from urllib.parse import urlsplit

    parts = urlsplit(settings.smtp_url)
    maker = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with maker(parts.hostname or "localhost", parts.port or 25, timeout=10) as server:
        server.noop()
    return f"{parts.hostname} answers"


def register(group: click.Group) -> None:
    group.add_command(command)
