"""Reminding the seats that have not signed a version: when it is sent to them, at the area's lead times before its day,
and once its day has passed without them. Whoever prepares it is told of a refusal, and asked to check minutes that another recorded. What becomes
of an answer afterwards is told by `answers`.

Where another version takes the day of one that waits, or it is put aside, nobody can sign it any more: whoever was to sign or signed it
is told so, with the reason.

Once every seat has signed, whoever prepares it is told so, with the day on which it begins, and that it can be published.

The leads of a partner that the version leaves out, or that another partner signs for by a delegation, are told so, once it is sent to the
others: they are not asked. Of a refusal in its name such a partner is told too.

Each is sent once for exact content: a version that was changed and sent to be signed again asks anew, be it that a later change brought the
same content back. Whoever signed a version that was changed and is not sent again within a day is told so. The last one goes
to whoever prepares the version and to who has signed it too, and names the partner that is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from threefold.governance.decide import Governance
from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.arrangements import asking, lateness, signing, voided
from threefold.work.arrangements.drafting import PREPARING, Draft, when_put_aside
from threefold.work.arrangements.record import drafts_on_record_since
from threefold.work.reminders import answers
from threefold.work.reminders.answers import REFUSED
from threefold.work.reminders.stories import lead_days
from threefold.work.reminders.tables import SignatureReminder

ASKED, PASSED, LEFT_OUT, COMPLETE = "asked", "passed", "left_out", "complete"
ACTED_FOR = "acted_for"
OVERTAKEN, PUT_ASIDE, VOIDED = "overtaken", "put_aside", "voided"
AGAIN = "again "  # and the revision that was sent: the content is one that was asked about before, and was another meanwhile
SETTLED = timedelta(days=1)  # a change that is sent again within it is told of by asking anew
TOLD_WITHIN = timedelta(days=7)  # a version that was put on record longer ago is no news, whenever this was set up
NEEDLESS = (
    "It was needed no more when it was to be sent."  # the seat had signed, or the draft was changed: nobody is to be phoned
)


def make_signature_reminders(unit: Unit, governance: Governance) -> list[UUID]:
    """Note every reminder to sign that is due today and was not made yet, and put each on the work list. Safe to repeat."""
    signing.enter_those_complete(unit, governance)
    made = _note_complete(unit) + _note_voided(unit)
    waiting = signing.before_their_seats(unit)
    if not waiting:
        if made:
            unit.audit("reminders to sign made", "reminders", {"count": len(made)})
        return made
    on, leads, staff = unit.today, lead_days(unit, governance), unit.staff()
    for draft, stands in waiting:
        # A correction is of days that are past: none of them can be missed.
        occasion = ASKED if draft.arrangement.corrects else occasion_on(on, draft.arrangement.begins, leads)
        if lateness.can_be_signed_no_more(unit, draft):  # nobody is asked for what cannot be signed as it is
            if lateness.overtaken(unit, draft):
                for person in _prepare_or_sign(staff, {s.seat.key for s in stands}):
                    made += _note(unit, draft.id, draft.signed_hash, "", OVERTAKEN, person)
            continue
        lacking = to_remind(stands, occasion)
        if occasion == PASSED and lacking:  # one e-mail names every seat that has not signed
            for person in _prepare_or_sign(staff, {s.seat.key for s in stands}) - _told_so(unit, draft):
                made += _note(unit, draft.id, draft.signed_hash, "", PASSED, person)
        before = _asked_before_it_was_sent(unit, draft)
        for one in lacking if occasion != PASSED else ():
            for person in _recipients(one.seat.key, staff):
                asked = _note(unit, draft.id, draft.signed_hash, one.seat.key, occasion, person)
                if not asked and (one.seat.key, person) in before:
                    asked = _note(unit, draft.id, draft.signed_hash, one.seat.key, f"{AGAIN}{draft.no}", person)
                made += asked
        for _, seats in asking.left_out(unit, draft):
            for seat in seats:
                for person in {c.person_id for c in staff if c.seat == seat.key}:
                    made += _note(unit, draft.id, draft.signed_hash, seat.key, LEFT_OUT, person)
        acting = asking.acted_for(unit, draft)
        for _, _, seats in acting if occasion != PASSED else ():
            for person, held in {(c.person_id, c.seat) for c in staff if c.seat in {s.key for s in seats}}:
                made += _note(unit, draft.id, draft.signed_hash, str(held), ACTED_FOR, person)
        for one in stands if occasion != PASSED else ():
            if one.state == "refused":
                theirs = {seat.key for actor, _, seats in acting if actor.key == one.seat.organisation for seat in seats}
                for person in {c.person_id for c in staff if c.role in PREPARING or c.seat in theirs}:
                    made += _note(unit, draft.id, draft.signed_hash, one.seat.key, REFUSED, person)
        to_check = answers.to_check(stands, occasion, staff) if occasion != PASSED else []
        for key, what, person in answers.to_tell(unit, draft, stands) + to_check:
            made += _note(unit, draft.id, draft.signed_hash, key, what, person)
    if made:
        unit.audit("reminders to sign made", "reminders", {"count": len(made)})
    return made


@when_put_aside
def note_put_aside(unit: Unit, draft: Draft) -> None:
    """That a draft which waited for signatures was put aside: whoever holds one of its seats is told, but who did it."""
    seats = {one.seat.key for one in signing.standing(unit, draft)}
    for person in {c.person_id for c in unit.staff() if c.seat in seats} - {unit.actor.person_id}:
        _note(unit, draft.id, draft.signed_hash, "", PUT_ASIDE, person)


def _note_complete(unit: Unit) -> list[UUID]:
    """Of each version that was put on record lately: that whoever prepares it is told. Nothing of what they were told already."""
    signed = drafts_on_record_since(unit, unit.today - TOLD_WITHIN)
    preparing = {c.person_id for c in unit.staff() if c.role in PREPARING} if signed else set()
    return [
        made
        for draft, version in signed
        for person in preparing
        for made in _note(unit, draft, version.signed_hash, "", COMPLETE, person)
    ]


def _note_voided(unit: Unit) -> list[UUID]:
    """Of each version that was changed after it was sent, and not sent again for a day: that whoever signed it is told."""
    made: list[UUID] = []
    for draft, _ in voided.to_send_again(unit):
        found = voided.what_was_signed(unit, draft) if draft.updated_at <= unit.at - SETTLED else None
        for seat in found[1] if found else ():
            for person in {c.person_id for c in unit.staff() if c.seat == seat.key}:
                made += _note(unit, draft.id, found[0] if found else "", seat.key, VOIDED, person)
    return made


def _asked_before_it_was_sent(unit: Unit, draft: Draft) -> set[tuple[str, UUID]]:
    """The seats and people who were asked about the same content before it was sent as it is sent now."""
    asked = select(SignatureReminder.seat, SignatureReminder.person_id).where(
        SignatureReminder.draft_id == draft.id,
        SignatureReminder.signed_hash == draft.signed_hash,
        SignatureReminder.made_at < draft.updated_at,
    )
    return {(seat, person) for seat, person in unit.session.execute(asked)}


def to_remind(stands: Sequence[signing.SeatStands], occasion: str) -> list[signing.SeatStands]:
    """Who has not answered; once the day has passed, whoever has not signed: a refusal has been told when it was given."""
    return [one for one in stands if one.state == "missing" or (occasion == PASSED and one.state == "unchecked")]


def occasion_on(on: date, begins: date | None, leads: Sequence[int]) -> str:
    """Which reminder it is time for: that it was asked, so many days ahead of the day it begins, or that the day passed."""
    if begins is None:
        return ASKED
    if begins <= on:
        return PASSED
    lead = min((d for d in leads if d > 0 and begins - timedelta(days=d) <= on), default=None)
    return ASKED if lead is None else str(lead)


def _recipients(seat: str, staff: Sequence[Colleague]) -> set[UUID]:
    """Whoever holds the seat; where nobody does, whoever prepares the version."""
    holders = {c.person_id for c in staff if c.seat == seat}
    return holders or {c.person_id for c in staff if c.role in PREPARING}


def _prepare_or_sign(staff: Sequence[Colleague], seats: Collection[str]) -> set[UUID]:
    """Whoever prepares a version that does not begin, and whoever holds one of its seats: who has signed would think that it does."""
    return {c.person_id for c in staff if c.seat in seats or c.role in PREPARING}


def _told_so(unit: Unit, draft: Draft) -> set[UUID]:
    """Who is told already that a draft, as it is, has not begun on its day."""
    asked = select(SignatureReminder.person_id).where(
        SignatureReminder.draft_id == draft.id,
        SignatureReminder.signed_hash == draft.signed_hash,
        SignatureReminder.occasion == PASSED,
    )
    return set(unit.session.scalars(asked))


def _note(unit: Unit, draft_id: UUID, signed_hash: str, seat: str, occasion: str, person: UUID) -> list[UUID]:
    statement = insert(SignatureReminder).values(
        tenant_id=unit.scope.body_id, id=uuid4(), draft_id=draft_id, signed_hash=signed_hash, seat=seat, occasion=occasion, person_id=person,
        made_at=unit.at, state="waiting", error="",
    )  # fmt: skip
    made = unit.session.execute(statement.on_conflict_do_nothing().returning(SignatureReminder.id)).scalar()
    if made is None:
        return []
    unit.later("mail_signature_reminder", made)
    return [made]


def signature_mail_came_to(unit: Unit, reminder_id: UUID, error: str) -> None:
    """Note whether the e-mail went out. A failure shows where the signatures are shown."""
    row = unit.session.get_one(SignatureReminder, (unit.scope.body_id, reminder_id), with_for_update=True)
    row.state, row.error = ("failed", error[:300]) if error else ("sent", "")
    row.sent_at = None if error else unit.at
    if error:
        unit.audit("reminder failed", f"draft:{row.draft_id}", {"reminder": str(reminder_id)})


def signature_reminders_of(unit: Unit, draft_id: UUID, signed_hash: str) -> list[SignatureReminder]:
    """The reminders to sign the content as it is, newest first. One statement."""
    asked = select(SignatureReminder).where(
        SignatureReminder.draft_id == draft_id, SignatureReminder.signed_hash == signed_hash
    )
    return list(unit.session.scalars(asked.order_by(SignatureReminder.made_at.desc(), SignatureReminder.id)))
