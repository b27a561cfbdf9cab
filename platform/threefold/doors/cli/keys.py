"""`threefold keys`: the bodies' data keys: which there are, new ones, sealing again under them, and destroying them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from threefold.config import Settings
    from threefold.walls.directory import BodyRef
    from threefold.walls.rotation import Came, Opens
    from threefold.walls.session import Walls

_SECOND = 1 << 64  # the second pass of a key's number, as the subject of a piece of work


@click.group("keys")
def command() -> None:
    """The keys of bodies: rotate them while everybody works, see what is under which, destroy them."""


def _one_or_all(act: Callable[..., None]) -> Callable[..., None]:
    every = click.option("--all", "every", is_flag=True, help="Every body.")
    return click.option("--body", "only", help="One body, by its name under tenants/.")(every(act))


@command.command("status")
@click.option("--body", "only", help="One body. Without it: every body.")
def status(only: str | None) -> None:
    """Say which keys each body has, how many values are under each, and what is still to be sealed again."""
    from sqlalchemy import select

    from threefold.walls.rotation import keys_in_use
    from threefold.walls.sealed import CIPHERS
    from threefold.walls.tables import BodyKey
    from threefold.work.people.web.render import moment

    named = {number: name for name, number in CIPHERS.items()}
    with _walls() as walls:
        for body in _bodies(walls, only):
            with _opens(walls, body, "see which keys are in use")() as unit:
                rows = unit.session.execute(
                    select(BodyKey.key_no, BodyKey.created_at, BodyKey.wrapped).order_by(BodyKey.key_no)
                ).all()
                used = keys_in_use(unit)
                other = [r.key_no for r in rows if r.wrapped and not walls.master.is_current(body.id, r.key_no, r.wrapped)]
            click.echo(f"{body.slug}:")
            if other:
                click.echo(f"    Under another master key: {', '.join(map(str, other))}. Run `threefold keys rewrap`.")
            for row in rows:
                use, newest = used.get(row.key_no), row.key_no == rows[-1].key_no
                cipher = named[walls.master.unwrap(body.id, row.key_no, row.wrapped).cipher] if row.wrapped else "destroyed"
                click.echo(f"    Key {row.key_no}, of {moment(row.created_at)}, {cipher}: {use.values if use else 0:,} values"
                           + (", DESTROYED: they cannot be read" if not row.wrapped else ", seals what is new" if newest else ""))  # fmt: skip
                if use and row.wrapped and not newest:
                    rest = use.values - use.added_to
                    click.echo(
                        f"        To be sealed again: {rest:,} by the worker, {use.added_to:,} by `threefold keys reseal`."
                    )


@command.command("rotate")
@click.option(
    "--cipher", help="Which cipher the new key is for: aes-256-gcm or chacha20-poly1305. Left out: as the key before."
)
@_one_or_all
def rotate(only: str | None, every: bool, cipher: str | None) -> None:
    """Give bodies a new key for whatever is sealed from now on, and have the worker seal older values again. Nobody waits."""
    from threefold.walls.keys import KEPT_SECONDS
    from threefold.walls.sealed import CIPHERS

    if cipher is not None and cipher not in CIPHERS:
        raise click.BadParameter(f"Use one of: {', '.join(CIPHERS)}.", param_hint="--cipher")

    with _walls() as walls:
        for body in _bodies(walls, only, every=every):
            with _opens(walls, body, "rotate keys")() as unit:
                no = walls.add_keys(unit, CIPHERS[cipher] if cipher else None)
                unit.audit("key rotated", "body", {"key": no} | ({"cipher": cipher} if cipher else {}))
                unit.later("reseal", UUID(int=no))
                # Other processes seal with the key they know for half a minute: what they sealed is found by a second pass.
                unit.later("reseal", UUID(int=no | _SECOND), unit.at + timedelta(seconds=4 * KEPT_SECONDS))
            click.echo(
                f"{body.slug}: key {no} seals what is new. The worker seals the rest again; see `threefold keys status`."
            )


@command.command("reseal")
@_one_or_all
def reseal(only: str | None, every: bool) -> None:
    """Seal everything again under the newest key, records and decisions too. The owner's act: needs MIGRATION_DATABASE_URL."""
    from threefold.walls.rotation import reseal_all

    with _walls(owner=True) as walls:
        for body in _bodies(walls, only, every=every):
            click.echo(
                f"{body.slug}: {told(reseal_all(_opens(walls, body, 'seal again under a newer key'), also_added_to=True))}"
            )


