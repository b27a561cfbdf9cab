"""The e-mails of reminders to sign: each is made when it is sent, of what is so then, and left unsent where it is needed no more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from threefold.governance.comparison_words import joined
from threefold.governance.in_force import for_a_time
from threefold.governance.pack import Arrangement
from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.arrangements import asking, lateness, signing, voided
from threefold.work.arrangements.drafting import PREPARING, Draft, load_draft
from threefold.work.arrangements.publishing import not_published
from threefold.work.arrangements.stories import on_record, versions
from threefold.work.reminders import answers
from threefold.work.reminders.answers import REFUSED
from threefold.work.reminders.signatures import (
    ACTED_FOR,
    COMPLETE,
    LEFT_OUT,
    NEEDLESS,
    OVERTAKEN,
    PASSED,
    PUT_ASIDE,
    VOIDED,
    to_remind,
)
from threefold.work.reminders.stories import Mail
from threefold.work.reminders.tables import SignatureReminder


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
    told_of = [one for one in stands if one.state == "refused"] if row.occasion == REFUSED else to_remind(stands, row.occasion)
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
