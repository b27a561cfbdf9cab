"""Reminding whoever must act, and then their deputy, of each due date at the area's lead times.

A reminder holds no word about anyone: a date, and where to sign in. What became of each e-mail is kept with the case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from threefold.domain.calendar import LONDON
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Edition
from threefold.plugin_api.facts import read_facts
from threefold.walls.directory import Colleague
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import today
from threefold.work.incidents.tables import Case, CaseRecord, still_open
from threefold.work.incidents.waiting import not_waited_for
from threefold.work.people.access import CASE_ROLES
from threefold.work.people.case_access import Told, to_tell
from threefold.work.reminders.tables import Reminder

# Where an area has not said: a week and two days ahead, on the day, and the day after, in calendar days.
LEAD_DAYS = (7, 2, 0, -1)
DEPUTY_FROM = 0  # the deputy is reminded too from this lead time on


NEEDLESS = "The case was closed before it was sent."  # nobody is to be phoned about it


class Mail(NamedTuple):
    """An e-mail to be sent. `subject` and `text` hold no identifying word."""

    to: str
    subject: str
    text: str


class OpenStep(NamedTuple):
    """A step that is not done: its id in the verdict, its date, who acts, the use of the area's rule that says it ("": the law), and by which
    version of the arrangement the case has it."""

    step: str
    due_on: date
    who: str
    use: str
    version: str


class LeadTimes(NamedTuple):
    """The lead times of an area: those of each rule that sets its own, by its use, and the general ones."""

    general: tuple[int, ...]
    own: Mapping[str, tuple[int, ...]]

    @property
    def farthest(self) -> int:
        return max((lead for leads in (self.general, *self.own.values()) for lead in leads), default=0)


def make_reminders(unit: Unit, governance: Governance) -> list[UUID]:
    """Note every reminder that is due today and was not made yet, and put each on the work list. Safe to repeat.

    Nobody is reminded of a case that is closed; opened again, it counts as before.
    """
    on = today(unit)
    times, by_version = lead_times(unit, governance), lead_times_by_version(unit, governance)
    horizon = on + timedelta(days=max(one.farthest for one in (times, *by_version.values())))
    rows = unit.session.execute(
        select(Case.id, CaseRecord.facts, CaseRecord.verdict)
        .join(
            CaseRecord,
            (CaseRecord.tenant_id == Case.tenant_id) & (CaseRecord.case_id == Case.id) & (CaseRecord.no == Case.head_no),
        )
        .where(Case.next_due_on <= horizon, still_open())
    ).all()
    staff = unit.staff()
    deputies = _deputies(unit, governance)
    made: list[UUID] = []
    told = to_tell(unit, [row.id for row in rows], on)
    for case_id, facts, verdict in rows:
        for step, due_on, who, use, version in open_steps(
            unit.open_json(verdict), not_waited_for(read_facts(unit.open_json(facts)))
        ):
            its = by_version.get(version, times)  # a case that finishes under an older version keeps its reminders too
            leads = its.own.get(use, its.general)
            # The nearest lead time that has come: a worker that was down does not send three at once.
            lead = min((d for d in leads if due_on - timedelta(days=d) <= on), default=None)
            if lead is not None:
                for person, as_deputy in _open_to(told[case_id], recipients(who, staff, deputies, deputy=lead <= DEPUTY_FROM)):
                    made += _note(unit, case_id, step, due_on, lead, person, as_deputy)
    if made:
        unit.audit("reminders made", "reminders", {"count": len(made)})
    return made


def _open_to(told: Told, found: Sequence[tuple[UUID, bool]]) -> list[tuple[UUID, bool]]:
    """Whoever is reminded and may open the case; in place of somebody with a conflict of interest, the deputy named for it."""
    as_deputy = dict(found)
    return sorted(
        ((p, as_deputy.get(p, p in told.out.values())) for p in told.instead_of(as_deputy)), key=lambda item: str(item[0])
    )


def _note(unit: Unit, case_id: UUID, step: str, due_on: date, lead: int, person: UUID, as_deputy: bool) -> list[UUID]:
    statement = insert(Reminder).values(
        tenant_id=unit.scope.body_id, id=uuid4(), case_id=case_id, step=step, due_on=due_on, lead_days=lead, person_id=person,
        as_deputy=as_deputy, made_at=unit.at, state="waiting", error="",
    )  # fmt: skip
    # One that was not sent because its case was closed is sent where the case is open again.
    again = statement.on_conflict_do_update(
        index_elements=["tenant_id", "case_id", "step", "due_on", "lead_days", "person_id"],
        set_={"state": "waiting", "error": "", "made_at": unit.at},
        where=Reminder.error == NEEDLESS,
    )
    made = unit.session.execute(again.returning(Reminder.id)).scalar()
    if made is None:
        return []
    unit.later("mail_reminder", made)
    return [made]


def lead_days(unit: Unit, governance: Governance) -> tuple[int, ...]:
    """The area's lead times in calendar days, from its arrangement; else the plain ones."""
    return lead_times(unit, governance).general


def lead_times(unit: Unit, governance: Governance) -> LeadTimes:
    """The lead times of the version in force: those of the first rule that sets any hold for whatever has none of its own."""
    _, governs, edition = governance.pin(versions(unit), today(unit))
    return _lead_times(governance, governs, edition)


