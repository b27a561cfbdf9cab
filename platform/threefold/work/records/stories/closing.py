"""Closing a case, opening it again, and until when its records are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.keeping import KeepingRule, Known, keeping_rules, kept, said
from threefold.plugin_api.facts import Facts, read_facts
from threefold.walls.audit import DETAIL, LIST
from threefold.walls.session import Actor, Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import first_time, load
from threefold.work.incidents.stories.reading import Happening, in_timeline
from threefold.work.incidents.tables import OPEN, Case, CasePerson, CaseRecord, tells_closed
from threefold.work.incidents.waiting import decided_not_to_notify
from threefold.work.people.access import BUSINESS_MANAGER, DEPUTY, PARTNER_LEAD, ROLES, needs
from threefold.work.people.case_access import asked
from threefold.work.records.dated import newest_day
from threefold.work.records.matters import Line, of_body
from threefold.work.records.tables import CaseClosing, Disposal, LegalHold

SEEING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})
MANAGING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD})
SOON_MONTHS = 6


def as_staff(actor: Actor) -> tuple[str, str]:
    """Name and roles of who acts, as they are kept beside a decision: they stay readable after somebody left."""
    return actor.name, ", ".join(words for role, words in ROLES.items() if role in actor.roles)


@dataclass(frozen=True, slots=True)
class Closed:
    """That a case is closed since a day, by closing `no`. `changed`: it was changed after that, and so is not closed any more."""

    on: date
    no: int
    changed: bool = False


@needs("close a case", MANAGING)
def close_case(unit: Unit, case_id: UUID, on: date, token: UUID) -> None:
    """Say that nothing more is to be done in a case, since a day: the time for keeping its records begins."""
    state = load(unit, case_id, lock=True)
    if first_time(unit, token, "close_case", case_id) is not None:
        return
    if on > unit.today:
        raise ThreefoldError("Give a day that is not in the future.", field="on")
    newest = newest_day(unit, case_id, state.facts)
    if on < newest:
        raise ThreefoldError(
            f"Something is on record of the case after that day. Give {said(newest)}, or a later day.", field="on"
        )
    closed = closing_of(unit, [case_id]).get(case_id)
    if closed is not None and not closed.changed:
        raise ThreefoldError("The case is closed already. To change the day, open it again first.", field="on")
    _add(unit, case_id, on)
    proposals_fall(unit, Disposal.case_id == case_id, f"case:{case_id}", "The case was closed again after this was proposed.")
    unit.audit("case closed", f"case:{case_id}")


@needs("close a case", MANAGING)
def open_again(unit: Unit, case_id: UUID, token: UUID) -> None:
    """Say that a case is not closed: no time runs, and what was proposed for its records falls."""
    load(unit, case_id, lock=True)
    if first_time(unit, token, "open_case_again", case_id) is not None:
        return
    if case_id not in closing_of(unit, [case_id]):
        raise ThreefoldError("The case is not closed.")
    _add(unit, case_id, None)
    proposals_fall(unit, Disposal.case_id == case_id, f"case:{case_id}", "The case was opened again after this was proposed.")
    unit.audit("case opened again", f"case:{case_id}")


@tells_closed
def closed_as_it_stands() -> Select[UUID, date | None]:
    """The cases that are closed, each with the day since which: none that was opened again, or changed since it was closed."""
    case, later = aliased(Case), aliased(CaseClosing)
    opened_again = exists().where(
        later.tenant_id == CaseClosing.tenant_id, later.case_id == CaseClosing.case_id, later.no > CaseClosing.no
    )
    return (
        select(CaseClosing.case_id, CaseClosing.closed_on)
        .join(case, (case.tenant_id == CaseClosing.tenant_id) & (case.id == CaseClosing.case_id))
        .where(CaseClosing.closed_on.is_not(None), as_it_stood(case), not_(opened_again))
    )  # fmt: skip


@in_timeline
def closed_and_opened(unit: Unit, case_id: UUID) -> list[Happening]:
    """When a case was closed and opened again, and by whom. One statement."""
    rows = unit.session.execute(
        select(CaseClosing.at, CaseClosing.by, CaseClosing.closed_on, as_it_stood())
        .join(Case, (Case.tenant_id == CaseClosing.tenant_id) & (Case.id == CaseClosing.case_id))
        .where(CaseClosing.case_id == case_id)
        .order_by(CaseClosing.no)
    ).all()
    return [
        Happening(0, at, f"Case {_became(on, stood or one < len(rows))}", by, "", "")
        for one, (at, by, on, stood) in enumerate(rows, 1)
    ]


def _became(on: date | None, stood: bool) -> str:
    """What a closing made of the case. `stood`: nothing came after it that is not told of itself, such as the next closing."""
    if on is None:
        return "opened again"
    return f"closed on {said(on)}" + ("" if stood else ". It is open again: something was put on record after that")


def _add(unit: Unit, case_id: UUID, on: date | None) -> None:
    last = unit.session.execute(select(func.max(CaseClosing.no)).where(CaseClosing.case_id == case_id)).scalar() or 0
    stands = unit.session.execute(select(Case.head_no, Case.change_no).where(Case.id == case_id)).one()
    unit.session.add(CaseClosing(
        case_id=case_id, no=last + 1, closed=on is not None, closed_on=on, head_no=stands.head_no, change_no=stands.change_no, at=unit.at,
        by=unit.actor.person_id))  # fmt: skip
    unit.session.flush()


def proposals_fall(unit: Unit, mine: ColumnElement[bool], subject: str, why: str) -> None:
    """What was proposed was proposed of a case as it stood at an earlier closing: it is not confirmed any more. `mine`: of which case."""
    name, role = as_staff(unit.actor)
    for row in unit.session.scalars(select(Disposal).where(mine, Disposal.state == "proposed").with_for_update()):
        row.state, row.answer, row.confirmed_at, row.confirmed_by = "declined", unit.seal_json(why), unit.at, None
        row.confirmed_name, row.confirmed_as = name, role
        unit.audit("review of records fell", subject, {"disposal": str(row.id), "outcome": row.outcome})
    unit.session.flush()


def closing_of(unit: Unit, case_ids: Collection[UUID]) -> dict[UUID, Closed]:
    """Which of some cases are closed, by their newest row. One statement."""
    newest = (
        select(
            CaseClosing.case_id,
            CaseClosing.closed_on,
            CaseClosing.no,
            as_it_stood(),
        )
        .join(Case, (Case.tenant_id == CaseClosing.tenant_id) & (Case.id == CaseClosing.case_id))
        .where(CaseClosing.case_id.in_(case_ids))
        .ext(distinct_on(CaseClosing.case_id))
        .order_by(CaseClosing.case_id, CaseClosing.no.desc())
    )
    return {
        case_id: Closed(closed_on, no, changed=not same)
        for case_id, closed_on, no, same in unit.session.execute(newest)
        if closed_on is not None
    }


def as_it_stood(case: Any = Case) -> ColumnElement[bool]:
    """Whether a case is as it stood when it was closed: nothing was put on record since."""
    return and_(CaseClosing.head_no == case.head_no, CaseClosing.change_no == case.change_no)


# until when


@needs("see how long records are kept", SEEING)
def list_kept(unit: Unit, governance: Governance) -> list[Line]:
    """Every closed case that is open to the actor and not destroyed, what is due for review first. Six statements."""
    lines = some_kept(unit, governance)
    unit.audit("closed cases listed", "records", {"cases": len(lines)}, kind=LIST)
    return sorted(lines, key=lambda n: (n.kept.ends_on is None, n.kept.ends_on or date.max, n.reference))


@needs("see how long records are kept", SEEING)
def see_kept(unit: Unit, governance: Governance, case_id: UUID) -> Line | None:
    """How long the records of one case are kept; None where it is not closed. Raises `NotFound`, `CaseDestroyed`."""
    load(unit, case_id)
    unit.audit("time for keeping records read", f"case:{case_id}", kind=DETAIL)
    return kept_of(unit, governance, case_id)


def kept_of(unit: Unit, governance: Governance, case_id: UUID) -> Line | None:
    return next(iter(some_kept(unit, governance, case_id)), None)


def some_kept(unit: Unit, governance: Governance, only: UUID | None = None) -> list[Line]:
    """Closed cases with their times: one of them, or all. As many statements, however many there are."""
    wanted = select(Case.id, Case.reference, Case.status, CaseRecord.facts).join(
        CaseRecord, (CaseRecord.tenant_id == Case.tenant_id) & (CaseRecord.case_id == Case.id) & (CaseRecord.no == Case.head_no)
    )
    newest = select(CaseClosing.closed).where(CaseClosing.case_id == Case.id).order_by(CaseClosing.no.desc()).limit(1)
    wanted = wanted.where(Case.destroyed_at.is_(None), OPEN, newest.scalar_subquery())
    rows = unit.session.execute(wanted.where(Case.id == only) if only else wanted, asked(unit)).all()
    ids = [row.id for row in rows]
    closed = closing_of(unit, ids)
    rules = rules_today(unit, governance)
    births, until, holds, open_ones = _births(unit, ids), _kept_until(unit, ids), held_of(unit, ids), _proposed(unit, ids)
    found = []
    for row in rows:
        if (one := closed.get(row.id)) is None or one.changed:
            continue
        facts = read_facts(unit.open_json(row.facts))
        known = Known(_ended(row.status, facts), _starts(facts, one.on, births.get(row.id, {})), until.get(row.id))
        found.append(
            Line(
                row.id,
                row.reference,
                row.status,
                one.on,
                one.no,
                kept(rules, known),
                row.id in holds,
                open_ones.get(row.id, ""),
            )
        )
    return found


def rules_today(unit: Unit, governance: Governance) -> tuple[KeepingRule, ...]:
    return keeping_rules(governance, versions(unit), unit.today)


def held_of(unit: Unit, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of some cases a hold stands on; all of them where one stands on the whole body. One statement."""
    rows = unit.session.scalars(
        select(LegalHold.case_id).where(LegalHold.lifted_at.is_(None), of_body(LegalHold) | LegalHold.case_id.in_(case_ids))
    ).all()
    return frozenset(case_ids) if None in rows else frozenset(case_id for case_id in rows if case_id)


