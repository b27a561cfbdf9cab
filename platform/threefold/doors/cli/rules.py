"""`threefold rules`: which rules are installed, whether each of them meets the bar, and a package to begin a new one from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threefold.governance.notices import Notice
    from threefold.plugin_api.rule import Rule


@click.group("rules")
def command() -> None:
    """The rules installed here, and new ones."""


@command.command("list")
def list_rules() -> None:
    """List every rule: what it is, its source, its owner, when it is due for review, and whether it ends."""
    from threefold.governance.catalogue import Catalogue
    from threefold.governance.notices import notices

    catalogue = Catalogue.installed()
    told = notices(catalogue)
    for key, rule in sorted(catalogue.rules.items()):
        card = rule.card
        click.echo(f"{card.name}  [{card.layer}]  {card.title}")
        click.echo(f"    {card.summary}")
        click.echo(f"    source: {card.source}  owner: {card.owner}  review by: {card.review_by:%-d %B %Y}")
        _warn(told.get(key, ()))
    for name, reason in sorted(catalogue.refused.items()):
        click.echo(f"refused: {name}: {reason}", err=True)
    if catalogue.refused:
        sys.exit(1)


@command.command("check")
@click.argument("names", nargs=-1)
@click.option("--path", "folder", help="The folder of a rule's package: it need not be installed.")
def check(names: tuple[str, ...], folder: str | None) -> None:
    """Put every rule (or those of the ids NAMES) through the kit: card, reads, purity, order, worked examples.

    What is told of a rule a release ahead is a warning, and makes no rule unsound.
    """
    from pathlib import Path

    from threefold.governance.catalogue import Catalogue
    from threefold.governance.notices import notices_of
    from threefold.testing.proof import prove
    from threefold.testing.unpacked import catalogue_at

    catalogue = catalogue_at(Path(folder)) if folder else Catalogue.installed()
    bad = len(catalogue.refused)
    for reason in catalogue.refused.values():
        click.echo(f"refused: {reason}", err=True)
    for key, rule in _wanted(catalogue.rules, names):
        proof = prove(rule)
        examples = f"{proof.examples} worked example{'' if proof.examples == 1 else 's'}"
        click.echo(f"{key[0]}@{key[1]}: {'sound' if not proof.faults else 'not sound'}, {examples}")
        _warn(notices_of(rule, catalogue.contract))
        bad += len(proof.faults)
        for fault in proof.faults:
            click.echo(f"    {fault}", err=True)
        if folder and _is_of_another(rule, Catalogue.installed().rules.get(key)):
            bad += 1
            click.echo(
                f"refused: another rule that is installed is called {key[0]}@{key[1]}. Give this one another id, on its card and its folder.",
                err=True,
            )
    if bad:
        sys.exit(1)


@command.command("new")
@click.argument("name")
@click.option("--title", default="", help="What the rule is called on screen; NAME in words if left out.")
@click.option("--summary", default="", help="What it does, in one sentence.")
@click.option("--owner", default="", help="Who keeps it.")
@click.option("--source", default="", help="Where it comes from: the page or paragraph.")
@click.option("--into", "folder", help="The folder to write it into; NAME, here, if left out.")
def new(name: str, title: str, summary: str, owner: str, source: str, folder: str | None) -> None:
    """Write the package of a new rule NAME: complete, sound, with one setting of each kind, an example and a test."""
    from datetime import UTC, datetime
    from pathlib import Path

    from threefold.domain.calendar import london_day
    from threefold.governance.catalogue import Catalogue
    from threefold.testing.new_rule import NewRule, write_rule

    into = Path(folder or name)
    wanted = NewRule(name, title, summary, owner, source)
    for path in write_rule(wanted, into, Catalogue.installed(), london_day(datetime.now(UTC))):
        click.echo(path)
    click.echo(f"Next: threefold rules check --path {into}")


def _is_of_another(rule: type[Rule], installed: type[Rule] | None) -> bool:
    """Whether the rule that is installed under a name comes from another package: the two could not stand side by side."""
    return installed is not None and installed.__module__.partition(".")[0] != rule.__module__.partition(".")[0]


def _wanted(rules: dict[tuple[str, int], type[Rule]], names: tuple[str, ...]) -> list[tuple[tuple[str, int], type[Rule]]]:
    """The rules of those ids, in order; all of them where no id is named. Raises `RuleError` for an id that is not there."""
    from threefold.domain.errors import RuleError

    known = {name for name, _ in rules}
    for name in names:
        if name not in known:
            raise RuleError(f"There is no rule '{name}' here. `threefold rules list` names those there are.", field="NAMES")
    return [(key, rule) for key, rule in sorted(rules.items()) if not names or key[0] in names]


def _warn(told: Iterable[Notice]) -> None:
    for notice in told:
        click.echo(f"    warning: {notice.sentence}")


def register(group: click.Group) -> None:
    group.add_command(command)
