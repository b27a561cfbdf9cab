"""Section 12a: the editions and their dates; every number has its source and says how sure it is."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.statutory.editions import EDITIONS, LAW, RULES, case, judged
from threefold.domain.errors import BeforeAnyVersion
from threefold.governance.what_if import apply, what_if
from threefold.testing.proof import prove

FILES = sorted((Path(__file__).parents[3] / "tenants" / "_shared" / "law").glob("*.toml"))


@pytest.mark.parametrize("kind", RULES, ids=lambda k: k.card.name)
def test_the_rule_is_sound(kind: Any) -> None:
    assert prove(kind).faults == []


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2018, 6, 29), "wt-2018"),
        (date(2023, 12, 14), "wt-2018"),
        (date(2023, 12, 15), "wt-2023"),
        (date(2026, 11, 1), "wt-2023"),
    ],
)
def test_the_edition_of_a_day(day: date, edition: str) -> None:
    assert LAW.edition_on(day)[0].id == edition


def test_before_the_panel_there_is_no_edition_here() -> None:
    with pytest.raises(BeforeAnyVersion, match="29 June 2018"):
        LAW.edition_on(date(2018, 6, 28))


def test_the_2026_edition_has_no_day_and_says_so() -> None:
    edition = EDITIONS["wt-2026"]
    assert (edition.begins, edition.not_before) == (None, date(2026, 1, 1))
    assert "no source read so far says from which day it applies" in " ".join(LAW.edition_on(date(2026, 2, 1))[1])
    assert LAW.edition_on(date(2025, 12, 31))[1] == ()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_number_names_a_source_and_each_source_is_used(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    used = set(_sources(data["rules"]))
    assert used == set(data["sources"])
    assert all(
        source["sure"] in ("V", "V2", "K", "inferred") and source["force"] != "LOCAL" for source in data["sources"].values()
    )


def _sources(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["source"]] if isinstance(value.get("source"), str) else []
        return own + [s for v in value.values() for s in _sources(v)]
    return [s for v in value for s in _sources(v)] if isinstance(value, list) else []


@pytest.mark.parametrize("edition", sorted(EDITIONS))
def test_every_number_arrives_with_its_source(edition: str) -> None:
    stated = [p for ref, p in LAW.rule_set(None, EDITIONS[edition]).provided if p.source.ref == "not stated"]
    assert stated == []


def test_the_rules_of_every_edition_are_the_same_five() -> None:
    for edition in EDITIONS.values():
        assert {use.rule for use in edition.uses} == {kind.card.id for kind in RULES}


def test_a_single_change_flips_the_duty_to_notify() -> None:
    facts = case({"died": "yes", "abuse_or_neglect": "unclear", "age_years": 4})
    verdict = judged(facts)
    changes = what_if(LAW, (), facts, verdict, "duties:notification:notify-panel")["duties:notification:notify-panel"]
    assert {(c.path, c.then, c.becomes) for c in changes} >= {
        ("incident.children[child-1].abuse_or_neglect", "yes", "yes"),
        ("incident.children[child-1].abuse_or_neglect", "no", "no"),
    }
    for change in changes:
        again = judged(apply(facts, change.path, change.then, verdict.as_of)).line("duties:notification:notify-panel")
        assert again is not None
        assert again.state == change.becomes
