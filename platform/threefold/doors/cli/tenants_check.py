"""`threefold tenants check`: every file under tenants/, or one file as the screen would check a draft made of it."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Sized

    from threefold.domain.errors import PackError, ThreefoldError
    from threefold.governance.decide import Governance
    from threefold.governance.pack import Arrangement, Body, Library
    from threefold.governance.remark import Remark
    from threefold.work.arrangements.stories import Entry

    Entries = Mapping[tuple[str, str], Entry]

T = TypeVar("T")


@click.command("check")
@click.argument("what", required=False)
@click.option("--body", help="For a file: the body whose draft it is to be. Without it, the body that the file names.")
def command(what: str | None, body: str | None) -> None:
    """Check every file under tenants/, those of one body, or one file: WHAT is a body, or the path of a TOML file.

    Each arrangement is held against the law's floor and against what published arrangements must tell, and beside what is on record
    where a database is known: what would not be loaded is told. A rule that ends is warned of; a version that needs a rule which
    is not installed is told with it, and refused. A file is checked as the draft it would be on screen, beside what is on record where
    a database is known. The last line says what is not looked at. Exit code 1: something stands in the way; 2: a file cannot be read,
    or would not be taken in.
    """
    from threefold.doors.cli.packs import bodies, open_library
    from threefold.doors.cli.tenants_compare import a_file

    if what is not None and a_file(what, known=bodies()):
        library, governance = open_library()
        stops = _check_file(library, governance, what, body)
    else:
        named = body if what is None else what
        library, governance = open_library(named)
        if named is not None:
            library.body(named)
        stops = _check_bodies(library, governance)
    if stops:
        sys.exit(1)


def _check_bodies(library: Library, governance: Governance) -> int:
    """Say what stands in the way of loading the files of the bodies that were read. How much of it is refused, or is to be mended.

    Raises `ManyErrors` of rules that cannot be used as they are set, for which no file is loaded.
    """
    from threefold.doors.cli.tenants_record import entries_of

    bodies = [body for _, body in sorted(library.bodies.items())]
    entries, unread = _asked(lambda: entries_of(bodies, purpose="check the files"), dict[tuple[str, str], "Entry"]())
    _refuse_uses(governance, library, entries, new=not unread)
    stops = sum(_check_body(library, governance, body, entries) for body in bodies)
    if unread:
        click.echo(
            f"Not looked at, because {unread}: whether `threefold tenants load` would enter these files beside what is on record."
        )
    return stops


def _refuse_uses(governance: Governance, library: Library, entries: Entries, *, new: bool) -> None:
    """Raise `ManyErrors` of everything for which the rules of versions and shared packs cannot be used as they are set. `new`: what is not on record is
    held to all that is asked of what is written now, as it is when it is entered. A rule that is not installed is told with its version."""
    from threefold.domain.errors import ManyErrors
    from threefold.governance.cited import cited_by_another
    from threefold.governance.configured import uses_to_mend

    installed = governance.catalogue.rules
    there = {name for name, entry in entries.items() if entry.there}
    wrong: dict[str, ThreefoldError] = {}  # by what is told: a pack that several bodies share is told once
    for pack in library.packs.values():
        for use in pack.uses:
            if kind := installed.get((use.rule, use.major)):
                wrong |= {str(error): error for error in cited_by_another(kind, use)}
    for body in library.bodies.values():
        for version in body.versions:
            uses = [use for use in version.uses if (use.rule, use.major) in installed]
            fresh = (body.id, version.version) not in there
            found = uses_to_mend(governance.catalogue, uses, new=new and fresh)
            if fresh and not new:  # how the files lie over one another is known without a database
                found += [e for use in uses for e in cited_by_another(installed[use.rule, use.major], use)]
            wrong |= {str(error): error for error in found}
    if wrong:
        raise ManyErrors(list(wrong.values()))


def _check_body(library: Library, governance: Governance, body: Body, entries: Entries) -> int:
    """Say what the law says of each version of a body, and whether it would be entered. How much of it stands in the way."""
    from threefold.work.arrangements.from_files import wrong_signatures

    if not body.versions:
        click.echo(f"{body.id}: no arrangement")
    stops = 0
    for version in body.versions:
        entry = entries.get((body.id, version.version))
        # What a version corrects is told without a database too.
        beside = entry.refused if entry and entry.refused and entry.refused.field != "corrects" else None
        if entry is None:  # without a database, what is said to be signed is held beside the files
            beside = next(iter(wrong_signatures(version, body.versions)), None)
        stops += _check_version(governance, version, body, beside, there=entry is not None and entry.there)
    return stops + _check_facts(library, governance, body.id)


def _check_facts(library: Library, governance: Governance, name: str) -> int:
    """Say which facts of a body's pages are not where its file says they are (the coverage). How many."""
    from threefold.governance.coverage import unresolved
    from threefold.governance.notices import needed

    body = library.bodies[name]
    if needed(governance.catalogue, body.versions):
        return 0  # told with the version: what such a rule brings cannot be known
    wrong = unresolved(body, governance.catalogue)
    for one in wrong:
        click.echo(f"    mend: body.toml, facts: {one.removeprefix(f'{name}: ')}")
    return len(wrong)


