"""The published arrangements: open to anyone, as a page and as a PDF, each as it was when it was published."""

from __future__ import annotations

from uuid import UUID

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from threefold.walls.directory import BodyRef
from threefold.walls.published import Published
from threefold.work.arrangements.drafting import PREPARING
from threefold.work.arrangements.pdf import head_of, make_pdf
from threefold.work.arrangements.publishing import KIND, publish_version
from threefold.work.arrangements.web.main import blueprint
from threefold.work.people.access import NotHere, declare
from threefold.work.people.web import Form, Visit, fill, page, public_page, render, services

PUBLISH = declare("publish the arrangement", PREPARING).act


@blueprint.route("/b/<slug>/arrangement/versions/<version>/publish", methods=["GET", "POST"])
@page(needs=PUBLISH)
def publish(visit: Visit, version: str) -> ResponseReturnValue:
    form = fill(Form)
    if form.valid:
        with form.refusals(), visit.unit("publish the arrangement") as unit:
            publish_version(unit, services().governance, visit.body.name, version)
            return redirect(f"/published/{visit.body.slug}", 303)
    return render(
        "arrangements/publish.html",
        title="Publish this version",
        form=form,
        back=f"/b/{visit.body.slug}/arrangement",
        version=version,
    )


@blueprint.get("/published")
@public_page
def everyone() -> ResponseReturnValue:
    own = services()
    with own.walls.published() as reading:
        who = set(reading.publishers(KIND))
    with own.walls.directory() as directory:
        bodies = sorted((b for b in directory.bodies() if b.id in who), key=lambda b: b.name)
    return render("arrangements/published_all.html", title="Published arrangements", bodies=bodies)


@blueprint.get("/published/<slug>")
@public_page
def published(slug: str) -> ResponseReturnValue:
    """The newest published version of a body, and the earlier ones."""
    body, found = _published(slug)
    return _shown(body, found[0], found)


@blueprint.get("/published/<slug>/<uuid:publication>")
@public_page
def one(slug: str, publication: UUID) -> ResponseReturnValue:
    body, found = _published(slug)
    return _shown(body, _of(found, publication), found)


@blueprint.get("/published/<slug>/<uuid:publication>.pdf")
@public_page
def as_pdf(slug: str, publication: UUID) -> ResponseReturnValue:
    body, found = _published(slug)
    wanted = _of(found, publication)
    return Response(make_pdf(wanted.content, synthetic=body.synthetic), mimetype="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{body.slug}-{publication}.pdf"', "X-Content-Type-Options": "nosniff"})  # fmt: skip


def _published(slug: str) -> tuple[BodyRef, list[Published]]:
    own = services()
    with own.walls.directory() as directory:
        body = directory.body_by_slug(slug)
    if body is None:
        raise NotHere
    with own.walls.published() as reading:
        found = reading.of(body.id, KIND)
    if not found:
        raise NotHere
    return body, found


def _of(found: list[Published], publication: UUID) -> Published:
    wanted = next((p for p in found if p.id == publication), None)
    if wanted is None:
        raise NotHere
    return wanted


def _shown(body: BodyRef, wanted: Published, found: list[Published]) -> ResponseReturnValue:
    return render("arrangements/published.html", title=wanted.content["title"], told=wanted.content, head=head_of(wanted.content), publisher=body,
                  wanted=wanted, found=found, synthetic=body.synthetic)  # fmt: skip
