"""A made-up area that works by a real area's published terms of reference, and its meetings as a person records them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.reviews.neighbours import EDITIONS, GOVERNANCE, SAID
from tests.support.database import Database
from tests.support.tenants import read_tenants
from tests.web.site import Shown, Site
from threefold.governance.pack import Arrangement, Library, RuleUse
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR, NATIONAL_OFFICER

MARCH = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
DAY = {"day-day": "3", "day-month": "3", "day-year": "2027"}
MANAGER, HELPER = "manager@vale.example", "helper@vale.example"
DEAD = {"key": "child-1", "died": "yes", "abuse_or_neglect": "yes"}
PARTNERS = ("council", "health", "police")
DISTRICTS = tuple(f"district-{n}" for n in range(1, 7))
RULES = (Library(EDITIONS, {}), GOVERNANCE)


def terms(begins: date | None = date(2025, 1, 1), group: str = "executive") -> Arrangement:
    """The published terms of reference, begun on a day; whether to notify is decided under the quorum of one of its groups."""
    (version,) = read_tenants("gloucestershire").bodies["gloucestershire"].versions
    way = {"question": "notify", "decides": ["council-lead"], "how": "one_decides", "group": group, "source": SAID}

    def with_way(use: RuleUse) -> RuleUse:
        return replace(use, settings={**use.settings, "ways": [way]}) if use.rule == "decision-making" else use

    return replace(version, begins=begins, uses=tuple(with_way(use) for use in version.uses))


@dataclass(slots=True)
class Area:
    """The area, its site with the business manager signed in, and the national body it answers to."""

    site: Site
    id: UUID
    national: UUID
    base: str = "/b/vale/meetings"
    references: dict[UUID, str] = field(default_factory=dict)

    def opened(self) -> UUID:
        """A case on record: a child who died, abuse suspected."""
        given = {
            "incident": {"happened_on": "2027-02-28", "children": [DEAD]},
            "review": {"events": [{"name": "aware", "at": "2027-03-01"}]},
        }
        with self.unit() as unit:
            state = incidents.record_incident(unit, GOVERNANCE, given, uuid4())
        self.references[state.id] = state.reference
        return state.id

    def unit(self) -> Any:
        return self.site.database.unit(self.id, self.site.at)

    def begun(self, group: str) -> str:
        """The address of a meeting of 3 March 2027 whose record was begun."""
        return self.site.post(f"{self.base}/new", {"group": group, **DAY}).location.removesuffix("/who")

    def there(self, meeting: str, group: str, hows: Mapping[str, str], **more: Any) -> Shown:
        """Say who was there for the organisations that count (`nobody` where nothing is said), and go on."""
        counts = DISTRICTS if group == "districts" else PARTNERS
        told = {f"counted-{no}": hows.get(key, "nobody") for no, key in enumerate(counts, 1)}
        return self.site.post(f"{meeting}/who", told | more)

    def recorded(self, group: str, hows: Mapping[str, str], agenda: Mapping[str, str] | None = None, **items: str) -> str:
        """A whole record, page by page, saved. `items`: the boxes of the page on items, where it is asked."""
        meeting = self.begun(group)
        assert self.there(meeting, group, hows).location == f"{meeting}/chair"
        assert self.site.post(f"{meeting}/chair", {"chair": "council-lead"}).location == f"{meeting}/agenda"
        after = self.site.post(f"{meeting}/agenda", agenda or {}).location
        if after.endswith("/items"):
            after = self.site.post(after, {name.replace("_", "-"): value for name, value in items.items()}).location
        assert after == f"{meeting}/check"
        assert self.site.post(after).location == f"{meeting}?done=saved"
        return meeting

    def says(self, meeting: str) -> tuple[str, str]:
        """(what the tag says, the rule's sentence) of a meeting's page."""
        shown = self.site.get(meeting).text
        found = re.search(r"(Quorate|Not quorate|Not clear)\s+(.*?)\s*(?:Source:|Who was there)", shown, re.DOTALL)
        assert found, shown
        return found[1], " ".join(found[2].split())

    def case(self, case_id: UUID) -> str:
        return f"/b/vale/cases/{case_id}"


def area_of(database: Database, site: Site, version: Arrangement) -> Area:
    national, vale = database.body("nation", "national"), database.body("vale", national="nation")
    site.at = MARCH
    with database.unit(vale, datetime(2026, 1, 1, 9, tzinfo=UTC)) as unit:
        enter_version(unit, GOVERNANCE, version)
    site.person(MANAGER, vale, BUSINESS_MANAGER)
    site.person(HELPER, vale, CONTRIBUTOR)
    site.person("officer@nation.example", national, NATIONAL_OFFICER)
    site.enter(MANAGER)
    return Area(site, vale, national)
