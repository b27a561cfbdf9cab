"""The national body's desk: what is due and has not arrived, what arrived and when, and what is replied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from threefold.domain.calendar import england_and_wales
from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import Draft
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.session import Unit
from threefold.work.incidents.records import NotFound, first_time, today
from threefold.work.national.happened import HOW_MUCH, happened, refuse_unseen
from threefold.work.national.standing_aside import OPEN, asker, open_by, opened
from threefold.work.national.tables import ReceivedCase, Reply
from threefold.work.people.access import NATIONAL_OFFICER, needs
from threefold.work.people.csv_rows import csv_line

STATES: dict[str, str] = {
    "due": "Due", "overdue": "Overdue", "arrived_in_time": "Arrived in time", "arrived_late": "Arrived late",
    "taken_back": "Taken back", "no_due_date": "No due date", "arrived": "Arrived, no due date",
}  # fmt: skip
_First = aliased(ReceivedCase)
# When the notification that a case is linked to was taken back: a part of a statement that selects received cases.
FIRST_BACK_ON = (
    select(_First.taken_back_on)
    .where(_First.sender_id == ReceivedCase.linked_sender, _First.case_ref == ReceivedCase.linked_to)
    .correlate(ReceivedCase)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One case as the desk sees it. `days_late` counts working days after the statutory date, 0 when in time."""

    sender_id: UUID
    case_ref: UUID
    sender_name: str
    reference: str
    route: str
    nature: str
    forms: int
    notified_on: date
    due_on: date | None
    arrived_on: date | None
    state: str
    days_late: int
    reply: str
    local_review: str
    linked_to: UUID | None
    closed_on: date | None
    destroyed: bool
    duplicate_of: str = ""  # the reference of what may be the first notification of the same incident
    duplicate_sender: UUID | None = None
    duplicate_case: UUID | None = None
    taken_back_on: date | None = None
    way_out: str = ""  # which of the two ways it was taken back by
    no: int = 0  # how much happened to it, for whoever replies to say what they saw
    first_back_on: date | None = None  # when the notification that it is linked to was taken back

    @property
    def quarter(self) -> str:
        """The quarter of the notification, by calendar year."""
        return f"{self.notified_on.year} Q{(self.notified_on.month - 1) // 3 + 1}"

    @property
    def counts_by_itself(self) -> bool:
        """Whether it is counted. One that is linked counts with the first, as long as the first stands."""
        return self.linked_to is None or self.first_back_on is not None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """One area and quarter: how many were due by today, arrived in time, arrived late, and are overdue."""

    sender_name: str
    quarter: str
    notified: int
    in_time: int
    late: int
    overdue: int
    not_yet_due: int
    taken_back: int


@needs("see the national desk", {NATIONAL_OFFICER})
def desk(unit: Unit, kind: str = LIST) -> list[DeskLine]:
    """Everything received that is there for whoever acts, what is due soonest first. One statement and the audit, which says how it
    is read (`kind`)."""
    found = unit.session.execute(
        select(ReceivedCase, FIRST_BACK_ON, HOW_MUCH)
        .where(OPEN)
        .order_by(ReceivedCase.due_on.asc().nulls_last(), ReceivedCase.case_ref),
        asker(unit),
    ).all()
    unit.audit("desk read", "desk", kind=kind)
    on = today(unit)
    return _with_duplicates([_line(row, on, back_on, no) for row, back_on, no in found], [row for row, *_ in found])


def _line(row: ReceivedCase, on: date, first_back_on: date | None, no: int = 0) -> DeskLine:
    state, late = state_of(row, on)
    return DeskLine(row.sender_id, row.case_ref, row.sender_name, row.reference, row.route, row.nature, row.forms, row.notified_on, row.due_on,
                    row.arrived_on, state, late, row.reply, row.local_review, row.linked_to, row.closed_on, row.destroyed_at is not None, taken_back_on=row.taken_back_on, way_out=row.way_out, no=no,
                    first_back_on=first_back_on)  # fmt: skip


