"""`threefold tenants replay`: one arrangement in place of another, over a folder of cases; no database is touched."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click


@click.command("replay")
@click.argument("before")
@click.argument("after")
@click.option("--over", "folder", required=True, help="A folder of JSON files, each one case as `threefold decide` takes it.")
@click.option("--as-of", "as_of", required=True, help="The day the questions are asked (YYYY-MM-DD).")
def command(before: str, after: str, folder: str, as_of: str) -> None:
    """Say what AFTER would have said of each case, in place of BEFORE: each a body, body/version or TOML file."""
    from threefold.domain.errors import PackError
    from threefold.doors.cli.decide import _day
    from threefold.doors.cli.packs import open_library
    from threefold.doors.cli.tenants_compare import named
    from threefold.governance.pack import Arrangement
    from threefold.governance.replay import PastVerdict, replay
    from threefold.governance.verdict import verdict_to_json
    from threefold.plugin_api.facts import read_facts, write_facts

    library, governance = open_library()
    first = min(e.begins for e in library.editions if e.begins)
    sides: list[Arrangement] = []
    for name in (before, after):
        found = named(library, name)
        if not isinstance(found, Arrangement):
            raise PackError(f"'{name}' is a shared pack. A case is under the arrangement of a body.", field=name)
        sides.append(replace(found, begins=first, until=None))
    day, files = _day(as_of), sorted(Path(folder).glob("*.json")) if Path(folder).is_dir() else []
    if not files:
        raise PackError(f"There is no JSON file in '{folder}'. Put one case into each.", field="--over")
    past = []
    for path in files:
        facts = read_facts(path.read_bytes())
        said = governance.decide(sides[0].body, (sides[0],), facts, day)
        texts = json.dumps(write_facts(facts)), json.dumps(verdict_to_json(said))
        past.append(PastVerdict(path.name, day, *texts, said.fingerprints))
    progressbar: Any = click.progressbar
    with progressbar(length=len(past), label="Cases", file=sys.stderr) as bar:
        result = replay(governance, sides[0], sides[1], past, progress=lambda done: bar.update(done - bar.pos))
    for state, words in (("changed", "would have been different"), ("unchanged", "the same"), ("cannot_say", "cannot say")):
        click.echo(f"{result.states[state]} {words}")
    for case in result.differing:
        click.echo(case.case)
        for line in case.lines:
            cannot = " (cannot say: a fact was never asked)" if line.cannot_say else ""
            click.echo(f"  {line.title}: {line.before or 'not there'}, would be {line.after or 'not there'}{cannot}")
