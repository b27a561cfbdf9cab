"""A run over past cases that two have to do with at the same moment: one stops it or asks for it while another ends or asks for it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from tests.arrangements.area import Area, area
from tests.arrangements.test_rehearsal import draft_of
from tests.support.database import until_somebody_waits
from threefold.governance.replay import ReplayResult
from threefold.walls.session import Unit
from threefold.work.arrangements import drafting
from threefold.work.people.access import AREA_LEAD
from threefold.work.rehearsal import runs
from threefold.work.rehearsal.tables import RehearsalRun

__all__ = ["area"]


def meanwhile(area: Area, first: Callable[[Unit], object], then: Callable[[Unit], object]) -> None:
    """`then` begins in a transaction of its own once `first` did its part, and before that is committed."""

    def other() -> None:
        with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
            then(unit)

    thread = threading.Thread(target=other)
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        first(unit)
        unit.session.flush()
        thread.start()
        until_somebody_waits(area.site.database)
    thread.join()


def states(area: Area) -> list[str]:
    with area.site.database.unit(area.body, area.site.at) as unit:
        return list(unit.session.scalars(select(RehearsalRun.state)))


def test_a_run_that_ends_while_it_is_stopped_is_done_and_can_be_asked_for_again(area: Area) -> None:
    draft_id = UUID(draft_of(area).rsplit("/", 1)[1])
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        run = runs.ask_run(unit, drafting.load_draft(unit, draft_id))
        runs.begin_run(unit, run)
    ended = ReplayResult(done=1, states=Counter(same=1), differing=[])
    meanwhile(area, lambda unit: runs.end_run(unit, run, ended), lambda unit: runs.stop_run(unit, draft_id))
    assert states(area) == ["done"]
    with area.site.database.unit(area.body, area.site.at, roles=(AREA_LEAD,)) as unit:
        assert runs.ask_run(unit, drafting.load_draft(unit, draft_id)) != run


def test_a_run_that_two_ask_for_at_once_is_one(area: Area) -> None:
    draft_id = UUID(draft_of(area).rsplit("/", 1)[1])

    def ask(unit: Unit) -> None:
        runs.ask_run(unit, drafting.load_draft(unit, draft_id))

    meanwhile(area, ask, ask)
    assert states(area) == ["waiting"]
