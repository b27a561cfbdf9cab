"""`threefold tenants diff`: two arrangements compared in words, as the screen does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from threefold.governance.pack import Arrangement, Library, Pack


@click.command("diff")
@click.argument("before")
@click.argument("after")
def command(before: str, after: str) -> None:
    """Say in words how AFTER differs from BEFORE.

    Each is a body (its only or newest version), body/version, a shared pack (_shared/<folder>/<pack>), or a TOML file.
    """
    from threefold.doors.cli.packs import open_library
    from threefold.governance.comparison import area_names, compare, grouped

    library, governance = open_library()
    differences = compare(governance.catalogue, named(library, before), named(library, after), area_names(library))
    if len(differences) > 1:
        click.echo(f"{len(differences)} differences.")
    for heading, told in grouped(differences):
        click.echo(f"{heading} ({len(told)})")
        for one in told:
            click.echo(f"  {one.sentence}")
    if not differences:
        click.echo("Nothing a person would notice is different.")


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
        raise PackError(f"There is no version '{version}' of {body}. Use one of: {_all(known)}.", field=name)
    return known[version]


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


def of_file(library: Library, name: str, body: str | None = None) -> Arrangement:
    """A version from a file, with the partners and seats of its body where the file names none.

    `body`: whose it must be; without it, whoever the file names. Raises `PackError`, `ManyErrors` or `NoSuchBody`.
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
        return read_arrangement(path, path.name, library.body(body))
    named = told.get("body")
    return read_arrangement(path, path.name, library.bodies.get(named) if isinstance(named, str) else None)


def _all(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
