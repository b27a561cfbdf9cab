"""Requests for one's own records go by themselves when their time has ended: what is in them is a copy, and the fact stays.

Nobody reviews them. How long they are kept is what the version of the arrangement in force today says; no law gives a figure (UK GDPR
article 5(1)(e): no longer than necessary), so that what nobody set is kept. What the database refuses stands in `walls.request_guards`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.keeping import REQUESTS, KeepingRule, Kept, kept_request
from threefold.walls.audit import DETAIL
from threefold.walls.destroying import in_turn
from threefold.walls.leaving import left_on
from threefold.walls.request_guards import TAKEN_OUT
from threefold.walls.sealed import SealedValue
from threefold.walls.session import Unit
from threefold.work.incidents.tables import Case
from threefold.work.people.access import NotHere, needs
from threefold.work.people.tables import FormDraft
from threefold.work.records.matters import of_body
from threefold.work.records.stories.asking import refuse_kept_out
from threefold.work.records.stories.closing import MANAGING, rules_today
from threefold.work.records.subject_tables import SubjectItem, SubjectQuestion, SubjectRequest
from threefold.work.records.tables import BodyExport, LegalHold

EMPTY = SealedValue(b"")
NOT_READ = Kept(
    (), None, None, "The arrangement in force cannot be read as a whole, so that no end can be worked out. It is kept."
)


@dataclass(frozen=True, slots=True)
class Time:
    """Until when a closed request is kept. `held`: a hold stands on everything, or on a case that something was gathered from."""

    kept: Kept
    held: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """What stays of a request that went: days, the rule in its words, and how much of what was gathered was decided in which way.

    `decided`: how many things by decision; `grounds`: how many of them were withheld, or given in part, on each ground.
    """

    reference: str
    state: str
    received_on: date
    answered_on: date | None
    kept_until: date
    destroyed_at: datetime
    version: str
    rule_said: str
    digest: str
    decided: Counter[str]
    grounds: Counter[str]


# until when


@needs("answer a subject access request", MANAGING)
def times(unit: Unit, governance: Governance, only: UUID | None = None) -> dict[UUID, Time]:
    """Until when each closed request is kept that did not go yet: all of them, or one. As many statements, however many there are."""
    return _times(unit, governance, only)


def rules_for_requests(unit: Unit, governance: Governance) -> list[KeepingRule] | None:
    """What the version in force today sets for requests; None where it cannot be read as a whole."""
    rules = _rules(unit, governance)
    return None if rules is None else [rule for rule in rules if rule.cases == REQUESTS]


@needs("answer a subject access request", MANAGING)
def see_ended(unit: Unit, request_id: UUID) -> Ended | None:
    """What stays of a request that went; None where it did not. Raises `NotHere`, `OfAnother`."""
    refuse_kept_out(unit, request_id)
    row = unit.session.get(SubjectRequest, (unit.scope.body_id, request_id))
    if row is None:
        raise NotHere
    if row.destroyed_at is None or row.kept_until is None:
        return None
    things = unit.session.execute(
        select(SubjectItem.decision, SubjectItem.ground).where(SubjectItem.request_id == request_id)
    ).all()
    unit.audit("subject request read", f"subject-request:{request_id}", kind=DETAIL)
    return Ended(
        row.reference, row.state, row.received_on, row.answered_on, row.kept_until, row.destroyed_at, row.version, row.rule_said, row.digest,
        Counter(thing.decision for thing in things), Counter(thing.ground for thing in things if thing.ground),
    )  # fmt: skip


def _times(unit: Unit, governance: Governance, only: UUID | None = None) -> dict[UUID, Time]:
    wanted = select(SubjectRequest.id, SubjectRequest.answered_on).where(
        SubjectRequest.state != "open", SubjectRequest.destroyed_at.is_(None))  # fmt: skip
    rows = unit.session.execute(wanted.where(SubjectRequest.id == only) if only else wanted).all()
    if not rows:
        return {}
    rules, held = _rules(unit, governance), _held(unit, [row.id for row in rows])
    return {row.id: Time(_kept(rules, row.answered_on), row.id in held) for row in rows}


def _rules(unit: Unit, governance: Governance) -> Sequence[KeepingRule] | None:
    """None where the version in force cannot be read as a whole: what it says of keeping is not known then, and nobody's answer waits
    for that (decision 0026)."""
    try:
        return rules_today(unit, governance)
    except ThreefoldError:
        return None


def _kept(rules: Sequence[KeepingRule] | None, answered_on: date | None) -> Kept:
    return NOT_READ if rules is None else kept_request(rules, answered_on)


def _held(unit: Unit, request_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of some requests a hold stands on; all of them where one stands on the whole body. Two statements."""
    of_all = select(LegalHold.id).where(LegalHold.lifted_at.is_(None), of_body(LegalHold)).limit(1)
    if unit.session.execute(of_all).first() is not None:
        return frozenset(request_ids)
    held = select(LegalHold.case_id).where(LegalHold.lifted_at.is_(None))
    return frozenset(unit.session.scalars(
        select(SubjectItem.request_id).where(SubjectItem.request_id.in_(request_ids), SubjectItem.case_id.in_(held)).distinct()))  # fmt: skip


