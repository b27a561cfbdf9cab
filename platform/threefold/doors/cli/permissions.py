"""`threefold permissions`: who is answered what, over the whole route map, as the table of docs/permissions.md."""

from __future__ import annotations

import click


def register(group: click.Group) -> None:
    group.add_command(permissions)


@click.command("permissions")
def permissions() -> None:
    """Write the table of every verb, address, role and status."""
    from threefold.app import routes_alone
    from threefold.work.people.route_map import as_markdown, routes_of

    click.echo(as_markdown(routes_of(routes_alone())), nl=False)