def state_of(row: ReceivedCase, on: date) -> tuple[str, int]:
    """Where a rapid review stands, by its statutory date only, and how many working days late."""
    if row.taken_back_on:  # whatever had arrived: nothing was due of it after all
        return "taken_back", 0
    if row.due_on is None:
        return ("arrived" if row.arrived_on else "no_due_date"), 0
    calendar = england_and_wales()
    end = row.arrived_on or on
    late = max(0, calendar.between(row.due_on, end)) if end > row.due_on else 0
    if row.arrived_on:
        return ("arrived_late" if row.arrived_on > row.due_on else "arrived_in_time"), late
    return ("overdue" if on > row.due_on else "due"), late


def _first_back_on(unit: Unit, row: ReceivedCase) -> date | None:
    this = ReceivedCase.sender_id == row.sender_id, ReceivedCase.case_ref == row.case_ref
    return unit.session.execute(select(FIRST_BACK_ON).where(*this)).scalar_one()


def _with_duplicates(lines: list[DeskLine], rows: list[ReceivedCase]) -> list[DeskLine]:
    """Mark what may be another notification of the same incident as one that stands: same day, same place, and it counts by itself."""
    seen: dict[tuple[date, str], ReceivedCase] = {}
    maybe: dict[tuple[UUID, UUID], ReceivedCase] = {}
    counted = [row for row, line in zip(rows, lines, strict=True) if line.counts_by_itself]
    for row in sorted(counted, key=lambda r: (r.notified_on, r.received_at, r.sender_name, r.reference)):
        if row.happened_on and row.happened_in:
            here = row.happened_on, row.happened_in
            if here in seen:
                maybe[row.sender_id, row.case_ref] = seen[here]
            elif row.taken_back_on is None:
                seen[here] = row
    return [
        replace(line, duplicate_of=known.reference, duplicate_sender=known.sender_id, duplicate_case=known.case_ref)
        if (known := maybe.get((line.sender_id, line.case_ref)))
        else line
        for line in lines
    ]


def only(lines: Iterable[DeskLine], *, area: str = "", quarter: str = "", state: str = "") -> list[DeskLine]:
    """The lines of one area, quarter or state; an empty word takes all."""
    return [
        ln for ln in lines
        if (not area or ln.sender_name == area) and (not quarter or ln.quarter == quarter) and (not state or ln.state == state)
    ]  # fmt: skip


def timeliness(lines: Iterable[DeskLine]) -> list[Timeliness]:
    """Per area and quarter. A linked duplicate counts with the case it is linked to, once, as long as that one stands."""
    groups: dict[tuple[str, str], list[DeskLine]] = {}
    for line in lines:
        if line.counts_by_itself:
            groups.setdefault((line.sender_name, line.quarter), []).append(line)
    return [
        Timeliness(name, quarter, len(found), *(
            sum(1 for ln in found if ln.state in states)
            for states in (("arrived_in_time",), ("arrived_late",), ("overdue",), ("due", "no_due_date", "arrived"), ("taken_back",))
        ))
        for (name, quarter), found in sorted(groups.items())
    ]  # fmt: skip


