"""What people do in a rapid review: ask agencies, act for safety, consider, sign, decide, send; and what comes after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.plugin_api.facts import FACTORS, read_facts
from threefold.walls.session import Unit
from threefold.work.incidents.considered import asked_matters
from threefold.work.incidents.records import CaseState, FactsJson, change, facts_at, first_time, load, note_change, today
from threefold.work.incidents.stories import (
    decisions,
    record_decision,
    refuse_or_ask,
    refuse_unseen,
    told,
)
from threefold.work.people.access import CASE_ROLES, REVIEWER, needs
from threefold.work.reviews.accounts import (
    ANSWERING,
    answer_own,
    ask_person,
    own_request,
    own_requests,
    people_to_ask,
    still_waits,
    who_may_answer,
)
from threefold.work.reviews.answers import Given, answer_request
from threefold.work.reviews.letters import decided_letter, signature_letter
from threefold.work.reviews.mails import request_mail, request_mail_came_to
from threefold.work.reviews.publishing import DELAY, PUBLICATION, settle_delay, settle_publication
from threefold.work.reviews.replied import note_read, panel_replies, record_reply, unread_replies
from threefold.work.reviews.requests import (
    ACTING,
    Asked,
    LinkEnded,
    ask_agency,
    look_again,
    look_at_link,
    new_code,
    open_link,
    request_opened,
    requests,
    revoke_request,
)
from threefold.work.reviews.sending import (
    WaysOpen,
    send_rapid_review,
    signing_seats,
)
from threefold.work.reviews.signed import SIGNED, ChangedSinceRead, changed_between, changed_since, local_review
from threefold.work.reviews.tables import SafetyAction

_KEY = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,99}$")


@needs("record safety actions", ACTING)
def add_safety_action(unit: Unit, case_id: UUID, action: str, done_on: date | None, token: UUID) -> None:
    """Record something done at once to make children safe."""
    told(action, "Say what is done to make children safe.", "action")
    if done_on is not None and done_on > today(unit):
        raise ThreefoldError("The day it was done lies in the future. Leave it empty if it is not done yet.", field="done_on")
    load(unit, case_id)
    if first_time(unit, token, "add_safety_action", case_id) is not None:
        return
    note_change(unit, case_id)
    unit.session.add(SafetyAction(
        id=uuid4(), case_id=case_id, action=unit.seal_json(action), added_at=unit.at, by=unit.actor.person_id, done_on=done_on))  # fmt: skip
    unit.audit("safety action added", f"case:{case_id}")


def safety_actions(unit: Unit, case_id: UUID) -> list[tuple[str, date | None, datetime]]:
    """(what, the day it was done if it was, when it was put on record) of each immediate safety action, oldest first."""
    rows = unit.session.scalars(
        select(SafetyAction).where(SafetyAction.case_id == case_id).order_by(SafetyAction.added_at, SafetyAction.id)
    )
    return [(str(unit.open_json(row.action)), row.done_on, row.added_at) for row in rows]


@needs("consider the factors of a review", ACTING | {REVIEWER})
def consider(unit: Unit, governance: Governance, case_id: UUID, factor: str, view: str, reason: str,
             *, seen_no: int | None = None, keep: Mapping[str, str] | None = None) -> CaseState:  # fmt: skip
    """Record that a matter was considered: the view, why, by whom. It is a matter to consider, never a test to pass.

    `seen_no`, `keep`: see `records.change`. Said again as the person saw it, it stays as it was said first.
    """
    if view not in ("applies", "does_not_apply", "unclear"):
        raise ThreefoldError("Choose whether it applies, does not apply, or is unclear.", field="view")
    told(reason, "Say why; the reason goes with the review.", "reason")
    if not _KEY.match(factor):
        raise ThreefoldError("There is no such matter to consider. Choose one that the case lists.", field="factor")
    state = load(unit, case_id)
    if factor not in FACTORS and state.facts.review.considers(factor) is None and factor not in asked_matters(state.verdict):
        raise ThreefoldError("There is no such matter to consider in this case. Choose one that it lists.", field="factor")
    by = ", ".join(sorted(unit.actor.seats or unit.actor.roles))
    entry = {"factor": factor, "view": view, "reason": reason, "by": by, "given_on": today(unit).isoformat()}

    def edit(old: FactsJson) -> FactsJson:
        review = old.get("review", {})
        others = [c for c in review.get("considered", []) if c["factor"] != factor]
        before: Mapping[str, Any] = next((c for c in review.get("considered", []) if c["factor"] == factor), {})
        if seen_no is not None and (before.get("view"), before.get("reason")) == (view, reason):
            return old
        return {**old, "review": {**review, "considered": [*others, entry]}}

    state = change(unit, governance, case_id, f"considered: {factor}", edit, seen_no=seen_no, keep=keep)
    unit.audit("factor considered", f"case:{case_id}")
    return state


@needs("sign a rapid review", CASE_ROLES)
def sign(
    unit: Unit, governance: Governance, case_id: UUID, seat: str, national: UUID | None, *, seen_no: int | None = None
) -> CaseState:
    """A seat signs the rapid review. After sending, the signature is appended and the national body told.

    `seen_no`: the record of the case that was read before signing; where what is signed was changed since, nothing is signed.
    """
    if seat not in unit.actor.seats:
        raise ThreefoldError("Only the person who holds a seat can sign for it.", field="seat")
    state = load(unit, case_id, lock=True)
    if seat in state.facts.review.signed_by:
        return state
    if seen_no is not None:
        before = read_facts(facts_at(unit, case_id, seen_no))
        if changed_between(before, seen_no, state, decisions(unit, case_id)):
            raise ChangedSinceRead

    def edit(old: FactsJson) -> FactsJson:
        review = old.get("review", {})
        return {**old, "review": {**review, "signed_by": [*review.get("signed_by", []), seat]}}

    state = change(unit, governance, case_id, f"{SIGNED}{seat}", edit)
    unit.audit("rapid review signed", f"case:{case_id}", {"seat": seat})
    if state.facts.review.event("rapid_review_sent") and national is not None:
        unit.send(signature_letter(state, seat, today(unit)), national)
    return state


NATIONAL = "national issues considered"  # what such a record is called


@needs("consider the factors of a review", ACTING | {REVIEWER})
def consider_national(
    unit: Unit, governance: Governance, case_id: UUID, national_issues: str, law_change_issue: str,
    *, seen_no: int | None = None, keep: Mapping[str, str] | None = None,
) -> CaseState:  # fmt: skip
    """Record whether partners think the case is complex or of national importance, and whether law or guidance should change.

    `seen_no`, `keep`: see `records.change`. What is answered as the person saw it stays as it was answered first.
    """
    given = {"given_on": today(unit).isoformat(), "given_by": ", ".join(sorted(unit.actor.seats or unit.actor.roles))}

    def edit(old: FactsJson) -> FactsJson:
        review = old.get("review", {})
        said = {"national_issues": national_issues, "law_change_issue": law_change_issue}
        if seen_no is not None:
            said = {name: value for name, value in said.items() if review.get(name, {}).get("value") != value}
        return {**old, "review": {**review, **{name: {"value": value, **given} for name, value in said.items()}}}

    state = change(unit, governance, case_id, NATIONAL, edit, seen_no=seen_no, keep=keep)
    unit.audit("national issues considered", f"case:{case_id}")
    return state


@needs("decide on a local review", ACTING)
def decide_local_review(
    unit: Unit, governance: Governance, case_id: UUID, outcome: str, reason: str, national: UUID | None, token: UUID,
    *, seen_no: int | None = None,
) -> CaseState:  # fmt: skip
    """The partners' decision on a local child safeguarding practice review. It may be made again; each is kept. See `refuse_unseen`."""
    if outcome not in ("yes", "no"):
        raise ThreefoldError("Say whether a local review follows: yes or no.", field="outcome")
    told(reason, "Give the reasons; they go with the decision.", "reason")
    if first_time(unit, token, "decide_local_review", case_id) is not None:
        return load(unit, case_id)
    refuse_unseen(unit, case_id, "local_review", seen_no)
    against = refuse_or_ask(unit, governance, load(unit, case_id, lock=True).facts, "decide_local_review", reason)
    name, other = "local_review_decided", "local_review_declined"
    if outcome == "no":
        name, other = other, name
    event = {"name": name, "at": today(unit).isoformat(), "given_on": today(unit).isoformat()}

    def edit(old: FactsJson) -> FactsJson:
        # The same outcome decided again stands beside the first, whose clock goes on; the opposite one ends it.
        review = old.get("review", {})
        kept = [e for e in review.get("events", []) if e["name"] != other and (e["name"], e["at"]) != (name, event["at"])]
        return {**old, "review": {**review, "events": [*kept, event]}}

    state = change(unit, governance, case_id, f"decided: local review {outcome}", edit)
    state = record_decision(unit, state, "local_review", outcome, reason, against=against)
    if state.facts.review.event("rapid_review_sent") and national is not None:
        unit.send(decided_letter(state, outcome, reason, today(unit)), national)
    return state


