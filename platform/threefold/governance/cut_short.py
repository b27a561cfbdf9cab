"""A temporary variation that a version without a last day cuts short: both may be meant, and whoever signs is told."""

from __future__ import annotations

from collections.abc import Iterable

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
