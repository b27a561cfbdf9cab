"""The published arrangements: open to anyone, as a page and as a PDF, each as it was when it was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, g, redirect
from flask.typing import ResponseReturnValue

from threefold.domain.calendar import LONDON
from threefold.governance import in_force
from threefold.governance.in_force import OnDay, OnRecord, Standing, said
from threefold.governance.pack import Arrangement
from threefold.walls.directory import BodyRef
from threefold.walls.published import Published
from threefold.walls.session import SYSTEM, Scope
from threefold.work.arrangements.drafting import PREPARING
from threefold.work.arrangements.pdf import head_of, make_pdf
from threefold.work.arrangements.publishing import KIND, not_published, publish_version
from threefold.work.arrangements.stories import on_record
from threefold.work.arrangements.web.days import COLOURS, DayAsked, area_names, day_page, public
from threefold.work.arrangements.web.main import blueprint
from threefold.work.people.access import NotHere, declare
from threefold.work.people.web import Filled, Form, Visit, asked, fill, page, public_page, render, services

PUBLISH = declare("publish the arrangement", PREPARING).act


@blueprint.route("/b/<slug>/arrangement/versions/<version>/publish", methods=["GET", "POST"])
@page(needs=PUBLISH)
def publish(visit: Visit, version: str) -> ResponseReturnValue:
    """Publish a version; what is published is named, with its day, and can be read first."""
    with visit.unit("publish the arrangement") as unit:
        record = on_record(unit)
        waiting = not_published(unit, record)
    one = next((s for s in in_force.standings(record, visit.today) if s.version.version == version), None)
    if one is None:
        raise NotHere
    first = next((s.version for s in waiting if s.state == "now" and one.state == "coming"), None)
    form, text_of_it = fill(Form), f"/b/{visit.body.slug}/arrangement/versions/{version}"
    if form.valid:
        with form.refusals(), visit.unit("publish the arrangement") as unit:
            publish_version(unit, services().governance, visit.body.name, version, area_names())
            return redirect(f"{text_of_it}?done=published", 303)
    told = in_force.for_a_time(one.version, (each.version for each in record), visit.today)
    return render("arrangements/publish.html", title="Publish this version", for_a_time=told, form=form, back=text_of_it, one=one, version=one.version, colours=COLOURS, first=first, today=visit.today,
                  public=public(visit.body.id).get(version))  # fmt: skip


@blueprint.get("/published")
@public_page
def everyone() -> ResponseReturnValue:
    own = services()
    with own.walls.published() as reading:
        who = set(reading.publishers(KIND))
    with own.walls.directory() as directory:
        bodies = sorted((b for b in directory.bodies() if b.id in who), key=lambda b: b.name)
    g.findable = not all(b.synthetic for b in bodies)
    return render("arrangements/published_all.html", title="Published arrangements", bodies=bodies)


@blueprint.get("/published/<slug>")
@public_page
def published(slug: str) -> ResponseReturnValue:
    """The published version that is in force today; where it is not published, that is said. Asked for a day: that day's."""
    shelf = _shelf(slug)
    form = asked(DayAsked)
    if form.sent:
        g.findable = False  # an answer to somebody's question is no page of its own
        found = shelf.on_day(form["on"]) if form.valid else None
        return day_page(form, found, shelf.places, back=f"/published/{slug}", synthetic=shelf.body.synthetic)
    today = shelf.on_day(shelf.today)
    wanted = shelf.of_version(today.version.version) if today.version else None
    if wanted is not None:
        return _shown(shelf, wanted, form)
    return render("arrangements/published_front.html", title="Published arrangement", publisher=shelf.body, shelf=shelf, today=today, form=form,
                  colours=COLOURS, synthetic=shelf.body.synthetic)  # fmt: skip


@blueprint.get("/published/<slug>/<uuid:publication>")
@public_page
def one(slug: str, publication: UUID) -> ResponseReturnValue:
    shelf = _shelf(slug)
    return _shown(shelf, shelf.one(publication), asked(DayAsked))