@needs("see the national desk", {NATIONAL_OFFICER})
def see_received(
    unit: Unit, sender: UUID, case_ref: UUID
) -> tuple[DeskLine, dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """One case: the line, the notification, the report (empty before it arrives), and the replies with who sent each."""
    row = opened(unit, sender, case_ref)
    replies = unit.session.scalars(
        select(Reply).where(Reply.sender_id == sender, Reply.case_ref == case_ref).order_by(Reply.at, Reply.id)
    ).all()
    unit.audit("received case read", f"received:{case_ref}", kind=DETAIL)
    this = ReceivedCase.sender_id == sender, ReceivedCase.case_ref == case_ref
    return (
        _line(row, today(unit), *unit.session.execute(select(FIRST_BACK_ON, HOW_MUCH).where(*this)).one()), dict(unit.open_json(row.notification)), dict(unit.open_json(row.report)) if row.report else {},
        [{"view": r.view, "national_review": r.national_review, "reason": unit.open_json(r.reason), "at": r.at, "by": r.by} for r in replies],
    )  # fmt: skip


@needs("see the national desk", {NATIONAL_OFFICER})
def see_what_stays(unit: Unit, sender: UUID, case_ref: UUID) -> DeskLine:
    """The line of a case whose records were destroyed."""
    row = opened(unit, sender, case_ref, also_destroyed=True)
    unit.audit("received case read", f"received:{case_ref}", kind=DETAIL)
    return _line(row, today(unit), _first_back_on(unit, row))


@needs("reply to an area", {NATIONAL_OFFICER})
def reply(
    unit: Unit, sender: UUID, case_ref: UUID, view: str, national_review: str, reason: str, token: UUID, *, seen_no: int | None = None
) -> None:  # fmt: skip
    """Reply to an area: agree, disagree or query. The reply is advice; the partners decide.

    Raises `SaidMeanwhile` where more happened to the case than the officer saw (`seen_no`): a reply, or the notification was taken back.
    """
    if view not in ("agree", "disagree", "query"):
        raise ThreefoldError("Choose whether the Panel agrees, disagrees, or has a query.", field="view")
    if view != "agree" and not reason.strip():
        raise ThreefoldError("Say why the Panel disagrees, or what it asks.", field="reason")
    if first_time(unit, token, "panel_reply", case_ref) is not None:
        return
    row = opened(unit, sender, case_ref, lock=True)
    if row.arrived_on is None:
        raise ThreefoldError("The rapid review has not arrived yet; there is nothing to reply to.", field="view")
    if seen_no is not None:
        refuse_unseen(happened(unit, sender, case_ref)[seen_no:])
    open_by(unit, row)
    row.reply, row.replied_on = view, today(unit)
    unit.session.add(Reply(
        id=uuid4(), sender_id=sender, case_ref=case_ref, view=view, national_review=national_review or "unclear",
        reason=unit.seal_json(reason), at=unit.at, by=unit.actor.person_id,
    ))  # fmt: skip
    unit.send(Draft("panel_reply", case_ref, {
        "reference": row.reference, "view": view, "national_review": national_review or "unclear", "reason": reason,
        "replied_at": unit.at.isoformat()}), sender)  # fmt: skip
    unit.audit("panel replied", f"received:{case_ref}", {"view": view})


def first_of(unit: Unit, sender: UUID, case_ref: UUID) -> tuple[UUID, UUID, str, date | None] | None:
    """What a notification is linked to: its sender, its case, how it is called, and when it was taken back; None where to nothing, or to
    one that is not there for whoever acts."""
    row = opened(unit, sender, case_ref, also_destroyed=True)
    if row.linked_to is None or row.linked_sender is None:
        return None
    try:
        first = opened(unit, row.linked_sender, row.linked_to, also_destroyed=True)
    except NotFound:
        return None
    called = f"{first.sender_name}: {first.reference}, notified on {first.notified_on:%-d %B %Y}"
    return first.sender_id, first.case_ref, called, first.taken_back_on


@needs("link duplicates", {NATIONAL_OFFICER})
def link(unit: Unit, sender: UUID, case_ref: UUID, to_sender: UUID, to_case: UUID, *, seen: str | None = None) -> None:
    """Link a second notification of an incident to the first, so that nothing counts twice.

    `seen`: the case that it was linked to when whoever acts looked, "" for none; `SaidMeanwhile` is raised where it is another by now.
    """
    if (sender, case_ref) == (to_sender, to_case):
        raise ThreefoldError("A case cannot be linked to itself.", field="to_case")
    # The first may be destroyed already: nothing of it is written, and its duplicate must not count a second time for that.
    row, other = opened(unit, sender, case_ref, lock=True), opened(unit, to_sender, to_case, also_destroyed=True)
    _refuse_unseen(row, seen)
    if other.notified_on > row.notified_on:
        raise ThreefoldError("That one was notified later. Open it, and link it to this one.", field="to_case")
    if other.taken_back_on is not None:
        raise ThreefoldError(
            f"That one was taken back on {other.taken_back_on:%-d %B %Y} and counts no more. Select another.", field="to_case"
        )
    if other.linked_to is not None and _first_back_on(unit, other) is None:
        raise ThreefoldError("Link to the first notification, not to one that is linked itself.", field="to_case")
    to_this = select(ReceivedCase.case_ref).where(ReceivedCase.linked_sender == sender, ReceivedCase.linked_to == case_ref)
    if unit.session.execute(to_this.limit(1)).first():
        raise ThreefoldError("Other notifications are linked to this one. Link the other way round.", field="to_case")
    open_by(unit, row)
    row.linked_sender, row.linked_to = to_sender, to_case
    unit.audit("duplicate linked", f"received:{case_ref}", {"to": str(to_case)})


def _refuse_unseen(row: ReceivedCase, seen: str | None) -> None:
    if seen is not None and seen != str(row.linked_to or ""):
        raise SaidMeanwhile("linked this notification, or took a link back,")


@needs("link duplicates", {NATIONAL_OFFICER})
def unlink(unit: Unit, sender: UUID, case_ref: UUID, *, seen: str | None = None) -> None:
    """Take back a link that was made in error: the case counts by itself again. `seen`: see `link`."""
    row = opened(unit, sender, case_ref, lock=True)
    _refuse_unseen(row, seen)
    open_by(unit, row)
    row.linked_sender = row.linked_to = None
    unit.audit("duplicate unlinked", f"received:{case_ref}")


@needs("see the national desk", {NATIONAL_OFFICER})
def without_reply(unit: Unit, most: int = 50) -> list[DeskLine]:
    """Rapid reviews that arrived and have no reply yet, the longest waiting first; none of a case that somebody closed, nor of a
    notification that was taken back. One statement."""
    found = unit.session.execute(
        select(ReceivedCase, FIRST_BACK_ON)
        .where(
            ReceivedCase.arrived_on.is_not(None),
            ReceivedCase.reply == "",
            or_(ReceivedCase.linked_to.is_(None), FIRST_BACK_ON.is_not(None)),
            ReceivedCase.taken_back_on.is_(None),
            OPEN,
            ReceivedCase.closed_on.is_(None),
        )
        .order_by(ReceivedCase.arrived_on, ReceivedCase.case_ref)
        .limit(most),
        asker(unit),
    )
    return [_line(row, today(unit), back_on) for row, back_on in found]


COLUMNS = (
    "area", "reference", "route", "nature_at_notification", "forms", "notified_on", "rapid_review_due_on", "arrived_on", "state",
    "working_days_late", "panel_reply", "local_review", "quarter", "linked", "taken_back_on", "taken_back_as",
    "counts_by_itself",
)  # fmt: skip


def to_csv(lines: Iterable[DeskLine]) -> str:
    """The desk as CSV."""
    return csv_line(COLUMNS) + "".join(
        csv_line((
            line.sender_name, line.reference, line.route, line.nature, line.forms, line.notified_on.isoformat(),
            line.due_on.isoformat() if line.due_on else "", line.arrived_on.isoformat() if line.arrived_on else "", line.state,
            line.days_late, line.reply, line.local_review, line.quarter, "yes" if line.linked_to else "no",
            line.taken_back_on.isoformat() if line.taken_back_on else "", line.way_out,
            "yes" if line.counts_by_itself else "no",
        ))
        for line in lines
    )  # fmt: skip
