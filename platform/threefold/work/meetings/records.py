"""What is kept of a meeting, and what the rules are told of it: seats and organisations by key, never a person or a reason.

A record's content is `{"who": {...}, "agenda": [...], "chair_said": {...}, "reason": "..."}`. In "who", `counted.<key>` says
how an organisation whose presence counts was there: `own`, `seat:<key>`, `by:<key>` (a substitute the arrangement allows),
`other` (somebody else, by role in words), `nobody` or `not_known`. What was not asked yet is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.domain.errors import ThreefoldError
from threefold.domain.findings import Meeting
from threefold.governance.arrangement import Arrangement
from threefold.governance.decide import Governance
from threefold.governance.quorum import CouldDecide, Group, chair_may, could_decide, groups_on
from threefold.governance.verdict import line_to_json, pin_to_json
from threefold.walls.destroying import refusals
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.meetings.tables import GroupMeeting, MeetingCase, MeetingRecord
from threefold.work.people.access import NotHere

Content = dict[str, Any]
COUNTED = "counted."
EMPTY: Content = {"who": {}, "agenda": [], "chair_said": {}, "reason": ""}


@dataclass(frozen=True, slots=True)
class Item:
    """One matter of an agenda: a case of this body, or something else in words; and what became of it.

    `could`: whether the rules let it go ahead (yes, no, unclear), and `why`. `way`: "ahead", "put_off" or "" where nothing
    is recorded of it; `reason` is the chair's, and `chair` the seat or role that chaired when it was recorded.
    """

    key: str
    text: str
    case_id: UUID | None
    could: str
    why: str
    way: str
    reason: str
    chair: str


@dataclass(frozen=True, slots=True)
class MeetingState:
    """A meeting as its newest record has it. `answer` is what the rules said then, in JSON (see `answer_to_json`)."""

    id: UUID
    group: str
    title: str
    day: date
    state: str
    no: int
    content: Content
    answer: dict[str, Any]

    @property
    def who(self) -> dict[str, Any]:
        return dict(self.content["who"])

    @property
    def quorum(self) -> str:
        return str(self.answer["state"])

    @property
    def items(self) -> tuple[Item, ...]:
        return items_of(self.content, self.answer)

    @property
    def chair_may(self) -> frozenset[str]:
        """What the arrangement lets the chair do on a miss: vary the quorum, choose the items that go ahead."""
        return chair_may((line["state"], line["chair_may"]) for line in self.answer["lines"])


def chair_of(who: Mapping[str, Any]) -> tuple[str, str]:
    """Who chaired: a seat or organisation by key, or somebody else by role in words. It is one answer: what is in words stands alone."""
    words = str(who.get("chair_words") or "")
    return ("", words) if words else (str(who.get("chair") or ""), "")


@dataclass(frozen=True, slots=True)
class Places:
    """Who could be at a meeting, as the arrangement of its day has it. `seats`: key to (title, its organisation); `versions`: what it was found
    in, and what the rules are asked by."""

    organisations: Mapping[str, str]
    seats: Mapping[str, tuple[str, str]]
    members: tuple[str, ...]
    chair: str
    counts: tuple[str, ...]
    may_stand_in: tuple[tuple[str, str], ...]
    deputies_need: str = ""
    versions: tuple[Arrangement, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """What a key is called, of a seat, an organisation or a group; words that are no key stay as they are."""
        return self.called.get(key, key)

    @property
    def called(self) -> dict[str, str]:
        """Key and title of all of them."""
        return {**self.groups, **{key: title for key, (title, _) in self.seats.items()}, **self.organisations}

    def seats_of(self, organisation: str) -> dict[str, str]:
        return {key: title for key, (title, of) in self.seats.items() if of == organisation}


def places(unit: Unit, governance: Governance, group: str, day: date) -> Places:
    """Who could be at a meeting of a group on a day. Raises `ThreefoldError` where there was no such group. One statement."""
    return _places(governance, versions(unit), group, day)


def places_of(unit: Unit, governance: Governance, state: MeetingState) -> Places:
    """Who could be at a meeting on record: by what governs its day as it is known now; where that has no such group any more, by what its
    newest record was answered by. One statement."""
    known = versions(unit)
    if not has_group(governance, known, state.group, state.day):
        certain, version = state.answer["certain"], state.answer["version"]
        known = tuple(v for v in known if (v.version == version if certain else v.begins is None))
    return _places(governance, known, state.group, state.day)


def has_group(governance: Governance, known: Sequence[Arrangement], group: str, day: date) -> bool:
    """Whether what governs a day, of some versions, has a group."""
    return _group(governance, known, group, day) is not None


def _group(governance: Governance, known: Sequence[Arrangement], group: str, day: date) -> Group | None:
    return next((g for g in groups_on(governance, known, day) if g.thing.key == group), None)


def _places(governance: Governance, known: Sequence[Arrangement], group: str, day: date) -> Places:
    found = _group(governance, known, group, day)
    if found is None:
        raise ThreefoldError(
            "The arrangement in force on that day had no such group. Choose another group or day.", field="group"
        )
    told = could_decide(governance, known, Meeting(group), day).found
    members, chair, version = found.thing.get("members"), found.thing.get("chair"), found.arrangement
    return Places(
        {o.key: o.name for o in version.organisations}, {s.key: (s.title, s.organisation) for s in version.seats},
        # A rule tells a member and its part as "who: part".
        tuple(str(m).rpartition(": ")[0] for m in members) if isinstance(members, tuple) else (), str(chair or ""),
        tuple(dict.fromkeys(c for one in told for c in one.counts)), tuple(dict.fromkeys(p for one in told for p in one.may_stand_in)),
        str(found.thing.get("deputies_need") or ""), tuple(known), {g.thing.key: g.thing.title for g in groups_on(governance, known, day)},
    )  # fmt: skip


def in_the_room(who: Mapping[str, Any], there: Places) -> dict[str, tuple[str, str]]:
    """Every seat and organisation that was there, with the answer that says so and what it names: `(counted.<key>, key)`, `("others", key)`.
    A seat that was there is there for its organisation, and whoever stood in was there."""
    found: dict[str, tuple[str, str]] = {}
    for counted in there.counts:
        how, _, key = str(who.get(COUNTED + counted, "not_known")).partition(":")
        for one in {"own": (counted,), "seat": (counted, key), "by": (key,)}.get(how, ()):
            found.setdefault(one, (COUNTED + counted, counted))
    for other in who.get("others", ()):
        found.setdefault(other, ("others", other))
    for seat, (_, organisation) in there.seats.items():
        if organisation and seat in found:
            found.setdefault(organisation, found[seat])
    return found


def as_asked(group: str, content: Content, there: Places) -> Meeting:
    """What the rules are told of a record."""
    who, not_known, stood_in = content["who"], list[str](), list[tuple[str, str]]()
    present = in_the_room(who, there)
    for counted in there.counts:
        how, _, key = str(who.get(COUNTED + counted, "not_known")).partition(":")
        not_known += [counted] if how == "not_known" else []
        stood_in += [(counted, key)] if how == "by" else []
    return Meeting(
        group, tuple(present), tuple(k for k in not_known if k not in present), tuple(stood_in),
        tuple(item["key"] for item in content["agenda"]),
        tuple(key for key, said in content["chair_said"].items() if said["way"] == "ahead"),
        tuple(there.called.items()),
    )  # fmt: skip


def kept_places(state: MeetingState) -> Places:
    """Who counted and what each was called when the newest record was written: an old record is explained from itself."""
    seats = {key: (title, "") for key, title in state.answer["seats"].items()}
    groups = state.answer.get("groups", {})  # older records have none
    return Places(state.answer["organisations"], seats, (), "", tuple(state.answer["counts"]), (), groups=groups)


def answer_to_json(told: CouldDecide, content: Content, there: Places) -> dict[str, Any]:
    """What the rules answer, as it is kept beside what they were asked on, with what each seat and organisation was called."""
    lines = [{k: v for k, v in line_to_json(line, None).items() if k not in ("changes", "reads")} for line in told.lines]
    return {
        "format": 1, "state": told.state, "sentence": told.sentence, "certain": told.certain, **pin_to_json(told.pin), "lines": lines,
        "failures": [f.sentence for f in told.failures], "counts": list(there.counts), "organisations": dict(there.organisations),
        "seats": {key: title for key, (title, _) in there.seats.items()}, "groups": dict(there.groups),
        "items": {item["key"]: list(told.item(item["key"])) for item in content["agenda"]},
    }  # fmt: skip


def items_of(content: Content, answer: Mapping[str, Any]) -> tuple[Item, ...]:
    """The agenda with what the rules and the chair said of each item."""
    found, called = [], {**answer["organisations"], **answer["seats"]}
    for item in content["agenda"]:
        could, why = answer["items"].get(item["key"], ("unclear", ""))
        said = content["chair_said"].get(item["key"], {})
        case_id = UUID(item["case"]) if item.get("case") else None
        chair = called.get(said.get("chair", ""), said.get("chair", ""))
        found.append(Item(item["key"], item["text"], case_id, could, why, said.get("way", ""), said.get("reason", ""), chair))
    return tuple(found)


def load(unit: Unit, meeting_id: UUID, *, lock: bool = False) -> MeetingState:
    """A meeting and its newest record. Raises `NotHere`. One statement, two with a lock."""
    if lock:
        unit.session.execute(select(GroupMeeting.id).where(GroupMeeting.id == meeting_id).with_for_update()).first()
    row = unit.session.execute(
        select(GroupMeeting, MeetingRecord)
        .join(
            MeetingRecord,
            (MeetingRecord.tenant_id == GroupMeeting.tenant_id)
            & (MeetingRecord.meeting_id == GroupMeeting.id)
            & (MeetingRecord.no == GroupMeeting.head_no),
        )
        .where(GroupMeeting.id == meeting_id)
    ).first()
    if row is None:
        raise NotHere
    meeting, record = row
    return MeetingState(meeting.id, meeting.group_key, meeting.group_title, meeting.day, meeting.state, record.no,
                        unit.open_json(record.content), unit.open_json(record.answer))  # fmt: skip


def content_at(unit: Unit, meeting_id: UUID, no: int) -> Content:
    """The content of an earlier record."""
    found = select(MeetingRecord.content).where(MeetingRecord.meeting_id == meeting_id, MeetingRecord.no == no)
    sealed = unit.session.execute(found).scalar()
    if sealed is None:
        raise NotHere
    return dict(unit.open_json(sealed))


def append(
    unit: Unit, governance: Governance, meeting: GroupMeeting, content: Content, what: str, there: Places
) -> MeetingState:
    """Write the next record of a meeting, with the rules' answer on exactly it. `head_no` of the row goes up by one."""
    told = could_decide(governance, there.versions, as_asked(meeting.group_key, content, there), meeting.day)
    answer = answer_to_json(told, content, there)
    meeting.head_no, meeting.quorum = (meeting.head_no or 0) + 1, told.state
    unit.session.add(meeting)
    unit.session.flush()
    unit.session.add(MeetingRecord(
        meeting_id=meeting.id, no=meeting.head_no, at=unit.at, by=unit.actor.person_id, by_seat=",".join(sorted(unit.actor.seats)),
        what=what, content=unit.seal_json(content), answer=unit.seal_json(answer), fingerprint=told.fingerprint,
    ))  # fmt: skip
    unit.session.flush()
    unit.session.add_all(
        MeetingCase(meeting_id=meeting.id, no=meeting.head_no, case_id=UUID(item["case"]), item=item["key"])
        for item in content["agenda"]
        if item.get("case")
    )
    with refusals():  # the records of a case may be destroyed while this waits
        unit.session.flush()
    unit.audit(what, f"meeting:{meeting.id}", {"record": meeting.head_no, "quorum": told.state})
    return MeetingState(
        meeting.id, meeting.group_key, meeting.group_title, meeting.day, meeting.state, meeting.head_no, content, answer
    )


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of a meeting's history: what was recorded when, by which seat, and why it was corrected."""

    no: int
    at: datetime
    what: str
    by: UUID | None
    by_seat: str
    reason: str


def history(unit: Unit, meeting_id: UUID) -> list[Recorded]:
    """Everything recorded of a meeting, newest first."""
    rows = unit.session.scalars(
        select(MeetingRecord).where(MeetingRecord.meeting_id == meeting_id).order_by(MeetingRecord.no.desc())
    )
    return [Recorded(r.no, r.at, r.what, r.by, r.by_seat, unit.open_json(r.content)["reason"]) for r in rows]
