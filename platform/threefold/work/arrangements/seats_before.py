"""Which keys of seats are spoken for though no seat of a draft has them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import contents_of
from threefold.work.arrangements.stories import versions


def seats_of_others(unit: Unit, draft_id: UUID, seat: Mapping[str, Any]) -> frozenset[str]:
    """The keys of seats that are, or were, another organisation's or of another role than `seat`: on record, or in any state of the draft.

    A new seat that took one of them would be held by whoever holds that one, and be meant wherever that one was named.
    """
    own = (seat.get("organisation", ""), seat.get("role"))
    drafted = {(s["key"], s["organisation"], s["role"]) for content in contents_of(unit, draft_id) for s in content["seats"]}
    recorded = {(s.key, s.organisation, s.role) for version in versions(unit) for s in version.seats}
    return frozenset(key for key, *whose in drafted | recorded if tuple(whose) != own)
