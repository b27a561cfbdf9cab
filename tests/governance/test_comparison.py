"""Arrangements compared in words: what a person would notice, and nothing of the inside of a rule."""

from __future__ import annotations

import copy
import itertools
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.governance.inside import inside_of
from tests.support.tenants import read_tenants
from threefold.governance.catalogue import Catalogue
from threefold.governance.comparison import Difference, area_names, compare, compared, grouped
from threefold.governance.comparison_sides import in_short
from threefold.governance.pack import Arrangement, RuleUse
from threefold.plugin_api.arrangement import Seat

LIBRARY = read_tenants()
CATALOGUE = Catalogue.installed()
VERSIONS = {f"{b.id}/{v.version}": v for b in LIBRARY.bodies.values() for v in b.versions}
VALE = VERSIONS["example-vale/demonstration"]
AREAS = area_names(LIBRARY)
BODIES = {body.id: body.name for body in LIBRARY.bodies.values()}
# Each version beside a third of the others; `make prove` takes every pair.
PAIRS = list(itertools.combinations(VERSIONS.values(), 2))[:: 1 if "PROVE_EXAMPLES" in os.environ else 3]


def moved(arrangement: Arrangement, day: int) -> Arrangement:
    return with_step(arrangement, "huddle", day=day)


def with_step(arrangement: Arrangement, of: str, /, **changes: object) -> Arrangement:
    uses = []
    for use in arrangement.uses:
        steps = [{**s, **changes} if s["key"] == of else s for s in use.settings.get("steps", ())]
        uses.append(replace(use, settings={**use.settings, "steps": steps}) if steps else use)
    return replace(arrangement, uses=tuple(uses))


def test_a_step_moved_is_one_sentence_with_both_days() -> None:
    (one,) = compare(CATALOGUE, VALE, moved(VALE, 12))
    assert one.sentence == "“Executive huddle” is now due by working day 12, was 14."
    assert one.field == "rules.rapid-review-plan.steps.huddle"


def test_any_one_of_several_starts_is_enough_and_is_told_so() -> None:
    (one,) = said(VALE, with_step(VALE, "huddle", start_events=["aware", "rapid_review_started"]))
    assert "that the local authority became aware or that the rapid review was started" in one
    one_start, three = (
        with_step(VALE, "huddle", start_events=names) for names in (["aware"], ["aware", "death", "rapid_review_started"])
    )
    assert "is now also that the child died or that the rapid review was started" in said(one_start, three)[0]
    assert "is no longer that the child died or that the rapid review was started" in said(three, one_start)[0]


def test_a_step_that_is_taken_out_and_added_anew_under_its_name_is_no_difference() -> None:
    assert said(VALE, with_step(VALE, "huddle", key="huddle-anew")) == []


@pytest.mark.parametrize("name", VERSIONS)
def test_beside_itself_nothing_is_different(name: str) -> None:
    version = VERSIONS[name]
    assert compare(CATALOGUE, version, version) == ()
    assert compare(CATALOGUE, version, replace(version, uses=tuple(reversed(version.uses)))) == ()


def test_every_pair_is_told_in_whole_sentences_without_the_inside_of_a_rule() -> None:
    for before, after in PAIRS:
        for one in compare(CATALOGUE, before, after, AREAS):
            assert one.sentence.rstrip("”)")[-1] in ".?!"
            assert not inside_of(one.sentence), one.sentence


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
    assert "It ends on 1 January 2027; the other has no last day of its own." in said


def test_of_a_seat_that_comes_its_part_and_its_organisation_are_told() -> None:
    police = next(o for o in VALE.organisations if o.kind == "police")
    seat = Seat("second", "Second police signatory", "lead", police.key)
    assert said(VALE, replace(VALE, seats=(*VALE.seats, seat))) == [
        f"New seat: “Second police signatory”. Its part: “lead safeguarding partner”. Its organisation: {police.name}."
    ]


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


def with_settings(
    rule: str, change: Callable[[dict[str, Any]], dict[str, Any]], arrangement: Arrangement = VALE
) -> Arrangement:
    """The arrangement with other settings in the first use of a rule."""
    done = False
    uses = []
    for use in arrangement.uses:
        if use.rule == rule and not done:
            use, done = replace(use, settings=change(copy.deepcopy(dict(use.settings)))), True
        uses.append(use)
    assert done, rule
    return replace(arrangement, uses=tuple(uses))


