"""What an area sees of others: how many use a rule, and their versions to compare with, from files and from what they published."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

from tests.arrangements.area import HOME, LEAD, Area, area
from tests.arrangements.test_versions import at, later
from tests.arrangements.vale import APRIL, GOVERNANCE, MARCH, NOW_IN_FORCE
from tests.support.tenants import read_tenants
from threefold.governance.pack import RuleUse
from threefold.work.arrangements.publishing import AS_DATA, publish_version, published_versions, since, version_published
from threefold.work.arrangements.stories import enter_version
from threefold.work.arrangements.web.elsewhere import is_an_area
from threefold.work.people.access import AREA_LEAD

__all__ = ["area"]

FUNDS = RuleUse("funds", "resourcing", 1, {})
THEIRS = replace(
    NOW_IN_FORCE, body="devon", version="from-2027-04-01", title="Huddle on day 9", begins=APRIL, entered="signed",
    uses=(*NOW_IN_FORCE.uses, FUNDS),
)  # fmt: skip


def there(area: Area, published: bool) -> UUID:
    """Another area that there is a file of, with a version of its own on record here; its publication."""
    database = area.site.database
    body = database.body("devon", synthetic=False)
    with database.unit(body, MARCH, roles=(AREA_LEAD,)) as unit:
        enter_version(unit, GOVERNANCE, THEIRS)
        return publish_version(unit, GOVERNANCE, "Devon", THEIRS.version) if published else body


def used(area: Area, draft: str, rule: str = "Resourcing") -> int:
    page = area.by(LEAD).get(f"{draft}/rules/add").text
    return int(re.search(rf"{rule}\b.*?Used by (\d+) area", " ".join(page.split()))[1])  # type: ignore[index]


def test_a_rule_is_counted_where_an_area_published_it_and_from_the_day_it_is_in_force(area: Area) -> None:
    draft = area.begun()
    before = used(area, draft)
    there(area, published=True)
    assert used(area, draft) == before, "it begins on 1 April"
    later(area, at(4, 2))
    assert used(area, draft) == before + 1


def test_an_area_that_ended_counts_no_more_though_nobody_knows_its_last_day() -> None:
    bodies = read_tenants().bodies
    ended = {
        "staffordshire-former-board",
        "cambridgeshire-and-peterborough-former-board",
        "pan-dorset",
        "cumbria",
        "kent-former-board",
    }
    assert not [slug for slug in ended if is_an_area(bodies[slug])]
    assert is_an_area(bodies["devon"]) and is_an_area(bodies["leeds"])


def test_what_an_area_did_not_publish_is_neither_counted_nor_offered(area: Area) -> None:
    draft = area.begun()
    before = used(area, draft)
    there(area, published=False)
    later(area, at(4, 2))
    assert used(area, draft) == before
    assert "Huddle on day 9" not in area.by(LEAD).get(f"{HOME}/compare").text


def test_a_version_that_another_area_published_here_is_compared_as_it_stands(area: Area) -> None:
    draft = area.begun()
    publication = there(area, published=True)
    asked = area.by(LEAD).get(f"{HOME}/compare")
    assert "Devon: Huddle on day 9, published here (begins 1 April 2027)" in asked.text
    chosen = {"this": "published:devon/from-2027-04-01", "with": "in-force"}
    told = area.by(LEAD).get(f"{HOME}/compare", query_string=chosen).text
    assert "Devon: Huddle on day 9, published here (begins 1 April 2027)Read what Devon says" in told
    own = area.by(LEAD).get(f"{draft}/compare", query_string={"with": chosen["this"]}).text
    assert "Huddle on day 9, published here" in own
    walls = area.site.app.extensions["threefold"].walls
    with walls.published() as reading:
        assert version_published(reading, publication).content_hash == THEIRS.content_hash
        (one,) = published_versions(reading)
        assert (one.version, one.begins, one.until) == (THEIRS.version, date(2027, 4, 1), None)
        (kept,) = reading.some([publication])
        assert kept.content[AS_DATA]["title"] == "Huddle on day 9"


def test_a_rule_of_the_version_before_that_is_not_installed_any_more_keeps_nobody_from_publishing(area: Area) -> None:
    lost = replace(NOW_IN_FORCE, version="lost", uses=(*NOW_IN_FORCE.uses, RuleUse("gone", "gone-away", 1, {})))
    after = replace(NOW_IN_FORCE, version="after", begins=APRIL, entered="signed")
    assert since(GOVERNANCE, (lost, after), after) == ("It cannot be compared with the version before.",)
    assert since(GOVERNANCE, (replace(lost, uses=after.uses), after), after) != (
        "It cannot be compared with the version before.",
    )