@needs("choose a kind of review", ACTING)
def choose_local_type(
    unit: Unit, governance: Governance, case_id: UUID, local_type: str, reason: str, token: UUID | None = None,
    *, seen_no: int | None = None,
) -> CaseState:  # fmt: skip
    """Choose one of the area's own kinds of review, which is not sent to the national body; "" for none of them. See `refuse_unseen`."""
    told(reason, "Say why this kind of review is chosen.", "reason")
    if token is not None and first_time(unit, token, "choose_local_type", case_id) is not None:
        return load(unit, case_id)
    refuse_unseen(unit, case_id, "local_type", seen_no)
    if local_type and local_type not in local_types(load(unit, case_id, lock=True).verdict):
        raise ThreefoldError("That kind of review is not open in this case. Choose one that is.", field="local_type")

    def edit(old: FactsJson) -> FactsJson:
        return {**old, "review": {**old.get("review", {}), "local_type": local_type}}

    state = change(unit, governance, case_id, f"local review type: {local_type or 'none'}", edit)
    record_decision(unit, state, "local_type", local_type or "none", reason)
    return state


def local_types(verdict: Mapping[str, Any]) -> dict[str, str]:
    """Key and title of the area's own kinds of review that are open, from the stored verdict."""
    return {
        line["key"]: line["title"] for line in verdict["outcomes"]
        if line["rule"]["layer"] == "local" and not line["national"] and line["is_open"] != "no"
    }  # fmt: skip


