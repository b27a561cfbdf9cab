"""Who may open a case: its team and reviewers, keeping it to them, and conflicts of interest with the deputy who acts.

A conflict counts from the moment it is declared. Who is concerned sees nothing of the case any more, so they cannot decide
it; reasons are sealed, and the audit has who, when and what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, func, select, update

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.walls.audit import DETAIL
from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.incidents.records import NotFound, first_time, load
from threefold.work.incidents.stories.deciding import ACTING, told
from threefold.work.incidents.tables import OPEN, Case
from threefold.work.people import notices
from threefold.work.people.access import BUSINESS_MANAGER, CASE_ROLES, EVERY_CASE, PARTNER_LEAD, REVIEWER, SCRUTINEER, needs
from threefold.work.people.case_access import STANDING, TEAM_ROLES, asked, is_in_one_stay, of_stay, stays, team_on, to_tell
from threefold.work.people.tables import CaseBar, CaseMember, CaseRestriction

OPENING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD})
# Who may say it of somebody else. Anybody says it of themselves.
OF_OTHERS = ACTING | {SCRUTINEER}
PARTS = ("team", "reviewer")
QUESTION = "conflict_of_interest"


class NotTheirsToDecide(ThreefoldError):
    """Somebody tried to settle a conflict of interest that is theirs, or that another seat settles."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """That somebody may open the case. Days are inclusive: until the last that was set, or the one before they are away from the body.

    `ended_at`: ended at once.
    """

    id: UUID
    person_id: UUID
    part: str
    begins: date
    ends: date | None
    by: UUID | None
    ended_at: datetime | None

    def is_over(self, day: date) -> bool:
        return self.ended_at is not None or (self.ends is not None and self.ends < day)


@dataclass(frozen=True, slots=True)
class Before:
    """What was decided of it before what stands now: on a conflict of interest, or that the case is restricted or is not. The reason was sealed."""

    at: datetime
    by: UUID | None
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody's conflict of interest. `decision` is empty until it was decided; `why` and `decision` were sealed. `no`: how often it was.

    `before`: what was decided until then, the newest first.
    """

    id: UUID
    person_id: UUID
    why: str
    state: str
    declared_at: datetime
    declared_by: UUID | None
    deputy_id: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str
    no: int = 0
    before: tuple[Before, ...] = ()

    @property
    def stands(self) -> bool:
        return self.state in STANDING


@dataclass(frozen=True, slots=True)
class Opening:
    """Who may open a case: whether it is kept to its team and why, who is let in, who is kept out. `before`: when it was kept to its team
    and when that was lifted, the newest first, without the restriction that stands. `nobody_left`: it is restricted, and nobody of the
    team works with cases here today.
    """

    restricted: bool
    why: str
    people: tuple[LetIn, ...]
    conflicts: tuple[Conflict, ...]
    untold: tuple[notices.Failed, ...] = ()
    before: tuple[Before, ...] = ()
    nobody_left: bool = False


@needs("see who may open a case", ACTING)
def see_opening(unit: Unit, case_id: UUID) -> Opening:
    """Who may open the case, with the reasons, and who could not be told of a conflict by e-mail. Eight statements at most."""
    restricted = load(unit, case_id).restricted
    rows = unit.session.scalars(
        select(CaseRestriction).where(CaseRestriction.case_id == case_id).order_by(CaseRestriction.at.desc())
    )
    said = [
        Before(row.at, row.by, "restricted" if row.restricted else "lifted", unit.open_json(row.why)["why"]) for row in rows
    ]
    stands = said[:1] if restricted else []
    found = Opening(
        restricted, stands[0].reason if stands else "", tuple(let_in(unit, case_id)), tuple(declared := conflicts(unit, case_id)),
        tuple(f for kind in (notices.CONFLICT, notices.CONFLICT_TO_DECIDE) for f in notices.failed_notices(unit, kind, [c.id for c in declared])),
        tuple(said[len(stands):]), restricted and not team_on(unit, [case_id], unit.today)[case_id],
    )  # fmt: skip
    unit.audit("access to a case read", f"case:{case_id}", kind=DETAIL)
    return found


