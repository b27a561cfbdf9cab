"""Which version each of a case's dates follows, and why: told on its page, where the arrangement changed while it was open."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.arrangements.area import MANAGER, Area, area
from tests.arrangements.vale import APRIL, GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_crossing import DEVON_CHANGE
from threefold.governance.arrangement import Arrangement
from threefold.work.arrangements.stories import enter_version
from threefold.work.incidents.stories import record_incident

__all__ = ["area"]
NOW = datetime(2027, 4, 6, 9, tzinfo=UTC)


def april(way: str) -> Arrangement:
    return replace(NOW_IN_FORCE, version="april", title="Arrangement of April", begins=APRIL, open_cases=way)


def page_of(area: Area, way: str, facts: str) -> tuple[str, str]:
    """The address and the page of a case, in an area whose new version began on 1 April."""
    with area.site.database.unit(area.body, area.site.at) as unit:
        enter_version(unit, GOVERNANCE, april(way))
    area.site.at = NOW
    area.browsers.clear()
    with area.site.database.unit(area.body, NOW) as unit:
        case = record_incident(unit, GOVERNANCE, json.loads(facts), uuid4()).id
    base = f"/b/example-vale/cases/{case}"
    return base, area.by(MANAGER).get(base).text


@pytest.mark.parametrize(("way", "told"), [
    ("finish_under_old", "This case had begun before, and is finished under the version named above."),
    ("move_at_next_stage", "What had begun in this case before is finished under the version named above; what begins later follows the new one."),
])  # fmt: skip
def test_a_case_of_before_says_that_a_newer_version_is_in_force_and_what_that_means(area: Area, way: str, told: str) -> None:
    facts = json.dumps(DEVON_CHANGE, default=str)
    base, page = page_of(area, way, facts)
    assert f"“Arrangement of April” is in force since 1 April 2027. {told}" in page
    assert "own dates that follow it" not in page, "there is one version only"
    why = area.by(MANAGER).get(f"{base}/verdict").text
    assert f"Local version{NOW_IN_FORCE.title}" in why.replace("Local version ", "Local version")


def test_a_case_under_two_versions_says_which_dates_follow_which(area: Area) -> None:
    """The incident is of March; all that was done about it, of April."""
    facts = json.loads(json.dumps(DEVON_CHANGE, default=str).replace("2027-03-15", "2027-04-02"))
    facts["incident"]["happened_on"] = "2027-03-30"
    base, page = page_of(area, "finish_under_old", json.dumps(facts))
    assert page.count("own dates that follow it: “") >= 1
    assert "What had begun under a version is finished under it" in page and "is in force since" not in page
    timeline = area.by(MANAGER).get(f"{base}/timeline").text
    assert "30 March 2027" in timeline and NOW_IN_FORCE.title in timeline and "Arrangement of April" in timeline
