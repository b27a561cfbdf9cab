"""At which meeting a decision of a case was made. A meeting can be named that had the case on its agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from threefold.domain.clashes import offered
from threefold.domain.errors import ThreefoldError
from threefold.governance.drafts import merge
from threefold.walls.session import Unit
from threefold.work.incidents import records
from threefold.work.incidents.records import first_time
from threefold.work.incidents.stories import NOTED_ACTS
from threefold.work.incidents.tables import Decision
from threefold.work.meetings.records import Item, items_of
from threefold.work.meetings.stale import PartClash, StaleMeeting
from threefold.work.meetings.stories import RECORDING
from threefold.work.meetings.tables import DecisionMeeting, GroupMeeting, MeetingCase, MeetingRecord
from threefold.work.people.access import NotHere, needs

# The question of the arrangement that a kind of decision answers: its way says whose quorum is asked for.
WAYS: Mapping[str, str] = {"notify": "notify", "local_review": "local_review", "send_rapid_review": "sign_rapid_review"}
NOT_AT_A_MEETING = frozenset({"correct_date", "panel_reply"}) | NOTED_ACTS
NO_MEETING = "The arrangement asks for a quorum; no meeting is recorded."


@dataclass(frozen=True, slots=True)
class AtMeeting:
    """A saved meeting that had a case on its agenda, as its newest record has it. `quorum`: met, not_met or unclear."""

    id: UUID
    title: str
    day: date
    no: int
    quorum: str
    item: Item

    @property
    def name(self) -> str:
        return f"{self.title} of {self.day:%-d %B %Y}"

    def sentence(self, named_no: int) -> str:
        """What a decision says of the meeting it was made at. `named_no`: the record that stood when it was named."""
        since = " The record of the meeting was corrected since." if self.no > named_no else ""
        return f"Decided at the {self.name}: {self._quorate()}{since}"

    def _quorate(self) -> str:
        if self.item.way == "put_off":
            return "the record says that this item was put off."
        if self.quorum == "met":
            return "quorate."
        start = "not quorate" if self.quorum == "not_met" else "whether it was quorate is not clear"
        if self.item.way != "ahead":
            return f"{start}; no reason of the chair is recorded."
        if self.item.could == "no":
            return f"{start}, and the arrangement gives the chair no discretion; it went ahead all the same because: {self.item.reason}"
        return f"{start}; the chair ({self.item.chair}) let this item go ahead because: {self.item.reason}"


@dataclass(frozen=True, slots=True)
class MeetingsOfCase:
    """The saved meetings of a case, the newest first, and by decision the meeting it was made at with the record's number."""

    meetings: tuple[AtMeeting, ...]
    named: Mapping[UUID, tuple[AtMeeting, int]]
    told: Mapping[UUID, int]  # how often a meeting was named, or taken back, by decision: what a page says that it showed


def meetings_of_case(unit: Unit, case_id: UUID) -> MeetingsOfCase:
    """Every saved meeting with the case on its agenda, and the decisions made there. One statement."""
    rows = unit.session.execute(
        select(GroupMeeting, MeetingRecord, MeetingCase.item, DecisionMeeting)
        .join(MeetingCase, (MeetingCase.tenant_id == GroupMeeting.tenant_id) & (MeetingCase.meeting_id == GroupMeeting.id)
              & (MeetingCase.no == GroupMeeting.head_no))
        .join(MeetingRecord, (MeetingRecord.tenant_id == GroupMeeting.tenant_id) & (MeetingRecord.meeting_id == GroupMeeting.id)
              & (MeetingRecord.no == GroupMeeting.head_no))
        .outerjoin(DecisionMeeting, (DecisionMeeting.tenant_id == GroupMeeting.tenant_id) & (DecisionMeeting.meeting_id == GroupMeeting.id)
                   & (DecisionMeeting.case_id == MeetingCase.case_id))
        .where(MeetingCase.case_id == case_id, GroupMeeting.state == "recorded")
        .order_by(GroupMeeting.day.desc(), GroupMeeting.id)
    ).all()  # fmt: skip
    found: dict[UUID, AtMeeting] = {}
    newest: dict[UUID, DecisionMeeting] = {}
    for meeting, record, item, naming in rows:
        if meeting.id not in found:
            items = items_of(unit.open_json(record.content), unit.open_json(record.answer))
            found[meeting.id] = AtMeeting(meeting.id, meeting.group_title, meeting.day, record.no, meeting.quorum,
                                          next(i for i in items if i.key == item))  # fmt: skip
        if naming is not None and (naming.decision_id not in newest or newest[naming.decision_id].no < naming.no):
            newest[naming.decision_id] = naming
    named = {key: (found[row.meeting_id], row.record_no) for key, row in newest.items() if row.holds}
    return MeetingsOfCase(tuple(found.values()), named, {key: row.no for key, row in newest.items()})


