"""Until when what areas sent is kept, and what becomes of it then: closed by an officer, reviewed by two, as an area's own cases are.

How long is what the body's own arrangement says (`cases = "received"`); no law gives a figure (UK GDPR article 5(1)(e): no longer than
necessary), so that what nobody set is kept. What the database refuses stands in `walls.received_guards`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from threefold.domain.calendar import london_day
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.keeping import RECEIVED, KeepingRule, Kept, kept_received, said
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.destroying import Destroyed
from threefold.walls.received_guards import destroy_received
from threefold.walls.session import Actor, Unit
from threefold.walls.tables import LetterIn, OutboxLetter
from threefold.work.incidents.records import first_time
from threefold.work.national.standing_aside import OPEN, STANDING, asker, opened
from threefold.work.national.tables import ReceivedBar, ReceivedCase, Reply
from threefold.work.people.access import NATIONAL_OFFICER, needs
from threefold.work.records.matters import Line, of, of_body
from threefold.work.records.stories.certifying import Certificate, Proof, certificate, see_of
from threefold.work.records.stories.closing import proposals_fall, rules_today
from threefold.work.records.stories.exporting import exports_go
from threefold.work.records.stories.holding import Hold, holds_on, lift_from, put_on
from threefold.work.records.stories.reviewing import Proposed, confirm_for, decline_for, proposals_of, propose_for
from threefold.work.records.subject_tables import SubjectRequest
from threefold.work.records.tables import Destruction, Disposal, LegalHold

OFFICERS = frozenset({NATIONAL_OFFICER})
NOT_READ = Kept(
    (), None, None, "The arrangement in force cannot be read as a whole, so that no end can be worked out. It is kept."
)


@dataclass(frozen=True, slots=True)
class Time:
    """Until when a received case is kept, as its own page says it. `line` None: it is not closed. `none_set`: no time is set for any."""

    line: Line | None
    held: bool
    none_set: bool


@dataclass(frozen=True, slots=True)
class Received:
    """What one area sent of one case, as a matter of records."""

    sender: UUID
    case_ref: UUID
    destroyed_as: str = "received case destroyed"

    @property
    def subject(self) -> str:
        return f"received:{self.case_ref}"

    @property
    def columns(self) -> Mapping[str, UUID]:
        return {"sender_id": self.sender, "case_ref": self.case_ref}

    def find(self, unit: Unit, *, lock: bool = False) -> None:
        opened(unit, self.sender, self.case_ref, lock=lock)

    def line(self, unit: Unit, governance: Governance) -> Line | None:
        return next(iter(_lines(unit, governance, self)), None)

    def keeps_out(self, unit: Unit, person: UUID) -> bool:
        mine = ReceivedBar.sender_id == self.sender, ReceivedBar.case_ref == self.case_ref
        stands = select(ReceivedBar.id).where(*mine, ReceivedBar.person_id == person, ReceivedBar.state.in_(STANDING))
        return unit.session.execute(stands.limit(1)).first() is not None

    def may_confirm(self, actor: Actor, seat: str) -> bool:
        return may_confirm(actor, seat)

    def who_confirms(self, seat: str) -> str:
        return (
            f"An officer with the seat that the arrangement names confirms this ({seat.replace('-', ' ')})."
            if seat
            else "Another officer confirms this."
        )

    def asked_about(self, unit: Unit) -> str:
        """Whichever is open: nobody can tell whom a report is about that names nobody."""
        asked = select(SubjectRequest.reference).where(SubjectRequest.state == "open").order_by(SubjectRequest.received_on)
        return unit.session.execute(asked.limit(1)).scalar() or ""

    def letters(self) -> ColumnElement[bool]:
        return and_(OutboxLetter.receiver_id == self.sender, OutboxLetter.case_ref == self.case_ref)

    def end_in_plain(self, line: Line) -> date | None:
        return line.kept.ends_on

    def destroy(self, unit: Unit, disposal_id: UUID, certificate_id: UUID) -> Destroyed:
        exports_go(unit, self.case_ref)
        return destroy_received(unit, self.sender, self.case_ref, disposal_id, certificate_id)


def may_confirm(actor: Actor, seat: str) -> bool:
    """Whether somebody confirms: an officer, who holds the seat that the rule names where it names one."""
    return NATIONAL_OFFICER in actor.roles and (not seat or seat in actor.seats)


# closing


@needs("close a received case", OFFICERS)
def close_received(unit: Unit, sender: UUID, case_ref: UUID, on: date, token: UUID) -> None:
    """Say that nothing more is to be done with a case, since a day: the time for keeping it begins. Sent twice, it is closed once."""
    row = opened(unit, sender, case_ref, lock=True)
    if first_time(unit, token, "close_received", case_ref) is not None:
        return
    if on > unit.today:
        raise ThreefoldError("Give a day that is not in the future.", field="on")
    newest = _newest_day(unit, row)
    if on < newest:
        raise ThreefoldError(
            f"Something is on record of the case after that day. Give {said(newest)}, or a later day.", field="on"
        )
    if row.closed_on is not None:
        raise ThreefoldError("The case is closed already. To change the day, open it again first.", field="on")
    row.closed_on, row.closing_no = on, row.closing_no + 1
    _fall(unit, row, "The case was closed again after this was proposed.")
    unit.audit("received case closed", f"received:{case_ref}")


@needs("close a received case", OFFICERS)
def open_received_again(unit: Unit, sender: UUID, case_ref: UUID, token: UUID) -> None:
    """Say that a case is not closed: no time runs, and what was proposed for it falls."""
    row = opened(unit, sender, case_ref, lock=True)
    if first_time(unit, token, "open_received_again", case_ref) is not None:
        return
    if row.closed_on is None:
        raise ThreefoldError("The case is not closed.")
    row.closed_on = None
    _fall(unit, row, "The case was opened again after this was proposed.")
    unit.audit("received case opened again", f"received:{case_ref}")


def _fall(unit: Unit, row: ReceivedCase, why: str) -> None:
    matter = Received(row.sender_id, row.case_ref)
    unit.session.flush()
    proposals_fall(unit, of(matter, Disposal), matter.subject, why)


def _newest_day(unit: Unit, row: ReceivedCase) -> date:
    """No case was closed before it: what is known of it, the last letter of it either way, and the last reply. Three statements."""
    came = select(func.max(LetterIn.arrived_at)).where(LetterIn.sender_id == row.sender_id, LetterIn.case_ref == row.case_ref)
    wrote = select(func.max(OutboxLetter.written_at)).where(
        OutboxLetter.receiver_id == row.sender_id, OutboxLetter.case_ref == row.case_ref
    )
    replied = select(func.max(Reply.at)).where(Reply.sender_id == row.sender_id, Reply.case_ref == row.case_ref)
    moments = [row.received_at, *(unit.session.execute(one).scalar() for one in (came, wrote, replied))]
    days = [row.notified_on, row.arrived_on, row.taken_back_on, row.replied_on, row.happened_on]
    return max([day for day in days if day] + [london_day(moment) for moment in moments if moment])


# until when


@needs("see the national desk", OFFICERS)
def see_received_kept(unit: Unit, governance: Governance, sender: UUID, case_ref: UUID) -> Line | None:
    """How long one received case is kept; None where it is not closed. Raises `NotFound`, `CaseDestroyed`."""
    opened(unit, sender, case_ref)
    unit.audit("time for keeping records read", f"received:{case_ref}", kind=DETAIL)
    return Received(sender, case_ref).line(unit, governance)


@needs("see the national desk", OFFICERS)
def list_received_kept(unit: Unit, governance: Governance) -> list[Line]:
    """Every closed case that is there for whoever acts and not destroyed, what is due for review first. Five statements."""
    lines = _lines(unit, governance)
    unit.audit("closed cases listed", "desk", {"cases": len(lines)}, kind=LIST)
    return sorted(lines, key=lambda n: (n.kept.ends_on is None, n.kept.ends_on or date.max, n.reference))


def until_when(unit: Unit, governance: Governance, matter: Received) -> Time:
    """For the page of a case, which notes itself that it was read."""
    line, held = matter.line(unit, governance), _held(unit)
    return Time(line, None in held or (matter.sender, matter.case_ref) in held, rules_for_received(unit, governance) == [])


def rules_for_received(unit: Unit, governance: Governance) -> list[KeepingRule] | None:
    """What the version in force today sets for received cases; None where it cannot be read as a whole."""
    rules = _rules(unit, governance)
    return None if rules is None else [rule for rule in rules if rule.cases == RECEIVED]


def _rules(unit: Unit, governance: Governance) -> Sequence[KeepingRule] | None:
    """None where the version in force cannot be read as a whole: nothing ends then, and the desk still opens (decision 0026)."""
    try:
        return rules_today(unit, governance)
    except ThreefoldError:
        return None


def _lines(unit: Unit, governance: Governance, only: Received | None = None) -> list[Line]:
    wanted = select(ReceivedCase).where(ReceivedCase.closed_on.is_not(None), ReceivedCase.destroyed_at.is_(None), OPEN)
    rows = unit.session.scalars(wanted.where(of(only, ReceivedCase)) if only else wanted, asker(unit)).all()
    if not rows:
        return []
    rules, keys = _rules(unit, governance), [(row.sender_id, row.case_ref) for row in rows]
    held = _held(unit)
    until = {(d.sender_id, d.case_ref): d.until for d in _disposed(unit, keys, "confirmed", "keep")}
    proposed = {(d.sender_id, d.case_ref): d.outcome for d in _disposed(unit, keys, "proposed")}
    return [
        Line(row.case_ref, row.reference, RECEIVED, row.closed_on, row.closing_no, _kept(rules, row, until.get(key)), None in held or key in held,
             proposed.get(key, ""), row.sender_id, row.sender_name)
        for key, row in zip(keys, rows, strict=True) if row.closed_on is not None
    ]  # fmt: skip


def _kept(rules: Sequence[KeepingRule] | None, row: ReceivedCase, until: date | None) -> Kept:
    return NOT_READ if rules is None else kept_received(rules, {"closed": row.closed_on, "notified": row.notified_on}, until)


def _held(unit: Unit) -> set[tuple[UUID, UUID] | None]:
    """What holds stand on of what was received; None among them: on the whole body."""
    stands = select(LegalHold.sender_id, LegalHold.case_ref).where(
        LegalHold.lifted_at.is_(None), of_body(LegalHold) | LegalHold.sender_id.is_not(None)
    )
    return {(r.sender_id, r.case_ref) if r.sender_id else None for r in unit.session.execute(stands)}


def _disposed(unit: Unit, keys: Sequence[tuple[UUID, UUID]], state: str, outcome: str = "") -> Sequence[Any]:
    found = (
        select(Disposal.sender_id, Disposal.case_ref, func.max(Disposal.keep_until).label("until"), func.max(Disposal.outcome).label("outcome"))
        .where(Disposal.state == state, tuple_(Disposal.sender_id, Disposal.case_ref).in_(keys))
        .group_by(Disposal.sender_id, Disposal.case_ref)
    )  # fmt: skip
    return unit.session.execute(found.where(Disposal.outcome == outcome) if outcome else found).all()


# holds, reviews, certificates


@needs("hold what was received", OFFICERS)
def hold_received(unit: Unit, matter: Received | None, why: str, token: UUID) -> UUID | None:
    """Put a hold on a received case, or on everything the body keeps (none). Sent twice, it is put once (None)."""
    return put_on(unit, matter, why, token)


@needs("hold what was received", OFFICERS)
def lift_received(unit: Unit, matter: Received | None, hold_id: UUID, why: str) -> None:
    """Lift a hold, with the reason. Raises `NotHere` where there is none of that case (or of the body)."""
    lift_from(unit, matter, hold_id, why)


@needs("see the national desk", OFFICERS)
def received_holds(unit: Unit, matter: Received | None, *, of_body_too: bool = False) -> list[Hold]:
    """The holds of a received case, or of the body (none); those of the body beside them where wanted."""
    return holds_on(unit, matter, of_body_too=of_body_too)


@needs("review a received case", OFFICERS)
def propose_received(
    unit: Unit, governance: Governance, matter: Received, outcome: str, reason: str, keep_until: date | None, token: UUID
) -> UUID | None:
    """Propose to destroy a received case, or to keep it longer. Nothing happens until another officer confirms."""
    return propose_for(unit, governance, matter, outcome, reason, keep_until, token)


@needs("decide what becomes of a received case", OFFICERS)
def decline_received(unit: Unit, matter: Received, disposal_id: UUID, reason: str) -> None:
    """Say no to what was proposed (or take it back, if one proposed it oneself). It stays as it is."""
    decline_for(unit, matter, disposal_id, reason)


@needs("decide what becomes of a received case", OFFICERS)
def confirm_received(unit: Unit, governance: Governance, matter: Received, disposal_id: UUID, answer: str = "") -> UUID | None:
    """Confirm what another officer proposed. Returns the certificate's id where it was destroyed. Everything is asked again."""
    return confirm_for(unit, governance, matter, disposal_id, answer)