def said(before: Arrangement, after: Arrangement) -> list[str]:
    return [d.sentence for d in compare(CATALOGUE, before, after, AREAS)]


NOW_AND_THEN = r"\bis now\b|\bnow says\b|^New |No longer there"


def across(before: str, after: str) -> tuple[Difference, ...]:
    """Two areas beside each other, by their names."""
    return compared(CATALOGUE, VERSIONS[before], VERSIONS[after], AREAS, BODIES).differences


def in_first(name: str, **changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda settings: {**settings, name: [{**settings[name][0], **changes}, *settings[name][1:]]}


def test_things_in_another_order_are_told_once_from_the_first_that_moved_to_the_last() -> None:
    plan = next(u for u in VALE.uses if u.use == "rapid-review-plan")
    titles = [f"“{s['title']}”" for s in plan.settings["steps"]]
    steps = list(plan.settings["steps"])
    steps[1], steps[2] = steps[2], steps[1]
    after = replace(
        VALE, uses=tuple(replace(u, settings={**u.settings, "steps": steps}) if u is plan else u for u in VALE.uses)
    )
    assert said(VALE, after) == [
        f"These steps now come in this order: {titles[2]}, then {titles[1]}. They came: {titles[1]}, then {titles[2]}."
    ]
    assert said(VALE, moved(VALE, 12)), "what stays in its place is told as itself"


def test_groups_turned_round_are_told_once_and_their_meetings_and_quorums_with_them() -> None:
    for name in ("gloucestershire/current", "bexley/current", "example-vale/demonstration"):
        before = VERSIONS[name]
        (one,) = compare(
            CATALOGUE, before, with_settings("decision-making", lambda s: {**s, "groups": s["groups"][::-1]}, before)
        )
        assert (one.kind, one.what) == ("group", "changed") and one.sentence.startswith(
            "These groups now come in this order: “"
        )


def test_the_order_of_names_in_an_answer_is_no_difference() -> None:
    way = {"question": "sign_rapid_review", "source": {"ref": "A page"}, **{
        n: ["council-lead", "health-lead", "police-lead"] for n in ("views_from", "invited", "decides", "signs")}}  # fmt: skip
    before = with_settings("decision-making", lambda s: {**s, "ways": [way]})
    turned = {**way, **{n: way[n][::-1] for n in ("views_from", "invited", "decides", "signs")}}
    assert said(before, with_settings("decision-making", lambda s: {**s, "ways": [turned]})) == []
    fewer = {**way, "invited": ["police-lead", "scrutineer"]}
    (one,) = said(before, with_settings("decision-making", lambda s: {**s, "ways": [fewer]}))
    names = {s.key: s.title for s in VALE.seats}
    assert one == (
        f"“Who signs off the rapid review”: who is invited to comment is now also {names['scrutineer']}, and no longer "
        f"{names['council-lead']}; and {names['health-lead']}."
    )


def test_one_name_that_stands_twice_is_no_other_by_the_same_name() -> None:
    once = with_settings("timetable", lambda s: {**s, "start_events": ["notification_sent"]})
    twice = with_settings("timetable", lambda s: {**s, "start_events": ["notification_sent", "notification_sent"]})
    assert said(once, twice) == said(twice, once) == []


def test_the_group_whose_quorum_holds_is_named_and_its_going_is_told() -> None:
    group = next(u for u in VALE.uses if u.rule == "decision-making").settings["groups"][0]
    way = {"question": "local_review", "how": "group_decides", "decides": [group["key"]], "source": {"ref": "A page"}}
    with_it = with_settings("decision-making", lambda s: {**s, "ways": [{**way, "group": group["key"]}]})
    without = with_settings("decision-making", lambda s: {**s, "ways": [way]})
    head = "“Who decides whether to carry out a local child safeguarding practice review”"
    assert said(with_it, without) == [f"{head}: the group whose quorum holds is now none, was {group['title']}."]
    unsaid = with_settings("decision-making", lambda s: {**s, "ways": [{**way, "how": "not_stated"}]})
    assert said(without, unsaid) == [f"{head}: how it is decided is now “not stated”, was “the group decides”."]


def test_a_source_is_told_in_each_of_its_parts_and_once_for_all_that_cite_it() -> None:
    source = {"ref": "Page one", "force": "LOCAL", "sure": "V", "where": "https://one.example/a"}
    both = lambda **new: with_settings("scrutiny", lambda s: {**s, "forms": [  # noqa: E731
        {"key": k, "title": k.title(), "source": {**source, **new}} for k in ("first", "second")]})  # fmt: skip
    assert said(both(), both(ref="Page two", where="https://two.example")) == [
        "“First” and “Second”: the source is now “Page two”, was “Page one”."
    ]
    assert said(both(), both(where="https://two.example")) == [
        "“First” and “Second”: the address of the source is now https://two.example, was https://one.example/a."
    ]
    assert said(both(), both(sure="K")) == [
        "“First” and “Second”: how sure it is: now “source to confirm”, was “read in the source named”."
    ]
    assert said(both(), both(force="SG")) == [
        "“First” and “Second”: the source is now statutory guidance, was local arrangement."
    ]


def test_what_a_version_says_of_itself_is_told() -> None:
    lead = VALE.seats[0]
    signed = replace(VALE, entered="signed", signed=((lead.key, date(2026, 12, 1), "on screen"),), adopted_from=())
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": "Second plan"}, f"It is called “Second plan”, the other “{VALE.title}”."),
        ({"note": "For a year"}, "Its note: “For a year”."),
        ({"corrects": "old"}, "It corrects another version; the other corrects none."),
        ({"signed": ((lead.key, date(2026, 12, 2), "on screen"),)}, f"It is signed by {lead.title} on 2 December 2026 (on screen); the other is signed by"),
        ({"open_cases": "move_at_next_stage"}, "When it begins, open cases move to it at their next stage; in the other they finish under the version before."),
        ({"area_codes": ("E07000223", *VALE.area_codes)}, f"Now covered: {AREAS.get('E07000223', 'the area with the code E07000223')}."),
        ({"area_codes": ()}, f"No longer covered: {AREAS[VALE.area_codes[0]]}."),
        ({"closures": frozenset({date(2026, 12, 29), date(2026, 12, 28)})}, "Now also closed: 28 December 2026 and 29 December 2026."),
    ]  # fmt: skip
    plain = replace(signed, closures=frozenset(), note="", open_cases="finish_under_old")
    for change, sentence in cases:
        told = said(plain, replace(plain, **change))
        assert len(told) == 1 and told[0].startswith(sentence), (change, told)
    assert said(plain, replace(plain, signed=())) == [], "who has signed a version that waits for it is told where it is signed"
    (gone,) = said(replace(plain, closures=frozenset({date(2026, 12, 29)})), plain)
    assert gone == "No longer closed: 29 December 2026."
    (how,) = (s for s in said(signed, replace(signed, entered="adopted", signed=())) if "adopted" in s)
    assert how.startswith("It was adopted from published pages and not signed here; the other is signed by")


