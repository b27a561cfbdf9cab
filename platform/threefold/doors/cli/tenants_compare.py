"""`threefold tenants diff`: two arrangements compared in words, as the screen does; and what a name given to a command stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from threefold.doors.cli.tenants_record import COMPARED, ON_HELP, Told, day_asked, is_on_record, on_record

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import date

    from threefold.domain.errors import PackError
    from threefold.governance.decide import Governance
    from threefold.governance.pack import Arrangement, Library, Pack


@click.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--on", "on", help=ON_HELP)
def command(before: str, after: str, on: str | None) -> None:
    """Say in words how AFTER differs from BEFORE.

    Each is a body (its only or newest version among the files), body/version, a shared pack (_shared/<folder>/<pack>), a TOML
    file, or what is on record, what was signed on screen included: record:body (the version in force) or record:body/version.
    """
    from threefold.doors.cli.packs import open_library
    from threefold.governance.comparison import area_names, compared, grouped
    from threefold.governance.pack import Arrangement

    day = day_asked(on, before, after)
    library, governance = open_library()
    was, now = (named_or_on_record(library, governance, name, day, COMPARED) for name in (before, after))
    for name, side in ((before, was), (after, now)):
        if isinstance(side, Arrangement):
            refuse_wrong_file(governance, side, name)
    bodies = {body.id: body.name for body in library.bodies.values()}
    result = compared(governance.catalogue, was, now, area_names(library), bodies)
    differences = result.differences
    if len(differences) > 1:
        click.echo(f"{len(differences)} differences.")
    for heading, told in grouped(differences):
        click.echo(f"{heading} ({len(told)})")
        for one in told:
            click.echo(f"  {one.sentence}")
    if not differences:
        click.echo("Nothing a person would notice is different.")
    if result.sides:
        click.echo(f"{result.same_in_words}{':' if result.same else ''}")
        for line in result.same:
            click.echo(f"  {line}")


def named_or_on_record(library: Library, governance: Governance, name: str, day: date | None, told: Told) -> Arrangement | Pack:
    """What a name stands for, among the files or on record. `day`, `told`, and what is raised: see `named` and `on_record`."""
    return on_record(governance, name, day, told) if is_on_record(name) else named(library, name)


def arrangement_of(library: Library, governance: Governance, name: str, day: date | None, told: Told) -> Arrangement:
    """As `named_or_on_record`, of a body. Raises `PackError` for a shared pack too."""
    from threefold.domain.errors import PackError
    from threefold.governance.pack import Arrangement

    found = named_or_on_record(library, governance, name, day, told)
    if not isinstance(found, Arrangement):
        raise PackError(f"'{name}' is a shared pack. A case is under the arrangement of a body.", field=name)
    return found


def named(library: Library, name: str) -> Arrangement | Pack:
    """What a name stands for. Raises `PackError` or `NoSuchBody` saying what there is."""
    from threefold.domain.errors import PackError

    if name in library.packs:
        return library.packs[name]
    if a_file(
        name,
        known=set(library.bodies) | {f"{b.id}/{v.version}" for b in library.bodies.values() for v in b.versions},
    ):
        return of_file(library, name)
    if name.startswith("_"):
        raise PackError(f"There is no shared pack '{name}' here. Use one of: {_all(library.packs)}.", field=name)
    if f"_shared/{name}" in library.packs:
        raise PackError(f"'{name}' is a shared pack. Call it _shared/{name}.", field=name)
    body, _, version = name.partition("/")
    known = {v.version: v for v in library.body(body).versions}
    if not known:
        raise PackError(f"{body} has no arrangement here. Name another body, a shared pack or a TOML file.", field=name)
    if not version and "/" not in name:
        return _newest(body, known)
    if version not in known:
        raise no_such_version(body, version, known)
    return known[version]


def no_such_version(body: str, version: str, known: Iterable[str]) -> PackError:
    """That no file of a body gives a version, which there are, and where one that was signed on screen is."""
    from threefold.domain.errors import PackError

    there = f"Use one of: {_all(known)}. What was signed on screen is on record: record:{body}/{version}."
    return PackError(f"There is no version '{version}' of {body} among the files. {there}", field="version")


def _newest(body: str, known: dict[str, Arrangement]) -> Arrangement:
    """The only version, or the one that began last. Where a beginning is unknown, so is which is newest: nothing is guessed."""
    from threefold.domain.errors import PackError

    versions = list(known.values())
    if len(versions) > 1 and any(v.begins is None for v in versions):
        named = _all(f"{body}/{version}" for version in known)
        raise PackError(f"Which version of {body} is the newest is not known. Name one of: {named}.", field=body)
    return versions[-1]  # in order of beginning


def a_file(name: str, known: Container[str] = ()) -> bool:
    """Whether a name is that of a file, and of nothing that is known here. Raises `PackError` for a folder."""
    from threefold.domain.errors import PackError

    if name in known:
        return False
    path = Path(name)
    if path.is_dir():
        raise PackError(f"'{name}' is a folder. Name one TOML file in it, a body, or body/version.", field=name)
    return name.endswith(".toml") or path.is_file()


def of_file(library: Library, name: str, body: str | None = None, *, as_it_is: bool = False) -> Arrangement:
    """A version from a file, with the partners and seats of its body where the file names none.

    `body`: whose it must be; without it, whoever the file names. `as_it_is`: see `read_arrangement`. Raises `PackError`, `ManyErrors` or `NoSuchBody`.
    """
    from threefold.domain.errors import PackError
    from threefold.governance.pack import read_arrangement
    from threefold.governance.pack_files import BODY_KINDS
    from threefold.governance.pack_text import read_toml

    path = Path(name)
    if not path.is_file():
        raise PackError(f"There is no file '{name}' here. Give the path of a TOML file, a body or body/version.", field=name)
    told = read_toml(path, path.name)
    if told.get("kind") in BODY_KINDS:
        raise PackError(
            f"This file says who a body is, and is no arrangement. To check it, name the body: {told.get('id', '')}.",
            field=path.name,
        )
    if body is not None:
        return read_arrangement(path, path.name, library.body(body), as_it_is=as_it_is)
    named = told.get("body")
    return read_arrangement(path, path.name, library.bodies.get(named) if isinstance(named, str) else None, as_it_is=as_it_is)


def refuse_wrong_file(governance: Governance, found: Arrangement, name: str) -> None:
    """Of what was read from a file, raise `ManyErrors` for settings that its rules do not take, or miss, and `RuleError` for a rule that is not
    installed, by the name of that file: what it stands on, or was exported from, has no such mistake."""
    from threefold.governance.pack_import import as_draft, refuse_settings

    path = Path(name)
    if not path.is_file():
        return
    refuse_settings(governance.catalogue, as_draft(found, found.version), path.name, missing=True)
    for use in found.uses:
        governance.catalogue.get(use.rule, use.major, field=f"{path.name}: rules.{use.use}")


def _all(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
