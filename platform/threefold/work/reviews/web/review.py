"""The rapid review of a case on one page: what is due, what came back, what was considered, who signed, what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.governance.pack import Arrangement
from threefold.plugin_api.facts import FACTORS
from threefold.walls.session import Unit
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.considered import Before, asked_matters, considered_before
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.waiting import not_waited_for
from threefold.work.incidents.web import words
from threefold.work.incidents.web.beside import Beside, beside, beside_case, of_decisions
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.deciding import seat_titles
from threefold.work.incidents.web.shown import dues
from threefold.work.incidents.web.under import followed
from threefold.work.people.web import Visit, page, render
from threefold.work.reviews import stories
from threefold.work.reviews.signed import CONSIDERED
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import ASK, CHOOSE, CONSIDER, DECIDE, GIVE_VIEW, REPLY, SAFETY, SEE, SEND, SIGN

QUESTION = "local_review"
ANSWERS: Mapping[str, str] = {
    "asked": "No answer yet", "answered": "Answered", "nothing_known": "Nothing known", "closed_until": "Closed until",
    "passed_on": "Passed to a colleague", "revoked": "Link closed",
}  # fmt: skip
COLOURS: Mapping[str, str] = {"asked": "yellow", "answered": "green", "nothing_known": "green", "closed_until": "blue",
                              "passed_on": "blue", "revoked": "grey"}  # fmt: skip
REPLIES: Mapping[str, str] = {
    "agree": "The Panel agrees",
    "disagree": "The Panel disagrees",
    "query": "The Panel has a question",
}
SIGNED_TOO: Mapping[str, str] = {
    "local_review": "Decision on a local review",
    "national_issues": "Complex, or of national importance",
    "law_change_issue": "A change in law or guidance",
}
TELL_IT = "The rapid review was sent already, and the national body is not on this platform: tell it of this yourself."
DONE = {
    "asked": "The agency is asked. The link is on its way by email.",
    "asked_person": "They are asked. An email that says so is on its way.",
    "revoked": "It is closed.",
    "safety": "The safety action is on record.",
    "considered": "What was considered is on record.",
    "viewed": "The view is on record.",
    "signed": "The signature is on record.",
    "decided": "The decision is on record.",
    "signed_told": "The signature is on record. The rapid review was sent already, and the national body is told of it.",
    "decided_told": "The decision is on record. The rapid review was sent already, and the national body is told of it.",
    "signed_outside": f"The signature is on record. {TELL_IT}",
    "decided_outside": f"The decision is on record. {TELL_IT}",
    "publication": "Whether the report is published is on record.",
    "proceedings_delay": "Whether other proceedings delay the report is on record.",
    "chosen": "The kind of review is on record.",
    "sent": "The rapid review was sent to the national body.",
    "replied": "What the Panel replied is on record.",
    "form_sent": "It is on record that the rapid review was sent.",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter the partners consider: never a test that is passed or failed. `view` is empty until they did; `before`: where they did in
    other words, or where it is not asked any more."""

    key: str
    title: str
    sentence: str
    source: str
    view: str
    reason: str
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A seat whose signature is sought, or that signed without being asked. `changed`: what of the review was changed since, in words."""

    seat: str
    title: str
    signed: bool
    sought: bool
    changed: Sequence[str] = ()


@beside_case
def review_link(unit: Unit, case_id: UUID) -> list[Beside]:
    return [Beside("Rapid review", path="review")]


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/review")
@page(needs=SEE)
def review(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("see a rapid review") as unit:
        state = incidents.see_case(unit, case_id)
        asked = stories.requests(unit, case_id)
        here = stories.who_may_answer(unit, case_id) if any(a.person_id for a in asked) else frozenset()
        safety = stories.safety_actions(unit, case_id)
        decided = incidents.decisions(unit, case_id)
        since = stories.changed_since(unit, state, decided)
        titles, names = seat_titles(unit), staff_names(unit)
        _, warnings = beside(unit, case_id)
        of_decided, versions = of_decisions(unit, state, decided), followed(unit, state)
    base = case_address(visit, case_id)
    facts = state.facts.review
    may = {act: visit.may(act) for act in (ASK, SAFETY, CONSIDER, GIVE_VIEW, SIGN, DECIDE, CHOOSE, SEND, REPLY)}
    acts = {
        "ASK": ASK,
        "SAFETY": SAFETY,
        "CONSIDER": CONSIDER,
        "GIVE_VIEW": GIVE_VIEW,
        "SIGN": SIGN,
        "DECIDE": DECIDE,
        "CHOOSE": CHOOSE,
        "SEND": SEND,
        "REPLY": REPLY,
    }
    return render(
        "reviews/review.html", title=f"Rapid review: case {state.reference}", back=base, base=f"{base}/review", case_base=base, state=state, here=here,
        due=dues(state.verdict, visit.at, facts=state.facts, closed=bool(state.closed_on), ended=not_waited_for(state.facts)), asked=asked, to_ask=to_ask(state, asked), safety=safety, matters=matters(state),
        views=[v for v in facts.views if v.question == QUESTION], signatures=signatures(state, titles, since), titles=titles, names=names, words=words,
        decided=[d for d in decided if d["question"] in (QUESTION, "local_type")], way=way(state, QUESTION), sign_way=way(state, "sign_rapid_review"),
        sent=next((d for d in decided if d["question"] == "send_rapid_review"), None) if facts.event("rapid_review_sent") else None, warnings=warnings, of_decided=of_decided, may=may, acts=acts,
        held=sorted(visit.actor.seats), types=stories.local_types(state.verdict), answers=ANSWERS, colours=COLOURS,
        replies=REPLIES, done=DONE, kinds=words.kinds_of_review(state.verdict), today=visit.today, versions=versions,
    )  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/review/replies")
@page(needs=SEE)
def replies(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("read the national body's replies") as unit:
        state = incidents.see_case(unit, case_id)
        found, names = stories.panel_replies(unit, case_id), staff_names(unit)
        stories.note_read(unit, case_id, found)
    base = f"{case_address(visit, case_id)}/review"
    return render("reviews/replies.html", title="What the national body replied", back=base, base=base, found=found, state=state, replies=REPLIES,
                  words=words, may_decide=visit.may(DECIDE), names=names)  # fmt: skip


def matters(state: CaseState) -> list[Matter]:
    """The matters to consider in this case, those of regulation 11 first; then what partners found of those that are not asked any more.

    A matter is what a criterion of judgement reads from the partners' own record of having considered it.
    """
    before = {one.said.factor: one for one in considered_before(state.facts, state.verdict)}
    asked = [_matter(state, key, line, before.get(key)) for key, line in asked_matters(state.verdict).items()]
    gone = [
        Matter(k, one.title, one.sentence, one.source, one.said.view, one.said.reason, one)
        for k, one in before.items()
        if not one.now
    ]
    return [*sorted(asked, key=lambda m: FACTORS.index(m.key) if m.key in FACTORS else len(FACTORS)), *gone]


def _matter(state: CaseState, key: str, line: Mapping[str, Any], before: Before | None) -> Matter:
    said = state.facts.review.considers(key)
    view, reason = (said.view, said.reason) if said else ("", "")
    return Matter(key, line["title"], line["sentence"], line["source"]["ref"], view, reason, before)


def to_ask(state: CaseState, asked: list[stories.Asked]) -> list[dict[str, Any]]:
    """The agencies the law or the arrangement says to ask, that nobody has asked yet."""
    known = {a.agency.casefold() for a in asked if a.state != "revoked"}
    return [line for line in state.verdict["agencies"] if line["agency"].casefold() not in known]


def unsigned_partners(state: CaseState, known: Sequence[Arrangement]) -> list[str]:
    """The partners of whom nobody signed, where the arrangement names no seats that sign: the guidance asks all of them to."""
    version = next((v for v in known if v.version == state.version), None)
    if version is None or stories.signing_seats(state.verdict):
        return []
    signed = {seat.organisation for seat in version.seats if seat.key in state.facts.review.signed_by}
    return [o.name for o in version.organisations if o.partner and o.key not in signed]


def signatures(
    state: CaseState, titles: Mapping[str, str], since: Mapping[str, Sequence[str]] | None = None
) -> list[Signature]:
    """Who is to sign and has or has not, then who signed without being asked. `since`: what was changed after each signed."""
    signed = state.facts.review.signed_by
    sought = stories.signing_seats(state.verdict)
    others = [seat for seat in signed if seat not in sought]
    called = {**{f"{CONSIDERED}{m.key}": m.title for m in matters(state)}, **SIGNED_TOO}
    changed = {
        seat: [called.get(k, words.named(k.removeprefix(CONSIDERED))) for k in keys] for seat, keys in (since or {}).items()
    }
    return [Signature(s, title_of(s, titles), s in signed, s in sought, changed.get(s, ())) for s in (*sought, *others)]


def title_of(seat: str, titles: Mapping[str, str]) -> str:
    """A seat as words: by the title the arrangement gives it, else by its key."""
    found = titles.get(seat) or words.named(seat)
    return found[:1].upper() + found[1:]


def way(state: CaseState, question: str) -> dict[str, Any] | None:
    """Who decides a question and how, from the stored verdict."""
    return next((line for line in state.verdict["decisions"] if line["key"] == question), None)