FACTOR_TITLES: dict[str, str] = {
    "improvements_needed": "The case highlights, or may highlight, improvements needed, including ones identified before",
    "recurrent_themes": "The case highlights, or may highlight, recurrent themes",
    "working_together": "There are concerns about how organisations or agencies work together",
    "panel_suggests_local": "The Panel has considered the case and concluded that a local review may be more appropriate",
}
assert set(FACTOR_TITLES) == set(FACTORS)

__all__: Sequence[str] = (
    "ACTING", "ANSWERING", "Asked", "DELAY", "FACTOR_TITLES", "Given", "LinkEnded", "NATIONAL", "PUBLICATION", "WaysOpen", "add_safety_action", "answer_own", "changed_since", "local_review", "answer_request", "ask_agency", "ask_person",
    "choose_local_type", "consider", "consider_national", "decide_local_review", "local_types", "note_read", "panel_replies", "record_reply", "look_again", "look_at_link", "new_code", "open_link", "request_opened",
    "own_request", "own_requests", "people_to_ask", "request_mail", "request_mail_came_to", "requests", "revoke_request", "safety_actions", "send_rapid_review", "settle_delay", "settle_publication", "sign",
    "signing_seats", "still_waits", "unread_replies", "who_may_answer",
)  # fmt: skip