def lead_times_by_version(unit: Unit, governance: Governance) -> dict[str, LeadTimes]:
    """The lead times of each version on record, by its name. One statement."""
    known = versions(unit)
    _, _, edition = governance.pin(known, today(unit))
    return {version.version: _lead_times(governance, version, edition) for version in known}


def _lead_times(governance: Governance, version: Arrangement | None, edition: Edition) -> LeadTimes:
    own: dict[str, tuple[int, ...]] = {}
    if version is not None:
        for rule, thing in governance.rules_at_work(version, edition)[0].provided:
            told = thing.get("lead_days") if thing.kind == "reminder" else None
            if isinstance(told, tuple):
                own.setdefault(rule.use, tuple(int(d) for d in told))
    return LeadTimes(next(iter(own.values()), LEAD_DAYS), own)


def open_steps(verdict: Mapping[str, Any], ended: Collection[str] = ()) -> list[OpenStep]:
    """Every step that is not done, from a stored verdict.

    Nobody is reminded of a step of which it is not clear yet whether it applies, nor of what serves a purpose that is ended
    (`not_waited_for`), as no list of cases waits for it.
    """
    found = []
    for served in verdict["steps"]:
        if served["serves"] in ended:
            continue
        law = served["statutory"]
        for line in (law, *(() if law and law["done_on"] else served["local"])):
            if line and line["due_on"] and not line["done_on"] and not line["optional"] and line.get("applies") != "unclear":
                use = "" if line is law else line["rule"]["use"]
                found.append(OpenStep(line["id"], date.fromisoformat(line["due_on"][:10]), line["who"], use, line["version"]))
    return found


def recipients(who: str, staff: Sequence[Colleague], deputies: Mapping[str, str], *, deputy: bool) -> list[tuple[UUID, bool]]:
    """Whoever holds the seat or role that must act; the business manager where nobody does; then the seat's deputy."""
    staff = [c for c in staff if c.role in CASE_ROLES]  # the seat alone lets nobody into cases
    acting = [c for c in staff if who and who in (c.seat, c.role)] or [c for c in staff if c.role == "business_manager"]
    found = {c.person_id: False for c in acting}
    if deputy:
        seats = {deputies[c.seat] for c in acting if c.seat in deputies}
        # Where the arrangement names no deputy for the seat, whoever holds the role of a deputy here.
        for c in staff:
            if c.seat in seats or (not seats and c.role == "deputy"):
                found.setdefault(c.person_id, True)
    return sorted(found.items(), key=lambda item: str(item[0]))


def _deputies(unit: Unit, governance: Governance) -> dict[str, str]:
    """The deputy's seat of each seat today. Where no version surely governs, as those have it of which no source says when they began."""
    known, on = versions(unit), today(unit)
    _, governs, _ = governance.pin(known, on)
    counting = [v for v in known if v.begins is None and (v.until is None or on <= v.until)] if governs is None else [governs]
    return {seat.key: seat.deputy for version in counting for seat in version.seats if seat.deputy}


def reminder_mail(unit: Unit, reminder_id: UUID, address: str) -> Mail | None:
    """The e-mail of a reminder; None when it was sent, or the person is no longer there."""
    row = unit.session.get(Reminder, (unit.scope.body_id, reminder_id), with_for_update=True)
    if row is None or row.state == "sent":
        return None
    person = next((c for c in unit.staff() if c.person_id == row.person_id), None)
    if person is None:
        row.state, row.error = "failed", "The person no longer works for this body."
        return None
    if unit.session.scalar(select(Case.id).where(Case.id == row.case_id, still_open())) is None:
        row.state, row.error = "failed", NEEDLESS
        return None
    if row.person_id in to_tell(unit, [row.case_id], unit.today)[row.case_id].out:
        row.state, row.error = "failed", "The person is kept out of this case; the deputy is reminded in their place."
        return None
    late = row.due_on < unit.at.astimezone(LONDON).date()
    first = "Something was due" if late else "Something is due"
    deputy = " You get this as the deputy of the person who acts." if row.as_deputy else ""
    return Mail(
        person.email,
        f"Threefold: {'overdue' if late else 'due'} {row.due_on:%-d %B %Y}",
        f"{first} on {row.due_on:%-d %B %Y} in a case of yours.{deputy}\n\nSign in to see it:\n{address}/cases/{row.case_id}\n\n"
        "This email holds no details, and replies to it are not read.\n",
    )


def mail_came_to(unit: Unit, reminder_id: UUID, error: str) -> None:
    """Note whether the e-mail went out. A failure shows on the case."""
    row = unit.session.get_one(Reminder, (unit.scope.body_id, reminder_id), with_for_update=True)
    row.state, row.error = ("failed", error[:300]) if error else ("sent", "")
    row.sent_at = None if error else unit.at
    if error:
        unit.audit("reminder failed", f"case:{row.case_id}", {"reminder": str(reminder_id)})


def reminders_of(unit: Unit, case_id: UUID) -> list[Reminder]:
    """The reminders of a case, newest first."""
    return list(
        unit.session.scalars(select(Reminder).where(Reminder.case_id == case_id).order_by(Reminder.made_at.desc(), Reminder.id))
    )


def failed_reminders(unit: Unit, case_id: UUID) -> int:
    """How many reminders of a case could not be sent, and were still needed. One statement."""
    count = (
        select(func.count())
        .select_from(Reminder)
        .where(Reminder.case_id == case_id, Reminder.state == "failed", Reminder.error != NEEDLESS)
    )
    return int(unit.session.execute(count).scalar_one())
