"""Whose seats sign a version: those that stand on record for each partner, never those a draft gives itself.

Each version is signed by the seats of the one it follows. So nobody can draft their own seat into another partner's
place, or the seat of another partner out of signing: a new lead seat signs from the next version on. A partner that a draft leaves
out altogether does not sign it: one of the operator's record cannot be left out, and for any other a reason is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from threefold.governance.decide import governing
from threefold.governance.pack import Arrangement
from threefold.governance.periods import OnRecord
from threefold.plugin_api.arrangement import Organisation, Seat, must_sign

DAY = timedelta(days=1)


def before_it(known: Sequence[Arrangement], arrangement: Arrangement, today: date) -> tuple[Arrangement, ...]:
    """What governs today, and what governs on the day before the arrangement begins (last; the same one stands once).

    A correction of what has passed follows what governs today. Empty where the body has nothing on record; where only
    versions of unknown beginning are, the last of them.
    """
    eve = max(today, arrangement.begins - DAY) if arrangement.begins else today
    found = {one.content_hash: one for one in (governing(known, today), governing(known, eve)) if one is not None}
    begun = [one for one in known if one.begins is None or one.begins <= today]
    return tuple(found.values()) or tuple((begun or list(known))[-1:])


def on_record(before: Sequence[Arrangement]) -> tuple[Organisation, ...]:
    """The organisations of the version that is followed, each with the delegations that stand in every version `before`."""
    if not before:
        return ()
    acts = [{o.key: o.acts_for for o in one.organisations if o.partner} for one in before]
    return tuple(
        replace(o, acts_for=tuple(key for key in o.acts_for if all(key in each.get(o.key, ()) for each in acts)))
        for o in before[-1].organisations
    )


def partners_that_sign(arrangement: Arrangement, before: Sequence[Arrangement] | None) -> tuple[str, ...]:
    """The partners whose leads sign (`must_sign`). `before` None: every delegation that the arrangement tells counts."""
    return must_sign(arrangement.organisations, None if before is None else on_record(before))


def signed_for(arrangement: Arrangement, before: Sequence[Arrangement] | None) -> list[tuple[str, str]]:
    """Who signs for whom by a delegation on record: the name of the partner that signs, and of the one that does not."""
    return [(actor.name, other.name) for actor, other in _acting(arrangement, before)]


def acted_for(
    arrangement: Arrangement, before: Sequence[Arrangement] | None
) -> list[tuple[Organisation, Organisation, tuple[Seat, ...]]]:
    """Each partner that signs for another by a delegation on record, that other, and its lead seats, which are not asked."""
    last = before[-1] if before else arrangement
    return [
        (actor, other, tuple(_leads(last, other.key) or _leads(arrangement, other.key)))
        for actor, other in _acting(arrangement, before)
    ]


def _acting(arrangement: Arrangement, before: Sequence[Arrangement] | None) -> Iterator[tuple[Organisation, Organisation]]:
    """Each partner that signs for another, and that other, by a delegation on record."""
    signs = partners_that_sign(arrangement, before)
    for other in (o for o in arrangement.organisations if o.partner and o.key not in signs):
        for actor in arrangement.organisations:
            if actor.key in signs and other.key in actor.acts_for:
                yield actor, other


def acting_since(record: Sequence[OnRecord], actor: str, other: str, today: date, eve: date | None = None) -> date | None:
    """Since which day one partner acts for another without a break, up to `today`; None: since before what is known, or not at all.

    By what governed each day, and what would govern `eve` (the day before a draft begins), as it stood on record that day: a temporary variation
    without the delegation is a break, and one that a correction, or a version to come, brought stands since that was put on record, whatever
    its days. `record`: in order of beginning.
    """
    versions = [one.version for one in record]
    turns = {v.begins for v in versions if v.begins} | {v.until + DAY for v in versions if v.until}
    turns |= {one.recorded for one in record}
    since = None
    for day in sorted((day for day in turns if day <= today), reverse=True):
        known = [one.version for one in record if _stood(one, day)]
        both = [governing(known, on) for on in {day, max(day, eve or day)}]
        if not all(one is not None and any(o.key == actor and other in o.acts_for for o in one.organisations) for one in both):
            break
        since = day
    return since


def _stood(one: OnRecord, day: date) -> bool:
    """Whether a version stood on record on a day; one that had begun by then did, though it may have been put on this record later."""
    had_begun = not one.version.corrects and one.version.begins is not None and one.version.begins <= day
    return had_begun or one.recorded <= day


def signs_for_another_since(
    record: Sequence[OnRecord], arrangement: Arrangement, before: Sequence[Arrangement], today: date
) -> dict[str, tuple[date, tuple[str, ...]]]:
    """Of each partner that signs for others: since which day for all of them, and their names; by the partner's key.

    One of which no beginning is known is not in it: it acted for the other before anything was signed.
    """
    found: dict[str, tuple[date, tuple[str, ...]]] = {}
    for actor, other in _acting(arrangement, before):
        if since := acting_since(record, actor.key, other.key, today, arrangement.begins - DAY if arrangement.begins else None):
            latest, names = found.get(actor.key, (since, ()))
            found[actor.key] = max(latest, since), (*names, other.name)
    return found


def signing_seats(arrangement: Arrangement, before: Sequence[Arrangement] | None = None) -> list[Seat]:
    """The seats that sign: for each partner its lead seats of the version that is followed, be they in this one or not; for a
    partner that had none there, its lead seats of this one."""  # fmt: skip
    named = {seat.key: seat for seat in arrangement.seats}
    found = {}
    for partner in partners_that_sign(arrangement, before):
        recorded = _leads(before[-1], partner) if before else []
        for seat in recorded or _leads(arrangement, partner):
            now = named.get(seat.key, seat)
            found[seat.key] = replace(seat, title=now.title if now.organisation == partner else seat.title)
    order = [seat.key for seat in arrangement.seats if seat.key in found]
    return [found[key] for key in [*order, *(key for key in found if key not in order)]]


def not_signed(arrangement: Arrangement, known: Sequence[Arrangement]) -> list[Seat]:
    """The seats whose signatures a version lacks that says it was signed; empty where there are all of them. `known`: the other versions.

    They are the seats of the version that was followed. Which one that was for a correction rests on the day of signing, of which a file may
    say nothing: it is enough that every signature is there by one of what it can have been.
    """
    if arrangement.entered != "signed":
        return []
    others = [one for one in known if one.version != arrangement.version and one.corrects != arrangement.version]
    days = [arrangement.begins - DAY] if arrangement.begins else []
    if arrangement.corrects:
        days = [max(signed_on, arrangement.begins or signed_on) for _, signed_on, _ in arrangement.signed if signed_on] or days
    followed = {one.content_hash: one for day in days if (one := governing(others, day)) is not None}
    right = [one for one in others if one.version == arrangement.corrects]
    given = {seat for seat, _, _ in arrangement.signed}
    readings = [
        [seat for seat in signing_seats(arrangement, (one,)) if seat.key not in given] for one in (*followed.values(), *right)
    ]
    if not readings:  # the first that is known here: every delegation that it tells may have stood before
        readings = [[seat for seat in signing_seats(arrangement) if seat.key not in given]]
    return min(readings, key=len)


def seats_that_moved(arrangement: Arrangement, before: Sequence[Arrangement]) -> Iterator[tuple[Seat, str]]:
    """Lead seats that on record are another organisation's, each with that organisation's name: who holds it there would hold
    it here, and speak for a partner that never chose them."""  # fmt: skip
    names = {o.key: o.name for one in before for o in one.organisations}
    was = {seat.key: seat.organisation for one in before for seat in one.seats}
    for seat in arrangement.seats:
        if seat.role == "lead" and was.get(seat.key, seat.organisation) != seat.organisation:
            yield seat, names.get(was[seat.key], "nobody in particular")


def seats_that_changed_hands(
    arrangement: Arrangement, before: Sequence[Arrangement]
) -> Iterator[tuple[Organisation, list[str], list[str]]]:
    """For each partner whose lead seats are others than on record: the seats that sign this one, and those of the next."""
    signs = partners_that_sign(arrangement, before)  # for a partner that another acts for, its own seats sign nothing
    for o in (o for o in arrangement.organisations if o.partner and before and o.key in signs):
        recorded, now = _leads(before[-1], o.key), _leads(arrangement, o.key)
        if recorded and {s.key for s in recorded} != {s.key for s in now}:
            yield o, [s.title for s in recorded], [s.title for s in now]


def _leads(arrangement: Arrangement, partner: str) -> list[Seat]:
    return [seat for seat in arrangement.seats if seat.role == "lead" and seat.organisation == partner]
