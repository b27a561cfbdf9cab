"""A draft over the body's own past cases: asked for on screen, done by the worker, watched, stopped, read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.arrangements.test_screens import HUDDLE, LEAD, Area, area, day
from tests.arrangements.vale import APRIL, GOVERNANCE, MARCH
from tests.governance.test_crossing import DEVON_CHANGE
from threefold.doors.worker import jobs
from threefold.walls.post import Post
from threefold.work.incidents.stories import record_incident
from threefold.work.rehearsal import stories

__all__ = ["area"]
LATER = MARCH + timedelta(days=8)


def worked(area: Area) -> list[str]:
    """What the worker makes of everything that is due."""
    walls = area.site.database.walls
    bench = jobs.Bench(walls, GOVERNANCE, Post(walls, {}), lambda *_: None, "http://localhost")
    with walls.directory() as directory:
        due = directory.due_work(LATER + timedelta(hours=1))
    return [jobs.perform(bench, work_id, LATER + timedelta(hours=1)) for work_id in due]


def recorded(area: Area, cases: int, **facts: Any) -> None:
    with area.site.database.unit(area.body, LATER) as unit:
        for _ in range(cases):
            record_incident(unit, GOVERNANCE, {**DEVON_CHANGE, **facts}, uuid4())


def draft_of(area: Area) -> str:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    return draft


def test_a_run_is_asked_for_done_and_read_case_by_case_and_in_sum(area: Area) -> None:
    recorded(area, 3)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    for _ in range(2):  # a double click asks for one run
        area.answer(f"{draft}/replay", {"act": "try"})
    going = area.by(LEAD).get(f"{draft}/replay")
    assert "0 of 3 cases" in going.text and 'http-equiv="refresh"' in going.response.get_data(as_text=True)
    assert worked(area) == ["done"]
    shown = area.by(LEAD).get(f"{draft}/replay").text
    assert "Would have been different3 cases" in shown and "Executive huddle: 3" in shown
    assert "Executive huddle: due 2027-04-05, would be due 2027-04-01" in shown
    area.answer(f"{draft}/{HUDDLE}", {"day": "11"})
    assert "The draft was changed since" in area.by(LEAD).get(f"{draft}/replay").text


def test_a_run_that_is_stopped_says_that_it_is_a_part(area: Area) -> None:
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    area.answer(f"{draft}/replay", {"act": "try"})
    area.answer(f"{draft}/replay", {"act": "stop"})
    assert "stopping" in area.by(LEAD).get(f"{draft}/replay").text
    assert worked(area) == ["done"]
    assert "It was stopped after 0 of 2 cases" in area.by(LEAD).get(f"{draft}/replay").text


def test_a_worker_killed_in_the_middle_leaves_a_run_that_is_done_anew(area: Area) -> None:
    recorded(area, 2)
    draft = draft_of(area)
    area.site.at = LATER
    area.browsers.clear()  # the sign-ins of a week ago have ended
    area.answer(f"{draft}/replay", {"act": "try"})
    with area.site.database.unit(area.body, LATER) as unit:
        run = stories.newest_run(unit, _draft(area, draft, unit))
        assert run is not None
        stories.begin_run(unit, run.id)
        stories.note_progress(unit, run.id, 1)
    assert worked(area) == ["done"]
    assert "Would have been different2 cases" in area.by(LEAD).get(f"{draft}/replay").text


def _draft(area: Area, draft: str, unit: Any) -> Any:
    from threefold.work.arrangements.drafting import load_draft

    return load_draft(unit, UUID(draft.rsplit("/", 1)[1]))
