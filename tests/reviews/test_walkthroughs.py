"""The walk-throughs that must come out so, on the demonstration bodies' own arrangements, area to national body and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.database import Database
from tests.support.tenants import read_tenants
from threefold.doors.worker.jobs import Bench, perform
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.walls.post import Post
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.stories import ReasonNeeded
from threefold.work.national import letters as national_letters
from threefold.work.national import stories as national
from threefold.work.reviews import letters as review_letters
from threefold.work.reviews import stories as reviews
from threefold.work.reviews.stories import WaysOpen

LIBRARY = read_tenants()
GOV = Governance(LIBRARY.editions, Catalogue.installed())
ROLES = ("business_manager", "partner_lead", "national_officer")
SEATS = ("council-lead", "police-lead", "health-lead")


def at(day: str, hour: int = 11) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:00:00+00:00").astimezone(UTC)


@dataclass
class Area:
    """A demonstration body on record, and the national body it writes to."""

    database: Database
    id: UUID
    central: UUID
    bench: Bench

    def unit(self, day: str, seats: tuple[str, ...] = ()) -> Any:
        return self.database.unit(self.id, at(day), roles=ROLES, seats=seats)

    def deliver(self, day: str) -> None:
        """What the workers do, until nothing is due."""
        while True:
            with self.database.walls.directory() as directory:
                due = directory.due_work(at(day, 12))
            if not due:
                return
            for work in due:
                assert perform(self.bench, work, at(day, 12)) == "done"

    def desk(self, day: str) -> list[national.DeskLine]:
        with self.database.unit(self.central, at(day, 13), roles=ROLES) as unit:
            return national.desk(unit)


@pytest.fixture
def opened(database: Database) -> Callable[[str], Area]:
    def open_area(name: str) -> Area:
        body = LIBRARY.body(name)
        central, area = database.body("example-national", "national"), database.body(name, national="example-national")
        with database.unit(area, at("2026-01-01"), roles=ROLES) as unit:
            for version in body.versions:
                enter_version(unit, GOV, version)
        handlers = {**national_letters.handlers(GOV, lambda _: name), **review_letters.handlers(GOV)}
        mails: list[tuple[str, str, str]] = []
        bench = Bench(database.walls, GOV, Post(database.walls, handlers), lambda *m: mails.append(m), "http://127.0.0.1:8000")
        return Area(database, area, central, bench)

    return open_area


def case(**review: Any) -> dict[str, Any]:
    children = [{"key": "child-1", "age_years": 3, "died": "no", "seriously_harmed": "yes", "abuse_or_neglect": "yes"}]
    return {"incident": {"happened_on": "2026-01-05", "children": children}, "review": review}


def due(state: CaseState, serves: str) -> tuple[str | None, dict[str, Any]]:
    served = next(s for s in state.verdict["steps"] if s["serves"] == serves)
    local = {line["key"]: line for line in served["local"]}
    return (served["statutory"]["due_on"] if served["statutory"] else None), local


def test_devon(opened: Callable[[str], Area]) -> None:
    area = opened("example-vale")
    with area.unit("2026-03-30") as unit:
        facts = case(
            events=[{"name": "aware", "at": "2026-03-30", "how": "briefing"}, {"name": "briefing_received", "at": "2026-03-30"}]
        )
        state = incidents.record_incident(unit, GOV, facts, uuid4())
    assert due(state, "notify-panel")[0] == "2026-04-08"
    _, local = due(state, "rapid-review")
    assert local["huddle"]["due_on"] == "2026-04-20"
    assert "2026-04-14" in {line["due_on"] for line in local.values()}
    assert local["huddle"]["span"]["unit_from"] == "inferred"
    assert local["huddle"]["span"]["start_is_day"] == 1
    with area.unit("2026-04-08") as unit:
        sent = incidents.notify(unit, GOV, state.id, area.central, uuid4())
        sent = incidents.add_event(unit, GOV, state.id, "notification_copied", date(2026, 4, 8))
    statutory, local = due(sent, "rapid-review")
    assert statutory == "2026-04-29"
    assert local["huddle"]["due_on"] == "2026-04-20", "the local plan does not restart"
    area.deliver("2026-04-08")
    assert [(ln.due_on, ln.state) for ln in area.desk("2026-04-09")] == [(date(2026, 4, 29), "due")]


def test_brent(opened: Callable[[str], Area]) -> None:
    area = opened("example-brook")
    with area.unit("2026-04-29") as unit:
        state = incidents.record_incident(unit, GOV, case(events=[{"name": "aware", "at": "2026-04-29"}]), uuid4())
    with area.unit("2026-05-01") as unit:
        state = incidents.notify(unit, GOV, state.id, area.central, uuid4())
    assert due(state, "rapid-review")[0] == "2026-05-26"
    for seat in ("council-lead", "police-lead"):
        with area.unit("2026-05-25", (seat,)) as unit:
            reviews.sign(unit, GOV, state.id, seat, area.central)
    with area.unit("2026-05-26") as unit, pytest.raises(ReasonNeeded, match="Not signed by health"):
        reviews.send_rapid_review(unit, GOV, state.id, area.central, "What was learnt.", "", uuid4())
    with area.unit("2026-05-26") as unit:
        reviews.send_rapid_review(unit, GOV, state.id, area.central, "What was learnt.", "The signature follows.", uuid4())
    area.deliver("2026-05-26")
    (line,) = area.desk("2026-05-27")
    assert (line.state, line.arrived_on) == ("arrived_in_time", date(2026, 5, 26))
    with area.database.unit(area.central, at("2026-05-27"), roles=ROLES) as unit:
        _, _, report, _ = national.see_received(unit, line.sender_id, line.case_ref)
    assert report["not_signed_by"] == ["health-lead"]
    assert report["not_signed_reason"] == "The signature follows."
    with area.unit("2026-05-28", ("health-lead",)) as unit:
        later = reviews.sign(unit, GOV, state.id, "health-lead", area.central)
    assert later.facts.review.signed_by == ("council-lead", "police-lead", "health-lead")
    area.deliver("2026-05-28")
    with area.database.unit(area.central, at("2026-05-29"), roles=ROLES) as unit:
        _, _, report, _ = national.see_received(unit, line.sender_id, line.case_ref)
    assert report["not_signed_by"] == ["health-lead"], "what was sent stays as it was sent"
    assert [(s["seat"], s["signed_on"]) for s in report["signed_later"]] == [("health-lead", "2026-05-28")]


def test_plymouth(opened: Callable[[str], Area]) -> None:
    area = opened("example-sound")
    with area.unit("2026-01-12") as unit:
        state = incidents.record_incident(unit, GOV, case(events=[{"name": "referral_accepted", "at": "2026-01-12"}]), uuid4())
    local = [line for s in state.verdict["steps"] for line in s["local"] if line["starts_on"] == "2026-01-12"]
    assert local and all(line["due_on"] is None for line in local if line["span"]["unit"] == "not_stated")
    assert any("unit not stated" in line["span"]["words"] for line in local)
    with area.unit("2026-01-19") as unit, pytest.raises(WaysOpen) as refused:
        reviews.send_rapid_review(unit, GOV, state.id, area.central, "A summary.", "A reason.", uuid4())
    assert refused.value.paragraph.startswith("RR-1")
    assert {"notify", "learning-from-experience"} <= set(refused.value.offers)
    with area.unit("2026-01-20") as unit:
        state = incidents.notify(unit, GOV, state.id, area.central, uuid4())
    assert due(state, "rapid-review")[0] == "2026-02-10"


def test_the_panel_disagrees_and_the_partners_decide_again(opened: Callable[[str], Area]) -> None:
    area = opened("example-brook")
    with area.unit("2026-04-29") as unit:
        state = incidents.record_incident(unit, GOV, case(events=[{"name": "aware", "at": "2026-04-29"}]), uuid4())
        incidents.notify(unit, GOV, state.id, area.central, uuid4())
    for seat in SEATS:
        with area.unit("2026-05-12", (seat,)) as unit:
            reviews.sign(unit, GOV, state.id, seat, area.central)
    with area.unit("2026-05-13") as unit:
        reviews.decide_local_review(unit, GOV, state.id, "no", "The learning is in the rapid review.", area.central, uuid4())
        reviews.send_rapid_review(unit, GOV, state.id, area.central, "What was learnt.", "", uuid4())
    area.deliver("2026-05-13")
    (line,) = area.desk("2026-05-14")
    with area.database.unit(area.central, at("2026-05-20"), roles=ROLES) as unit:
        national.reply(unit, line.sender_id, line.case_ref, "disagree", "unclear", "The themes recur.", uuid4())
    area.deliver("2026-05-20")
    with area.unit("2026-05-21") as unit:
        told = incidents.see_case(unit, state.id)
        assert told.facts.review.panel_view.value == "disagree"
        assert any(d["key"] == "decide-again" and d["arises"] == "yes" for d in told.verdict["duties"])
        again = reviews.decide_local_review(unit, GOV, state.id, "yes", "We follow the Panel's advice.", area.central, uuid4())
        assert again.status == "local_review"
        outcomes = [d["outcome"] for d in incidents.decisions(unit, state.id) if d["question"] == "local_review"]
    assert sorted(outcomes) == ["no", "yes"], "both decisions are kept"
    area.deliver("2026-05-21")
    assert [ln.local_review for ln in area.desk("2026-05-22")] == ["yes"]
