"""A conflict of interest at the national desk: from the moment it is declared, the officer sees nothing of that received case.

Whatever an officer declares of themselves or of another counts at once; another officer decides. An officer always remains
for each case: a reply to an area must not be lost. What somebody is kept out of is answered as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, bindparam, exists, func, not_, or_, select
from sqlalchemy.types import Boolean, Uuid

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.walls.session import SYSTEM, Unit
from threefold.work.incidents.records import CaseDestroyed, NotFound, first_time
from threefold.work.national.tables import ReceivedBar, ReceivedCase
from threefold.work.people.access import NATIONAL_OFFICER, needs

STANDING = ("declared", "upheld")
OUTCOMES = ("upheld", "dismissed")
_ASKER, _PLATFORM = bindparam("asker", type_=Uuid()), bindparam("asker_is_platform", type_=Boolean())


def _stands(case: Any) -> list[ColumnElement[bool]]:
    return [ReceivedBar.sender_id == case.sender_id, ReceivedBar.case_ref == case.case_ref, ReceivedBar.state.in_(STANDING)]


# Whether a received case is there for `asker(unit)`: a part of each statement that selects some.
OPEN: ColumnElement[bool] = or_(_PLATFORM, not_(exists().where(*_stands(ReceivedCase), ReceivedBar.person_id == _ASKER)))


def asker(unit: Unit) -> dict[str, Any]:
    """The values of `OPEN` for whoever acts. A statement that forgets them fails, and shows nothing."""
    return {"asker": unit.actor.person_id, "asker_is_platform": unit.actor == SYSTEM}


def barred_subjects() -> Any:
    """What the audit calls the received cases that the asker is kept out of."""
    kept_out = ReceivedBar.person_id == _ASKER, ReceivedBar.state.in_(STANDING)
    return select(func.concat("received:", ReceivedBar.case_ref)).where(*kept_out)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on a conflict of interest."""

    outcome: str
    reason: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict of interest in a received case, and where it stands."""

    id: UUID
    person_id: UUID
    why: str
    state: str
    declared_by: UUID | None
    decision: str
    made: tuple[Decision, ...] = ()  # every decision on it, oldest first


def opened(unit: Unit, sender: UUID, case_ref: UUID, *, lock: bool = False, also_destroyed: bool = False) -> ReceivedCase:
    """A received case that is there for whoever acts. Raises `NotFound`: missing, foreign and kept out are one answer; and
    `CaseDestroyed` where its records were destroyed, but where that is asked for too.

    With a lock it is asked again once the lock is there: whoever waited for it may have been kept out meanwhile.
    """
    this = ReceivedCase.sender_id == sender, ReceivedCase.case_ref == case_ref, OPEN
    if lock:
        locked = select(ReceivedCase.case_ref).where(*this).with_for_update(of=ReceivedCase)
        if unit.session.execute(locked, asker(unit)).first() is None:
            raise NotFound
    asked_again = select(ReceivedCase).where(*this).execution_options(populate_existing=lock)
    row = unit.session.scalars(asked_again, asker(unit)).first()
    if row is None:
        raise NotFound
    if row.destroyed_at is not None and not also_destroyed:
        raise CaseDestroyed
    return row


def open_by(unit: Unit, row: ReceivedCase) -> None:
    """Something comes later of a case (a letter, a reply, a link): one that is closed is open again by it, and no time runs."""
    if row.closed_on is not None:
        row.closed_on = None
        unit.audit("received case opened again", f"received:{row.case_ref}")


def conflicts(unit: Unit, sender: UUID, case_ref: UUID) -> list[Conflict]:
    """The conflicts of a received case, oldest first."""
    rows = unit.session.scalars(
        select(ReceivedBar)
        .where(ReceivedBar.sender_id == sender, ReceivedBar.case_ref == case_ref)
        .order_by(ReceivedBar.declared_at, ReceivedBar.id)
    )
    found = []
    for r in rows:
        decision = dict(unit.open_json(r.decision)) if r.decision else {}
        made = (
            Decision(d["outcome"], d["reason"], UUID(d["by"]), datetime.fromisoformat(d["at"])) for d in decision.get("all", [])
        )
        found.append(
            Conflict(
                r.id,
                r.person_id,
                str(unit.open_json(r.why)["why"]),
                r.state,
                r.declared_by,
                str(decision.get("reason", "")),
                tuple(made),
            )
        )
    return found


@needs("stand aside from a received case", {NATIONAL_OFFICER})
def declare(unit: Unit, sender: UUID, case_ref: UUID, person_id: UUID, why: str, token: UUID) -> UUID | None:
    """Say that an officer, or oneself, has a conflict of interest. From now on they are kept out. Sent twice, it is said once (None)."""
    opened(unit, sender, case_ref, lock=True)
    if first_time(unit, token, "declare_received_conflict", case_ref) is not None:
        return None
    if not why.strip():
        raise ThreefoldError("Say what the conflict of interest is.", field="why")
    officers = {c.person_id for c in unit.staff() if c.role == NATIONAL_OFFICER}
    if person_id not in officers:
        raise ThreefoldError("Select an officer who works here.", field="person")
    out = {c.person_id for c in conflicts(unit, sender, case_ref) if c.state in STANDING}
    if person_id in out:
        raise ThreefoldError("They are kept out of this case already.", field="person")
    if not officers - out - {person_id}:
        raise ThreefoldError("Nobody would be left to reply to the area. First let another officer work here.", field="person")
    row = ReceivedBar(
        id=uuid4(), sender_id=sender, case_ref=case_ref, person_id=person_id, why=unit.seal_json({"why": why}), state="declared",
        declared_at=unit.at, declared_by=unit.actor.person_id, decided_at=None, decided_by=None, decision=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.audit("conflict of interest declared", f"received:{case_ref}", {"person": str(person_id)})
    return row.id


def is_theirs(unit: Unit, conflict: Conflict) -> bool:
    """Whether whoever acts settles it: never the person concerned, nor who declared it of them."""
    return unit.actor.person_id not in (None, conflict.person_id, conflict.declared_by)


def may_decide(unit: Unit, conflict: Conflict) -> bool:
    """Whether whoever acts can still settle it: what was dismissed is declared again, on new information."""
    return is_theirs(unit, conflict) and conflict.state != "dismissed"


@needs("decide on standing aside", {NATIONAL_OFFICER})
def decide(
    unit: Unit,
    sender: UUID,
    case_ref: UUID,
    conflict_id: UUID,
    outcome: str,
    reason: str,
    token: UUID,
    *,
    seen_no: int | None = None,
) -> None:
    """Uphold a conflict of interest, or dismiss it: then the officer sees the case again at once. Sent twice, it is decided once.

    Raises `SaidMeanwhile` when somebody decided since it had been decided `seen_no` times, which is what whoever acts saw.
    """
    opened(unit, sender, case_ref, lock=True)
    if first_time(unit, token, "decide_received_conflict", case_ref) is not None:
        return
    found = {c.id: c for c in conflicts(unit, sender, case_ref)}
    if conflict_id not in found or not is_theirs(unit, found[conflict_id]):
        raise NotFound
    if seen_no is not None and len(found[conflict_id].made) > seen_no:
        raise SaidMeanwhile
    if found[conflict_id].state == "dismissed":
        raise ThreefoldError("That was dismissed already. Declare it again on new information.", field="outcome")
    if outcome not in OUTCOMES:
        raise ThreefoldError("Select whether they are kept out of the case.", field="outcome")
    if not reason.strip():
        raise ThreefoldError("Give the reason for the decision.", field="reason")
    row = unit.session.get_one(ReceivedBar, (unit.scope.body_id, conflict_id))
    before = dict(unit.open_json(row.decision)).get("all", []) if row.decision else []
    told = {"outcome": outcome, "reason": reason, "by": str(unit.actor.person_id), "at": unit.at.isoformat()}
    row.state, row.decided_at, row.decided_by = outcome, unit.at, unit.actor.person_id
    row.decision = unit.seal_json({"reason": reason, "all": [*before, told]})
    unit.audit("decided: conflict of interest", f"received:{case_ref}", {"person": str(row.person_id), "outcome": outcome})
