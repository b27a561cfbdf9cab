"""One person reads as much as people do, and no program in their place takes out case after case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.support.database import Database
from tests.web.site import PASSWORD, Site, make_site
from threefold.config import NAMES, SettingsError, read_settings
from threefold.walls.directory import BodyRef
from threefold.walls.session import Actor
from threefold.work.people.access import BUSINESS_MANAGER
from threefold.work.people.web.limits import TooMuchRead
from threefold.work.people.web.visits import Visit, note_reading

READER, OTHER, READS = "reader@north.example", "other@north.example", 60


@pytest.fixture
def site(database: Database, tmp_path: Path, project: Path) -> Iterator[Site]:
    one = make_site(database, tmp_path, tenants=project / "tenants", reads=READS)
    body = database.body("north")
    for email in (READER, OTHER):
        one.person(email, body, BUSINESS_MANAGER)
    yield one
    one.app.extensions["threefold"].walls.engine.dispose()


def test_after_so_many_pages_the_next_is_not_shown_whichever_it_is_and_it_is_noted(site: Site) -> None:
    site.enter(READER)
    for n in range(READS - 1):
        site.get("/b/north/" if n % 2 else "/b/north/people")
    form = site.get("/b/north/people/invite").page.hidden()
    told = site.get("/b/north/", 429)
    assert told.page.heading == "Too many pages in a short time"
    assert "this one is not shown. Wait five minutes, then read on." in told.text
    # Another page, browser or door makes no difference; another person does.
    browser = site.another()
    browser.enter(READER)
    browser.get("/b/north/people", 429)
    token = site.app.test_client().post("/api/v1/sign-in", json={"email": READER, "password": PASSWORD}).get_json()["token"]
    through = site.app.test_client().get("/api/v1/b/north/cases", headers={"Authorization": f"Bearer {token}"})
    assert through.status_code == 429 and "read more pages" in through.get_json()["message"]
    # What they had typed before is taken; a page that would show it again with what is wrong is one more page.
    written = form | {"email": "joiner@north.example", "role": BUSINESS_MANAGER}
    written |= {f"begins-{part}": str(getattr(site.at, part)) for part in ("day", "month", "year")}
    site.send("/b/north/people/invite", written)
    refused = site.send("/b/north/people/invite", form | {"email": "Quillon"}, 429)
    assert refused.page.heading == "Too many pages in a short time" and "Quillon" in refused.text
    other = site.another()
    other.enter(OTHER)
    other.get("/b/north/")
    with psycopg.connect(site.database.admin) as connection:
        noted = connection.execute("select detail ->> 'why' from body.audit_entry where action = 'refused'").fetchall()
    assert noted == [("TooMuchRead",)] * 4


def test_a_search_is_a_page_that_is_read_though_it_is_sent(site: Site) -> None:
    site.enter(READER)
    form = site.get("/b/north/search").page.hidden()
    for n in range(READS - 1):
        site.send("/b/north/search", form | {"name": f"Somebody {n}"}, 200)
    refused = site.send("/b/north/search", form | {"name": "Quillon"}, 429)
    assert refused.page.heading == "Too many pages in a short time" and "Quillon" in refused.text
    site.get("/b/north/", 429)


def test_what_an_act_shows_is_shown_however_much_was_read(site: Site) -> None:
    """It was done, and a code for an agency, say, is shown once."""
    with site.app.test_request_context("/b/north/x", method="POST"):
        south = BodyRef(site.database.body("south"), "south", "South", "local", True, True, "", (), "")
        visit = Visit(south, Actor(uuid4(), "Somebody"), site.at, site.app.extensions["threefold"].walls)
        for _ in range(READS):
            note_reading(replace(visit, noted=["search"]), 200)
        with pytest.raises(TooMuchRead):
            note_reading(replace(visit, noted=["search"]), 200)
        note_reading(replace(visit, noted=["change"]), 200)
        note_reading(replace(visit, noted=["search"]), 303)


@pytest.mark.parametrize("reads", ["59", "100001"])
def test_a_limit_that_cannot_be_is_told(reads: str, tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://x@/x", "REDIS_URL": "redis://x", "THREEFOLD_MODE": "test", "THREEFOLD_SECRET_KEY_FILE": str(tmp_path),
        "THREEFOLD_MASTER_KEY_FILE": str(tmp_path),
    }  # fmt: skip
    assert read_settings(given).reads == 600
    with pytest.raises(SettingsError, match="60 to 100000") as told:
        read_settings(given | {NAMES["reads"]: reads})
    assert told.value.field == "THREEFOLD_READS"
