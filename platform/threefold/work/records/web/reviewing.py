"""Reviewing the records of a closed case: proposing what becomes of them, and deciding on it."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.work.people.web import Visit, page
from threefold.work.records.web import blueprint, place
from threefold.work.records.web.acts import DECIDE, REVIEW
from threefold.work.records.web.own import place_of


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/review", methods=["GET", "POST"])
@page(needs=REVIEW, leaves_closed=True)
def review(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    return place.review(visit, place_of(visit, case_id))


@blueprint.route("/b/<slug>/cases/<uuid:case_id>/records/reviews/<uuid:disposal_id>", methods=["GET", "POST"])
@page(needs=DECIDE, fresh=True, leaves_closed=True)
def decide(visit: Visit, case_id: UUID, disposal_id: UUID) -> ResponseReturnValue:
    return place.decide(visit, place_of(visit, case_id), disposal_id)