def let_in(unit: Unit, case_id: UUID) -> list[LetIn]:
    """Everybody who was ever let in, what began last first."""
    stay = stays()
    found = select(CaseMember, func.least(CaseMember.ends, stay.c.ends)).outerjoin(
        stay, and_(stay.c.person_id == CaseMember.person_id, of_stay(stay, CaseMember.at))
    )
    rows = unit.session.execute(found.where(CaseMember.case_id == case_id).order_by(CaseMember.begins.desc(), CaseMember.id))
    return [LetIn(r.id, r.person_id, r.part, r.begins, ends, r.by, r.ended_at) for r, ends in rows]


def conflicts(unit: Unit, case_id: UUID) -> list[Conflict]:
    """Every conflict of interest declared in the case, the newest first."""
    rows = unit.session.scalars(
        select(CaseBar).where(CaseBar.case_id == case_id).order_by(CaseBar.declared_at.desc(), CaseBar.id)
    )
    return [_conflict(unit, row) for row in rows]


def _conflict(unit: Unit, row: CaseBar) -> Conflict:
    decided: dict[str, Any] = dict(unit.open_json(row.decision)) if row.decision else {"reason": ""}
    before = [
        Before(datetime.fromisoformat(one["at"]), None if one["by"] == "None" else UUID(one["by"]), one["state"], one["reason"])
        for one in reversed(decided.get("earlier", []))
    ]
    return Conflict(row.id, row.person_id, unit.open_json(row.why)["why"], row.state, row.declared_at, row.declared_by, row.deputy_id,
                    row.decided_at, row.decided_by, decided["reason"], len(before) + bool(row.decision), tuple(before))  # fmt: skip


# letting in, and keeping a case to its team


@needs("say who may open a case", OPENING)
def let_into_case(unit: Unit, case_id: UUID, person_id: UUID, part: str, begins: date, ends: date | None, token: UUID) -> None:
    """Let somebody in: to the team, or as the reviewer named for this case until a day. Sent twice, it is done once."""
    if part not in PARTS:
        raise ThreefoldError("Select what they do in this case.", field="part")
    _locked(unit, case_id)
    if first_time(unit, token, "let_into_case", case_id) is not None:
        return
    if begins < unit.today:
        raise ThreefoldError("Give a first day that is today or later.", field="begins")
    if ends is not None and ends < begins:
        raise ThreefoldError("Give a last day that is not before the first.", field="ends")
    if part == "reviewer" and ends is None:
        raise ThreefoldError("Give the last day: a reviewer sees a case until a day that is set.", field="ends")
    roles = _roles(unit).get(person_id, frozenset())
    if not roles & CASE_ROLES or (part == "reviewer" and REVIEWER not in roles):
        raise ThreefoldError(
            "Select somebody who works with cases here; for a review, somebody with the role of a reviewer.", field="person"
        )
    if part == "team" and not roles & TEAM_ROLES:
        raise ThreefoldError(
            "They are only a reviewer here. Let them in as the reviewer of this case, until a day.", field="part"
        )
    if not unit.session.execute(select(is_in_one_stay(person_id, unit.at, begins))).scalar():
        raise ThreefoldError(
            "They are away from here for some days before that, and whoever returns is let in anew. Let them in once they are back.",
            field="begins",
        )
    if person_id in _kept_out(unit, case_id):
        raise ThreefoldError("They are kept out by a conflict of interest. Decide on that first.", field="person")
    for one in let_in(unit, case_id):
        if one.part == "team" and not roles & TEAM_ROLES:
            continue  # of a time when they were more than a reviewer: it opens nothing
        if one.person_id == person_id and not one.is_over(begins) and (ends is None or one.begins <= ends):
            since = f"from {one.begins:%-d %B %Y}" if one.begins > unit.today else "already"
            raise ThreefoldError(
                f"They may open this case {since}. To change from or until when, end that first.", field="person"
            )
    _add(unit, case_id, person_id, part, begins, ends)
    unit.audit("let into a case", f"case:{case_id}", {
        "person": str(person_id), "part": part, "begins": begins.isoformat(), "ends": ends.isoformat() if ends else None})  # fmt: skip


