"""What stood in the lists of an arrangement's rules before: the answers, days and conditions kept under its keys belong to it."""

from __future__ import annotations

from uuid import UUID

from threefold.governance.questions import titles_in
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import contents_of
from threefold.work.arrangements.stories import versions


def on_record(unit: Unit, listed: str = "questions") -> list[dict[str, str]]:
    """Of each version on record, what stands in the lists of that name: titles by key. One statement."""
    return [titles_in((use.settings for use in one.uses), listed) for one in versions(unit)]


def ever(unit: Unit, draft_id: UUID, listed: str = "questions") -> list[dict[str, str]]:
    """The same, and then of each state that a draft was in, oldest first. Two statements."""
    then = contents_of(unit, draft_id)
    return [*on_record(unit, listed), *(titles_in((use["settings"] for use in one["uses"]), listed) for one in then)]