def _ended(status: str, facts: Facts) -> frozenset[str]:
    """How a case ended, in the words of the rules: the one it stands in, and what holds beside it. What was decided of a local review
    says nothing against that nobody was notified, nor the other way round."""
    found = {status}
    if decided_not_to_notify(facts):
        found.add("not_notified")
    if facts.review.event("local_review_declined") and status == "not_notified":
        found.add("no_local_review")
    return frozenset(found)


def _starts(facts: Facts, closed_on: date, births: Mapping[str, date | None]) -> dict[str, date | None]:
    """The day of each fact a time may count from; None where it is not known, or not known of every child."""
    children, review = facts.incident.children, facts.review
    dead = [child.died_on.value for child in children if child.died.value == "yes"]
    # Every child counts: those the facts tell of, and whoever is named as a child beside them.
    born = [births.get(key) for key in {child.key for child in children} | births.keys()]
    return {
        "closed": closed_on, "birth": _latest(born), "death": _latest(dead),
        "published": review.on("published"), "notified": review.on("notification_sent"),
    }  # fmt: skip


def _latest(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _births(unit: Unit, case_ids: Collection[UUID]) -> dict[UUID, dict[str, date | None]]:
    """The day of birth of each named child of some cases, by the child's key. One statement."""
    rows = unit.session.execute(
        select(CasePerson.id, CasePerson.case_id, CasePerson.child_key, CasePerson.details).where(
            CasePerson.case_id.in_(case_ids), CasePerson.part == "child"
        )
    )
    found: dict[UUID, dict[str, list[date | None]]] = {}
    for row in rows:
        details: dict[str, Any] = dict(unit.open_json(row.details))
        if "removed" not in details:
            born = details.get("born_on")
            of_case = found.setdefault(row.case_id, {})
            of_case.setdefault(row.child_key or str(row.id), []).append(date.fromisoformat(born) if born else None)
    # Somebody may be on a case twice: the latest day counts, and one that is not known leaves it unknown.
    return {case_id: {key: _latest(days) for key, days in keys.items()} for case_id, keys in found.items()}


def _kept_until(unit: Unit, case_ids: Collection[UUID]) -> dict[UUID, date]:
    """Until when two people decided to keep the records of some cases longer. One statement."""
    decided = (
        select(Disposal.case_id, func.max(Disposal.keep_until))
        .where(Disposal.case_id.in_(case_ids), Disposal.state == "confirmed", Disposal.outcome == "keep")
        .group_by(Disposal.case_id)
    )
    return {case_id: until for case_id, until in unit.session.execute(decided) if case_id and until}


def _proposed(unit: Unit, case_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = unit.session.execute(
        select(Disposal.case_id, Disposal.outcome).where(Disposal.case_id.in_(case_ids), Disposal.state == "proposed")
    )
    return {row.case_id: row.outcome for row in rows if row.case_id}