@needs("see the national desk", OFFICERS)
def received_reviews(unit: Unit, matter: Received) -> list[Proposed]:
    """Everything ever proposed for a received case that is not destroyed, the newest first."""
    return proposals_of(unit, matter)


@needs("see the national desk", OFFICERS)
def see_received_certificate(unit: Unit, matter: Received) -> tuple[Certificate, Proof]:
    """The certificate of a received case that was destroyed. Raises `NotFound` where there is none. Five statements."""
    opened(unit, matter.sender, matter.case_ref, also_destroyed=True)
    row = unit.session.scalars(select(Destruction).where(of(matter, Destruction))).first()
    return see_of(unit, matter, certificate(row) if row is not None else None)


@needs("see the national desk", OFFICERS)
def came_afterwards(unit: Unit, since: date, only: Received | None = None) -> list[tuple[ReceivedCase, int, datetime]]:
    """Destroyed cases of which letters came afterwards, since a day, with how many and the last: sealed away, so that somebody must ask
    the area. One statement."""
    of_it = (
        (LetterIn.tenant_id == ReceivedCase.tenant_id)
        & (LetterIn.sender_id == ReceivedCase.sender_id)
        & (LetterIn.case_ref == ReceivedCase.case_ref)
    )
    found = (
        select(ReceivedCase, func.count(), func.max(LetterIn.arrived_at))
        .join(LetterIn, of_it)
        .where(ReceivedCase.destroyed_at.is_not(None), LetterIn.arrived_at >= ReceivedCase.destroyed_at, OPEN)
        .group_by(ReceivedCase.tenant_id, ReceivedCase.sender_id, ReceivedCase.case_ref)
    )  # fmt: skip
    rows = unit.session.execute(found.where(of(only, ReceivedCase)) if only else found, asker(unit)).all()
    return [(row, many, last) for row, many, last in rows if london_day(last) >= since]


@needs("see the national desk", OFFICERS)
def proposed_by_others(unit: Unit) -> Sequence[Any]:
    """What others proposed for received cases that are closed as they were then, and whoever acts may confirm. One statement."""
    of_it = (
        (Disposal.tenant_id == ReceivedCase.tenant_id)
        & (Disposal.sender_id == ReceivedCase.sender_id)
        & (Disposal.case_ref == ReceivedCase.case_ref)
    )
    found = (
        select(Disposal.id, Disposal.sender_id, Disposal.case_ref, Disposal.confirms, Disposal.outcome, ReceivedCase.reference)
        .join(ReceivedCase, of_it)
        .where(Disposal.state == "proposed", Disposal.proposed_by != unit.actor.person_id, ReceivedCase.closed_on.is_not(None),
               ReceivedCase.closing_no == Disposal.closing_no, OPEN)
    )  # fmt: skip
    return [row for row in unit.session.execute(found, asker(unit)) if may_confirm(unit.actor, row.confirms)]
