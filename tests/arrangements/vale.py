"""A made-up area whose arrangement extends a real one, under the real law, with its leads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from tests.support.database import Database
from tests.support.tenants import read_tenants
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.walls.session import Unit
from threefold.work.arrangements.stories import enter_version

LIBRARY = read_tenants("example-vale")
GOVERNANCE = Governance(LIBRARY.editions, Catalogue.installed())
EVERY_BODY = read_tenants()
(NOW_IN_FORCE,) = LIBRARY.bodies["example-vale"].versions
LEADS = ("council-lead", "police-lead", "health-lead")
MARCH = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
APRIL = date(2027, 4, 1)


@dataclass
class Vale:
    """The area's database, its people, and the hour of the test."""

    database: Database
    id: UUID
    at: datetime = MARCH
    people: dict[str, UUID] = field(default_factory=lambda: {name: uuid4() for name in (*LEADS, "area-lead", "manager")})

    def lead(self) -> AbstractContextManager[Unit]:
        return self.database.unit(self.id, self.at, roles=("area_lead",), person=self.people["area-lead"])

    def manager(self) -> AbstractContextManager[Unit]:
        return self.database.unit(self.id, self.at, roles=("business_manager",), person=self.people["manager"])

    def seat(self, key: str) -> AbstractContextManager[Unit]:
        return self.database.unit(self.id, self.at, roles=("partner_lead",), seats=(key,), person=self.people[key])


def opened(database: Database, arrangement: Arrangement = NOW_IN_FORCE) -> Vale:
    vale = Vale(database, database.body("example-vale"))
    with database.unit(vale.id, datetime(2026, 1, 1, 9, tzinfo=UTC)) as unit:
        enter_version(unit, GOVERNANCE, arrangement)
    return vale
