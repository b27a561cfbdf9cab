"""`threefold tenants check`: every file under tenants/, or one file as the screen would check a draft made of it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threefold.governance.decide import Governance
    from threefold.governance.pack import Arrangement, Library


@click.command("check")
@click.argument("what", required=False)
@click.option("--body", help="For a file: the body whose draft it is to be. Without it, the body that the file names.")
def command(what: str | None, body: str | None) -> None:
    """Check every file under tenants/, those of one body, or one file: WHAT is a body, or the path of a TOML file.

    Each arrangement is held against the law's floor and against what published arrangements must tell. A rule that ends is
    warned of; a version that needs a rule which is not installed is told with it, and refused. A file is checked as
    the draft it would be on screen. Exit code 1: something stands in the way.
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
        stops = sum(_check_body(library, governance, name) for name in sorted(library.bodies))
    if stops:
        sys.exit(1)


def _check_body(library: Library, governance: Governance, name: str) -> int:
    """Say what the law says of each version of a body. How much of it is refused."""
    versions = library.bodies[name].versions
    if not versions:
        click.echo(f"{name}: no arrangement")
    return sum(_check_version(governance, f"{name}/{v.version}", v, versions) for v in versions)


def _check_version(governance: Governance, called: str, version: Arrangement, known: Sequence[Arrangement]) -> int:
    from threefold.governance.notices import needed, notices_of_use
    from threefold.governance.verdict import effect

    if missing := needed(governance.catalogue, (version,)):
        click.echo(f"{called}: needs {', '.join(one.rule for one in missing)}, which is not installed here")
        return 1
    told = [(effect(line), line.finding.sentence, line.finding.source.ref) for line in governance.floor(version)]
    refused = sum(1 for what, _, _ in told if what == "refused")
    click.echo(f"{called}: {'refused' if refused else 'holds'}, {len(version.uses)} rules, {len(told)} remarks")
    for what, sentence, ref in told:
        click.echo(f"    {what.replace('_', ' ')}: {sentence} ({ref})")
    for use in version.uses:
        for notice in notices_of_use(governance.catalogue, use):
            click.echo(f"    warned: rules.{use.use}: {notice.sentence}")
    _, wrong = _corrected(version, known)
    if wrong:
        click.echo(f"    mend: corrects: {wrong}")
    return refused + bool(wrong)


def _corrected(version: Arrangement, known: Sequence[Arrangement]) -> tuple[Arrangement | None, str]:
    """What a version corrects, among the files or, where there is a database, on record; else why that is no version there is."""
    from threefold.doors.cli.site import has_site
    from threefold.doors.cli.tenants_record import versions_on_record

    named, body = version.corrects, version.body
    if not named:
        return None, ""
    if named == version.version:
        return None, "This version would correct itself. Name the version that it sets right."
    found = next((one for one in known if one.version == named), None)
    if found is not None:
        return found, ""
    if not has_site():
        return (
            None,
            f"There is no version '{named}' of {body} among the files; and no database is known here to look on record.",
        )
    found = next((one for one in versions_on_record(body, purpose="check what a file corrects") if one.version == named), None)
    return found, "" if found else f"There is no version '{named}' of {body}, neither among the files nor on record."


def _check_file(library: Library, governance: Governance, name: str, body: str | None) -> int:
    """Say what the screen would say of a draft made of a file. How much of it stands in the way of signing."""
    from threefold.domain.calendar import LONDON
    from threefold.doors.cli.tenants_compare import of_file
    from threefold.governance.begin_days import wrong_day
    from threefold.governance.pack_import import as_draft
    from threefold.governance.remark import Remark
    from threefold.governance.remarks import remarks
    from threefold.governance.tried import remarks_of_failures

    found = of_file(library, name, body)
    whose = library.bodies.get(found.body)
    today = datetime.now(UTC).astimezone(LONDON).date()
    known = whose.versions if whose else ()
    among_them = any(one.version == found.version and one.begins == found.begins for one in known)
    corrected, nowhere = _corrected(found, known)
    beside = known if corrected is None or corrected in known else (*known, corrected)
    days = () if among_them or nowhere else wrong_day(found, beside, today)  # what is among the files began as it did
    said = [Remark("mend", nowhere, field="corrects")] if nowhere else []
    said += [Remark("mend", told.sentence, field=told.field) for told in days]
    said += [*remarks_of_failures(governance, found), *remarks(governance, as_draft(found, found.version), today, whose)]
    stops = sum(1 for remark in said if remark.stops)
    stands = (
        f"{stops} {'stands' if stops == 1 else 'stand'} in the way of signing"
        if stops
        else "nothing stands in the way of signing"
    )
    click.echo(
        f"{name}, as a draft of {whose.name if whose else found.body}: {len(found.uses)} rules, {len(said)} remarks, {stands}"
    )
    for remark in said:
        where = f"{remark.field.replace('rules+', 'add the rule ').replace('seats+', 'add a seat: ')}: " if remark.field else ""
        click.echo(
            f"    {remark.effect.replace('_', ' ')}: {where}{remark.sentence}{f' ({remark.paragraph})' if remark.paragraph else ''}"
        )
    return stops
