"""The main path through the stories, against real walls: record, decide, notify, in time and once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.governance.test_decide import ALL, OLD_LAW, arrangement, local
from tests.support.database import NOW, Database
from tests.support.statements import counting
from threefold.domain.errors import ThreefoldError
from threefold.governance.decide import Governance
from threefold.governance.pack import RuleUse
from threefold.walls.tables import OutboxLetter
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories
from threefold.work.incidents.records import NotFound, StaleSave, load

GOV = Governance((OLD_LAW,), ALL)


@dataclass
class Area:
    database: Database
    id: UUID
    national: UUID

    def unit(self, at: datetime = NOW, **kwargs: Any) -> Any:
        return self.database.unit(self.id, at, **kwargs)


@pytest.fixture
def area(database: Database) -> Iterator[Area]:
    national = database.body("nation", "national")
    one = Area(database, database.body("area-one", national="nation"), national)
    with one.unit() as unit:
        enter_version(unit, GOV, arrangement("one", date(2025, 1, 1), local(3)))
    yield one


def case(died: str = "yes") -> dict[str, Any]:
    return {
        "incident": {"happened_on": "2026-03-28", "children": [{"key": "child-1", "died": died, "abuse_or_neglect": "yes"}]},
        "review": {"events": [{"name": "aware", "at": "2026-03-30"}]},
    }


def test_a_double_click_opens_one_case(area: Area) -> None:
    token = uuid4()
    with area.unit() as unit:
        first = stories.record_incident(unit, GOV, case(), token)
    with area.unit() as unit:
        second = stories.record_incident(unit, GOV, case(), token)
    with area.unit() as unit:
        lines, more = stories.list_cases(unit)
    assert first.id == second.id
    assert [line.reference for line in lines] == ["2026-0001"]
    assert not more


def test_the_list_costs_the_same_however_long_it_is(area: Area) -> None:
    counts = set()
    for _ in range(3):
        with area.unit() as unit:
            stories.record_incident(unit, GOV, case(), uuid4())
        with counting(area.database.engine) as counted, area.unit() as unit:
            stories.list_cases(unit)
        counts.add(len(counted.statements))
    assert counts == {2}


def test_notifying_is_once_and_starts_the_clock(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    token = uuid4()
    at = NOW + timedelta(days=1)
    with area.unit(at) as unit:
        sent = stories.notify(unit, GOV, opened.id, area.national, token)
    with area.unit(at) as unit:
        again = stories.notify(unit, GOV, opened.id, area.national, token)
    assert sent.facts.review.on("notification_sent") == date(2026, 3, 31)
    assert again.no == sent.no
    with area.unit(at) as unit, pytest.raises(ThreefoldError, match="Nothing was sent again"):
        stories.notify(unit, GOV, opened.id, area.national, uuid4())


def test_the_nature_at_notification_is_frozen(area: Area) -> None:
    facts = case(died="no")
    facts["incident"]["children"][0]["seriously_harmed"] = "yes"
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, facts, uuid4())
        stories.notify(unit, GOV, opened.id, area.national, uuid4())
    facts["incident"]["children"][0]["died"] = "yes"
    with area.unit(NOW + timedelta(days=9)) as unit:
        state = load(unit, opened.id)
        stories.save_facts(unit, GOV, opened.id, state.no, facts)
    with area.unit() as unit:
        assert load(unit, opened.id).nature_at_notification == "serious_harm"


def test_a_stale_save_keeps_both_values_and_asks(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    mine, theirs = case(), case()
    mine["incident"]["children"][0]["died"] = "unclear"
    theirs["incident"]["children"][0]["died"] = "no"
    theirs["incident"]["urgent"] = "yes"
    with area.unit() as unit:
        stories.save_facts(unit, GOV, opened.id, 1, theirs)
    with area.unit() as unit, pytest.raises(StaleSave) as told:
        stories.save_facts(unit, GOV, opened.id, 1, mine)
    assert [(c.path, c.theirs, c.yours) for c in told.value.clashes] == [("incident.children[child-1].died", "no", "unclear")]
    with area.unit() as unit:
        state = stories.save_facts(unit, GOV, opened.id, 1, mine, keep={"incident.children[child-1].died": "yours"})
    assert state.facts.incident.children[0].died.value == "unclear"
    assert state.facts.incident.urgent.value == "yes"


def test_another_bodys_case_is_not_found(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    other = area.database.body("area-two")
    with counting(area.database.engine) as foreign, pytest.raises(NotFound), area.database.unit(other) as unit:
        stories.see_case(unit, opened.id)
    with counting(area.database.engine) as missing, pytest.raises(NotFound), area.database.unit(other) as unit:
        stories.see_case(unit, uuid4())
    assert foreign.shapes == missing.shapes


def test_a_decision_not_to_notify_keeps_views_and_dissent(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(died="unclear"), uuid4())
    with area.unit(seats=("police-lead",)) as unit:
        stories.give_view(unit, GOV, opened.id, "notify", "police-lead", "yes", "We think it is notifiable.")
    with area.unit(seats=("council-lead",)) as unit:
        state = stories.decide_notify(unit, GOV, opened.id, "no", "The second limb is not suspected.", uuid4())
        decided = stories.decisions(unit, opened.id)
    assert state.status == "not_notified"
    assert decided[0]["dissent"] == ["police-lead"]
    with area.unit() as unit:
        again = stories.decide_notify(unit, GOV, opened.id, "yes", "", uuid4())
        assert again.status == "deciding"
        assert [d["outcome"] for d in stories.decisions(unit, opened.id)] == ["yes", "no"] or len(
            stories.decisions(unit, opened.id)
        ) == 2


def test_the_official_form_is_recorded_with_its_own_moment(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    sent_at = datetime(2026, 3, 30, 23, 30, tzinfo=UTC)  # half past midnight on the 31st in London
    with area.unit(NOW + timedelta(days=3)) as unit:
        state = stories.notify(
            unit, GOV, opened.id, area.national, uuid4(), sent_at=sent_at, sent_by="duty manager", reference="FORM-1"
        )
    assert state.facts.review.on("notification_sent") == date(2026, 3, 31)
    with area.unit() as unit, pytest.raises(ThreefoldError, match="reference"):
        other = stories.record_incident(unit, GOV, case(), uuid4())
        stories.notify(unit, GOV, other.id, area.national, uuid4(), sent_at=NOW)


def test_crashing_and_hostile_rules_are_shown_and_the_notification_still_goes(database: Database) -> None:
    area = Area(database, database.body("area-one", national="nation"), database.body("nation", "national"))
    bad = (RuleUse("crash", "crashing", 1, {}), RuleUse("enemy", "hostile", 1, {}))
    with area.unit() as unit:
        enter_version(unit, GOV, arrangement("one", date(2025, 1, 1), local(3), *bad))
        opened = stories.record_incident(unit, GOV, case(), uuid4())
        sent = stories.notify(unit, GOV, opened.id, area.national, uuid4())
    assert sent.status == "notified"
    assert {f["use"] for f in sent.verdict["failures"]} == {"crash"}
    assert {o["effect"] for o in sent.verdict["objections"] if o["rule"]["use"] == "enemy"} == {"noted"}
    with area.unit() as unit:
        assert len(unit.session.scalars(select(OutboxLetter)).all()) == 1
        assert len(load(unit, opened.id).facts.incident.children) == 1, "what the hostile rule did to its copy was not stored"


def test_two_people_who_say_the_same_do_not_clash(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    for name in ("first", "second"):
        said = case()
        said["incident"]["urgent"] = {"value": "yes", "given_by": name}
        with area.unit() as unit:
            state = stories.save_facts(unit, GOV, opened.id, 1, said)
    assert state.facts.incident.urgent.given_by == "first"


def test_one_event_sent_twice_is_on_record_once(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    told = [datetime(2026, 3, 30, 9, tzinfo=UTC), datetime(2026, 3, 30, 9, tzinfo=UTC), datetime(2026, 3, 30, 10, tzinfo=UTC)]
    for at in told:
        with area.unit() as unit:
            state = stories.add_event(unit, GOV, opened.id, "partners_told", at)
    assert [e.at for e in state.facts.review.events if e.name == "partners_told"] == [told[0], told[2]]
    assert state.no == 3


def test_two_people_deciding_at_once_are_both_kept_in_order(area: Area) -> None:
    """Two connections, one case: the second waits for the first, and sees what it did."""
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(died="unclear"), uuid4())
    seen: list[int] = []

    def decide(outcome: str) -> None:
        with area.unit() as unit:
            seen.append(stories.decide_notify(unit, GOV, opened.id, outcome, "A reason.", uuid4()).no)

    threads = [threading.Thread(target=decide, args=(outcome,)) for outcome in ("yes", "no") * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(2, 12))
    with area.unit() as unit:
        assert len(stories.decisions(unit, opened.id)) == 10


def test_one_form_sent_by_many_hands_at_once_opens_one_case(area: Area) -> None:
    token, found = uuid4(), set()

    def record() -> None:
        with area.unit() as unit:
            found.add(stories.record_incident(unit, GOV, case(), token).id)

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_where_the_national_body_is_not_here_the_official_form_is_recorded(area: Area) -> None:
    with area.unit() as unit:
        opened = stories.record_incident(unit, GOV, case(), uuid4())
    with area.unit() as unit, pytest.raises(ThreefoldError, match="not on this platform"):
        stories.notify(unit, GOV, opened.id, None, uuid4())
    with area.unit(NOW + timedelta(days=1)) as unit:
        state = stories.notify(unit, GOV, opened.id, None, uuid4(), sent_at=NOW, sent_by="duty manager", reference="FORM-2")
        assert state.facts.review.on("notification_sent") == date(2026, 3, 30)
        assert unit.session.scalars(select(OutboxLetter)).all() == []
