"""A case of the body's own, as the pages of records know it."""

from __future__ import annotations

from uuid import UUID

from threefold.work.incidents.stories import reference_of
from threefold.work.incidents.web.cases import case_address
from threefold.work.people.web import Visit, services
from threefold.work.records import stories
from threefold.work.records.web.place import Place

GOES = "the people in the case, what happened, decisions, answers of agencies, and the content of letters kept here"
STAYS = (
    "What stays: the case’s reference, dates and numbers, who did what in the audit, and what other bodies were sent. A request for somebody’s own records is a "
    "record of its own: who asked, and about whom, stays there, sealed, until the time that the arrangement sets for requests has ended."
)


def place_of(visit: Visit, case_id: UUID) -> Place:
    own, case = services().governance, case_address(visit, case_id)
    return Place(
        lambda unit: f"case {reference_of(unit, case_id)}", case, f"{case}/records", f"/b/{visit.body.slug}/records", GOES, STAYS, "A lead of a partner confirms this.",
        line=lambda unit: stories.see_kept(unit, own, case_id), past=lambda unit: stories.disposals(unit, case_id),
        holds=lambda unit: stories.holds(unit, case_id, of_body_too=True), put=lambda unit, why, token: stories.put_hold(unit, case_id, why, token),
        lift=lambda unit, hold, why: stories.lift_hold(unit, hold, case_id, why),
        propose=lambda unit, outcome, reason, until, token: stories.propose(unit, own, case_id, outcome, reason, until, token),
        decline=lambda unit, disposal, reason: stories.decline(unit, case_id, disposal, reason),
        confirm=lambda unit, disposal, answer: stories.confirm(unit, own, case_id, disposal, answer),
        may_confirm=lambda visit, seat: stories.may_confirm(visit.actor, seat), certificate=lambda unit: stories.see_certificate(unit, case_id),
    )  # fmt: skip