def _of_its_rules(governance: Governance, version: Arrangement, body: Body) -> list[Remark]:
    """What is said of how a version's rules are set, as it is of a draft of it: what is to be mended, and what names something that is nowhere,
    most often because a layer drops it."""
    from threefold.governance.pack_import import as_draft
    from threefold.governance.remarks_beside import Begun, Beside, of_content

    content = as_draft(version, version.version)
    said = of_content(governance, content, Beside((), None, _today(), lambda: Begun(content, True), days=False), body)
    named = ("by-hand-", "gone-", "never-", "unstarted-")
    return [one for one in said if one.field.startswith("rules.") and (one.effect == "mend" or one.key.startswith(named))]


def _today() -> date:
    from threefold.domain.calendar import LONDON

    return datetime.now(UTC).astimezone(LONDON).date()


def _check_version(
    governance: Governance, version: Arrangement, body: Body, beside: PackError | None, *, there: bool = False
) -> int:
    """`beside`: why it would not be entered beside what is on record; `there`: it is on record, and governs as it was signed."""
    from threefold.governance.notices import needed, notices_of_use
    from threefold.governance.verdict import effect

    called = f"{body.id}/{version.version}"
    if missing := needed(governance.catalogue, (version,)):
        where = {use.use: f" ({use.file}: rules.{use.use})" if use.file else "" for use in version.uses}
        for need in missing:
            click.echo(f"{called}: needs {need.rule}, which is not installed here{where[need.use]}")
        return 1
    lines = [(effect(line), line.finding) for line in governance.floor(version)]
    refused = sum(1 for what, _ in lines if what == "refused")
    said = [f"{what.replace('_', ' ')}: {finding.sentence} ({finding.source.ref})" for what, finding in lines]
    for use in version.uses:
        said += [f"warned: rules.{use.use}: {notice.sentence}" for notice in notices_of_use(governance.catalogue, use)]
    mend: list[str] = []
    for remark in [] if there else _of_its_rules(governance, version, body):
        (mend if remark.effect == "mend" else said).append(
            f"{'' if remark.effect == 'mend' else f'{remark.effect}: '}{remark.field}: {remark.sentence}"
        )
    if wrong := _corrects_nothing(version, body.versions, lambda: _on_record(version.body, "check what a file corrects")):
        mend.append(f"corrects: {wrong}")
    if (
        beside and body.synthetic
    ):  # it is passed over when it is loaded, so that a demonstration of an earlier release still starts
        said.append(f"noted: {beside} This body is made up: `make clean` and `make run` make it afresh.")
    elif beside:
        mend.append(str(beside))
    said += [f"mend: {one}" for one in mend]
    stands = "refused" if refused else "to be mended" if mend else "holds"
    click.echo(f"{called}: {stands}, {_count(version.uses, 'rule')}, {_count(said, 'remark')}")
    for one in said:
        click.echo(f"    {one}")
    return refused + len(mend)


class _Record(NamedTuple):
    """The versions of a body on record, what was signed on screen included; `unread`: why they were not looked at, else empty."""

    versions: tuple[Arrangement, ...] = ()
    unread: str = ""


def _on_record(body: str, purpose: str) -> _Record:
    """What is on record of a body, where its database is at hand. A check of files goes on without it, and says so."""
    from threefold.doors.cli.tenants_record import versions_on_record

    return _Record(*_asked(lambda: versions_on_record(body, purpose=purpose), tuple["Arrangement", ...]()))


def _asked(ask: Callable[[], T], otherwise: T) -> tuple[T, str]:
    """What the database says, where it is at hand; `otherwise`, and why it was not asked."""
    from threefold.domain.errors import ThreefoldError
    from threefold.doors.cli.site import has_site
    from threefold.doors.cli.unreachable import not_reached, not_set_up

    if not has_site():
        return otherwise, "no database is known here"
    try:
        return ask(), ""
    except ThreefoldError:
        return otherwise, "the settings of the database cannot be used (`threefold doctor` says why)"
    except Exception as error:
        if not_reached(error):
            return otherwise, "the database could not be reached"
        if not_set_up(error):
            return otherwise, "the database is not set up for this release (`threefold doctor` says why)"
        raise


