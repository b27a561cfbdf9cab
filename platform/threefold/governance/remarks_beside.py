"""Everything that is said of a version in the making, of its content and beside the versions that are known: on screen and of a file alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from threefold.governance import in_force
from threefold.governance.begin_days import wrong_day
from threefold.governance.cut_short import cut_short, not_set_right_in, set_right_already
from threefold.governance.decide import Governance, governing
from threefold.governance.drafts import Content, as_arrangement, begin_from
from threefold.governance.pack import Arrangement, Body
from threefold.governance.remark import LEFT_OUT, Remark
from threefold.governance.remarks import ORDER, remarks
from threefold.governance.remarks_of_names import gone, keys_of, may_be_key, named_by
from threefold.governance.tried import remarks_of_failures
from threefold.plugin_api.arrangement import Organisation, Seat


class Begun(NamedTuple):
    """What a draft was begun with, and whether that came from a file."""

    content: Content
    from_file: bool


class Beside(NamedTuple):
    """What a draft is held beside.

    `known`: the versions of the body, in order of beginning. `before`: those whose seats and delegations count
    (`who_signs.before_it`), the last of which it follows; None where it is not known which there are. `begun`, and `states` (every state
    that the draft was in), are asked only where something depends on them. `days` False: its days are not asked about.
    """

    known: Sequence[Arrangement]
    before: Sequence[Arrangement] | None
    today: date
    begun: Callable[[], Begun]
    states: Callable[[], Sequence[Content]] = tuple
    days: bool = True


def of_content(governance: Governance, content: Content, beside: Beside, body: Body | None = None) -> list[Remark]:
    """What is said of a draft's content, and of what it names: all that is said of one that is on record. `body`: see `remarks`."""
    once = _once(governance, content, beside)
    return [
        *remarks_of_failures(governance, as_arrangement(content)),
        *gone(governance.catalogue, content, once),
        *remarks(governance, content, beside.today, body, beside.before, once),
    ]


def of_all(governance: Governance, content: Content, beside: Beside, body: Body | None = None) -> list[Remark]:
    """Everything said of a draft that is to follow the versions that are known."""
    draft = as_arrangement(content)
    found = of_content(governance, content, beside, body)
    if beside.days and draft.begins is not None:
        days = wrong_day(draft, beside.known, beside.today)
        found = [*(Remark("mend", told.sentence, field=told.field) for told in days), *found]
    known = beside.known
    others = [*cut_short(draft, known), *set_right_already(draft, known), *not_set_right_in(draft, known)]
    found = [*_not_begun_from(draft, beside), *others, *_partners_no_more(draft, beside.before or (), found), *found]
    return sorted(found, key=lambda r: ORDER.index(r.effect))


def left_out(arrangement: Arrangement, before: Sequence[Arrangement]) -> list[tuple[Organisation, tuple[Seat, ...]]]:
    """The partners of the versions `before` that one leaves out, each with its lead seats there: they do not sign it."""
    there = {o.key for o in arrangement.organisations if o.partner}
    found = {
        o.key: (o, tuple(s for s in version.seats if (s.organisation, s.role) == (o.key, "lead")))
        for version in before
        for o in version.organisations
        if o.partner and o.key not in there
    }
    return list(found.values())


def _partners_no_more(draft: Arrangement, before: Sequence[Arrangement], said: Sequence[Remark]) -> list[Remark]:
    """That each of them needs a reason, unless it is refused already. Source: Children Act 2004, section 16E(3)."""
    told = {remark.key for remark in said}
    return [
        Remark(
            "needs_reason",
            f"{o.name} is a safeguarding partner in the version before, and is left out.",
            "Children Act 2004, section 16E(3)",
            field="organisations",
            key=f"{LEFT_OUT}{o.key}",
        )
        for o, _ in left_out(draft, before)
        if f"{LEFT_OUT}{o.key}" not in told
    ]


def _once(governance: Governance, content: Content, beside: Beside) -> Mapping[str, str]:
    """What the rules of a draft could name once: in the version before, or in an earlier state of the draft. Nothing is asked
    while all that they name is there."""
    there = keys_of(content)
    if all(key in there or not may_be_key(key) for _, _, key in named_by(governance.catalogue, content)):
        return {}
    once: dict[str, str] = {}
    for before in (beside.before or ())[-1:]:
        once |= keys_of(begin_from(before, before.version, before.title))
    for state in beside.states():
        once |= keys_of(state)
    return once


def _not_begun_from(draft: Arrangement, beside: Beside) -> list[Remark]:
    """The version in force on the day before the draft begins, or that it corrects, where the draft was begun from another: what that one
    changed is not in this draft, and would go with it."""
    followed = followed_by(draft, beside.known) if not draft.corrects else set_right(draft, beside.known)
    if not followed and not draft.corrects:  # of which no beginning is known
        followed = list(beside.before or ())[-1:]
    if not followed:
        return []
    before = followed[0]
    begun = beside.begun()
    if substance(as_arrangement(begun.content)) in [substance(one) for one in followed]:
        return []  # begun from it, from what a temporary variation interrupts, or from what set it right
    day = f", which begins on {before.begins:%-d %B %Y}" if before.begins and before.begins > beside.today else ""
    how = "was begun from a file that is not the same" if begun.from_file else "was not begun from it"
    if draft.corrects:
        said = f"“{before.title}”{day}{',' if day else ''} is what this version sets right, and this draft {how}. {all_counts(before)}: compare the two."
    else:
        said = (
            f"“{before.title}”{day}{',' if day else ''} is what this version follows, and this draft {how}. What it has and this draft has not "
            "would go: compare the two."
        )
    key = f"{'sets-right' if draft.corrects else 'follows'}-{before.version}"
    return [Remark("noted" if begun.from_file else "warned", said, field="compare", key=key)]


def all_counts(corrected: Arrangement) -> str:
    """From when a correction counts in all that it has or lacks, as a sentence without its full stop."""
    since = f"{corrected.begins:%-d %B %Y}" if corrected.begins else "its first day"
    return f"All that is different counts from {since} on, not only what was written down wrongly"


def followed_by(draft: Arrangement, known: Sequence[Arrangement]) -> list[Arrangement]:
    """What governs on the day before a version begins, first; and where that is a temporary variation, what it interrupts. Of one whose
    day is not known: what governs last."""
    day = draft.begins - timedelta(days=1) if draft.begins is not None else date.max
    found = governing(known, day)
    if found is None:
        return []
    lasting = in_force.interrupted(known, day) if found.until and draft.until is None else None
    return [found, *([lasting] if lasting else ())]


def set_right(draft: Arrangement, known: Sequence[Arrangement]) -> list[Arrangement]:
    """What a correction sets right, first; and what set that right before it: that it takes the place of it is told by `set_right_already`."""
    corrected = next((one for one in known if one.version == draft.corrects), None)
    return [corrected, *in_force.set_right_by(draft, known)] if corrected else []


def substance(arrangement: Arrangement) -> object:
    """What a version says, whatever it is called and from whichever day it counts: two of one substance differ in nothing that governs."""
    return (tuple((u.use, u.rule, u.major, json.dumps(u.plain, sort_keys=True)) for u in arrangement.uses), arrangement.organisations, arrangement.seats,
            arrangement.closures, arrangement.area_codes)  # fmt: skip
