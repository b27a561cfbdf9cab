"""How a case changes: one door, through which every story goes.

`change` locks the case, holds the change against what others did since, writes the next record with the verdict reached
on exactly those facts, and brings the case's row up to date. A double click finds its token used and does nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from threefold.domain.calendar import LONDON, london_day
from threefold.domain.clashes import SaidMeanwhile, box_of, chosen, offered
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.verdict import Verdict, step_of, verdict_to_json
from threefold.plugin_api.facts import Facts, child_name, label_of, read_facts, write_facts
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.considered import kept
from threefold.work.incidents.tables import OPEN, Case, CaseRecord, closed_on
from threefold.work.incidents.waiting import decided_not_to_notify, not_waited_for
from threefold.work.people.case_access import asked
from threefold.work.people.form_tokens import came_of_it as came_of_it  # named here for the stories
from threefold.work.people.form_tokens import first_time as first_time

FactsJson = dict[str, Any]


class NotFound(ThreefoldError):
    """There is no such case here (or none this person may see: the two are told alike)."""

    def __init__(self) -> None:
        super().__init__("There is no such page here, or you may not see it.")


class ChildGone(ThreefoldError):
    """The child was taken off the incident, by somebody who saw another page than this person."""

    def __init__(self, called: str) -> None:
        super().__init__(
            f"{called} was taken off this incident, so nothing of this page is on record. What was known until then stays in the earlier "
            "records of the case. Where the child belongs to the incident after all, add a child and copy what you had typed."
        )


class CaseDestroyed(ThreefoldError):
    """The records of the case were destroyed when their time had ended. Its row, its counts and its certificate stay."""

    def __init__(self) -> None:
        super().__init__(
            "The records of this case were destroyed when their time had ended. The case’s own page says by what rule, and who decided it."
        )


_LOCAL = "incident.local."


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed: what stands now, and what this person wrote.

    `called` and `words`: the question and both answers as a person reads them, where the path and the values do not say it.
    """

    path: str
    theirs: Any
    yours: Any
    called: str = ""
    words: tuple[str, str] = ("", "")

    @property
    def of(self) -> str:
        return offered(self.theirs)

    @property
    def box(self) -> str:
        """What its box is named on the page that asks it."""
        return box_of(self.path)

    @property
    def label(self) -> str:
        """The question as a person reads it: "Child 1: Did the child die?". Empty for the area's own: its box says what it asks."""
        if self.called:
            return self.called
        if self.path.startswith(_LOCAL):
            return ""
        if self.path.startswith("incident.children["):
            key, fact = self.path.removeprefix("incident.children[").split("].", 1)
            return f"{child_name(key)}: {label_of(f'incident.children[].{fact}')}"
        listed, _, rest = self.path.partition("[")
        return label_of(f"{listed}.{rest.split('|', 1)[0].rstrip(']')}" if rest else self.path)


class StaleSave(ThreefoldError):
    """Somebody else changed the same fields meanwhile. Both values are kept; a person chooses."""

    def __init__(self, clashes: tuple[Clash, ...], head_no: int) -> None:
        super().__init__(
            "Somebody changed the same answers while you were writing. Choose which to keep.", field=clashes[0].path
        )
        self.clashes = clashes
        self.head_no = head_no


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as it stands: its row's plain values, its facts, and the stored verdict in JSON."""

    id: UUID
    reference: str
    status: str
    no: int
    facts: Facts
    verdict: dict[str, Any]
    nature_at_notification: str | None
    notified_on: date | None
    version: str
    edition: str
    fingerprint: str
    restricted: bool = False
    closed_on: date | None = None  # the day since which it is closed; what is put on record of it opens it again
    against: tuple[str, ...] = ()  # what was noted against the act that led here, where one just did


