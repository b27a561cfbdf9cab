"""`threefold rules`: which rules are installed, and whether each of them meets the bar."""

from __future__ import annotations

import sys

import click


@click.group("rules")
def command() -> None:
    """The rules installed here."""


@command.command("list")
def list_rules() -> None:
    """List every rule: what it is, its source, its owner, when it is due for review."""
    from threefold.governance.catalogue import Catalogue

    catalogue = Catalogue.installed()
    for _, rule in sorted(catalogue.rules.items()):
        card = rule.card
        click.echo(f"{card.name}  [{card.layer}]  {card.title}")
        click.echo(f"    {card.summary}")
        click.echo(f"    source: {card.source}  owner: {card.owner}  review by: {card.review_by:%-d %B %Y}")
    for name, reason in sorted(catalogue.refused.items()):
        click.echo(f"refused: {name}: {reason}", err=True)
    if catalogue.refused:
        sys.exit(1)


@command.command("check")
@click.argument("names", nargs=-1)
def check(names: tuple[str, ...]) -> None:
    """Put every rule (or those of the ids NAMES) through the kit: card, reads, purity, order, worked examples."""
    from threefold.governance.catalogue import Catalogue
    from threefold.testing.proof import prove

    catalogue = Catalogue.installed()
    bad = 0
    for reason in catalogue.refused.values():
        bad += 1
        click.echo(f"refused: {reason}", err=True)
    for (name, major), rule in sorted(catalogue.rules.items()):
        if names and name not in names:
            continue
        proof = prove(rule)
        click.echo(f"{name}@{major}: {'sound' if not proof.faults else 'not sound'}, {proof.examples} worked examples")
        for fault in proof.faults:
            bad += 1
            click.echo(f"    {fault}", err=True)
    if bad:
        sys.exit(1)


def register(group: click.Group) -> None:
    group.add_command(command)
