"""`threefold tenants`: check the bodies' files, put them on record, and write an arrangement out again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from threefold.doors.cli import tenants_check, tenants_compare, tenants_fingerprint, tenants_replay, tenants_take_out
from threefold.doors.cli.output import HELP, give, nothing_written_on_failure, refuse_place
from threefold.doors.cli.tenants_record import EXPORTED, ON_HELP, day_asked, is_on_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from threefold.config import Settings
    from threefold.governance.decide import Governance
    from threefold.governance.pack import Library


@click.group("tenants")
def command() -> None:
    """The bodies and their arrangements, as files."""


@command.command("load")
def load() -> None:
    """Put every body of tenants/ on record: in the directory, with its keys and its arrangement versions."""
    from threefold.config import read_settings
    from threefold.wiring import open_rules, open_walls

    settings = read_settings()
    library, governance = open_rules(settings)
    load_all(settings, library, governance, open_walls(settings), click.echo)


def load_all(settings: Settings, library: Library, governance: Governance, walls: Any, say: Callable[[str], None]) -> None:
    """As `tenants load`. Safe to repeat; a version already on record with the same content is left alone."""
    from threefold.domain.errors import PackError
    from threefold.walls.provision import Provision
    from threefold.walls.session import SYSTEM, Scope
    from threefold.work.arrangements.stories import enter_version

    if not settings.migration_database_url:
        raise PackError("Loading bodies is the owner's act: set MIGRATION_DATABASE_URL.", field="MIGRATION_DATABASE_URL")
    provision, now = Provision(settings.migration_database_url), datetime.now(UTC)
    try:
        provision.put_scope_key(walls.scope_key)
        provision.put_sign_in_limit(settings.sign_in_days)
        for name, body in sorted(library.bodies.items()):
            if body.synthetic and not settings.demonstration:
                continue  # what is made up stays in demonstrations
            door = body.details.get("front_door") or {}
            body_id = provision.put_body(
                name, body.name, body.kind, now, synthetic=body.synthetic, national_body=body.details.get("national_body", ""),
                area_codes=body.area_codes, front_door=door.get("text", ""),
            )  # fmt: skip
            with walls.directory() as directory:
                left = directory.left_on(body_id)
            if left is not None:
                say(f"  {name}: left on {left:%-d %B %Y}; nothing is loaded for it")
                continue
            provision.ensure_keys(walls, body_id, now)
            try:
                with walls.open(Scope(body_id), actor=SYSTEM, purpose="load arrangements", at=now) as unit:
                    entered = [v.version for v in body.versions if enter_version(unit, governance, v)]
            except PackError as error:
                if not body.synthetic:
                    raise
                # A later release may make it up anew. What stands on record stays, here as anywhere.
                say(f"  {name}: {error.sentence} This body is made up: `make clean` and `make run` make it afresh.")
                continue
            if entered:
                say(f"  {name}: {', '.join(entered)}")
    finally:
        provision.dispose()


@command.command("export")
@click.argument("body")
@click.argument("version", required=False)
@click.option("--on", "on", help=ON_HELP)
@click.option("--output", "output", type=click.Path(path_type=Path), metavar="FILE", help=HELP)
def export(body: str, version: str | None, on: str | None, output: Path | None) -> None:
    """Write the arrangement VERSION of BODY as one TOML pack, layers merged and sources named.

    BODY is a body among the files; or record:body for what is on record, what was signed on screen included: without VERSION, the
    version in force. The body's audit says so.
    """
    with nothing_written_on_failure(output):
        if output is not None:
            refuse_place(output)
        give(_exported(body, version, on), output)


def _exported(body: str, version: str | None, on: str | None) -> str:
    from threefold.doors.cli.packs import open_library
    from threefold.doors.cli.tenants_compare import arrangement_of
    from threefold.governance.pack import SHARED
    from threefold.governance.pack_export import to_toml

    name = body if version is None else f"{body}/{version}"
    day = day_asked(on, name)
    # `> tenants/an-area/arrangements/new.toml`: the shell empties that file before the command begins, and it must not stop it.
    recorded = is_on_record(body)  # then no body's file is needed, and none is asked for
    library, governance = open_library(SHARED if recorded else body.partition("/")[0], _passed_over)
    if not recorded:
        library.body(body.partition("/")[0])
    return to_toml(arrangement_of(library, governance, name, day, EXPORTED))


def _passed_over(file: str) -> None:
    click.echo(f"{file}: This file is empty, and is passed over.", err=True)


command.add_command(tenants_check.command)
command.add_command(tenants_compare.command)
command.add_command(tenants_fingerprint.command)
command.add_command(tenants_replay.command)
command.add_command(tenants_take_out.command)


def register(group: click.Group) -> None:
    group.add_command(command)
