"""Two bodies on one platform: an area whose seats sign its rapid reviews, and the national body it answers to; and the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.governance.test_decide import arrangement
from tests.support.database import Database
from tests.support.tenants import read_tenants
from tests.web.site import Site
from threefold.doors.worker import jobs, planning
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.walls.post import Post
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState
from threefold.work.national import letters as national_letters
from threefold.work.people.access import BUSINESS_MANAGER, CONTRIBUTOR, NATIONAL_OFFICER, PARTNER_LEAD
from threefold.work.reviews import letters as review_letters

EDITIONS = read_tenants().editions
GOVERNANCE = Governance(EDITIONS, Catalogue.installed())
MANAGER, POLICE, HEALTH, HELPER, OFFICER = (
    "manager@vale.example", "police@vale.example", "health@vale.example", "helper@vale.example", "officer@nation.example")  # fmt: skip
PUBLIC = "https://threefold.example"

SAID = {"ref": "A made-up arrangement for tests", "force": "LOCAL", "sure": "V"}
PARTNERS = tuple(
    Organisation(key, f"Vale {key.title()}", kind, partner=True)  # type: ignore[arg-type]
    for key, kind in (("council", "local_authority"), ("health", "integrated_care_board"), ("police", "police"))
)
SEATS = tuple(Seat(f"{o.key}-lead", f"lead of {o.name}", "lead", o.key) for o in PARTNERS)
SIGNS = [seat.key for seat in SEATS]
USES = (
    RuleUse("decisions", "decision-making", 1, {"ways": [
        {"question": "sign_rapid_review", "decides": SIGNS, "how": "all_agree", "signs": SIGNS, "source": SAID}]}),
    RuleUse("types", "review-types", 1, {"types": [
        {"key": "learning", "title": "Learning from Experience review", "text": "For learning without a notification.", "source": SAID}]}),
    RuleUse("timetable", "timetable", 1, {
        "start_events": ["referral_accepted", "notification_sent"], "unit": "not_stated", "unit_from": "stated",
        "steps": [{"key": "meet", "title": "Review meeting", "day": 10, "serves": "rapid-review", "source": SAID}]}),
)  # fmt: skip
DEAD = {"key": "child-1", "died": "yes", "abuse_or_neglect": "yes"}


@dataclass(slots=True)
class Neighbours:
    """The two bodies, at the hour of the test."""

    database: Database
    area: UUID
    national: UUID
    at: datetime
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    send_mail: Callable[[str, str, str], None] | None = None

    def unit(self, **kwargs: Any) -> Any:
        return self.database.unit(self.area, self.at, **kwargs)

    def desk(self) -> Any:
        return self.database.unit(self.national, self.at, roles=("national_officer",))

    def opened(self, *events: dict[str, Any], **incident: Any) -> UUID:
        """A case: a child who died, abuse suspected."""
        given = {"happened_on": "2026-03-28", "happened_in": "E10000008", "children": [DEAD]} | incident
        with self.unit() as unit:
            return incidents.record_incident(
                unit, GOVERNANCE, {"incident": given, "review": {"events": list(events)}}, uuid4()
            ).id

    def notified(self, **incident: Any) -> UUID:
        """A case that the national body was told of, and has on its desk."""
        case_id = self.opened(**incident)
        with self.unit() as unit:
            incidents.notify(unit, GOVERNANCE, case_id, self.national, uuid4())
        self.work()
        return case_id

    def state(self, case_id: UUID) -> CaseState:
        with self.unit() as unit:
            return incidents.see_case(unit, case_id)

    @property
    def bench(self) -> jobs.Bench:
        walls = self.database.walls

        def name_of(body: UUID) -> str:
            with walls.directory() as directory:
                found = directory.body_by_id(body)
            return found.name if found else ""

        handlers = {**review_letters.handlers(GOVERNANCE), **national_letters.handlers(GOVERNANCE, name_of)}
        send = self.send_mail or (lambda to, subject, text: self.mails.append((to, subject, text)))
        return jobs.Bench(walls, GOVERNANCE, Post(walls, handlers), send, PUBLIC)

    def work(self) -> list[str]:
        """Do everything that is due, as the worker would, until nothing is left. Returns what became of each piece."""
        told: list[str] = []
        for _ in range(50):
            due: list[UUID] = []
            if not planning.sweep(self.bench, due.append, self.at):
                return told
            told += [jobs.perform(self.bench, work_id, self.at) for work_id in due]
        raise AssertionError(f"the work does not end: {told}")

    def later(self, **passed: Any) -> None:
        self.at += timedelta(**passed)


def neighbours(database: Database, at: datetime) -> Neighbours:
    national = database.body("nation", "national")
    area = database.body("vale", national="nation")
    version = replace(arrangement("one", date(2025, 1, 1), *USES), organisations=PARTNERS, seats=SEATS)
    with database.unit(area, at) as unit:
        enter_version(unit, GOVERNANCE, version)
    return Neighbours(database, area, national, at)


def staffed(site: Site, here: Neighbours) -> None:
    """Their people, the business manager signed in."""
    site.person(MANAGER, here.area, BUSINESS_MANAGER)
    site.person(POLICE, here.area, PARTNER_LEAD, seats=("police-lead",))
    site.person(HEALTH, here.area, PARTNER_LEAD, seats=("health-lead",))
    site.person(HELPER, here.area, CONTRIBUTOR)
    site.person(OFFICER, here.national, NATIONAL_OFFICER)
    site.enter(MANAGER)