# what the worker does


def ended(unit: Unit, governance: Governance) -> list[UUID]:
    """The closed requests whose time has ended and on which no hold stands. None of a body that left: nothing is written in it."""
    if unit.session.execute(select(left_on(unit, unit.scope.body_id))).scalar() is not None:
        return []
    found = _times(unit, governance)
    return sorted(one for one, time in found.items() if time.kept.is_due(unit.today) and not time.held)


def end_request(unit: Unit, governance: Governance, request_id: UUID) -> bool:
    """Empty a request whose time has ended, in turn with holds; whether it was emptied. The first thing that is done in a unit.

    Everything is asked again here. Left for another day while an export is being made or can be fetched: its file holds the request.
    Raises `CannotBeDestroyed` where the database finds that it may not be, such as by its own clock.
    """
    in_turn(unit)
    if unit.session.execute(select(BodyExport.id).where(BodyExport.state.in_(TAKEN_OUT)).limit(1)).first() is not None:
        return False
    row = unit.session.get(SubjectRequest, (unit.scope.body_id, request_id), with_for_update=True, populate_existing=True)
    if row is None or (time := _times(unit, governance, request_id).get(request_id)) is None:
        return False  # it went meanwhile, or is open again
    if time.held or not time.kept.is_due(unit.today) or time.kept.governing is None:
        return False
    lines = [_line("subject_request", row.id, row.about, row.extended_why, row.answer)]
    things = _things(unit, request_id)
    for thing in things:
        lines.append(_line("subject_item", f"{request_id}/{thing.no}", thing.why, thing.told, thing.seen))
        thing.why, thing.told, thing.seen = (_emptied(value) for value in (thing.why, thing.told, thing.seen))
    questions = _questions(unit, request_id)
    for question in questions:
        lines.append(_line("subject_question", f"{request_id}/{question.no}", question.asked))
        question.asked = EMPTY
    forms = unit.session.scalars(
        delete(FormDraft).where(func.strpos(func.lower(FormDraft.form), str(request_id)) > 0).returning(FormDraft.id)
    ).all()
    unit.session.flush()  # the row comes last: the database asks then whether anything is left
    rule = time.kept.governing.rule
    row.about, row.extended_why, row.answer = EMPTY, _emptied(row.extended_why), _emptied(row.answer)
    row.destroyed_at, row.kept_until, row.digest = unit.at, time.kept.ends_on, sha256("\n".join(lines).encode()).hexdigest()
    row.version, row.rule, row.rule_said = rule.version, rule.id, rule.sentence
    unit.session.flush()
    unit.audit("subject request destroyed", f"subject-request:{request_id}", {
        "digest": row.digest, "counts": {"subject_request": 1, "subject_item": len(things), "subject_question": len(questions), "form_draft": len(forms)}})  # fmt: skip
    return True


def _things(unit: Unit, request_id: UUID) -> list[SubjectItem]:
    """What was gathered, locked, but where the case was destroyed: its things were emptied with it, and are not written any more."""
    return list(unit.session.scalars(
        select(SubjectItem)
        .join(Case, (Case.tenant_id == SubjectItem.tenant_id) & (Case.id == SubjectItem.case_id))
        .where(SubjectItem.request_id == request_id, Case.destroyed_at.is_(None))
        .order_by(SubjectItem.no)
        .with_for_update(of=SubjectItem)
        .execution_options(populate_existing=True)))  # fmt: skip


def _questions(unit: Unit, request_id: UUID) -> list[SubjectQuestion]:
    """What the person was asked for first, locked."""
    return list(unit.session.scalars(
        select(SubjectQuestion)
        .where(SubjectQuestion.request_id == request_id)
        .order_by(SubjectQuestion.no)
        .with_for_update()
        .execution_options(populate_existing=True)))  # fmt: skip


def _emptied(value: SealedValue | None) -> SealedValue | None:
    """That there was something stays: what is not there is not made into something."""
    return None if value is None else EMPTY


def _line(table: str, key: Any, *values: SealedValue | None) -> str:
    """A row and the digest of each sealed value, as the certificate of a case has them: of sealed bytes, so that it tells nothing."""
    return " ".join([table, str(key), *("-" if value is None else sha256(value.raw).hexdigest() for value in values)])
