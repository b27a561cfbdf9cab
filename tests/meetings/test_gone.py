"""The record of a meeting, once the records of a case on its agenda were destroyed: that item is gone, the rest stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from tests.meetings.terms import GOVERNANCE, Area, area_of, terms
from tests.meetings.test_meetings import NO_HEALTH
from tests.records.keeper import keeping
from tests.reviews.neighbours import SAID
from tests.support.database import Database
from tests.web.site import Site
from threefold.work.meetings.tables import MeetingRecord
from threefold.work.records import stories

SHORT = {"key": "short", "title": "Short", "amount": 1, "unit": "months", "source": SAID}


def everything(area: Area) -> str:
    """What the body's keys open of every record of every meeting."""
    with area.unit() as unit:
        rows = unit.session.execute(select(MeetingRecord.content, MeetingRecord.answer))
        return " ".join(unit.open_sealed(value).decode() for row in rows for value in row)


def test_the_item_of_a_destroyed_case_is_gone_from_every_record_and_the_others_stay(database: Database, site: Site) -> None:
    version = terms()
    area = area_of(database, site, replace(version, uses=(*version.uses, keeping(SHORT))))
    gone, stays = area.opened(), area.opened()
    meeting = area.recorded(
        "quality", NO_HEALTH, {"cases": f"{area.references[gone]}\n{area.references[stays]}"},
        way_item_1="ahead", reason_item_1="Planted one.", way_item_2="ahead", reason_item_2="Planted two.",
    )  # fmt: skip
    assert "Planted one." in everything(area) and str(gone) in everything(area)
    manager, lead = uuid4(), uuid4()
    with database.unit(area.id, site.at, person=manager) as unit:
        stories.close_case(unit, gone, unit.today, uuid4())
    at = site.at + timedelta(days=40)
    with database.unit(area.id, at, person=manager) as unit:
        disposal = stories.propose(unit, GOVERNANCE, gone, "destroy", "The time has ended.", None, uuid4())
    with database.unit(area.id, at, person=lead, roles=("partner_lead",)) as unit:
        assert disposal and stories.confirm(unit, GOVERNANCE, gone, disposal)
    with area.unit() as unit:
        found, _ = stories.see_certificate(unit, gone)
    assert found.counts["a part of meeting_record"] >= 1
    left = everything(area)
    assert "Planted one." not in left and str(gone) not in left and area.references[gone] not in left
    assert "Planted two." in left and str(stays) in left
    shown = site.get(meeting).text
    assert "A case whose records were destroyed" in shown and "Planted two." in shown
