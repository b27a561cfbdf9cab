"""What people do in a rapid review: ask agencies, act for safety, consider, sign, decide, send; and what comes after."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.verdict import effect
from threefold.plugin_api.facts import FACTORS
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import CaseState, FactsJson, NotFound, change, first_time, load, today
from threefold.work.incidents.stories import NotAllowed, ReasonNeeded, record_decision, told, with_entry
from threefold.work.reviews.letters import decided_letter, report_letter, signature_letter
from threefold.work.reviews.tables import AgencyRequest, SafetyAction

LINK_DAYS = 21
ANSWERS = ("answered", "nothing_known", "closed_until", "passed_on")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its sender sees it; `link` (the secret part) only at the moment it is made."""

    id: UUID
    agency: str
    state: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    closed_until: date | None
    mail_state: str
    asked: dict[str, Any]
    answer: dict[str, Any]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that speaks against a move: what it does, and the ways that are open instead."""

    effect: str
    sentence: str
    paragraph: str
    offers: tuple[str, ...]
    key: str
    rule: str


def ask_agency(unit: Unit, case_id: UUID, agency: str, email: str, question: str, token: UUID) -> Asked:
    """Ask one agency by a link that expires. The link is shown once and mailed; only its hash is kept."""
    told(agency, "Say which agency is asked.", "agency")
    if "@" not in email:
        raise ThreefoldError("Give an e-mail address, such as name@example.org.", field="email")
    state = load(unit, case_id)
    before = first_time(unit, token, "ask_agency")
    if before is not None:
        return next(a for a in requests(unit, case_id) if a.agency == agency)
    secret = secrets.token_urlsafe(32)
    row = AgencyRequest(
        id=uuid4(), case_id=state.id, agency=agency, asked=unit.seal_json({"email": email, "question": question, "link": secret}),
        token_hash=token_hash(secret), asked_at=unit.at, expires_at=unit.at + timedelta(days=LINK_DAYS), state="asked", mail_state="waiting",
        answered_at=None, answer=None, closed_until=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.later("mail_request", row.id)
    unit.audit("agency asked", f"case:{case_id}", {"agency": agency, "request": str(row.id)})
    return _asked(unit, row, link=secret)


def token_hash(secret: str) -> bytes:
    """What is kept of a link: enough to know it again, not enough to make it."""
    return hashlib.sha256(secret.encode()).digest()


def request_by_link(unit: Unit, secret: str) -> Asked:
    """The request a link opens. Raises `NotFound` when there is none, or it is revoked; expired ones say so."""
    row = unit.session.scalars(select(AgencyRequest).where(AgencyRequest.token_hash == token_hash(secret))).first()
    if row is None or row.state == "revoked":
        raise NotFound
    if row.expires_at < unit.at and row.state == "asked":
        raise ThreefoldError("This link has expired. Ask the partnership's business team for a new one.", field="link")
    unit.audit("request opened", f"request:{row.id}")
    return _asked(unit, row)


def answer_request(
    unit: Unit, secret: str, state: str, *, text: str = "", closed_until: date | None = None, colleague: str = "", by: str = ""
) -> Asked:
    """An agency's answer. It may be given again until the link expires; each answer is kept in the audit by its time."""
    if state not in ANSWERS:
        raise ThreefoldError("Choose one of the answers.", field="state")
    row = unit.session.scalars(
        select(AgencyRequest).where(AgencyRequest.token_hash == token_hash(secret)).with_for_update()
    ).first()
    if row is None or row.state == "revoked":
        raise NotFound
    if row.expires_at < unit.at:
        raise ThreefoldError("This link has expired. Ask the partnership's business team for a new one.", field="link")
    if state == "answered":
        told(text, "Write what your agency knows, or choose that nothing is known.", "text")
    if state == "closed_until" and closed_until is None:
        raise ThreefoldError("Give the day on which your agency opens again.", field="closed_until")
    if state == "passed_on" and "@" not in colleague:
        raise ThreefoldError("Give your colleague's e-mail address.", field="colleague")
    if state == "passed_on":
        _pass_on(unit, row, colleague)
    row.state, row.answered_at, row.closed_until = state, unit.at, closed_until
    row.answer = unit.seal_json({"text": text, "by": by, "colleague": colleague})
    unit.audit("request answered", f"request:{row.id}", {"state": state})
    unit.session.flush()
    return _asked(unit, row)


