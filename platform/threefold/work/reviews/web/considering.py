"""What is weighed in a rapid review: safety actions, the matters to consider, seats' views, the kind of review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.plugin_api.facts import Facts
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState, NotFound, first_time
from threefold.work.incidents.web import words
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.deciding import NO_SEAT, Before, asks_for_seat, in_words, newer_than, views_of
from threefold.work.people.web import Form, Visit, choice, day, fill, long_text, page, render, services, yes_no_unclear
from threefold.work.reviews import stories
from threefold.work.reviews.web import blueprint
from threefold.work.reviews.web.acts import CHOOSE, CONSIDER, GIVE_VIEW, SAFETY
from threefold.work.reviews.web.review import QUESTION, Matter, matters, title_of

NONE = "none"


class Safety(Form):
    action = long_text("What is done to make children safe?", missing="Enter what is done to make children safe", longest=5000)
    done_on = day("When was it done?", required=False, hint="Leave it empty if it is not done yet. For example, 31 3 2026")


class Consider(Form):
    view = choice("What do the partners think?", words.VIEWS, missing="Select what the partners think")
    reason = long_text(
        "Reason", missing="Enter the reason; it goes with the review", hint="It goes with the rapid review. Name nobody."
    )


class National(Form):
    national_issues = yes_no_unclear("Does the case raise issues that are complex or of national importance?")
    law_change_issue = yes_no_unclear("Does it raise issues that need a change in law or guidance?")


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/safety", methods=["GET", "POST"])
@page(needs=SAFETY)
def safety(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    base, form = f"{case_address(visit, case_id)}/review", fill(Safety)
    if form.valid:
        with form.refusals(), visit.unit("record a safety action") as unit:
            stories.add_safety_action(unit, case_id, form["action"], form.answers.get("done_on"), form.token)
            return redirect(f"{base}?done=safety", 303)
    with visit.unit("record a safety action") as unit:
        incidents.see_case(unit, case_id)
    return render("reviews/safety.html", title="Add a safety action", form=form, back=base)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/factors/<factor>", methods=["GET", "POST"])
@page(needs=CONSIDER)
def factor(visit: Visit, case_id: UUID, factor: str) -> ResponseReturnValue:
    state, matter, before = _matter(visit, case_id, factor)
    base, path = f"{case_address(visit, case_id)}/review", f"review.considered[{factor}]"
    form = fill(Consider, initial={"view": matter.view, "reason": matter.reason}, seen_no=state.no)
    if form.valid:
        with form.refusals(), visit.unit("consider a matter") as unit:
            if first_time(unit, form.token, f"consider {factor}", case_id) is None:
                keep = {path: form.keep["view"]} if "view" in form.keep else {}
                stories.consider(
                    unit, services().governance, case_id, factor, form["view"], form["reason"], seen_no=form.seen_no or state.no, keep=keep
                )  # fmt: skip
            return redirect(f"{base}?done=considered", 303)
    if form.clashes:  # the view and its reason are chosen as one
        _, matter, before = _matter(visit, case_id, factor)
        form.clashes = tuple(
            replace(one, path="view", called=matter.title, words=(_said(one.theirs), _said(one.yours))) for one in form.clashes
        )
        form.catch_up({}, {}, ("reason",))
    return render("reviews/factor.html", title=matter.title, form=form, back=base, matter=matter, before=before)


def _matter(visit: Visit, case_id: UUID, factor: str) -> tuple[CaseState, Matter, list[Before]]:
    """The case, one matter to consider in it, and what was said of it before."""
    with visit.unit("consider a matter") as unit:
        state = incidents.see_case(unit, case_id)
        matter = next((m for m in matters(state) if m.key == factor), None)
        if matter is None:
            raise NotFound
        said = incidents.said_before(unit, case_id, f"considered: {factor}", lambda facts: _words(facts, factor))
        return state, matter, in_words(said, staff_names(unit))


def _words(facts: Facts, factor: str) -> str | None:
    said = facts.review.considers(factor)
    return _said({"view": said.view, "reason": said.reason}) if said else None


def _said(entry: Mapping[str, str]) -> str:
    return f"{words.VIEWS[entry['view']]}. {entry['reason']}"


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/national", methods=["GET", "POST"])
@page(needs=CONSIDER)
def national(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, _, before = _national(visit, case_id)
    base = f"{case_address(visit, case_id)}/review"
    form = fill(National, initial=_answers(state.facts), seen_no=state.no)
    if form.valid:
        keep = {f"review.{name}": choice for name, choice in form.keep.items()}
        with form.refusals(), visit.unit("consider national issues") as unit:
            if first_time(unit, form.token, "consider_national", case_id) is None:
                stories.consider_national(
                    unit, services().governance, case_id, form["national_issues"], form["law_change_issue"],
                    seen_no=form.seen_no or state.no, keep=keep,
                )  # fmt: skip
            return redirect(f"{base}?done=considered", 303)
    if form.clashes:
        state, seen, before = _national(visit, case_id, form.seen_no)
        form.clashes = tuple(replace(one, path=one.path.removeprefix("review.")) for one in form.clashes)
        form.clashes = tuple(replace(one, called=form.field(one.path).metadata["label"]) for one in form.clashes)
        form.catch_up(_answers(seen), _answers(state.facts))
    return render("reviews/national.html", title="National issues", form=form, back=base, before=before)


def _national(visit: Visit, case_id: UUID, seen_no: int | None = None) -> tuple[CaseState, Facts, list[Before]]:
    """The case, its facts as they were seen, and what was answered before on national issues."""
    with visit.unit("consider national issues") as unit:
        state = incidents.see_case(unit, case_id)
        seen = incidents.record_at(unit, case_id, seen_no)[0] if seen_no else state.facts
        said = incidents.said_before(unit, case_id, stories.NATIONAL, _national_words)
        return state, seen, in_words(said, staff_names(unit))


def _answers(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts.review, name).value for name in National._declared_fields}


def _national_words(facts: Facts) -> str:
    asked = {"national_issues": "complex, or of national importance", "law_change_issue": "a change in law or guidance"}
    return "; ".join(f"{asked[name]}: {words.STATES.get(said, 'not said').lower()}" for name, said in _answers(facts).items())


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/views", methods=["GET", "POST"])
@page(needs=GIVE_VIEW)
def views(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, titles, stands, before = views_of(visit, case_id, QUESTION)
    own = {seat: title_of(seat, titles) for seat in sorted(visit.actor.seats)}
    form, base = fill(_view_form(own), seen_no=state.no), f"{case_address(visit, case_id)}/review"
    if not own:
        form.not_asked(NO_SEAT)
    if form.valid:
        seat = form.answers.get("seat") or next(iter(own), "")
        with form.refusals(), visit.unit("give the view of a seat") as unit:
            if first_time(unit, form.token, f"give_view {seat}", case_id) is None:
                incidents.give_view(
                    unit, services().governance, case_id, QUESTION, seat, form["view"], form.answers.get("reason") or "", seen_no=form.seen_no
                )  # fmt: skip
            return redirect(f"{base}?done=viewed", 303)
    if form.meanwhile:
        state, titles, stands, before = views_of(visit, case_id, QUESTION)
    form.shows(state.no)
    given = [(title_of(v.seat, titles), v) for v in state.facts.review.views if v.question == QUESTION]
    return render(
        "reviews/views.html",
        title="Your seat’s view on a local review",
        form=form,
        back=base,
        held=own,
        given=given,
        words=words,
        stands=stands,
        before=before,
    )


def _view_form(own: dict[str, str]) -> type[Form]:
    """The form of a view, with the seats this person holds."""

    class View(Form):
        if asks_for_seat(own):
            seat = choice("For which seat?", own, missing="Select the seat")
        view = choice("Should a local child safeguarding practice review follow?", {"yes": "Yes", "no": "No", "unclear": "Unclear"},
                      missing="Select yes, no or unclear")  # fmt: skip
        reason = long_text("Reason", required=False, hint="It goes with the rapid review, whatever is decided. Name nobody.")

    return View


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/review/type", methods=["GET", "POST"])
@page(needs=CHOOSE)
def local_type(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, decided, names = _chosen(visit, case_id)
    types, base = stories.local_types(state.verdict), f"{case_address(visit, case_id)}/review"
    form = fill(_type_form(types), initial={"local_type": state.facts.review.local_type}, seen_no=state.no)
    if form.valid:
        chosen = "" if form["local_type"] == NONE else form["local_type"]
        with form.refusals(), visit.unit("choose a kind of review") as unit:
            stories.choose_local_type(
                unit, services().governance, case_id, chosen, form["reason"], form.token, seen_no=form.seen_no
            )
            return redirect(f"{base}?done=chosen", 303)
    if form.meanwhile:
        state, decided, names = _chosen(visit, case_id)
    unseen = newer_than(form, decided)
    form.shows(state.no)
    lines = [line for line in state.verdict["outcomes"] if line["key"] in types]
    return render("reviews/type.html", title="Choose one of the area’s own kinds of review", form=form, back=base, lines=lines, decided=decided,
                  unseen=unseen, names=names, words=words, titles=words.kinds_of_review(state.verdict))  # fmt: skip


def _chosen(visit: Visit, case_id: UUID) -> tuple[CaseState, list[dict[str, Any]], dict[UUID | None, str]]:
    with visit.unit("choose a kind of review") as unit:
        decided = [d for d in incidents.decisions(unit, case_id) if d["question"] == "local_type"]
        return incidents.see_case(unit, case_id), decided, staff_names(unit)


def _type_form(types: dict[str, str]) -> type[Form]:
    class Type(Form):
        local_type = choice("Which kind of review?", {**types, NONE: "None of these"}, missing="Select a kind of review",
                            hint="These are the area’s own. They are not sent to the national body.")  # fmt: skip
        reason = long_text("Reason", missing="Enter the reason")

    return Type
