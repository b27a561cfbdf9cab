"""The bodies under `tenants/`: each keeps to itself, says how it was entered, and stands under the law."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.support.tenants import read_tenants
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, Body, Library
from threefold.governance.remarks_of_conditions import of_conditions
from threefold.governance.verdict import effect

BODIES = read_tenants().bodies
REAL = sorted(b.id for b in BODIES.values() if not b.synthetic)
PROMISED = {"brent", "city-and-hackney", "devon", "gloucestershire", "leeds", "national", "plymouth", "sefton"}
DEMONSTRATION = {"example-vale": "devon", "example-brook": "brent", "example-sound": "plymouth", "example-national": "national"}


def text_of(tenants: Path, body: str) -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted((tenants / body).rglob("*.toml")))


def places_in_name(body: Body) -> set[str]:
    """The words of a body's name that are a place."""
    return set(re.split(r" & | and ", body.name.removesuffix(" Safeguarding Children Partnership"))) - {"City"}


def test_the_bodies_are_those_promised(library: Library) -> None:
    assert set(library.bodies) >= PROMISED
    assert {b.id for b in library.bodies.values() if b.synthetic} == set(DEMONSTRATION)


@pytest.mark.parametrize("body", sorted(DEMONSTRATION))
def test_a_demonstration_body_names_no_real_one_but_in_what_it_extends(body: str, library: Library, tenants: Path) -> None:
    written = "\n".join(line for line in text_of(tenants, body).splitlines() if not line.startswith("extends = "))
    for other in REAL:
        if other != "national":
            for word in places_in_name(library.bodies[other]):
                assert not re.search(rf"\b{re.escape(word)}\b", written, re.IGNORECASE)


