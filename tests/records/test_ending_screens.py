"""Until when a request is kept, on its page and in the list; and what they say once it went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.records.ended import REQUESTS, TWO_YEARS, closed, day_by_day, row
from tests.records.keeper import CHILD, TEN_YEARS, Keeper, barred, keeper
from tests.records.test_asking import opened
from tests.reviews.neighbours import EDITIONS, GOVERNANCE, MANAGER, staffed
from tests.support.database import Database
from tests.web.site import Site, make_site
from threefold.governance.pack import Library
from threefold.work.records import stories
from threefold.work.records.stories import answering, asking, clock, ending


@pytest.fixture
def here(database: Database) -> Keeper:
    return keeper(database, TEN_YEARS, TWO_YEARS)


@pytest.fixture
def site(here: Keeper, tmp_path: Path) -> Iterator[Site]:
    one = make_site(here.database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    one.at = here.at
    staffed(one, here)
    yield one
    one.app.extensions["threefold"].walls.engine.dispose()


def shown(site: Site, here: Keeper, address: str) -> str:
    site.at = here.at
    site.enter(MANAGER)
    return site.get(address).text


def things(here: Keeper, request: UUID) -> list[Any]:
    return here.rows("select no from body.subject_item where request_id = %s", request)


def test_page_and_list_say_until_when_and_by_which_rule_and_afterwards_what_stays(site: Site, here: Keeper) -> None:
    request = opened(here)
    assert "It is open: no time runs" in shown(site, here, REQUESTS)
    assert "How long this request is kept" not in shown(site, here, f"{REQUESTS}/{request}")
    request = closed(here)
    until = "Kept until 6 April 2022. Counted from 6 April 2020, the day on which the request was answered or refused."
    for page in (shown(site, here, REQUESTS), shown(site, here, f"{REQUESTS}/{request}")):
        assert (
            until in page
            and "Own records, version one" in page
            and "goes by itself, within a day, and nobody confirms it" in page
        )
        assert "Requests for one’s own records: kept for 2 years from the day the request was answered or refused." in page
    with here.by_manager() as unit:
        hold = stories.put_hold(unit, None, "A claim.", uuid4())
    assert hold is not None
    for page in (shown(site, here, REQUESTS), shown(site, here, f"{REQUESTS}/{request}")):
        assert "A legal hold stands" in page and until in page
    with here.by_manager() as unit:
        stories.lift_hold(unit, hold, None, "It is over.")
    here.later(days=731)
    day_by_day(here)
    listed = shown(site, here, REQUESTS)
    assert f"Destroyed on {here.at.day} April 2022, with {len(things(here, request))} things that were gathered." in listed
    assert "kept for 2 years" in listed
    page = shown(site, here, f"{REQUESTS}/{request}")
    assert (
        "Destroyed" in page and "6 April 2022" in page and "kept for 2 years" in page and row(here, request)["digest"] in page
    )
    assert "Given in part: 1" in page and asking.GROUNDS["others"] in page and CHILD["name"] not in page
    for act in ("find", "again", "extend", "close", "file", "things/1"):
        told = site.client.get(f"{REQUESTS}/{request}/{act}")
        assert (
            told.status_code == 410 and "was destroyed on" in told.text and "Nothing more can be done with it" in told.text
        ), act


def test_without_a_time_page_and_list_say_so(database: Database, tmp_path: Path) -> None:
    here = keeper(database)
    one = make_site(database, tmp_path, tenants=tmp_path, rules=(Library(EDITIONS, {}), GOVERNANCE))
    staffed(one, here)
    request = closed(here)
    for address in (REQUESTS, f"{REQUESTS}/{request}"):
        assert "sets no time for requests for one’s own records. They are kept until it does." in shown(one, here, address)
    assert "no law sets one" in shown(one, here, REQUESTS)
    one.app.extensions["threefold"].walls.engine.dispose()


def test_who_is_kept_out_of_a_case_of_it_does_not_see_what_stays_and_whoever_acts_is_told(site: Site, here: Keeper) -> None:
    case_id = here.whole_case()
    request = closed(here, case_id)
    here.later(days=730)
    day_by_day(here)
    for act in (
        lambda unit: answering.see_request(unit, request),
        lambda unit: answering.see_item(unit, request, 1),
        lambda unit: answering.gather(unit, request, [case_id]),
        lambda unit: answering.gather_again(unit, request),
        lambda unit: answering.decide_item(unit, request, 1, "given", "", "", "", ""),
        lambda unit: answering.close_request(unit, request, "refused", unit.today, "By post."),
        lambda unit: answering.answer_of(unit, request),
        lambda unit: clock.extend(unit, request, "It is complex."),
        lambda unit: asking.look_for(unit, request),
    ):
        with pytest.raises(asking.RequestDestroyed, match="Nothing more can be done with it"), here.by_manager() as unit:
            act(unit)
    barred(here, case_id, here.manager)
    with pytest.raises(asking.OfAnother), here.by_manager() as unit:
        ending.see_ended(unit, request)