def test_a_coded_value_is_told_in_the_words_of_its_rule() -> None:
    national = {"key": "k", "title": "Death", "source": {"ref": "A page"}}
    criterion = lambda **new: with_settings("local-criteria", lambda s: {**s, "criteria": [{**national, **new}]})  # noqa: E731
    assert said(criterion(), criterion(effect="adds", about="local-review")) == [
        "“Death”: what it does to the national test is now “more incidents count: it stands beside the national test”, was “it is a hint to look again, and decides nothing”.",
        "“Death”: what it is about is now “whether to carry out a local review”, was “whether to notify”.",
    ]
    urgent = {"is": {"fact": "incident.urgent", "value": "yes"}}
    assert said(criterion(when=urgent), criterion()) == [
        "“Death”: when it is met is now left to the partners’ judgement, was “Is it urgent?” is yes."
    ]
    told = lambda **new: with_settings("narrative", lambda s: {**s, "statements": [{**national, "section": "Voice", **new}]})  # noqa: E731
    (one,) = said(told(), told(answers=["A13"]))
    assert one.startswith("“Death”: which required content it tells is now “A13: How children and families are heard")


@pytest.mark.parametrize(("rule", "name", "changes", "sentence"), [
    ("resourcing", "funds", {"pounds": 5001}, "the sum is now £5,001"),
    ("publication-and-retention", "texts", {"published": "usually_not"}, " is now usually not published, was"),
    ("scrutiny", "forms", {"independent": "no"}, "is now not called independent, was"),
])  # fmt: skip
def test_money_and_what_is_published_read_as_they_are_spoken(
    rule: str, name: str, changes: dict[str, Any], sentence: str
) -> None:
    before = next(v for v in VERSIONS.values() if any(u.rule == rule and u.settings.get(name) for u in v.uses))
    assert any(sentence in s for s in said(before, with_settings(rule, in_first(name, **changes), before)))


