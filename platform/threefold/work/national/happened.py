"""What happened to a received case that whoever replies has to have seen: replies, and notifications taken back or sent anew.

It is counted, and a page or a program sends the count back: two replies may contradict each other, and a rapid review of a
notification that was taken back asks for none.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from threefold.domain.clashes import SaidMeanwhile
from threefold.walls.session import Unit
from threefold.walls.tables import LetterIn
from threefold.work.national.tables import ReceivedCase, Reply

REPLIED, NOTIFIED, TAKEN_BACK = "replied", "incident_notification", "notification_withdrawn"
_TURNS = LetterIn.type.in_((NOTIFIED, TAKEN_BACK)), LetterIn.state == "in_effect"

# How much happened to a case: a part of a statement that selects received cases.
HOW_MUCH = (
    select(func.count())
    .select_from(Reply)
    .where(Reply.sender_id == ReceivedCase.sender_id, Reply.case_ref == ReceivedCase.case_ref)
    .scalar_subquery()
) + (
    select(func.count())
    .select_from(LetterIn)
    .where(LetterIn.sender_id == ReceivedCase.sender_id, LetterIn.case_ref == ReceivedCase.case_ref, *_TURNS)
    .scalar_subquery()
)


def happened(unit: Unit, sender: UUID, case_ref: UUID) -> list[str]:
    """What happened to a case, the oldest first."""
    letters = select(LetterIn.arrived_at, LetterIn.type).where(
        LetterIn.sender_id == sender, LetterIn.case_ref == case_ref, *_TURNS
    )
    replies = select(Reply.at).where(Reply.sender_id == sender, Reply.case_ref == case_ref)
    found = [(at, what) for at, what in unit.session.execute(letters.order_by(LetterIn.seq))]
    found += [(at, REPLIED) for at in unit.session.scalars(replies)]
    return [what for _, what in sorted(found, key=lambda one: one[0])]


def refuse_unseen(unseen: list[str]) -> None:
    """Raise `SaidMeanwhile` where anything happened that the officer did not see."""
    if not unseen:
        return
    turns = [what for what in unseen if what != REPLIED]
    if not turns:
        raise SaidMeanwhile("replied to this rapid review")
    area = "took the notification back"
    if turns[-1] == NOTIFIED:
        area = f"{area} and notified anew" if TAKEN_BACK in turns else "notified anew"
    if REPLIED in unseen:
        raise SaidMeanwhile(f"replied to this rapid review, and the area {area},")
    raise SaidMeanwhile(area, who="The area")