def _corrects_nothing(version: Arrangement, files: Sequence[Arrangement], record: Callable[[], _Record]) -> str:
    """Why what a version corrects is no version there is, among the files or on record; empty where it is one, or where it corrects none."""
    named, body = version.corrects, version.body
    if not named:
        return ""
    if named == version.version:
        return "This version would correct itself. Name the version that it sets right."
    if any(one.version == named for one in files):
        return ""
    there = record()
    if any(one.version == named for one in there.versions):
        return ""
    if there.unread:
        return f"There is no version '{named}' of {body} among the files; and {there.unread}, so that it is not looked for on record."
    return f"There is no version '{named}' of {body}, neither among the files nor on record."


def _check_file(library: Library, governance: Governance, name: str, body: str | None) -> int:
    """Say what the screen would say of a draft made of a file. How much of it stands in the way of signing.

    Raises what `of_file` does; and `ManyErrors` of settings that its rules do not take, for which the screen takes no file in.
    """
    from threefold.domain.errors import PackError, ThreefoldError
    from threefold.doors.cli.tenants_compare import of_file
    from threefold.governance.pack_import import as_draft, refuse_settings
    from threefold.governance.remark import Remark
    from threefold.governance.remarks_beside import Begun, Beside, of_all
    from threefold.governance.who_signs import before_it

    found = of_file(library, name, body)
    content = as_draft(found, found.version)
    refuse_settings(governance.catalogue, content, Path(name).name)
    whose = library.bodies.get(found.body)
    today = _today()
    record = _on_record(found.body, "check a file")
    if whose is None and not record.versions:
        try:
            library.body(found.body)  # there is none: a draft of it would be taken in nowhere
        except ThreefoldError as error:
            raise PackError(error.sentence, field=f"{Path(name).name}: body") from error
    files = whose.versions if whose else ()
    known = (*record.versions, *(one for one in files if one.version not in {there.version for there in record.versions}))
    known = tuple(sorted(known, key=lambda one: one.begins or date.min))
    among_them = any(one.version == found.version and one.signed_hash == found.signed_hash for one in known)
    nowhere = _corrects_nothing(found, files, lambda: record)
    before = before_it(known, found, today) if known or not record.unread else None
    days = not (among_them or nowhere)  # what is among them began as it did
    said = of_all(governance, content, Beside(known, before, today, lambda: Begun(content, True), days=days), whose)
    said = [*([Remark("mend", nowhere, field="corrects")] if nowhere else []), *said]
    stops = sum(1 for remark in said if remark.stops)
    reasons = sum(1 for remark in said if remark.effect == "needs_reason")
    stands = (
        f"{stops} {'stands' if stops == 1 else 'stand'} in the way of signing"
        if stops
        else f"it can be signed once {'a reason is' if reasons == 1 else f'{reasons} reasons are'} given"
        if reasons
        else "nothing stands in the way of signing"
    )
    click.echo(
        f"{name}, as a draft of {whose.name if whose else found.body}: {_count(found.uses, 'rule')}, {_count(said, 'remark')}, {stands}"
    )
    for remark in said:
        where = f"{_where(remark.field)}: " if remark.field else ""
        click.echo(
            f"    {remark.effect.replace('_', ' ')}: {where}{remark.sentence}{f' ({remark.paragraph})' if remark.paragraph else ''}"
        )
    click.echo(_not_told(record))
    return stops


def _where(field: str) -> str:
    """Where in a file something is mended, or what is to be added there."""
    head, plus, rest = field.partition("+")
    added = {"rules": "add the rule ", "seats": "add a seat: ", "organisations": "add an organisation: "}
    if not plus:
        return field
    return f"{added[head]}{rest}" if head in added else f"{head}.{rest.partition('=')[2]}"


def _not_told(record: _Record) -> str:
    """What only the body's own record can tell of a draft, and where: one line."""
    seats = "who holds each seat"
    if not record.unread:
        return f"Not looked at: {seats}. Take the file in on screen; “Send it to the partners to sign” says which of them nobody holds."
    return (
        f"Not looked at, because {record.unread}: what was signed on screen, so that the days, the seats and the delegations are held beside "
        f"the files alone; and {seats}. Take the file in on screen: its check tells the first, “Send it to the partners to sign” the second."
    )


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"
