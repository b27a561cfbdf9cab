"""The record of a meeting, once the records of a case on its agenda were destroyed: that item is gone, the rest stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from tests.meetings.terms import GOVERNANCE, Area, area_of, terms
from tests.meetings.test_meetings import ALL, NO_HEALTH
from tests.records.keeper import keeping
from tests.reviews.neighbours import SAID
from tests.support.database import Database
from tests.web.site import Site
from threefold.walls.case_guards import new_guard_of, tables_of_cases
from threefold.walls.destroying import CannotBeDestroyed
from threefold.work.meetings.gone import GONE
from threefold.work.meetings.records import EMPTY, append, places
from threefold.work.meetings.tables import GroupMeeting, MeetingRecord
from threefold.work.records import stories

SHORT = {"key": "short", "title": "Short", "amount": 1, "unit": "months", "source": SAID}


def everything(area: Area) -> str:
    """What the body's keys open of every record of every meeting."""
    with area.unit() as unit:
        rows = unit.session.execute(select(MeetingRecord.content, MeetingRecord.answer))
        return " ".join(unit.open_sealed(value).decode() for row in rows for value in row)


def destroyed(database: Database, area: Area, site: Site, case_id: UUID) -> None:
    manager, lead = uuid4(), uuid4()
    with database.unit(area.id, site.at, person=manager) as unit:
        stories.close_case(unit, case_id, unit.today, uuid4())
    at = site.at + timedelta(days=40)
    with database.unit(area.id, at, person=manager) as unit:
        disposal = stories.propose(unit, GOVERNANCE, case_id, "destroy", "The time has ended.", None, uuid4())
    with database.unit(area.id, at, person=lead, roles=("partner_lead",)) as unit:
        assert disposal and stories.confirm(unit, GOVERNANCE, case_id, disposal)


def test_a_destroyed_case_comes_on_no_agenda_any_more(database: Database, site: Site) -> None:
    version = terms()
    area = area_of(database, site, replace(version, uses=(*version.uses, keeping(SHORT))))
    gone = area.opened()
    meeting = area.begun("quality")
    area.there(meeting, "quality", NO_HEALTH)
    site.post(f"{meeting}/chair", {"chair": "council-lead"})
    form = site.get(f"{meeting}/agenda").page.hidden()
    destroyed(database, area, site, gone)
    told = site.send(f"{meeting}/agenda", form | {"cases": area.references[gone]}, 422)
    assert "There is no case" in told.text
    assert str(gone) not in everything(area)
    # Past the story, and for whoever looked before it was destroyed and writes after: the database says so.
    with area.unit() as unit, pytest.raises(CannotBeDestroyed, match="destroyed meanwhile"):
        row = unit.session.scalars(select(GroupMeeting)).one()
        agenda = {**EMPTY, "agenda": [{"key": "item-1", "text": area.references[gone], "case": str(gone)}]}
        append(unit, GOVERNANCE, row, agenda, "Agenda recorded", places(unit, GOVERNANCE, row.group_key, row.day))


def test_every_table_that_refers_to_a_case_is_guarded(database: Database) -> None:
    """What has something sealed: tests/records. The others take no new row; a migration makes the guard (`new_guard_of`)."""
    asked = ("select c.relname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid "
             "where t.tgname = 'case_stands_at_first'")  # fmt: skip
    with psycopg.connect(database.admin) as connection:
        live = dict(connection.execute(asked).fetchall())
        assert set(live) >= set(tables_of_cases()) and {"meeting_case", "decision_meeting", "case_member"} <= set(live)
        for table in live:
            connection.execute(f"drop trigger case_stands_at_first on body.{table}")  # type: ignore[call-overload]
            connection.execute(new_guard_of(table))  # type: ignore[call-overload]
        assert dict(connection.execute(asked).fetchall()) == live
        connection.rollback()


def test_the_item_of_a_destroyed_case_is_gone_from_every_record_and_the_others_stay(database: Database, site: Site) -> None:
    version = terms()
    area = area_of(database, site, replace(version, uses=(*version.uses, keeping(SHORT))))
    gone, stays = area.opened(), area.opened()
    meeting = area.recorded(
        "quality", NO_HEALTH, {"cases": f"{area.references[gone]}\n{area.references[stays]}"},
        way_item_1="ahead", reason_item_1="Planted one.", way_item_2="ahead", reason_item_2="Planted two.",
    )  # fmt: skip
    assert "Planted one." in everything(area) and str(gone) in everything(area)
    destroyed(database, area, site, gone)
    left = everything(area)
    assert "Planted one." not in left and str(gone) not in left and area.references[gone] not in left
    with area.unit() as unit:
        found, _ = stories.see_certificate(unit, gone)
    assert found.counts["a part of meeting_record"] >= 1
    assert "Planted two." in left and str(stays) in left
    shown = site.get(meeting).text
    assert "A case whose records were destroyed" in shown and "Planted two." in shown


def test_the_agenda_of_a_meeting_is_corrected_also_where_cases_of_it_were_destroyed(database: Database, site: Site) -> None:
    version = terms()
    area = area_of(database, site, replace(version, uses=(*version.uses, keeping(SHORT))))
    gone = [area.opened() for _ in range(2)]
    meeting = area.recorded(
        "executive", ALL, {"cases": "\n".join(area.references[one] for one in gone), "matters": "The budget"}
    )
    for one in gone:
        destroyed(database, area, site, one)
    asked = site.get(f"{meeting}/agenda")
    assert GONE not in asked.text and [e.text.strip() for e in asked.page.all("textarea")][:2] == ["", "The budget"]
    site.post(f"{meeting}/agenda", {"matters": "The budget\nThe rota", "correction": "It was left out."})
    shown = site.get(meeting).text
    assert shown.count(GONE) == 2 and "The rota" in shown
