"""`threefold tenants`: check the bodies' files, put them on record, and write an arrangement out again."""

from __future__ import annotations

from pathlib import Path

import click

from threefold.doors.cli import (
    tenants_check,
    tenants_compare,
    tenants_fingerprint,
    tenants_load,
    tenants_replay,
    tenants_take_out,
)
from threefold.doors.cli.output import HELP, give, nothing_written_on_failure, refuse_place
from threefold.doors.cli.tenants_record import EXPORTED, ON_HELP, day_asked, is_on_record


@click.group("tenants")
def command() -> None:
    """The bodies and their arrangements, as files."""


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
command.add_command(tenants_load.command)
command.add_command(tenants_replay.command)
command.add_command(tenants_take_out.command)


def register(group: click.Group) -> None:
    group.add_command(command)
