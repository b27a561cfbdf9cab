"""What is held of somebody who asks, gone through thing by thing: what is given, what is withheld and on which ground, and the answer.

A decision is about a text, not about a place: what changed since it was decided on is undecided again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.domain.clashes import SaidMeanwhile, offered
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL, EXPORT
from threefold.walls.session import Unit
from threefold.work.incidents.stories import told
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.people.access import NotHere, needs
from threefold.work.people.case_access import asked, may_open
from threefold.work.records.held import held_of, in_words
from threefold.work.records.stories.asking import (
    GROUNDS,
    Request,
    lies_elsewhere,
    look_for,
    open_row,
    people_like,
    refuse_elsewhere,
    request_of,
    unsealed,
)
from threefold.work.records.stories.closing import MANAGING
from threefold.work.records.subject_tables import SubjectItem

DECISIONS = ("given", "part", "withheld")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing held. `text` is what it tells now; `told` what is given of it where only a part is. `gone`: it is not there any more.

    `changed`: it tells something else than what was decided on, so that in an open request it is undecided again.
    """

    no: int
    case_id: UUID
    reference: str
    title: str
    text: str
    decision: str
    ground: str
    why: str
    told: str
    gone: bool
    changed: bool

    @property
    def given(self) -> str:
        """What the person gets of it."""
        return "" if self.gone else {"given": self.text, "part": self.told}.get(self.decision, "")

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide on it."""
        return self.decision == "undecided" and not self.gone

    @property
    def seen(self) -> str:
        """The digest of what it tells: whoever decides sends back what they were shown."""
        return digest_of(self.text)

    @property
    def decided(self) -> str:
        """What stands behind a decision on it: whoever decides sends back which one they were shown."""
        return stands_for(self.decision, self.ground, self.why, self.told)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered for a request, in the cases that are open to the actor. `new`: how much came since; `elsewhere`: there is more
    in cases that are not open to them."""

    items: list[Item]
    new: int
    elsewhere: bool


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def stands_for(decision: str, ground: str, why: str, told: str) -> str:
    return offered([decision, ground, why, told])


@needs("answer a subject access request", MANAGING)
def see_request(unit: Unit, request_id: UUID) -> tuple[Request, Gathered]:
    """A request and what was gathered for it, as it stands now. Raises `NotHere`, `OfAnother`."""
    request = request_of(unit, request_id)
    found = _gathered(unit, request, DETAIL)
    unit.audit("subject request read", f"subject-request:{request_id}", {"items": len(found.items)}, kind=DETAIL)
    return request, found


@needs("answer a subject access request", MANAGING)
def see_item(unit: Unit, request_id: UUID, no: int) -> tuple[Request, Item, list[int]]:
    """One thing that was gathered; and the numbers of all that are open to the actor. Only its own case is read."""
    request = request_of(unit, request_id)
    rows = _rows(unit, request_id)
    row = next((row for row in rows if row[0].no == no), None)
    if row is None:
        raise NotHere
    texts = _texts(unit, request, [row], DETAIL)
    unit.audit("subject request read", f"subject-request:{request_id}", {"no": no}, kind=DETAIL)
    return request, _item(unit, request, row, texts), [one[0].no for one in rows]


@needs("answer a subject access request", MANAGING)
def gather(unit: Unit, request_id: UUID, case_ids: Collection[UUID]) -> int:
    """Gather what is held of the person in some cases that were found. What was gathered before stays with its decision. How much is new."""
    open_row(unit, request_id)
    found = {one.case_id for one in look_for(unit, request_id)[0]}
    if not case_ids or not set(case_ids) <= found:
        raise ThreefoldError("Select the cases that the person is on.", field="cases")
    return _gather(unit, request_id, case_ids)


@needs("answer a subject access request", MANAGING)
def gather_again(unit: Unit, request_id: UUID) -> int:
    """Gather what was put on record since, in the cases that something was gathered of. How much is new."""
    open_row(unit, request_id)
    return _gather(unit, request_id, {item.case_id for item, _, destroyed in _rows(unit, request_id) if not destroyed})


