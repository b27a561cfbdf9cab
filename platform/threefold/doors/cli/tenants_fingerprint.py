"""`threefold tenants fingerprint`: what the partners signed, as the fingerprint that the pages and the PDF show."""

from __future__ import annotations

import click

from threefold.doors.cli.tenants_record import FINGERPRINTED, ON_HELP, day_asked


@click.command("fingerprint")
@click.argument("name")
@click.option("--on", "on", help=ON_HELP)
def command(name: str, on: str | None) -> None:
    """Print the fingerprint of NAME: an exported TOML file, body/version, or what is on record (record:body/version).

    It is the SHA-256 of the whole content but for the signatures: an export of what was signed has the one that was signed, whatever
    the file is called. What was signed under an earlier format says its fingerprint in the first line of its export.
    """
    from threefold.doors.cli.packs import open_library
    from threefold.doors.cli.tenants_compare import a_file, arrangement_of, of_file

    day = day_asked(on, name)
    library, governance = open_library()
    known = {f"{body.id}/{v.version}" for body in library.bodies.values() for v in body.versions} | set(library.bodies)
    if a_file(name, known=known):
        found = of_file(library, name, as_it_is=True)
    else:
        found = arrangement_of(library, governance, name, day, FINGERPRINTED)
    click.echo(found.signed_hash)