def load(unit: Unit, case_id: UUID, *, lock: bool = False) -> CaseState:
    """The case and its newest record, if it is open to the actor. Raises `NotFound`, `CaseDestroyed`. One statement, two with a lock."""
    if lock:
        locked = select(Case.head_no).where(Case.id == case_id, OPEN).with_for_update()
        if unit.session.execute(locked, asked(unit)).first() is None:
            raise NotFound
    row = unit.session.execute(
        select(Case, CaseRecord, closed_on())
        .join(
            CaseRecord,
            (CaseRecord.tenant_id == Case.tenant_id) & (CaseRecord.case_id == Case.id) & (CaseRecord.no == Case.head_no),
        )
        .where(Case.id == case_id, OPEN),
        asked(unit),
    ).first()
    if row is None:
        raise NotFound
    case, record, closed = row
    if case.destroyed_at is not None:
        raise CaseDestroyed
    return CaseState(
        case.id, case.reference, case.status, record.no, read_facts(unit.open_json(record.facts)), unit.open_json(record.verdict),
        case.nature_at_notification, case.notified_on, case.version, case.edition, record.fingerprint, case.restricted, closed,
    )  # fmt: skip


def note_change(unit: Unit, case_id: UUID) -> None:
    """Note that something besides the facts is put on record of a case: one that is closed is open again by it.

    Comes before what is written, so that the case's row is taken first, as whoever destroys it does. Raises `RecordsDestroyed`.
    """
    unit.session.execute(update(Case).where(Case.id == case_id).values(change_no=Case.change_no + 1))


def is_destroyed(unit: Unit, case_id: UUID) -> bool:
    """Whether there was such a case here whose records were destroyed. For what arrives late; it asks nobody's leave. One statement."""
    found = select(Case.id).where(Case.id == case_id, Case.destroyed_at.is_not(None))
    return unit.session.execute(found).first() is not None


def facts_at(unit: Unit, case_id: UUID, no: int) -> FactsJson:
    """The facts of an earlier record, as JSON."""
    sealed = unit.session.execute(select(CaseRecord.facts).where(CaseRecord.case_id == case_id, CaseRecord.no == no)).scalar()
    if sealed is None:
        raise NotFound
    return dict(unit.open_json(sealed))


def facts_seen(unit: Unit, state: CaseState, no: int | None) -> FactsJson:
    """The facts of a case as somebody saw them, in record `no` or now. Raises `ThreefoldError` for a record that is not there yet."""
    if no in (None, state.no):
        return write_facts(state.facts)
    if no is not None and no > state.no:
        raise ThreefoldError(f"The newest record of this case is number {state.no}. Read the case again.", field="seen_no")
    return facts_at(unit, state.id, int(no or 0))


def change(
    unit: Unit, governance: Governance, case_id: UUID, what: str, edit: Callable[[FactsJson], FactsJson],
    *, seen_no: int | None = None, keep: Mapping[str, str] | None = None,
) -> CaseState:  # fmt: skip
    """Change the facts of a case and record the verdict reached on them.

    `edit` gets the facts as the person saw them (record `seen_no`, else the newest) and returns them changed; it must
    not touch its argument. Where others changed *other* fields since, both changes stand. Where they changed the same
    field, `StaleSave` is raised with both values, unless `keep` says for that path "theirs" or "yours".
    """
    state = load(unit, case_id, lock=True)
    now = write_facts(state.facts)
    seen = facts_seen(unit, state, seen_no)
    wanted = edit(json.loads(json.dumps(seen)))
    merged = wanted if seen == now else _merged(seen, wanted, now, keep or {}, state.no)
    facts = read_facts(merged)
    return _record(unit, governance, state, what, facts)


def open_case(unit: Unit, governance: Governance, case_id: UUID, reference: str, facts: Facts, what: str) -> CaseState:
    """The first record of a new case."""
    verdict = decided_now(unit, governance, facts)
    case = Case(id=case_id, reference=reference, head_no=1, opened_at=unit.at, updated_at=unit.at,
                nature_at_notification=nature(facts) if facts.review.notified else None, **_summary(facts, verdict))  # fmt: skip
    unit.session.add(case)
    unit.session.flush()
    return _append(unit, case, what, facts, verdict_to_json(verdict), verdict.fingerprints)


def edited(state: CaseState, edit: Callable[[FactsJson], FactsJson]) -> Facts:
    """The facts as a change would leave them, with nothing recorded. Raises what `change` would raise."""
    return read_facts(edit(json.loads(json.dumps(write_facts(state.facts)))))


def today(unit: Unit) -> date:
    """The day of the act in Europe/London."""
    return unit.at.astimezone(LONDON).date()


