"""What people do with a meeting: put it on record, say who was there and what was on the agenda, correct it.

A record is built up page by page and then saved. After that every change is a correction with its reason. Nothing here
stops a decision: whether there was a quorum is told, and what was decided without one stays decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.calendar import LONDON
from threefold.domain.clashes import SaidMeanwhile, chosen, offered
from threefold.domain.errors import BeforeAnyVersion, ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.drafts import merge
from threefold.governance.quorum import groups_on
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import came_of_it, first_time
from threefold.work.incidents.stories import told
from threefold.work.meetings.agenda import (
    MOST_ITEMS,
    case_ids,
    closed_items,
    keyed,
    refuse_dropping_decided,
    unseen_items,
    with_unseen,
)
from threefold.work.meetings.presence import hold_together
from threefold.work.meetings.records import (
    EMPTY,
    Content,
    MeetingState,
    Places,
    append,
    chair_of,
    content_at,
    load,
    places,
    places_of,
)
from threefold.work.meetings.stale import PartClash, StaleMeeting, clash, said_words
from threefold.work.meetings.tables import GroupMeeting
from threefold.work.people.access import BUSINESS_MANAGER, CASE_ROLES, DEPUTY, PARTNER_LEAD, NotHere, needs

RECORDING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})
CHAIR = frozenset({"chair", "chair_words"})
PARTS = {
    "who": "Who was there",
    "chair": "Who chaired",
    "agenda": "The agenda",
    "chair_said": "What the chair said of the items",
}


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One row of a body's list of meetings."""

    id: UUID
    title: str
    day: date
    state: str
    quorum: str


@needs("see meetings", CASE_ROLES)
def list_meetings(unit: Unit, *, page: int = 1, size: int = 25) -> tuple[list[MeetingLine], bool]:
    """A page of the body's meetings, the newest first, and whether there are more. One statement and the audit."""
    found = select(GroupMeeting.id, GroupMeeting.group_title, GroupMeeting.day, GroupMeeting.state, GroupMeeting.quorum)
    rows = unit.session.execute(
        found.order_by(GroupMeeting.day.desc(), GroupMeeting.recorded_at.desc(), GroupMeeting.id).offset((page - 1) * size).limit(size + 1)
    ).all()  # fmt: skip
    unit.audit("meetings listed", "meetings", {"page": page}, kind=LIST)
    return [MeetingLine(*row) for row in rows[:size]], len(rows) > size


def groups_known(unit: Unit, governance: Governance, on: date) -> dict[str, str]:
    """Key and title of every group that meets: those of today's arrangement first, then those of the versions before."""
    known = versions(unit)
    days = [on, *sorted({v.begins for v in known if v.begins}, reverse=True)]
    found: dict[str, str] = {}
    for day in days:
        try:
            groups = groups_on(governance, known, day)
        except BeforeAnyVersion:  # a version from before the law known here
            continue
        for group in groups:
            found.setdefault(group.thing.key, group.thing.title)
    return found


@needs("see meetings", CASE_ROLES)
def see_meeting(unit: Unit, meeting_id: UUID) -> MeetingState:
    """A meeting as it stands, and the note that it was read."""
    state = load(unit, meeting_id)
    unit.audit("meeting read", f"meeting:{meeting_id}", kind=DETAIL)
    return state


@needs("record a meeting", RECORDING)
def begin(unit: Unit, governance: Governance, group: str, day: date, token: UUID) -> UUID:
    """Begin the record of a meeting of a group of the arrangement in force that day. Sent twice, it begins once."""
    before = first_time(unit, token, "begin_meeting")
    if before is not None:
        return UUID(before)
    if day > unit.at.astimezone(LONDON).date():
        raise ThreefoldError("The day of the meeting lies in the future. Record it once it has taken place.", field="day")
    there = places(unit, governance, group, day)
    title = next(g.thing.title for g in groups_on(governance, versions(unit), day) if g.thing.key == group)
    meeting = GroupMeeting(
        id=uuid4(), group_key=group, group_title=title, day=day, state="recording", head_no=0, recorded_at=unit.at
    )
    append(unit, governance, meeting, EMPTY, "Record begun", there)
    came_of_it(unit, token, str(meeting.id))
    return meeting.id


