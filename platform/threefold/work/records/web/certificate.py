"""The certificate of a destruction, as a page and as a PDF."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from threefold.work.people.web import Visit, page
from threefold.work.records.web import blueprint, place
from threefold.work.records.web.acts import CERTIFICATE
from threefold.work.records.web.own import place_of


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/records/certificate")
@page(needs=CERTIFICATE)
def certificate(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    return place.certificate(visit, place_of(visit, case_id))


@blueprint.get("/b/<slug>/cases/<uuid:case_id>/records/certificate.pdf")
@page(needs=CERTIFICATE)
def certificate_pdf(visit: Visit, case_id: UUID) -> ResponseReturnValue:
    return place.certificate_pdf(visit, place_of(visit, case_id))
