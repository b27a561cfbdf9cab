"""Arrangements compared in words: what a person would notice, and nothing of the inside of a rule."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import compare
from threefold.governance.pack import Arrangement, load_library

LIBRARY = load_library(Path(__file__).parents[2] / "tenants")
CATALOGUE = Catalogue.installed()
VERSIONS = {f"{b.id}/{v.version}": v for b in LIBRARY.bodies.values() for v in b.versions}
VALE = VERSIONS["example-vale/demonstration"]


def moved(arrangement: Arrangement, day: int) -> Arrangement:
    return with_step(arrangement, "huddle", day=day)


def with_step(arrangement: Arrangement, key: str, **changes: object) -> Arrangement:
    uses = []
    for use in arrangement.uses:
        steps = [{**s, **changes} if s["key"] == key else s for s in use.settings.get("steps", ())]
        uses.append(replace(use, settings={**use.settings, "steps": steps}) if steps else use)
    return replace(arrangement, uses=tuple(uses))


def test_a_step_moved_is_one_sentence_with_both_days() -> None:
    (one,) = compare(CATALOGUE, VALE, moved(VALE, 12))
    assert one.sentence == "“Executive huddle” is now due by working day 12, was 14."
    assert one.field == "rules.rapid-review-plan.steps.huddle"


@pytest.mark.parametrize("name", VERSIONS)
def test_beside_itself_nothing_is_different(name: str) -> None:
    version = VERSIONS[name]
    assert compare(CATALOGUE, version, version) == ()
    assert compare(CATALOGUE, version, replace(version, uses=tuple(reversed(version.uses)))) == ()


def test_every_pair_is_told_in_whole_sentences_without_the_inside_of_a_rule() -> None:
    for before, after in itertools.combinations(VERSIONS.values(), 2):
        for one in compare(CATALOGUE, before, after):
            assert one.sentence.rstrip("”)")[-1] in ".?!"
            assert not re.search(r"\('|\bNone\b|[a-z]_[a-z]|\[\]|Fact\(", one.sentence), one.sentence


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(VERSIONS)), st.sampled_from(sorted(VERSIONS)))
def test_the_other_way_round_what_came_has_gone(a: str, b: str) -> None:
    there = {(d.kind, d.key) for d in compare(CATALOGUE, VERSIONS[a], VERSIONS[b]) if d.what == "added"}
    back = {(d.kind, d.key) for d in compare(CATALOGUE, VERSIONS[b], VERSIONS[a]) if d.what == "removed"}
    assert there == back


def test_devon_s_two_versions_differ_in_their_plan_and_their_clock() -> None:
    said = [d.sentence for d in compare(CATALOGUE, VERSIONS["devon/old"], VERSIONS["devon/current"])]
    assert any(s.startswith("New step: “Executive huddle”") for s in said)
    assert (
        "“Notify, by the local text”: what starts it is now that the incident happened, was that the local authority became aware."
        in said
    )


def test_an_area_beside_its_pack_is_told_without_who_takes_part() -> None:
    pack = LIBRARY.packs["_shared/pan-sussex/procedures"]
    differences = compare(CATALOGUE, pack, VERSIONS["east-sussex/current"])
    assert not {d.kind for d in differences} & {"organisation", "seat", "head"}
    assert all(d.what == "added" for d in differences), "the area adds to what it shares, and changes nothing of it"


def test_a_partner_that_is_one_no_more_and_a_version_without_an_end_are_told_as_such() -> None:
    organisations = tuple(replace(o, partner=False) if o.key == "health" else o for o in VALE.organisations)
    said = [d.sentence for d in compare(CATALOGUE, VALE, replace(VALE, organisations=organisations, until=date(2027, 1, 1)))]
    assert "“NHS Example Vale Integrated Care Board” is no longer a safeguarding partner." in said, said
    assert "It ends on 1 January 2027; the other ends with the version that follows." in said


def test_what_is_said_beside_a_day_is_told_beside_it() -> None:
    """A step's day and its words changed at once: both are told, each with what it was."""
    after = with_step(moved(VALE, 12), "huddle", text="Executives meet for an hour.")
    said = [d.sentence for d in compare(CATALOGUE, VALE, after)]
    assert said == [
        "“Executive huddle” is now due by working day 12, was 14.",
        "“Executive huddle” now says: Executives meet for an hour.",
    ]
    again = with_step(after, "huddle", text="", when={"is": {"fact": "incident.urgent", "value": "yes"}})
    assert [d.sentence for d in compare(CATALOGUE, after, again)] == [
        "“Executive huddle” no longer says: Executives meet for an hour.",
        "“Executive huddle”: when it applies is now “Is it urgent?” is yes, was always.",
    ]  # fmt: skip


def test_two_uses_of_a_rule_with_one_key_are_two_things_in_whatever_order() -> None:
    """The second plan's huddle moves; the first plan's does not."""
    plan = next(u for u in VALE.uses if u.use == "rapid-review-plan")
    second = replace(plan, use="another-plan")
    before = replace(VALE, uses=(*VALE.uses, second))
    steps = [{**s, "day": 9} if s["key"] == "huddle" else s for s in second.settings["steps"]]
    after = replace(VALE, uses=(replace(second, settings={**second.settings, "steps": steps}), *VALE.uses))
    (one,) = compare(CATALOGUE, before, after)
    assert (one.sentence, one.field) == (
        "“Executive huddle” is now due by working day 9, was 14.",
        "rules.another-plan.steps.huddle",
    )
    gone = compare(CATALOGUE, before, VALE)
    assert {d.what for d in gone} == {"removed"} and len(gone) == len(plan.settings["steps"])
