"""Who was at a meeting: answers that exclude each other are refused, and an organisation in the room is counted once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.meetings.terms import Area, area_of, terms
from tests.reviews.neighbours import SAID
from tests.support.database import Database
from tests.web.site import Site

QUORUM = {"needed": ["council-lead"], "count": 2, "among": ["council", "police", "health"],
          "substitutes": [{"for": "health", "by": "police"}, {"for": "council", "by": "police"}], "source": SAID}  # fmt: skip
BOXES = dict(zip(("lead", "council", "police", "health"), ("counted-1", "counted-2", "counted-3", "counted-4"), strict=True))


@pytest.fixture
def area(database: Database, site: Site) -> Area:
    """An area whose executive settles its quorum over a seat, its organisation and one that may stand in for others."""
    version = terms()

    def own(use: Any) -> Any:
        if use.rule != "decision-making":
            return use
        groups = [g | ({"quorum": QUORUM} if g["key"] == "executive" else {}) for g in use.settings["groups"]]
        return replace(use, settings={**use.settings, "groups": groups})

    return area_of(database, site, replace(version, uses=tuple(own(use) for use in version.uses)))


def told(**hows: str) -> dict[str, str]:
    return {box: hows.get(name, "not_known") for name, box in BOXES.items()}


@pytest.mark.parametrize(("hows", "sentence", "box"), [
    ({"lead": "nobody", "council": "seat:council-lead"},
     "“Lead partner, council: nobody” and “Gloucestershire County Council: Lead partner, council” exclude each other. Change one of them.", "lead"),
    ({"lead": "own", "council": "nobody"},
     "“Gloucestershire County Council: nobody” and “Lead partner, council: was there” exclude each other. Change one of them.", "council"),
    ({"lead": "own", "police": "nobody", "health": "by:police"},
     "“Constabulary: nobody” and “Integrated care board: Constabulary stood in” exclude each other. Change one of them.", "police"),
])  # fmt: skip
def test_answers_that_exclude_each_other_are_refused(area: Area, hows: dict[str, str], sentence: str, box: str) -> None:
    meeting = area.begun("executive")
    refused = area.site.post(f"{meeting}/who", told(**hows), 422)
    assert sentence in refused.text
    assert f"#{BOXES[box]}" in [a.get("href") for a in refused.page.all("a")]


def test_a_seat_that_was_there_is_there_for_its_organisation_also_where_it_is_counted_itself(area: Area) -> None:
    meeting = area.begun("executive")
    area.site.post(f"{meeting}/who", told(lead="own", police="own", health="nobody"))
    assert area.says(meeting) == ("Quorate", "There was a quorum.")


def test_whoever_stood_in_was_there(area: Area) -> None:
    meeting = area.begun("executive")
    area.site.post(f"{meeting}/who", told(lead="own", health="by:police"))
    assert area.says(meeting) == ("Quorate", "There was a quorum. Constabulary stood in for Integrated care board.")


def test_a_group_that_a_quorum_needs_is_asked_about_by_its_title(database: Database, site: Site) -> None:
    version = terms()

    def own(use: Any) -> Any:
        if use.rule != "decision-making":
            return use
        quorum = {
            **QUORUM,
            "needed": ["districts", "police"],
            "count": 0,
            "among": [],
            "substitutes": [{"for": "police", "by": "management"}],
        }
        groups = [
            g | ({"quorum": quorum, "chair": "management"} if g["key"] == "executive" else {}) for g in use.settings["groups"]
        ]
        return replace(use, settings={**use.settings, "groups": groups})

    area = area_of(database, site, replace(version, uses=tuple(map(own, version.uses))))
    meeting = area.begun("executive")
    titles = {g["key"]: g["title"] for use in version.uses if use.rule == "decision-making" for g in use.settings["groups"]}
    asked = site.get(f"{meeting}/who").text
    assert f"Who was there for {titles['districts']}?" in asked and "It was there" in asked
    assert f"{titles['management']} stood in for it" in asked
    site.post(f"{meeting}/who", {"counted-1": "nobody", "counted-2": "by:management"})
    tag, sentence = area.says(meeting)
    assert (tag, sentence) == (
        "Not quorate",
        f"There was no quorum. {titles['management']} stood in for Constabulary. Missing: {titles['districts']}.",
    )
    assert f"{titles['districts']} Nobody" in " ".join(site.get(meeting).text.split())
    assert f"The arrangement says: {titles['management']}." in site.get(f"{meeting}/chair").text
