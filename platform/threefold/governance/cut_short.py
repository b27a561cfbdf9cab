"""What a draft does to others on record: a variation that is cut short, a correction that it takes the place of, what follows
and does not have what it sets right. All may be meant, and whoever signs is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from threefold.governance.in_force import set_right_by, stands_for
from threefold.governance.pack import Arrangement
from threefold.governance.remark import Remark


def cut_short(draft: Arrangement, known: Iterable[Arrangement]) -> list[Remark]:
    """What a draft cuts short of the variations on record, and what on record cuts short the variation that it is."""
    if draft.begins is None:
        return []
    found = []
    for other in known:
        if other.begins is None or other.version in (draft.version, draft.corrects):
            continue
        if draft.until and other.until is None and draft.begins < other.begins <= draft.until:
            said = (
                f"“{other.title}” begins on {other.begins:%-d %B %Y}, before the last day of this temporary variation. It governs "
                "from that day on, and this variation does not come back."
            )
            found.append(Remark("noted", said, field="until", key=f"cut-short-by-{other.version}"))
        if draft.until is None and other.until and other.begins <= draft.begins <= other.until:
            said = (
                f"“{other.title}” is a temporary variation until {other.until:%-d %B %Y}. This version begins before that and "
                "governs from its first day on; the variation does not come back."
            )
            found.append(Remark("noted", said, field="begins", key=f"cuts-short-{other.version}"))
    return found


def not_set_right_in(draft: Arrangement, known: Sequence[Arrangement]) -> list[Remark]:
    """The versions on record that begin after what a correction sets right, and govern from then on: they were written without it."""
    if not draft.corrects or draft.begins is None:
        return []
    found = []
    for other in known:
        if other.begins is None or other.begins <= draft.begins or other.until or other.corrects:
            continue
        now = stands_for(other, known)
        if now.version in (draft.version, draft.corrects):
            continue
        said = (
            f"“{now.title}” governs from {other.begins:%-d %B %Y} on, and was written without what is set right here. What was written down wrongly "
            "counts again from that day on, unless it is right there already: compare the two, and set that one right too."
        )
        found.append(Remark("warned", said, field="compare", key=f"not-set-right-in-{now.version}"))
    return found


def set_right_already(draft: Arrangement, known: Sequence[Arrangement]) -> list[Remark]:
    """The correction that a draft takes the place of besides the version that it corrects: what that one changed goes with it."""
    later, was = set_right_by(draft, known), next((one for one in known if one.version == draft.corrects), None)
    if not later or was is None:  # that what it corrects is nowhere is told of itself
        return []
    now = later[-1]
    said = (
        f"“{was.title}” was set right already: “{now.title}” stands in its place. Once signed, this draft stands in the place of both, and "
        f"what “{now.title}” changed goes unless it is in here too. Compare the two, or correct “{now.title}” instead."
    )
    return [Remark("warned", said, field="compare", key=f"set-right-{now.version}")]
