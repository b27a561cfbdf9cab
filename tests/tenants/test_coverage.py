"""The table of what is enforced, told and unknown is complete, true of the data, and up to date."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.tenants import read_tenants
from threefold.governance.catalogue import Catalogue
from threefold.governance.coverage import as_markdown, coverage_of, unresolved
from threefold.governance.pack import Library

REAL = sorted(b.id for b in read_tenants().bodies.values() if not b.synthetic)
# How many items the "Unknown" list of each area's page has, counted by hand.
UNKNOWN_ITEMS = {
    "brent": 10,
    "city-and-hackney": 10,
    "devon": 8,
    "gloucestershire": 10,
    "leeds": 9,
    "plymouth": 8,
    "sefton": 12,
}


def test_the_written_table_is_the_one_the_data_make(project: Path, library: Library) -> None:
    assert (project / "docs" / "coverage.md").read_text(encoding="utf-8") == as_markdown(library)


def test_the_command_writes_the_table(project: Path, library: Library) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "threefold.governance.coverage"], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout == as_markdown(library)


@pytest.mark.parametrize("body", [*REAL, "example-brook", "example-national", "example-sound", "example-vale"])
def test_every_place_a_fact_names_is_there(body: str, library: Library, catalogue: Catalogue) -> None:
    assert unresolved(library.bodies[body], catalogue) == []


def test_a_place_that_is_not_there_is_found(library: Library, catalogue: Catalogue) -> None:
    devon = library.bodies["devon"]
    facts = [{"section": "s", "text": "t", "status": "enforced", "sources": [], "by": ["current#rapid-review-plan/step/none"]}]
    facts.append(
        {"section": "s", "text": "only told", "status": "enforced", "sources": ["X"], "by": ["current#groups/group/executive"]}
    )
    wrong = unresolved(replace(devon, details={**devon.details, "facts": facts}), catalogue)
    assert len(wrong) == 3
    assert "names current#rapid-review-plan/step/none" in wrong[0]
    assert "no such source: X" in wrong[1]
    assert "only told" in wrong[2]


@pytest.mark.parametrize(("body", "place", "told"), [
    ("croydon", "current#decisions/quorum/review-group", True),  # it has one, of which no value is known
    ("gloucestershire", "current#groups/quorum/districts", False),
    ("kent", "earlier#report-year/report_year/year", True),  # only to whom the report goes
    ("torbay", "current#report-year/report_year/year", False),  # the day by which it is due
    ("dorset", "current#shared-escalation/ladder_stage/stage-1", True),  # nothing starts it
    ("dorset", "current#shared-escalation/ladder_stage/stage-2", False),
    ("sefton", "current#escalation/telling/business-manager", False),
    ("barnet", "current#scrutiny/scrutiny/team", True),
    ("brent", "current#scrutiny/scrutiny/convener", False),  # it writes reviews, and each rapid review says so
    ("derby-and-derbyshire", "current#publication/publication/learning-sheet", True),  # for how long is not set
    ("plymouth", "current#publication/publication/report", False),
    ("staffordshire-former-board", "before-2019#agencies/agency/districts", True),
    ("city-and-hackney", "current#agencies/agency_terms/sit-with-executive", True),
    ("kent", "current#agencies/agency/key-contacts", False),  # asked in each rapid review
])  # fmt: skip
def test_what_no_rule_works_with_is_told_whatever_its_kind(
    body: str, place: str, told: bool, library: Library, catalogue: Catalogue
) -> None:
    facts = [{"section": "s", "text": "t", "status": "enforced", "sources": [], "by": [place]}]
    real = library.bodies[body]
    wrong = unresolved(replace(real, details={**real.details, "facts": facts}), catalogue)
    assert wrong == ([f"{body}: 't' is called enforced, and is only told"] if told else [])


@pytest.mark.parametrize("body", sorted(UNKNOWN_ITEMS))
def test_each_item_of_the_unknown_list_is_there(body: str, library: Library) -> None:
    lines = coverage_of(library.bodies[body])
    assert len([x for x in lines if x.section == "Unknown" and x.status == "unknown"]) == UNKNOWN_ITEMS[body]
    doubled = [text for (section, text), n in Counter((x.section, x.fact) for x in lines).items() if n > 1]
    assert doubled == []


@pytest.mark.parametrize("body", REAL)
def test_every_known_fact_of_a_real_body_has_its_source(body: str, library: Library) -> None:
    # Of one statement the area's page gives no source.
    without = {"There is one council."} if body == "sefton" else set()
    assert {x.fact for x in coverage_of(library.bodies[body]) if x.status != "unknown" and not x.sources} == without


def test_every_step_way_and_outcome_of_a_real_body_is_in_its_table(library: Library, catalogue: Catalogue) -> None:
    """Nothing is encoded that the table does not tell."""
    from threefold.governance.coverage import places_of

    for name in REAL:
        body = library.bodies[name]
        told = {place for line in coverage_of(body) for place in line.by}
        kinds = {"step", "way", "outcome", "quorum", "ladder_stage", "telling", "criterion", "question", "publication", "report_year", "fund", "scrutiny", "route", "agency", "agency_terms", "carve_out"}  # fmt: skip
        untold = {p for p, kind in places_of(body, catalogue).items() if kind in kinds} - told
        assert untold == set(), name
