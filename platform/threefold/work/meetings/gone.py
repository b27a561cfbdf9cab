"""What a meeting's records hold of a case: told to whoever asks what is held of them, and taken out of every record when the
records of the case are destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.walls.destroying import Replaced
from threefold.walls.session import Unit
from threefold.work.incidents.gone import goes_with_case
from threefold.work.incidents.told_of import Held, tells_of_case
from threefold.work.meetings.tables import GroupMeeting, MeetingCase, MeetingRecord

GONE = "A case whose records were destroyed"


@goes_with_case
def without_case(unit: Unit, case_id: UUID) -> Iterable[Replaced]:
    """The records of meetings that had the case on their agenda, without what was said of it. That there was an item stays."""
    rows = unit.session.scalars(
        select(MeetingRecord)
        .join(
            MeetingCase,
            (MeetingCase.tenant_id == MeetingRecord.tenant_id)
            & (MeetingCase.meeting_id == MeetingRecord.meeting_id)
            & (MeetingCase.no == MeetingRecord.no),
        )
        .where(MeetingCase.case_id == case_id)
    ).unique()
    for row in rows:
        content, answer = dict(unit.open_json(row.content)), dict(unit.open_json(row.answer))
        keys = {item["key"] for item in content["agenda"] if item.get("case") == str(case_id)}
        yield Replaced(
            "meeting_record", {"meeting_id": str(row.meeting_id), "no": str(row.no)},
            {"content": unit.seal_json(_content(content, keys)), "answer": unit.seal_json(_answer(answer, keys))},
        )  # fmt: skip


def _content(content: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    agenda = [{"key": item["key"], "text": GONE} if item["key"] in keys else item for item in content["agenda"]]
    chair = {key: {**said, "reason": ""} if key in keys else said for key, said in content["chair_said"].items()}
    return {**content, "agenda": agenda, "chair_said": chair, "reason": ""}


def _answer(answer: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {**answer, "items": {key: [could[0], ""] if key in keys else could for key, could in answer["items"].items()}}


@tells_of_case
def items_of_case(unit: Unit, case_id: UUID) -> Iterable[Held]:
    """The item of the case in the newest record of each meeting."""
    rows = unit.session.execute(
        select(GroupMeeting.id, GroupMeeting.group_title, GroupMeeting.day, MeetingRecord.content)
        .join(
            MeetingRecord,
            (MeetingRecord.tenant_id == GroupMeeting.tenant_id)
            & (MeetingRecord.meeting_id == GroupMeeting.id)
            & (MeetingRecord.no == GroupMeeting.head_no),
        )
        .where(GroupMeeting.id.in_(select(MeetingCase.meeting_id).where(MeetingCase.case_id == case_id)))
    )
    for row in rows:
        content = dict(unit.open_json(row.content))
        items = [
            {"item": item["text"], "the chair said": content["chair_said"].get(item["key"], {}).get("reason", "")}
            for item in content["agenda"]
            if item.get("case") == str(case_id)
        ]
        if items:
            yield Held(f"meeting {row.id}", f"Meeting: {row.group_title} of {row.day.day} {row.day:%B %Y}", items)
