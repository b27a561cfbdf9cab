"""`threefold tenants replay`: one arrangement in place of another, over cases or worked examples.

A database is read for a version on record only, and no case of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from threefold.doors.cli.tenants_record import ON_HELP, REPLAYED, day_asked

if TYPE_CHECKING:
    from threefold.governance.pack import Arrangement
    from threefold.governance.replay import ReplayResult
    from threefold.plugin_api.facts import Facts


@click.command("replay")
@click.argument("before")
@click.argument("after")
@click.option("--over", "folder", help="A folder of JSON files, each one case as `threefold decide` takes it.")
@click.option("--as-of", "as_of", help="With --over: the day the questions are asked (YYYY-MM-DD).")
@click.option("--examples", is_flag=True, help="Over the worked examples beside the rules instead.")
@click.option("--on", "on", help=ON_HELP)
def command(before: str, after: str, folder: str | None, as_of: str | None, examples: bool, on: str | None) -> None:
    """Say what AFTER would have said of each case, in place of BEFORE.

    Each is a body, body/version, a TOML file, or what is on record: record:body for the version in force, or record:body/version.
    Ctrl-C stops it.
    """
    from threefold.domain.errors import PackError
    from threefold.doors.cli.decide import read_day
    from threefold.doors.cli.packs import open_library
    from threefold.doors.cli.tenants_compare import arrangement_of, refuse_wrong_file
    from threefold.governance.replay import replay
    from threefold.governance.worked import as_if_past, worked_cases, worked_day

    if examples == (folder is not None):
        raise PackError("Say over what: a folder of cases, or the worked examples with --examples.", field="--over")
    if folder is not None and as_of is None:
        raise PackError("Say on which day the questions are asked, such as --as-of 2027-03-20.", field="--as-of")
    day_on_record = day_asked(on, before, after)
    library, governance = open_library()
    first = min(e.begins for e in library.editions if e.begins)
    told = [arrangement_of(library, governance, name, day_on_record, REPLAYED) for name in (before, after)]
    for name, one in zip((before, after), told, strict=True):
        refuse_wrong_file(governance, one, name)
    was, now = (replace(one, begins=first, until=None) for one in told)
    if folder is not None:
        day = read_day(str(as_of))
        cases = [(name, facts, day) for name, facts in _cases(_files(folder))]
    else:
        cases = [(name, facts, worked_day(governance, facts, first)) for name, facts in worked_cases(governance.catalogue)]
    progressbar: Any = click.progressbar
    with progressbar(cases, label="Cases", file=sys.stderr) as bar:
        result = replay(governance, was, now, (as_if_past(governance, was, *case) for case in bar))
    for sentence in _told(result, was):
        click.echo(sentence)


def _files(folder: str) -> list[Path]:
    from threefold.domain.errors import PackError

    files = sorted(p for p in Path(folder).glob("*.json") if p.is_file()) if Path(folder).is_dir() else []
    if not files:
        raise PackError(f"There is no JSON file in '{folder}'. Put one case into each.", field="--over")
    return files


def _cases(files: list[Path]) -> list[tuple[str, Facts]]:
    """Every file as a case. Raises `ManyErrors` with what is wrong in any of them."""
    from threefold.domain.errors import ManyErrors, ThreefoldError

    cases, wrong = [], list[ThreefoldError]()
    for path in files:
        try:
            cases.append((path.name, _facts(path)))
        except ManyErrors as error:
            wrong += error.errors
        except ThreefoldError as error:
            wrong.append(error)
    if wrong:
        raise ManyErrors(wrong)
    return cases


def _facts(path: Path) -> Facts:
    """The facts of one file. Raises what `read_facts` does, with the file's name before each place."""
    from threefold.domain.errors import FactsError, ManyErrors, ThreefoldError
    from threefold.plugin_api.facts import read_facts

    def named(error: ThreefoldError) -> ThreefoldError:
        return FactsError(error.sentence, field=f"{path.name}: {error.field}" if error.field else path.name)

    try:
        return read_facts(path.read_bytes())
    except ManyErrors as error:
        raise ManyErrors([named(one) for one in error.errors]) from error
    except ThreefoldError as error:
        raise named(error) from error


def _told(result: ReplayResult, was: Arrangement) -> Iterator[str]:
    """What came of it, in the words of the screen. `was`: the arrangement that each case is held beside."""
    from threefold.governance.replay import CANNOT, NOT_TRIED, STATES

    for state, words in STATES.items():
        count = result.states[state]
        yield f"{words}: {count} {'case' if count == 1 else 'cases'}"
    yield f"Each case is held beside what “{was.title}” ({was.version}) says of it. {NOT_TRIED}"
    for words, asked in (("The second also asks", result.asks), ("The second does not ask any more", result.asks_no_more)):
        if asked:
            yield f"{words}: {'; '.join(f'“{one}”' for one in asked)}. A question by itself changes nothing of a case and is not counted."
    for words, counted in (("What differs", result.lines), ("What cannot be said", result.unsaid)):
        if counted:
            yield f"{words}, and in how many cases:"
            yield from (f"  {title}: {count}" for title, count in counted.most_common())
    for case in result.differing:
        yield case.case
        for line in case.lines:
            cannot = f" ({CANNOT})" if line.cannot_say else ""
            yield f"  {line.title}: {line.before or 'is not there'}, would {'be ' + line.after if line.after else 'not be there'}{cannot}"
