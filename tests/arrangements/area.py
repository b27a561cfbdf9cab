"""An area on a site of its own, with its people and a browser for each of them: what the tests of its screens stand on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.arrangements.vale import EVERY_BODY, GOVERNANCE, LEADS, MARCH, NOW_IN_FORCE
from tests.support.database import Database
from tests.web.site import Shown, Site, make_site
from threefold.governance import drafts
from threefold.work.arrangements import drafting
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, PARTNER_LEAD

HOME = "/b/example-vale/arrangement"
HUDDLE = "line/rules/rapid-review-plan/steps/huddle"
LEAD, MANAGER = "lead@vale.example", "manager@vale.example"


@dataclass
class Area:
    """The site with one area, and a browser for each person."""

    site: Site
    body: UUID
    browsers: dict[str, Site] = field(default_factory=dict)

    def by(self, email: str) -> Site:
        if email not in self.browsers:
            self.browsers[email] = self.site.another()
            self.browsers[email].enter(email)
        return self.browsers[email]

    def filled(self, path: str, changes: dict[str, Any], email: str = LEAD) -> dict[str, Any]:
        """What a browser would send of a page after a person changed some boxes; None empties one. What is added serves no duty of the law
        unless a test says so: the page asks, and has nothing chosen (`test_a_duty_is_asked_for.py`)."""
        page = self.by(email).get(path)
        asked = {"serves": "none"} if "/add/" in path and any(e.get("name") == "serves" for e in page.page.elements) else {}
        return {k: v for k, v in {**asked, **boxes_of(page), **changes}.items() if v is not None}

    def answer(self, path: str, changes: dict[str, Any], status: int = 303, email: str = LEAD) -> Shown:
        return self.by(email).send(path, self.filled(path, changes, email), status)

    def worded(self, fact: str, do: str, part: str, about: str, answers: dict[str, Any], group: str = "") -> None:
        """One comparison put into a condition, over its two pages. `fact`: the address of the first."""
        first = {"fact": about, **({"group": group} if group else {})}
        second = self.answer(f"{fact}?do={do}&part={part}", first).location
        asks = any(e.get("name") == "together" for e in self.by(LEAD).get(second).page.elements)
        asked = {"together": "all"} if asks else {}
        assert self.answer(second, asked | answers).location.endswith("done=saved")

    def begun(self, title: str = "Huddle on day 12") -> str:
        """The address of a draft begun from what is in force."""
        done = self.answer(f"{HOME}/drafts/new", {"base": "in_force", "title": title})
        return done.location.removesuffix("?done=begun")

    def before_its_seats(self, draft: str) -> None:
        """Send a draft to be signed, with a reason for each departure from guidance."""
        asked = self.by(LEAD).get(f"{draft}/ask")
        self.answer(f"{draft}/ask", {e.get("name"): "Agreed so." for e in asked.page.elements if e.name == "textarea"})

    def minuted(self, draft: str, seat: str = "health-lead") -> str:
        """Record that a seat signed from minutes; the address of the page on which another checks them."""
        given = {"seat": seat, "where": "Executive, item 4", **day("day", MARCH)}
        document = {"document": (io.BytesIO(b"%PDF-1.7 minutes %%EOF"), "m.pdf")}
        self.by(LEAD).send(f"{draft}/minutes", self.filled(f"{draft}/minutes", given) | document)
        links = self.by(MANAGER).get(f"{draft}/sign").page.all("a")
        return next(e.get("href") for e in links if e.text.startswith("Check the minutes"))

    def content(self, draft: str) -> drafts.Content:
        with self.site.database.unit(self.body, self.site.at) as unit:
            return drafting.load_draft(unit, UUID(draft.rsplit("/", 1)[1])).content


def boxes_of(shown: Shown) -> dict[str, list[str]]:
    """What a browser would send of a page as it is shown."""
    boxes: dict[str, list[str]] = {}
    picking = ""
    for e in shown.page.elements:
        picking = e.get("name") if e.name == "select" else picking
        if e.name == "option" and "selected" in e.attributes:
            boxes.setdefault(picking, []).append(e.get("value"))
        elif e.name == "textarea":
            boxes.setdefault(e.get("name"), []).append(e.text.strip())
        elif (
            e.name == "input"
            and e.get("type") != "file"
            and (e.get("type") not in ("radio", "checkbox") or "checked" in e.attributes)
        ):
            boxes.setdefault(e.get("name"), []).append(e.get("value"))
    return boxes


def chosen_on(shown: Shown, sides: dict[str, str]) -> dict[str, Any]:
    """What a browser would send of a page that asks which of two answers to keep, once they are chosen; "theirs" or "yours" by field."""
    offered = [(e.get("name"), e.get("value")) for e in shown.page.all("input") if (e.get("name") or "").startswith("keep:")]
    assert {name for name, _ in offered} == {f"keep:{field}" for field in sides}
    return boxes_of(shown) | {
        name: value for name, value in offered if value.startswith(f"{sides[name.removeprefix('keep:')]}:")
    }


def day(name: str, value: Any) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


@pytest.fixture
def area(database: Database, tmp_path: Path, project: Path) -> Iterator[Area]:
    site = make_site(database, tmp_path, tenants=project / "tenants", rules=(EVERY_BODY, GOVERNANCE))
    site.at = MARCH
    body = database.body("example-vale")
    with database.unit(body, MARCH) as unit:
        enter_version(unit, GOVERNANCE, NOW_IN_FORCE)
    site.person(LEAD, body, AREA_LEAD)
    site.person(MANAGER, body, BUSINESS_MANAGER)
    for seat in LEADS:
        site.person(f"{seat}@vale.example", body, PARTNER_LEAD, seats=(seat,))
    yield Area(site, body)
    site.app.extensions["threefold"].walls.engine.dispose()


def taken_in(area: Area, file: bytes, status: int = 422, **ticked: str) -> Shown:
    sent = area.filled(f"{HOME}/drafts/import", {}) | ticked | {"file": (io.BytesIO(file), "x.toml")}
    return area.by(LEAD).send(f"{HOME}/drafts/import", sent, status)