def decided_now(unit: Unit, governance: Governance, facts: Facts) -> Verdict:
    """What the law and the arrangement say today of what is known."""
    return governance.decide(str(unit.scope.body_id), versions(unit), facts, today(unit))


def record_anew(unit: Unit, governance: Governance, state: CaseState, what: str) -> CaseState:
    """A record of the same facts, with what is said of them today."""
    return _record(unit, governance, state, what, state.facts)


def _record(unit: Unit, governance: Governance, state: CaseState, what: str, facts: Facts) -> CaseState:
    verdict = decided_now(unit, governance, facts)
    case = unit.session.get_one(Case, (unit.scope.body_id, state.id))
    case.head_no, case.updated_at = state.no + 1, unit.at
    for name, value in _summary(facts, verdict).items():
        setattr(case, name, value)
    if facts.review.notified and (case.nature_at_notification is None or not state.facts.review.notified):
        # Frozen at each notification: a seriously harmed child who later dies still counts as serious harm in the national figures.
        case.nature_at_notification = nature(facts)
    unit.session.flush()
    shown = verdict_to_json(verdict)
    shown["found"] = kept(facts, shown, state.facts, state.verdict, today(unit))
    return _append(unit, case, what, facts, shown, verdict.fingerprints)


def _append(unit: Unit, case: Case, what: str, facts: Facts, shown: dict[str, Any], fingerprints: Iterable[str]) -> CaseState:
    fingerprint = ",".join(fingerprints)
    unit.session.add(CaseRecord(
        case_id=case.id, no=case.head_no, at=unit.at, by=unit.actor.person_id, by_seat=",".join(sorted(unit.actor.seats)), what=what,
        facts=unit.seal_json(write_facts(facts)), verdict=unit.seal_json(shown), fingerprint=fingerprint,
    ))  # fmt: skip
    unit.session.flush()
    return CaseState(case.id, case.reference, case.status, case.head_no, facts, shown, case.nature_at_notification, case.notified_on,
                     case.version, case.edition, fingerprint, case.restricted)  # fmt: skip


def nature(facts: Facts) -> str:
    """What a notification is about: a death if any child died, else serious harm, else other."""
    if any(c.died.value == "yes" for c in facts.incident.children):
        return "death"
    return "serious_harm" if any(c.seriously_harmed.value == "yes" for c in facts.incident.children) else "other"