@needs("record a meeting", RECORDING)
def save_who(
    unit: Unit, governance: Governance, meeting_id: UUID, who: Mapping[str, Any], seen_no: int, token: UUID, *,
    reason: str = "", keep: Mapping[str, str] | None = None,
) -> MeetingState:  # fmt: skip
    """Record who was there or who chaired: the answers of one page. `who`: see `records`. Names of people have no place in it."""
    state = load(unit, meeting_id, lock=True)
    there = places_of(unit, governance, state)
    before = content_at(unit, meeting_id, seen_no)["who"]
    mine, theirs = _chair_as_one({**before, **who}), _chair_as_one(state.who)
    merged, clashes = merge(_chair_as_one(before), mine, theirs, keep or {})
    hold_together(merged, there)
    if clashes:
        raise StaleMeeting(tuple(clash(n, theirs.get(n), mine.get(n), there) for n in clashes))
    chair, words = merged.pop("chair") or (None, None)
    merged |= {"chair": chair, "chair_words": words} if chair is not None else {}
    return _changed(unit, governance, state, there, "who", merged, reason, token)


@needs("record a meeting", RECORDING)
def save_agenda(
    unit: Unit, governance: Governance, meeting_id: UUID, references: Sequence[str], matters: Sequence[str], seen_no: int, token: UUID, *,
    reason: str = "", keep: Mapping[str, str] | None = None,
) -> MeetingState:  # fmt: skip
    """Record what was on the agenda: cases of this body by reference, and other matters in words.

    An item keeps its key while its words stay, so that what the chair said of it stays with it. A case at which a
    decision was said to be made stays on the agenda, and so does what is not shown to whoever records it (`unseen_items`).
    """
    state = load(unit, meeting_id, lock=True)
    there = places_of(unit, governance, state)
    now, seen = state.content["agenda"], content_at(unit, meeting_id, seen_no)["agenda"]
    unseen = unseen_items(unit, now, seen)
    cases = case_ids(unit, references, (item for item in now if item["key"] not in unseen))
    wanted = [(reference, str(case_id)) for reference, case_id in cases.items()] + [(m, "") for m in dict.fromkeys(matters)]
    if len(wanted) + sum(item["key"] in unseen for item in now) > MOST_ITEMS:
        raise ThreefoldError(
            f"An agenda here has {MOST_ITEMS} items at most. Leave out what was not decided on.", field="matters"
        )
    before, theirs = ({"agenda": [i["text"] for i in agenda if i["key"] not in unseen]} for agenda in (seen, now))
    _, clashes = merge(before, {"agenda": [text for text, _ in wanted]}, theirs, keep or {})
    if clashes:
        raise StaleMeeting(
            (
                PartClash(
                    "agenda",
                    "What was on the agenda",
                    ", ".join(theirs["agenda"]),
                    ", ".join(t for t, _ in wanted),
                    offered(theirs["agenda"]),
                ),
            )
        )
    if chosen(keep or {}, "agenda", theirs["agenda"]) == "theirs":
        return state
    agenda = with_unseen(keyed(now, wanted, state.content["chair_said"]), now, unseen)
    refuse_dropping_decided(unit, state, {item["key"] for item in agenda})
    return _changed(unit, governance, state, there, "agenda", agenda, reason, token)


@needs("record a meeting", RECORDING)
def save_chair_said(
    unit: Unit, governance: Governance, meeting_id: UUID, said: Mapping[str, Mapping[str, str]], seen_no: int, token: UUID, *,
    reason: str = "", keep: Mapping[str, str] | None = None,
) -> MeetingState:  # fmt: skip
    """Record for each item whether it went ahead without a quorum, with the chair's reason, or was put off.

    Whether the arrangement gives the chair that discretion is the rules' answer; what happened is recorded either way.
    """
    state = load(unit, meeting_id, lock=True)
    there = places_of(unit, governance, state)
    chair = "".join(chair_of(state.who))
    if any(one["way"] == "ahead" for one in said.values()) and not chair:
        raise ThreefoldError("Say first who chaired: the reason is the chair’s.", field="chair")
    for key, one in said.items():
        if one["way"] == "ahead":
            told(one["reason"], "Enter the chair’s reason; it is kept with the item.", f"reason-{key}")
    seen, now = content_at(unit, meeting_id, seen_no), state.content
    unseen = unseen_items(unit, now["agenda"], seen["agenda"])
    said = {key: one for key, one in said.items() if key not in unseen}
    before, theirs = ({key: one for key, one in c["chair_said"].items() if key not in unseen} for c in (seen, now))
    # Said again as it was, it stays as it was: with the chair of that time.
    mine = {k: before[k] if before.get(k, {}).items() >= one.items() else {**one, "chair": chair} for k, one in said.items()}
    merged, clashes = merge(before, mine, theirs, keep or {})
    if clashes:
        # an item may be gone from the agenda by now
        texts = {i["key"]: i["text"] for i in (*seen["agenda"], *now["agenda"])}
        raise StaleMeeting(
            tuple(
                PartClash(k, texts.get(k, k), said_words(theirs.get(k)), said_words(said.get(k)), offered(theirs.get(k)))
                for k in clashes
            )
        )
    if chair_of(seen["who"]) != chair_of(state.who) and any(
        one["way"] == "ahead" and before.get(key) != mine[key] for key, one in said.items()
    ):
        raise SaidMeanwhile("said that somebody else chaired, whose reason this would be,")
    kept = {key: one for key, one in now["chair_said"].items() if key in unseen}
    kept |= {key: one for key, one in merged.items() if one and one["way"]}
    return _changed(unit, governance, state, there, "chair_said", kept, reason, token)


