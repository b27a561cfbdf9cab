"""Deciding whether to notify: the views of seats, the decision with its reason, and considering it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from threefold.governance.decide import governing
from threefold.plugin_api.facts import Facts
from threefold.walls.session import Unit
from threefold.work.arrangements import stories as arrangements
from threefold.work.arrangements.stories import Called
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseState, first_time
from threefold.work.incidents.web import against, blueprint, words
from threefold.work.incidents.web.acts import DECIDE, GIVE_VIEW
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.shown import headed
from threefold.work.incidents.web.under import followed
from threefold.work.people.web import Filled, Form, Visit, choice, fill, long_text, page, render, services

QUESTION = "notify"
Before = tuple[datetime, str, Any]
NO_SEAT = "You hold no seat in this body, so there is no view for you to give."


class Decision(Form):
    outcome = choice(
        "Will the incident be notified?", {"yes": "Yes", "no": "No"}, missing="Select whether the incident will be notified"
    )
    reason = long_text(
        "Reason", required=False, hint="Needed if the incident is not notified. It can be considered again on new information."
    )


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/notify/decide", methods=["GET", "POST"])
@page(needs=DECIDE)
def decide(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, decided, names, seats, spoken, versions = _read(visit, case_id)
    form, base = fill(Decision, seen_no=state.no), case_address(visit, case_id)
    if state.facts.review.notified:
        form.not_asked("The incident was notified meanwhile, so there is nothing to decide here.")
    instead: list[tuple[str, str]] = []
    if form.valid:
        with form.refusals({"decide_not_to_notify": "outcome"}):
            try:
                with visit.unit("decide whether to notify") as unit:
                    stories.decide_notify(
                        unit, services().governance, case_id, form["outcome"], form["reason"] or "", form.token, seen_no=form.seen_no
                    )  # fmt: skip
            except stories.NotAllowed:
                instead = open_instead(state, "decide_not_to_notify", base)
                raise
            return redirect(f"{base}?done=decided", 303)
    if form.meanwhile:
        state, decided, names, seats, spoken, versions = _read(visit, case_id)
    unseen = newer_than(form, decided)
    form.shows(state.no)
    way = next((line for line in state.verdict["decisions"] if line["question"] == QUESTION), None)
    views = [v for v in state.facts.review.views if v.question == QUESTION]
    duty = [headed(line) for line in state.verdict["duties"] if line["key"] == "notify-panel"]
    met_here = [
        headed(line)
        for line in state.verdict["criteria"]
        if (line["rule"]["layer"], line.get("about")) == ("local", "notify") and _is_met(line)
    ]
    title = "Consider again whether to notify" if decided else "Decide whether to notify"
    return render(
        "incidents/decide.html", title=title, form=form, back=base, base=base, state=state, decided=decided, names=names, seats=seats,
        way=way, views=views, duty=duty, words=words, instead=instead, may_view=bool(visit.actor.seats),
        unseen=unseen, spoken=spoken, met_here=met_here, versions=versions,
    )  # fmt: skip


def _is_met(line: Mapping[str, Any]) -> bool:
    """Whether a criterion is met: by the facts; or, where it is left to the partners' judgement, as they found it."""
    return bool(line["state"] == "met" or (line["judgement"] and line.get("view") == "applies"))


def _read(
    visit: Visit, case_id: UUID
) -> tuple[CaseState, list[dict[str, Any]], dict[UUID | None, str], dict[str, str], against.Spoken, dict[str, Called]]:
    with visit.unit("decide whether to notify") as unit:
        decided = [d for d in stories.decisions(unit, case_id) if d["question"] == QUESTION]
        state = stories.see_case(unit, case_id)
        spoken = against.before(unit, state, "decide_not_to_notify")
        return state, decided, staff_names(unit), seat_titles(unit), spoken, followed(unit, state)