def _pass_on(unit: Unit, row: AgencyRequest, colleague: str) -> None:
    """A new link for the colleague, to the same question; the old one stays readable and can no longer answer for them."""
    asked = dict(unit.open_json(row.asked))
    secret = secrets.token_urlsafe(32)
    passed = AgencyRequest(
        id=uuid4(), case_id=row.case_id, agency=row.agency, asked=unit.seal_json({**asked, "email": colleague, "link": secret}),
        token_hash=token_hash(secret), asked_at=unit.at, expires_at=row.expires_at, state="asked", mail_state="waiting",
        answered_at=None, answer=None, closed_until=None,
    )  # fmt: skip
    unit.session.add(passed)
    unit.session.flush()
    unit.later("mail_request", passed.id)


def revoke_request(unit: Unit, case_id: UUID, request_id: UUID) -> None:
    """Close a link that should not have been sent."""
    row = unit.session.scalars(
        select(AgencyRequest).where(AgencyRequest.id == request_id, AgencyRequest.case_id == case_id)
    ).first()
    if row is None:
        raise NotFound
    row.state = "revoked"
    unit.audit("request revoked", f"request:{request_id}")


def requests(unit: Unit, case_id: UUID) -> list[Asked]:
    """The requests of a case, oldest first."""
    rows = unit.session.scalars(
        select(AgencyRequest).where(AgencyRequest.case_id == case_id).order_by(AgencyRequest.asked_at, AgencyRequest.id)
    )
    return [_asked(unit, row) for row in rows]


def _asked(unit: Unit, row: AgencyRequest, link: str = "") -> Asked:
    asked = dict(unit.open_json(row.asked))
    asked.pop("link", None)
    answer = dict(unit.open_json(row.answer)) if row.answer else {}
    return Asked(
        row.id,
        row.agency,
        row.state,
        row.asked_at,
        row.expires_at,
        row.answered_at,
        row.closed_until,
        row.mail_state,
        asked,
        answer,
        link,
    )


def add_safety_action(unit: Unit, case_id: UUID, action: str, done_on: date | None, token: UUID) -> None:
    """Record something done at once to make children safe."""
    told(action, "Say what is done to make children safe.", "action")
    load(unit, case_id)
    if first_time(unit, token, "add_safety_action") is not None:
        return
    unit.session.add(SafetyAction(
        id=uuid4(), case_id=case_id, action=unit.seal_json(action), added_at=unit.at, by=unit.actor.person_id, done_on=done_on))  # fmt: skip
    unit.audit("safety action added", f"case:{case_id}")


def safety_actions(unit: Unit, case_id: UUID) -> list[tuple[str, date | None, datetime]]:
    rows = unit.session.scalars(
        select(SafetyAction).where(SafetyAction.case_id == case_id).order_by(SafetyAction.added_at, SafetyAction.id)
    )
    return [(str(unit.open_json(row.action)), row.done_on, row.added_at) for row in rows]


def consider(unit: Unit, governance: Governance, case_id: UUID, factor: str, view: str, reason: str) -> CaseState:
    """Record that a matter was considered: the view, why, by whom. It is a matter to consider, never a test to pass."""
    if view not in ("applies", "does_not_apply", "unclear"):
        raise ThreefoldError("Choose whether it applies, does not apply, or is unclear.", field="view")
    told(reason, "Say why; the reason goes with the review.", "reason")
    entry = {
        "factor": factor,
        "view": view,
        "reason": reason,
        "by": ",".join(sorted(unit.actor.seats)),
        "given_on": today(unit).isoformat(),
    }

    def edit(old: FactsJson) -> FactsJson:
        review = old.get("review", {})
        others = [c for c in review.get("considered", []) if c["factor"] != factor]
        return {**old, "review": {**review, "considered": [*others, entry]}}

    state = change(unit, governance, case_id, f"considered: {factor}", edit)
    unit.audit("factor considered", f"case:{case_id}", {"factor": factor})
    return state