def test_no_line_of_the_platform_names_a_place(project: Path, library: Library) -> None:
    words = {w for name in REAL if name != "national" for w in places_in_name(library.bodies[name])}
    pattern = re.compile(rf"\b({'|'.join(sorted(map(re.escape, words)))})\b", re.IGNORECASE)
    found = [
        f"{path.relative_to(project)}: {match.group()}"
        for path in sorted((project / "platform").rglob("*"))
        if path.suffix in {".py", ".html", ".txt", ".js", ".css", ".toml", ".md"}
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_rule_is_named_for_a_place(project: Path, library: Library) -> None:
    words = {w.lower() for name in REAL if name != "national" for w in places_in_name(library.bodies[name])}
    assert not {p.name for p in (project / "plugins").iterdir()} & words


@pytest.mark.parametrize("body", REAL)
def test_a_real_body_is_adopted_and_has_signed_nothing(body: str, library: Library) -> None:
    for version in library.bodies[body].versions:
        assert version.entered == "adopted"
        assert version.signed == ()
        assert version.begins is None or body not in PROMISED, "no source gives the day"
        assert version.read
        assert all(source["where"] or source["sure"] == "K" for source in version.adopted_from)


@pytest.mark.parametrize("body", sorted(DEMONSTRATION))
def test_a_demonstration_body_is_signed_by_every_lead_seat_and_says_so(body: str, library: Library) -> None:
    made = library.bodies[body]
    (version,) = made.versions
    leads = {s.key for s in made.seats if s.role == "lead"} or {"panel-chair"}
    assert {seat for seat, _, _ in version.signed} == leads
    assert {how for _, _, how in version.signed} == {"synthetic demonstration"}
    assert all(on is not None and version.begins is not None and on <= version.begins for _, on, _ in version.signed)
    assert all(code.startswith("E99") for code in made.area_codes)


def test_devon_has_two_versions_of_unknown_beginning(library: Library) -> None:
    assert [(v.version, v.begins) for v in library.bodies["devon"].versions] == [("current", None), ("old", None)]


@pytest.mark.parametrize("body", [*REAL, *sorted(DEMONSTRATION)])
def test_the_law_refuses_no_version(body: str, library: Library, governance: Governance) -> None:
    for version in library.bodies[body].versions:
        said = governance.floor(version)
        assert [line.finding.sentence for line in said if effect(line) in ("refused", "needs_reason")] == []
        if body in DEMONSTRATION:
            assert {line.finding.key.partition("/")[0] for line in said} <= {"content"}, "what is left untold is warned of"


@pytest.mark.parametrize("body", [*REAL, *sorted(DEMONSTRATION)])
def test_every_version_survives_being_stored(body: str, library: Library) -> None:
    for version in library.bodies[body].versions:
        assert Arrangement.from_stored(version.stored()) == version


def test_no_condition_of_one_child_is_met_by_two(library: Library) -> None:
    """What a page says of a child, it says of one: a suicide of one child and the death of another is no such case."""
    said = {
        remark.sentence
        for body in library.bodies.values()
        for version in body.versions
        for remark in of_conditions(version)
        if remark.key.startswith("two-children-")
    }
    assert said == set()


def test_every_source_has_an_address_or_is_marked(library: Library, governance: Governance) -> None:
    """What a rule brings is sourced: read in a page, or marked as to be confirmed; made-up bodies say so."""
    edition, _ = governance.edition_on(date(2026, 1, 1))
    for name in REAL:
        for version in library.bodies[name].versions:
            for ref, thing in governance.rule_set(version, edition).provided:
                if ref.layer == "local" and thing.kind != "reminder":
                    assert thing.source.where or thing.source.sure == "K", f"{name}/{version.version}: {thing.kind} {thing.key}"


def test_a_body_that_ended_leaves_no_arrangement_that_might_be_in_force(library: Library, governance: Governance) -> None:
    ended = library.bodies["cumbria"]
    assert ended.details["until"] == date(2025, 3, 31)
    before, _, _ = governance.pin(ended.versions, date(2025, 3, 31))
    after, _, _ = governance.pin(ended.versions, date(2025, 4, 1))
    assert any("which" in note.lower() and "unknown" in note for note in before.notes)
    assert not any("unknown" in note for note in after.notes)


def test_what_a_body_succeeds_is_there_and_ended(library: Library) -> None:
    for body in library.bodies.values():
        for before in body.details["succeeds"]:
            assert before in library.bodies, f"{body.id} succeeds {before}"


def test_what_two_bodies_went_through_together_is_told_by_both(library: Library) -> None:
    """What joined, split or merged two partnerships is told by each, with the same day where each knows it."""
    told: dict[tuple[str, str], set[date | None]] = {}
    partnerships = {b.id for b in library.bodies.values() if b.kind == "partnership"}
    for body in (library.bodies[name] for name in partnerships):
        for change in body.details["changes"]:
            if change["what"] != "shares":
                for other in set(change["bodies"]) & partnerships:
                    told.setdefault((body.id, other), set()).add(change["on"])
    assert sorted(pair for pair in told if pair[::-1] not in told) == []
    assert [pair for pair, days in told.items() if not days & told[pair[::-1]]] == []


def test_a_body_that_began_on_a_known_day_says_so_by_that_day(library: Library) -> None:
    found = {
        b.id: c["on"]
        for b in library.bodies.values()
        for c in b.details["changes"]
        if c["what"] in ("formed", "joined") and c["on"]
    }
    assert found == {
        "blackburn-with-darwen": date(2023, 9, 1), "blackpool": date(2023, 9, 1), "brent": date(2019, 9, 21), "cumberland": date(2025, 4, 1),
        "hartlepool-and-stockton-on-tees": date(2019, 4, 10), "kent": date(2019, 9, 17), "lancashire": date(2023, 9, 1),
        "pan-lancashire": date(2019, 9, 29), "plymouth": date(2019, 9, 29), "staffordshire-and-stoke-on-trent": date(2019, 3, 29),
        "torbay": date(2019, 9, 29), "westmorland-and-furness": date(2025, 4, 1),
    }  # fmt: skip
