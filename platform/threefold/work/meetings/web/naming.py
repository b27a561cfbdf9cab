"""With a decision of a case: at which meeting it was made, and whether that meeting was quorate. It stops nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from threefold.walls.session import Unit
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.web import words
from threefold.work.incidents.web.beside import Beside, beside_decisions
from threefold.work.incidents.web.cases import case_address
from threefold.work.meetings import naming
from threefold.work.meetings.web import blueprint
from threefold.work.meetings.web.acts import RECORD
from threefold.work.meetings.web.shown import QUORUM
from threefold.work.people.access import NotHere, permission
from threefold.work.people.web import Form, Visit, choice, fill, page, render

NONE = "none"


@beside_decisions
def meetings_beside(unit: Unit, state: CaseState, decided: Sequence[Mapping[str, Any]]) -> dict[UUID, list[Beside]]:
    """The meeting each decision was made at; or that a quorum is asked for and none is recorded. One statement."""
    known = naming.meetings_of_case(unit, state.id)
    may = permission(RECORD).covers(unit.actor)
    found: dict[UUID, list[Beside]] = {}
    for decision in decided:
        key, question, items = decision["id"], decision["question"], list[Beside]()
        asked = naming.asks_for_quorum(state.verdict, question)
        if key in known.named:
            meeting, no = known.named[key]
            items.append(Beside(meeting.sentence(no)))
        elif asked:
            items.append(Beside(naming.NO_MEETING))
        if may and question not in naming.NOT_AT_A_MEETING and (asked or known.meetings):
            items.append(
                Beside(
                    "Change the meeting" if key in known.named else "Say at which meeting it was decided",
                    f"decisions/{key}/meeting",
                )
            )
        found[key] = items
    return found


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/decisions/<uuid:decision_id>/meeting", methods=["GET", "POST"])
@page(needs=RECORD, leaves_closed=True)
def name_meeting(visit: Visit, case_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    with visit.unit("say at which meeting a decision was made") as unit:
        state = incidents.see_case(unit, case_id)
        decision = next((d for d in incidents.decisions(unit, case_id) if d["id"] == decision_id), None)
        known = naming.meetings_of_case(unit, case_id)
    if decision is None or decision["question"] in naming.NOT_AT_A_MEETING:
        raise NotHere
    offered = {str(m.id): m.name for m in known.meetings} | {NONE: "At no recorded meeting"}
    hints = {
        str(m.id): QUORUM[m.quorum] + ("; this case was put off" if m.item.way == "put_off" else "") for m in known.meetings
    }

    class Name(Form):
        meeting = choice("At which meeting?", offered, hints=hints, missing="Select at which meeting it was decided")

    before = known.named.get(decision_id)
    form = fill(Name, initial={"meeting": str(before[0].id) if before else None}, seen_no=known.told.get(decision_id, 0))
    base = case_address(visit, case_id)
    titles = words.kinds_of_review(state.verdict) | words.steps_by_end(state.verdict)
    if not known.meetings:
        form.not_asked("No saved record of a meeting has this case on its agenda.")
    if form.valid:
        chosen = None if form["meeting"] == NONE else UUID(form["meeting"])
        with form.refusals(), visit.unit("say at which meeting a decision was made") as unit:
            naming.name_meeting(unit, case_id, decision_id, chosen, form.token, seen_no=form.seen_no, keep=form.keep)
            return redirect(f"{base}?done=noted", 303)
    return render(
        "meetings/name.html", title="At which meeting was it decided?", form=form, back=base, meetings=known.meetings,
        what=words.decision_title(decision["question"], decision["outcome"], titles), decision=decision,
        asked=naming.asks_for_quorum(state.verdict, decision["question"]),
    )  # fmt: skip