def sign(unit: Unit, governance: Governance, case_id: UUID, seat: str, national: UUID | None) -> CaseState:
    """A seat signs the rapid review. After sending, the signature is appended and the national body told."""
    if seat not in unit.actor.seats:
        raise ThreefoldError("Only the person who holds a seat can sign for it.", field="seat")
    state = load(unit, case_id)
    if seat in state.facts.review.signed_by:
        return state

    def edit(old: FactsJson) -> FactsJson:
        review = old.get("review", {})
        return {**old, "review": {**review, "signed_by": [*review.get("signed_by", []), seat]}}

    state = change(unit, governance, case_id, f"signed: {seat}", edit)
    unit.audit("rapid review signed", f"case:{case_id}", {"seat": seat})
    if state.facts.review.event("rapid_review_sent") and national is not None:
        unit.send(signature_letter(state, seat, today(unit)), national)
    return state


def speaks_against_sending(unit: Unit, governance: Governance, state: CaseState) -> list[Against]:
    """What speaks against sending this rapid review now, refusals first."""
    lines, _ = governance.objections(versions(unit), state.facts, today(unit), "send_rapid_review")
    order = {"refused": 0, "needs_reason": 1, "warned": 2, "noted": 3}
    found = [
        Against(
            effect(ln),
            ln.finding.sentence,
            ln.finding.source.ref,
            tuple(getattr(ln.finding, "offers", ())),
            ln.finding.key,
            ln.rule.use,
        )
        for ln in lines
    ]
    return sorted(found, key=lambda a: (order[a.effect], a.key))


def send_rapid_review(
    unit: Unit, governance: Governance, case_id: UUID, national: UUID, summary: str, reason: str, token: UUID
) -> CaseState:
    """Send the rapid review to the national body. What is missing goes with it, with the reason.

    Raises `NotAllowed` (with the paragraph and the ways that are open) without a notification; `ReasonNeeded` when a
    signature is missing and no reason is given.
    """
    told(summary, "Write the rapid review's summary.", "summary")
    if first_time(unit, token, "send_rapid_review") is not None:
        return load(unit, case_id)
    state = load(unit, case_id, lock=True)
    if state.facts.review.event("rapid_review_sent"):
        sent = state.facts.review.on("rapid_review_sent")
        raise ThreefoldError(
            f"This rapid review was sent on {sent:%-d %B %Y}. Nothing was sent again.", field="rapid_review_sent"
        )
    against = speaks_against_sending(unit, governance, state)
    refused = [a for a in against if a.effect == "refused"]
    if refused:
        open_ways = tuple(dict.fromkeys(o for a in against for o in a.offers))
        raise WaysOpen(refused[0].sentence, refused[0].paragraph, open_ways)
    missing = [a for a in against if a.effect == "needs_reason"]
    if missing and not reason.strip():
        raise ReasonNeeded(
            " ".join(a.sentence for a in missing) + " Say why it is sent all the same.",
            field="reason",
            paragraph=missing[0].paragraph,
        )
    event = {"name": "rapid_review_sent", "at": unit.at.isoformat(), "how": "letter", "given_on": today(unit).isoformat()}
    if missing:
        event["how"] = f"letter; {' '.join(a.sentence for a in missing)}"[:500]
    state = change(unit, governance, case_id, "rapid review sent", lambda old: with_entry(old, "events", event))
    unsigned = [s for s in signing_seats(state.verdict) if s not in state.facts.review.signed_by]
    unit.send(report_letter(state, summary, unsigned, reason, len(safety_actions(unit, case_id)), unit.at), national)
    record_decision(
        unit,
        state,
        "send_rapid_review",
        "sent",
        reason or "Everything asked for was there.",
        {"not_signed_by": unsigned, "summary": summary},
    )
    return state


class WaysOpen(NotAllowed):
    """An act the law does not allow, with the ways that are open instead."""

    def __init__(self, sentence: str, paragraph: str, offers: tuple[str, ...]) -> None:
        super().__init__(sentence, field="send_rapid_review", paragraph=paragraph)
        self.offers = offers


