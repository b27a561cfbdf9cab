"""The versions on record, for the commands that know the files: `record:BODY`, or `record:BODY/VERSION`.

What was signed on screen stands in the database only. Each reading is one unit of work in the scope of the body, and the
body's audit tells it, like a reading on screen.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from threefold.walls.audit import DETAIL, EXPORT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threefold.governance.decide import Governance
    from threefold.governance.in_force import OnRecord
    from threefold.governance.pack import Arrangement, Body
    from threefold.work.arrangements.stories import Entry

PREFIX = "record:"


class Told(NamedTuple):
    """What the body's audit says of a reading: for what it was, what was done, and the kind of reading."""

    purpose: str
    action: str
    kind: str


EXPORTED = Told("export a version of the arrangement", "version exported", EXPORT)
COMPARED = Told("compare arrangements", "arrangements compared", DETAIL)
FINGERPRINTED = Told("work out a fingerprint", "arrangement version read", DETAIL)
REPLAYED = Told("replay an arrangement", "arrangement version read", DETAIL)
ON_HELP = "For record:BODY: the version in force on that day (YYYY-MM-DD); today if left out."


def is_on_record(name: str) -> bool:
    """Whether a name asks for what is on record."""
    return name.startswith(PREFIX)


def day_asked(on: str | None, *names: str) -> date | None:
    """The day of `--on`. Raises `ThreefoldError` for what is no day, and where no name asks for the version of a day."""
    from threefold.domain.errors import PackError
    from threefold.doors.cli.decide import read_day

    if on is None:
        return None
    if not any(is_on_record(name) and "/" not in name for name in names):
        raise PackError("A day is for what is on record. Name a body so: record:an-area, without a version.", field="--on")
    return read_day(on, "--on")


def on_record(governance: Governance, name: str, day: date | None, told: Told) -> Arrangement:
    """The version on record that a name stands for: the one it names, else the one in force on a day (in London; today if None).

    The body's audit says what is `told`. Raises `NoSuchBody`, `PackError` saying what there is, and
    `ThreefoldError` where no database is known here.
    """
    from threefold.domain.errors import NoSuchBody
    from threefold.doors.cli.site import site_settings
    from threefold.walls.session import SYSTEM, Scope
    from threefold.wiring import open_walls
    from threefold.work.arrangements.stories import on_record as record_of

    slug, _, version = name.removeprefix(PREFIX).partition("/")
    walls = open_walls(site_settings())
    try:
        with walls.directory() as directory:
            body = directory.body_by_slug(slug)
        if body is None:
            raise NoSuchBody(f"There is no body '{slug}' on record.", field=name)
        with walls.open(Scope(body.id), actor=SYSTEM, purpose=told.purpose, at=datetime.now(UTC)) as unit:
            record = record_of(unit)
            found = _named(record, name, version) if "/" in name else _in_force(governance, record, name, day, unit.today)
            unit.audit(told.action, f"arrangement:{found.version}", kind=told.kind)
    finally:
        walls.engine.dispose()
    return found


def versions_on_record(slug: str, *, purpose: str) -> tuple[Arrangement, ...]:
    """Every version on record of a body; none where it is not on record. The body's audit tells the reading."""
    from threefold.doors.cli.site import site_settings
    from threefold.walls.audit import LIST
    from threefold.walls.session import SYSTEM, Scope
    from threefold.wiring import open_walls
    from threefold.work.arrangements.stories import versions

    walls = open_walls(site_settings())
    try:
        with walls.directory() as directory:
            body = directory.body_by_slug(slug)
        if body is None:
            return ()
        with walls.open(Scope(body.id), actor=SYSTEM, purpose=purpose, at=datetime.now(UTC)) as unit:
            unit.audit("arrangement versions listed", "arrangement", kind=LIST)
            return versions(unit)
    finally:
        walls.engine.dispose()


def entries_of(bodies: Iterable[Body], *, purpose: str) -> dict[tuple[str, str], Entry]:
    """By body and version, what would come of it if the versions of the files were entered now. Nothing is said of a body that is not
    on record, or that left. Each body's audit tells the reading."""
    from threefold.doors.cli.site import site_settings
    from threefold.walls.audit import LIST
    from threefold.walls.session import SYSTEM, Scope
    from threefold.wiring import open_walls
    from threefold.work.arrangements.from_files import as_entered

    walls, found = open_walls(site_settings()), dict[tuple[str, str], "Entry"]()
    try:
        for body in bodies:
            with walls.directory() as directory:
                there = directory.body_by_slug(body.id)
                if there is None or directory.left_on(there.id) is not None:
                    continue
            with walls.open(Scope(there.id), actor=SYSTEM, purpose=purpose, at=datetime.now(UTC)) as unit:
                unit.audit("arrangement versions listed", "arrangement", kind=LIST)
                found |= {(body.id, entry.version.version): entry for entry in as_entered(unit, body.versions)}
    finally:
        walls.engine.dispose()
    return found


def _named(record: tuple[OnRecord, ...], name: str, version: str) -> Arrangement:
    from threefold.domain.errors import PackError

    found = next((one.version for one in record if one.version.version == version), None)
    if found is None:
        raise PackError(f"There is no version '{version}' on record. {_there(record, name)}", field=name)
    return found


def _in_force(governance: Governance, record: tuple[OnRecord, ...], name: str, day: date | None, today: date) -> Arrangement:
    """What was in force on a day, and which version that is, said beside what the command gives. Nothing is guessed."""
    from threefold.domain.errors import PackError
    from threefold.governance.in_force import on_day, said

    asked = day or today
    found = on_day(governance, record, asked, today).version
    if found is None:
        told = on_day(governance, record, asked, today).sentences[0]
        raise PackError(f"{told} {_there(record, name)}", field=name)
    click.echo(f"{name}: “{found.title}” ({found.version}), in force on {said(asked)}.", err=True)
    return found


def _there(record: tuple[OnRecord, ...], name: str) -> str:
    from threefold.governance.in_force import said

    slug = name.partition("/")[0]
    told = ", ".join(
        f"{slug}/{v.version} ({f'begins {said(v.begins)}' if v.begins else 'beginning not known'})"
        for v in (one.version for one in record)
    )
    return f"Name one of: {told}." if told else "No version of this body is on record."
