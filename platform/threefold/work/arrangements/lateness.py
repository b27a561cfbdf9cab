"""Why a draft that waits for signatures does not begin: its day has come, or another version took that day or a later one first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from threefold.governance.begin_days import overtaken_by, wrong_day
from threefold.governance.comparison_words import joined
from threefold.governance.decide import Governance
from threefold.governance.in_force import set_right_by
from threefold.governance.pack import Arrangement
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import Draft
from threefold.work.arrangements.stories import on_record, recorded_at, versions


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
    one meanwhile, or set right what it corrects. One statement at most, two more for a correction; none for one whose day has passed,
    which is told as that."""
    begins = draft.arrangement.begins
    if draft.state != "signing" or is_late(unit, draft) or begins is None:
        return []
    if draft.arrangement.corrects and (other := overtaken(unit, draft)):
        return [
            f"“{other.title}” was put on record after this one was sent to be signed, and stands in the place of what both set right. Signed "
            "now, this one would undo what that one changed, and nobody who signs it has read so. Bring that in, and send it to be signed "
            "again; or put it aside."
        ]
    return [told.sentence for told in wrong_day(draft.arrangement, versions(unit), unit.today)]


def unreadable(governance: Governance, draft: Draft) -> list[str]:
    """Why nobody can read what a draft that waits for signatures says: it uses a rule that this service has not, or no more. It is
    signed by nobody until then, since what is signed is exactly what was shown."""
    have = governance.catalogue.rules
    gone = [f"{one.rule}, version {one.major}" for one in draft.arrangement.uses if (one.rule, one.major) not in have]
    if draft.state != "signing" or not gone:
        return []
    return [
        f"It uses {'rules' if len(gone) > 1 else 'a rule'} that this service does not have now ({joined(gone)}), so that what it says cannot "
        f"be shown to anybody. Ask whoever runs the service to install {'them' if len(gone) > 1 else 'it'} again, and nothing need be sent "
        "or signed anew."
    ]


def overtaken(unit: Unit, draft: Draft) -> Arrangement | None:
    """The version that took the day of a draft that waits for signatures, or a later one, before that day came; of a correction, what set
    right the same since it was sent. One statement at most, two for a correction."""
    begins = draft.arrangement.begins
    if draft.state != "signing" or begins is None:
        return None
    if draft.arrangement.corrects:
        return _set_right_since(unit, draft)
    before = sorted((one for one in on_record(unit) if one.recorded < begins), key=lambda one: one.recorded)
    # The one that came first did it; of one day, the one that begins last.
    return next((other for one in before if (other := overtaken_by(draft.arrangement, [
        each.version for each in before if each.recorded <= one.recorded])) is not None), None)  # fmt: skip


def _set_right_since(unit: Unit, draft: Draft) -> Arrangement | None:
    known, at = versions(unit), recorded_at(unit)
    # A name is given when a draft is sent, and was free then: what has it now came since, however the clocks stood.
    since = [
        one
        for one in set_right_by(draft.arrangement, known)
        if at[one.version] > draft.updated_at or one.version == draft.arrangement.version
    ]
    return since[-1] if since else None


def not_begun(unit: Unit, draft: Draft, missing: Sequence[str]) -> NotBegun:
    """Why a draft whose day has come has not begun. `missing`: the titles of the seats that have not signed."""
    other = overtaken(unit, draft)
    if other is not None and other.begins:
        begins = f"{other.begins:%-d %B %Y}"
        return NotBegun(
            f"“{other.title}”, which begins on {begins}, was put on record first, so that this could be signed no more"
        )
    return NotBegun(f"Not signed: {', '.join(missing) or 'nobody any more, and too late'}", "The version before it governs.")
