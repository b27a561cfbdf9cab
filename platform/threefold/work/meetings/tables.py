"""Meetings of a group, their records, the cases on their agenda, and which decision was made at which meeting.

A meeting's history is its records: each recording or correction appends one, with what the rules answered on exactly that.
No person is named here, only seats, organisations and roles; every free text is sealed.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from threefold.walls.database import BodyRow, SealedColumn, belongs_to
from threefold.walls.sealed import SealedValue
from threefold.work.incidents.tables import Case, Decision


class GroupMeeting(BodyRow):
    """One meeting: what a list shows. `quorum` is what the newest record's answer says; `head_no` is that record's number."""

    __tablename__ = "meeting"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_key: Mapped[str] = mapped_column(Text)
    group_title: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    quorum: Mapped[str] = mapped_column(Text)
    head_no: Mapped[int]
    recorded_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_meeting_day", "tenant_id", "day", "id"),
        CheckConstraint("state in ('recording', 'recorded', 'set_aside')", name="state_is_known"),
        CheckConstraint("quorum in ('met', 'not_met', 'unclear')", name="quorum_is_known"),
    )


class MeetingRecord(BodyRow):
    """One state of a meeting: who was there, the agenda, what the chair said of items, and the rules' answer to it."""

    __tablename__ = "meeting_record"
    __append_only__ = True

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    by_seat: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(Text)
    content: Mapped[SealedValue] = mapped_column(SealedColumn)
    answer: Mapped[SealedValue] = mapped_column(SealedColumn)
    fingerprint: Mapped[str] = mapped_column(Text)

    __table_args__ = (belongs_to(GroupMeeting, "meeting_id"),)


class MeetingCase(BodyRow):
    """That a case was on the agenda in one record of a meeting, and as which item."""

    __tablename__ = "meeting_case"
    __append_only__ = True

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        belongs_to(MeetingRecord, "meeting_id", "no"),
        belongs_to(Case, "case_id"),
        Index("ix_meeting_case_case", "tenant_id", "case_id"),
    )


class DecisionMeeting(BodyRow):
    """That a decision was made at a meeting; `holds` False takes it back. Of one decision the highest `no` counts."""

    __tablename__ = "decision_meeting"
    __append_only__ = True

    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    record_no: Mapped[int]
    holds: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    by_seat: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        belongs_to(Decision, "decision_id"),
        belongs_to(Case, "case_id"),
        belongs_to(MeetingRecord, "meeting_id", "record_no"),
        Index("ix_decision_meeting_case", "tenant_id", "case_id"),
        Index("ix_decision_meeting_meeting", "tenant_id", "meeting_id"),
    )
