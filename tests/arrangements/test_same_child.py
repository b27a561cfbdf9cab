"""Two comparisons about a child: whether one child is meant is asked first, told beneath the condition, and can be tried on two children."""

from __future__ import annotations

from typing import Any

import pytest

from tests.arrangements.area import LEAD, Area, area
from threefold.governance import drafts

__all__ = ["area"]
AT = "rules/rapid-review-plan/steps/huddle/when"
PLACE = tuple(AT.split("/"))
HARMED, AGE, URGENT = "incident.children[].seriously_harmed", "incident.children[].age_years", "incident.urgent"
IS_HARMED = {"is": {"fact": HARMED, "value": "yes"}}
IS_BABY = {"less_than": {"fact": AGE, "number": 1}}
BABY = {"how": "less_than", "number": "1"}
TWO = "these may be two different children"


def harmed(area: Area) -> str:
    """A draft whose step has one comparison as its condition: a child seriously harmed."""
    draft = area.begun()
    area.worded(f"{draft}/when-fact/{AT}", "add", "", HARMED, {"how": "yes"})
    return draft


def asked(area: Area, draft: str, fact: str, part: str = "", **group: str) -> str:
    """The address of the page on which one comparison more is worded."""
    do = "group" if group else "add"
    return area.answer(f"{draft}/when-fact/{AT}?do={do}&part={part}", {"fact": fact, **group}).location


def choices(area: Area, page: str) -> list[str]:
    """How the comparison may belong to what stands there, as offered."""
    found = area.by(LEAD).get(page).page
    boxes = [e.get("id") for e in found.all("input") if e.get("name") == "together"]
    return [e.text.strip() for box in boxes for e in found.all("label") if e.get("for") == box]


def condition_of(area: Area, draft: str) -> Any:
    return drafts.node_at(area.content(draft), PLACE)


def tried(area: Area, draft: str, **answers: str) -> str:
    shown = area.by(LEAD).get(
        f"{draft}/when/{AT}", query_string={"try": "yes"} | {k.replace("_", "-"): v for k, v in answers.items()}
    )
    return shown.text.partition("On these answers the condition is: ")[2].partition(".")[0]


@pytest.mark.parametrize(("chosen", "made", "two"), [
    ("same-0", {"any_child": {"all": [IS_HARMED, IS_BABY]}}, False),
    ("all", {"all": [{"any_child": IS_HARMED}, {"any_child": IS_BABY}]}, True),
    ("any", {"any": [{"any_child": IS_HARMED}, {"any_child": IS_BABY}]}, False),
])  # fmt: skip
def test_whether_one_child_is_meant_is_asked_first(area: Area, chosen: str, made: Any, two: bool) -> None:
    draft = harmed(area)
    page = asked(area, draft, AGE)
    assert choices(area, page) == [
        "Both must hold of the same child", "Both must hold, of the same child or of two", "Either is enough",
    ]  # fmt: skip
    assert "Select whether both must hold of the same child" in area.answer(page, BABY, 422).text
    sent = area.filled(page, BABY | {"together": chosen})
    assert [area.by(LEAD).send(page, sent).location.endswith("done=saved") for _ in range(2)] == [True, True]
    assert condition_of(area, draft) == made, "once, though it was sent twice"
    shown = area.by(LEAD).get(f"{draft}/when/{AT}").text
    assert (TWO in shown, "Mean the same child" in shown) == (two, two)


def test_of_which_child_it_must_hold_is_asked_where_it_comes_into_a_group(area: Area) -> None:
    draft = harmed(area)
    area.answer(asked(area, draft, URGENT), {"how": "yes", "together": "all"})
    page = asked(area, draft, AGE)
    assert choices(area, page) == [
        "Of the same child as here: 'Has the child been seriously harmed?' is yes", "Of any child, the same or another",
    ]  # fmt: skip
    assert "Select of which child this must hold" in area.answer(page, BABY, 422).text
    area.answer(page, BABY | {"together": "same-0"})
    one = {"any_child": {"all": [IS_HARMED, IS_BABY]}}
    urgent = {"is": {"fact": URGENT, "value": "yes"}}
    assert condition_of(area, draft) == {"all": [one, urgent]}
    assert choices(area, asked(area, draft, HARMED, "0")) == [], "it comes to that child"
    assert choices(area, asked(area, draft, URGENT)) == [], "it is about no child"
    assert choices(area, asked(area, draft, HARMED, group="not")) == [], "it is of no child"
    area.answer(asked(area, draft, HARMED, group="any"), {"how": "no", "together": "same-0"})
    other = {"any": [{"is": {"fact": HARMED, "value": "no"}}]}
    assert condition_of(area, draft) == {"all": [{"any_child": {"all": [IS_HARMED, IS_BABY, other]}}, urgent]}


