"""What of an arrangement awaits a person: a signature of their seat, minutes to check, a day that passed, a version to publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from threefold.governance.begin_days import wrong_day
from threefold.governance.in_force import OnRecord, standings
from threefold.walls.session import Unit
from threefold.work.arrangements import lateness, signing, voided
from threefold.work.arrangements.drafting import PREPARING, Draft
from threefold.work.arrangements.followed import follows_another
from threefold.work.arrangements.publishing import not_published
from threefold.work.arrangements.stories import on_record
from threefold.work.arrangements.web.sending import last_day_to_sign
from threefold.work.people.access import LOCAL_STAFF, SIGNATORY
from threefold.work.people.awaiting import Awaiting, awaits
from threefold.work.people.members import MANAGING


@awaits
def signatures(unit: Unit) -> list[Awaiting]:
    """One statement where no draft waits for signatures; one more for each that is, and where its signatures stand."""
    found: list[Awaiting] = []
    for draft, stands in signing.before_their_seats(unit):
        begins, path = draft.arrangement.begins, f"arrangement/drafts/{draft.id}/sign"
        late = lateness.is_late(unit, draft)
        if lateness.can_be_signed_no_more(unit, draft):  # who prepares it changes its day, or puts it aside
            if unit.actor.roles & PREPARING:
                found.append(Awaiting(f"“{draft.title}” cannot be signed as it is", path, begins))
            continue
        missing = [one.seat.title for one in stands if one.state != "signed"]
        if late and unit.actor.roles & PREPARING:
            why = lateness.not_begun(unit, draft, missing).said
            found.append(Awaiting(f"“{draft.title}” was not signed in time. {why}", path, begins, True))
        if not late:
            found += _followed(unit, draft, stands)
        refused = [one for one in stands if one.state == "refused"]
        if refused and not late and unit.actor.roles & PREPARING:
            names = ", ".join(one.seat.title for one in refused)
            found.append(Awaiting(f"“{draft.title}” was refused by {names}", path, last_day_to_sign(draft)))
        if not late and unit.actor.roles & PREPARING and any(one.state in ("missing", "unchecked") for one in stands):
            names = ", ".join(one.seat.title for one in stands if one.state in ("missing", "unchecked"))
            found.append(Awaiting(f"“{draft.title}” is being signed. Still to sign: {names}", path, last_day_to_sign(draft)))
        if not late:
            own = [one for one in stands if one.state == "missing" and one.seat.key in unit.actor.seats]
            until = last_day_to_sign(draft)
            found += [Awaiting(f"Sign “{draft.title}” for {one.seat.title}", path, until) for one in own]
        unchecked = [one for one in stands if one.state == "unchecked" and one.recorded_by != unit.actor.person_id]
        if unchecked and not late and unit.actor.roles & LOCAL_STAFF:
            found.append(Awaiting(f"Check the minutes recorded for “{draft.title}”", path, last_day_to_sign(draft)))
    return found


def _followed(unit: Unit, draft: Draft, stands: list[signing.SeatStands]) -> Iterator[Awaiting]:
    """That another version came on record since a draft was sent: of who prepares it, and of whose signature was given before that."""
    mine = [one for one in stands if one.state == "signed" and one.seat.key in unit.actor.seats]
    if not (mine or unit.actor.roles & PREPARING) or (followed := follows_another(unit, draft, stands)) is None:
        return
    if not followed.since:  # who sent it read so in the check
        return
    path, until = f"arrangement/drafts/{draft.id}/sign", last_day_to_sign(draft)
    if unit.actor.roles & PREPARING:
        title = f"“{draft.title}” waits for signatures, and was not begun from “{followed.other.title}”, which was put on record since"
        yield Awaiting(title, path, until)
    elif any(one.seat.key in followed.signed_before for one in mine):
        yield Awaiting(
            f"“{followed.other.title}” was put on record after you signed “{draft.title}”, which would follow it", path, until
        )


@awaits
def sent_again(unit: Unit) -> list[Awaiting]:
    """Of whoever prepares a draft: that it was changed after it was sent to be signed. One statement where none was."""
    if not unit.actor.roles & PREPARING:
        return []
    return [_to_send_again(unit, draft, seats) for draft, seats in voided.to_send_again(unit)]


def _to_send_again(unit: Unit, draft: Draft, seats: Sequence[str]) -> Awaiting:
    """That it is to be sent again, or why it cannot be as it is: its day has come, or another version took it. One statement."""
    void = f", and what {', '.join(seats)} had signed counts no more" if seats else ""
    known = [one.version for one in on_record(unit)]
    if wrong := next(wrong_day(draft.arrangement, known, unit.today), None):
        title = f"Change or put aside “{draft.title}”: it was changed since it was sent to be signed{void}, and cannot be sent as it is. {wrong.sentence}"
        return Awaiting(title.removesuffix("."), f"arrangement/drafts/{draft.id}")
    title = f"Send “{draft.title}” to be signed again: it was changed since it was sent{void}"
    return Awaiting(title, f"arrangement/drafts/{draft.id}/ask", last_day_to_sign(draft))


@awaits
def versions(unit: Unit) -> list[Awaiting]:
    """What is to be published, and who is to be given another role. One statement, and one more for each of the two."""
    if not unit.actor.roles & (PREPARING | MANAGING):
        return []
    record = on_record(unit)
    return [*_to_publish(unit, record), *_who_only_signed(unit, record)]


def _to_publish(unit: Unit, record: tuple[OnRecord, ...]) -> Iterator[Awaiting]:
    """Of whoever may publish: each version that was signed, is in force or waits for its day, and is not published."""
    if not unit.actor.roles & PREPARING:
        return
    for one in not_published(unit, record):
        begins = one.version.begins
        when = f"begins on {begins:%-d %B %Y}" if one.state == "coming" and begins else "is in force"
        title = f"Publish “{one.version.title}”, which every seat has signed and which {when}"
        yield Awaiting(title, f"arrangement/versions/{one.version.version}/publish")


def _who_only_signed(unit: Unit, record: tuple[OnRecord, ...]) -> Iterator[Awaiting]:
    """Of whoever manages people: each lead seat of the version in force whose holders have the role of signing alone, and open no case.

    See docs/decisions/0028: they were given it to sign that version, before it began.
    """
    now = next((one.version for one in standings(record, unit.today) if one.state == "now"), None)
    if not unit.actor.roles & MANAGING or now is None or now.entered != "signed":  # nobody was given a seat to sign it
        return
    staff = unit.staff()
    only = {one.seat for one in staff if one.role == SIGNATORY} - {one.seat for one in staff if one.role != SIGNATORY}
    for seat in now.seats:
        if seat.key in only:
            title = f"Whoever holds the seat “{seat.title}” can only sign. Give them the role that their work needs"
            yield Awaiting(title, "people")