@needs("record a meeting", RECORDING)
def finish(unit: Unit, meeting_id: UUID, *, seen_no: int | None = None) -> None:
    """Save the record: from now on it can be named by decisions, and every change of it is a correction.

    Raises `SaidMeanwhile` where it was changed since the record that the person saw (`seen_no`), `ThreefoldError` where it was put aside.
    """
    state = load(unit, meeting_id, lock=True)
    if state.state == "set_aside":
        raise ThreefoldError("This record was put aside meanwhile, with the reason below. It was not saved.")
    _refuse_unseen(state, seen_no)
    row = unit.session.get_one(GroupMeeting, (unit.scope.body_id, meeting_id))
    if row.state == "recording":
        row.state = "recorded"
        unit.audit("meeting recorded", f"meeting:{meeting_id}")


@needs("record a meeting", RECORDING)
def set_aside(
    unit: Unit, governance: Governance, meeting_id: UUID, reason: str, token: UUID, *, seen_no: int | None = None
) -> None:
    """Put aside the record of a meeting that did not take place, or of another group or day. It can still be read.

    Raises `SaidMeanwhile` where it was changed since the record that the person saw (`seen_no`), `NotHere` where a case of its agenda is not
    open to them: that would drop it from the meeting.
    """
    told(reason, "Say why this record is put aside.", "reason")
    state = load(unit, meeting_id, lock=True)
    if first_time(unit, token, "set_meeting_aside") is not None:
        return
    if state.state == "set_aside":
        raise ThreefoldError("This record was put aside already, with the reason on its page. Yours was not saved.")
    _refuse_unseen(state, seen_no)
    if closed_items(unit, state.content["agenda"]):
        raise NotHere
    refuse_dropping_decided(unit, state, set())
    row = unit.session.get_one(GroupMeeting, (unit.scope.body_id, meeting_id))
    row.state = "set_aside"
    append(
        unit,
        governance,
        row,
        {**state.content, "reason": reason},
        "Record put aside",
        places_of(unit, governance, state),
    )


def _changed(
    unit: Unit, governance: Governance, state: MeetingState, there: Places, part: str, value: Any, reason: str, token: UUID
) -> MeetingState:
    if state.state == "set_aside":
        raise ThreefoldError("This record was put aside and is changed no more. Record the meeting anew.", field="meeting")
    content: Content = {**state.content, part: value, "reason": reason}
    if content[part] == state.content[part]:
        return state
    if state.state == "recorded":
        told(reason, "Say why the record is corrected; what stood before stays on record.", "reason")
    if first_time(unit, token, f"meeting_{part}") is not None:
        return state
    row = unit.session.get_one(GroupMeeting, (unit.scope.body_id, state.id))
    changed = {key for key in value if value.get(key) != state.who.get(key)} if part == "who" else set()
    what = f"{PARTS['chair' if changed and changed <= CHAIR else part]}: {'corrected' if state.state == 'recorded' else 'recorded'}"
    return append(unit, governance, row, content, what, there)


def _refuse_unseen(state: MeetingState, seen_no: int | None) -> None:
    if seen_no not in (None, state.no):
        raise SaidMeanwhile("changed this record")


def _chair_as_one(who: Mapping[str, Any]) -> dict[str, Any]:
    """Who was there, with who chaired as one answer under `chair` (see `chair_of`); None where nobody is recorded."""
    chair = chair_of(who)
    return {**{key: said for key, said in who.items() if key not in CHAIR}, "chair": list(chair) if any(chair) else None}
