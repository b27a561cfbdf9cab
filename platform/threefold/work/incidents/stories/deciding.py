"""Deciding: the views of seats, whether to notify, and what speaks against a move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.verdict import effect
from threefold.plugin_api.facts import Facts, write_facts
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import CaseState, FactsJson, NotFound, change, facts_at, first_time, load, today
from threefold.work.incidents.tables import Decision
from threefold.work.people.access import BUSINESS_MANAGER, CASE_ROLES, DEPUTY, PARTNER_LEAD, needs

ACTING = frozenset({BUSINESS_MANAGER, PARTNER_LEAD, DEPUTY})
# A notification waits for nobody, and a date tells of what happened: whatever speaks against these is noted and stops nothing.
NEVER_STOPPED = frozenset({"notify", "start_rapid_review", "publish"})
# Acts that are no decision: what was noted beside one is kept as if it were.
NOTED_ACTS = frozenset({"notification_sent", "rapid_review_started", "published"})


class NotAllowed(ThreefoldError):
    """The law does not allow this act; the paragraph says why."""


class ReasonNeeded(ThreefoldError):
    """The act departs from guidance and needs a recorded reason."""


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that speaks against a move: what it does, and the ways that are open instead."""

    effect: str
    sentence: str
    paragraph: str
    offers: tuple[str, ...]
    key: str

    @property
    def stops_nothing(self) -> bool:
        """Whether it is only noted: neither refused nor asked a reason for."""
        return self.effect in ("warned", "noted")


@needs("give the view of a seat", CASE_ROLES)
def give_view(
    unit: Unit, governance: Governance, case_id: UUID, question: str, seat: str, view: str, reason: str = "",
    *, seen_no: int | None = None,
) -> CaseState:  # fmt: skip
    """A seat's view of a question. A later view of the same seat replaces it; the record keeps both.

    Raises `SaidMeanwhile` when somebody gave the view of this seat after the record that the person saw (`seen_no`).
    """
    if seat not in unit.actor.seats:
        raise ThreefoldError("Only the person who holds a seat can give its view.", field="seat")
    if seen_no is not None:
        now = load(unit, case_id, lock=True)
        seen = facts_at(unit, case_id, seen_no) if seen_no != now.no else write_facts(now.facts)
        if _view_of(seen, question, seat) != _view_of(write_facts(now.facts), question, seat):
            raise SaidMeanwhile("gave a view for this seat")
    entry = {"question": question, "seat": seat, "view": view, "reason": reason, "given_on": today(unit).isoformat()}

    def edit(old: FactsJson) -> FactsJson:
        others = [v for v in old.get("review", {}).get("views", []) if (v["question"], v["seat"]) != (question, seat)]
        return {**old, "review": {**old.get("review", {}), "views": [*others, entry]}}

    state = change(unit, governance, case_id, f"view given: {question}", edit)
    unit.audit("view given", f"case:{case_id}", {"question": question, "seat": seat})
    return state


@needs("decide whether to notify", ACTING)
def decide_notify(unit: Unit, governance: Governance, case_id: UUID, outcome: str, reason: str, token: UUID,
                  *, seen_no: int | None = None) -> CaseState:  # fmt: skip
    """Decide whether to notify. Views and dissent are kept beside the decision and block nothing. Once the incident was notified there is
    nothing to decide, until the notification is taken back.

    Raises `NotAllowed` when the law forbids the outcome, `ReasonNeeded` when it wants a reason, and what `refuse_unseen` does.
    """
    if outcome not in ("yes", "no"):
        raise ThreefoldError("Say whether the incident is to be notified: yes or no.", field="outcome")
    before = first_time(unit, token, "decide_notify", case_id)
    if before is not None:
        return load(unit, case_id)
    refuse_unseen(unit, case_id, "notify", seen_no)
    facts = load(unit, case_id, lock=True).facts
    if facts.review.notified:
        raise ThreefoldError(
            f"The incident was notified on {facts.review.notified_on:%-d %B %Y}. "
            "Withdraw the notification, or record that the criteria were not met.",
            field="outcome",
        )
    against: tuple[str, ...] = ()
    if outcome == "no":
        # What the law forbids needs no reason: it is said before one is asked for.
        against = refuse_or_ask(unit, governance, facts, "decide_not_to_notify", reason)
        told(reason, "Say why the incident is not notified; it can be considered again on new information.")
    event = {"name": "notification_decided", "at": today(unit).isoformat(), "how": outcome, "given_on": today(unit).isoformat()}
    state = change(unit, governance, case_id, f"decided: notify {outcome}", lambda old: _with_only(old, event))
    return record_decision(unit, state, "notify", outcome, reason, against=against)


