"""Signing, deciding on a local review, and sending the rapid review: what is missing goes with it, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import fields

from threefold.work.arrangements.stories import Called, versions
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState, first_time
from threefold.work.incidents.web import against, words
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.deciding import asks_for_seat, newer_than, seat_titles
from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.incidents.web.under import followed
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render, services
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import DECIDE, SEND, SIGN
from threefold.work.reviews.web.review import (
    QUESTION,
    SIGNED_TOO,
    matters,
    signatures,
    title_of,
    to_ask,
    unsigned_partners,
    way,
)


class Decide(Form):
    outcome = choice("Will a local child safeguarding practice review follow?", {"yes": "Yes", "no": "No"},
                     missing="Select whether a local review follows")  # fmt: skip
    reason = long_text(
        "Reasons", missing="Enter the reasons; they go with the decision", hint="The national body reads them. Name nobody."
    )


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/sign", methods=["GET", "POST"])
@page(needs=SIGN, fresh=True)
def sign(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("sign a rapid review") as unit:
        state = incidents.see_case(unit, case_id)
        titles, decided = seat_titles(unit), incidents.decisions(unit, case_id)
        since, versions = stories.changed_since(unit, state, decided), followed(unit, state)
    open_seats = {seat: title_of(seat, titles) for seat in _may_sign(visit, state)}
    form, base = fill(_sign_form(open_seats), seen_no=state.no), f"{case_address(visit, case_id)}/review"
    sent_on, national = state.facts.review.on("rapid_review_sent"), national_body_if_here(visit)
    if form.sent and (named := request.form.get("seat", "")) in visit.actor.seats and named in state.facts.review.signed_by:
        return redirect(f"{base}?done={_done('signed', sent_on, national)}", 303)  # sent twice
    if form.valid and open_seats:
        seat = form.answers.get("seat") or next(iter(open_seats))
        with form.refusals(), visit.unit("sign a rapid review") as unit:
            if first_time(unit, form.token, "sign", case_id) is None:
                stories.sign(unit, services().governance, case_id, seat, national, seen_no=form.seen_no)
            return redirect(f"{base}?done={_done('signed', sent_on, national)}", 303)
    form.seen_no = state.no  # what is shown now
    return render("reviews/sign.html", title="Sign the rapid review", form=form, back=base, seats=open_seats, matters=matters(state),
                  signatures=signatures(state, titles, since), sent_on=sent_on, here=national is not None, state=state,
                  decision=stories.local_review(decided), signed_too=SIGNED_TOO, words=words, versions=versions)  # fmt: skip


def _done(what: str, sent_on: date | None, national: UUID | None) -> str:
    """What is said afterwards: once the rapid review was sent, whether the national body is told, or is to be told."""
    return what if sent_on is None else f"{what}_outside" if national is None else f"{what}_told"


def _may_sign(visit: Visit, state: CaseState) -> list[str]:
    """The seats this person holds that have not signed; where the arrangement says who signs, only those."""
    sought = stories.signing_seats(state.verdict)
    return [s for s in sorted(visit.actor.seats) if s not in state.facts.review.signed_by and (not sought or s in sought)]


def _sign_form(seats: Mapping[str, str]) -> type[Form]:
    class Sign(Form):
        if asks_for_seat(seats):
            seat = choice("For which seat do you sign?", seats, missing="Select the seat")

    return Sign


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/decide", methods=["GET", "POST"])
@page(needs=DECIDE)
def decide(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, before, titles, names, spoken, versions = _read(visit, case_id)
    form, base = fill(Decide, seen_no=state.no), f"{case_address(visit, case_id)}/review"
    sent_on, national = state.facts.review.on("rapid_review_sent"), national_body_if_here(visit)
    if form.valid:
        with form.refusals({"decide_local_review": "outcome"}), visit.unit("decide on a local review") as unit:
            stories.decide_local_review(
                unit, services().governance, case_id, form["outcome"], form["reason"], national, form.token, seen_no=form.seen_no
            )  # fmt: skip
            return redirect(f"{base}?done={_done('decided', sent_on, national)}", 303)
    if form.meanwhile:
        state, before, titles, names, spoken, versions = _read(visit, case_id)
    unseen = newer_than(form, before)
    form.shows(state.no)
    views = [(title_of(v.seat, titles), v) for v in state.facts.review.views if v.question == QUESTION]
    title = "Decide again on a local review" if before else "Decide on a local review"
    return render(
        "reviews/decide.html", title=title, form=form, back=base, base=base, before=before, views=views, way=way(state, QUESTION), words=words,
        matters=matters(state), disagrees=state.facts.review.panel_view.value == "disagree", titles=titles, title_of=title_of, names=names,
        unseen=unseen, sent_on=sent_on, here=national is not None, spoken=spoken, versions=versions,
    )  # fmt: skip


def _read(
    visit: Visit, case_id: UUID
) -> tuple[CaseState, list[dict[str, Any]], dict[str, str], dict[UUID | None, str], against.Spoken, dict[str, Called]]:
    with visit.unit("decide on a local review") as unit:
        decided = [d for d in incidents.decisions(unit, case_id) if d["question"] == QUESTION]
        state = incidents.see_case(unit, case_id)
        return (
            state,
            decided,
            seat_titles(unit),
            staff_names(unit),
            against.before(unit, state, "decide_local_review"),
            followed(unit, state),
        )


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/send", methods=["GET", "POST"])
@page(needs=SEND)
def send(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    found, shown = before_sending(visit, case_id)
    national, base = national_body_if_here(visit), shown["base"]
    form = fill(_send_form(asks_reason(found)))
    form.asks_nothing = bool(national is None or shown["sent_on"] or shown["refused"])
    if form.asks_nothing and not form.valid:
        form.not_asked("Nothing was sent: the page says why.")
    if form.valid:
        with form.refusals(), visit.unit("send a rapid review") as unit:
            reason = form.answers.get("reason") or ""
            stories.send_rapid_review(unit, services().governance, case_id, national, form["summary"], reason, form.token)
            return redirect(f"{base}?done=sent", 303)
    return render("reviews/send.html", title="Send the rapid review", form=form, here=national is not None, **shown)


def before_sending(visit: Visit, case_id: UUID) -> tuple[list[incidents.Against], dict[str, Any]]:
    """What speaks against sending the rapid review of a case, and what the pages on which it is sent show of it and of the case."""
    with visit.unit("send a rapid review") as unit:
        state = incidents.see_case(unit, case_id)
        titles = seat_titles(unit)
        spoken = against.before(unit, state, "send_rapid_review")
        asked, unsigned = stories.requests(unit, case_id), unsigned_partners(state, versions(unit))
    ((_, found),), case_base = spoken, case_address(visit, case_id)
    base, sent_on = f"{case_base}/review", state.facts.review.on("rapid_review_sent")
    return found, {
        "back": base, "base": base, "state": state, "spoken": spoken, "refused": [a for a in found if a.effect == "refused"],
        "ways": ways_open(found, state, case_base), "signatures": signatures(state, titles), "words": words,
        "undecided": not any(state.facts.review.event(e) for e in ("local_review_decided", "local_review_declined")),
        "unsigned": unsigned, "to_ask": to_ask(state, asked), "sign_way": way(state, "sign_rapid_review"),
        "left": [m for m in matters(state) if not m.view], "sent_on": sent_on,
    }  # fmt: skip


def asks_reason(found: list[incidents.Against]) -> bool:
    return any(a.effect == "needs_reason" for a in found)


def _send_form(with_reason: bool) -> type[Form]:
    class Send(Form):
        summary = long_text("Summary of the rapid review", missing="Enter the summary of the rapid review", rows=12, longest=20_000,
                            hint="What happened, what was learnt, what follows. It is sent to the national body.")  # fmt: skip
        if with_reason:
            reason = why_without()

    return Send


def why_without(hint: str = "It is sent with the rapid review, so that it goes in time and the gap is seen.") -> fields.String:
    return long_text(
        "Why is it sent without what is missing?", missing="Enter why it is sent without what is missing", hint=hint
    )


def ways_open(found: list[incidents.Against], state: CaseState, case_base: str) -> list[tuple[str, str]]:
    """(words, address) of what is open instead of sending, from the objections."""
    titles = {line["key"]: line["title"] for line in state.verdict["outcomes"]}
    types = stories.local_types(state.verdict)
    ways: dict[str, tuple[str, str]] = {}
    for key in (o for a in found for o in a.offers):
        if key == "notify":
            ways[key] = ("Notify the national body", f"{case_base}/notify")
        else:
            ways[key] = (titles.get(key, words.named(key).capitalize()), f"{case_base}/review/type" if key in types else "")
    return list(ways.values())