@blueprint.get("/published/<slug>/<uuid:publication>.pdf")
@public_page
def as_pdf(slug: str, publication: UUID) -> ResponseReturnValue:
    shelf = _shelf(slug)
    wanted = shelf.one(publication)
    stands = shelf.standing(wanted)
    days = f" {stands.days}." if stands.state in in_force.DAYS_BESIDE else ""
    left = [f"{shelf.body.name} left this service on {said(shelf.left_on)}. This is as it stood then."] if shelf.left_on else []
    standing = [*left, f"{stands.tag}, as known on {said(shelf.today)}.{days}", *(mark.words for mark in stands.marks)]
    made = make_pdf(wanted.content, synthetic=shelf.body.synthetic, standing=standing, after=shelf.history(wanted))
    return Response(made, mimetype="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{shelf.body.slug}-{publication}.pdf"', "X-Content-Type-Options": "nosniff"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a body published, beside the days of its versions. The title of a version that it did not publish is not told.

    `found`: newest first. Before two who publish took turns, a version could be published twice: the first is the one that is shown, at
    the address of either."""

    body: BodyRef
    found: list[Published]
    record: tuple[OnRecord, ...]
    today: date
    left_on: date | None = None

    @property
    def places(self) -> dict[str, str]:
        return {p.content["version"]: f"/published/{self.body.slug}/{p.id}" for p in self.found}

    def on_day(self, day: date) -> OnDay:
        return in_force.on_day(services().governance, self.record, day, self.today, self._called)

    def of_version(self, version: str) -> Published | None:
        return next((p for p in reversed(self.found) if p.content["version"] == version), None)

    def one(self, publication: UUID) -> Published:
        asked_for = next((p for p in self.found if p.id == publication), None)
        wanted = self.of_version(asked_for.content["version"]) if asked_for else None
        if wanted is None:
            raise NotHere
        return wanted

    def standing(self, wanted: Published) -> Standing:
        return next(s for s, _ in self.shown if s.version.version == wanted.content["version"])

    @property
    def shown(self) -> list[tuple[Standing, Published]]:
        """Every published version with where it stands, the latest beginning first."""
        stands = in_force.standings(self.record, self.today, self._called)
        return [(s, p) for s in reversed(stands) if (p := self.of_version(s.version.version)) is not None]

    def history(self, wanted: Published) -> list[dict[str, Any]]:
        """Every published version with its days and what set it right, as a section for the PDF: what the page tells too."""
        items = []
        for one, other in self.shown:
            told = [one.tag, *([one.days] if one.state in in_force.DAYS_BESIDE else ()), *(mark.words for mark in one.marks)]
            text = " ".join(f"{words.rstrip('.')}." for words in (*told, f"Published on {said(_day(other))}"))
            this = " (this one)" if other is wanted else ""
            items.append({"title": f"{other.title}{this}", "text": text, "source": "", "sure": ""})
        return [{"title": "Every version published here", "said": f"As known on {said(self.today)}.", "items": items}]

    def _called(self, version: Arrangement) -> str:
        open_to_all = version.entered == "adopted" or self.of_version(version.version) is not None
        return in_force.titled(version) if open_to_all else "a version that is not published here"


def _shelf(slug: str) -> Shelf:
    """What a body published. Raises `NotHere` where it published nothing.

    The days of its versions are read as the body itself, and only they leave: see docs/decisions/0018.
    """
    own = services()
    with own.walls.directory() as directory:
        body = directory.body_by_slug(slug)
        left_on = directory.left_on(body.id) if body else None
    if body is None:
        raise NotHere
    with own.walls.published() as reading:
        found = reading.of(body.id, KIND)
    if not found:
        raise NotHere
    g.findable = not body.synthetic  # whoever looks for what their area published finds it; what is made up is found by nobody
    at = own.clock()
    with own.walls.open(Scope(body.id), actor=SYSTEM, purpose="say which published version is in force", at=at) as unit:
        record = on_record(unit)
    return Shelf(body, found, record, at.astimezone(LONDON).date(), left_on)


def _day(published: Published) -> date:
    return published.published_at.astimezone(LONDON).date()


def _shown(shelf: Shelf, wanted: Published, form: Filled) -> ResponseReturnValue:
    return render("arrangements/published.html", title=wanted.content["title"], told=wanted.content, head=head_of(wanted.content),
                  publisher=shelf.body, shelf=shelf, wanted=wanted, one=shelf.standing(wanted), form=form, colours=COLOURS,
                  synthetic=shelf.body.synthetic)  # fmt: skip
