"""`threefold people`: what only the operator can do for people: a body's first manager, somebody who lost every second step,
and ending the sign-ins of one person or of everybody."""

from __future__ import annotations

from datetime import UTC, datetime

import click


@click.group("people")
def command() -> None:
    """A body's first manager, lost second steps, ending sign-ins. Everything else a body does itself, on its page People."""


@command.command("invite")
@click.argument("body")
@click.argument("email")
@click.option(
    "--role", default="business_manager", show_default=True, help="business_manager or area_lead: who manages people."
)
def invite(body: str, email: str, role: str) -> None:
    """Invite the person of EMAIL to manage the people of BODY. They get a link by e-mail."""
    from threefold.config import read_settings
    from threefold.domain.calendar import LONDON
    from threefold.domain.errors import NoSuchBody, ThreefoldError
    from threefold.walls.session import SYSTEM, Scope
    from threefold.wiring import open_walls
    from threefold.work.people import invitations, members

    if role not in members.MANAGING:
        raise ThreefoldError(f"Use one of: {', '.join(sorted(members.MANAGING))}. They invite the others.", field="--role")
    walls, at = open_walls(read_settings()), datetime.now(UTC)
    with walls.directory() as directory:
        found = directory.body_by_slug(body)
    if found is None:
        raise NoSuchBody(f"There is no body '{body}' on record. Run `threefold tenants load` first.", field="BODY")
    with walls.open(Scope(found.id), actor=SYSTEM, purpose="invite the first manager", at=at) as unit:
        invitations.invite(unit, found.kind, {}, email, role, "", at.astimezone(LONDON).date(), None)
    walls.engine.dispose()
    click.echo(f"The invitation is on the work list: {found.name} will know the person as {role}.")


@command.command("forget-second-steps")
@click.argument("email")
def forget(email: str) -> None:
    """Take away every second step of the person of EMAIL, who lost them all. Be sure who asks: phone them back."""
    from threefold.config import read_settings
    from threefold.domain.errors import ThreefoldError
    from threefold.wiring import open_walls
    from threefold.work.people.second_steps import forget_all

    walls = open_walls(read_settings())
    with walls.directory() as directory:
        person = directory.person_by_email(email)
    if person is None:
        raise ThreefoldError("Nobody has that address.", field="EMAIL")
    forget_all(walls, person.person_id, datetime.now(UTC))
    walls.engine.dispose()
    click.echo("Their second steps are gone, their sign-ins have ended, and they are told by e-mail.")


@command.command("sign-out")
@click.argument("email", default="")
@click.option("--everybody", is_flag=True, help="Everybody, of every body. Needs the owner's address.")
def sign_out(email: str, everybody: bool) -> None:
    """End every sign-in of the person of EMAIL, at once. What they had half written is kept for when they sign in again."""
    from threefold.config import read_settings
    from threefold.domain.errors import ThreefoldError
    from threefold.walls.provision import Provision
    from threefold.wiring import open_walls

    if bool(email) == everybody:
        raise ThreefoldError("Give an e-mail address, or --everybody.", field="EMAIL")
    settings, at = read_settings(), datetime.now(UTC)
    if everybody:
        if not settings.migration_database_url:
            raise ThreefoldError("Ending everybody's sign-ins needs the owner's address.", field="MIGRATION_DATABASE_URL")
        provision = Provision(settings.migration_database_url)
        try:
            click.echo(f"{provision.end_every_sign_in(at)} sign-ins have ended.")
        finally:
            provision.dispose()
        return
    walls = open_walls(settings)
    try:
        with walls.directory() as directory:
            person = directory.person_by_email(email)
            if person is None:
                raise ThreefoldError("Nobody has that address.", field="EMAIL")
            ended = directory.end_others(person.person_id, at)
            directory.note_event(person.person_id, at, "signed_out_by_operator")
    finally:
        walls.engine.dispose()
    click.echo(f"{ended} of their sign-ins have ended.")


def register(group: click.Group) -> None:
    group.add_command(command)