@needs("say who may open a case", OPENING)
def end_in_case(unit: Unit, case_id: UUID, member_id: UUID, last: date | None) -> None:
    """End it after a day, or at once (no day). Somebody of the team remains where the case is kept to it."""
    if last is not None and last < unit.today:
        raise ThreefoldError("Give a last day that is today or later; or end it at once.", field="last")
    restricted = _locked(unit, case_id)
    one = next((one for one in let_in(unit, case_id) if one.id == member_id), None)
    if one is None:
        raise NotFound
    if one.is_over(unit.today):
        raise ThreefoldError("That has ended already.")
    row = unit.session.get_one(CaseMember, (unit.scope.body_id, member_id))
    without = last + timedelta(days=1) if last else unit.today
    takes_days = last is None or one.ends is None or last < one.ends  # a later last day leaves nobody alone who was not
    if restricted and row.part == "team" and takes_days and not team_on(unit, [case_id], without, without=member_id)[case_id]:
        raise ThreefoldError("Nobody of the team would be left. First let somebody else in.", field="last")
    row.ended_by = unit.actor.person_id
    if last is None:
        row.ended_at = unit.at
    else:
        row.ends = last
    unit.audit("access to a case ended", f"case:{case_id}", {
        "person": str(row.person_id), "last": last.isoformat() if last else "at once"})  # fmt: skip


@needs("restrict a case", OPENING)
def restrict_case(unit: Unit, case_id: UUID, restricted: bool, why: str) -> None:
    """Keep a case to its team, or open it again to every role. Whoever keeps it to the team is of the team, from today on."""
    told(why, "Give the reason.", "why")
    if _locked(unit, case_id) == restricted:
        raise ThreefoldError("It is restricted already." if restricted else "It is not restricted.", field="why")
    me = unit.actor.person_id
    if restricted and me is not None and me not in team_on(unit, [case_id], unit.today)[case_id]:
        mine = (o for o in let_in(unit, case_id) if o.person_id == me and o.part == "team" and not o.is_over(unit.today))
        then = min((o.begins for o in mine if o.begins > unit.today), default=None)  # from then on it is said already
        _add(unit, case_id, me, "team", unit.today, then - timedelta(days=1) if then else None)
    unit.session.add(
        CaseRestriction(id=uuid4(), case_id=case_id, restricted=restricted, why=unit.seal_json({"why": why}), at=unit.at, by=me)
    )
    unit.session.execute(update(Case).where(Case.id == case_id).values(restricted=restricted))
    unit.audit("case restricted" if restricted else "restriction lifted", f"case:{case_id}")


def _add(unit: Unit, case_id: UUID, person_id: UUID, part: str, begins: date, ends: date | None) -> None:
    unit.session.add(CaseMember(
        id=uuid4(), case_id=case_id, person_id=person_id, part=part, begins=begins, ends=ends, at=unit.at, by=unit.actor.person_id,
        ended_at=None, ended_by=None,
    ))  # fmt: skip
    unit.session.flush()


# conflicts of interest


