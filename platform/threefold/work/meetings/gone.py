"""What a meeting's records hold of a case whose records are destroyed: its item goes, in every record of every meeting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.walls.destroying import Replaced
from threefold.walls.session import Unit
from threefold.work.incidents.gone import goes_with_case
from threefold.work.meetings.tables import MeetingCase, MeetingRecord

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