def test_two_that_stand_side_by_side_are_told_of_and_become_one_child_s(area: Area) -> None:
    draft = harmed(area)
    area.answer(asked(area, draft, AGE), BABY | {"together": "all"})
    shown = area.by(LEAD).get(f"{draft}/when/{AT}")
    assert TWO in shown.text
    seen = next(e.get("value") for e in shown.page.all("input") if e.get("name") == "seen")
    turn = {"part": "", "to": "same_child", "seen": seen}
    sent = area.filled(f"{draft}/when/{AT}", {}) | turn
    for _ in range(2):
        done = area.by(LEAD).send(f"{draft}/when-turn/{AT}", sent)
        assert done.location.endswith("done=saved")
    assert condition_of(area, draft) == {"any_child": {"all": [IS_HARMED, IS_BABY]}}
    assert TWO not in area.by(LEAD).get(f"{draft}/when/{AT}").text


@pytest.mark.parametrize(("together", "told"), [("same-0", "not met"), ("all", "met"), ("any", "met")])
def test_two_children_can_be_tried_where_it_matters_which_is_meant(area: Area, together: str, told: str) -> None:
    draft = harmed(area)
    assert "Second child" not in area.by(LEAD).get(f"{draft}/when/{AT}").text
    area.answer(asked(area, draft, AGE), BABY | {"together": together})
    first, second = {"try_1": "15", "try_2": "yes"}, {"other_1": "0", "other_2": "no"}
    labels = [e.text.strip() for e in area.by(LEAD).get(f"{draft}/when/{AT}").page.all("label")]
    whose = [label.partition(":")[0] for label in labels if "child:" in label]
    assert whose == ["First child", "First child", "Second child", "Second child"]
    assert tried(area, draft, **first, **second) == told
    assert tried(area, draft, **first) == ("met" if together == "any" else "not met"), "the second child is not there"
    assert tried(area, draft, **first, other_2="not_asked") == ("met" if together == "any" else "not met")
    wrong = area.by(LEAD).get(f"{draft}/when/{AT}?try=yes&other-1=x", 422).text
    assert "Second child: " in wrong and "must be a whole number" in wrong


def test_a_child_that_is_not_there_any_more_is_not_joined(area: Area) -> None:
    """Who chose the same child while another replaced the comparison reads what stands there now, and nothing is joined to anything else."""
    draft = harmed(area)
    page = asked(area, draft, AGE)
    sent = area.filled(page, BABY | {"together": "same-0"})
    changed = area.answer(f"{draft}/when-fact/{AT}?do=change&part=", {"fact": URGENT}).location
    area.answer(changed, {"how": "yes"})
    told = area.by(LEAD).send(page, sent, 422).text
    assert "Which is kept?" in told and "of the same child" not in told
    assert condition_of(area, draft) == {"is": {"fact": URGENT, "value": "yes"}}


def test_either_of_two_and_not_a_third_is_reached_from_either_of_two(area: Area) -> None:
    draft, media, near = area.begun(), "incident.media_interest", "incident.near_miss"
    area.worded(f"{draft}/when-fact/{AT}", "add", "", URGENT, {"how": "yes"})
    area.answer(asked(area, draft, media), {"how": "yes", "together": "any"})
    page = area.by(LEAD).get(f"{draft}/when/{AT}")
    assert "Put it into “all”" in page.text

    def turn(part: str, to: str) -> None:
        hidden = area.by(LEAD).get(f"{draft}/when/{AT}").page.hidden()
        area.by(LEAD).send(f"{draft}/when-turn/{AT}", hidden | {"part": part, "to": to}, 303)

    turn("", "within")
    assert "Ungroup" in area.by(LEAD).get(f"{draft}/when/{AT}").text
    area.answer(asked(area, draft, near), {"how": "yes"})
    turn("1", "not")
    yes = {name: {"is": {"fact": name, "value": "yes"}} for name in (URGENT, media, near)}
    assert condition_of(area, draft) == {"all": [{"any": [yes[URGENT], yes[media]]}, {"not": yes[near]}]}
