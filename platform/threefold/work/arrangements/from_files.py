"""The versions of a body's files on their way on record: in which order, and everything for which they are refused, told beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from threefold.domain.errors import FloorError, PackError, ThreefoldError
from threefold.governance.configured import uses_to_mend
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, file_of
from threefold.governance.verdict import effect
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import entries


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


def refusals(unit: Unit, governance: Governance, versions: Sequence[Arrangement]) -> list[ThreefoldError]:
    """Everything for which `enter_version` would refuse the versions of a body, each with its file and key. Nothing is written."""
    found: list[ThreefoldError] = []
    for entry in entries(unit, in_order(versions)):
        if entry.there:
            continue  # what is on record is asked nothing more
        file = file_of(entry.version)
        if entry.refused:
            found.append(PackError(entry.refused.sentence, field=f"{file}: {entry.refused.field}"))
        unusable = uses_to_mend(governance.catalogue, entry.version.uses, new=True)
        # In one order whichever time it is asked: names that are not known come in none.
        found += sorted(unusable, key=str) or _below_floor(governance, entry.version, file)
    return found


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
