"""Why a draft that waits for signatures does not begin: its day has come, or another version took that day or a later one first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from threefold.governance.begin_days import overtaken_by, wrong_day
from threefold.governance.pack import Arrangement
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import Draft
from threefold.work.arrangements.stories import on_record, versions


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Why a draft whose day has come has not begun. `governs`: what does instead, where nothing else was said of it."""

    said: str
    governs: str = ""


def is_late(unit: Unit, draft: Draft) -> bool:
    """Whether the day of a draft has come. A correction is of days that are past: none of them can be missed."""
    begins = draft.arrangement.begins
    return begins is not None and begins <= unit.today and not draft.arrangement.corrects


def can_be_signed_no_more(unit: Unit, draft: Draft) -> list[str]:
    """Why a draft that waits for signatures cannot be signed though its day has not come: another version took its day or a later
    one meanwhile. One statement at most; none for one whose day has passed, which is told as that."""
    begins = draft.arrangement.begins
    if draft.state != "signing" or is_late(unit, draft) or begins is None:
        return []
    return [told.sentence for told in wrong_day(draft.arrangement, versions(unit), unit.today)]


def overtaken(unit: Unit, draft: Draft) -> Arrangement | None:
    """The version that took the day of a draft that waits for signatures, or a later one, before that day came. One statement at most."""
    begins = draft.arrangement.begins
    if draft.state != "signing" or begins is None:
        return None
    return overtaken_by(draft.arrangement, [one.version for one in on_record(unit) if one.recorded < begins])


def not_begun(unit: Unit, draft: Draft, missing: Sequence[str]) -> NotBegun:
    """Why a draft whose day has come has not begun. `missing`: the titles of the seats that have not signed."""
    other = overtaken(unit, draft)
    if other is not None and other.begins:
        begins = f"{other.begins:%-d %B %Y}"
        return NotBegun(
            f"“{other.title}”, which begins on {begins}, was put on record first, so that this could be signed no more"
        )
    return NotBegun(f"Not signed: {', '.join(missing) or 'nobody any more, and too late'}", "The version before it governs.")