@command.command("rewrap")
@click.option("--finish", is_flag=True, help="Also stop taking the scopes that processes with another master key sign.")
def rewrap(finish: bool) -> None:
    """Bring everything under the current master key, the others of THREEFOLD_OTHER_MASTER_KEY_FILES beside it. The owner's act."""
    from threefold.walls.provision import Provision
    from threefold.walls.rotation import rewrap as wrap_again
    from threefold.walls.sealed import DirectorySeal

    with _walls(owner=True) as walls:
        provision = Provision(walls.engine.url.render_as_string(hide_password=False))
        try:
            provision.put_scope_key(walls.scope_key)
            for body in _bodies(walls, None):
                with _opens(walls, body, "wrap keys again")() as unit:
                    click.echo(f"{body.slug}: {wrap_again(unit)} keys wrapped again.")
            click.echo(f"{provision.reseal_secrets(DirectorySeal(walls.master))} secrets of authenticator apps sealed again.")
            if finish:
                click.echo(f"{provision.drop_other_scope_keys(walls.scope_key)} keys of other processes taken away.")
        finally:
            provision.dispose()


@command.command("destroy")
@click.option("--body", "only", required=True, help="The body, by its name under tenants/.")
@click.option("--confirm", required=True, help="The same name again: what is destroyed comes back by no means.")
def destroy(only: str, confirm: str) -> None:
    """Destroy a body's keys: its people, facts and letters become unreadable, its counts stay. The owner's act."""
    from threefold.domain.errors import ThreefoldError
    from threefold.walls.provision import Provision
    from threefold.walls.rotation import destroy_keys

    if confirm != only:
        raise ThreefoldError(f"To destroy the keys of {only}, say its name again: --confirm {only}.", field="--confirm")
    with _walls(owner=True) as walls:
        (body,) = _bodies(walls, only)
        with _opens(walls, body, "destroy keys")() as unit:
            count = destroy_keys(unit)
        provision = Provision(walls.engine.url.render_as_string(hide_password=False))
        try:
            provision.retire_keys(body.id, datetime.now(UTC))
        finally:
            provision.dispose()
    click.echo(
        f"{only}: {count} keys destroyed. Backups made before still hold them wrapped: they end with the last such backup."
    )


def told(came: Came) -> str:
    """What came of sealing again, in words."""
    broken = "".join(f" {count:,} in {name} do not open and were left." for name, count in sorted(came.broken.items()))
    return f"{came.done:,} values sealed again.{broken}"


@contextmanager
def _walls(*, owner: bool = False) -> Iterator[Walls]:
    import threefold.work.models  # noqa: F401  so that every table that has sealed columns is known
    from threefold.config import read_settings
    from threefold.wiring import open_walls

    settings = read_settings()
    walls = open_walls(settings, _owner_engine(settings) if owner else None)
    try:
        yield walls
    finally:
        walls.engine.dispose()


def _owner_engine(settings: Settings) -> Engine:
    from sqlalchemy import create_engine

    from threefold.domain.errors import ThreefoldError
    from threefold.wiring import engine_options

    if not settings.migration_database_url:
        raise ThreefoldError("This is the owner's act: set MIGRATION_DATABASE_URL.", field="MIGRATION_DATABASE_URL")
    return create_engine(settings.migration_database_url, **engine_options(settings))


def _bodies(walls: Walls, only: str | None, *, every: bool = True) -> list[BodyRef]:
    from threefold.domain.errors import NoSuchBody, ThreefoldError

    if only is None and not every:
        raise ThreefoldError("Say which body: --body NAME, or --all.", field="--body")
    with walls.directory() as directory:
        bodies = [body for body in directory.bodies() if only in (None, body.slug)]
    if only is not None and not bodies:
        raise NoSuchBody(f"There is no body '{only}' on this platform.", field="--body")
    return bodies


def _opens(walls: Walls, body: BodyRef, purpose: str) -> Opens:
    from threefold.walls.session import SYSTEM, Scope

    return lambda: walls.open(Scope(body.id), actor=SYSTEM, purpose=purpose, at=datetime.now(UTC))


def register(group: click.Group) -> None:
    group.add_command(command)
