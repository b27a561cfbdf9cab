"""The walk-throughs of the arrangements: two health bodies, a superseded test, a clock that cannot be lengthened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.support.tenants import read_tenants
from threefold.governance import drafts
from threefold.governance.catalogue import Catalogue
from threefold.governance.cut_short import cut_short, set_right_already
from threefold.governance.decide import Governance
from threefold.governance.drafts import Content
from threefold.governance.remark import Remark, place_of
from threefold.governance.remarks import remarks
from threefold.governance.verdict import step_of
from threefold.plugin_api.facts import read_facts
from threefold.work.arrangements.asking import signing_seats

LIBRARY = read_tenants()
GOVERNANCE = Governance(LIBRARY.editions, Catalogue.installed())
BEGINS = date(2027, 4, 1)
(BOTH_BOARDS,) = LIBRARY.bodies["westmorland-and-furness"].versions


def draft() -> Content:
    """A draft of the area with two integrated care boards, with a lead seat for each partner."""
    content = {**drafts.begin_from(BOTH_BOARDS, "next", "With both boards"), "begins": BEGINS.isoformat()}
    seated = {s["organisation"] for s in content["seats"] if s["role"] == "lead"}
    for o in content["organisations"]:
        if o["partner"] and o["key"] not in seated:
            seat = {"key": "", "title": f"Lead of {o['name']}", "role": "lead", "organisation": o["key"], "deputy": ""}
            content, _ = drafts.add(content, ("seats",), seat)
    return content


def said(content: Content, effect: str) -> list[Remark]:
    return [r for r in remarks(GOVERNANCE, content, BEGINS) if r.effect == effect]


def boards(content: Content) -> list[str]:
    return [o["key"] for o in content["organisations"] if o["partner"] and o["kind"] == "integrated_care_board"]


def test_a_draft_with_one_board_seated_is_refused_with_a_link_to_the_seat_and_passes_with_both() -> None:
    content = draft()
    assert len(boards(content)) == 2
    lead = next(s["key"] for s in content["seats"] if s["role"] == "lead" and s["organisation"] == boards(content)[1])
    (refused,) = said(drafts.remove(content, ("seats", lead)), "refused")
    assert "has no lead seat" in refused.sentence
    assert place_of(refused.field, content)[0] == "seats"
    assert said(content, "refused") == []
    body = LIBRARY.bodies["westmorland-and-furness"]
    without = drafts.remove(drafts.remove(content, ("seats", lead)), ("organisations", boards(content)[1]))
    (left_out,) = [r for r in remarks(GOVERNANCE, without, BEGINS, body) if r.effect == "refused"]
    assert "is left out" in left_out.sentence and left_out.paragraph == "Children Act 2004, section 16E(3)"
    assert place_of(left_out.field, without) == ("organisations",)
    assert not [r for r in remarks(GOVERNANCE, content, BEGINS, body) if r.stops]
    assert {s.organisation for s in signing_seats(drafts.as_arrangement(content))} >= set(boards(content))


@pytest.mark.parametrize("when", [{"is": {"fact": "incident.working_together_concern", "value": "yes"}}, None])
def test_a_concern_about_joint_working_before_any_review_is_warned_of_as_superseded_and_can_be_signed(when: Any) -> None:
    content, rule = drafts.add_rule(draft(), "local-criteria", 1)
    criterion: dict[str, Any] = {
        "key": "", "title": "Concern about joint working before any review", "effect": "narrows", "about": "rapid-review",
        **({"when": when} if when else {}),
    }  # fmt: skip
    content, place = drafts.add(content, (*rule, "criteria"), criterion)
    (warned,) = [r for r in said(content, "warned") if "joint working" in r.sentence]
    assert "superseded as a test in 2018" in warned.sentence
    assert place_of(warned.field, content) in (place, (*place, "when"))
    assert not [r for r in remarks(GOVERNANCE, content, BEGINS) if r.stops]


def test_a_rapid_review_of_twenty_days_is_refused_and_the_statutory_fifteen_stay() -> None:
    content, rule = drafts.add_rule(draft(), "timetable", 1)
    step = {"key": "", "title": "Rapid review", "serves": "rapid-review", "start_events": ["notification_sent"],
            "span": {"amount": 20, "unit": "working_days"}}  # fmt: skip
    content, _ = drafts.add(content, (*rule, "steps"), step)
    (refused,) = said(content, "refused")
    assert "20 working days where the law gives 15" in refused.sentence
    facts = read_facts({"incident": {"children": [{"key": "child-1", "abuse_or_neglect": "yes", "died": "yes"}]},
                        "review": {"events": [{"name": "notification_sent", "at": "2027-05-04"}]}})  # fmt: skip
    verdict = GOVERNANCE.decide("area", (drafts.as_arrangement(content),), facts, date(2027, 5, 5))
    served = next(t for t in verdict.two_dates if t.serves == "rapid-review")
    assert served.statutory is not None
    assert step_of(served.statutory).due_on == date(2027, 5, 25), "fifteen working days, whatever the area writes beside it"


def test_what_a_plan_and_a_footprint_hardly_mean_is_told_and_stops_nothing() -> None:
    body = LIBRARY.bodies["westmorland-and-furness"]
    content = {**draft(), "area_codes": [*body.area_codes, "E06000052"]}
    content, place = drafts.add_rule(content, "timetable", 1)
    step = {"title": "Meeting", "day": 3, "source": "A page"}
    plan = {"unit": "working_days", "start_events": ["notification_sent"],
            "steps": [{**step, "key": "a"}, {**step, "key": "b", "title": " meeting"}, {**step, "key": "c", "title": "Huddle"}]}  # fmt: skip
    found = {r.key: r for r in remarks(GOVERNANCE, drafts.put(content, place, plan), BEGINS, body)}
    told = found["area-E06000052"]
    assert (told.effect, told.sentence) == (
        "noted", "E06000052 is not an area of this body by the operator’s record. Check the code.")  # fmt: skip
    assert not any(f"area-{code}" in found for code in body.area_codes)
    same = [r for key, r in found.items() if key.startswith("same-title-")]
    assert [(r.effect, place_of(r.field, content)) for r in same] == [("warned", place)]


def test_a_step_without_a_time_is_noted_and_two_groups_of_one_title_are_told() -> None:
    content, place = drafts.add_rule(draft(), "timetable", 1)
    step = {"title": "Meeting", "day": 3, "source": "A page"}
    steps = [
        {**step, "key": "a"},
        {**step, "key": "b", "title": "Huddle", "day": None},
        {**step, "key": "c", "title": "Tea", "day": None, "optional": True},
    ]
    plan = {"unit": "working_days", "start_events": ["notification_sent"], "steps": steps}
    content = drafts.put(content, place, plan)
    content, groups = drafts.add_rule(content, "decision-making", 1)
    two = [{"key": k, "title": t, "source": "A page"} for k, t in (("one", "Learning group"), ("two", "learning group "))]
    content = drafts.put(content, groups, {"groups": two})
    found = {r.key: r for r in remarks(GOVERNANCE, content, BEGINS)}
    untimed = [r for key, r in found.items() if key.startswith("untimed-timetable")]
    assert [(r.effect, place_of(r.field, content)) for r in untimed] == [("noted", (*place, "steps", "b"))]
    assert (
        untimed[0].sentence
        == "“Huddle” has no day and no time, so nobody is told when it is due. Give it one, if there is one."
    )
    (same,) = [r for key, r in found.items() if key.startswith("same-title-")]
    assert (same.effect, place_of(same.field, content)) == ("warned", (*groups, "groups", "two"))
    assert same.sentence == "Two groups of one rule are called “learning group ”. Give each a title of its own."


def test_a_question_that_one_decides_says_which_one() -> None:
    content, place = drafts.add_rule(draft(), "decision-making", 1)
    way = {
        "question": "local_review",
        "how": "one_decides",
        "source": "A page",
        "decides": [s["key"] for s in content["seats"] if s["role"] == "lead"],
    }
    for changes, told in (
        ({}, ["several are named"]), ({"decides": []}, ["nobody is named"]), ({"acts": way["decides"][0]}, []), ({"how": "all_agree"}, []),
        ({"decides": way["decides"][:1]}, []),
    ):  # fmt: skip
        with_way = drafts.put(content, place, {"ways": [way | changes]})
        found = [r for r in remarks(GOVERNANCE, with_way, BEGINS) if r.key.startswith("no-last-word-")]
        assert [(r.effect, place_of(r.field, with_way)) for r in found] == [("warned", (*place, "ways", "local_review"))] * len(
            told
        )
        assert all(words in r.sentence for words, r in zip(told, found, strict=True))


def test_a_variation_that_is_cut_short_is_told_from_both_sides() -> None:
    variation = replace(BOTH_BOARDS, version="storm", title="Storm", begins=date(2027, 6, 1), until=date(2027, 6, 30))
    lasting = replace(BOTH_BOARDS, version="next", title="Next", begins=date(2027, 6, 15))
    (one,) = cut_short(variation, [BOTH_BOARDS, lasting])
    (other,) = cut_short(lasting, [BOTH_BOARDS, variation])
    assert (one.effect, other.effect) == ("noted", "noted")
    assert "“Next” begins on 15 June 2027, before the last day" in one.sentence
    assert "“Storm” is a temporary variation until 30 June 2027" in other.sentence
    after = replace(lasting, begins=date(2027, 7, 1))
    assert (
        cut_short(variation, [after])
        == cut_short(after, [variation])
        == cut_short(replace(after, begins=None), [variation])
        == []
    )


def test_a_correction_of_what_was_corrected_already_tells_whose_place_it_takes() -> None:
    first = replace(BOTH_BOARDS, version="a", title="As agreed", begins=BEGINS)
    second = replace(first, version="b", title="Put right", corrects="a")
    third = replace(first, version="c", title="Put right again", corrects="b")
    draft_ = replace(first, version="d", title="Once more", corrects="a")
    (told,) = set_right_already(draft_, [BOTH_BOARDS, first, second, third])
    assert (told.effect, told.field) == ("warned", "compare")
    assert told.sentence == (
        "“As agreed” was set right already: “Put right again” stands in its place. Once signed, this draft stands in the place of both, "
        "and what “Put right again” changed goes unless it is in here too. Compare the two, or correct “Put right again” instead."
    )
    for corrects, known in (("c", [first, second, third]), ("a", [first]), (None, [first, second])):
        assert not set_right_already(replace(draft_, corrects=corrects), known)
    circular = replace(first, corrects="b")  # no version on record is so; a folder of files may be
    assert set_right_already(draft_, [circular, second])