def _gather(unit: Unit, request_id: UUID, case_ids: Collection[UUID]) -> int:
    request, new = request_of(unit, request_id), 0
    rows = unit.session.execute(
        select(SubjectItem.no, SubjectItem.case_id, SubjectItem.place).where(SubjectItem.request_id == request_id)
    ).all()
    known, no = {(row.case_id, row.place) for row in rows}, max((row.no for row in rows), default=0)
    for case_id in sorted(case_ids):
        for held in held_of(unit, case_id, people_like(unit, request, case_id)):
            if (case_id, held.place) not in known:
                no, new = no + 1, new + 1
                unit.session.add(SubjectItem(
                    request_id=request_id, no=no, case_id=case_id, place=held.place, title=held.title, decision="undecided", why=None, told=None,
                    seen=None, decided_at=None, decided_by=None))  # fmt: skip
        _note(unit, request_id, case_id, DETAIL)
    unit.session.flush()
    unit.audit("subject request gathered", f"subject-request:{request_id}", {"cases": len(case_ids), "new": new})
    return new


@needs("answer a subject access request", MANAGING)
def decide_item(
    unit: Unit, request_id: UUID, no: int, decision: str, ground: str, why: str, part: str, seen: str,
    decided: str = "",
) -> int | None:  # fmt: skip
    """Decide on one thing as it was shown (`seen`: its digest): it is given, given in part, or withheld; with the ground and why, where
    not all of it is given. Returns the next thing that nobody decided on.

    `decided`: what stood behind the decision that was shown with it. `SaidMeanwhile` is raised where it is another by now.
    """
    open_row(unit, request_id)
    if decision not in DECISIONS:
        raise ThreefoldError("Select whether it is given.", field="decision")
    row = unit.session.get(SubjectItem, (unit.scope.body_id, request_id, no), with_for_update=True)
    if row is None or not may_open(unit, row.case_id):
        raise NotHere
    if decision != "given":
        if ground not in GROUNDS:
            raise ThreefoldError("Select the ground on which it is withheld.", field="ground")
        told(why, "Say why this ground applies here.", "why")
    if decision == "part":
        told(part, "Enter what is given of it.", "part")
    request = request_of(unit, request_id)
    found = next(one for one in _rows(unit, request_id) if one[0].no == no)
    item = _item(unit, request, found, _texts(unit, request, [found], DETAIL))
    if item.gone:
        raise ThreefoldError("It is not there any more, so that nothing is to be decided. The answer says so.")
    if seen != item.seen:
        raise ThreefoldError("It was changed since it was shown to you. Read it again, then decide.", field="decision")
    same = stands_for(decision, *(("", "") if decision == "given" else (ground, why)), part if decision == "part" else "")
    if decided and item.decided not in (decided, same):  # a second click finds what the first one decided
        raise SaidMeanwhile
    row.decision, row.ground = decision, ground if decision != "given" else ""
    row.why = unit.seal_json(why) if decision != "given" else None
    row.told = unit.seal_json(part) if decision == "part" else None
    row.seen, row.decided_at, row.decided_by = unit.seal_json(seen), unit.at, unit.actor.person_id
    unit.session.flush()
    unit.audit(
        "subject request decided on", f"subject-request:{request_id}", {"no": no, "decision": decision, "ground": row.ground}
    )
    return next((r[0].no for r in _rows(unit, request_id) if r[0].no > no and r[0].decision == "undecided" and not r[2]), None)