def signing_seats(verdict: Mapping[str, Any]) -> list[str]:
    """The seats whose signature the arrangement seeks on a rapid review, from the stored verdict."""
    way = next((d for d in verdict["decisions"] if d["key"] == "sign_rapid_review"), None)
    return list(way["signs"]) if way else []


def decide_local_review(
    unit: Unit, governance: Governance, case_id: UUID, outcome: str, reason: str, national: UUID | None, token: UUID
) -> CaseState:
    """The partners' decision on a local child safeguarding practice review. It may be made again; each is kept."""
    if outcome not in ("yes", "no"):
        raise ThreefoldError("Say whether a local review follows: yes or no.", field="outcome")
    told(reason, "Give the reasons; they go with the decision.", "reason")
    if first_time(unit, token, "decide_local_review") is not None:
        return load(unit, case_id)
    name = "local_review_decided" if outcome == "yes" else "local_review_declined"
    event = {"name": name, "at": today(unit).isoformat(), "given_on": today(unit).isoformat()}

    def edit(old: FactsJson) -> FactsJson:
        review = old.get("review", {})
        kept = [e for e in review.get("events", []) if e["name"] not in ("local_review_decided", "local_review_declined")]
        return {**old, "review": {**review, "events": [*kept, event]}}

    state = change(unit, governance, case_id, f"decided: local review {outcome}", edit)
    record_decision(unit, state, "local_review", outcome, reason)
    if state.facts.review.event("rapid_review_sent") and national is not None:
        unit.send(decided_letter(state, outcome, reason, today(unit)), national)
    return state


def choose_local_type(unit: Unit, governance: Governance, case_id: UUID, local_type: str, reason: str) -> CaseState:
    """Choose one of the area's own kinds of review, which is not sent to the national body."""
    told(reason, "Say why this kind of review is chosen.", "reason")

    def edit(old: FactsJson) -> FactsJson:
        return {**old, "review": {**old.get("review", {}), "local_type": local_type}}

    state = change(unit, governance, case_id, f"local review type: {local_type}", edit)
    record_decision(unit, state, "local_type", local_type, reason)
    return state


def in_force(unit: Unit, day: date) -> Arrangement | None:
    """The version in force on a day, if its beginning is known."""
    dated = [v for v in versions(unit) if v.begins is not None and v.begins <= day]
    return dated[-1] if dated else None


FACTOR_TITLES: dict[str, str] = {
    "improvements_needed": "The case highlights, or may highlight, improvements needed, including ones identified before",
    "recurrent_themes": "The case highlights, or may highlight, recurrent themes",
    "working_together": "There are concerns about how organisations or agencies work together",
    "panel_suggests_local": "The Panel has considered the case and concluded that a local review may be more appropriate",
}
assert set(FACTOR_TITLES) == set(FACTORS)


def request_mail(unit: Unit, request_id: UUID, address: str) -> tuple[str, str, str] | None:
    """(to, subject, text) of a request's e-mail, with its link; None when it was sent or revoked."""
    row = unit.session.get(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=True)
    if row is None or row.mail_state == "sent" or row.state == "revoked":
        return None
    asked = dict(unit.open_json(row.asked))
    text = (
        "A safeguarding partnership asks your agency for information.\n\nOpen this link to see what is asked and to answer. "
        f"It works until {row.expires_at:%-d %B %Y} and needs no account:\n{address}/{asked['link']}\n\n"
        "If this is not for you, open the link and pass it to a colleague. This e-mail holds no details.\n"
    )
    return asked["email"], "Threefold: your agency is asked for information", text


def request_mail_came_to(unit: Unit, request_id: UUID, error: str) -> None:
    """Note whether the e-mail went out; once it did, the link is kept only as its hash."""
    row = unit.session.get_one(AgencyRequest, (unit.scope.body_id, request_id), with_for_update=True)
    row.mail_state = f"failed: {error[:200]}" if error else "sent"
    if not error:
        asked = dict(unit.open_json(row.asked))
        asked.pop("link", None)
        row.asked = unit.seal_json(asked)