def refuse_unseen(unit: Unit, case_id: UUID, question: str, seen_no: int | None, what: str = "decided on this") -> None:
    """Raise `SaidMeanwhile` where a decision on a question is newer than the record that the person saw, `NotFound` where the case has no
    such record. The case is locked by it. `what`: what somebody did then."""
    if seen_no is None:
        return
    if load(unit, case_id, lock=True).no < seen_no:
        raise NotFound
    newer = select(Decision.id).where(Decision.case_id == case_id, Decision.question == question, Decision.record_no > seen_no)
    if unit.session.execute(newer.limit(1)).first() is not None:
        raise SaidMeanwhile(what)


def speaks_against(unit: Unit, governance: Governance, facts: Facts, move: str) -> tuple[list[Against], int]:
    """What speaks against a move now, refusals first, and how many local rules could not be worked out. One statement.

    Force decides what each does: an Act or regulations refuse, statutory guidance asks for a reason, the rest is noted with the record.
    """
    lines, failures = governance.objections(versions(unit), facts, today(unit), move)
    order = {"refused": 0, "needs_reason": 1, "warned": 2, "noted": 3}
    found = [
        Against("noted" if move in NEVER_STOPPED else effect(ln), ln.finding.sentence, ln.finding.source.ref,
                tuple(getattr(ln.finding, "offers", ())), ln.finding.key)
        for ln in lines
    ]  # fmt: skip
    return sorted(found, key=lambda a: (order[a.effect], a.key)), len(failures)


def refuse_or_ask(unit: Unit, governance: Governance, facts: Facts, move: str, reason: str) -> tuple[str, ...]:
    """Hold a move against what speaks against it. Returns what is only noted, to be kept with the record of the act (see `noted`)."""
    found, _ = speaks_against(unit, governance, facts, move)
    for one in found:
        if one.effect == "refused":
            raise NotAllowed(one.sentence, field=move, paragraph=one.paragraph)
        if one.effect == "needs_reason" and not reason.strip():
            raise ReasonNeeded(one.sentence, field="reason", paragraph=one.paragraph)
    return noted(found)


def noted(found: Iterable[Against]) -> tuple[str, ...]:
    """Of what speaks against a move, what stops nothing, in the words that are kept with the record of the act."""
    return tuple(f"{one.sentence} ({one.paragraph})" for one in found if one.stops_nothing)


def record_decision(
    unit: Unit, state: CaseState, question: str, outcome: str, reason: str, more: Mapping[str, Any] | None = None,
    *, against: Sequence[str] = (),
) -> CaseState:  # fmt: skip
    """Keep a decision with its reasons, with every view and dissent as it stood, and with what was noted against it (`noted`)."""
    views = [v for v in write_facts(state.facts).get("review", {}).get("views", []) if v["question"] == question]
    dissent = [v["seat"] for v in views if v["view"] not in (outcome, "unclear")]
    beside = {**(more or {}), **({"against": list(against)} if against else {})}
    unit.session.add(Decision(
        id=uuid4(), case_id=state.id, question=question, outcome=outcome, at=unit.at, by=unit.actor.person_id,
        by_seat=",".join(sorted(unit.actor.seats)), record_no=state.no,
        reasons=unit.seal_json({"reason": reason, "views": views, "dissent": dissent, **beside}),
    ))  # fmt: skip
    unit.audit(
        f"{'noted beside' if question in NOTED_ACTS else 'decided'}: {question}",
        f"case:{state.id}",
        {"outcome": outcome, "record": state.no},
    )
    return replace(state, against=tuple(against))


def keep_noted(unit: Unit, state: CaseState, act: str, against: Sequence[str]) -> CaseState:
    """Keep what was noted against an act that is no decision (`NOTED_ACTS`); where nothing was, there is nothing to keep."""
    return record_decision(unit, state, act, "yes", "", against=against) if against else state


def told(text: str, otherwise: str, field: str = "reason") -> None:
    """Raise `ReasonNeeded` when a text that must be given is empty."""
    if not text.strip():
        raise ReasonNeeded(otherwise, field=field)


def _view_of(facts: FactsJson, question: str, seat: str) -> Any:
    views = facts.get("review", {}).get("views", [])
    return next((v for v in views if (v["question"], v["seat"]) == (question, seat)), None)


def _with_only(old: FactsJson, event: Mapping[str, Any]) -> FactsJson:
    """The facts with this event in place of an earlier one of its name: a decision reconsidered."""
    review = old.get("review", {})
    others = [e for e in review.get("events", []) if e["name"] != event["name"]]
    return {**old, "review": {**review, "events": [*others, dict(event)]}}
