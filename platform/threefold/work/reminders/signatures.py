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

from threefold.governance.comparison_words import joined
from threefold.governance.decide import Governance
from threefold.governance.in_force import for_a_time
from threefold.governance.pack import Arrangement
from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.arrangements import asking, lateness, signing, voided
from threefold.work.arrangements.drafting import PREPARING, Draft, load_draft, when_put_aside
from threefold.work.arrangements.publishing import not_published
from threefold.work.arrangements.record import drafts_on_record_since
from threefold.work.arrangements.stories import on_record, versions
from threefold.work.reminders import answers
from threefold.work.reminders.answers import REFUSED
from threefold.work.reminders.stories import Mail, lead_days
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
        lacking = _to_remind(stands, occasion)
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


def _to_remind(stands: Sequence[signing.SeatStands], occasion: str) -> list[signing.SeatStands]:
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


def signature_reminder_mail(unit: Unit, reminder_id: UUID, address: str) -> Mail | None:
    """The e-mail of a reminder to sign; None when it was sent, is needed no more, or the person is no longer there."""
    row = unit.session.get(SignatureReminder, (unit.scope.body_id, reminder_id), with_for_update=True)
    if row is None or row.state != "waiting":
        return None
    draft = load_draft(unit, row.draft_id)
    staff = unit.staff()
    if row.occasion == COMPLETE:
        return _complete_mail(unit, draft, row, staff, address)
    if row.occasion in (OVERTAKEN, PUT_ASIDE):
        return _no_more_mail(unit, draft, row, staff, address)
    person = next((c for c in staff if c.person_id == row.person_id), None)
    if row.occasion == VOIDED:
        return _voided_mail(unit, draft, row, person, address)
    stands = signing.standing(unit, draft) if draft.state == "signing" else []
    if row.occasion in (answers.SIGNED_AFTER, answers.DENIED) or row.occasion.startswith(answers.TO_CHECK):
        return _answer_mail(unit, draft, row, stands, person, address)
    told_of = [one for one in stands if one.state == "refused"] if row.occasion == REFUSED else _to_remind(stands, row.occasion)
    missing = {one.seat.key: one.seat.title for one in told_of}
    if row.occasion == LEFT_OUT and draft.state == "signing":
        missing = {seat.key: organisation.name for organisation, seats in asking.left_out(unit, draft) for seat in seats}
    acting: dict[str, str] = {}
    if row.occasion == ACTED_FOR and draft.state == "signing":
        for actor, partner, seats in asking.acted_for(unit, draft):
            acting |= {seat.key: actor.name for seat in seats}
            missing |= {seat.key: partner.name for seat in seats}
    never = lateness.can_be_signed_no_more(unit, draft)
    needed = bool(missing) if row.occasion == PASSED else row.seat in (acting if row.occasion == ACTED_FOR else missing)
    if person is None or draft.signed_hash != row.signed_hash or not needed or never:
        row.state, row.error = "failed", NEEDLESS
        return None
    begins = draft.arrangement.begins
    day = f"{begins:%-d %B %Y}" if begins else "a day not said yet"
    if row.occasion == REFUSED:
        subject = "Threefold: a version of the arrangement was refused"
        seat = next((one.seat for one in told_of if one.seat.key == row.seat), None)
        also = [
            other.name
            for actor, other, _ in asking.acted_for(unit, draft)
            if seat is not None and actor.key == seat.organisation
        ]
        too = f", nor for {joined(also)}, for which it acts by a delegation that is on record" if also else ""
        told = f"{missing[row.seat]} does not sign the version of the arrangement that was to begin on {day}{too}. The reason is beside the signatures."
    elif row.occasion == LEFT_OUT:
        subject = "Threefold: a version of the arrangement leaves out a partner"
        told = f"A version of the arrangement that is to begin on {day} leaves out {missing[row.seat]} as a safeguarding partner, and its lead is not asked to sign it. The reason stands in its note. If that is wrong, tell the other partners before they sign."
    elif row.occasion == ACTED_FOR:
        subject = "Threefold: a version of the arrangement is signed for your partner"
        told = f"A version of the arrangement that is to begin on {day} was sent to be signed. {acting[row.seat]} signs it for {missing[row.seat]} too, by a delegation that is on record, and the lead of {missing[row.seat]} is not asked. If that is wrong, tell the other partners before they sign."
    elif row.occasion == PASSED:
        subject = "Threefold: a version of the arrangement was not signed in time"
        lacking = [one.seat.title for one in stands if one.state != "signed"]
        told = f"A version of the arrangement was to begin on {day} and has not begun: "
        if other := lateness.overtaken(unit, draft):
            told += f"{_another(other)} was put on record before every seat had signed this one, so that it could be signed no more."
        else:
            told += f"{joined(lacking)} {'has' if len(lacking) == 1 else 'have'} not signed. The version before it governs."
    else:
        subject = "Threefold: a version of the arrangement waits for a signature"
        days = for_a_time(draft.arrangement, versions(unit), unit.today)
        takes = (
            " ".join(
                filter(None, (f"takes the place of what it corrects, from {day}, as soon as every seat has signed.", days))
            )
            if draft.arrangement.corrects
            else f"begins on {day} if every seat has signed by the day before."
        )
        told = f"A version of the arrangement {takes} Not signed yet: {missing[row.seat]}."
        if any(
            one.seat == row.seat and one.void and one.act in ("signed", "checked")
            for one in signing.everything_said(unit, draft)
        ):
            subject = "Threefold: a version that you signed was changed"
            told += " It was changed since it was signed for this seat: that signature counts no more."
        if not any(c.seat == row.seat for c in staff):
            told += (
                " Nobody holds this seat: give it to somebody on the page People, or record the signature from signed minutes."
            )
    return Mail(
        person.email, subject,
        f"{told}\n\nSign in to read {'it' if row.occasion in (LEFT_OUT, ACTED_FOR, REFUSED) else 'and answer it'}:\n{address}/arrangement/drafts/{draft.id}/sign\n\nReplies to this email are not read.\n",
    )  # fmt: skip


