"""`threefold tenants take-out`: everything that one body keeps, as one file."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click


@click.command("take-out")
@click.argument("body")
@click.argument("file", type=click.Path(path_type=Path))
def command(body: str, file: Path) -> None:
    """Write everything that BODY keeps to FILE (ZIP), with what is sealed opened. The audit of the body says so.

    FILE holds names and accounts of children and families in plain: write it to an encrypted disk.
    """
    import threefold.work.models  # noqa: F401  so that every table is known
    from threefold.config import read_settings
    from threefold.domain.errors import NoSuchBody, ThreefoldError
    from threefold.walls.audit import EXPORT
    from threefold.walls.session import SYSTEM, Scope
    from threefold.wiring import open_walls
    from threefold.work.records.bundle import make_bundle
    from threefold.work.records.stories.exporting import at_one_moment

    settings = read_settings()
    walls = open_walls(settings)
    try:
        with walls.directory() as directory:
            found = directory.body_by_slug(body)
        if found is None:
            raise NoSuchBody(f"There is no body '{body}' on this platform.", field="BODY")
        try:
            out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise ThreefoldError(f"{file} is there already. Name another file.", field="FILE") from error
        with (
            os.fdopen(out, "wb") as to,
            walls.open(Scope(found.id), actor=SYSTEM, purpose="take everything out", at=datetime.now(UTC)) as unit,
        ):
            at_one_moment(unit)
            rows = make_bundle(unit, found.slug, found.name, settings.anchors_folder / f"{found.slug}.txt", to)
            unit.audit("everything taken out", "body", {"rows": sum(rows.values())}, kind=EXPORT)
    finally:
        walls.engine.dispose()
    click.echo(
        f"{body}: {sum(rows.values()):,} rows of {len(rows)} tables written to {file}. It holds names in plain: keep it encrypted."
    )
