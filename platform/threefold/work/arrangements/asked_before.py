"""The questions of the area's own that were asked before: what was answered under their keys belongs to them."""

from __future__ import annotations

from uuid import UUID

from threefold.governance.questions import own_questions
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import contents_of
from threefold.work.arrangements.stories import versions


def on_record(unit: Unit) -> list[dict[str, str]]:
    """Those of each version on record: titles by key. One statement."""
    return [own_questions(use.settings for use in one.uses) for one in versions(unit)]


def ever(unit: Unit, draft_id: UUID) -> list[dict[str, str]]:
    """The same, and then of each state that a draft was in, oldest first. Two statements."""
    return [*on_record(unit), *(own_questions(use["settings"] for use in one["uses"]) for one in contents_of(unit, draft_id))]