def _voided_mail(unit: Unit, draft: Draft, row: SignatureReminder, person: Colleague | None, address: str) -> Mail | None:
    """That what somebody signed was changed, and was not sent again."""
    found = voided.what_was_signed(unit, draft)
    seat = next((seat for seat in found[1] if seat.key == row.seat), None) if found else None
    if person is None or found is None or seat is None or found[0] != row.signed_hash:
        row.state, row.error = "failed", NEEDLESS
        return None
    begins = draft.arrangement.begins
    day = f" that was to begin on {begins:%-d %B %Y}" if begins else ""
    told = (
        f"A version of the arrangement{day} was signed for {seat.title}. It was changed since: that signature counts no more, and the version has not been "
        "sent to be signed again. You are asked once it is. What is in force stays until then."
    )
    return Mail(
        person.email, "Threefold: a version that you signed was changed",
        f"{told}\n\nSign in to read it:\n{address}/arrangement/drafts/{draft.id}/sign\n\nReplies to this email are not read.\n",
    )  # fmt: skip


def _answer_mail(
    unit: Unit, draft: Draft, row: SignatureReminder, stands: Sequence[signing.SeatStands], person: Colleague | None, address: str
) -> Mail | None:  # fmt: skip
    begins = draft.arrangement.begins
    said = answers.words(unit, draft, row, stands, f"{begins:%-d %B %Y}" if begins else "a day not said yet")
    if person is None or draft.signed_hash != row.signed_hash or said is None:
        row.state, row.error = "failed", NEEDLESS
        return None
    return Mail(
        person.email, said[0],
        f"{said[1]}\n\nSign in to read it:\n{address}/arrangement/drafts/{draft.id}/sign\n\nReplies to this email are not read.\n",
    )  # fmt: skip


def _overtaken(draft: Draft, other: Arrangement, day: str) -> str:
    """That a version can be signed no more, since another is on record."""
    if draft.arrangement.corrects:
        return (
            f"A version of the arrangement that was to set right what began on {day} can be signed no more: another that sets right the same was "
            "put on record before every seat had signed this one. Whoever prepares it can bring in what that one changed and send it to be "
            "signed again, or put it aside."
        )
    return (
        f"A version of the arrangement that was to begin on {day} can be signed no more: {_another(other)} was put on record before every seat "
        "had signed this one. Whoever prepares it can choose a later day and send it to be signed again, or put it aside."
    )


def _another(version: Arrangement) -> str:
    """A version as an e-mail names it: by its day alone."""
    return f"another version, which begins on {version.begins:%-d %B %Y},"


def _no_more_mail(
    unit: Unit, draft: Draft, row: SignatureReminder, staff: Sequence[Colleague], address: str
) -> Mail | None:  # fmt: skip
    """That a version can be signed no more: another took its day, or it was put aside."""
    person = next((c for c in staff if c.person_id == row.person_id), None)
    other = lateness.overtaken(unit, draft) if row.occasion == OVERTAKEN else None
    stands = draft.state == "given_up" if row.occasion == PUT_ASIDE else other is not None
    if person is None or not stands or draft.signed_hash != row.signed_hash:
        row.state, row.error = "failed", NEEDLESS
        return None
    begins = draft.arrangement.begins
    day = f"{begins:%-d %B %Y}" if begins else "a day not said yet"
    if other is None:
        subject = "Threefold: a version of the arrangement was put aside"
        told = f"A version of the arrangement that was to begin on {day}, and that waited for signatures, was put aside. Nobody signs it any more, and what was signed of it stays on record."
    else:
        subject = "Threefold: a version of the arrangement can be signed no more"
        told = _overtaken(draft, other, day)
    return Mail(
        person.email, subject,
        f"{told}\n\nSign in to read it:\n{address}/arrangement/drafts/{draft.id}/sign\n\nReplies to this email are not read.\n",
    )  # fmt: skip


def _complete_mail(
    unit: Unit, draft: Draft, row: SignatureReminder, staff: Sequence[Colleague], address: str
) -> Mail | None:  # fmt: skip
    person = next((c for c in staff if c.person_id == row.person_id and c.role in PREPARING), None)
    version = next((v for v in versions(unit) if v.signed_hash == row.signed_hash and v.entered == "signed"), None)
    if person is None or version is None or version.begins is None or draft.state != "entered":
        row.state, row.error = "failed", NEEDLESS
        return None
    day = f"{version.begins:%-d %B %Y}"
    if version.corrects:
        days = for_a_time(version, versions(unit), unit.today)
        begins = " ".join(filter(None, (f"It takes the place of what it corrects, from {day}.", days)))
    elif version.begins <= unit.today:
        begins = f"It is in force since {day}."
    else:
        begins = f"It begins on {day}, by itself."
    page = f"{address}/arrangement/versions/{version.version}"
    if any(one.version.version == version.version for one in not_published(unit, on_record(unit))):
        last = f"It can be published now: anyone can then read it. Sign in to read it and to publish it:\n{page}/publish"
    else:
        last = f"Sign in to read it:\n{page}"
    return Mail(
        person.email, "Threefold: a version of the arrangement is signed by every seat",
        f"Every seat has signed a version of the arrangement. {begins}\n\n{last}\n\nReplies to this email are not read.\n",
    )  # fmt: skip


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
