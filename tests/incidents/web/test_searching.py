"""The search on screen: what is typed goes by POST, and stands in no address, no audit and no list."""

from __future__ import annotations

from uuid import UUID

import psycopg
from sqlalchemy import create_engine

from tests.incidents.web.conftest import HELPER, Area
from threefold.walls.rotation import destroy_keys
from threefold.walls.session import SYSTEM, Scope, Walls

CHILD = {"part": "parent", "name": "Zephyrine Planted", "nhs_number": "943 476 5919", "born_on-day": "17", "born_on-month": "7",
         "born_on-year": "1989"}  # fmt: skip
SEARCH = "/b/vale/search"


def on_record(area: Area) -> UUID:
    case_id = area.opened()
    area.answer(f"{area.address(case_id)}/record/people", CHILD)
    return case_id


def test_somebody_is_found_and_the_case_is_one_click_away(area: Area) -> None:
    case_id = on_record(area)
    assert area.site.get(area.cases).page.one("a", href=SEARCH).text == "Search for a person"
    shown = area.answer(SEARCH, {"name": "zefyrine"}, 200)
    assert "1 match" in shown.text and "Name sounds alike" in shown.text and "Parent" in shown.text
    assert any(e.get("href") == area.address(case_id) for e in shown.page.all("a"))
    assert "Same NHS number" in area.answer(SEARCH, {"nhs_number": "9434765919"}, 200).text
    shown = area.answer(SEARCH, {"nhs_number": "9434765918"}, 200)
    assert "Nobody was found" in shown.text and "does not pass its own check" in shown.text
    assert "NHS number 943 476 5919" in area.site.get(f"{area.address(case_id)}/record/people").text


def test_what_cannot_be_looked_for_is_told_beside_its_box(area: Area) -> None:
    assert "Enter a name, a date of birth or an NHS number" in area.answer(SEARCH, {}, 422).text
    assert "NHS number must be 10 numbers" in area.answer(SEARCH, {"nhs_number": "12345"}, 422).text
    assert "NHS number must be 10 numbers" in area.answer(f"{area.address(area.opened())}/record/people", CHILD | {"nhs_number": "1"}, 422).text  # fmt: skip


def test_whoever_does_not_handle_every_case_is_told_that_only_their_own_are_searched(area: Area) -> None:
    on_record(area)
    helper = area.as_person(HELPER)
    shown = area.answer(SEARCH, {"name": "Zephyrine"}, 200, site=helper)
    assert "Nobody was found" in shown.text and "Only cases that are yours are searched" in shown.text


def test_the_audit_says_that_somebody_searched_and_not_for_whom(area: Area) -> None:
    on_record(area)
    area.answer(SEARCH, {"name": "Zephyrine", "nhs_number": "9434765919"}, 200)
    with psycopg.connect(area.site.database.admin) as connection:
        rows = connection.execute("select action, detail, kind from body.audit_entry where kind = 'search'").fetchall()
    assert rows == [("people searched", {"by": ["name", "nhs_number"]}, "search")]


def test_where_the_keys_were_destroyed_the_list_stands_and_the_page_says_why_it_cannot(area: Area) -> None:
    case_id = on_record(area)
    own = area.site.app.extensions["threefold"].walls
    owner = Walls(create_engine(area.site.database.owner_url), own.master)
    with owner.open(Scope(area.id), actor=SYSTEM, purpose="test", at=area.site.at) as unit:
        assert destroy_keys(unit) == 1
    owner.engine.dispose()
    own.forget_keys()  # half a minute later
    assert len(area.site.get(area.cases).page.all("th", scope="row")) == 1
    assert "were destroyed" in area.site.get(area.address(case_id), 410).text
    assert "Nobody was found" in area.answer(SEARCH, {"name": "Zephyrine"}, 200).text
