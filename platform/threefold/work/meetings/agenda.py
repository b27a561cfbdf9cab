"""What is on the agenda of a meeting, and which of it is not for whoever reads or records it.

An item is `{"key": ..., "text": ..., "case": ...}`, with an empty case where it is a matter in words. The item of a case whose
records were destroyed has no case any more (see `gone`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from threefold.domain.errors import ThreefoldError
from threefold.walls.session import Unit
from threefold.work.incidents.stories import closed_of
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.meetings.records import MeetingState
from threefold.work.meetings.tables import DecisionMeeting
from threefold.work.people.case_access import asked

AgendaItem = Mapping[str, str]
MOST_ITEMS = 100


def closed_items(unit: Unit, *agendas: Iterable[AgendaItem]) -> frozenset[str]:
    """The keys of the items whose case is not open to whoever asks. One statement, none where no case is on them."""
    cases = [(item["key"], case_id) for agenda in agendas for item in agenda for case_id in _cases_of([item])]
    closed = closed_of(unit, [case_id for _, case_id in cases])
    return frozenset(key for key, case_id in cases if case_id in closed)


def unseen_items(unit: Unit, *agendas: Sequence[AgendaItem]) -> frozenset[str]:
    """The keys of the items that whoever asks is not asked about, and that stay as they are whatever they record: of a case that is not open
    to them, or whose records were destroyed."""
    return closed_items(unit, *agendas) | {item["key"] for agenda in agendas for item in agenda if "case" not in item}


def with_unseen(agenda: Sequence[AgendaItem], before: Sequence[AgendaItem], unseen: Iterable[str]) -> list[AgendaItem]:
    """An agenda as somebody recorded it, with what they did not see of the one before in the places that it had there."""
    made, hidden = list(agenda), frozenset(unseen)
    for place, item in enumerate(before):
        if item["key"] in hidden:
            made.insert(place, item)
    return made


def _cases_of(agenda: Iterable[AgendaItem]) -> list[UUID]:
    return [UUID(item["case"]) for item in agenda if item.get("case")]


def case_ids(unit: Unit, references: Iterable[str], on_it: Iterable[AgendaItem]) -> dict[str, UUID]:
    """The cases of some references that are open to whoever asks. A restricted case comes on no agenda; one that is `on_it` stays."""
    wanted = list(dict.fromkeys(r for r in references if r))
    rows = unit.session.execute(
        select(Case.reference, Case.id).where(
            # Given beside the statement: what stands in one is kept as long as what it was compiled to is, and this was typed.
            Case.reference.in_(bindparam("references", expanding=True)),
            Case.restricted.is_(False) | Case.id.in_(bindparam("on_it", expanding=True)),
            Case.destroyed_at.is_(None),
            OPEN,
        ),
        asked(unit) | {"references": wanted, "on_it": [*_cases_of(on_it)]},
    ).all()
    found = {row.reference: row.id for row in rows}
    unknown = [r for r in wanted if r not in found]
    if unknown:
        raise ThreefoldError(f"There is no case {', '.join(unknown)} here. Check the reference.", field="cases")
    return {r: found[r] for r in wanted}


def keyed(before: Sequence[AgendaItem], wanted: Sequence[tuple[str, str]], spoken_of: Iterable[str]) -> list[AgendaItem]:
    """The agenda with a key for each item. `spoken_of`: the keys of items of which something was said, those that left the agenda too: what
    was said of one is never taken for what was said of another."""
    known = {(item["text"], item["case"]): item["key"] for item in before if "case" in item}
    number = max((int(key.removeprefix("item-")) for key in (*(item["key"] for item in before), *spoken_of)), default=0)
    made = list[AgendaItem]()
    for text, case in wanted:
        if (text, case) not in known:
            number += 1
        made.append({"key": known.get((text, case), f"item-{number}"), "text": text, "case": case})
    return made


def refuse_dropping_decided(unit: Unit, state: MeetingState, kept: set[str]) -> None:
    """Raise where a case would leave the agenda at which a decision of it was said to be made."""
    dropped = {item.case_id: item.text for item in state.items if item.case_id and item.key not in kept}
    if not dropped:
        return
    rows = unit.session.scalars(
        select(DecisionMeeting)
        .where(DecisionMeeting.case_id.in_(dropped))
        .order_by(DecisionMeeting.no, DecisionMeeting.decision_id)
    )
    newest = {row.decision_id: row for row in rows}
    named = sorted({dropped[r.case_id] for r in newest.values() if r.holds and r.meeting_id == state.id})
    if named:
        raise ThreefoldError(
            f"A decision of case {', '.join(named)} was made at this meeting. Change that on the page of the case first.",
            field="cases",
        )
