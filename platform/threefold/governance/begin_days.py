"""Whether the day on which a version begins can be: not passed, not taken, and after the last version's; the same for corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from threefold.domain.errors import PackError
from threefold.governance.decide import governing
from threefold.governance.pack import Arrangement


def wrong_day(arrangement: Arrangement, known: Sequence[Arrangement], today: date) -> Iterator[PackError]:
    """What is wrong with the days of a version that is to follow those on record, each with its field. `today`: in London."""
    begins = arrangement.begins
    if begins is None:
        yield PackError("Say on which day this version begins.", field="begins")
        return
    if arrangement.corrects:
        yield from _wrong_correction(arrangement, next((v for v in known if v.version == arrangement.corrects), None), today)
        return
    if begins <= today:
        yield PackError(
            f"{begins:%-d %B %Y} has come or passed. Choose a later day; or, where an earlier version was written down wrongly, say "
            "that this one corrects it.", field="begins",
        )  # fmt: skip
        return
    other = overtaken_by(arrangement, known)
    if other is not None and other.begins == begins:
        yield PackError(f"“{other.title}” begins on {begins:%-d %B %Y} already. Choose another day.", field="begins")
    elif other is not None:
        yield PackError(
            f"The last version begins on {other.begins:%-d %B %Y}. This one must begin after that day.", field="begins"
        )


def overtaken_by(arrangement: Arrangement, known: Sequence[Arrangement]) -> Arrangement | None:
    """The version on record for which one cannot begin on its day any more: it begins on that day already, or later."""
    begins = arrangement.begins
    if begins is None or arrangement.corrects:
        return None
    taken = next((v for v in known if v.begins == begins and not v.corrects), None)
    if taken is not None or arrangement.until:
        return taken
    last = max((v for v in known if v.begins and not v.until), key=lambda v: v.begins or date.min, default=None)
    return last if last is not None and last.begins is not None and begins <= last.begins else None


def takes_signed_days(arrangement: Arrangement, known: Sequence[Arrangement], today: date) -> Arrangement | None:
    """The signed version on record that governed a day up to `today` which would be another version's, though that one corrects nothing."""
    begins = arrangement.begins
    if begins is None or arrangement.corrects or begins > today:
        return None
    with_it = sorted((*known, arrangement), key=lambda v: (v.begins or date.min, bool(v.corrects)))
    days = {day for one in with_it for day in (one.begins, one.until and one.until + timedelta(days=1)) if day} | {today}
    for day in sorted(day for day in days if begins <= day <= today):
        before = governing(known, day)
        if before is not None and before.entered == "signed" and governing(with_it, day) is arrangement:
            return before
    return None


def _wrong_correction(arrangement: Arrangement, corrected: Arrangement | None, today: date) -> Iterator[PackError]:
    """A correction stands in the place of what it corrects: from the same day. It says why it was needed."""
    if corrected is None:
        yield PackError("The version that this one corrects is not on record here. Choose one that is.", field="corrects")
        return
    if corrected.begins is not None and arrangement.begins != corrected.begins:
        yield PackError(
            f"“{corrected.title}” begins on {corrected.begins:%-d %B %Y}. What corrects it begins on the same day; a change from another "
            "day on is a version of its own.", field="begins",
        )  # fmt: skip
    if corrected.begins is None and arrangement.begins is not None and arrangement.begins > today:
        yield PackError("What corrects a version cannot begin on a day to come.", field="begins")
    if corrected.until != arrangement.until:
        ends = f"ends on {corrected.until:%-d %B %Y}" if corrected.until else "has no last day"
        yield PackError(
            f"“{corrected.title}” {ends}, and what corrects it is the same in that: change when it ends.", field="until"
        )
    if not arrangement.note.strip():
        yield PackError("Say in the note what was written down wrongly. It is published.", field="note")
