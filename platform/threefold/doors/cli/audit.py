"""`threefold audit verify`: whether anybody edited, removed or reordered what the audit says, and what is not sealed yet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from threefold.walls.audit.verifying import Opens, Report
    from threefold.walls.session import Walls


@click.group("audit")
def command() -> None:
    """The audit: who read or changed what."""


@command.command("verify")
@click.option("--body", "only", help="One body, by its name under tenants/. Without it: every body.")
@click.option(
    "--anchors", type=click.Path(path_type=Path, file_okay=False), help="The folder of anchors. Without it: the setting's."
)
def verify(only: str | None, anchors: Path | None) -> None:
    """Walk each body's chain: say what is sealed, what is not yet, and every fault. Exit code 1 where there are faults."""
    from threefold.config import read_settings
    from threefold.domain.errors import NoSuchBody
    from threefold.walls.audit.anchors import Anchors
    from threefold.walls.audit.verifying import note_checked
    from threefold.walls.audit.verifying import verify as walk
    from threefold.wiring import open_walls

    settings = read_settings()
    walls, folder = open_walls(settings), Anchors(anchors or settings.anchors_folder)
    with walls.directory() as directory:
        bodies = [body for body in directory.bodies() if only in (None, body.slug)]
        # Whoever took a body off the list, or named it anew, would have its audit passed over.
        others = sorted(slug for slug in folder.slugs() - {body.slug for body in bodies} if only in (None, slug))
        off = [found for slug in others if (found := directory.body_by_slug(slug)) is not None]
    bodies += off
    gone = [slug for slug in others if slug not in {body.slug for body in off}]
    if not bodies and not others:
        raise NoSuchBody(f"There is no body '{only}' on this platform.", field="--body")
    faults = 0
    for body in bodies:
        opens = _opens(walls, body.id)
        with opens() as unit:
            key = walls.audit_key(unit)
        report = walk(opens, key, body.slug, folder)
        with opens() as unit:
            note_checked(unit, report)
        faults += report.count
        for line in told(body.slug, report, folder.folder):
            click.echo(line)
    for slug in gone:
        click.echo(f"{slug}: there are anchors of it in {folder.folder}, and no such body on the platform.")
        click.echo("    FAULT (gone): its audit was put out of sight, or these anchors are another service's.")
    walls.engine.dispose()
    if faults or gone:
        sys.exit(1)


def _opens(walls: Walls, body_id: UUID) -> Opens:
    from threefold.walls.session import SYSTEM, Scope

    return lambda: walls.open(Scope(body_id), actor=SYSTEM, purpose="verify the audit", at=datetime.now(UTC))


def told(slug: str, report: Report, folder: Path) -> Iterator[str]:
    """A report in plain words, line by line."""
    from threefold.work.people.web.render import moment

    yield f"{slug}: {_many(report.entries, 'entry', 'entries')}."
    if report.sealed:
        yield f"    Sealed until {moment(report.sealed.until)}, by {_many(report.links, 'link', 'links')}; last sealed {moment(report.sealed.sealed_at)}."
    else:
        yield "    Nothing is sealed yet."
    if report.unsealed and report.since:
        yield (f"    Not sealed yet: {_many(report.unsealed, 'entry', 'entries')}, since {moment(report.since)}. "
               "A change of these would not be found.")  # fmt: skip
    else:
        yield "    Everything is sealed."
    if report.anchors and report.anchored:
        yield f"    Held against {_many(report.anchors, 'anchor', 'anchors')}, the newest of {moment(report.anchored)}."
    else:
        yield f"    There is no anchor in {folder}: a chain cut short or made anew would not be found."
    for fault in report.faults:
        yield f"    FAULT ({fault.kind}): {fault.sentence}"
    if report.more_faults:
        yield f"    FAULT: and {report.more_faults} more."
    if not report.count:
        yield "    No fault was found."


def _many(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def register(group: click.Group) -> None:
    group.add_command(command)
