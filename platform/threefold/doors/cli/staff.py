"""`threefold staff`: who runs the service and may look into a body for a time. Granted here, and by no web page."""

from __future__ import annotations

from datetime import UTC, datetime

import click


@click.group("staff")
def command() -> None:
    """The role of the platform: looking into a body for a time, with a reason that the body sees (decision 0024)."""


@command.command("grant")
@click.argument("email")
@click.option("--name", default="", help="As the bodies see it. Needed for somebody who has no account yet.")
def grant(email: str, name: str) -> None:
    """Give the person of EMAIL the role. Needs the owner's address (MIGRATION_DATABASE_URL). Who is new gets a link by e-mail."""
    import secrets

    from threefold.config import read_settings
    from threefold.domain.errors import ThreefoldError
    from threefold.walls.provision import Provision
    from threefold.wiring import open_walls
    from threefold.work.people.links import ask_for_new_password
    from threefold.work.people.passwords import password_hash

    settings, at = read_settings(), datetime.now(UTC)
    walls, provision = open_walls(settings), Provision(_owner(settings.migration_database_url))
    try:
        with walls.directory() as directory:
            known = directory.person_by_email(email)
        if known is None and not name.strip():
            raise ThreefoldError("Nobody has that address. Give the name too, and an account is made.", field="--name")
        # A password that nobody knows: the person chooses their own by the link, and then a second step.
        person = (
            known.person_id if known else provision.put_person(email, name.strip(), password_hash(secrets.token_urlsafe(32)))
        )
        if not provision.put_platform_staff(person, at):
            raise ThreefoldError("They work for a body. Nobody is platform staff and works for a body too.", field="EMAIL")
        with walls.directory() as directory:
            directory.note_event(person, at, "staff_granted")
        if known is None:
            ask_for_new_password(walls, email, at)
    finally:
        provision.dispose()
        walls.engine.dispose()
    click.echo("They have the role of the platform." + ("" if known else " A link to choose a password is on the work list."))


@command.command("end")
@click.argument("email")
def end(email: str) -> None:
    """Take the role of the platform from the person of EMAIL. A session that is open ends at once."""
    from threefold.config import read_settings
    from threefold.domain.errors import ThreefoldError
    from threefold.walls.provision import Provision
    from threefold.wiring import open_walls

    settings, at = read_settings(), datetime.now(UTC)
    walls, provision = open_walls(settings), Provision(_owner(settings.migration_database_url))
    try:
        with walls.directory() as directory:
            known = directory.person_by_email(email)
        if known is None or not provision.end_platform_staff(known.person_id, at):
            raise ThreefoldError("Nobody of that address has the role of the platform.", field="EMAIL")
        with walls.directory() as directory:
            directory.note_event(known.person_id, at, "staff_ended")
    finally:
        provision.dispose()
        walls.engine.dispose()
    click.echo("They have the role of the platform no more, and a session that was open has ended.")


@command.command("list")
def listed() -> None:
    """Who has the role of the platform, and since when."""
    from threefold.config import read_settings
    from threefold.walls.provision import Provision

    provision = Provision(_owner(read_settings().migration_database_url))
    try:
        found = provision.platform_staff()
    finally:
        provision.dispose()
    for email, name, since in found:
        click.echo(f"{email:40} {name}, since {since:%-d %B %Y}")
    if not found:
        click.echo("Nobody.")


def _owner(address: str) -> str:
    from threefold.domain.errors import ThreefoldError

    if not address:
        raise ThreefoldError("This needs the owner's address.", field="MIGRATION_DATABASE_URL")
    return address


def register(group: click.Group) -> None:
    group.add_command(command)
