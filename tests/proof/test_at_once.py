"""Two people and one decision, over and over on real connections: twenty times each, and a hundred times by `make prove`."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.governance.test_decide import arrangement, local
from tests.incidents.test_stories import GOV, Area, case
from tests.support.database import Database
from threefold.domain.errors import ThreefoldError
from threefold.walls.tables import OutboxLetter
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents import stories
from threefold.work.incidents.records import StaleSave

TIMES = int(os.environ.get("PROVE_ROUNDS", "20"))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act came to (its error, where one was refused), all begun at the same moment."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def do(no: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[no] = act()
        except ThreefoldError as error:
            outcomes[no] = error

    threads = [threading.Thread(target=do, args=(no, act)) for no, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture(scope="module")
def area(module_database: Database) -> Area:
    national = module_database.body("nation", "national")
    one = Area(module_database, module_database.body("area-one", national="nation"), national)
    with one.unit() as unit:
        enter_version(unit, GOV, arrangement("one", date(2025, 1, 1), local(3)))
    return one


def _opened(area: Area) -> UUID:
    with area.unit() as unit:
        return stories.record_incident(unit, GOV, case(), uuid4()).id


def _within(area: Area, act: Callable[[Any], Any]) -> Callable[[], Any]:
    def done() -> Any:
        with area.unit() as unit:
            return act(unit)

    return done


def test_one_decision_sent_twice_at_once_is_on_record_once(area: Area) -> None:
    for _ in range(TIMES):
        case_id, token = _opened(area), uuid4()
        act = _within(area, lambda u, c=case_id, t=token: stories.decide_notify(u, GOV, c, "yes", "A reason.", t).no)
        first, second = at_once(act, act)
        assert first == second == 2
        with area.unit() as unit:
            assert len(stories.decisions(unit, case_id)) == 1


def test_two_people_who_decide_at_once_are_both_on_record_one_after_the_other(area: Area) -> None:
    for _ in range(TIMES):
        case_id = _opened(area)
        acts = [
            _within(area, lambda u, c=case_id, o=outcome: stories.decide_notify(u, GOV, c, o, "A reason.", uuid4()).no)
            for outcome in ("yes", "no")
        ]
        assert sorted(at_once(*acts)) == [2, 3]
        with area.unit() as unit:
            assert Counter(d["outcome"] for d in stories.decisions(unit, case_id)) == {"yes": 1, "no": 1}


def test_two_people_who_notify_at_once_send_one_letter_and_the_other_is_told(area: Area) -> None:
    for _ in range(TIMES):
        case_id = _opened(area)
        with area.unit() as unit:
            stories.decide_notify(unit, GOV, case_id, "yes", "A reason.", uuid4())
        act = _within(area, lambda u, c=case_id: stories.notify(u, GOV, c, area.national, uuid4()).status)
        outcomes = at_once(act, act)
        assert sorted(isinstance(one, ThreefoldError) for one in outcomes) == [False, True], outcomes
        with area.unit() as unit:
            sent = unit.session.scalars(select(OutboxLetter.id).where(OutboxLetter.case_ref == case_id)).all()
            assert len(sent) == 1


def test_two_people_who_change_one_answer_at_once_lose_nothing(area: Area) -> None:
    for _ in range(TIMES):
        case_id = _opened(area)
        acts = [
            _within(area, lambda u, c=case_id, d=died: stories.save_facts(u, GOV, c, 1, case(d), {}).no)
            for died in ("no", "unclear")
        ]
        outcomes = at_once(*acts)
        (told,) = [one for one in outcomes if isinstance(one, StaleSave)]
        (kept,) = [one for one in outcomes if not isinstance(one, StaleSave)]
        assert kept == 2 and {clash.path for clash in told.clashes} == {"incident.children[child-1].died"}