@needs("record a meeting", RECORDING)
def name_meeting(unit: Unit, case_id: UUID, decision_id: UUID, meeting_id: UUID | None, token: UUID,
                 *, seen_no: int | None = None, keep: Mapping[str, str] | None = None) -> None:  # fmt: skip
    """Say at which recorded meeting a decision was made; None: at none. It is shown with the decision and changes nothing of it.

    Where somebody named another since the naming that the person saw (`seen_no`), `StaleMeeting` is raised with both, unless `keep` says
    which stays; what was left as it was leaves what they named.
    """
    records.load(unit, case_id, lock=True)
    question = unit.session.scalar(select(Decision.question).where(Decision.id == decision_id, Decision.case_id == case_id))
    if question is None or question in NOT_AT_A_MEETING:
        raise NotHere
    if first_time(unit, token, "name_meeting", case_id) is not None:
        return
    known = meetings_of_case(unit, case_id)
    chosen = next((m for m in known.meetings if m.id == meeting_id), None)
    if meeting_id is not None and chosen is None:
        raise ThreefoldError("That meeting did not have this case on its agenda. Choose one that had.", field="meeting")
    if chosen is not None and chosen.item.way == "put_off":
        raise ThreefoldError(
            "At that meeting this case was put off. Choose another, or correct the record of the meeting.", field="meeting"
        )
    before, _ = known.named.get(decision_id, (None, 0))
    if seen_no is not None and seen_no < known.told.get(decision_id, 0):
        theirs = {"meeting": str(before.id) if before else ""}
        kept, clashes = merge(_named_at(unit, decision_id, seen_no), {"meeting": str(meeting_id or "")}, theirs, keep or {})
        if clashes:
            stands, wanted = (one.name if one else "At no recorded meeting" for one in (before, chosen))
            raise StaleMeeting((PartClash("meeting", "At which meeting?", stands, wanted, offered(theirs["meeting"])),))
        meeting_id = UUID(kept["meeting"]) if kept["meeting"] else None
        chosen = next((m for m in known.meetings if m.id == meeting_id), None)
    if (before and before.id) == meeting_id:
        return
    last = unit.session.scalar(select(func.max(DecisionMeeting.no)).where(DecisionMeeting.decision_id == decision_id)) or 0
    changes = [(before, False)] if before else []
    changes += [(chosen, True)] if chosen else []
    for number, (meeting, holds) in enumerate(changes, last + 1):
        unit.session.add(DecisionMeeting(
            decision_id=decision_id, no=number, case_id=case_id, meeting_id=meeting.id, record_no=meeting.no, holds=holds, at=unit.at,
            by=unit.actor.person_id, by_seat=",".join(sorted(unit.actor.seats)),
        ))  # fmt: skip
    unit.session.flush()
    unit.audit(
        "meeting of a decision named", f"case:{case_id}", {"decision": str(decision_id), "meeting": str(meeting_id or "none")}
    )


def _named_at(unit: Unit, decision_id: UUID, no: int) -> dict[str, str]:
    """The meeting that was named for a decision when so many had been named or taken back."""
    newest = (
        select(DecisionMeeting)
        .where(DecisionMeeting.decision_id == decision_id, DecisionMeeting.no <= no)
        .order_by(DecisionMeeting.no.desc())
    )
    row = unit.session.scalars(newest.limit(1)).first()
    return {"meeting": str(row.meeting_id) if row and row.holds else ""}


def asks_for_quorum(verdict: Mapping[str, Any], question: str) -> str:
    """The quorum that the arrangement asks for where a kind of decision is made, in its words; "" where it asks for none."""
    wanted = WAYS.get(question)
    ways: Sequence[Mapping[str, Any]] = verdict["decisions"]
    return next((str(way.get("quorum") or "") for way in ways if way["key"] == wanted), "")
