"""The walk-throughs of the arrangements: two health bodies, a superseded test, a clock that cannot be lengthened."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from threefold.governance import drafts
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.drafts import Content
from threefold.governance.pack import load_library
from threefold.governance.remarks import Remark, place_of, remarks
from threefold.governance.verdict import step_of
from threefold.plugin_api.facts import read_facts
from threefold.work.arrangements.asking import signing_seats

LIBRARY = load_library(Path(__file__).parents[2] / "tenants")
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


def test_a_concern_about_joint_working_before_any_review_is_warned_of_as_superseded_and_can_be_signed() -> None:
    content, rule = drafts.add_rule(draft(), "local-criteria", 1)
    criterion: dict[str, Any] = {
        "key": "", "title": "Concern about joint working before any review", "effect": "narrows", "about": "rapid-review",
        "when": {"is": {"fact": "incident.working_together_concern", "value": "yes"}},
    }  # fmt: skip
    content, place = drafts.add(content, (*rule, "criteria"), criterion)
    (warned,) = [r for r in said(content, "warned") if "joint working" in r.sentence]
    assert "has not been needed since 2018" in warned.sentence
    assert place_of(warned.field, content) == place
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
