"""Under which versions of the area's arrangement the dates of a case stand, and why more than one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.in_force import OnRecord, said
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import Called, called_among, on_record
from threefold.work.incidents.records import CaseState

MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Under:
    """`tracks`: each local version and edition of the law, with the area's own dates that follow the version; `why`: where there are
    several; `newer`: that another version is in force by now."""

    tracks: list[tuple[str, str, str]]
    why: str
    newer: str


def tracks(state: CaseState) -> list[tuple[str, str]]:
    """Under which local version and edition of the law the lines of this case were judged."""
    return [(pin["version"], pin["edition"]) for pin in state.verdict["pins"]]


def followed(unit: Unit, state: CaseState) -> dict[str, Called]:
    """The versions that this case follows, as they are called; and of one that was set right since, by which and when: who acts on what stands
    here is told that it was worked out before."""
    return called_among(on_record(unit), {version for version, _ in tracks(state) if version})


def under(governance: Governance, record: Sequence[OnRecord], state: CaseState, today: date) -> Under:
    """What the page of a case says of its versions."""
    found = tracks(state)
    several = len({version for version, _ in found}) > 1
    named: set[str] = set()
    rows = []
    for version, edition in found:
        own = [] if not several or version in named else _own_dates(state, version)
        named.add(version)
        rows.append((version, edition, _joined(own)))
    why = (
        "What had begun under a version is finished under it; what counts from a later day follows the version of that day."
        if several
        else ""
    )
    return Under(rows, why, _newer(governance, record, {version for version, _ in found}, today))


def _own_dates(state: CaseState, version: str) -> list[str]:
    lines = [line for served in state.verdict["steps"] for line in served["local"] if line["version"] == version]
    return list(dict.fromkeys(f"“{line['title']}”" for line in lines))


def _joined(titles: list[str]) -> str:
    more = len(titles) - MOST_NAMED
    if more > 1:
        return f"{', '.join(titles[:MOST_NAMED])} and {more} more"
    return " and ".join(filter(None, (", ".join(titles[:-1]), titles[-1]))) if titles else ""


def _newer(governance: Governance, record: Sequence[OnRecord], followed: set[str], today: date) -> str:
    """That a version which this case does not follow is in force today, and what that means for it."""
    known = {one.version.version: one.version for one in record}
    before = [known[version] for version in followed if version in known]
    try:
        _, now, _ = governance.pin([one.version for one in record], today)
    except ThreefoldError:  # of a day whose law is not known here
        return ""
    if now is None or now.begins is None or not before or now.version in followed or now.corrects in followed:
        return ""
    if any(one.begins is None or one.begins >= now.begins or one.until is not None for one in before):
        return ""
    goes_on = (
        "This case had begun before, and is finished under the version named above."
        if now.open_cases == "finish_under_old"
        else "What had begun in this case before is finished under the version named above; what begins later follows the new one."
    )
    return f"“{now.title}” is in force since {said(now.begins)}. {goes_on}"
