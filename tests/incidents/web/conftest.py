"""An area with the law's own rules and a made-up arrangement, its people, and the national body it answers to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.contract.toys import Crashing, ToyLocal
from tests.governance.test_decide import arrangement, local
from tests.incidents.web.asking import Asking
from tests.web.conftest import site
from tests.web.site import Rules, Shown, Site
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Edition, Library, RuleUse, load_library
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR, PARTNER_LEAD

__all__ = ["rules", "site"]
MANAGER, POLICE, HELPER = "manager@vale.example", "police@vale.example", "helper@vale.example"


def law_alone() -> tuple[Edition, ...]:
    """The editions of the law, without any body's files: these tests stand on the law and on a made-up arrangement."""
    with TemporaryDirectory() as folder:
        shutil.copytree(Path(__file__).parents[3] / "tenants" / "_shared", Path(folder) / "_shared")
        return load_library(Path(folder)).editions


EDITIONS = law_alone()
GOVERNANCE = Governance(EDITIONS, replace(Catalogue.installed(), rules={
    **Catalogue.installed().rules, **Catalogue.of([ToyLocal, Asking, Crashing]).rules,
}))  # fmt: skip
PARTNERS = (
    Organisation("council", "Vale Council", "local_authority", partner=True),
    Organisation("health", "Vale Health", "integrated_care_board", partner=True),
    Organisation("police", "Vale Police", "police", partner=True),
)
SEATS = (
    *(Seat(f"{o.key}-lead", f"Lead of {o.name}", "lead", o.key) for o in PARTNERS),
    Seat("scrutineer", "Independent scrutineer", "scrutineer"),
)


@pytest.fixture
def rules() -> Rules:
    return Library(EDITIONS, {}), GOVERNANCE


@dataclass(slots=True)
class Area:
    """One body with a business manager (signed in), a police lead and a contributor."""

    site: Site
    id: UUID
    national: UUID

    @property
    def cases(self) -> str:
        return "/b/vale/cases"

    def address(self, case_id: UUID) -> str:
        return f"{self.cases}/{case_id}"

    def opened(self, **facts: Any) -> UUID:
        """A case on record: a child who died, with abuse suspected, unless other facts are given."""
        given = {"incident": {"happened_on": "2026-03-28", "children": [DEAD]}, "review": {"events": [AWARE]}} | facts
        with self.site.database.unit(self.id, self.site.at) as unit:
            return stories.record_incident(unit, GOVERNANCE, given, uuid4()).id

    def state(self, case_id: UUID) -> Any:
        with self.site.database.unit(self.id, self.site.at) as unit:
            return stories.see_case(unit, case_id)

    def filled(self, path: str, data: dict[str, Any], site: Site | None = None) -> dict[str, str]:
        """What a browser would send from a page after a person put `data` into its boxes."""
        boxes: dict[str, str] = {}
        picking = ""
        for e in (site or self.site).get(path).page.elements:
            picking = e.get("name") if e.name == "select" else picking
            if e.name == "option" and "selected" in e.attributes:
                boxes[picking] = e.get("value")
            elif e.name == "textarea":
                boxes[e.get("name")] = e.text.strip()
            elif e.name == "input" and (e.get("type") not in ("radio", "checkbox") or "checked" in e.attributes):
                boxes[e.get("name")] = e.get("value")
        return boxes | data

    def answer(self, path: str, data: dict[str, Any], status: int = 303, site: Site | None = None) -> Shown:
        """Change the given boxes of a page and send it all, as a browser does."""
        return (site or self.site).send(path, self.filled(path, data, site), status)

    def as_person(self, email: str) -> Site:
        other = self.site.another()
        other.enter(email)
        return other


DEAD = {"key": "child-1", "died": "yes", "abuse_or_neglect": "yes"}
AWARE = {"name": "aware", "at": "2026-03-30"}


@pytest.fixture
def area(site: Site) -> Iterator[Area]:
    national = site.database.body("nation", "national")
    vale = site.database.body("vale", national="nation")
    version = arrangement(
        "one", date(2025, 1, 1), local(3), RuleUse("questions", "asking", 1, {}), RuleUse("broken", "crashing", 1, {})
    )
    version = replace(version, organisations=PARTNERS, seats=SEATS)
    with site.database.unit(vale) as unit:
        enter_version(unit, GOVERNANCE, version)
    site.person(MANAGER, vale, BUSINESS_MANAGER)
    site.person(POLICE, vale, PARTNER_LEAD, seats=("police-lead",))
    site.person(HELPER, vale, CONTRIBUTOR)
    site.enter(MANAGER)
    yield Area(site, vale, national)
