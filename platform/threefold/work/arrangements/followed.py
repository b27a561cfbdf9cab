"""What a draft that waits for signatures follows or sets right though it was begun from something else, most of all what came on record since
it was sent.

Its content is signed as it stands, and a signature given before counts. What it would undo was read by nobody who signed before that:
they are told, and so is who prepares it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from threefold.domain.calendar import LONDON
from threefold.governance.comparison_words import joined
from threefold.governance.drafts import as_arrangement
from threefold.governance.pack import Arrangement
from threefold.governance.remarks_beside import all_counts, followed_by, set_right, substance
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import Draft, content_at
from threefold.work.arrangements.seat_stands import SeatStands, counting
from threefold.work.arrangements.stories import recorded_at, versions


@dataclass(frozen=True, slots=True)
class Followed:
    """The version that a draft follows, on record since `at`, and the seats whose signatures were given before that: key and title.
    `since`: whether that was after the draft was sent, so that nobody read so before sending it. `corrects`: the draft sets it right."""

    other: Arrangement
    at: datetime
    since: bool
    signed_before: dict[str, str]
    corrects: bool = False

    @property
    def sentence(self) -> str:
        if self.corrects:
            return (
                f"“{self.other.title}” is what this version sets right, and it was not begun from that one. {all_counts(self.other)}. "
                "Compare the two."
            )
        if not self.since:
            return (
                f"“{self.other.title}” is what this version follows, and it was not begun from that one: what that one has and this one has not "
                "would go. Compare the two."
            )
        signed = f", and after {joined(list(self.signed_before.values()))} had signed" if self.signed_before else ""
        return (
            f"“{self.other.title}” was put on record on {self.at.astimezone(LONDON):%-d %B %Y}, after this was sent to be signed{signed}. This "
            "version follows it and was not begun from it: what that one has and this one has not would go. Compare the two."
        )


def follows_another(unit: Unit, draft: Draft, stands: list[SeatStands]) -> Followed | None:
    """What a draft that waits for signatures follows, where it was begun from something else. Three statements, and one more where something
    came on record since it was sent."""
    if draft.state != "signing":
        return None
    at = recorded_at(unit)
    begun = substance(as_arrangement(content_at(unit, draft.id, 1)))
    if draft.arrangement.corrects:  # one that another overtook since it was sent can be signed no more
        right = set_right(draft.arrangement, versions(unit))
        if not right or begun in map(substance, right):
            return None
        return Followed(right[0], at[right[0].version], False, {}, corrects=True)
    followed = followed_by(draft.arrangement, versions(unit))
    unlike = [one for one in followed if substance(one) != begun]
    since = [one for one in unlike if at[one.version] > draft.updated_at]
    if not since:  # begun from what a variation interrupts, it was begun rightly
        return Followed(unlike[0], at[unlike[0].version], False, {}) if unlike and len(unlike) == len(followed) else None
    other = max(since, key=lambda one: at[one.version])
    earlier = {row.id for row in counting(unit, draft) if row.at < at[other.version]}
    signed = {one.seat.key: one.seat.title for one in stands if one.state == "signed" and one.record in earlier}
    return Followed(other, at[other.version], True, signed)
