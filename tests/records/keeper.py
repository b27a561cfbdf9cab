"""An area whose arrangement says how long records are kept, with a case in which something stands everywhere."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.governance.test_decide import arrangement
from tests.reviews.neighbours import DEAD, GOVERNANCE, PARTNERS, SAID, SEATS, USES, Neighbours
from tests.support.database import Database
from threefold.governance.pack import RuleUse
from threefold.walls.session import SYSTEM, Scope, Unit
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories as national
from threefold.work.people.half_written import keep_form
from threefold.work.people.tables import CaseBar
from threefold.work.records import stories
from threefold.work.reviews import stories as reviews

BEGAN = datetime(2020, 3, 30, 10, 0, tzinfo=UTC)
CHILD = {
    "name": "Zephyrine Planted",
    "aliases": "",
    "born_on": "2012-02-01",
    "nhs_number": "9434765919",
    "addresses": ["1 Planted Lane"],
}
TEN_YEARS = {"key": "reviews", "title": "Records of a case", "amount": 10, "source": SAID}
GROUP = {"key": "executive", "title": "Executive", "members": [{"who": "council"}], "source": SAID}


def keeping(*kept: dict[str, Any]) -> RuleUse:
    return RuleUse("keeping", "publication-and-retention", 1, {"kept": list(kept)})


@dataclass
class Keeper(Neighbours):
    """The two bodies, and the people of the area who decide about records."""

    manager: UUID = field(default_factory=uuid4)
    lead: UUID = field(default_factory=uuid4)

    def opened(self, *events: dict[str, Any], **incident: Any) -> UUID:
        return super().opened(*events, **{"happened_on": "2020-03-28"} | incident)

    def by_manager(self) -> AbstractContextManager[Unit]:
        return self.database.unit(self.area, self.at, roles=("business_manager",), person=self.manager)

    def by_lead(self, person: UUID | None = None, seats: tuple[str, ...] = ("police-lead",)) -> AbstractContextManager[Unit]:
        return self.database.unit(self.area, self.at, roles=("partner_lead",), seats=seats, person=person or self.lead)

    def restricted(self, case_id: UUID) -> None:
        """A case kept to its team: to the lead, who works here."""
        self.lead = self.database.provision.put_person("lead@vale.example", "Lead", "x")
        self.database.provision.put_membership(self.lead, self.area, "partner_lead", "police-lead", date(2010, 1, 1), None)
        with self.by_lead() as unit:
            incidents.restrict_case(unit, case_id, True, "A colleague's family.")

    def whole_case(self) -> UUID:
        """A case with people, records, decisions, requests and answers, letters both ways, a half-written form, a team."""
        case_id = self.notified(children=[DEAD], happened_on="2020-03-28")
        with self.by_manager() as unit:
            incidents.add_person(unit, case_id, "child", CHILD, "child-1")
            reviews.ask_agency(unit, case_id, "School", "school@vale.example", "What did Zephyrine Planted say?", uuid4())
            reviews.add_safety_action(unit, case_id, "Planted action", None, uuid4())
            reviews.consider(unit, GOVERNANCE, case_id, "recurrent_themes", "applies", "Planted factor")
            reviews.decide_local_review(unit, GOVERNANCE, case_id, "no", "Planted reason", self.national, uuid4())
            keep_form(unit, f"/b/vale/cases/{case_id}/people/add", [("name", "Planted half-written")])
        self.later(days=7)
        with self.by_manager() as unit:
            reviews.send_rapid_review(
                unit, GOVERNANCE, case_id, self.national, "Planted summary", "Planted: no signature", uuid4()
            )
        self.work()
        with self.desk() as unit:
            national.reply(unit, self.area, case_id, "agree", "no", "Planted reply", uuid4())
        self.work()
        return case_id

    def closed(self, case_id: UUID, on: date | None = None) -> UUID:
        with self.by_manager() as unit:
            stories.close_case(unit, case_id, on or unit.today, uuid4())
        return case_id

    def after(self, years: int) -> None:
        self.at += timedelta(days=366 * years)

    def proposed(self, case_id: UUID, outcome: str = "destroy", until: date | None = None) -> UUID:
        with self.by_manager() as unit:
            made = stories.propose(unit, GOVERNANCE, case_id, outcome, "Planted: the time has ended.", until, uuid4())
        assert made is not None
        return made

    def destroyed(self, case_id: UUID) -> UUID:
        """Proposed by the manager and confirmed by a lead."""
        disposal = self.proposed(case_id)
        with self.by_lead() as unit:
            certificate = stories.confirm(unit, GOVERNANCE, case_id, disposal)
        assert certificate is not None
        return certificate

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Read past the walls."""
        with psycopg.connect(self.database.admin) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[call-overload,no-any-return]


def barred(here: Keeper, case_id: UUID, person: UUID, email: str = "manager@vale.example") -> None:
    here.database.provision.put_person(email, "Somebody", "x")
    with here.database.walls.open(Scope(here.area), actor=SYSTEM, purpose="test", at=here.at) as unit:
        unit.session.add(CaseBar(
            id=uuid4(), case_id=case_id, person_id=person, why=unit.seal_json({"why": "Family."}), state="declared", declared_at=unit.at, declared_by=None,
            deputy_id=None, decided_at=None, decided_by=None, decided_seat="", decision=None))  # fmt: skip


def keeper(database: Database, *kept: dict[str, Any]) -> Keeper:
    nation, area = database.body("nation", "national"), database.body("vale", national="nation")
    uses = (*USES, keeping(*(kept or (TEN_YEARS,))))
    version = replace(arrangement("one", date(2019, 1, 1), *uses), organisations=PARTNERS, seats=SEATS)
    with database.unit(area, BEGAN) as unit:
        enter_version(unit, GOVERNANCE, version)
    return Keeper(database, area, nation, BEGAN)
