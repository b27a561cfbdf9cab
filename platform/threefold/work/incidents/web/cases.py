"""The list of a body's cases, and one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from threefold.plugin_api.facts import PLANNED, Event
from threefold.walls.audit import DETAIL
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import called_among, on_record
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseDestroyed, CaseState
from threefold.work.incidents.waiting import not_waited_for
from threefold.work.incidents.web import blueprint, words
from threefold.work.incidents.web.acts import CONFLICT, DECIDE, GIVE_VIEW, NOTIFY, RECORD, SEE, SEE_OPENING
from threefold.work.incidents.web.beside import beside, of_decisions, of_destroyed
from threefold.work.incidents.web.shown import dues, still_by_law
from threefold.work.incidents.web.under import tracks, under
from threefold.work.people.web import Visit, page, render, services

DONE = {
    "declared": "They are kept out of this case from now on. It waits for a decision.",
    "opened": "The incident is on record. You can stop at any time and come back.",
    "decided": "The decision is on record.",
    "notified": "The notification was sent.",
    "recorded": "That the official form was sent is on record.",
    "left": "It is on record, and the national body is told.",
    "left_untold": "It is on record here. The national body is not on this platform, so nothing was sent to it: tell it yourself.",
    "left_and_told": "It is on record here, with how the national body was told. Nothing was sent to it from here.",
    "told_of_it": "When and how the national body was told is on record.",
    "viewed": "The view is on record.",
    "noted": "It is on record.",
    "event": "The date is on record, and what follows from it was worked out again.",
    "corrected": "The date is corrected. The earlier record stays.",
    "corrected_told": "The date is corrected, and the national body is told of the new day. The earlier record stays.",
    "corrected_earlier": "The date is corrected. The earlier record stays. Nothing was sent to the national body: nothing counts from that day there.",
    "corrected_untold": "The date is corrected. The earlier record stays. Nothing was sent to the national body, which counts from the day that it was told: tell it of the new day yourself.",
    "restored": "The answers are on record.",
}
LIST_DONE = {
    "conflict": "Your conflict of interest is on record. That case is shown to you no more, and your deputy acts in your place."
}
# Of these, how it happened is an answer that its own page tells in words.
_ANSWERED = frozenset({"notification_decided", "panel_replied"})
_FARTHEST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done next with a case. `primary`: the one that the case is waiting for."""

    text: str
    href: str
    primary: bool = False


@blueprint.get("/b/<slug>/cases")
@page(needs=SEE, staff=True)
def cases(visit: Visit) -> ResponseReturnValue:
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), _FARTHEST_PAGE) if asked.isdecimal() and len(asked) < 8 else 1
    with visit.unit("list cases") as unit:
        lines, more = stories.list_cases(unit, page=number)
    return render(
        "incidents/cases.html", title="Cases", lines=lines, more=more, number=number, may_record=visit.may(RECORD),
        statuses=words.STATUSES, silent=words.SILENT_ON_NOTIFYING, colours=words.COLOURS, named=words.named, done=LIST_DONE,
    )  # fmt: skip


