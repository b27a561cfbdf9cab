"""`threefold decide`: what the law and a body's arrangement say of the facts of a case. No database is touched."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from threefold.domain.errors import FactsError


@click.command("decide")
@click.option("--body", required=True, help="The body whose arrangement is asked, by its folder under tenants/")
@click.option("--as-of", "as_of", required=False, help="The day the question is asked (YYYY-MM-DD); today if left out.")
@click.argument("facts", required=True)
def command(body: str, as_of: str | None, facts: str) -> None:
    """Print a JSON verdict on FACTS: a JSON file in the shape that `threefold facts schema` prints, or - for standard input.

    Each line of the verdict says which rule, version and edition it comes from, its source, how sure it is, the facts it
    rests on, and which single change of a fact would alter it.
    """
    from threefold.domain.calendar import LONDON
    from threefold.doors.cli.packs import open_library
    from threefold.governance.verdict import verdict_to_json
    from threefold.governance.what_if import what_if
    from threefold.plugin_api.facts import read_facts

    day = read_day(as_of) if as_of else datetime.now(UTC).astimezone(LONDON).date()
    read = read_facts(_text(facts))
    library, governance = open_library(body)
    versions = library.body(body).versions
    verdict = governance.decide(body, versions, read, day)
    changes = what_if(governance, versions, read, verdict)
    click.echo(json.dumps(verdict_to_json(verdict, changes), indent=2, ensure_ascii=False))


def read_day(text: str, option: str = "--as-of") -> date:
    """The day that an option gives. Raises `FactsError` for what is no day, or none within what a record holds."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise FactsError(f"'{text}' is not a date. Give it as 2026-04-17.", field=option) from error
    from threefold.plugin_api.facts.days import FIRST_YEAR, IN_RECORD, LAST_YEAR

    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise FactsError(IN_RECORD, field=option)
    return day


def _text(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if not path.exists() or path.is_dir():
        raise FactsError(f"There is no file '{name}'. Give the name of a JSON file, or - for standard input.", field="facts")
    return path.read_bytes()


def register(group: click.Group) -> None:
    group.add_command(command)