def test_a_reminder_is_told_as_the_day_it_comes() -> None:
    before, after = (with_settings("timetable", lambda s, d=days: {**s, "reminder_days": d}) for days in ([1, 0], [0, -1]))
    assert said(before, after) == ["“Reminders”: when people are reminded is now also 1 day after, and no longer 1 day ahead."]


def test_two_areas_are_told_by_their_names_and_never_as_now_and_then() -> None:
    for a, b in (("barnet/current", "bexley/current"), ("devon/current", "example-vale/demonstration")):
        for one in across(a, b):
            assert one.kind != "source" and not re.search(NOW_AND_THEN, one.sentence), one.sentence
    told: list[Difference] = [d for _, part in grouped(across("barnet/current", "bexley/current")) for d in part]
    assert "Bexley S.H.I.E.L.D. covers Bexley; Barnet covers Barnet." in [d.sentence for d in told]
    council = "Only Barnet: the organisation “Barnet Council”. Its kind: “local authority”. It is a safeguarding partner."
    assert council in [d.sentence for d in told]
    recommends = "in Bexley S.H.I.E.L.D., who recommends is Learning from Practice group; in Barnet, nobody."
    assert any(d.sentence.endswith(recommends) for d in told)


def test_of_every_two_areas_nothing_is_said_of_the_other_without_its_name() -> None:
    for a, b in PAIRS:
        for one in compared(CATALOGUE, a, b, AREAS, BODIES).differences if a.body != b.body else ():
            own_words = re.sub("“[^”]*”|: .*", "", one.sentence)
            assert not re.search(r"\b(the|this) (other|one)\b", own_words), one.sentence


def test_two_areas_are_told_by_the_order_of_days_then_by_who_decides_and_at_last_by_who_takes_part() -> None:
    told = grouped(across("devon/current", "example-sound/demonstration"))
    headings = [heading for heading, _ in told]
    assert headings[:2] == ["What is done by when", "Who decides"] and headings[-2:] == ["When it applies", "Who takes part"]
    assert [(d.sentence.partition(":")[0], d.title) for d in told[0][1]] == [
        ("Only Devon", "Notify, by the local text"),
        ("Only Devon", "Three-partner threshold meeting"),
        ("Only Example Sound", "The statutory partners meet to decide whether the rapid review test is met"),
        ("Only Devon", "The review starts and templates go out"),
        ("Only Devon", "Agency summaries"),
        ("Only Devon", "Panel reading"),
        ("Only Devon", "Progress meeting"),
        ("Only Devon", "Executive huddle"),
        ("Only Example Sound", "Finish the rapid review with the decision on a local child safeguarding practice review"),
        ("Only Example Sound", "Reminders"),
    ], "what starts before the notification, then each day of the review, whoever it is of"


def test_a_step_that_follows_another_stands_behind_it_and_one_in_a_circle_is_told_too() -> None:
    """The plan of another area: its second step starts when the huddle of day 14 is done, and is due two days later."""
    other = replace(VALE, body="elsewhere")
    follows = with_step(other, "templates", start_events=["done:rapid-review-plan.huddle"], day=None, title="Afterwards")
    told = [d.title for d in compare(CATALOGUE, VERSIONS["barnet/current"], follows) if d.kind == "step"]
    assert told[-1] == "Afterwards", told
    circle = with_step(follows, "huddle", start_events=["done:rapid-review-plan.templates"], title="Round and round")
    told = [d.title for d in compare(CATALOGUE, VERSIONS["barnet/current"], circle) if d.kind == "step"]
    assert {"Afterwards", "Round and round"} <= set(told)


