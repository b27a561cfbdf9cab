"""Rows N-4 and N-5, who else is told of a death, and the rules by which forms are counted."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from tests.plugins.statutory.editions import DEAD, HARMED, case, duty, step

PANEL = "notify-panel"


def arises(*children: dict[str, Any], **incident: Any) -> str:
    found = duty(case(*children, **incident), PANEL)
    assert found is not None
    return found.arises


# Looked-after children and care leavers: N-4, N-5


def test_case_2_a_looked_after_child_dies_of_illness() -> None:
    facts = case({"died": "yes", "abuse_or_neglect": "no", "looked_after": "yes"}, events=[("aware", "2026-03-30")])
    found, form = duty(facts, "tell-state-looked-after/child-1"), step(facts, "tell-state-looked-after/child-1")
    assert found is not None and form is not None
    assert (found.arises, found.to_whom) == ("yes", ("Secretary of State for Education", "Ofsted"))
    assert (form.due_on, form.statutory, form.source.force) == (date(2026, 4, 8), True, "SG")
    assert arises({"died": "yes", "abuse_or_neglect": "no", "looked_after": "yes"}) == "no"
    assert "Child Safeguarding Practice Review Panel" not in found.to_whom


def test_the_looked_after_child_s_clock_starts_with_the_death_and_not_with_the_status() -> None:
    child = {
        "died": {"value": "yes", "known_on": "2026-03-02"},
        "looked_after": {"value": "yes", "known_on": "2019-01-07"},
        "abuse_or_neglect": {"value": "yes", "known_on": "2026-04-20"},
    }
    facts = case(child)
    looked_after, panel = duty(facts, "tell-state-looked-after/child-1"), duty(facts, PANEL)
    assert looked_after is not None and panel is not None
    assert (looked_after.starts_on, panel.starts_on) == (date(2026, 3, 2), date(2026, 4, 20))


def test_a_status_known_since_long_before_never_stands_in_for_the_day_of_the_death() -> None:
    child = {"died": "yes", "looked_after": {"value": "yes", "known_on": "2019-01-07"}}
    found = duty(case(child), "tell-state-looked-after/child-1")
    assert found is not None
    assert found.starts_on is None


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ({"died": "yes", "looked_after": "unclear"}, "unclear"),
        ({"looked_after": "yes"}, "unclear"),
        ({"died": "yes", "looked_after": "no"}, "no"),
        ({"died": "no", "looked_after": "unclear"}, "no"),
        ({"died": "yes", "looked_after": "yes", "age_years": 18}, "no"),
    ],
)
def test_a_looked_after_child_three_valued(child: dict[str, Any], expected: str) -> None:
    found = duty(case(child), "tell-state-looked-after/child-1")
    assert found is not None
    assert found.arises == expected


@pytest.mark.parametrize(("age", "expected"), [(24, "yes"), (25, "no"), (18, "yes"), (17, "yes"), (None, "unclear")])
def test_case_7_a_care_leaver_up_to_and_including_24(age: int | None, expected: str) -> None:
    found = duty(case({"died": "yes", "care_leaver": "yes", "age_years": age}), "tell-state-care-leaver/child-1")
    assert found is not None
    assert (found.arises, found.voluntary) == (expected, True)


def test_the_care_leaver_s_notification_came_with_the_2023_edition() -> None:
    facts = case({"died": "yes", "care_leaver": "yes", "age_years": 20})
    found = {e: duty(facts, "tell-state-care-leaver/child-1", edition=e) is not None for e in ("wt-2018", "wt-2023", "wt-2026")}
    assert found == {"wt-2018": False, "wt-2023": True, "wt-2026": True}


def test_the_label_of_the_national_statistics_is_said() -> None:
    found = duty(case({"died": "yes", "care_leaver": "yes", "age_years": 20}), "tell-state-care-leaver/child-1")
    assert found is not None
    assert "voluntary" in found.sentence


def test_one_form_sent_to_the_panel_reaches_all() -> None:
    facts = case({**DEAD, "looked_after": "yes"}, events=[("aware", "2026-03-30"), ("notification_sent", "2026-04-01")])
    form = step(facts, "tell-state-looked-after/child-1")
    assert form is not None
    assert form.done_on == date(2026, 4, 1)


def test_the_state_s_form_alone_ends_its_step_and_no_other() -> None:
    facts = case(
        {**DEAD, "looked_after": "yes"},
        events=[("aware", "2026-03-30"), ("done:notification.state-told.child-1", "2026-04-01")],
    )
    form, panel = step(facts, "tell-state-looked-after/child-1"), step(facts, PANEL)
    assert form is not None and panel is not None
    assert (form.done_on, panel.done_on) == (date(2026, 4, 1), None)


# How many forms


@pytest.mark.parametrize(
    ("children", "incident", "forms"),
    [
        ([DEAD], {}, 1),
        ([{**DEAD, "family": "f"}, {**DEAD, "family": "f"}], {}, 2),
        ([{**HARMED, "family": "f"}, {**HARMED, "family": "f"}], {}, 1),
        ([HARMED, HARMED], {}, 2),
        ([{**HARMED, "family": "f"}, {**HARMED, "family": "g"}], {}, 2),
        ([{**DEAD, "family": "f"}, {**HARMED, "family": "f"}, {**HARMED, "family": "f"}], {}, 2),
        ([HARMED] * 5, {"large_exploitation": "yes"}, 1),
        ([HARMED] * 5, {"large_exploitation": "no"}, 5),
        ([DEAD, HARMED, HARMED], {"large_exploitation": "yes"}, 2),
        ([DEAD], {"large_exploitation": "yes"}, 1),
        ([HARMED, HARMED], {"large_exploitation": "unclear"}, None),
        ([HARMED], {"large_exploitation": "unclear"}, 1),
        ([{**HARMED, "died": "yes"}], {}, 1),
    ],
)
def test_counting_forms_in_any_order(children: list[dict[str, Any]], incident: dict[str, str], forms: int | None) -> None:
    keyed = [{"key": f"c{i}", **child} for i, child in enumerate(children)]
    for order in list(permutations(keyed))[:24]:
        found = duty(case(*order, **incident), PANEL)
        assert found is not None
        assert found.forms == forms


def test_case_6_two_siblings_are_one_form_and_two_children() -> None:
    found = duty(case({**HARMED, "family": "f"}, {**HARMED, "family": "f"}), PANEL)
    assert found is not None
    assert (found.forms, found.children) == (1, ("child-1", "child-2"))
