"""`threefold facts schema`: the shape of the facts of a case, as JSON Schema."""

from __future__ import annotations

import json

import click


@click.group("facts")
def command() -> None:
    """The facts a rule may know of a case."""


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the facts that `threefold decide` reads."""
    from threefold.plugin_api.facts.json_schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def register(group: click.Group) -> None:
    group.add_command(command)