def test_what_two_areas_tell_alike_is_named_and_counted() -> None:
    result = compared(CATALOGUE, VERSIONS["west-sussex/current"], VERSIONS["east-sussex/current"], AREAS, BODIES)
    assert result.same_in_words == f"{len(result.same)} things are the same" and "Outcome “Audit”" in result.same
    assert result.same[0].startswith("Step “") and result.same[-1].startswith("Seat “"), "in the order of the differences"
    changed = {d.title for d in result.differences}
    assert not [line for line in result.same if line.partition("“")[2].rstrip("”") in changed]
    one = compared(CATALOGUE, VERSIONS["devon/current"], VERSIONS["example-sound/demonstration"], AREAS, BODIES)
    assert (one.same_in_words, one.same) == ("1 thing is the same", ("Seat “Independent scrutineer”",))
    nothing = compared(CATALOGUE, VERSIONS["barnet/current"], VERSIONS["brent/current"], AREAS, BODIES)
    assert nothing.same_in_words == "Nothing is the same in both, word for word."
    alone = compared(CATALOGUE, VALE, VALE)
    assert (alone.same, alone.same_in_words) == ((), ""), "of two versions what did not change is not listed"


@pytest.mark.parametrize(("name", "short"), [
    ("Ashford Safeguarding Children Partnership", "Ashford"), ("Ash with Elm Children's Safeguarding Assurance Partnership", "Ash with Elm"),
    ("Ash & Elm-on-Sea Safeguarding Vulnerable People Partnership", "Ash & Elm-on-Sea"), ("Keeping Ashford Safe Partnership", "Keeping Ashford Safe Partnership"),
    ("Ashford H.E.L.P. (Safeguarding Partnership for Children)", "Ashford H.E.L.P."), ("Child death panel for Ash and Elm", "Child death panel for Ash and Elm"),
])  # fmt: skip
def test_a_body_is_called_by_its_area_within_a_sentence(name: str, short: str) -> None:
    assert in_short(name) == short


def test_two_bodies_of_one_area_are_called_by_their_whole_names_and_a_pack_by_its_title() -> None:
    one, two = VERSIONS["barnet/current"], VERSIONS["brent/current"]
    names = {"barnet": "Ash Safeguarding Children Partnership", "brent": "Ash Children's Safeguarding Assurance Partnership"}
    sides = compared(CATALOGUE, one, two, AREAS, names).sides
    assert sides is not None and (sides.this, sides.other) == (names["brent"], names["barnet"])
    same = compared(CATALOGUE, one, two, AREAS, {"barnet": "Ash", "brent": "Ash"}).sides
    assert same is not None and (same.this, same.other) == ("this one", "the other")
    pack = LIBRARY.packs["_shared/pan-sussex/procedures"]
    beside = compared(CATALOGUE, pack, VERSIONS["east-sussex/current"], AREAS, BODIES).sides
    assert beside is not None and (beside.this, beside.other) == ("East Sussex", f"“{pack.title}”")


def test_what_a_version_corrects_is_told_by_its_title() -> None:
    (now,) = read_tenants().bodies["example-vale"].versions
    right = replace(now, version="right", corrects=now.version)
    told = [d.sentence for d in compare(Catalogue.installed(), now, right) if d.key == "corrects"]
    assert told == [f"It corrects the version “{now.title}”; the other corrects none."]


@pytest.mark.parametrize(("rule", "listed", "more", "told", "plural"), [
    ("escalation-ladder", "stages", {"stage": 1}, "New stage of a disagreement: “One”.", "stages of a disagreement"),
    ("escalation-ladder", "tells", {"event": "dispute_raised", "whom": "The chair"}, "New line on who is told in a disagreement: “One”.", "lines on who is told in a disagreement"),
    ("escalation-ladder", "covers", {}, "New matter of a disagreement: “One”.", "matters of a disagreement"),
    ("relevant-agencies", "agencies", {}, "New agency: “One”.", "agencies"),
    ("relevant-agencies", "terms", {}, "New line on how the list of agencies is kept: “One”.", "lines on how the list of agencies is kept"),
])  # fmt: skip
def test_each_line_is_called_what_it_is(rule: str, listed: str, more: dict[str, Any], told: str, plural: str) -> None:
    source = {"ref": "A page", "force": "LOCAL", "sure": "V"}
    lines = [{"key": key, "title": key.capitalize(), "text": f"Of {key}.", "source": source, **more} for key in ("one", "two")]

    def having(*those: dict[str, Any]) -> Arrangement:
        return replace(VALE, uses=(*VALE.uses, RuleUse("u", rule, 1, {listed: list(those)})))

    assert [s for s in said(having(lines[1]), having(*lines)) if s.startswith(told)]
    assert [s for s in said(having(*lines), having(*lines[::-1])) if s.startswith(f"These {plural} now come in this order: ")]
