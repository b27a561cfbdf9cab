"""Legal holds on screen: on a case, or on everything the body keeps."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.work.incidents.stories import reference_of
from threefold.work.people.web import Visit, page
from threefold.work.records import stories
from threefold.work.records.web import blueprint, place
from threefold.work.records.web.acts import HOLD
from threefold.work.records.web.own import place_of


@blueprint.route("/b/<slug>/records/hold", methods=["GET", "POST"])
@page(needs=HOLD)
def put_on_body(visit: Visit) -> ResponseReturnValue:
    return place.put(visit, f"/b/{visit.body.slug}/records", "Hold all records",
                     "Nothing of any case of this body, and no request for one’s own records, is destroyed until the hold is lifted.",
                     lambda unit, why, token: stories.put_hold(unit, None, why, token))  # fmt: skip


@blueprint.route("/b/<slug>/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@page(needs=HOLD)
def lift_of_body(visit: Visit, hold_id: UUID) -> ResponseReturnValue:
    return place.lift(visit, hold_id, f"/b/{visit.body.slug}/records", "Lift the hold on all records",
                      lambda unit: stories.holds(unit, None), lambda unit, hold, why: stories.lift_hold(unit, hold, None, why))  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/hold", methods=["GET", "POST"])
@page(needs=HOLD, leaves_closed=True)
def put_on_case(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    here = place_of(visit, case_id)
    with visit.unit("put a legal hold") as unit:
        reference = reference_of(unit, case_id)
    return place.put(visit, here.base, f"Hold the records of case {reference}",
                     "Nothing of this case is destroyed until the hold is lifted, nor any request for one’s own records for which something of it was gathered.",
                     here.put)  # fmt: skip


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@page(needs=HOLD, leaves_closed=True)
def lift_of_case(visit: Visit, case_id: UUID, hold_id: UUID) -> ResponseReturnValue:
    here = place_of(visit, case_id)
    with visit.unit("lift a legal hold") as unit:
        reference = reference_of(unit, case_id)
    return place.lift(
        visit, hold_id, here.base, f"Lift the hold on case {reference}", lambda unit: stories.holds(unit, case_id), here.lift
    )