@blueprint.get("/b/<slug>/cases/<uuid:case_id>")
@page(needs=SEE, staff=True)
def case(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    try:
        return _case(visit, case_id)
    except CaseDestroyed:
        return _destroyed(visit, case_id)


def _destroyed(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    """What stays of a case whose records were destroyed."""
    with visit.unit("see a case whose records were destroyed") as unit:
        reference, links = stories.reference_of(unit, case_id), of_destroyed(unit, case_id)
        unit.audit("case read", f"case:{case_id}", kind=DETAIL)
    return render(
        "incidents/destroyed.html", title=f"Case {reference}", back=f"/b/{visit.body.slug}/cases", base=case_address(visit, case_id),
        links=links if visit.actor.staff is None else [],
    )  # fmt: skip


def _case(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    staff = visit.actor.staff is not None  # who of the platform's staff looks in needs no name and no reason of a decision
    with visit.unit("see a case") as unit:
        state = stories.see_case(unit, case_id)
        people = stories.people(unit, case_id) if not staff else []
        decided = stories.decisions(unit, case_id) if not staff else []
        names = staff_names(unit)
        links, warnings = beside(unit, case_id)
        of_decided = of_decisions(unit, state, decided)
        record = on_record(unit)
    told_of_leaving = stories.told_of_leaving(state, decided)
    versions = called_among(record, {version for version, _ in tracks(state) if version})
    base, ended = case_address(visit, case_id), not_waited_for(state.facts)
    if staff:
        links = [link for link in links if link.path == "reminders"]
    return render(
        "incidents/case.html", title=f"Case {state.reference}", back=f"/b/{visit.body.slug}/cases", state=state, base=base,
        due=dues(state.verdict, visit.at, facts=state.facts, closed=bool(state.closed_on), ended=ended), by_law=still_by_law(state.verdict, ended, visit.today), people=people, decisions=decided, of_decided=of_decided, names=names, links=links, warnings=warnings,
        told_of_leaving=told_of_leaving, letter=stories.LETTER,
        actions=actions(visit, state, base, untold=state.facts.review.taken_back_on is not None and "" in told_of_leaving.values()), may_record=visit.may(RECORD), done=DONE, words=words, kinds=words.kinds_of_review(state.verdict) | words.steps_by_end(state.verdict), under=under(services().governance, record, state, visit.today), versions=versions, editions=edition_titles(), today=visit.today,
    )  # fmt: skip


def case_address(visit: Visit, case_id: UUID) -> str:
    """The address of a case, without a slash at its end."""
    return f"/b/{visit.body.slug}/cases/{case_id}"


def edition_titles() -> dict[str, str]:
    """The editions of the law by id."""
    return {edition.id: edition.title for edition in services().governance.editions}


def staff_names(unit: Unit) -> dict[UUID | None, str]:
    """Who works here, by id, to say who acted. One statement."""
    return {c.person_id: c.display_name for c in unit.staff()}


def actions(visit: Visit, state: CaseState, base: str, *, untold: bool = False) -> list[Action]:
    """What this person can do with the case now, the next thing first. `untold`: nothing says that the national body was told of a
    notification that was taken back."""
    review = state.facts.review
    decided = review.event("notification_decided")
    to_decide, to_notify = decided is None, decided is not None and decided.how == "yes" and not review.was_notified
    found: list[tuple[bool, Action]] = [
        (visit.may(RECORD), Action("Add or change answers", f"{base}/record", primary=not state.facts.incident.children)),
        (visit.may(DECIDE) and not review.notified,
         Action("Decide whether to notify" if to_decide else "Consider again whether to notify", f"{base}/notify/decide",
                primary=to_decide and bool(state.facts.incident.children))),
        (visit.may(GIVE_VIEW) and bool(visit.actor.seats) and not review.notified,
         Action("Give your seat’s view on notifying", f"{base}/notify/view")),
        (visit.may(NOTIFY) and not review.notified, Action("Notify the national body again" if review.was_notified else "Notify the national body", f"{base}/notify", primary=to_notify)),
        (visit.may(NOTIFY) and review.notified, Action("Withdraw the notification, or record that the criteria were not met", f"{base}/leave")),
        (visit.may(NOTIFY) and untold and review.taken_back_on is not None,
         Action("Record when and how the national body was told", f"{base}/leave/told")),
        (visit.may(RECORD), Action("Add a date", f"{base}/events/add")),
        (visit.may(SEE_OPENING), Action("Who may open this case", f"{base}/opening")),
        (visit.may(CONFLICT), Action("Declare a conflict of interest", f"{base}/opening/conflict")),
    ]  # fmt: skip
    return sorted((action for allowed, action in found if allowed), key=lambda a: not a.primary)


def _planned_anew(state: CaseState, event: Event) -> str:
    replaced = event.name in PLANNED and state.facts.review.event(event.name) is not event
    return "it was planned anew since, and this day counts no more" if replaced else ""


def events_shown(state: CaseState) -> list[dict[str, Any]]:
    """The events of a case by day, with their words, for the pages that list them. `said`: what was typed beside the day."""
    steps = words.steps_by_end(state.verdict)
    return [
        {"name": e.name, "label": words.event_label(e.name, steps), "at": e.at, "raw": e.at.isoformat(), "how": e.how,
         "reference": e.reference, "given_by": e.given_by, "given_on": e.given_on,
         "said": {"How": "" if e.name in _ANSWERED else e.how, "Reference": e.reference, "Note": _planned_anew(state, e)}}
        for e in sorted(state.facts.review.events, key=lambda e: (e.day, e.name))
    ]  # fmt: skip
