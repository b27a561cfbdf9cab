"""The ways out after a notification: withdrawing it, or recording that the criteria were not met. Each with its reason.

Where the national body is not on this platform nothing can be sent to it: the area tells it itself, and puts on record when and how.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue
from marshmallow import fields

from threefold.plugin_api.facts.review import WAYS_OUT
from threefold.work.incidents import stories
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.web import against, blueprint, words
from threefold.work.incidents.web.acts import NOTIFY
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.people.web import Form, Visit, choice, fill, long_text, page, render, services, text

NOTHING_LEFT = "The notification was taken back meanwhile, so nothing of yours was saved. What is on record of it stands below."
TOLD_ALREADY = "Nothing was saved: the page says why."


def _told_how(*, required: bool) -> fields.String:
    after = "" if required else " Leave it empty if that is still to be done: it can be put on record afterwards."
    return text(
        "When and how was the national body told?",
        missing="Enter when and how the national body was told",
        required=required,
        hint=f"For example, by email on 14 June 2026.{after}",
    )


def _leave_form(*, here: bool) -> type[Form]:
    class Leave(Form):
        way_out = choice(
            "What is recorded?",
            {"notification_withdrawn": "The notification is withdrawn", "criteria_not_met": "The criteria for notifying were not met"},
            hints={"notification_withdrawn": "It was sent in error, or about the wrong matter.",
                   "criteria_not_met": "It was rightly sent on what was known, and the criteria turned out not to be met."},
            missing="Select what is recorded",
        )  # fmt: skip
        reason = long_text(
            "Reason",
            missing="Enter the reason; it is sent to the national body" if here else "Enter the reason",
            hint="It is sent to the national body. Name nobody." if here else "It is kept with the record. Name nobody.",
        )
        if not here:
            told_how = _told_how(required=False)

    return Leave


class Told(Form):
    told_how = _told_how(required=True)


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/leave", methods=["GET", "POST"])
@page(needs=NOTIFY)
def leave(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    state, of_it = _read(visit, case_id)
    national, base = national_body_if_here(visit), case_address(visit, case_id)
    form = fill(_leave_form(here=national is not None), seen_no=state.no)
    if form.valid:
        with form.refusals(dict.fromkeys(stories.LEAVING.values(), "way_out")), visit.unit("take back a notification") as unit:
            told_how = form.answers.get("told_how") or ""
            stories.leave(
                unit, services().governance, case_id, form["way_out"], form["reason"], national, form.token, told_how=told_how, seen_no=form.seen_no
            )  # fmt: skip
            done = "left" if national is not None else "left_and_told" if told_how else "left_untold"
            return redirect(f"{base}?done={done}", 303)
    state, of_it = _read(visit, case_id) if form.meanwhile else (state, of_it)
    if not state.facts.review.notified:  # asked last: a second click on what it just recorded is answered as the first
        form.not_asked(NOTHING_LEFT)
    form.shows(state.no)
    return render("incidents/leave.html", title="Take back the notification", form=form, back=base, base=base, state=state,
                  here=national is not None, **of_it)  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/leave/told", methods=["GET", "POST"])
@page(needs=NOTIFY)
def told_of_it(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    """When and how the area told the national body itself, put on record after the notification was taken back."""
    state, of_it = _read(visit, case_id)
    form, base = fill(Told, seen_no=state.no), case_address(visit, case_id)
    if form.valid:
        with form.refusals(), visit.unit("take back a notification") as unit:
            stories.note_told(unit, services().governance, case_id, form["told_how"], form.token, seen_no=form.seen_no)
            return redirect(f"{base}?done=told_of_it", 303)
    state, of_it = _read(visit, case_id) if form.meanwhile else (state, of_it)
    asks = bool(of_it["taken_back"]) and of_it["told_how"] == ""
    if not asks:
        form.not_asked(TOLD_ALREADY)
    form.shows(state.no)
    return render("incidents/told_of_leaving.html", title="Record how the national body was told", form=form, back=base, base=base, asks=asks, **of_it)  # fmt: skip


def _read(visit: Visit, case_id: UUID) -> tuple[CaseState, dict[str, Any]]:
    """The case, and what is on record of its notification having been taken back, if it is."""
    with visit.unit("take back a notification") as unit:
        state = stories.see_case(unit, case_id)
        decided, names = stories.decisions(unit, case_id), staff_names(unit)
        spoken = against.before(unit, state, *stories.LEAVING.values()) if state.facts.review.notified else []
    standing = state.facts.review.taken_back_on
    newest = next((d for d in decided if d["question"] in WAYS_OUT), None) if standing else None
    told_how = stories.told_of_leaving(state, decided).get(newest["id"]) if newest else None
    of_it = {"taken_back": newest, "names": names, "told_how": told_how, "words": words, "letter": stories.LETTER}
    return state, {**of_it, "spoken": spoken}
