"""The reminders of a case: who was reminded of what, and which e-mail did not go out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from threefold.domain.calendar import LONDON
from threefold.walls.session import Unit
from threefold.work.arrangements import asking
from threefold.work.arrangements.drafting import Draft
from threefold.work.arrangements.web.settling import beside_signatures
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.web.beside import Beside, beside_case
from threefold.work.incidents.web.cases import case_address, staff_names
from threefold.work.people.access import CASE_ROLES, declare
from threefold.work.people.web import Visit, page, render
from threefold.work.reminders import answers, signatures, stories

blueprint = Blueprint("reminders", __name__, template_folder="templates")
NEWS = {
    signatures.COMPLETE: "every seat has signed",
    signatures.OVERTAKEN: "it can be signed no more",
    signatures.PUT_ASIDE: "it was put aside",
}
SEE = declare("see cases", CASE_ROLES).act


@beside_case
def reminders_beside(unit: Unit, case_id: UUID) -> list[Beside]:
    """The link to the reminders, and a warning where an e-mail could not be sent. One statement."""
    failed = stories.failed_reminders(unit, case_id)
    found = [Beside("Reminders", path="reminders")]
    if failed:
        many = f"{failed} reminders by email" if failed > 1 else "A reminder by email"
        found.append(Beside(f"{many} could not be sent. Phone instead: the list of reminders says who.", warning=True))
    return found


def reminded_to_sign(unit: Unit, draft: Draft, answered: Collection[str]) -> list[str]:
    """Which seats were reminded to sign, when, and which e-mail did not go out."""
    titles = {seat.key: seat.title for _, seats in asking.left_out(unit, draft) for seat in seats}
    titles |= {seat.key: seat.title for *_, seats in asking.acted_for(unit, draft) for seat in seats}
    titles |= {seat.key: seat.title for seat in draft.arrangement.seats}
    names = {c.person_id: c.display_name for c in unit.staff()}
    found = []
    for row in signatures.signature_reminders_of(unit, draft.id, draft.signed_hash):
        who, seat = names.get(row.person_id, "somebody who no longer works here"), titles.get(row.seat, row.seat)
        day = f"{row.made_at.astimezone(LONDON):%-d %B %Y}"
        if row.error == signatures.NEEDLESS or (row.state == "failed" and row.seat in answered):
            continue  # nobody is to be phoned about it
        if news := NEWS.get(row.occasion):
            told = "could not be told by email" if row.state == "failed" else "was told"
            found.append(f"{who} {told} on {day} that {news}.")
        elif row.state == "failed":
            found.append(f"A reminder to {who}{f' for {seat}' if seat else ''} could not be sent on {day}. Phone instead.")
        else:
            words = {
                signatures.ASKED: "was asked",
                answers.REFUSED: "was told of the refusal",
                answers.SIGNED_AFTER: "was told that it signed after all",
                answers.DENIED: "was told that the minutes do not say so",
                signatures.PASSED: "was told that the day passed",
                signatures.LEFT_OUT: "was told that the partner is left out",
                signatures.ACTED_FOR: "was told that another partner signs for it",
            }
            check = row.occasion.startswith(answers.TO_CHECK)
            said = words.get(row.occasion, "was asked to check the minutes" if check else "was reminded")
            found.append(f"{who} {said} on {day}{f': {seat}' if seat else ''}.")
    return found


beside_signatures.append(reminded_to_sign)


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/reminders")
@page(needs=SEE, staff=True)
def reminders(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    with visit.unit("see the reminders of a case") as unit:
        state = incidents.see_case(unit, case_id)
        found = stories.reminders_of(unit, case_id)
        names = staff_names(unit)
    titles = {
        line["id"]: line["title"]
        for served in state.verdict["steps"]
        for line in (served["statutory"], *served["local"])
        if line
    }
    return render("reminders/reminders.html", title=f"Reminders: case {state.reference}", back=case_address(visit, case_id), found=found, names=names,
                  titles=titles, needless=stories.NEEDLESS)  # fmt: skip