@needs("declare a conflict of interest", CASE_ROLES)
def declare_conflict(unit: Unit, case_id: UUID, person_id: UUID, why: str, deputy_id: UUID | None, token: UUID) -> UUID | None:
    """Say that somebody, or oneself, has a conflict of interest. From now on they are kept out and the deputy acts.

    Sent twice, it is said once (None).
    """
    if person_id != unit.actor.person_id and not unit.actor.roles & OF_OTHERS:
        raise ThreefoldError(
            "You can declare a conflict of interest for yourself. Tell the business team of another.", field="person"
        )
    _locked(unit, case_id)
    if first_time(unit, token, "declare_conflict", case_id) is not None:
        return None
    told(why, "Say what the conflict of interest is.", "why")
    staff = unit.staff()
    roles = _roles_of(staff)
    if person_id not in roles:
        raise ThreefoldError("Select somebody who works here.", field="person")
    if person_id in _kept_out(unit, case_id):
        raise ThreefoldError(
            "They are kept out of this case already. Tell whoever decides on it what you know besides.", field="person"
        )
    _refuse_deputy(unit, case_id, person_id, deputy_id, staff)
    settles = deciding_seats(load(unit, case_id).verdict)  # read before it closes to whoever declares it of themselves
    row = CaseBar(
        id=uuid4(), case_id=case_id, person_id=person_id, why=unit.seal_json({"why": why}), state="declared", declared_at=unit.at,
        declared_by=unit.actor.person_id, deputy_id=deputy_id, deputy_at=unit.at if deputy_id else None, decided_at=None, decided_by=None, decided_seat="",
        decision=None,
    )  # fmt: skip
    unit.session.add(row)
    # Where they acted for somebody else who is kept out, their own deputy acts for that one too.
    unit.session.execute(
        update(CaseBar)
        .where(CaseBar.case_id == case_id, CaseBar.deputy_id == person_id, CaseBar.state.in_(STANDING))
        .values(deputy_id=deputy_id, deputy_at=unit.at if deputy_id else None, deputy_ended_at=None)
    )
    unit.session.flush()
    unit.audit("conflict of interest declared", f"case:{case_id}", {
        "person": str(person_id), "deputy": str(deputy_id) if deputy_id else None})  # fmt: skip
    _tell_of(unit, case_id, row.id, deputy_id, settles, staff)
    return row.id


def _tell_of(
    unit: Unit, case_id: UUID, conflict_id: UUID, deputy_id: UUID | None, seats: frozenset[str], staff: list[Colleague]
) -> None:
    """By e-mail: the business manager and the deputy, and whoever holds the seat that decides. Never anybody who is kept out."""
    told_of = to_tell(unit, [case_id], unit.today)[case_id]
    deciding = _deciding(unit, case_id, seats, staff)
    people = set(told_of.instead_of(notices.managers(unit))) | ({deputy_id} if deputy_id else set())
    notices.tell(unit, notices.CONFLICT_TO_DECIDE, conflict_id, deciding, case_id=case_id)
    notices.tell(unit, notices.CONFLICT, conflict_id, people - told_of.out.keys() - deciding, case_id=case_id)


@needs("decide on a conflict of interest", CASE_ROLES)
def decide_conflict(
    unit: Unit, case_id: UUID, conflict_id: UUID, outcome: str, reason: str, deputy_id: UUID | None, token: UUID,
    *, seen_no: int | None = None,
) -> None:  # fmt: skip
    """Uphold a conflict of interest, or dismiss it: then the person may open the case again at once. Sent twice, it is decided once.

    Raises `SaidMeanwhile` when somebody decided since it had been decided `seen_no` times, which is what the person saw.
    """
    if outcome not in ("upheld", "dismissed"):
        raise ThreefoldError("Select whether they are kept out of the case.", field="outcome")
    told(reason, "Give the reason for the decision.")
    _locked(unit, case_id)
    if first_time(unit, token, "decide_conflict", case_id) is not None:
        return
    row = unit.session.get(CaseBar, (unit.scope.body_id, conflict_id), populate_existing=True)
    if row is None or row.case_id != case_id:
        raise NotFound
    if not may_decide(unit, case_id, deciding_seats(load(unit, case_id).verdict), _conflict(unit, row)):
        raise NotTheirsToDecide("Somebody else decides on this: never the person concerned, nor who declared it of them.")
    if row.state == "dismissed":
        raise ThreefoldError("That was dismissed already. Declare it again on new information.", field="outcome")
    if seen_no is not None and _conflict(unit, row).no > seen_no:
        raise SaidMeanwhile
    if outcome == "upheld":
        _refuse_deputy(unit, case_id, row.person_id, deputy_id, unit.staff())
        # Named anew, though it is the same one: they may have been away meanwhile.
        row.deputy_id, row.deputy_at, row.deputy_ended_at = deputy_id, unit.at if deputy_id else None, None
    earlier = dict(unit.open_json(row.decision)) if row.decision else {}
    before = [*earlier.pop("earlier", []), *([{**earlier, "state": row.state, "by": str(row.decided_by)}] if earlier else [])]
    row.state, row.decided_at, row.decided_by = outcome, unit.at, unit.actor.person_id
    row.decided_seat = ",".join(sorted(unit.actor.seats))
    row.decision = unit.seal_json({"reason": reason, "at": unit.at.isoformat(), "earlier": before})
    unit.audit("decided: conflict of interest", f"case:{case_id}", {
        "person": str(row.person_id), "outcome": outcome, "deputy": str(row.deputy_id) if row.deputy_id else None})  # fmt: skip


