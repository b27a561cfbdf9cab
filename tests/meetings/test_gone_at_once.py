"""The record of a meeting and the destruction of a case at once, and what a meeting recorded after the case was closed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.meetings.terms import GOVERNANCE, area_of, terms
from tests.meetings.test_gone import SHORT, everything
from tests.meetings.test_meetings import NO_HEALTH
from tests.records.keeper import keeping
from tests.support.database import Database
from tests.web.site import Site
from threefold.walls.destroying import CannotBeDestroyed, RecordsDestroyed
from threefold.work.meetings.records import append, load, places
from threefold.work.meetings.tables import GroupMeeting
from threefold.work.records import stories


def test_a_meeting_that_is_saved_meanwhile_and_a_destruction_do_not_wait_for_each_other(database: Database, site: Site) -> None:
    """Whoever saves is told that the case is gone, and nothing of it is written again."""
    version = terms()
    area = area_of(database, site, replace(version, uses=(*version.uses, keeping(SHORT))))
    gone = area.opened()
    meeting = area.recorded(
        "quality", NO_HEALTH, {"cases": area.references[gone]}, way_item_1="ahead", reason_item_1="Planted one.")  # fmt: skip
    meeting_id = UUID(meeting.rsplit("/", 1)[1])
    manager, lead = uuid4(), uuid4()
    with database.unit(area.id, site.at, person=manager) as unit:
        stories.close_case(unit, gone, unit.today, uuid4())
    at = site.at + timedelta(days=40)
    with database.unit(area.id, at, person=manager) as unit:
        disposal = stories.propose(unit, GOVERNANCE, gone, "destroy", "The time has ended.", None, uuid4())
    came: list[object] = []

    def destroy() -> None:
        try:
            with database.unit(area.id, at, person=lead, roles=("partner_lead",)) as unit:
                assert disposal
                came.append(stories.confirm(unit, GOVERNANCE, gone, disposal))
        except BaseException as error:  # noqa: BLE001  told by the test
            came.append(error)

    thread = threading.Thread(target=destroy)
    with pytest.raises(RecordsDestroyed), database.unit(area.id, at) as unit:
        state = load(unit, meeting_id, lock=True)
        row = unit.session.get_one(GroupMeeting, (area.id, meeting_id))
        thread.start()
        thread.join(10)
        append(unit, GOVERNANCE, row, state.content, "agenda changed", places(unit, GOVERNANCE, state.group, state.day))
    thread.join(30)
    assert isinstance(came[0], UUID), came
    assert "Planted one." not in everything(area)


def test_what_a_meeting_recorded_after_the_closing_stands_in_the_way(database: Database, site: Site) -> None:
    version = terms()
    area = area_of(database, site, replace(version, uses=(*version.uses, keeping(SHORT))))
    case_id = area.opened()
    manager, lead = uuid4(), uuid4()
    with database.unit(area.id, site.at, person=manager) as unit:
        stories.close_case(unit, case_id, unit.today, uuid4())
    site.at += timedelta(minutes=5)
    area.recorded("quality", NO_HEALTH, {"cases": area.references[case_id]}, way_item_1="ahead", reason_item_1="Planted one.")
    at = site.at + timedelta(days=40)
    with database.unit(area.id, at, person=manager) as unit:
        disposal = stories.propose(unit, GOVERNANCE, case_id, "destroy", "The time has ended.", None, uuid4())
    with (
        pytest.raises(CannotBeDestroyed, match="on the agenda of a meeting"),
        database.unit(area.id, at, person=lead, roles=("partner_lead",)) as unit,
    ):
        assert disposal
        stories.confirm(unit, GOVERNANCE, case_id, disposal)