def newer_than(form: Filled, decided: Iterable[Mapping[str, Any]]) -> list[UUID]:
    """Of the decisions of a page that is shown again since somebody decided meanwhile: those that it did not show before."""
    return [d["id"] for d in decided if form.meanwhile and form.seen_no is not None and d["record_no"] > form.seen_no]


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/notify/view", methods=["GET", "POST"])
@page(needs=GIVE_VIEW)
def give_view(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, seats, stands, before = views_of(visit, case_id, QUESTION)
    held = {seat: seats.get(seat, words.named(seat).capitalize()) for seat in sorted(visit.actor.seats)}
    form, base = fill(view_form(held), seen_no=state.no), case_address(visit, case_id)
    if not held:
        form.not_asked(NO_SEAT)
    if form.valid:
        seat = form.answers.get("seat") or next(iter(held), "")
        with form.refusals(), visit.unit("give the view of a seat") as unit:
            if first_time(unit, form.token, "give_view", case_id) is None:
                stories.give_view(
                    unit,
                    services().governance,
                    case_id,
                    QUESTION,
                    seat,
                    form["view"],
                    form["reason"] or "",
                    seen_no=form.seen_no,
                )
            return redirect(f"{base}?done=viewed", 303)
    if form.meanwhile:
        state, seats, stands, before = views_of(visit, case_id, QUESTION)
    form.shows(state.no)
    given = [v for v in state.facts.review.views if v.question == QUESTION]
    return render(
        "incidents/view.html",
        title="Your seat’s view on notifying",
        form=form,
        back=base,
        held=held,
        given=given,
        seats=seats,
        words=words,
        stands=stands,
        before=before,
    )


Given = dict[str, list[Before]]


def views_of(visit: Visit, case_id: UUID, question: str) -> tuple[CaseState, dict[str, str], Given, Given]:
    """The case, the titles of its seats, and of each view of a question that stands, by seat: when and by whom it was given, and what was
    said before."""
    with visit.unit("give the view of a seat") as unit:
        state, names = stories.see_case(unit, case_id), staff_names(unit)
        stands: Given = {}
        before: Given = {}
        for seat in (v.seat for v in state.facts.review.views if v.question == question):
            said = stories.said_ever(unit, case_id, f"view given: {question}", partial(_words, question=question, seat=seat))
            stands[seat], before[seat] = in_words(said[:1], names), in_words(said[1:], names)
        return state, seat_titles(unit), stands, before


def _words(facts: Facts, question: str, seat: str) -> str | None:
    view = next((v for v in facts.review.views if (v.question, v.seat) == (question, seat)), None)
    return f"{words.STATES[view.view]}. {view.reason}".strip() if view else None


def in_words(said: Iterable[stories.Said], names: Mapping[UUID | None, str]) -> list[Before]:
    """When, by whom and what was said of a matter before what stands now."""
    return [(one.at, names.get(one.by, "somebody who no longer works here"), one.words) for one in said]


def asks_for_seat(held: Mapping[str, str]) -> bool:
    """Whether a view's form asks for which seat: where several are held, and where the page that was sent named one that is held no more."""
    return len(held) > 1 or bool(held and request.form.get("seat", "") not in ("", *held))


def view_form(held: Mapping[str, str]) -> type[Form]:
    """The form of a view, with the seats this person holds."""

    class View(Form):
        if asks_for_seat(held):
            seat = choice("For which seat?", held, missing="Select the seat")
        view = choice(
            "Should the incident be notified?",
            {"yes": "Yes", "no": "No", "unclear": "Unclear"},
            missing="Select yes, no or unclear",
        )
        reason = long_text("Reason", required=False, hint="It is kept beside the decision, whatever is decided.")

    return View


def seat_titles(unit: Unit) -> dict[str, str]:
    """The seats of every version of the arrangement, by key, called as in the version that governs today, else as they were last, else as
    they will be. One statement."""
    known = arrangements.versions(unit)
    coming = [version for version in known if version.begins and version.begins > unit.today]
    begun = sorted(
        (v for v in known if v not in coming), key=lambda v: v.begins or date.min
    )  # first those of unknown beginning
    now = governing([version for version in known if version.begins], unit.today)
    return {seat.key: seat.title for version in (*reversed(coming), *begun, *([now] if now else ())) for seat in version.seats}


def open_instead(state: CaseState, move: str, base: str) -> list[tuple[str, str]]:
    """What is open instead of a move the law does not allow: (words, address), from the objections to it."""
    titles = {line["key"]: line["title"] for line in state.verdict["outcomes"]}
    offers = [key for line in state.verdict["objections"] if line["move"] == move for key in line["offers"]]
    found = {key: ("Notify the national body", f"{base}/notify") if key == "notify" else (titles.get(key, words.named(key).capitalize()), "")
             for key in offers}  # fmt: skip
    return [*found.values(), ("Correct the answers, if they are wrong", f"{base}/record")]
