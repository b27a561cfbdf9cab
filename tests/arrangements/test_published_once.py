"""Two press “Publish” at once: the version is published once. One that stood there twice already is read as one, at both addresses."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from tests.arrangements.area import HOME, LEAD, Area, area
from tests.arrangements.test_versions import publish
from tests.arrangements.vale import GOVERNANCE, MARCH, NOW_IN_FORCE
from tests.support.database import until_somebody_waits
from threefold.walls.session import Unit
from threefold.walls.tables import Publication
from threefold.work.arrangements.publishing import publish_version, published_versions
from threefold.work.arrangements.stories import enter_version
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]
VERSION = NOW_IN_FORCE.version
PUBLISHED = "/published/example-vale"


def published(unit: Unit) -> UUID:
    return publish_version(unit, GOVERNANCE, "Example-Vale", VERSION)


def published_twice(area: Area) -> tuple[str, str]:
    """The ids of a publication and of another of the same version a moment later, as two clicks once made them."""
    with area.site.database.unit(area.body, MARCH, roles=(AREA_LEAD,)) as unit:
        first = unit.session.get_one(Publication, (area.body, published(unit)))
        again = Publication(publisher_id=area.body, id=uuid4(), kind=first.kind, title=first.title, content=first.content,
                            published_at=MARCH + timedelta(seconds=1))  # fmt: skip
        unit.session.add(again)
        return str(first.id), str(again.id)


def test_two_who_publish_a_version_at_once_publish_it_once(area: Area) -> None:
    database, came = area.site.database, []

    def other() -> None:
        with database.unit(area.body, MARCH, roles=(AREA_LEAD,)) as unit:
            came.append(published(unit))

    thread = threading.Thread(target=other)
    with database.unit(area.body, MARCH, roles=(AREA_LEAD,)) as unit:
        came.append(published(unit))
        thread.start()
        until_somebody_waits(database)
    thread.join(30)
    assert len(came) == 2 and len(set(came)) == 1


def test_a_version_has_one_name_among_what_is_published_whatever_asks_for_it(area: Area) -> None:
    """So the key of the table refuses a second one, also from what did not wait its turn."""
    ids = []
    for _ in range(2):
        with area.site.database.unit(area.body, MARCH, roles=(AREA_LEAD,)) as unit:
            ids.append(published(unit))
            unit.session.rollback()
    assert len(set(ids)) == 1
    other = area.site.database.body("devon", synthetic=False)
    with area.site.database.unit(other, MARCH, roles=(AREA_LEAD,)) as unit:
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, body="devon"))
        assert published(unit) not in ids


def test_what_was_published_twice_is_one_version_at_both_of_its_addresses(area: Area) -> None:
    first, again = published_twice(area)
    stranger = area.site.another()
    for each in (first, again):
        shown = stranger.get(f"{PUBLISHED}/{each}")
        assert shown.text.count("(this one)") == 1
        assert stranger.client.get(f"{PUBLISHED}/{each}.pdf").mimetype == "application/pdf"
    assert stranger.get(f"{PUBLISHED}/{again}").text == stranger.get(f"{PUBLISHED}/{first}").text
    for page in (HOME, f"{HOME}/versions/{VERSION}"):
        linked = {e.get("href") for e in area.by(LEAD).get(page).page.all("a")}
        assert f"{PUBLISHED}/{again}" not in linked
    assert publish(area, VERSION) == f"{PUBLISHED}/{first}", "published again, it is the same publication"


def test_another_area_sees_what_was_published_twice_once(area: Area) -> None:
    first, _ = published_twice(area)
    with area.site.app.extensions["threefold"].walls.published() as reading:
        assert [str(one.id) for one in published_versions(reading)] == [first]


def test_the_title_of_what_anyone_reads_names_whose_it_is(area: Area) -> None:
    own = publish(area, VERSION)
    for page in (PUBLISHED, own):
        title = area.site.another().get(page).response.get_data(as_text=True).partition("<title>")[2].partition("</title>")[0]
        assert title.endswith(" - Example-Vale - Threefold"), page
