"""`threefold tenants load`: every body of tenants/ on record, or nothing where something would be refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from threefold.config import Settings
    from threefold.domain.errors import ThreefoldError
    from threefold.governance.arrangement import Body
    from threefold.governance.decide import Governance
    from threefold.governance.pack import Library
    from threefold.walls.provision import Provision

NOTHING = "Nothing was taken in, of any body. Mend this, and load again."


@click.command("load")
def command() -> None:
    """Put every body of tenants/ on record: in the directory, with its keys and its arrangement versions.

    What would be refused is looked for in every body first, and told at once: then nothing is taken in. Exit code 2 where there is any.
    Where it is broken off, each body is on record whole or not at all: load again. Of two that load at once, one waits. Where no database is
    set, beside `make run`, they are loaded into its demonstration.
    """
    from threefold.domain.errors import ThreefoldError
    from threefold.doors.cli.site import site_settings
    from threefold.wiring import open_rules, open_walls

    settings = site_settings(owner=True)
    try:
        library, governance = open_rules(settings)
    except ThreefoldError as error:
        error.add_note(NOTHING)
        raise
    if not load_all(settings, library, governance, open_walls(settings), click.echo):
        click.echo("Nothing new: every body of the files is on record, with all its versions.")


def load_all(settings: Settings, library: Library, governance: Governance, walls: Any, say: Callable[[str], None]) -> int:
    """As `tenants load`. Safe to repeat; a version already on record with the same content is left alone. Returns of how many bodies something
    was put on record.

    Raises what `refusals` tells, as one error or `ManyErrors`.
    """
    from threefold.domain.errors import PackError
    from threefold.walls.provision import Provision

    if not settings.migration_database_url:
        raise PackError("Loading bodies is the owner's act: set MIGRATION_DATABASE_URL.", field="MIGRATION_DATABASE_URL")
    provision, now = Provision(settings.migration_database_url), datetime.now(UTC)
    try:
        with provision.alone(
            "tenants load", lambda: say("Somebody else loads bodies at this moment; waiting until that is done.")
        ):
            provision.put_scope_key(walls.scope_key)
            provision.put_sign_in_limit(settings.sign_in_days)
            # What is made up stays in demonstrations.
            bodies = [body for _, body in sorted(library.bodies.items()) if settings.demonstration or not body.synthetic]
            ready = _looked_through(bodies, governance, walls, now, say)
            new = 0
            for number, body in enumerate(ready):
                try:
                    entered = _load(body, governance, walls, provision, now)
                except (
                    Exception
                ) as error:  # each body is a transaction of its own: something came between the look and the loading
                    error.add_note(
                        f"{number} of {len(ready)} bodies are loaded; {body.id} and those after it are not. Load again."
                    )
                    raise
                if entered:
                    new += 1
                    say(f"  {body.id}: {', '.join(entered)}")
    finally:
        provision.dispose()
    return new


def _looked_through(
    bodies: list[Body], governance: Governance, walls: Any, now: datetime, say: Callable[[str], None]
) -> list[Body]:
    """The bodies that are to be loaded. Raises everything that would be refused of any of them; nothing of them is written before."""
    from threefold.domain.errors import ManyErrors
    from threefold.walls.provision import body_id_of
    from threefold.walls.session import SYSTEM, Scope
    from threefold.work.arrangements.from_files import refusals

    ready: list[Body] = []
    refused: dict[str, ThreefoldError] = {}  # by what is told: a pack that several bodies share is told once
    for body in bodies:
        body_id = body_id_of(body.id)
        with walls.directory() as directory:
            known, left = directory.body_by_id(body_id) is not None, directory.left_on(body_id)
        if left is not None:
            say(f"  {body.id}: left on {left:%-d %B %Y}; nothing is loaded for it")
            continue
        with walls.open(Scope(body_id), actor=SYSTEM, purpose="look through what is to be loaded", at=now) as unit:
            wrong = refusals(unit, governance, body.versions)
        if wrong and known and body.synthetic:
            # A later release may make it up anew. What stands on record stays, here as anywhere.
            say(f"  {wrong[0]} This body is made up: `make clean` and `make run` make it afresh.")
        elif wrong:
            refused |= {str(error): error for error in wrong}
        else:
            ready.append(body)
    if refused:
        told = list(refused.values())
        error = told[0] if len(told) == 1 else ManyErrors(told)
        error.add_note(NOTHING)
        raise error
    return ready


def _load(body: Body, governance: Governance, walls: Any, provision: Provision, now: datetime) -> list[str]:
    """Put one body on record; the names of the versions that were entered. A body that is there takes its name and the rest of
    `body.toml` from the files once its versions are in."""
    from threefold.walls.provision import body_id_of
    from threefold.walls.session import SYSTEM, Scope
    from threefold.work.arrangements.from_files import in_order
    from threefold.work.arrangements.stories import enter_version

    def put() -> None:
        door = body.details.get("front_door") or {}
        provision.put_body(
            body.id, body.name, body.kind, now, synthetic=body.synthetic, national_body=body.details.get("national_body", ""),
            area_codes=body.area_codes, front_door=door.get("text", ""),
        )  # fmt: skip

    body_id = body_id_of(body.id)
    with walls.directory() as directory:
        known = directory.body_by_id(body_id) is not None
    if not known:
        put()
    provision.ensure_keys(walls, body_id, now)
    with walls.open(Scope(body_id), actor=SYSTEM, purpose="load arrangements", at=now) as unit:
        entered = [v.version for v in in_order(body.versions) if enter_version(unit, governance, v)]
    if known:
        put()
    return entered