def deciding_way(verdict: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the arrangement says of who decides on a conflict of interest, as the case's verdict holds it; None: nothing."""
    return next((d for d in verdict["decisions"] if d["key"] == QUESTION), None)


def deciding_seats(verdict: Mapping[str, Any]) -> frozenset[str]:
    """The seats that the arrangement names for deciding on a conflict of interest; none where it says nothing."""
    way = deciding_way(verdict)
    return frozenset(way["decides"]) if way else frozenset()


def may_decide(unit: Unit, case_id: UUID, seats: frozenset[str], conflict: Conflict) -> bool:
    """Whether the actor settles it: whoever holds a seat that the arrangement names, else the business manager or a lead.

    Else also where nobody who may open the case and is not concerned holds that seat: it must not wait for an empty chair.
    """
    me = unit.actor.person_id
    if me is None or me == conflict.person_id:
        return False
    deciding = _deciding(unit, case_id, seats, unit.staff()) if seats else frozenset()
    if deciding:
        return me in deciding
    return me != conflict.declared_by and bool(unit.actor.roles & OPENING)


def _deciding(unit: Unit, case_id: UUID, seats: frozenset[str], staff: list[Colleague]) -> frozenset[UUID]:
    """Who holds one of the seats and may open the case."""
    holding = {c.person_id for c in staff if c.seat in seats and c.role in CASE_ROLES}
    return to_tell(unit, [case_id], unit.today)[case_id].instead_of(holding) & holding


def needs_deputy(staff: list[Colleague], person_id: UUID) -> bool:
    """Whether somebody must act in a person's place: they handle cases, or hold a seat that speaks in them."""
    return any(c.role in EVERY_CASE or (c.seat and c.role in CASE_ROLES) for c in staff if c.person_id == person_id)


def _refuse_deputy(unit: Unit, case_id: UUID, person_id: UUID, deputy_id: UUID | None, staff: list[Colleague]) -> None:
    roles = _roles_of(staff)
    if deputy_id is None:
        if needs_deputy(staff, person_id):
            raise ThreefoldError("Select the deputy who acts in their place in this case.", field="deputy")
        return
    if deputy_id == person_id or deputy_id in _kept_out(unit, case_id) or not roles.get(deputy_id, frozenset()) & EVERY_CASE:
        raise ThreefoldError(
            "Select another person as the deputy: one who handles cases here and has no conflict of interest in this one.",
            field="deputy",
        )


def _kept_out(unit: Unit, case_id: UUID) -> dict[UUID, UUID | None]:
    rows = unit.session.execute(
        select(CaseBar.person_id, CaseBar.deputy_id).where(CaseBar.case_id == case_id, CaseBar.state.in_(STANDING))
    )
    return {row.person_id: row.deputy_id for row in rows}


def _roles(unit: Unit) -> dict[UUID, frozenset[str]]:
    return _roles_of(unit.staff())


def _roles_of(staff: list[Colleague]) -> dict[UUID, frozenset[str]]:
    return {c.person_id: frozenset(o.role for o in staff if o.person_id == c.person_id) for c in staff}


def _locked(unit: Unit, case_id: UUID) -> bool:
    """Whether the case is restricted; until the unit ends nobody else changes who may open it. Raises `NotFound`."""
    restricted = unit.session.execute(
        select(Case.restricted).where(Case.id == case_id, OPEN).with_for_update(of=Case), asked(unit)
    ).scalar()
    if restricted is None:
        raise NotFound
    return bool(restricted)
