"""A line that is added never takes the key of another that was there before, or stands in another rule: what is kept under it is not its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.arrangements.area import LEAD, MANAGER, Area, area
from tests.arrangements.test_first_try import added, line_in
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from tests.governance.test_changed_starts import SAID
from threefold.governance import drafts
from threefold.governance.pack import RuleUse
from threefold.governance.questions import is_another_question
from threefold.governance.remarks import remarks

__all__ = ["area"]
ALIKE = "A review of how the partners worked together before and after the harm"


def keys(area: Area, draft: str, listed: str) -> list[str]:
    return [one["key"] for use in area.content(draft)["uses"] for one in use["settings"].get(listed, ())]


def test_kinds_of_review_of_two_rules_have_keys_of_their_own(area: Area) -> None:
    draft = area.begun()
    for by in ("by health", "by the police"):
        line_in(area, draft, f"{added(area, draft, 'review-types')}/types", {"title": f"{ALIKE}: {by}"})
    found = keys(area, draft, "types")
    assert len(set(found)) == len(found) >= 2
    assert "have one key" not in area.by(LEAD).get(f"{draft}/check").text


def test_two_kinds_of_review_under_one_key_in_a_file_are_to_be_mended() -> None:
    def kinds(use: str, title: str) -> RuleUse:
        return RuleUse(use, "review-types", 1, {"types": [{"key": "learning", "title": title, "source": SAID}]})

    def told(*uses: RuleUse) -> list[str]:
        version = replace(NOW_IN_FORCE, version="next", uses=(*NOW_IN_FORCE.uses, *uses))
        return [
            one.field for one in remarks(GOVERNANCE, drafts.begin_from(version, "next", "Next")) if one.key.startswith("alike-")
        ]

    assert told(kinds("a", "Learning review"), kinds("b", "Lifelong review")) == ["rules.b.types.learning"]
    assert told(kinds("a", "Learning review")) == []


@pytest.mark.parametrize(("was", "now", "another"), [
    ("Were there > 3 incidents?", "Were there < 3 incidents?", True),
    ("Was the weight +2 kg?", "Was the weight -2 kg?", True),
    ("Was it 10% or more?", "Was it 10 or more?", True),
    ("Did it cost £5?", "Did it cost 5?", True),
    ("Was the child’s school “told”?", "was the  child's school told", False),
    ("Was it seen!", "Was it seen?", False),
])  # fmt: skip
def test_a_sign_makes_another_question_and_capitals_quotes_and_closing_stops_do_not(was: str, now: str, another: bool) -> None:
    assert is_another_question(was, now) is another


@pytest.mark.parametrize(("more", "told"), [
    ({"national": True, "clock_starts": ["notification_sent"]}, "Take the time out, or tell it in words"),
    ({}, "Say what starts it"),
    ({"clock_starts": ["notification_sent"]}, ""),
])  # fmt: skip
def test_a_time_that_no_case_counts_is_warned_of(more: dict[str, object], told: str) -> None:
    kind = {"key": "joint", "title": "Joint review", "clock": {"amount": 2, "unit": "weeks"}, "source": SAID, **more}
    version = replace(NOW_IN_FORCE, uses=(*NOW_IN_FORCE.uses, RuleUse("kinds", "review-types", 1, {"types": [kind]})))
    said = [r.sentence for r in remarks(GOVERNANCE, drafts.begin_from(version, "next", "Next")) if "Joint review" in r.sentence]
    assert bool(said) == bool(told) and all(told in one for one in said)


def test_a_step_in_other_words_takes_no_key_that_another_step_had(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "timetable")
    first = line_in(area, draft, f"{rule}/steps", {"title": f"{ALIKE}: by health", "due_by": "plan", "day": "3"})
    area.answer(f"{draft}/remove/{first.partition('/line/')[2]}", {})
    other = line_in(area, draft, f"{rule}/steps", {"title": f"{ALIKE}: by the police", "due_by": "plan", "day": "3"})
    again = line_in(area, draft, f"{rule}/steps", {"title": f"{ALIKE}: by health", "due_by": "plan", "day": "3"})
    assert other.rpartition("/")[2] != first.rpartition("/")[2] == again.rpartition("/")[2]


def test_two_who_add_a_line_of_one_title_at_once_add_two_under_keys_of_their_own(area: Area) -> None:
    draft = area.begun()
    rule = added(area, draft, "timetable")
    add = f"{rule}/steps".replace("/line/", "/add/")
    sent = [
        area.filled(add, {"title": "Call", "due_by": "plan", "day": str(no)}, email=who)
        for no, who in ((3, LEAD), (4, MANAGER))
    ]
    for one, who in zip(sent, (LEAD, MANAGER), strict=True):
        area.by(who).send(add, one)
    found = keys(area, draft, "steps")
    assert len(set(found)) == len(found) and {"call", "call-2"} <= set(found)