def _summary(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    """What the case's row shows: status, and the earliest thing still to be done."""
    # Once what the law asks for is done, a local step towards it that nobody ticked off is not waited for.
    reached = {step.serves for line in verdict.of("steps") if (step := step_of(line)).statutory and step.done_on is not None}
    ended = not_waited_for(facts)
    waiting = [
        (london_day(step.due_on) if isinstance(step.due_on, datetime) else step.due_on, not step.statutory, step)
        for line in verdict.of("steps")
        if (step := step_of(line)).due_on is not None
        and step.done_on is None
        and not step.optional
        and step.applies == "yes"
        and (step.statutory or step.serves not in reached)
        and step.serves not in ended
    ]
    nearest = min(waiting, key=lambda w: (w[0], w[1], w[2].key), default=None)
    first = verdict.pins[0] if verdict.pins else None
    return {
        "status": status_of(facts),
        "notified_on": facts.review.on("notification_sent"),
        "next_due_on": nearest[0] if nearest else None,
        "next_step": nearest[2].title if nearest else "",
        "next_who": nearest[2].who if nearest else "",
        "next_statutory": nearest[2].statutory if nearest else False,
        "version": (first.version or "unknown") if first else "unknown",
        "edition": first.edition if first else "",
    }


def status_of(facts: Facts) -> str:
    """Where a case stands, from its events alone. That no local review follows either is told after that nobody notifies."""
    review = facts.review
    for event, status in (
        ("published", "published"), ("notification_withdrawn", "withdrawn"), ("criteria_not_met", "criteria_not_met"),
        ("local_review_decided", "local_review"), ("local_review_declined", "no_local_review"),
        ("rapid_review_sent", "rapid_review_sent"), ("notification_sent", "notified"),
    ):  # fmt: skip
        if review.event(event):
            return "not_notified" if event == "local_review_declined" and decided_not_to_notify(facts) else status
    decided = review.event("notification_decided")
    if decided:
        return "not_notified" if decided.how == "no" else "deciding"
    if review.event("referral_accepted"):
        return "referral"
    return "deciding" if facts.incident.children else "recording"


def _merged(seen: FactsJson, wanted: FactsJson, now: FactsJson, keep: Mapping[str, str], head_no: int) -> FactsJson:
    before, mine, theirs = _flat(seen), _flat(wanted), _flat(now)
    my_changes = {p for p in before.keys() | mine.keys() if before.get(p) != mine.get(p)}
    their_changes = {p for p in before.keys() | theirs.keys() if before.get(p) != theirs.get(p)}
    clashes = tuple(
        Clash(p, theirs.get(p), mine.get(p))
        for p in sorted(my_changes & their_changes)
        if not _agree(theirs.get(p), mine.get(p)) and chosen(keep, p, theirs.get(p)) is None
    )
    if clashes:
        raise StaleSave(clashes, head_no)
    result = dict(theirs)
    for path in my_changes:
        if path in their_changes and (
            chosen(keep, path, theirs.get(path)) == "theirs" or _agree(theirs.get(path), mine.get(path))
        ):
            continue
        if path in mine:
            result[path] = mine[path]
        else:
            result.pop(path, None)
    of_children = {path.partition("].")[0] for path in result if path.startswith("incident.children[")}
    if any(f"{child}].key" not in result for child in of_children):  # the one took it off, and the other told something of it
        raise SaidMeanwhile("took a child off that you tell of, or told something of one that you take off,")
    return _unflat(result)


def _agree(theirs: Any, yours: Any) -> bool:
    """Whether two people said the same: the same value, known since the same day. Who said it first stays on record."""

    def said(fact: Any) -> Any:
        if isinstance(fact, dict) and "factor" in fact:
            return fact.get("view"), fact.get("reason")
        return (fact.get("value"), fact.get("known_on")) if isinstance(fact, dict) and "value" in fact else (fact, None)

    return bool(said(theirs) == said(yours))


def _flat(facts: FactsJson) -> dict[str, Any]:
    """One entry a fact: `incident.children[child-1].died`, `review.events[notification_sent|2026-04-08]`, ... Of several entries of one
    name and one time each has its own, and they stay in their order: which came last is what counts."""
    flat: dict[str, Any] = {}
    for part in ("incident", "review"):
        for name, value in facts.get(part, {}).items():
            if name == "children":
                for child in value:
                    for fact, told in child.items():
                        flat[f"incident.children[{child['key']}].{fact}"] = told
            elif name == "local":
                flat |= {f"incident.local.{k}": v for k, v in value.items()}
            elif name in _LISTED:
                of_each = Counter[str]()
                for told in value:
                    path = f"review.{name}[{'|'.join(str(told.get(k, '')) for k in _LISTED[name])}]"
                    of_each[path] += 1
                    flat[path if of_each[path] == 1 else f"{path}#{of_each[path]}"] = told
            elif name == "signed_by":
                flat |= {f"review.signed_by[{seat}]": seat for seat in value}
            else:
                flat[f"{part}.{name}"] = value
    return flat


_LISTED = {"events": ("name", "at"), "considered": ("factor",), "views": ("question", "seat")}


def _unflat(flat: Mapping[str, Any]) -> FactsJson:
    incident: dict[str, Any] = {}
    review: dict[str, Any] = {}
    children: dict[str, dict[str, Any]] = {}
    for path, value in flat.items():
        if path.startswith("incident.children["):
            key, fact = path.removeprefix("incident.children[").split("].", 1)
            children.setdefault(key, {})[fact] = value
        elif path.startswith("incident.local."):
            incident.setdefault("local", {})[path.removeprefix("incident.local.")] = value
        elif path.startswith("review.") and "[" in path:
            review.setdefault(path.removeprefix("review.").split("[", 1)[0], []).append(value)
        else:
            part, name = path.split(".", 1)
            (incident if part == "incident" else review)[name] = value
    if children:
        incident["children"] = list(children.values())
    return {"format": 1, "incident": incident, "review": review}
