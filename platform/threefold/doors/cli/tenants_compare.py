"""`threefold tenants diff`: two arrangements compared in words, as the screen does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from threefold.governance.pack import Arrangement, Library, Pack


@click.command("diff")
@click.argument("before")
@click.argument("after")
def command(before: str, after: str) -> None:
    """Say in words how AFTER differs from BEFORE.

    Each is a body (its newest version), body/version, a shared pack such as _shared/pan-sussex/procedures, or a TOML file.
    """
    from threefold.doors.cli.packs import open_library
    from threefold.governance.comparison import compare, grouped

    library, governance = open_library()
    differences = compare(governance.catalogue, named(library, before), named(library, after))
    for heading, told in grouped(differences):
        click.echo(heading)
        for one in told:
            click.echo(f"  {one.sentence}")
    if not differences:
        click.echo("Nothing a person would notice is different.")


def named(library: Library, name: str) -> Arrangement | Pack:
    """What a name stands for. Raises `PackError` saying what there is."""
    from threefold.domain.errors import PackError
    from threefold.governance.pack import read_arrangement

    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise PackError(f"There is no file '{name}' here.", field=name)
        return read_arrangement(path, path.name, None)
    if name in library.packs:
        return library.packs[name]
    body, _, version = name.partition("/")
    known = {v.version: v for v in library.body(body).versions}
    if not version and known:
        return list(known.values())[-1]
    if version not in known:
        raise PackError(f"There is no version '{version}' of {body}. Use one of: {', '.join(known) or 'none'}.", field=name)
    return known[version]
