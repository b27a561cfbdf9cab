"""What came on record since a draft was sent to be signed, so that the draft follows another version than it was begun from.

Its content is signed as it stands, and a signature given before counts. What it would undo was read by nobody who signed before that:
they are told, and so is who prepares it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from threefold.domain.calendar import LONDON
from threefold.governance.comparison_words import joined
from threefold.governance.decide import governing
from threefold.governance.drafts import as_arrangement
from threefold.governance.pack import Arrangement
from threefold.governance.remarks_beside import substance
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import Draft, content_at
from threefold.work.arrangements.seat_stands import SeatStands, counting
from threefold.work.arrangements.stories import recorded_at, versions


@dataclass(frozen=True, slots=True)
class Followed:
    """The version that a draft follows since `at`, and the seats whose signatures were given before that: key and title."""

    other: Arrangement
    at: datetime
    signed_before: dict[str, str]

    @property
    def sentence(self) -> str:
        signed = f", and after {joined(list(self.signed_before.values()))} had signed" if self.signed_before else ""
        return (
            f"“{self.other.title}” was put on record on {self.at.astimezone(LONDON):%-d %B %Y}, after this was sent to be signed{signed}. This "
            "version follows it and was not begun from it: what that one has and this one has not would go. Compare the two."
        )


def follows_another(unit: Unit, draft: Draft, stands: list[SeatStands]) -> Followed | None:
    """What a draft that waits for signatures follows since it was sent, where it was begun from something else. Two statements, and two
    more where something came on record since."""
    begins = draft.arrangement.begins
    if draft.state != "signing" or begins is None or draft.arrangement.corrects:
        return None  # a correction that another overtook can be signed no more
    known = versions(unit)
    other = governing(known, begins - timedelta(days=1))
    at = dict(zip((one.version for one in known), recorded_at(unit), strict=True))
    if other is None or at[other.version] <= draft.updated_at:
        return None
    if substance(as_arrangement(content_at(unit, draft.id, 1))) == substance(other):
        return None
    earlier = {row.seat for row in counting(unit, draft) if row.at < at[other.version]}
    return Followed(other, at[other.version], {
        one.seat.key: one.seat.title for one in stands if one.state == "signed" and one.seat.key in earlier
    })  # fmt: skip