@needs("answer a subject access request", MANAGING)
def close_request(unit: Unit, request_id: UUID, state: str, on: date, how: str) -> None:
    """Put on record that it was answered (or refused), on which day and how. Raises while something is undecided."""
    row = open_row(unit, request_id)
    refuse_elsewhere(unit, request_id)
    if state not in ("answered", "refused"):
        raise ThreefoldError("Select what became of it.", field="state")
    told(how, "Say how the person was told.", "how")
    if not row.received_on <= on <= unit.today:
        raise ThreefoldError("Give a day between the day it was received and today.", field="on")
    if state == "answered":
        _refuse_undecided(_gathered(unit, request_of(unit, request_id), DETAIL))
    row.state, row.answered_on, row.answer = state, on, unit.seal_json(how)
    unit.session.flush()
    unit.audit("subject request closed", f"subject-request:{request_id}", {"state": state})


@needs("answer a subject access request", MANAGING)
def answer_of(unit: Unit, request_id: UUID) -> tuple[Request, list[Item]]:
    """What is given to the person, once everything was decided on as it stands now; and the note that it was taken out."""
    request = request_of(unit, request_id)
    refuse_elsewhere(unit, request_id)
    if request.state == "refused":
        raise ThreefoldError("This request was refused, so that there is no answer to take out.")
    found = _gathered(unit, request, EXPORT)
    if request.state == "open":
        _refuse_undecided(found)
    elif any(item.changed and not item.gone for item in found.items):
        raise ThreefoldError("Something was changed since this was answered. The file that was sent is the answer.")
    unit.audit(
        "answer to a subject request taken out", f"subject-request:{request_id}", {"items": len(found.items)}, kind=EXPORT
    )
    return request, found.items


def _refuse_undecided(found: Gathered) -> None:
    if found.new:
        raise ThreefoldError(f"{found.new} more came on record since this was gathered. Gather again first.")
    if count := sum(item.waits for item in found.items):
        raise ThreefoldError(f"{count} of what was gathered is not decided on yet, or was changed since. Go through it first.")


Row = Any  # (SubjectItem, the case's reference, when its records were destroyed)


def _rows(unit: Unit, request_id: UUID) -> list[Row]:
    """What was gathered in cases that are open to the actor."""
    return list(
        unit.session.execute(
            select(SubjectItem, Case.reference, Case.destroyed_at)
            .join(Case, (Case.tenant_id == SubjectItem.tenant_id) & (Case.id == SubjectItem.case_id))
            .where(SubjectItem.request_id == request_id, OPEN)
            .order_by(SubjectItem.no),
            asked(unit),
        ).all()
    )


def _gathered(unit: Unit, request: Request, kind: str) -> Gathered:
    rows = _rows(unit, request.id)
    texts = _texts(unit, request, rows, kind)
    known = {(row.case_id, row.place) for row, _, _ in rows}
    return Gathered(
        [_item(unit, request, row, texts) for row in rows], len(texts.keys() - known), lies_elsewhere(unit, request.id)
    )


def _texts(unit: Unit, request: Request, rows: Iterable[Row], kind: str) -> dict[tuple[UUID, str], str]:
    """What is held now in the cases of some things, by its place; noted in the audit of each case."""
    texts: dict[tuple[UUID, str], str] = {}
    for case_id in sorted({item.case_id for item, _, destroyed in rows if destroyed is None}):
        for held in held_of(unit, case_id, people_like(unit, request, case_id)):
            texts[case_id, held.place] = in_words(held.content)
        _note(unit, request.id, case_id, kind)
    return texts


def _note(unit: Unit, request_id: UUID, case_id: UUID, kind: str) -> None:
    unit.audit("case read for a subject request", f"case:{case_id}", {"request": str(request_id)}, kind=kind)


def _item(unit: Unit, request: Request, row: Row, texts: dict[tuple[UUID, str], str]) -> Item:
    item, reference, destroyed = row
    text = texts.get((item.case_id, item.place))
    why, part, seen = (
        ("", "", "") if destroyed else (unsealed(unit, item.why), unsealed(unit, item.told), unsealed(unit, item.seen))
    )
    changed = item.decision != "undecided" and text is not None and seen != digest_of(text)
    decision = "undecided" if changed and request.state == "open" else item.decision
    return Item(
        item.no, item.case_id, reference, item.title, text or "", decision, item.ground, why, part, text is None, changed
    )
