"""The versions of a body's files on their way on record: in which order, and everything for which they are refused, told beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from threefold.domain.errors import FloorError, PackError, ThreefoldError
from threefold.governance.begin_days import overtaken_by, takes_signed_days
from threefold.governance.comparison_words import joined
from threefold.governance.configured import uses_to_mend
from threefold.governance.decide import Governance, governing
from threefold.governance.pack import Arrangement, file_of
from threefold.governance.verdict import effect
from threefold.governance.who_signs import DAY, not_signed
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import Entry, entries
from threefold.work.arrangements.stories import versions as stored


def in_order(versions: Sequence[Arrangement]) -> list[Arrangement]:
    """The versions of a body as they are entered: each after the one that it corrects, where that is among them."""
    ordered: list[Arrangement] = []
    waiting = list(versions)
    while waiting:
        names = {one.version for one in waiting}
        ready = [one for one in waiting if one.corrects not in names - {one.version}]
        ordered += ready or waiting  # those that correct each other are refused in any order
        names = {one.version for one in ordered}
        waiting = [one for one in waiting if one.version not in names]
    return ordered


def as_entered(unit: Unit, versions: Sequence[Arrangement]) -> list[Entry]:
    """What would come of it if the versions of a body's files were put on record. Nothing is written.

    Besides what `entries` refuses: a version that is said to be signed by all and is not, one that takes days that a signed version
    governed, and one that nobody signed in the place of one that was signed or behind it.
    """
    on_record, ordered = stored(unit), in_order(versions)
    there = {one.version for one in on_record}
    known = sorted(
        (*on_record, *(one for one in ordered if one.version not in there)),
        key=lambda v: (v.begins or date.min, bool(v.corrects)),
    )
    found = entries(unit, ordered)
    told = [
        []
        if one.there or one.refused
        else [*_beside(one.version, on_record, unit.today), *wrong_signatures(one.version, known)]
        for one in found
    ]
    return [replace(one, refused=wrong[0]) if wrong else one for one, wrong in zip(found, told, strict=True)]


def refusals(unit: Unit, governance: Governance, versions: Sequence[Arrangement]) -> list[ThreefoldError]:
    """Everything for which the versions of a body's files are not put on record, each with its file and key. Nothing is written."""
    found: list[ThreefoldError] = []
    for entry in as_entered(unit, versions):
        if entry.there:
            continue  # what is on record is asked nothing more
        file = file_of(entry.version)
        if entry.refused:
            found.append(PackError(entry.refused.sentence, field=f"{file}: {entry.refused.field}"))
        unusable = uses_to_mend(governance.catalogue, entry.version.uses, new=True)
        # In one order whichever time it is asked: names that are not known come in none.
        found += sorted(unusable, key=str) or _below_floor(governance, entry.version, file)
    return found


def wrong_signatures(version: Arrangement, known: Sequence[Arrangement]) -> list[PackError]:
    """What is wrong with the signatures of a version that is said to be signed. `known`: the versions on record, and of its body's files."""
    missing = [seat.title for seat in not_signed(version, known)]
    late = [on for _, on, _ in version.signed if on and version.begins and on > version.begins and not version.corrects]
    found = []
    if missing:
        found.append(PackError(
            f"It says that it was signed, and {joined(missing)} did not sign it. Every lead safeguarding partner's seat of the version that it "
            "follows signs: give a [[signed]] for each, or take the file in on screen as a draft, where they sign it.", field="signed",
        ))  # fmt: skip
    if late and version.begins:
        found.append(PackError(
            f"It was signed on {max(late):%-d %B %Y}, after the day on which it says it began. Without every signature a version begins on no day: "
            "give the day from which it held.", field="begins",
        ))  # fmt: skip
    return found


def _beside(version: Arrangement, known: Sequence[Arrangement], today: date) -> list[PackError]:
    """Why a version is not entered beside those on record: nothing that was in force ever changes, and what partners signed is followed by what
    they signed."""
    if (taken := takes_signed_days(version, known, today)) is not None:
        return [PackError(
            f"“{taken.title}”, which its partners signed, was in force on days that this version would take, and what was in force never changes. "
            f'Say corrects = "{taken.version}" where that one was written down wrongly, or choose a day to come.', field="begins",
        )]  # fmt: skip
    eve = governing(known, version.begins - DAY) if version.begins else None
    follows = next((one for one in known if one.version == version.corrects), eve)
    if version.entered == "adopted" and follows is not None and follows.entered == "signed":
        return [PackError(
            f"“{follows.title}”, which this version {'corrects' if version.corrects else 'follows'}, was signed by its partners, and this one was not. "
            "Take the file in on screen as a draft, where they sign it.", field="entered",
        )]  # fmt: skip
    other = overtaken_by(version, known) if version.begins and version.begins > today else None
    if other is not None and other.begins:
        return [
            PackError(
                f"The last version begins on {other.begins:%-d %B %Y}. This one must begin after that day.", field="begins"
            )
        ]
    return []


def _below_floor(governance: Governance, version: Arrangement, file: str) -> list[ThreefoldError]:
    try:
        lines = governance.floor(version)
    except ThreefoldError as error:  # rules that can each be used, and not together
        return [PackError(error.sentence, field=f"{file}: {error.field}")]
    return [
        FloorError(line.finding.sentence, field=file, paragraph=line.finding.source.ref)
        for line in lines
        if effect(line) == "refused"
    ]
